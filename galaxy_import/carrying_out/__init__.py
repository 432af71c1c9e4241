"""What a worker does with an import: asks in its turn, records, fetches, follows, and cleans up."""
