"""What is left to pay of bills, in cents, and when: a late one in two (4.2.2); what is due first is paid first."""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

BillT = TypeVar("BillT")
NOT_ASKED = date.max  # what a plan that ended paid: no bill has asked for it yet


def parts(due_on: date, second_due_on: date, cents: int) -> tuple[tuple[date, int], ...]:
    """When each part of a bill is due: of a late one two halves, the odd cent in the second."""
    if second_due_on == due_on:
        return ((due_on, cents),)
    return ((due_on, cents // 2), (second_due_on, cents - cents // 2))


def left(balance_cents: int, asked: Iterable[tuple[date, int, BillT]]) -> list[tuple[date, int, BillT]]:
    """Of parts (day, cents, bill) in the order in which they are paid, what the balance leaves of each."""
    rest, found = balance_cents, []
    for due_on, cents, bill in reversed(list(asked)):
        if rest <= 0:
            break
        found.append((due_on, min(cents, rest), bill))
        rest -= min(cents, rest)
    return found[::-1]


def after(covered_cents: int, asked: Iterable[tuple[date, int, BillT]]) -> list[tuple[date, int, BillT]]:
    """Of parts in their order, those left once the first ones are paid otherwise."""
    found = []
    for due_on, cents, bill in asked:
        taken = min(cents, covered_cents)
        covered_cents -= taken
        if cents > taken:
            found.append((due_on, cents - taken, bill))
    return found
