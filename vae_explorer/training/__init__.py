"""How a run comes to be, by training or by import."""
