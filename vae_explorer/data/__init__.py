"""Images and labels, wherever they lie."""
