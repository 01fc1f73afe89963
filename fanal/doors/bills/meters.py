"""The meters of a printed bill: their reads, what they give, and what should be said of them."""

from fanal.doors.bills.words import uncapital
from fanal.law.metering import registers
from fanal.law.tariffs import lines as bill_lines
from fanal.links.print.contract import Meter, Read, Result
from fanal.reports.bill_story import KVA, KVARH, KW, KWH, BillStory, Measure
from fanal.values import wording
from fanal.values.wording import Lang

BY_CUSTOMER = 2
QUALITIES = {"fr": ("Réelle", "Estimée", "Par vous"), "en": ("Actual", "Estimated", "By you")}
DEMANDS = {
    KW: {"fr": "Puissance, {}", "en": "Power, {}"},
    KVA: {"fr": "Apparente, {}", "en": "Apparent, {}"},
}
UNITS = {KWH: "kWh", KW: "kW", KVA: "kVA", KVARH: "kvarh"}
REACTIVE = {"fr": "Énergie réactive", "en": "Reactive energy"}


def meters(story: BillStory, lang: Lang) -> tuple[Meter, ...]:
    """One table each, the latest first; a register that has a name has its own, after its meter's."""
    groups: dict[tuple[str, str], list[Measure]] = {}
    for measure in story.measures:
        groups.setdefault((measure.serial, _title(story, measure, lang)), []).append(measure)
    latest_first = sorted(groups.items(), key=lambda it: (-it[1][0].to_on.toordinal(), it[0][0], bool(it[0][1])))
    several = len({serial for serial, _ in groups}) > 1
    found = [_meter(serial, title, measures, story, several, lang) for (serial, title), measures in latest_first]
    counted = [at for at, (_, measures) in enumerate(latest_first) if any(it.counts for it in measures)]
    if len(counted) > 1:
        last = found[counted[-1]]
        results = (*last.results, Result(label="Total", value=wording.quantity(story.kwh, "kWh", lang)))
        found[counted[-1]] = Meter(number=last.number, detail=last.detail, reads=last.reads, results=results)
    return tuple(found)


def _meter(serial: str, title: str, measures: list[Measure], story: BillStory, several: bool, lang: Lang) -> Meter:
    energy = [it for it in measures if it.is_cumulative]
    reads = [read for it in energy for read in _energy_reads(it, lang)]
    reads += [_demand_read(it, lang) for it in measures if not it.is_cumulative and it.quantity]
    results = [_difference(it, lang) for it in energy]
    if any(it.kind == KW for it in measures) and not title:
        results += _billing_demand(story, lang)
    detail = uncapital(title) or _detail(measures[0], several, lang)
    return Meter(number=serial, detail=detail, reads=tuple(reads), results=tuple(results))


def _title(story: BillStory, measure: Measure, lang: Lang) -> str:
    """What a register counts apart; empty for the kWh and the power of the whole."""
    if measure.kind == KVARH:
        return REACTIVE[lang]
    return registers.title(story.book, measure.name, lang)


def _detail(measure: Measure, several: bool, lang: Lang) -> str:
    texts = {
        "fr": ("retiré le {}", "posé le {}", "facteur {}"),
        "en": ("removed {}", "installed {}", "multiplier {}"),
    }[lang]
    if several and measure.removed_on:
        return texts[0].format(wording.short_day(measure.removed_on, lang))
    if several and measure.from_on == measure.hung_on:
        return texts[1].format(wording.short_day(measure.hung_on, lang))
    return texts[2].format(wording.number(measure.multiplier, lang))


