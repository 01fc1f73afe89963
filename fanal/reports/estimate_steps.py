"""The steps of an estimate of 4.1.2: remade from its inputs, its share of the new days, what stands before it."""

from collections.abc import Iterator
from dataclasses import replace

from fanal.law.metering import registers
from fanal.reports.bill_story import KVA, KVARH, KW, KWH, BillStory, Estimate, Measure
from fanal.reports.step import LANGUAGES, NOTHING, Step, Words, bylaw, said
from fanal.values import wording
from fanal.values.energy import TOTAL
from fanal.values.wording import Lang

UNITS = {KWH: "kWh", KW: "kW", KVA: "kVA", KVARH: "kvarh"}


def register_of(story: BillStory, measure: Measure) -> Words:
    """« kWh »; « kWh, heures de pointe » of a register that has a name."""
    unit, titles = UNITS[measure.kind], {lang: registers.title(story.book, measure.name, lang) for lang in LANGUAGES}
    return {lang: f"{unit}, {title[:1].lower()}{title[1:]}" if title else unit for lang, title in titles.items()}


def estimated(story: BillStory, measure: Measure, position: int) -> Iterator[Step]:
    """An estimate of 4.1.2, remade from its inputs; its share of the new days; what was estimated before and stands."""
    estimate, unit = measure.estimate, UNITS[measure.kind]
    assert estimate is not None
    operation, note = method_of(estimate)
    title = "Estimation, compteur {serial}, {register}", "Estimate, meter {serial}, {register}"
    step = Step(
        key=f"estimate:{position}",
        title=said(*title, serial=measure.serial, register=register_of(story, measure)),
        operation=operation,
        result={lang: wording.quantity(estimate.quantity, unit, lang) for lang in LANGUAGES},
        note=note,
        **bylaw(f"4.1.2 {estimate.method})", story.on),
    )
    yield step
    before = _estimated_before(story, measure)
    if (share := measure.quantity - before) != estimate.quantity:
        days = (measure.to_on - (story.from_on if before else measure.from_on)).days
        facts = {"all": estimate.quantity, "days": days, "of": (estimate.to_on - estimate.from_on).days}
        operation = said(*(f"{{all:{unit}}} × {{days:days}} ÷ {{of:number}}",) * 2, **facts)
        result = {lang: wording.quantity(share, unit, lang) for lang in LANGUAGES}
        yield replace(step, key=f"estimate_share:{position}", operation=operation, result=result, note=said(*_SHARE))
    if before:
        operation = said(*(f"{{before:{unit}}} + {{share:{unit}}}",) * 2, before=before, share=share)
        result = {lang: wording.quantity(measure.quantity, unit, lang) for lang in LANGUAGES}
        yield replace(step, key=f"estimate_chain:{position}", operation=operation, result=result, note=said(*_STANDS))


def _estimated_before(story: BillStory, measure: Measure) -> int:
    """What the estimated bill that goes before counted: it stands, and only the days since then are estimated."""
    alone = sum((it.kind, it.name) == (measure.kind, measure.name) for it in story.measures) == 1
    if not (story.settled and alone and measure.is_cumulative):
        return 0
    before = story.settled[0]
    if measure.kind == KVARH:
        return before.quantities.get("kvarh", 0)
    return before.kwh if measure.name == TOTAL else before.quantities.get(f"registers.{measure.name}", 0)


_SHARE = (
    "L’estimation vaut pour d’autres jours : la facture en prend une part.",
    "The estimate is for other days: the bill takes a share of it.",
)
_STANDS = (
    "Ce que la facture d’avant estimait reste tel quel ; seuls les jours depuis s’ajoutent.",
    "What the bill before estimated stands as it is; only the days since then are added.",
)


def method_of(estimate: Estimate) -> tuple[Words, Words]:
    """The operation of an estimate and what it was made from."""
    listed = estimate.inputs if isinstance(estimate.inputs, list) else [estimate.inputs]
    first = listed[0] if listed else {}
    by = {"by": estimate.by}
    match estimate.method:
        case "a" if "base_days" in first:
            operation = "{base_quantity:kWh} ÷ {base_days:number} × {days:days}"
            return said(operation, operation, **first), said(*_BASES.get(first["basis"], _BASES["PREVIOUS_PERIOD"]))
        case "a":
            return NOTHING, said(*_BASES["HIGHEST"])
        case "b":
            terms = " + ".join(f"{it['count']} × {it['watts']} × {it['hours_day']}" for it in listed[1:])
            named = ", ".join(str(it["name"]) for it in listed[1:])
            operations = {lang: f"({_decimals(terms, lang)}) × {first['days']} ÷ 1000" for lang in LANGUAGES}
            return operations, said(
                "Les appareils (nombre, watts, heures par jour) sont : {named}. {by} les a comptés.",
                "The appliances (number, watts, hours a day) are: {named}. {by} counted them.", named=named, **by,
            )  # fmt: skip
        case "c":
            operation = "{kwh_day:kWh} × {days:days}"
            return said(operation, operation, **first), said(
                "L’essai a été fait le {tested_on:day}, par {by}.",
                "The test was made on {tested_on:day}, by {by}.",
                **first,
                **by,
            )
    return NOTHING, said(
        "L’estimation est de {by} : {reason}", "The estimate is by {by}: {reason}", reason=first.get("reason", ""), **by
    )


_BASES = {
    "SAME_PERIOD_LAST_YEAR": (
        "Sans relève réelle, on prend la consommation par jour des mêmes jours un an plus tôt.",
        "Without an actual reading, we take the daily use of the same days a year earlier.",
    ),
    "PREVIOUS_PERIOD": (
        "Sans relève réelle, on prend la consommation par jour de la période précédente.",
        "Without an actual reading, we take the daily use of the previous period.",
    ),
    "HIGHEST": (
        "Sans relève réelle, on prend la plus grande de la puissance d’il y a un an et de celle de la période d’avant.",
        "Without an actual reading, we take the higher of the power of a year ago and of that of the previous period.",
    ),
}


def _decimals(text: str, lang: Lang) -> str:
    return text.replace(".", ",") if lang == "fr" else text
