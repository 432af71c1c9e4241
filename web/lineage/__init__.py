"""Where data comes from, what came of it, and what differs between runs."""
