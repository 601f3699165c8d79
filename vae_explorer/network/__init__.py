"""Reading network files that other programs wrote, as data."""
