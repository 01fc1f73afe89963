"""What flows through the registers of a bill, told step by step: net metering, power factor, what a price is for."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from fanal.law.metering import registers
from fanal.law.tariffs import lines as bill_lines
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.inputs import rows_of
from fanal.law.tariffs.rate import netted as after_netting
from fanal.law.tariffs.shares import Shares
from fanal.law.tariffs.stretches import months_of_days
from fanal.reports import quantities
from fanal.reports.bill_story import KVARH, KW, KWH, BillStory, Line, Measure
from fanal.reports.step import LANGUAGES, Step, Words, said
from fanal.values import wording
from fanal.values.dates import to_days
from fanal.values.energy import TOTAL


@dataclass(frozen=True, slots=True)
class Flow:
    """What an energy price is for on the days of its line; where that is not plain, its operation, result and note."""

    quantity: int
    told: tuple[Words, Words, Words] | None = None


def flow(story: BillStory, line: Line, charge: Charge) -> Flow:
    """What the price looks at: a register, or the kWh less registers, shared by days; parts where that is not plain."""
    if charge.kind != "energy":
        return Flow(0)
    start, end = (np.array([to_days(it)], np.int64) for it in (story.rated_from_on, story.to_on))
    rows, _ = after_netting(story.book, rows_of(story.book, start, end, quantities.told(story.book, [story])))
    shares = Shares(story.book, rows)
    after, before = (np.array([to_days(it)], np.int64) - start for it in (line.from_on, line.to_on))
    names = (charge.of, *charge.less)
    parts = tuple(int(shares.between(name, after, before)[0]) for name in names)
    quantity = parts[0] - sum(parts[1:])
    if charge.season is None and not charge.less:  # by days, which the step of the shares has told
        return Flow(quantity)
    titles = {lang: [_named(story, name, lang) for name in names] for lang in LANGUAGES}
    shown = {lang: " − ".join(wording.quantity(it, charge.unit, lang) for it in parts) for lang in LANGUAGES}
    result = {lang: wording.quantity(quantity, charge.unit, lang) for lang in LANGUAGES}
    told = {lang: {"first": texts[0], "others": ", ".join(texts[1:])} for lang, texts in titles.items()}
    sentences = _LESS if charge.less else _SEASON
    note = {lang: said(*sentences, **told[lang], days=line.days)[lang] for lang in LANGUAGES}
    return Flow(quantity, (shown, result, note))


_LESS = (
    "On prend {first} de ces {days:days}, moins : {others}.",
    "We take {first} of these {days:days}, less: {others}.",
)
_SEASON = (
    "On prend {first} de ces {days:days}, selon les jours.",
    "We take {first} of these {days:days}, by days.",
)


def _named(story: BillStory, name: str, lang: wording.Lang) -> str:
    whole = {"kwh": {"fr": "les kWh", "en": "the kWh"}, "kvarh": {"fr": "les kvarh", "en": "the kvarh"}}
    return whole[name][lang] if name in whole else registers.title(story.book, name, lang).lower()


def times(story: BillStory, charge: Charge, billing_kw: int) -> int:
    """What multiplies the limit of a block: dwellings, households, or the 1/1000 kW billed."""
    if charge.times == "kw":
        return billing_kw
    return story.quantities.get("households", 1) if charge.times == "households" else story.multiplier


def months(story: BillStory, days: int) -> Fraction:
    """The calendar months of so many days of the period."""
    return months_of_days(story.rated_from_on, story.to_on, days)


def lines_reading(story: BillStory, measure: Measure) -> frozenset[int]:
    """The lines that rest on what a register gave."""
    name = {KVARH: "kvarh"}.get(measure.kind, "kwh") if measure.name == TOTAL else measure.name
    every = [(it.line, it.charge) for it in story.lines if it.charge]
    if measure.kind not in (KWH, KVARH) and measure.name == TOTAL:
        return frozenset(line for line, it in every if it.kind == "demand" and it.of not in story.book.registers)
    if measure.counts or name == story.book.net_metering:
        own = frozenset(line for line, it in every if it.kind == "energy" and it.of not in story.book.registers)
    else:
        own = frozenset()
    if name == "kvarh" or measure.counts:
        own |= frozenset(line for line, it in every if it.kind == "percent" and it.upto_milli)
    demand = measure.kind == KW
    return own | frozenset(
        line for line, it in every
        if it.kind == ("demand" if demand else "energy") and name in (it.of, *it.less)
    )  # fmt: skip


def netted(story: BillStory) -> Iterator[Step]:
    """What net metering bills, and what the bank has left."""
    if story.book.net_metering is None:
        return
    bank = story.quantities.get("bank_kwh", 0)
    sums = {lang: bill_lines.netting(story.kwh, story.injected_kwh, bank, lang) for lang in LANGUAGES}
    left = max(story.injected_kwh + bank - story.kwh, 0)
    sentence = _BANK_ENDS if story.quantities.get("bank_ends") else _BANK
    yield Step(
        key="netting",
        title=said("Mesurage net", "Net metering"),
        operation={lang: text.rpartition(" = ")[0] for lang, text in sums.items()},
        result={lang: wording.quantity(story.kwh - story.injected_kwh - bank, "kWh", lang) for lang in LANGUAGES},
        note=said(*sentence, injected=story.injected_kwh, bank=bank, left=left),
        lines=frozenset(it.line for it in story.lines if it.charge and it.charge.kind in ("energy", "bank")),
    )


_BANK = (
    "Le client a injecté {injected:kWh} ; la banque avait {bank:kWh}. Ce qui passe sous zéro lui reste, {left:kWh} "
    "pour la prochaine facture.",
    "The customer exported {injected:kWh}; the bank had {bank:kWh}. Below zero it stays there: {left:kWh} for the "
    "next bill.",
)
_BANK_ENDS = (
    "Le client a injecté {injected:kWh} ; la banque avait {bank:kWh}. Elle prend fin avec cette facture, qui crédite "
    "les {left:kWh} qui restent.",
    "The customer exported {injected:kWh}; the bank had {bank:kWh}. It ends with this bill, which credits the "
    "{left:kWh} left.",
)


def power_factor(story: BillStory) -> Iterator[Step]:
    """The power factor of the bill, where a price follows it."""
    shares = [it for it in story.lines if it.charge and it.charge.kind == "percent" and it.charge.upto_milli]
    lines = frozenset(it.line for it in shares)
    if not lines:
        return
    kvarh = story.quantities.get("kvarh", 0)
    sums = {lang: bill_lines.power_factor(story.kwh_billed, kvarh, lang) for lang in LANGUAGES}
    yield Step(
        key="power_factor",
        title=said("Facteur de puissance", "Power factor"),
        operation={lang: text.rpartition(" = ")[0] for lang, text in sums.items()},
        result={lang: text.rpartition(" = ")[2] for lang, text in sums.items()},
        note=said(*_POWER_FACTOR, kvarh={lang: wording.quantity(kvarh, "kvarh", lang) for lang in LANGUAGES}),
        lines=lines,
    )


_POWER_FACTOR = (
    "C’est l’énergie active divisée par l’énergie apparente, d’après les {kvarh} mesurés.",
    "It is the active energy divided by the apparent energy, from the {kvarh} measured.",
)
