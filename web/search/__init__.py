"""Search: one field for everything that the registry knows."""
