"""Writes files to print, send and publish: pictures, films and the HTML page."""
