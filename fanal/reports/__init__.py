"""Reports: how we look back. Read-only SQL over the rooms' tables; never their models."""
