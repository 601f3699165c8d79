"""The dialogs of the File and View menus."""
