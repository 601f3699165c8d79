"""The Explorer tab."""
