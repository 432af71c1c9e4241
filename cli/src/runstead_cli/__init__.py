"""The command line of Runstead: what a person types after a pipeline has finished, and what a pipeline calls."""

__version__ = "0.1.0"
