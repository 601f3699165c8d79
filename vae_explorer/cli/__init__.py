"""The commands: everything that the window does, without a screen."""
