"""Reusable parts that know nothing of forestry; import each from its module."""
