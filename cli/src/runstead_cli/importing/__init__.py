"""What importing runs from other systems is made of."""
