"""Tariffs that others publish: their files in, a book out."""
