"""The words of a bill line: what a person redoes with a pocket calculator, and nothing more.

Everything is made from the line alone (its charge, days, quantity, amount) or from the measures kept with the
bill. Quantities in 1/1000, amounts in cents. French by default, English beside.
"""

from fractions import Fraction
from typing import Final

from fanal.law.tariffs.charges import ONE_MONTH, Charge
from fanal.law.tariffs.demand import billing_share, demand_of_kva, real_demand
from fanal.law.tariffs.rules import BillingDemand
from fanal.values.money import QUANTITY_SCALE, scaled, unscaled
from fanal.values.wording import Lang, amount, money, number, percentage, price, quantity
from fanal.values.wording import days as days_text

_LARGEST: Final = {"fr": "la plus grande de {}", "en": "the greatest of {}"}
_ALREADY: Final = {"fr": "{} déjà compris", "en": "{} already included"}
_HOUSEHOLDS: Final = {"fr": "ménages", "en": "households"}
_ROUNDING: Final = {"fr": "arrondi du document", "en": "rounding of the document"}
_UNITS: Final[dict[Lang, dict[str, str]]] = {
    "fr": {"month": "mois", "kWmonth": "kW·mois"},
    "en": {"month": "months", "kWmonth": "kW·months"},
}
_ONE_MONTH: Final[dict[Lang, str]] = {"fr": "mois", "en": "month"}


def title(charge: Charge, lang: Lang = "fr") -> str:
    """Return the wording of a line: « Énergie, première tranche »."""
    return charge.title(lang)


def arithmetic(charge: Charge, days: int, quantity_milli: int, amount_cents: int, lang: Lang = "fr") -> str:
    """Return the sum of a line: « 2 480 kWh × 6,905 ¢ = 171,24 $ »."""
    each, result = price(charge.price_micro, lang, charge.currency), money(amount_cents, lang, charge.currency)
    over = f" ÷ {charge.per_days}" if charge.per_days > 1 else ""
    match charge.kind:
        case "energy" | "bank":
            return f"{quantity(quantity_milli, charge.unit, lang)} × {each} = {result}"
        case "demand":
            time = f" × {days_text(days, lang)}" if charge.by_days else ""
            shown = quantity(quantity_milli, _UNITS[lang].get(charge.unit + charge.per, "kW"), lang)
            return f"{shown} × {each}{time}{over} = {result}"
        case "minimum":
            due = charge.amount(quantity_milli, days)
            already = _ALREADY[lang].format(money(due - amount_cents, lang, charge.currency))
            length = days_text(days, lang) if not charge.per else _counted(quantity_milli, "month", lang)
            owed = money(due, lang, charge.currency)
            return f"{length} × {each}{over} = {owed} ; {owed} − {already} = {result}"
        case "percent":
            return f"{_money_of(charge, quantity_milli, lang)} × {percentage(charge.price_micro, lang)} = {result}"
        case "rounding":
            return f"{_ROUNDING[lang]} = {result}"
    return f"{_length(charge, days, quantity_milli, lang)} × {each}{over} = {result}"


def _length(charge: Charge, days: int, quantity_milli: int, lang: Lang) -> str:
    """What a fixed price is counted in: « 12 × 31 jours », « 2 mois », « 1 »."""
    if charge.per:
        return _counted(quantity_milli, charge.per, lang)
    times = quantity_milli // (QUANTITY_SCALE * days) if days else 1
    return (f"{number(times, lang)} × " if times != 1 else "") + days_text(days, lang)


def _counted(milli: int, per: str, lang: Lang) -> str:
    """« 2 mois », « 1 »: months by their name, bills without one."""
    unit = _ONE_MONTH[lang] if milli == QUANTITY_SCALE and per == "month" else _UNITS[lang].get(per, "")
    return quantity(milli, unit, lang)


def _money_of(charge: Charge, milli: int, lang: Lang) -> str:
    """An amount that is the quantity of another line: 1/1000 of the currency, to the thousandth where it counts."""
    return amount(unscaled(milli, QUANTITY_SCALE), lang, charge.currency)


