"""One bill rated again from what was kept with it: its book, its quantities; each line beside the one that was sent."""

from dataclasses import dataclass, replace

import numpy as np

from fanal.law.tariffs.rate import rate
from fanal.law.tariffs.taxes import taxes_on
from fanal.reports import quantities
from fanal.reports.bill_story import BILL, CREDIT_NOTE, BillStory
from fanal.values.dates import to_days


@dataclass(frozen=True, slots=True, kw_only=True)
class Redone:
    """What the kernel finds now, in cents: each line by its number, and the total."""

    lines: dict[int, int]
    total_cents: int
    differing: tuple[int, ...]  # numbers of the lines that were kept otherwise
    holds: bool  # every line and the total are those of the bill, and the lines add up to it


def redo(story: BillStory) -> Redone | None:
    """Refaire le calcul; a credit note is found again as the bill that it takes back. None for what has no line."""
    if not story.lines:
        return None
    if story.kind == CREDIT_NOTE:
        return _negated(_rated(_taken_back(story), sum(it.amount_cents for it in story.lines if it.is_credit)))
    return _rated(story, story.settled[0].rated_cents if story.settled else 0)


def _rated(story: BillStory, credit: int) -> Redone | None:
    """The bill by the kernel; `credit` is what was already billed on estimates, in cents."""
    start, end = (np.array([to_days(it)], np.int64) for it in (story.rated_from_on, story.to_on))
    given = quantities.told(story.book, [story])
    rated = rate(story.book, start, end, given)
    if rated.refusals:
        return None
    fee = story.fee.cents if story.fee else 0
    net = rated.net - credit + fee
    taxes = taxes_on(story.book, net, end - 1, given.exempt)[0] if credit or fee else rated.tax
    own = iter(int(it) for it in rated.amount)
    taxed = iter(int(it) for it in taxes[0])
    found = {}
    for line in story.lines:
        amount = next(own, 0) if line.charge else next(taxed, 0) if line.tax else fee if line.is_fee else -credit
        found[line.line] = amount
    total = int(net[0]) + int(taxes.sum())
    differing = tuple(it.line for it in story.lines if found[it.line] != it.amount_cents)
    whole = not [*own, *taxed] and sum(it.amount_cents for it in story.lines) == story.total_cents
    return Redone(
        lines=found, total_cents=total, differing=differing,
        holds=whole and not differing and total == story.total_cents,
    )  # fmt: skip


def _taken_back(note: BillStory) -> BillStory:
    """The bill that a credit note takes back: the same lines and use, with their other sign."""
    lines = tuple(replace(it, quantity=-it.quantity, amount_cents=-it.amount_cents) for it in note.lines)
    return replace(note, kind=BILL, kwh=-note.kwh, total_cents=-note.total_cents, lines=lines)


def _negated(found: Redone | None) -> Redone | None:
    if found is None:
        return None
    lines = {line: -cents for line, cents in found.lines.items()}
    return replace(found, lines=lines, total_cents=-found.total_cents)
