"""Invariants: what must hold of the records at any time, whoever wrote them and however.

Each is one SQL query that returns the rows that break it: nothing found is green, and says of how many rows looked at.
Its file opens with its title in French and in English, with what it looks at, and with how many of them there are.
I24 and I26 are computed: a rate or a holiday cannot be had in SQL (see `fanal.reports.rederivation`, `due_dates`).
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from fanal.records.ledger.facts import Chart
from fanal.reports import financial, rederivation
from fanal.reports.invariants import due_dates

SHOWN = 20
Row = dict[str, Any]
Found = tuple[list[Row], int]
PARAMETERS = {"on": date(9999, 12, 31), "starts_on": date(1, 1, 1), "ends_on": date(9999, 12, 31)}


@dataclass(frozen=True, slots=True)
class Unit:
    """What an invariant looks at, one and several, in both languages."""

    fr: tuple[str, str]
    en: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Invariant:
    """A code, a title in both languages, and how to find what breaks it: (rows to show, how many there are).

    `count` says how many `unit` there are to look at: none, and green says nothing.
    """

    code: str
    title_fr: str
    title_en: str
    unit: Unit
    count: Callable[[], int]
    find: Callable[[], Found]


@dataclass(frozen=True, slots=True)
class Further:
    """What only a door can check of an invariant: its code, what it adds to the title, how to find what breaks it."""

    code: str
    title_fr: str
    title_en: str
    find: Callable[[], Found]


@dataclass(frozen=True, slots=True)
class Result:
    """What was found of one invariant: `violations` holds the first ones, `count` is of all.

    `looked` is the number of `unit` that were there to look at.
    """

    code: str
    title_fr: str
    title_en: str
    unit: Unit
    looked: int
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
    also: Sequence[Further] = (),
) -> list[Result]:
    """Vérifier les invariants: all of them, or those of the codes given. Raises UnknownInvariant.

    `progress` wraps the sequence (a progress bar); `also` adds what only a door can check of an invariant.
    """
    further = {it.code: it for it in also}
    every = [_with(it, further[it.code]) if it.code in further else it for it in invariants()]
    known = [it.code for it in every]
    for code in only or ():
        if code not in known:
            raise UnknownInvariant(code, known)
    return [_result(it) for it in progress([it for it in every if not only or it.code in only])]


@cache
def invariants() -> tuple[Invariant, ...]:
    """Every invariant of the records, in the order of the codes."""
    bills, issued = (
        Unit(("facture", "factures"), ("bill", "bills")),
        Unit(("facture émise", "factures émises"), ("issued bill", "issued bills")),
    )
    rated = _counting("SELECT count(*) FROM billing_bill WHERE kind = 0")
    dated = _counting("SELECT count(*) FROM billing_issue")
    every = (
        *(_from_file(path) for path in Path(__file__).parent.glob("*.sql")),
        Invariant("I24", rederivation.TITLE_FR, rederivation.TITLE_EN, bills, rated,
                  lambda: rederivation.differences(SHOWN)),
        Invariant("I26", due_dates.TITLE_FR, due_dates.TITLE_EN, issued, dated, lambda: due_dates.differences(SHOWN)),
    )  # fmt: skip
    return tuple(sorted(every, key=lambda it: int(it.code[1:])))


def _from_file(path: Path) -> Invariant:
    """The invariant of a file: its first lines are « -- fr: », « -- en: », « -- unit: » and « -- looked: »."""
    query = query_of(path)
    french, english, units, looked = (line.split(":", 1)[1].strip() for line in query.splitlines()[:4])
    (one, several), (one_en, several_en) = (unit.strip().split(", ") for unit in units.split(";"))
    unit = Unit((one, several), (one_en, several_en))
    return Invariant(path.stem, french, english, unit, _counting(looked), lambda: _violations(query))


def query_of(path: Path) -> str:
    """The query of a file, with the accounts of the chart and the queries of the reports that it names."""
    query = path.read_text("utf-8")
    places = {"{receivable}": str(Chart.RECEIVABLE.value), "{cash}": str(Chart.CASH.value),
              "{takeover}": str(Chart.TAKEOVER.value), "{deposits}": str(Chart.DEPOSITS.value),
              "{deposit_interest}": str(Chart.DEPOSIT_INTEREST.value),
              "{aged}": financial.AGED, "{totals}": financial.TOTALS}  # fmt: skip
    for place, text in places.items():
        query = query.replace(place, text)
    return query


def _with(invariant: Invariant, further: Further) -> Invariant:
    """One invariant of both: both titles, and what breaks either."""

    def find() -> Found:
        (rows, count), (more, others) = invariant.find(), further.find()
        return (rows + more)[:SHOWN], count + others

    title_fr, title_en = f"{invariant.title_fr}. {further.title_fr}", f"{invariant.title_en}. {further.title_en}"
    return replace(invariant, title_fr=title_fr, title_en=title_en, find=find)


def _counting(query: str) -> Callable[[], int]:
    """What answers the one number of that query."""

    def count() -> int:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return int(cursor.fetchone()[0])

    return count


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
    looked = invariant.count()
    violations, count = invariant.find()
    seconds = time.perf_counter() - begun
    return Result(
        invariant.code, invariant.title_fr, invariant.title_en, invariant.unit, looked, violations, count, seconds
    )
