"""Why a bill is held: the figures that prove it, in words, the same on every page."""

from collections import defaultdict
from typing import Any

from fanal.law.explain import fill
from fanal.law.metering.plausibility import HoldReason
from fanal.reports.step import Words
from fanal.values.wording import Lang

USE = {"fr": "{kwh:kWh}, d’habitude {usual:kWh}.", "en": "{kwh:kWh}, usually {usual:kWh}."}


def proof(reason: HoldReason, evidence: dict[str, Any], lang: Lang, finding: Words | None = None) -> str:
    """The sentence of a reason; a figure that was not kept is said unknown.

    The total and the usual one are both before taxes. `finding` is what was found of a doubtful reading, when known.
    """
    known: dict[str, Any] = defaultdict(lambda: None, evidence)
    if reason == HoldReason.TOTAL_SWING:
        known |= {"total": known["total_cents"], "usual": known["usual_cents"]}
    if not known["finding"]:
        known["finding"] = finding[lang] if finding else fill(USE[lang], known, lang)
    return reason.proof(known, lang)
