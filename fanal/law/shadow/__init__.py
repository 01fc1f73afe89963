"""The parallel run (marche en parallèle): what another system's prices and arithmetic make of the same reads."""
