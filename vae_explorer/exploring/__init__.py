"""What the window and the pictures show of a run: decoded images, colours of codes, clusters, and its replay."""
