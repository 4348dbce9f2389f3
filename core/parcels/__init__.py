"""Parcels of land: keys, geometry, claims on land, and the search for double certification."""
