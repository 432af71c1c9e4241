"""Which invocation, history or workflow of which server an address names. No Django."""
