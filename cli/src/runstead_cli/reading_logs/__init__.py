"""What reading the logs of runs is made of."""
