"""The bylaw, one file a chapter: its terms, what it must know, its rules."""
