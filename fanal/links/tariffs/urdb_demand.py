"""The power of a rate: by month, by time of use, with its look-back; and what no book can say of it."""

from decimal import Decimal
from typing import Any

from fanal.links.tariffs.urdb_draft import MONTHS, Draft, Tier, runs, worded, written

FLAT, BY_THE_HOUR = "flatdemandstructure", "demandratestructure"
FIELDS = (
    "flatdemandunit", "flatdemandmonths", "demandrateunit", "demandweekdayschedule", "demandweekendschedule",
    "demandwindow", "demandunits", "lookbackpercent", "lookbackmonths", "lookbackrange", "coincidentrateunit",
    "coincidentschedule", "coincidentrateschedule",
)  # fmt: skip
QUARTER_HOUR = 15  # minutes over which a register in kW is measured
PERIODS = 11  # those of a year before the one that is billed


def charge(draft: Draft) -> None:
    """Add what the kW cost."""
    before = len(draft.problems)
    for key in FIELDS:
        draft.take(key)
    flat, by_the_hour, unit = draft.periods(FLAT), draft.periods(BY_THE_HOUR), draft.word("demandunits", "kW")
    if len(draft.problems) == before:
        _flat(draft, flat, unit)
        _by_the_hour(draft, by_the_hour, unit)
        _lookback(draft, _costs(flat), _costs(by_the_hour))
    _refused(draft)


def _costs(periods: list[list[Tier]]) -> bool:
    return any(it.price for tiers in periods for it in tiers)


def _flat(draft: Draft, periods: list[list[Tier]], older: str) -> None:
    """A price per kW of the month, that may follow the months."""
    unit, months = draft.word("flatdemandunit", older), draft.take("flatdemandmonths")
    if not _costs(periods):
        return
    if unit not in ("kW", "kVA"):
        draft.fault("flatdemandunit", f"« {unit} » : un livre facture la pointe du mois, en kW ou en kVA")
    if months in (None, "", []) and len(periods) == 1:
        months = [0] * MONTHS
    if not isinstance(months, list) or len(months) != MONTHS:
        draft.fault("flatdemandmonths", "doit avoir 12 mois")
        return
    places = draft.places(months, "flatdemandmonths", len(periods))
    draft.need("kw")
    draft.power = True
    if unit == "kVA":
        draft.need("kva")
        draft.billing_demand["power_factor_percent"] = "100"
    for place, tiers in enumerate(periods):
        if any(it.price for it in tiers) and draft.open_ended(tiers, f"{FLAT}[{place}]"):
            for run in runs([m for m in range(MONTHS) if places[m] == place], MONTHS):
                season = draft.season(run)
                code = "demand" + (f"_{season}" if season else "")
                _tiers(draft, code, worded("Puissance", "Demand", run), tiers, {"season": season})


def _by_the_hour(draft: Draft, periods: list[list[Tier]], older: str) -> None:
    """A price per kW of the highest quarter-hour of some hours: each period with a price is a register in kW."""
    before, unit, window = len(draft.problems), draft.word("demandrateunit", older), draft.take("demandwindow")
    if not _costs(periods):
        return
    if unit != "kW":
        draft.fault("demandrateunit", f"« {unit} » : un registre de puissance est en kW, et garde la pointe du mois")
    if window not in (None, "", 0, QUARTER_HOUR):
        draft.fault("demandwindow", f"une pointe sur {window} minutes : celle d’un registre est sur {QUARTER_HOUR}")
    clock = tuple(draft.schedule(f"demand{it}schedule", len(periods)) for it in ("weekday", "weekend"))
    if len(draft.problems) > before:
        return
    draft.power = True
    for place, tiers in enumerate(periods):
        there = [m for m in range(MONTHS) if any(place in schedule[m] for schedule in clock)]
        if not any(it.price for it in tiers) or not there or not draft.open_ended(tiers, f"{BY_THE_HOUR}[{place}]"):
            continue
        for run in runs(there, MONTHS):
            season = draft.season(run)
            code = f"demand_{place + 1}" + (f"_{season}" if season and len(runs(there, MONTHS)) > 1 else "")
            title = worded(f"Puissance, période {place + 1}", f"Demand, period {place + 1}", run)
            hours = {"hours": draft.hours(clock[0], clock[1], place, run)}
            draft.registers[code] = title | {"unit": "kW"} | ({"season": season} if season else {}) | hours
            _tiers(draft, code, title, tiers, {"of": code, "season": season})


def _tiers(draft: Draft, code: str, title: dict[str, str], tiers: list[Tier], where: dict[str, Any]) -> None:
    """One price per kW, or one from each limit to the next; a tier that costs nothing makes no charge."""
    over: Decimal | None = None
    for n, tier in enumerate(tiers, 1):
        if tier.unit not in ("", "kW"):
            draft.fault(f"{code} ({n})", f"un palier en « {tier.unit} » : un livre compte les paliers en kW")
        if tier.price:
            words = title if len(tiers) == 1 else {
                "fr": f"{title['fr']}, tranche {n}", "en": f"{title['en']}, tier {n}"
            }  # fmt: skip
            limits = {"over": written(over) if over else None, "upto": written(tier.upto) if tier.upto else None}
            name = code if len(tiers) == 1 else f"{code}.{n}"
            draft.add(name, words, kind="demand", per="month", **where, **limits, price=tier.price)
        over = tier.upto


def _lookback(draft: Draft, flat: bool, by_the_hour: bool) -> None:
    """The share of past demand that remains; only the demand of the whole month has one in a book."""
    share = draft.amount("lookbackpercent")
    months, periods = draft.take("lookbackmonths"), draft.take("lookbackrange")
    if not share or not (flat or by_the_hour):
        return
    if by_the_hour:
        draft.fault("lookbackpercent", "un rappel de puissance sur des périodes horaires : un registre n’en a pas")
        return
    if not 0 < share <= 1:
        draft.fault("lookbackpercent", f"« {written(share)} » doit être une part, de 0 à 1")
        return
    lookback: dict[str, Any] = {"percent": written(share * 100)}
    chosen = [n for n, it in enumerate(months, 1) if it] if isinstance(months, list) else []
    if periods and chosen:
        draft.fault("lookbackrange", "une étendue et des mois choisis (lookbackmonths) : l’un ou l’autre")
    elif periods:
        lookback["periods"] = int(draft.figure(periods, "lookbackrange", 0))
    elif chosen:
        lookback |= {"periods": PERIODS, "months": chosen}
    else:
        draft.fault("lookbackpercent", "rien ne dit sur quels mois : ni lookbackrange, ni lookbackmonths")
    draft.billing_demand["lookback"] = lookback


def _refused(draft: Draft) -> None:
    """What costs something and has no words in a book."""
    if _costs(draft.periods("coincidentratestructure")):
        reason = "la puissance à la pointe du réseau : ses heures ne sont connues qu’après coup, et non d’un livre"
        draft.fault("coincidentratestructure", reason)
    ratchet = draft.take("demandratchetpercentage")
    if any(it for it in (ratchet if isinstance(ratchet, list) else [ratchet])):
        draft.fault("demandratchetpercentage", "URDB ne dit pas sur combien de mois : voir le texte du tarif")
    if draft.amount("demandreactivepowercharge"):
        draft.fault(
            "demandreactivepowercharge", "un prix par kvar de pointe : un livre ne connaît que l’énergie réactive"
        )