def _energy_reads(measure: Measure, lang: Lang) -> tuple[Read, Read]:
    real, estimated, by_you = QUALITIES[lang]
    closing = estimated if measure.estimated else by_you if measure.to_source == BY_CUSTOMER else real
    opening = estimated if measure.from_estimated else by_you if measure.from_source == BY_CUSTOMER else real
    value = wording.quantity(measure.to_value // 1000 * 1000 if measure.estimated else measure.to_value, "", lang)
    before = wording.quantity(measure.from_value, "", lang)
    return (
        Read(day=wording.day(measure.shown_on, lang), quality=closing, value=value, estimated=measure.estimated),
        Read(day=wording.day(measure.from_on, lang), quality=opening, value=before, estimated=measure.from_estimated),
    )


def _demand_read(measure: Measure, lang: Lang) -> Read:
    real, estimated, _ = QUALITIES[lang]
    label = DEMANDS[measure.kind][lang].format(wording.short_day(measure.shown_on, lang))
    return Read(
        day=label,
        quality=estimated if measure.estimated else real,
        value=wording.quantity(measure.quantity, UNITS[measure.kind], lang),
        estimated=measure.estimated,
    )


def _difference(measure: Measure, lang: Lang) -> Result:
    """« Différence », or « 4 710 × 40 » where the meter has a multiplier."""
    value = wording.quantity(measure.quantity, UNITS[measure.kind], lang)
    if measure.multiplier == 1 or measure.estimated:
        return Result(label={"fr": "Différence", "en": "Difference"}[lang], value=value)
    turn = 1000 * 10**measure.dials if measure.rolled_over else 0
    difference = wording.quantity(measure.to_value - measure.from_value + turn, "", lang)
    energy = {"fr": "Énergie :", "en": "Energy:"}[lang]
    return Result(label=f"{energy} {difference} × {wording.number(measure.multiplier, lang)}", value=value)


def _billing_demand(story: BillStory, lang: Lang) -> list[Result]:
    """The billing demand, with the share that made it more than the power shown."""
    if not story.billing_kw or not any(line.charge and line.charge.kind == "demand" for line in story.lines):
        return []
    label = {"fr": "À facturer", "en": "Billed"}[lang]
    value = wording.quantity(story.billing_kw, "kW", lang)
    version = max(line.charge.version for line in story.lines if line.charge)
    rule = story.book.versions[version].billing_demand
    shares = [it.rpartition(" = ") for it in bill_lines.demand(rule, story.kw, story.kva, story.past_kw, lang)]
    why = next((operation for operation, _, result in shares if result == value and "%" in operation), "")
    if story.kw == story.billing_kw:
        why = ""
    colon = {"fr": " :", "en": ":"}[lang]
    return [Result(label=f"{label}{colon} {why}" if why else label, value=value)]


def notes(story: BillStory, lang: Lang) -> tuple[str, ...]:
    """Roll-over, exchange, estimate, estimates set aside, winter peak; or the flat-rate service."""
    texts = [*_roll_overs(story, lang), *_estimates(story, lang)]
    if story.settled and not story.estimates_in_a_row:
        days = [wording.day(it.to_on, lang) for it in reversed(story.settled)]
        texts.append(_set_aside(days, lang))
    if len({it.charge.version for it in story.lines if it.charge}) > 1 and story.kwh and not story.book.flat_rate:
        kwh = wording.quantity(story.kwh, "kWh", lang)
        texts.append(
            {
                "fr": f"Les {kwh} sont répartis selon les jours de chaque prix.",
                "en": f"The {kwh} are shared by the days of each price.",
            }[lang]
        )
    if story.book.flat_rate:
        count = wording.number(story.units, lang)
        title = next((it.charge.title(lang) for it in story.lines if it.charge), "")
        texts.append(
            {"fr": f"Service à forfait : {count} {uncapital(title)}.", "en": f"Flat rate: {count} {title}."}[lang]
        )
    return tuple(texts)


def _roll_overs(story: BillStory, lang: Lang) -> list[str]:
    texts = []
    for measure in (it for it in story.measures if it.rolled_over):
        turn = 1000 * 10**measure.dials
        numbers = [wording.quantity(it, "", lang) for it in (turn, measure.from_value, measure.to_value)]
        gives = wording.quantity(turn - measure.from_value + measure.to_value, "", lang)
        last = wording.quantity(turn - 1000, "", lang)
        sums = f"{numbers[0]} − {numbers[1]} + {numbers[2]} = {gives}"
        texts.append(
            {
                "fr": f"Le compteur a fait le tour de son cadran : après {last}, il repart à 0. {sums}.",
                "en": f"The meter went past its last figure: after {last} it starts again from 0. {sums}.",
            }[lang]
        )
    return texts


def _estimates(story: BillStory, lang: Lang) -> list[str]:
    texts = []
    for measure in (it for it in story.measures if it.estimate and it.counts):
        estimate = measure.estimate
        assert estimate is not None
        basis = estimate.inputs.get("basis", "") if isinstance(estimate.inputs, dict) else ""
        texts.append(_MEANS.get(basis, _MEANS[estimate.method])[lang])
    return texts


_MEANS = {
    "SAME_PERIOD_LAST_YEAR": {
        "fr": "Estimation d’après votre consommation des mêmes jours un an plus tôt.",
        "en": "Estimated from your use over the same days a year earlier.",
    },
    "PREVIOUS_PERIOD": {
        "fr": "Estimation d’après votre consommation de la période précédente.",
        "en": "Estimated from your use over the previous period.",
    },
    "a": {"fr": "Estimation d’après votre historique.", "en": "Estimated from your history."},
    "b": {"fr": "Estimation d’après vos appareils.", "en": "Estimated from your appliances."},
    "c": {"fr": "Estimation d’après un essai sur place.", "en": "Estimated from a test on site."},
    "d": {"fr": "Estimation faite par notre personnel.", "en": "Estimated by our staff."},
}


def _set_aside(days: list[str], lang: Lang) -> str:
    if len(days) == 1:
        return {
            "fr": f"L’index du {days[0]} était estimé ; il n’entre pas dans ce calcul.",
            "en": f"The index of {days[0]} was estimated; it is not used here.",
        }[lang]
    listed = f"{', '.join(days[:-1])} {'and' if lang == 'en' else 'et du'} {days[-1]}"
    return {
        "fr": f"Les index du {listed} étaient estimés ; ils n’entrent pas dans ce calcul.",
        "en": f"The indexes of {listed} were estimated; they are not used here.",
    }[lang]
