"""Places that runs come from, each in a folder of its own: client, translator, and what joins the two. No Django."""
