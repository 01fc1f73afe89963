"""What the database refuses, said in French: the last guard speaks like the first."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
from django.db import IntegrityError, transaction

from fanal.values.refusal import refuse

RAISED_BY_TRIGGERS = ("23001", "23503", "23514")  # restrict, foreign key, check: our triggers speak French


@contextmanager
def saying(sentences: Mapping[str, str]) -> Iterator[None]:
    """Turn a broken constraint into Refused with its sentence; a trigger's own sentence passes as it is.

    A constraint without a sentence stays an IntegrityError: it is a fault of ours, not a refusal.
    """
    try:
        with transaction.atomic():
            yield
    except (IntegrityError, psycopg.IntegrityError) as problem:  # COPY raises the driver's own
        broken = problem if isinstance(problem, psycopg.IntegrityError) else problem.__cause__
        if not isinstance(broken, psycopg.IntegrityError):
            raise
        name = broken.diag.constraint_name
        if name in sentences:
            raise refuse(sentences[name]) from problem
        if name is None and broken.sqlstate in RAISED_BY_TRIGGERS:
            raise refuse(str(broken.diag.message_primary)) from problem
        raise
