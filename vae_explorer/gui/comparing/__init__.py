"""The window that compares two runs."""
