"""What is on disk after a training."""
