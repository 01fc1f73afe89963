"""The words of a bill line: what a person redoes with a pocket calculator, and nothing more.

Everything is made from the line alone (its charge, days, quantity, amount) or from the measures kept with the
bill. Quantities in 1/1000, amounts in cents. French by default, English beside.
"""

from typing import Final

from fanal.law.tariffs.book import BillingDemand
from fanal.law.tariffs.charges import Charge
from fanal.law.tariffs.demand import billing_share, demand_of_kva
from fanal.values.money import QUANTITY_SCALE, scaled
from fanal.values.wording import Lang, money, number, percentage, price, quantity
from fanal.values.wording import days as days_text

_LARGEST: Final = {"fr": "la plus grande de {}", "en": "the greatest of {}"}
_ALREADY: Final = {"fr": "{} déjà compris", "en": "{} already included"}


def title(charge: Charge, lang: Lang = "fr") -> str:
    """Return the wording of a line: « Énergie, première tranche »."""
    return charge.title(lang)


def arithmetic(charge: Charge, days: int, quantity_milli: int, amount_cents: int, lang: Lang = "fr") -> str:
    """Return the sum of a line: « 2 480 kWh × 6,905 ¢ = 171,24 $ »."""
    each, result = price(charge.price_micro, lang), money(amount_cents, lang)
    over = f" ÷ {charge.per_days}" if charge.per_days > 1 else ""
    match charge.kind:
        case "energy":
            return f"{quantity(quantity_milli, 'kWh', lang)} × {each} = {result}"
        case "demand":
            return f"{quantity(quantity_milli, 'kW', lang)} × {each} × {days_text(days, lang)}{over} = {result}"
        case "minimum":
            due = charge.amount(quantity_milli, days)
            already = _ALREADY[lang].format(money(due - amount_cents, lang))
            reached = f"{days_text(days, lang)} × {each}{over} = {money(due, lang)}"
            return f"{reached} ; {money(due, lang)} − {already} = {result}"
    times = quantity_milli // (QUANTITY_SCALE * days) if days else 1
    many = f"{number(times, lang)} × " if times != 1 else ""
    return f"{many}{days_text(days, lang)} × {each}{over} = {result}"


def threshold(charge: Charge, days: int, multiplier: int = 1, lang: Lang = "fr") -> str | None:
    """Return how far a block goes: « 40 kWh × 62 jours = 2 480 kWh »; None where the charge has no limit."""
    limit = charge.upto_milli or charge.after_milli
    if not limit:
        return None
    dwellings = f" × {number(multiplier, lang)}" if charge.times == "multiplier" and multiplier != 1 else ""
    over = f" ÷ {charge.width_days}" if charge.width_days > 1 else ""
    reached = quantity(charge.limit(days, multiplier), "kWh", lang)
    return f"{quantity(limit, 'kWh', lang)} × {days_text(days, lang)}{dwellings}{over} = {reached}"


def demand(rule: BillingDemand, kw: int, kva: int = 0, winter_kw: int = 0, lang: Lang = "fr") -> list[str]:
    """Return how the billing demand was found, a sum a line: « 65 % × 120 kW = 78 kW »."""
    found, sums = [kw], []
    if rule.power_factor_percent is not None and kva:
        found.append(demand_of_kva(rule, kva))
        percent = _percent(scaled(rule.power_factor_percent, QUANTITY_SCALE), lang)
        sums.append(f"{percent} × {quantity(kva, 'kVA', lang)} = {quantity(found[-1], 'kW', lang)}")
    if rule.winter_ratchet_percent is not None and winter_kw:
        found.append(billing_share(rule, winter_kw))
        percent = _percent(scaled(rule.winter_ratchet_percent, QUANTITY_SCALE), lang)
        sums.append(f"{percent} × {quantity(winter_kw, 'kW', lang)} = {quantity(found[-1], 'kW', lang)}")
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
    above = quantity(max(billing_kw - base, 0), "kW", lang)
    return f"{quantity(billing_kw, 'kW', lang)} − {quantity(base, 'kW', lang)} = {above}"


def tax(base_cents: int, rate_micro: int, tax_cents: int, lang: Lang = "fr") -> str:
    """Return the sum of a tax: « 98,34 $ × 9,975 % = 9,81 $ »."""
    return f"{money(base_cents, lang)} × {percentage(rate_micro, lang)} = {money(tax_cents, lang)}"


def _percent(milli_percent: int, lang: Lang) -> str:
    return percentage(milli_percent * 10, lang)
