"""Tariffs: books of dated prices (`shelf`, `book`), the kernel that rates bills (`rate`), their wording (`lines`)."""
