"""What comes from those who receive payments, as files."""
