"""The selection of images: the state, the panel below the map, and its parts."""
