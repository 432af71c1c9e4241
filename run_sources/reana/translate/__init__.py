"""What a REANA server tells of a run, as a record: pure functions, without input or output."""
