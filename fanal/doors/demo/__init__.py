"""The demo town: « Ville de Lac-aux-Ormes », all of it invented, always the same."""
