"""Fonts, templates, tables, icons and translations, read through importlib.resources."""
