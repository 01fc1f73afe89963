"""The steps of a bill, from the reads to the total: each is an operation that a pocket calculator redoes.

Only the stored figures are used, through the wording of the law; a step names the lines that rest on it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from fanal.law.tariffs import lines as bill_lines
from fanal.law.tariffs.book import Version
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.demand import billing_demand
from fanal.law.tariffs.taxes import day_number
from fanal.reports import flow_steps
from fanal.reports.bill_story import CREDIT_NOTE, BillStory, Document, Line, Measure
from fanal.reports.estimate_steps import UNITS, estimated, register_of
from fanal.reports.step import LANGUAGES, NOTHING, Citation, Step, Words, bylaw, said
from fanal.values import wording
from fanal.values.dates import to_days
from fanal.values.money import half_up
from fanal.values.wording import Lang

SOURCES = {
    0: ("aucune relève", "no reading"),
    1: ("lu par un employé", "read by staff"),
    2: ("lu par le client", "read by the customer"),
    3: ("lu à distance", "read remotely"),
    4: ("à la pose", "at installation"),
    5: ("à la dépose", "at removal"),
    6: ("repris de l’ancien système", "taken over from the former system"),
}


def number_of(bill: BillStory | Document) -> str:
    """« 2026-000318 »; « lot:abonnement » for a bill that is not issued."""
    number = bill.number if isinstance(bill, Document) else bill.issue.number if bill.issue else 0
    if not number and isinstance(bill, BillStory):
        return f"{bill.run_id}:{bill.subscription_id}"
    return f"{number // 10**9}-{number % 10**9:06d}"


def span(from_on: date, to_on: date, lang: Lang) -> str:
    """Days of [from_on, to_on), the last one named: « Du 8 au 31 mars 2026, 24 jours »."""
    last, days = to_on - timedelta(days=1), wording.days((to_on - from_on).days, lang)
    if lang == "en":
        return f"{wording.day(from_on, lang)} to {wording.day(last, lang)}, {days}"
    same_year, same_month = from_on.year == last.year, (from_on.year, from_on.month) == (last.year, last.month)
    parts = wording.day(from_on, lang).split(" ")
    first = " ".join(parts[: 1 if same_month else 2 if same_year else 3])
    return f"Du {first} au {wording.day(last, lang)}, {days}"


@dataclass(frozen=True, slots=True)
class Segment:
    """The days of the bill at one version of the prices, and the kWh that they get."""

    place: int
    version: Version
    from_on: date
    to_on: date
    kwh: int

    @property
    def days(self) -> int:
        return (self.to_on - self.from_on).days


def segments(story: BillStory) -> list[Segment]:
    """Cut the rated days at each change of price; the kWh follow the days, the last segment taking the rest."""
    found: list[Segment] = []
    days_before = kwh_before = 0
    for place, version in enumerate(story.book.versions):
        since, until = day_number(version.from_on), day_number(version.to_on)
        start, end = max(to_days(story.rated_from_on), since), min(to_days(story.to_on), until)
        if story.book.proration != "days":
            inside = since <= to_days(story.to_on) - 1 < until
            start, end = (to_days(story.rated_from_on), to_days(story.to_on)) if inside else (0, 0)
        if end <= start:
            continue
        days_so_far = days_before + end - start
        kwh_so_far = half_up(story.kwh_billed * days_so_far, story.days)
        first = story.rated_from_on + timedelta(days=days_before)
        last = story.rated_from_on + timedelta(days=days_so_far)
        found.append(Segment(place, version, first, last, kwh_so_far - kwh_before))
        days_before, kwh_before = days_so_far, kwh_so_far
    return found


def bill_steps(story: BillStory) -> list[Step]:
    """Every step of the bill, in the order in which it is reckoned."""
    if story.kind == CREDIT_NOTE:
        parts: Iterable[Step] = (*_lines(story, []), *_sums(story))
    else:
        cut = segments(story)
        parts = (
            *_period(story), *_measured(story), *flow_steps.netted(story), *flow_steps.power_factor(story),
            *_shares(story, cut), *_demand(story, cut), *_lines(story, cut), *_sums(story),
        )  # fmt: skip
    return list(parts)


# ── what was measured ────────────────────────────────────────────────────────────────────────────────────────────────


def _period(story: BillStory) -> Iterator[Step]:
    note = said(*(_LAST_DAY if story.book.flat_rate else _READING_DAY))
    yield Step(
        key="days",
        title=said("Jours", "Days"),
        operation=said("{to:day} − {since:day}", "{to:day} − {since:day}", to=story.to_on, since=story.rated_from_on),
        result=said("{days:days}", "{days:days}", days=story.days),
        note=note,
        **bylaw("4.2.1", story.on),
        lines=frozenset(it.line for it in story.lines if it.charge),
    )


_READING_DAY = (
    "Le jour de la relève ouvre la période suivante : il n’est pas compté dans celle-ci.",
    "The day of the reading opens the next period: it is not counted in this one.",
)
_LAST_DAY = (
    "Le dernier jour ouvre la période suivante : il n’est pas compté dans celle-ci.",
    "The last day opens the next period: it is not counted in this one.",
)


def _measured(story: BillStory) -> Iterator[Step]:
    """Each register, then their sum."""
    energy = [it for it in story.measures if it.counts]
    lines = _lines_of(story, "energy")
    for position, measure in enumerate(story.measures, 1):
        of = flow_steps.lines_reading(story, measure)
        made = estimated(story, measure, position) if measure.estimate else _read(story, measure, position)
        yield from (replace(step, lines=of) for step in made)
    if len(energy) > 1:
        several = len({it.serial for it in energy}) > 1
        texts = {lang: " + ".join(wording.quantity(it.quantity, "kWh", lang) for it in energy) for lang in LANGUAGES}
        yield Step(
            key="kwh",
            title=said("Tous les compteurs", "All the meters")
            if several
            else said("Tous les registres", "All registers"),
            operation=texts,
            result=said("{kwh:kWh}", "{kwh:kWh}", kwh=story.kwh),
            lines=lines,
        )


def _read(story: BillStory, measure: Measure, position: int) -> Iterator[Step]:
    """Real readings: a difference, or the highest demand, times the multiplier."""
    unit = UNITS[measure.kind]
    times = f" × {measure.multiplier}" if measure.multiplier != 1 else ""
    facts: dict[str, Any] = {
        "to": measure.to_value, "since": measure.from_value, "turn": 1000 * 10**measure.dials,
        "to_on": measure.shown_on, "from_on": measure.from_on, "serial": measure.serial,
        "to_how": _how(measure.to_source), "from_how": _how(measure.from_source),
    }  # fmt: skip
    known = measure.to_source and (measure.from_source or not measure.is_cumulative)
    if not measure.is_cumulative:
        operation, note = "{to:index}" + times, _DEMAND_READ
    elif measure.rolled_over:
        operation, note = ("({turn:index} − {since:index} + {to:index})" + times), _ROLLED_OVER
    else:
        difference = "{to:index} − {since:index}"
        operation, note = (f"({difference}){times}" if times else difference), _ENERGY_READ
    if not known:
        operation, note = "", _NOT_READ
    yield Step(
        key=f"measure:{position}",
        title=said(*_METER, serial=measure.serial, register=register_of(story, measure)),
        operation=said(operation, operation, **facts),
        result={lang: wording.quantity(measure.quantity, unit, lang) for lang in LANGUAGES} if known else NOTHING,
        note=said(*note, **facts),
        **(bylaw("4.1.1", story.on) if known else {}),
        seen=measure.seen,
    )


_METER = ("Compteur {serial}, {register}", "Meter {serial}, {register}")
_ENERGY_READ = (
    "L’index était {to:index} le {to_on:day} ({to_how}) et {since:index} le {from_on:day} ({from_how}).",
    "The index was {to:index} on {to_on:day} ({to_how}) and {since:index} on {from_on:day} ({from_how}).",
)
_ROLLED_OVER = (
    "L’index était {to:index} le {to_on:day} ({to_how}) et {since:index} le {from_on:day} ({from_how}) : le compteur a "
    "fait le tour de son cadran et est reparti de 0.",
    "The index was {to:index} on {to_on:day} ({to_how}) and {since:index} on {from_on:day} ({from_how}): the meter "
    "went past its last figure and started again from 0.",
)
_DEMAND_READ = (
    "La plus grande puissance de la période était {to:index}, le {to_on:day} ({to_how}).",
    "The highest power of the period was {to:index}, on {to_on:day} ({to_how}).",
)
_NOT_READ = (
    "Aucune relève ne ferme la période pour ce compteur.",
    "No reading closes the period for this meter.",
)


def _how(source: int) -> Words:
    return dict(zip(LANGUAGES, SOURCES[source], strict=True))


# ── how it is shared ─────────────────────────────────────────────────────────────────────────────────────────────────


def _shares(story: BillStory, cut: list[Segment]) -> Iterator[Step]:
    """The kWh of each price, by days; only where a price changed."""
    if len(cut) < 2 or "kwh" not in story.book.accepts:
        return
    days_before = kwh_before = 0
    for segment in cut:
        days_before += segment.days
        facts = {"kwh": story.kwh_billed, "days": days_before, "of": story.days, "before": kwh_before}
        share = "" if segment is cut[-1] else " × {days:days} ÷ {of:number}"
        operation = f"{{kwh:kWh}}{share}" + (" − {before:kWh}" if kwh_before else "")
        kwh_before += segment.kwh
        yield Step(
            key=f"share:{segment.place}",
            title={lang: span(segment.from_on, segment.to_on, lang) for lang in LANGUAGES},
            operation=said(operation, operation, **facts),
            result={lang: wording.quantity(segment.kwh, "kWh", lang) for lang in LANGUAGES},
            note=said(
                "Le prix a changé : les kWh se partagent selon les jours.",
                "The price changed: the kWh are shared by days.",
            ),
            **bylaw("4.2.1", story.on),
            lines=_lines_of(story, "energy", segment.place),
        )


def _lines_of(story: BillStory, kind: str, version: int | None = None) -> frozenset[int]:
    """The lines of that kind of charge, of one version of the prices or of all."""
    charges = ((it.line, it.charge) for it in story.lines if it.charge)
    return frozenset(line for line, it in charges if it.kind == kind and version in (None, it.version))


def _demand(story: BillStory, cut: list[Segment]) -> Iterator[Step]:
    """The billing demand of each version: real power, apparent power, the share of the winter peak."""
    for segment in cut:
        lines, rule = _lines_of(story, "demand", segment.place), segment.version.billing_demand
        if not lines:
            continue
        sums = {lang: bill_lines.demand(rule, story.kw, story.kva, story.past_kw, lang) for lang in LANGUAGES}
        winter = f" × {wording.quantity(story.past_kw, 'kW')} = "
        for position, (french, english) in enumerate(zip(sums["fr"], sums["en"], strict=True), 1):
            operation, result = _sides({"fr": french, "en": english})
            yield Step(
                key=f"demand:{segment.place}:{position}",
                title=said("Puissance à facturer", "Billing demand"),
                operation=operation,
                result=result,
                note=said(*_WINTER, winter=story.past_kw) if winter in french else NOTHING,
                article=rule.article or "",
                cited=Citation(story.book.code, segment.version.from_on),
                source=segment.version.source,
                confidence=segment.version.confidence,
                lines=lines,
            )


_WINTER = (
    "La plus grande puissance des mois d’hiver, parmi les onze périodes d’avant, était de {winter:kW}.",
    "The highest power of the winter months, among the eleven periods before, was {winter:kW}.",
)


def _billing_kw(story: BillStory, segment: Segment) -> int:
    kw, kva, past_kw = (np.array([it], np.int64) for it in (story.kw, story.kva, story.past_kw))
    return int(billing_demand(segment.version.billing_demand, kw, kva, past_kw)[0])


# ── the lines and their sums ─────────────────────────────────────────────────────────────────────────────────────────


def _lines(story: BillStory, cut: list[Segment]) -> Iterator[Step]:
    by_version = {segment.place: segment for segment in cut}
    for line in story.lines:
        if line.charge is not None:
            segment = by_version.get(line.charge.version)
            if segment is not None:
                yield from _limits(story, line, line.charge, segment)
            yield from _priced(story, line, line.charge)
        elif line.is_fee:
            yield from _fee(story, line)
        elif line.tax is None:
            yield _credit(story, line)


def _limits(story: BillStory, line: Line, charge: Charge, segment: Segment) -> Iterator[Step]:
    """How far a block goes and what falls in it; the demand above its base."""
    title = said("Quantité : {name}", "Quantity: {name}", name={"fr": charge.title_fr, "en": charge.title_en})
    cited = Citation(charge.book, charge.version_from)
    common: dict[str, Any] = {"article": charge.article, "cited": cited, "lines": frozenset({line.line})}
    times, months = flow_steps.times(story, charge, _billing_kw(story, segment)), flow_steps.months(story, line.days)
    reach = {lang: bill_lines.threshold(charge, line.days, times, lang, months) or "" for lang in LANGUAGES}
    flow = flow_steps.flow(story, line, charge)
    if flow.told:
        operation, result, note = flow.told
        same = [it.line for it in story.lines if it.charge and _flow(it.charge, it) == _flow(charge, line)]
        if line.line == same[0]:
            of = common | {"lines": frozenset(same)}
            yield Step(key=f"flow:{line.line}", title=title, operation=operation, result=result, note=note, **of)
    if charge.kind == "energy" and reach["fr"]:
        operation, result = _sides(reach)
        same = [it.line for it in story.lines if it.charge and _limit(it.charge) == _limit(charge)]
        if line.line == same[0]:
            limit_title = said("Limite de la tranche", "Limit of the block")
            of = common | {"lines": frozenset(same)}
            yield Step(key=f"limit:{line.line}", title=limit_title, operation=operation, result=result, **of)
        over = (line.days, times, months)
        facts = {"kwh": flow.quantity, "limit": charge.limit(*over), "after": charge.begins(*over)}
        texts = _BETWEEN if charge.after_milli and charge.upto_milli else _LEAST if charge.upto_milli else _REST
        result = {lang: wording.quantity(line.quantity, "kWh", lang) for lang in LANGUAGES}
        yield Step(key=f"block:{line.line}", title=title, operation=said(*texts, **facts), result=result, **common)
    if charge.kind == "demand":
        billed = _billing_kw(story, segment)
        above = {lang: bill_lines.excess(charge, billed, story.multiplier, lang) or "" for lang in LANGUAGES}
        if above["fr"]:
            operation, result = _sides(above)
            yield Step(key=f"excess:{line.line}", title=title, operation=operation, result=result, **common)


def _flow(charge: Charge, line: Line) -> tuple[Any, ...]:
    """Of which energy a line is, on which days."""
    return charge.kind, charge.of, charge.less, line.from_on, line.to_on


def _limit(charge: Charge) -> tuple[int, int, bool, str | None]:
    """Which limit a block stops or begins at, in which version and season."""
    return charge.version, charge.upto_milli or charge.after_milli, charge.kind == "energy", charge.season


_LEAST = ("le moindre de {kwh:kWh} et {limit:kWh}", "the lesser of {kwh:kWh} and {limit:kWh}")
_BETWEEN = (f"{_LEAST[0]}, moins {{after:kWh}}", f"{_LEAST[1]}, less {{after:kWh}}")
_REST = ("{kwh:kWh} − {limit:kWh}",) * 2


def _priced(story: BillStory, line: Line, charge: Charge) -> Iterator[Step]:
    """Quantity × price, with its rounding; a minimum bill first says what it asks for."""
    shown = (charge, line.days, line.quantity, line.amount_cents)
    texts = {lang: bill_lines.arithmetic(*shown, lang) for lang in LANGUAGES}
    pairs = zip(*(texts[lang].split(" ; ") for lang in LANGUAGES), strict=True)
    sums = [_sides({"fr": french, "en": english}) for french, english in pairs]
    alike = _lines_of(story, "minimum", charge.version)
    for position, (operation, result) in enumerate(sums):
        last = position == len(sums) - 1
        yield Step(
            key=f"line:{line.line}" if last else f"line:{line.line}:{position}",
            title={"fr": charge.title_fr, "en": charge.title_en},
            operation=operation,
            result=result,
            exact=_exact(charge, line) if position == 0 else NOTHING,
            note=said(
                "Ce prix est en vigueur depuis le {on:day}.",
                "This price has been in force since {on:day}.",
                on=charge.version_from,
            ),
            article=charge.article,
            cited=Citation(charge.book, charge.version_from),
            source=charge.source,
            confidence=charge.confidence,
            lines=frozenset({line.line} | alike),
        )


def _exact(charge: Charge, line: Line) -> Words:
    """What a priced line comes to before its rounding."""
    time = line.days if charge.by_days else 1
    coins = Fraction(line.quantity * charge.price_micro * time, charge.cent_scale * (charge.per_days or 1))
    return _unrounded(coins, charge.currency)


def _unrounded(coins: Fraction, currency: str = "") -> Words:
    """An amount before its rounding to the smallest coin: « 171,244 $ »; nothing when it already falls on one."""
    if coins.denominator == 1:
        return NOTHING
    whole = coins / 10 ** wording.decimals(currency)
    finite = (whole * 1_000_000).denominator == 1
    shown = Decimal(int(whole * 1_000_000)).scaleb(-6) if finite else Decimal(int(whole * 10_000)).scaleb(-4)
    return {lang: wording.amount(shown, lang, currency, "" if finite else "…") for lang in LANGUAGES}


def _credit(story: BillStory, line: Line) -> Step:
    """What the estimated bill had asked for the same days, before taxes, taken back whole."""
    taken = -line.amount_cents
    facts: dict[str, Any] = {"taken": taken, "nothing": 0, "amount": line.amount_cents}
    note = NOTHING
    if story.settled:
        last = story.settled[0]
        facts |= {"number": number_of(last), "on": last.issued_on, "from_on": last.rated_from_on}
        facts |= {"to_on": last.to_on - timedelta(days=1), "kwh": last.kwh}
        note = said(*_TAKEN_BACK, **facts)
    return Step(
        key=f"line:{line.line}",
        title=said("Déjà facturé sur estimation", "Already billed on estimates"),
        operation=said("{nothing:money} − {taken:money}", "{nothing:money} − {taken:money}", **facts),
        result=said("{amount:money}", "{amount:money}", **facts),
        note=note,
        **bylaw("4.1.2", story.on),
        lines=frozenset({line.line}),
    )


FEE = ("Frais d’abonnement", "Subscription fee")


def _fee(story: BillStory, line: Line) -> Iterator[Step]:
    """The fee of the request (2.1): what it was when the request came, and the ground that was told."""
    if story.fee is None:
        return
    ground, asked = story.fee.ground, story.fee.received_on
    came = said("Demande d’abonnement du {on:day}.", "Subscription request of {on:day}.", on=asked)
    yield Step(
        key=f"line:{line.line}",
        title=said(*FEE),
        result=said("{amount:money}", "{amount:money}", amount=line.amount_cents),
        note={lang: f"{came[lang]} {ground['text'][lang]}" for lang in LANGUAGES},
        **bylaw("2.1", asked),
        source=next((it["source"] for it in ground["figures"]), ""),
        lines=frozenset({line.line}),
    )


_TAKEN_BACK = (
    "La facture {number} du {on:day} comptait {kwh:kWh} estimés du {from_on:day} au {to_on:day} : {taken:money} avant "
    "taxes, retirés de cette facture-ci.",
    "Bill {number} of {on:day} counted an estimated {kwh:kWh} from {from_on:day} to {to_on:day}: {taken:money} before "
    "taxes, taken off this one.",
)


def _sums(story: BillStory) -> Iterator[Step]:
    """Before taxes, each tax, the total, and what was owed before."""
    own, taxes = [it for it in story.lines if not it.tax], [it for it in story.lines if it.tax]
    if not own:
        return
    yield _sum(
        "net", ("Avant taxes", "Before taxes"), [it.amount_cents for it in own], frozenset(it.line for it in taxes)
    )
    before: list[int] = []
    for line in taxes:
        yield _tax(story, line, before)
        before.append(line.amount_cents)
    yield _sum("total", ("Total de la facture", "Total of the bill"), [story.net_cents, *before])
    if story.balance.cents:
        both = [story.total_cents, story.balance.cents]
        yield _sum("asked", ("À payer, avec le solde d’avant", "To pay, with what stood before"), both)


def _tax(story: BillStory, line: Line, before: list[int]) -> Step:
    tax, rate = line.tax, line.tax_rate
    assert tax is not None
    if story.is_exempt(tax):
        return _exempt(story, line)
    base = [story.net_cents, *before] if rate.base == "net_and_previous" else [story.net_cents]
    micro = int(rate.rate * 1_000_000)
    texts = {}
    for lang in LANGUAGES:
        amounts = " + ".join(wording.money(it, lang) for it in base)
        texts[lang] = f"{f'({amounts})' if len(base) > 1 else amounts} × {wording.percentage(micro, lang)}"
    return Step(
        key=f"line:{line.line}",
        title={"fr": tax.title.fr, "en": tax.title.en},
        operation=texts,
        result=said("{amount:money}", "{amount:money}", amount=line.amount_cents),
        exact=_unrounded(Fraction(sum(base) * micro, 1_000_000)),
        note=said(
            "Ce taux est en vigueur depuis le {on:day} ; la taxe se calcule une fois par facture, arrondie au cent.",
            "This rate has been in force since {on:day}; the tax is computed once a bill and rounded to the cent.",
            on=rate.from_on,
        ),
        article=rate.article,
        cited=Citation(tax.code, rate.from_on),
        source=rate.source,
        confidence=rate.confidence,
        lines=frozenset({line.line}),
    )


def _exempt(story: BillStory, line: Line) -> Step:
    """A tax that this customer does not owe, and the certificate that says so."""
    tax, rate = line.tax, line.tax_rate
    assert tax is not None
    certificate = story.certificates.get(tax.code, "")
    return Step(
        key=f"line:{line.line}",
        title={"fr": tax.title.fr, "en": tax.title.en},
        result=said("{amount:money}", "{amount:money}", amount=line.amount_cents),
        note=said(*(_EXEMPT if certificate else _EXEMPT_BARE), certificate=certificate),
        article=rate.article,
        cited=Citation(tax.code, rate.from_on),
        source=rate.source,
        confidence=rate.confidence,
        lines=frozenset({line.line}),
    )


_EXEMPT = (
    "Cette taxe n’est pas perçue : le client en est exonéré, certificat {certificate}.",
    "This tax is not charged: the customer is exempt from it, certificate {certificate}.",
)
_EXEMPT_BARE = (
    "Cette taxe n’est pas perçue : le client en est exonéré.",
    "This tax is not charged: the customer is exempt from it.",
)


def _sum(key: str, title: tuple[str, str], cents: list[int], lines: frozenset[int] = frozenset()) -> Step:
    operation = {}
    for lang in LANGUAGES:
        first, *others = cents
        rest = "".join(f" {'−' if it < 0 else '+'} {wording.money(abs(it), lang)}" for it in others)
        operation[lang] = wording.money(first, lang) + rest if rest else ""
    total = said("{total:money}", "{total:money}", total=sum(cents))
    return Step(key=key, title=said(*title), operation=operation, result=total, lines=lines)


def _sides(sums: Words) -> tuple[Words, Words]:
    """« a = b » in both languages, cut at its last sign."""
    pairs = {lang: text.rpartition(" = ") for lang, text in sums.items()}
    return {lang: it[0] for lang, it in pairs.items()}, {lang: it[2] for lang, it in pairs.items()}
