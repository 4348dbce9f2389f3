"""The business core of Lintan: pure Python, no Qt, one folder per capability."""
