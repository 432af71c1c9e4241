"""What recognises a directory that a workflow engine left behind, and says what run it holds. No Django, no network."""
