"""Whether all is there that a run declared, and whether its inputs are still what they were."""
