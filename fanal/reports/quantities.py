"""What bills were rated with, as the kernel takes it: the columns of their rows, and what they kept beyond those."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.inputs import ONE, Quantities
from fanal.records.columns import Columns, array_literal, read

REGISTER = "registers."
OWN = tuple(it.name for it in fields(Quantities) if it.name != "registers")
ROW = ("kwh", "kw", "kva", "past_kw", "multiplier", "phases", "units")  # of them, what a bill's row has
FEW = 1000  # bills read one by one: ids of a customer are far apart, with those of a whole town between them
AMONG, WITHIN = "bill_id = ANY(%(ids)s::bigint[])", "bill_id BETWEEN %(low)s AND %(high)s"
NAMES = "SELECT DISTINCT name FROM billing_quantity WHERE {those} ORDER BY name"
KEPT = """
SELECT bill_id, array_position(%(names)s::text[], name::text)::smallint, value FROM billing_quantity WHERE {those}
"""
KEPT_KINDS = {"bill_id": "int64", "name": "int16", "value": "int64"}


def kept(cursor: Any, bill_ids: np.ndarray) -> tuple[Columns, Columns]:
    """What those bills kept beyond their rows, by name, and which of them kept it; a house kept nothing."""
    columns: Columns = {}
    known: Columns = {}
    if not len(bill_ids):
        return columns, known
    those, reach = WITHIN, {"low": int(bill_ids.min()), "high": int(bill_ids.max())}
    if len(bill_ids) < FEW:
        those, reach = AMONG, {"ids": array_literal(bill_ids)}
    cursor.execute(NAMES.format(those=those), reach)
    names = [name for (name,) in cursor.fetchall()]
    rows = read(cursor, KEPT.format(those=those), KEPT_KINDS, reach | {"names": names}) if names else {}
    order = np.argsort(bill_ids)
    for code, name in enumerate(names, 1):
        of = rows["name"] == code
        place = np.minimum(np.searchsorted(bill_ids, rows["bill_id"][of], sorter=order), len(order) - 1)
        at, mine = order[place], bill_ids[order[place]] == rows["bill_id"][of]
        columns[name], known[name] = np.full(len(bill_ids), unsaid(name), np.int64), np.zeros(len(bill_ids), bool)
        columns[name][at[mine]], known[name][at[mine]] = rows["value"][of][mine], True
    return columns, known


def unsaid(name: str) -> int:
    """What a quantity is where nothing is said of it."""
    return int(name in ONE)


def given(book: Book, columns: Mapping[str, np.ndarray], at: Any = slice(None)) -> Quantities:
    """The quantities of those bills as the kernel takes them; a register that they did not keep counted nothing."""
    nothing = np.zeros(len(columns["kwh"]), np.int64)
    own = {name: columns[name][at] for name in OWN if name in columns}
    own |= {name: nothing[at] for name in book.needs if name not in own}
    registers = {name: columns.get(f"{REGISTER}{name}", nothing)[at] for name in book.registers}
    return Quantities(**own, registers=registers)


def told(book: Book, bills: Iterable[Any]) -> Quantities:
    """The quantities of bills as stories tell them, with their own `quantities` by name."""
    listed = list(bills)
    columns = {name: np.array([getattr(it, name) for it in listed], np.int64) for name in ROW}
    names = {name for it in listed for name in it.quantities}
    return given(book, columns | {
        name: np.array([it.quantities.get(name, unsaid(name)) for it in listed], np.int64) for name in names
    })  # fmt: skip


def lacking(book: Book, known: Mapping[str, np.ndarray], count: int) -> dict[str, np.ndarray]:
    """By the name of an input that the book reads, which bills did not keep it: they cannot be rated with it."""
    asked = [f"{REGISTER}{name}" for name in book.registers] + ["kvarh"] * ("kvarh" in book.accepts)
    never = np.zeros(count, bool)
    return {name: ~known.get(name, never) for name in asked}
