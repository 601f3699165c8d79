"""Widgets and helpers that several windows and tabs share."""
