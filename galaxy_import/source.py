"""Galaxy as a source of runs: asks the client, hands the answers to the translator. No Django."""
