"""Signing in, and unlocking after a pause."""
