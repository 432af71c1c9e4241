"""The graph of a run: what waited for what, told as JSON, in the DOT language, and for Mermaid."""
