"""Metrology: what the federal act on the inspection of electricity asks of a supplier. One file a subject."""
