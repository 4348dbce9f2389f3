"""Benchmarks that need more than one room: lists, parcels, sheets on a scratch office."""
