"""Makes runs, by training or by import."""
