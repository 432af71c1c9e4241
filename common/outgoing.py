"""HTTP to addresses that people name: what leads to where it should not is refused at the connection. No Django."""
