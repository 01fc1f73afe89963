"""What the texts say: frozen facts in, a decision out. No database, no clock."""
