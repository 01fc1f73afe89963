"""The energy of a rate: tiers by season, time of use by registers, monthly fuel adjustments, what is sent back."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from fanal.links.tariffs.urdb_draft import MONTHS, Draft, Schedule, Tier, runs, worded, written

# How the limits of tiers are counted, by the unit that URDB gives them.
UNITS: dict[str, dict[str, Any]] = {
    "kWh": {"per": "month"},
    "kWh daily": {"per_days": 1},
    "kWh/kW": {"per": "month", "times": "kw"},
    "kWh/kW daily": {"per_days": 1, "times": "kw"},
}
UNEXPRESSED = "Net Billing Hourly"
KEY = "energyratestructure"


def charge(draft: Draft) -> None:
    """Add what the kWh cost, and what those sent back are worth."""
    before = len(draft.problems)
    periods = draft.periods(KEY)
    if not periods:
        draft.fault(KEY, "il manque les prix de l’énergie")
    week, weekend = (draft.schedule(f"energy{it}schedule", len(periods)) for it in ("weekday", "weekend"))
    rule = draft.word("dgrules") or ("Net Metering" if draft.take("usenetmetering") is True else "")
    if len(draft.problems) == before:
        months = [set(week[m]) | set(weekend[m]) for m in range(MONTHS)]
        by_the_hour = any(len(it) > 1 for it in months)
        for place, tiers in enumerate(periods):
            _period(draft, place, tiers, months, (week, weekend) if by_the_hour else None)
        _sent_back(draft, [it for place in set().union(*months) for it in periods[place]], rule, by_the_hour)
    _fuel(draft)


def _period(
    draft: Draft, place: int, tiers: list[Tier], months: list[set[int]], clock: tuple[Schedule, Schedule] | None
) -> None:
    """Add a period: a register where the rate goes by the hour, else the kWh of its months."""
    found = runs([m for m in range(MONTHS) if place in months[m]], MONTHS)
    if not found:
        return
    name = f"{KEY}[{place}]"
    if len(tiers) > 1 and any(place in it and len(it) > 1 for it in months):
        reason = "des paliers dans un mois à plusieurs périodes : URDB ne dit pas si leurs kWh sont ceux du mois ou de"
        draft.fault(name, f"{reason} la période")
        return
    if not draft.open_ended(tiers, name):
        return
    for run in found:
        season = draft.season(run)
        fr, en = (
            ("Énergie", "Energy") if clock is None else (f"Énergie, période {place + 1}", f"Energy, period {place + 1}")
        )
        code = "energy" if clock is None else f"period_{place + 1}"
        code += f"_{season}" if season and (clock is None or len(found) > 1) else ""
        title, of = worded(fr, en, run), None
        if clock is not None:
            of = code
            hours = {"hours": draft.hours(*clock, place, run)}
            draft.registers[code] = title | ({"season": season} if season else {}) | hours
            season = season if len(tiers) > 1 else None  # the register has it already
        _tiers(draft, code, title, tiers, name, {"of": of, "season": season})


def _tiers(
    draft: Draft, code: str, title: dict[str, str], tiers: Sequence[Tier], name: str, where: dict[str, Any]
) -> None:
    """One price, or blocks; the tiers below zero make blocks of their own, as a credit."""
    units = sorted({it.unit for it in tiers if it.unit}) or ["kWh"]
    if len(units) > 1 or units[0] not in UNITS:
        draft.fault(f"{name}.unit", f"« {', '.join(units)} » : un livre compte les limites en kWh ou en kWh par kW")
        return
    if len(tiers) == 1:
        draft.add(code, title, kind="flat", **where, price=tiers[0].price)
        return
    unit = units[0]
    if UNITS[unit].get("times"):
        draft.need("kw")
        draft.power = True
    for sign, suffix, fr, en in ((1, "", "", ""), (-1, "_credit", " (crédit)", " (credit)")):
        if not any(it.price * sign > 0 for it in tiers) and (sign < 0 or any(it.price for it in tiers)):
            continue
        steps = [
            ({"upto": written(it.upto)} if it.upto is not None else {})
            | {"price": written(max(it.price * sign, Decimal(0)))}
            for it in tiers
        ]
        base = code + suffix
        credit = {"credit": True} if sign < 0 else {}
        draft.charges.append(
            {"code": base, "kind": "blocks", **UNITS[unit]}
            | {key: it for key, it in where.items() if it is not None}
            | credit | {"steps": steps}
        )  # fmt: skip
        for n in range(1, len(tiers) + 1):
            words = {"fr": f"{title['fr']}, tranche {n}{fr}", "en": f"{title['en']}, tier {n}{en}"}
            draft.titles[f"{base}.{n}"] = words


def _sent_back(draft: Draft, tiers: Sequence[Tier], rule: str, by_the_hour: bool) -> None:
    """Net metering and net billing, where one price and one register say them."""
    prices = {it.sell for it in tiers}
    if not rule and prices <= {0}:
        return
    if not rule:
        reason = "un prix de rachat sans règle (dgrules) : les kWh injectés se retranchent-ils, ou se paient-ils"
        draft.fault(f"{KEY}.sell", f"{reason} ? Pour les seuls consommateurs : --without sell")
    elif len(prices) > 1:
        draft.fault(f"{KEY}.sell", "des prix de rachat qui changent d’une période ou d’un palier à l’autre")
    elif rule == "Net Metering" and by_the_hour:
        draft.fault("dgrules", "un mesurage net par période : la banque d’un livre n’a qu’un compte de kWh")
    elif rule == "Net Metering":
        draft.net_metering = "injected"
        draft.registers["injected"] = {"fr": "Énergie injectée", "en": "Injected energy"}
        words = {"fr": "Fin de la banque de kWh", "en": "End of the bank of kWh"}
        draft.add("bank", words, kind="bank", price=prices.pop())
    elif rule == "Net Billing Instantaneous":
        draft.registers["injected"] = {"fr": "Énergie injectée", "en": "Injected energy"}
        _sold(draft, "injected", prices.pop())
    elif rule == "Buy All Sell All":
        draft.registers["generated"] = {"fr": "Énergie produite", "en": "Generated energy"}
        _sold(draft, "generated", prices.pop())
    else:
        why = "se compense heure par heure, ce qu’aucun registre ne dit" if rule == UNEXPRESSED else "règle inconnue"
        draft.fault("dgrules", f"« {rule} » : {why}")


def _sold(draft: Draft, register: str, price: Decimal) -> None:
    words = {"fr": "Rachat de l’énergie", "en": "Energy bought back"}
    draft.add("sale", words, kind="flat", of=register, price=-price)


def _fuel(draft: Draft) -> None:
    """The adjustment of each month, as an energy price of its season."""
    key = "fueladjustmentsmonthly"
    months = draft.take(key)
    if months in (None, "", []):
        return
    if not isinstance(months, list) or len(months) != MONTHS:
        draft.fault(key, "doit avoir 12 mois")
        return
    prices = [draft.figure(it, f"{key}[{n}]") for n, it in enumerate(months)]
    for price in dict.fromkeys(it for it in prices if it):
        for run in runs([m for m in range(MONTHS) if prices[m] == price], MONTHS):
            season = draft.season(run)
            code = "fuel" + (f"_{season}" if season else "")
            title = worded("Ajustement du combustible", "Fuel adjustment", run)
            draft.add(code, title, kind="flat", season=season, price=price)
