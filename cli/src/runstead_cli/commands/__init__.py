"""The commands, one file each (or one for a group of them); `main` finds them by the names of their files."""
