"""What it takes to register a directory: where it lies, what is known of it, its workflow, sending and following."""
