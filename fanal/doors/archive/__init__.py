"""One documented archive of everything: written to leave, verified without Fanal, read back to the same records."""
