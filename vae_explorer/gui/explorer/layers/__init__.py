"""What the map shows, one file a layer; `stack` lists them in order."""
