"""The jobs of a run: written many at once, followed from one to the next, and what they asked for and took."""
