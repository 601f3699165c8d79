"""The path over the map: its anchors, the finding of it, and its panel."""
