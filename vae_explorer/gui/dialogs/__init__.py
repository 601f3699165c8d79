"""Forms that ask, then act."""
