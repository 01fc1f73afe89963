"""A fault of ours bears a number: the person reads it, the log tells what happened under it."""

import logging
import secrets

TELLABLE = "34679ACDEFGHJKMNPQRTVWXY"  # what is not taken for another when it is said or copied


def new_number() -> str:
    """Two groups of four, easy to say on the telephone."""
    return "-".join("".join(secrets.choice(TELLABLE) for _ in range(4)) for _ in range(2))


class Numbered(logging.Filter):
    """Put the number that the person was given before what the log says of it."""

    def filter(self, record: logging.LogRecord) -> bool:
        if incident := getattr(getattr(record, "request", None), "incident", ""):
            record.msg = f"{incident} {record.msg}"
        return True
