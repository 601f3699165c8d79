"""The standalone HTML page."""
