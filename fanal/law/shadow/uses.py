"""What a bill of another system measured: the readings that it stood on, and the others that it could have.

Indexes are dial units, as read; demand is in 1/1000. Days are numbers since 1970-01-01; a reading dated a day is the
index at its beginning.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

# Which of several readings of one day a bill stands on, the first that there is. A corrected one serves the bills
# after it, and the bill that replaces a wrong one.
OPENING = ("CORRECTED", "REAL", "CUSTOMER", "ESTIMATED", "MOVE_IN", "OPENING", "FINAL", "INSTALLATION", "REMOVAL")
CLOSING = ("FINAL", "REAL", "CUSTOMER", "ESTIMATED", "MOVE_IN", "OPENING", "REMOVAL", "CORRECTED")
ESTIMATED = ("ESTIMATED", *(it for it in CLOSING if it != "ESTIMATED"))
AGAIN = ("CORRECTED", *(it for it in CLOSING if it != "CORRECTED"))

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """An index of a meter, of which kind, and the demand that it showed (1/1000 kW, 1/1000 kVA; None without)."""

    index: int
    kind: str
    kw: int | None = None
    kva: int | None = None


@dataclass(frozen=True, slots=True)
class Fitted:
    """A meter at a place over [from_on, to_on): its dials, its multiplier, what it showed on both days."""

    serial: str
    dials: int
    multiplier: int
    from_on: int | None
    to_on: int | None
    first_index: int | None = None
    last_index: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A meter over the days of a bill: the readings at both ends, the one that served first."""

    serial: str
    dials: int
    multiplier: int
    opening: tuple[Reading, ...]
    closing: tuple[Reading, ...]

    @property
    def units(self) -> int:
        """Dial units between the readings that served."""
        return self.between(self.opening[0].index, self.closing[0].index)

    def between(self, first: int, last: int) -> int:
        """Dial units from one index to another: a fall of more than half the dials is a roll-over (tour de cadran)."""
        units, round_trip = last - first, 10**self.dials
        return units + round_trip if 2 * -units > round_trip else units


@dataclass(frozen=True, slots=True)
class Use:
    """What was used over a bill, meter by meter; `missing` names the first meter without a reading at one end."""

    spans: tuple[Span, ...]
    missing: str = ""

    @property
    def kwh(self) -> int:
        """Whole kWh: units × multiplier of every meter."""
        return sum(span.units * span.multiplier for span in self.spans)

    @property
    def kw(self) -> int:
        """The highest real demand shown at the end of a meter's days, in 1/1000 kW."""
        return max((span.closing[0].kw or 0 for span in self.spans), default=0)

    @property
    def kva(self) -> int:
        """As `kw`, of apparent demand."""
        return max((span.closing[0].kva or 0 for span in self.spans), default=0)


def use(
    start: int,
    end: int,
    order: Sequence[str],
    meters: Sequence[Fitted],
    readings: Mapping[tuple[str, int], Sequence[Reading]],
) -> Use:
    """Find what a bill over [start, end) measured.

    order: which closing reading serves (`CLOSING`, `ESTIMATED`, `AGAIN`); readings: of the place, by meter and day.
    """
    spans = []
    for meter in meters:
        since = start if meter.from_on is None else max(start, meter.from_on)
        until = end if meter.to_on is None else min(end, meter.to_on)
        if since >= until:
            continue
        opening = _sorted(readings.get((meter.serial, since), ()), OPENING)
        closing = _sorted(readings.get((meter.serial, until), ()), order)
        if not opening and since == meter.from_on and meter.first_index is not None:
            opening = (Reading(meter.first_index, "INSTALLATION"),)
        if not closing and until == meter.to_on and meter.last_index is not None:
            closing = (Reading(meter.last_index, "REMOVAL"),)
        if not opening or not closing:
            return Use((), meter.serial)
        spans.append(Span(meter.serial, meter.dials, meter.multiplier, opening, closing))
    return Use(tuple(spans), "" if spans else "—")


def _sorted(found: Sequence[Reading], order: Sequence[str]) -> tuple[Reading, ...]:
    known = [it for it in found if it.kind in order]
    rejected = [it for it in found if it.kind not in order]  # no bill stands on it, unless by mistake
    return (*sorted(known, key=lambda it: order.index(it.kind)), *rejected) if known else ()


@dataclass(frozen=True, slots=True)
class Otherwise:
    """Another kWh that the same meters could have given, and how: a code and its facts."""

    kwh: int
    code: str
    facts: Facts


def other_readings(use: Use) -> Iterator[Otherwise]:
    """The kWh of other readings: those of the same day, an index with two figures exchanged, a turn of the dials."""
    for span in use.spans:
        rest = use.kwh - span.units * span.multiplier
        opening, closing = span.opening[0], span.closing[0]
        for first, last in product(span.opening, span.closing):
            if (first, last) != (opening, closing):
                other = last if last is not closing else first
                facts: Facts = {"meter": span.serial, "index": other.index, "kind": other.kind}
                yield Otherwise(rest + span.between(first.index, last.index) * span.multiplier, "other_reading", facts)
        for before, after, wrong in _exchanged(opening.index, closing.index):
            facts = {"meter": span.serial, "index": wrong}
            yield Otherwise(rest + span.between(before, after) * span.multiplier, "exchanged_figures", facts)
        for turn in (-(10**span.dials), 10**span.dials):
            facts = {"meter": span.serial, "dials": span.dials}
            yield Otherwise(rest + (span.units + turn) * span.multiplier, "turn_of_dials", facts)


def _exchanged(first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """Both indexes with two neighbouring figures of one exchanged, and the one that was."""
    for side, index in enumerate((first, last)):
        text = str(index)
        for place in range(len(text) - 1):
            if text[place] != text[place + 1]:
                wrong = int(text[:place] + text[place + 1] + text[place] + text[place + 2 :])
                yield (wrong, last, wrong) if side == 0 else (first, wrong, wrong)


def other_multiplier(use: Use, kwh: int) -> Otherwise | None:
    """The multiplier of one meter that makes these kWh of the same readings; None where no whole one does.

    A few units prove nothing: at least ten are asked.
    """
    for span in use.spans:
        rest = use.kwh - span.units * span.multiplier
        if abs(span.units) < 10 or (kwh - rest) % span.units:
            continue
        many = (kwh - rest) // span.units
        if many > 0 and many != span.multiplier:
            return Otherwise(kwh, "other_multiplier", {"meter": span.serial, "here": span.multiplier, "there": many})
    return None
