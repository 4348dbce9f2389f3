"""Tokens and style sheet of the desktop."""
