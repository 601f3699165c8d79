"""Other people's network files, read as data."""
