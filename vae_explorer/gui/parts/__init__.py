"""What several places of the window use."""
