"""Help > Tour: eight short steps on the real window."""
