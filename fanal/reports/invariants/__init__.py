"""Invariants: what must hold of the records at any time, whoever wrote them and however.

Each is one SQL query that returns the rows that break it: nothing found is green. Its file opens with its title in
French and in English. I24 alone is computed: a rate cannot be recomputed in SQL (see `fanal.reports.rederivation`).
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from fanal.records.ledger.facts import Chart
from fanal.reports import financial, rederivation

SHOWN = 20
Row = dict[str, Any]
Found = tuple[list[Row], int]
PARAMETERS = {"on": date(9999, 12, 31), "starts_on": date(1, 1, 1), "ends_on": date(9999, 12, 31)}


@dataclass(frozen=True, slots=True)
class Invariant:
    """A code, a title in both languages, and how to find what breaks it: (rows to show, how many there are)."""

    code: str
    title_fr: str
    title_en: str
    find: Callable[[], Found]


@dataclass(frozen=True, slots=True)
class Result:
    """What was found of one invariant: `violations` holds the first ones, `count` is of all."""

    code: str
    title_fr: str
    title_en: str
    violations: list[Row]
    count: int
    seconds: float


class UnknownInvariant(LookupError):
    """No invariant has this code; the sentence names those that exist."""

    def __init__(self, code: str, known: Iterable[str]) -> None:
        super().__init__(f"Aucun invariant ne porte le code « {code} ». Codes connus : {', '.join(known)}.")
        self.code = code


def verify(
    only: Sequence[str] | None = None,
    progress: Callable[[Sequence[Invariant]], Iterable[Invariant]] = iter,
    also: Sequence[Invariant] = (),
) -> list[Result]:
    """Vérifier les invariants: all of them, or those of the codes given. Raises UnknownInvariant.

    `progress` wraps the sequence (a progress bar); `also` adds invariants that only a door can check.
    """
    every = sorted((*invariants(), *also), key=lambda it: int(it.code[1:]))
    known = list(dict.fromkeys(it.code for it in every))
    for code in only or ():
        if code not in known:
            raise UnknownInvariant(code, known)
    return [_result(it) for it in progress([it for it in every if not only or it.code in only])]


@cache
def invariants() -> tuple[Invariant, ...]:
    """Every invariant of the records, in no particular order."""
    read = (_from_file(path) for path in sorted(Path(__file__).parent.glob("*.sql")))
    return (
        *read,
        Invariant("I24", rederivation.TITLE_FR, rederivation.TITLE_EN, lambda: rederivation.differences(SHOWN)),
    )


def _from_file(path: Path) -> Invariant:
    text = path.read_text("utf-8")
    french, english = (line.split(":", 1)[1].strip() for line in text.splitlines()[:2])
    query = text.replace("{receivable}", str(Chart.RECEIVABLE.value))
    query = query.replace("{aged}", financial.AGED).replace("{totals}", financial.TOTALS)
    return Invariant(path.stem, french, english, lambda: _violations(query))


def _violations(query: str) -> Found:
    """The first rows that a query returns, and how many it would return."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Whole tables are compared: a plan that looks rows up one by one, for want of statistics, would take hours.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(f"SELECT *, count(*) OVER () FROM ({query}\n) violations LIMIT {SHOWN}", PARAMETERS)
        names = [column.name for column in cursor.description[:-1]]
        rows = cursor.fetchall()
    return [dict(zip(names, row, strict=False)) for row in rows], rows[0][-1] if rows else 0


def _result(invariant: Invariant) -> Result:
    begun = time.perf_counter()
    violations, count = invariant.find()
    seconds = time.perf_counter() - begun
    return Result(invariant.code, invariant.title_fr, invariant.title_en, violations, count, seconds)
