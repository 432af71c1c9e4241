"""Writing down what Galaxy said: the run, its datasets and files, its workflow, and the answers themselves."""
