"""Whose bylaw a door answers by: said once, for the settings and for the commands that open no office."""

import os


def municipality() -> str:
    """The folder of fanal/law/parameters whose bylaw and holidays apply: FANAL_BYLAW, that of the demo without it."""
    return os.environ.get("FANAL_BYLAW", "alma")
