"""Writing down what a source said: the run, its edits and tags, and the answers themselves."""
