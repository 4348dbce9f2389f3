"""The one engine behind every Excel import and export."""
