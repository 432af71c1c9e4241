"""From Galaxy's answers to a run: pure functions over values, tested on recordings of real servers."""
