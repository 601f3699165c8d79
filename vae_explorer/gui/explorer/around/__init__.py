"""What is decoded around the handle, along directions through it."""
