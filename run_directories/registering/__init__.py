"""What of a plan a registry does not have yet, and sending that: one decision for the command line and the server."""
