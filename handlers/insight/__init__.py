"""Article in, facts out; one file an insight."""
