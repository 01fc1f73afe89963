"""What comes from those who read meters and look at appliances, as files."""
