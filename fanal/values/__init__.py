"""Exact money, energy, days and words. Nothing here knows of customers or of the law."""
