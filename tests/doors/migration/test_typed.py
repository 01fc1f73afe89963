"""What a person types to correct a cell: every type of column has its bounds, its form and its sentence."""

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pytest

from fanal.doors.desk import old_words
from fanal.records.takeover import typed
from fanal.records.takeover.kinds import KINDS, TYPES, Column
from fanal.values.refusal import Fault, Refused

AS_OF = date(2026, 10, 31)


def column(kind: str, name: str) -> Column:
    return next(it for it in KINDS[kind].columns if it.name == name)


@pytest.mark.parametrize(
    ("of", "said", "kept"),
    [
        (("customers", "name"), "  Élise   Côté ", "Élise   Côté"),
        (("customers", "kind"), "PERSON", "PERSON"),
        (("payments", "received_on"), "2026-10-20", "2026-10-20"),
        (("transformer_meters", "month"), "2026-10", "2026-10-01"),
        (("feed_hours", "ends_at"), "2026-10-20 7:00", "2026-10-20 07:00"),
        (("meters", "dials"), "5", "5"),
        (("payments", "amount"), "1 234,50 $", "123450"),
        (("payments", "amount"), "−12.5", "-1250"),
        (("readings", "demand_kw"), "12,345", "12345"),
        (("prices", "price"), "0,070650", "70650"),
        (("subscriptions", "equal_payments"), "Oui", "t"),
    ],
)
def test_what_is_typed_is_kept_as_the_row_holds_it(of: tuple[str, str], said: str, kept: str) -> None:
    assert typed.value(column(*of), said, 0, AS_OF) == kept


@pytest.mark.parametrize(
    ("of", "said", "sentence"),
    [
        (("meters", "serial"), "G" * 31, "C’est trop long : 30 signes au plus."),
        (("customers", "note"), "x" * 401, "C’est trop long : 400 signes au plus."),
        (("customers", "name"), "Côté\u0007", "caractère"),
        (("customers", "kind"), "ROBOT", "« ROBOT » n’est pas l’une des valeurs de cette case."),
        (("payments", "received_on"), "20/10/2026", "n’est pas un jour du calendrier"),
        (("payments", "received_on"), "2926-02-20", "hors du temps d’un distributeur : de 1950 à 2026"),
        (("payments", "received_on"), "0001-01-01", "hors du temps d’un distributeur"),
        (("transformer_meters", "month"), "2026-13", "n’est pas un jour du calendrier"),
        (("feed_hours", "ends_at"), "2026-10-20 25:00", "n’est pas un jour et une heure"),
        (("feed_hours", "ends_at"), "2026-02-30 10:00", "n’est pas un jour du calendrier"),
        (("meters", "dials"), "2", "de 3 à 9"),
        (("meters", "dials"), "99", "de 3 à 9"),
        (("meters", "dials"), "5,5", "« 5,5 » a trop de décimales : 0 au plus."),
        (("meters", "multiplier"), "99999999999", "de 1 à 32767"),
        (("subscriptions", "quantity"), "-4", "de 0 à 32767"),
        (("readings", "index"), "999999999999999999", "de -999999999 à 999999999"),
        (("readings", "demand_kw"), "1000000", "de 0 à 999999,999"),
        (("payments", "amount"), "999999999999999999,99", "de -9999999999,99 à 9999999999,99"),
        (("payments", "amount"), "12,345", "a trop de décimales : 2 au plus"),
        (("payments", "amount"), "3 4,00", "« 3 4,00 » n’est pas un nombre."),
        (("payments", "amount"), "douze", "« douze » n’est pas un nombre."),
        (("prices", "price"), "0,0706501", "n’est pas un nombre"),
        (("subscriptions", "equal_payments"), "peut-être", "« peut-être » n’est ni oui ni non."),
    ],
)
def test_what_a_cell_cannot_hold_is_refused_with_its_sentence(of: tuple[str, str], said: str, sentence: str) -> None:
    with pytest.raises((Fault, Refused)) as refused:
        typed.value(column(*of), said, 0, AS_OF)
    assert sentence in str(refused.value).replace("\u00a0", " ")


def test_every_type_of_column_is_tried_here() -> None:
    tried = {column(*of).type for of in (mark.args[1][n][0] for mark in _marks() for n in range(len(mark.args[1])))}
    assert tried == set(TYPES)


def _marks() -> Iterator[Any]:
    for it in (
        test_what_is_typed_is_kept_as_the_row_holds_it,
        test_what_a_cell_cannot_hold_is_refused_with_its_sentence,
    ):
        yield from (mark for mark in it.pytestmark if mark.name == "parametrize")


def test_every_code_of_an_old_system_has_its_words() -> None:
    every = {(kind.name, it.name, code) for kind in KINDS.values() for it in kind.columns for code in it.codes}
    worded = {(kind, name, code) for (kind, name), words in old_words.WORDS.items() for code in words}
    assert every <= worded
    assert all(old_words.word(*it) != it[2] for it in every)


def test_a_number_beyond_what_the_database_counts_is_never_kept() -> None:
    most = 2**63 - 1
    for kind, sign in product(KINDS.values(), ("", "-")):
        for it in (it for it in kind.columns if TYPES[it.type] == "bigint"):
            with pytest.raises(Fault):
                typed.value(it, f"{sign}{most}", 0, AS_OF)
