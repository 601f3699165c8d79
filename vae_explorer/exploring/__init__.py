"""What is looked at, now and in replay."""
