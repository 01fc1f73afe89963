"""What is being made of a rate: the parts of a book, the words of its seasons and hours, and what cannot be said."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fanal.values import wording
from fanal.values.refusal import Problem

MONTHS, HOURS = 12, 24
OPEN = Decimal(10) ** 30  # a tier without end, as SAM writes it
MOST = 1_000_000
REASON_MAX = 300
NOISE = Decimal("1e-12")  # what a binary float adds to the figure that somebody typed
WEEK = ("mon", "tue", "wed", "thu", "fri")
WEEKEND = ("sat", "sun", "holiday")

Run = tuple[int, ...]
Schedule = list[list[int]]
Text = dict[str, str]


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier of a period: its price, the limit it goes up to (None when open), what a kWh sent back is worth."""

    price: Decimal
    upto: Decimal | None
    sell: Decimal
    unit: str


@dataclass(slots=True)
class Draft:
    """The parts of a book as they are found, and every field that no book can express."""

    rate: Mapping[str, Any]
    sells: bool = True
    problems: list[Problem] = field(default_factory=list)
    seasons: dict[str, Text] = field(default_factory=dict)
    registers: dict[str, dict[str, Any]] = field(default_factory=dict)
    titles: dict[str, Text] = field(default_factory=dict)
    charges: list[dict[str, Any]] = field(default_factory=list)
    needs: list[str] = field(default_factory=lambda: ["kwh"])
    billing_demand: dict[str, Any] = field(default_factory=dict)
    net_metering: str = ""
    power: bool = False
    weekends: bool = False
    _read: set[str] = field(default_factory=set)

    def take(self, key: str) -> Any:
        """A field of the rate, which something has now read."""
        self._read.add(key)
        return self.rate.get(key)

    def word(self, key: str, default: str = "") -> str:
        """A field that is one word, as a unit is."""
        value = self.take(key)
        if value in (None, ""):
            return default
        if not isinstance(value, str):
            self.fault(key, f"« {value} » n’est pas un mot")
            return default
        return value

    def unread(self, known: Collection[str]) -> list[str]:
        """The fields with something in them that nothing has read."""
        return [
            key for key, it in self.rate.items() if key not in self._read | set(known) and it not in (None, "", [], {})
        ]

    def fault(self, name: str, reason: str) -> None:
        """Say that a field cannot be expressed, and why."""
        said = "".join(it if it.isprintable() else "·" for it in f"{name} : {reason}"[:REASON_MAX])
        self.problems.append(Problem(0, name, wording.typography(said)))

    def need(self, *names: str) -> None:
        """Ask for these quantities with every bill."""
        self.needs += [it for it in names if it not in self.needs]

    def figure(self, value: Any, name: str, places: int = 6) -> Decimal:
        """A figure that a book can hold; 0, and a fault, when it cannot."""
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            self.fault(name, f"« {value} » n’est pas un nombre")
            return Decimal(0)
        if not -MOST <= value <= MOST:
            self.fault(name, f"« {value} » dépasse ce qu’un livre peut tenir ({MOST})")
            return Decimal(0)
        exact = Decimal(value)
        kept = exact.quantize(Decimal(1).scaleb(-places))
        if abs(exact - kept) > NOISE:
            self.fault(name, f"« {value} » a trop de décimales : {places} au plus, et rien n’est arrondi")
        return kept.normalize() + 0

    def amount(self, key: str) -> Decimal:
        """A field that is an amount; 0 when it is absent."""
        value = self.take(key)
        return Decimal(0) if value in (None, "") else self.figure(value, key)

    def add(self, code: str, title: Text, **charge: Any) -> None:
        """Keep a charge with its wording; a negative price is a credit."""
        price = charge.pop("price", None)
        if isinstance(price, Decimal):
            charge |= {"price": written(abs(price))} | ({"credit": True} if price < 0 else {})
        self.titles.setdefault(code, title)
        self.charges.append({"code": code} | {key: it for key, it in charge.items() if it is not None})

    def periods(self, key: str) -> list[list[Tier]]:
        """The periods of a structure, each with its tiers."""
        structure = self.take(key)
        if structure in (None, "", []):
            return []
        if not isinstance(structure, list) or not all(isinstance(it, list) and it for it in structure):
            self.fault(key, "n’est pas une liste de périodes, chacune avec ses paliers")
            return []
        return [
            [self._tier(tier, f"{key}[{p}][{t}]") for t, tier in enumerate(tiers)] for p, tiers in enumerate(structure)
        ]

    def _tier(self, tier: Any, name: str) -> Tier:
        if not isinstance(tier, Mapping):
            self.fault(name, "n’est pas un palier")
            return Tier(Decimal(0), None, Decimal(0), "kWh")
        for key in sorted(set(tier) - {"rate", "adj", "max", "sell", "unit"}):
            self.fault(f"{name}.{key}", "champ que cette importation ne connaît pas")
        parts = [self.figure(tier[key], f"{name}.{key}") for key in ("rate", "adj") if tier.get(key) is not None]
        if not parts:
            self.fault(f"{name}.rate", "il manque le prix")
        limit, sell = tier.get("max"), tier.get("sell")
        closed = limit is not None and not (isinstance(limit, (int, Decimal)) and limit >= OPEN)
        return Tier(
            sum(parts, Decimal(0)),
            self.figure(limit, f"{name}.max", 3) if closed else None,
            self.figure(sell, f"{name}.sell") if sell is not None and self.sells else Decimal(0),
            str(tier.get("unit") or ""),
        )

    def open_ended(self, tiers: Sequence[Tier], name: str) -> bool:
        """Whether limits grow and the last tier has none, as a book wants them."""
        limits = [it.upto for it in tiers[:-1]]
        if tiers[-1].upto is not None:
            self.fault(f"{name}[{len(tiers) - 1}].max", "le dernier palier a une limite : rien ne dit le prix au-delà")
            return False
        closed = [it for it in limits if it is not None and it > 0]
        if len(closed) < len(limits) or closed != sorted(set(closed)):
            self.fault(f"{name}.max", "les limites des paliers ne sont pas croissantes")
            return False
        return True

    def schedule(self, key: str, count: int) -> Schedule:
        """Twelve months of 24 hours, each the place of a period; all of the only period when nothing is said."""
        value = self.take(key)
        if value in (None, "", []):
            if count > 1:
                self.fault(key, "il manque : rien ne dit à quelles heures va chaque période")
            return [[0] * HOURS for _ in range(MONTHS)]
        fits = isinstance(value, list) and len(value) == MONTHS
        if not fits or not all(isinstance(it, list) and len(it) == HOURS for it in value):
            self.fault(key, "doit avoir 12 mois de 24 heures")
            return [[0] * HOURS for _ in range(MONTHS)]
        return [self.places(month, f"{key}[{n}]", count) for n, month in enumerate(value)]

    def places(self, values: Iterable[Any], name: str, count: int) -> list[int]:
        """Whole numbers that each designate a period."""
        listed = list(values)
        if all(isinstance(it, (int, Decimal)) and it in range(count) for it in listed):
            return [int(it) for it in listed]
        self.fault(name, "désigne une période que la structure n’a pas")
        return [0] * len(listed)

    def season(self, run: Run) -> str | None:
        """The name of the season that these months make; None for the whole year."""
        if len(run) == MONTHS:
            return None
        name = "_".join(wording.month(it + 1, "en").lower() for it in dict.fromkeys((run[0], run[-1])))
        self.seasons[name] = {"from": f"{run[0] + 1:02}-01", "to": f"{(run[-1] + 1) % MONTHS + 1:02}-01"}
        return name

    def hours(self, week: Schedule, weekend: Schedule, period: int, run: Run) -> list[dict[str, Any]]:
        """The hours of a period in the months of a run, by kind of day, by season where they change within it."""
        found = []
        alike = all([it == period for it in week[m]] == [it == period for it in weekend[m]] for m in run)
        self.weekends |= not alike
        for schedule, days in ((week, None),) if alike else ((week, WEEK), (weekend, WEEKEND)):
            patterns: dict[Run, list[int]] = {}
            for month in run:
                there = tuple(hour for hour in range(HOURS) if schedule[month][hour] == period)
                patterns.setdefault(there, []).append(month)
            for there, months in patterns.items():
                for part in runs(months, MONTHS) if len(months) < len(run) else [run]:
                    season = self.season(part) if len(months) < len(run) else None
                    for span in runs(there, HOURS):
                        found.append(_hours(span, days, season))
        return found


