"""Pictures of the pages: a handful for the documentation, or all of them to look through."""
