"""The pocket calculator: every step of an explanation is redone from its words alone, in both languages."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from fanal.reports import explanation
from fanal.reports.step import Step
from fanal.values import wording

UNITS = r"kWh|kW|kVA|kvarh|jours?|days?|mois|months?|ménages?|households?"
MONTHS = {lang: [wording.day(date(2026, month, 2), lang) for month in range(1, 13)] for lang in ("fr", "en")}


def number(text: str, lang: str) -> Decimal:
    """The figure of a text, its signs and units aside: « −1 234,56 $ » is -1234.56."""
    plain = re.sub(rf"[\s\u00a0\u202f$₫…]|{UNITS}", "", text).replace("−", "-")
    return Decimal(plain.replace(",", "") if lang == "en" else plain.replace(",", "."))


def redone(operation: str, lang: str) -> Fraction:
    """What the operation comes to, exactly."""
    text = operation.replace("déjà compris", "").replace("already included", "")
    if match := re.fullmatch(r"(.+), (?:moins|less) (.+)", text):
        return redone(match[1], lang) - redone(match[2], lang)
    if match := re.fullmatch(r"(le moindre|la plus grande|the lesser|the greatest) (?:de|of) (.+)", text):
        values = [redone(it, lang) for it in re.split(r"(?<=[Wh]),\s| et | and ", match[2])]
        return min(values) if match[1] in ("le moindre", "the lesser") else max(values)
    text = re.sub(r"[\u00a0\u202f]|(?<=\d) (?=\d{3}\b)", "", text)
    text = re.sub(rf"{UNITS}|[$₫]", "", text)
    text = text.replace(",", "") if lang == "en" else text.replace(",", ".")
    text = re.sub(r"([\d.]+)\s*[¢%]", r"(\1/100)", text)
    text = re.sub(r"(\d+(?:\.\d+)?)", r"F('\1')", text)
    for sign, python in (("×", "*"), ("÷", "/"), ("−", "-")):
        text = text.replace(sign, python)
    assert re.fullmatch(r"[F()'\d.\s*/+-]+", text), operation
    return Fraction(eval(text, {"__builtins__": {}, "F": Fraction}))  # only what the pattern lets through


def rounded(value: Fraction, places: int) -> Decimal:
    """Half up, away from zero."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def day(text: str, lang: str) -> date:
    words = text.replace("1er", "1").replace(",", "").replace("\u00a0", " ").split(" ")
    year, month, on = (words[2], words[1], words[0]) if lang == "fr" else (words[2], words[0], words[1])
    return date(int(year), next(at for at, named in enumerate(MONTHS[lang], 1) if month in named), int(on))


def wrong_steps(told: explanation.Explanation, lang: str) -> list[str]:
    """The steps whose operation does not come to their result."""
    return [step.key for step in told.steps if step.operation[lang] and not comes_to_its_result(step, lang)]


def comes_to_its_result(step: Step, lang: str) -> bool:
    operation, result = step.operation[lang], step.result[lang]
    if step.key == "due":
        return True  # a date, whose calendar is the law's
    if step.key == "days":
        until, since = (day(it, lang) for it in operation.split(" − "))
        return (until - since).days == number(result, lang)
    if step.key == "power_factor":
        figures = re.findall(r"\d[\d\u00a0\u202f.,]*", operation.replace("²", ""))
        active, _, reactive = (number(it, lang) for it in figures)
        factor = active / (active**2 + reactive**2).sqrt()
        return factor.quantize(Decimal("0.01"), ROUND_HALF_UP) == number(result, lang)
    places = 2 if "$" in result else 0 if "₫" in result or step.key.startswith("estimate:") else 3
    return rounded(redone(operation, lang), places) == number(result, lang)