def runs(places: Collection[int], around: int) -> list[Run]:
    """Cut places of a round (months, hours) into stretches without a hole, the last one running into the first."""
    if len(places) == around:
        return [tuple(range(around))]
    begins = sorted(it for it in places if (it - 1) % around not in places)
    found = []
    for begin in begins:
        length = next(n for n in range(around) if (begin + n) % around not in places)
        found.append(tuple((begin + n) % around for n in range(length)))
    return found


def _hours(span: Run, days: tuple[str, ...] | None, season: str | None) -> dict[str, Any]:
    begin, finish = (0, HOURS) if len(span) == HOURS else (span[0], span[-1] + 1)
    found: dict[str, Any] = {"from": f"{begin:02}:00", "to": f"{finish:02}:00"}
    return found | ({"days": list(days)} if days else {}) | ({"season": season} if season else {})


def worded(fr: str, en: str, run: Run) -> Text:
    """« Énergie, juin à septembre »; the months stay out for the whole year."""
    if len(run) == MONTHS:
        return {"fr": fr, "en": en}
    first, last = run[0] + 1, run[-1] + 1
    if first == last:
        return {"fr": f"{fr}, {wording.month(first)}", "en": f"{en}, {wording.month(first, 'en')}"}
    return {
        "fr": f"{fr}, {wording.month(first)} à {wording.month(last)}",
        "en": f"{en}, {wording.month(first, 'en')} to {wording.month(last, 'en')}",
    }


def written(figure: Decimal) -> str:
    """A figure as text, without exponent."""
    return format(figure.normalize() + 0, "f")
