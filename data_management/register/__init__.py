"""The dropbox door: one request registers collections, datasets, files and, if it names one, a run."""
