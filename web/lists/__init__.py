"""Lists: which rows an address asks for, in which order, and how that is said to people and programs."""