def threshold(
    charge: Charge, days: int, multiplier: int = 1, lang: Lang = "fr", months: Fraction = ONE_MONTH
) -> str | None:
    """Return how far a block goes: « 40 kWh × 62 jours = 2 480 kWh »; None where the charge has no limit.

    multiplier: the dwellings, the households or the 1/1000 kW that multiply it; months: those of the days.
    """
    limit = charge.upto_milli or charge.after_milli
    if not limit or charge.kind != "energy":
        return None
    many = ""
    if charge.times == "kw":
        many = f" × {quantity(multiplier, 'kW', lang)}"
    elif charge.times and multiplier != 1:
        many = f" × {number(multiplier, lang)}"
        many += f" {_HOUSEHOLDS[lang]}" if charge.times == "households" else ""
    length = days_text(days, lang) + (f" ÷ {charge.width_days}" if charge.width_days > 1 else "")
    if charge.per == "month":
        over = f" ÷ {number(months.denominator, lang)}" if months.denominator > 1 else ""
        length = f"{_counted(months.numerator * QUANTITY_SCALE, 'month', lang)}{over}"
    day, _, over = length.partition(" ÷ ")
    reached = quantity(charge.limit(days, multiplier, months), charge.unit, lang)
    return f"{quantity(limit, charge.unit, lang)} × {day}{many}{' ÷ ' + over if over else ''} = {reached}"


def netting(kwh: int, injected: int, bank: int, lang: Lang = "fr") -> str:
    """Return what net metering bills: « 900 kWh − 300 kWh − 150 kWh = 450 kWh »; never less than nothing."""
    taken = (it for it in (injected, bank) if it)
    parts = " − ".join(quantity(it, "kWh", lang) for it in (kwh, *taken))
    return f"{parts} = {quantity(max(kwh - injected - bank, 0), 'kWh', lang)}"


def power_factor(kwh: int, kvarh: int, lang: Lang = "fr") -> str:
    """Return how the power factor was found: « 1 000 ÷ √(1 000² + 484²) = 0,90 »; none without energy."""
    apparent = max(kwh, 0) ** 2 + kvarh**2
    if kwh <= 0:
        return f"cos φ = {number(0, lang)}"
    least = next(c for c in range(100, -1, -1) if (2 * c - 1) * abs(2 * c - 1) * apparent <= 40_000 * kwh**2)
    active, reactive = (quantity(it, "", lang) for it in (kwh, kvarh))
    return f"{active} ÷ √({active}² + {reactive}²) = {number(unscaled(least, 100), lang)}"


def demand(rule: BillingDemand, kw: int, kva: int = 0, past_kw: int = 0, lang: Lang = "fr") -> list[str]:
    """Return how the billing demand was found, a sum a line: « 65 % × 120 kW = 78 kW »."""
    found, sums = [real_demand(rule, kw)], []
    if rule.power_factor_percent is not None and kva:
        found.append(demand_of_kva(rule, kva))
        percent = _percent(scaled(rule.power_factor_percent, QUANTITY_SCALE), lang)
        sums.append(f"{percent} × {quantity(kva, 'kVA', lang)} = {quantity(found[-1], 'kW', lang)}")
    if rule.ratchet is not None and past_kw:
        found.append(billing_share(rule, past_kw))
        percent = _percent(scaled(rule.ratchet.percent, QUANTITY_SCALE), lang)
        sums.append(f"{percent} × {quantity(past_kw, 'kW', lang)} = {quantity(found[-1], 'kW', lang)}")
    if len(found) > 1:
        texts = [quantity(value, "kW", lang) for value in found]
        joined = ", ".join(texts[:-1]) + (" et " if lang == "fr" else " and ") + texts[-1]
        sums.append(f"{_LARGEST[lang].format(joined)} = {quantity(max(found), 'kW', lang)}")
    return sums


def excess(charge: Charge, billing_kw: int, multiplier: int = 1, lang: Lang = "fr") -> str | None:
    """Return the demand above its base: « 78 kW − 50 kW = 28 kW »; None where every kW is billed."""
    base = max(charge.over_milli, charge.over_per_multiplier_milli * multiplier)
    if not base:
        return None
    billing_kw = min(billing_kw, charge.upto_milli or billing_kw)
    above = quantity(max(billing_kw - base, 0), "kW", lang)
    return f"{quantity(billing_kw, 'kW', lang)} − {quantity(base, 'kW', lang)} = {above}"


def tax(base_cents: int, rate_micro: int, tax_cents: int, lang: Lang = "fr", currency: str = "") -> str:
    """Return the sum of a tax: « 98,34 $ × 9,975 % = 9,81 $ »; without a currency, in that of the accounts."""
    base, result = (money(it, lang, currency) for it in (base_cents, tax_cents))
    return f"{base} × {percentage(rate_micro, lang)} = {result}"


def _percent(milli_percent: int, lang: Lang) -> str:
    return percentage(milli_percent * 10, lang)
