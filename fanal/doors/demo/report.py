"""What `fanal demo` says when the town stands, in French; all of it from stored facts."""

import datetime
from collections.abc import Iterator
from typing import Any

from fanal.law.metering.plausibility import HoldReason
from fanal.records.billing import facts as bills
from fanal.records.premises import facts as premises
from fanal.records.subscriptions import facts as subscriptions
from fanal.values import wording

HELD_SHOWN = 12


def lines(kept: dict[str, Any]) -> Iterator[str]:
    """The report, line by line, from what the journal kept."""
    number = wording.number
    today = datetime.date.fromisoformat(kept["today"])
    entered, last = kept["all"], kept["last"]
    yield f"Ville de Lac-aux-Ormes, fictive, au {wording.day(today)}"
    history = f"{kept['months']} mois d’histoire"
    yield f"  {number(kept['points'])} points de livraison, {number(kept['accounts'])} comptes, {history}"
    yield (
        f"  {number(entered['reads'])} relèves inscrites, {number(entered['refused'])} refusées à la saisie, "
        f"{number(entered['doubtful'])} douteuses, {number(entered['corrected'])} corrigées"
    )
    yield (
        f"  {number(kept['bills'])} factures en {kept['runs']} lots, {wording.money(kept['total_cents'])} ; "
        f"{number(entered['receipts'])} paiements, dont {number(entered['returns'])} retournés"
    )
    yield f"  {number(entered['moves'])} déménagements, {number(entered['exchanges'])} échanges de compteur"
    yield ""
    yield from _cycle(kept, last)
    yield ""
    yield "Histoires semées (compte, point de livraison)"
    for _, account, point, text in kept["stories"]:
        yield f"  {account}  {point}  {text}"
    yield ""
    yield from _checked(kept)


def _cycle(kept: dict[str, Any], last: dict[str, int]) -> Iterator[str]:
    totals = bills.run_totals(kept["run"])
    read_on = datetime.date.fromisoformat(kept["read_on"])
    yield f"Cycle {kept['cycle']}, lot {kept['run']}, relevé le {wording.day(read_on)}"
    yield f"  {wording.number(last['reads'])} relèves, {wording.number(last['doubtful'])} douteuses"
    issued = totals["bills"] - totals["held"]
    amounts = f"{wording.quantity(totals['kwh'], 'kWh')}, {wording.money(totals['total_cents'])}"
    yield f"  {wording.number(issued)} factures émises, {amounts}"
    if kept["printed"]:
        yield f"  {wording.number(kept['printed'])} factures imprimées dans {kept['folder']}"
    yield from _held(kept["run"])


def _held(run_id: int) -> Iterator[str]:
    """The bills that wait for a person, and why."""
    reasons: dict[int, list[HoldReason]] = {}
    evidence: dict[int, dict[str, Any]] = {}
    for it in bills.held_bills(run_id):
        reasons.setdefault(it.subscription_id, []).append(HoldReason(it.reason))
        evidence[it.subscription_id] = it.evidence
    yield f"  {len(reasons)} factures retenues, à décider par une personne"
    known = subscriptions.subscriptions(reasons)
    points = premises.delivery_points({it.delivery_point_id for it in known.values()})
    for subscription_id, why in list(reasons.items())[:HELD_SHOWN]:
        point = points[known[subscription_id].delivery_point_id]
        use = wording.quantity(evidence[subscription_id].get("kwh", 0), "kWh")
        usual = wording.quantity(evidence[subscription_id].get("usual", 0), "kWh")
        titles = ", ".join(reason.title("fr").lower() for reason in why)
        yield f"    {point.number}  {point.street_line} : {titles} ({use}, d’habitude {usual})"
    if len(reasons) > HELD_SHOWN:
        yield f"    … et {len(reasons) - HELD_SHOWN} autres"


def _checked(kept: dict[str, Any]) -> Iterator[str]:
    broken = [(code, title, count) for code, title, count in kept["invariants"] if count]
    codes = ", ".join(code for code, _, _ in kept["invariants"])
    if not broken:
        yield f"{len(kept['invariants'])} invariants vérifiés, tous respectés : {codes}"
        return
    yield f"{len(kept['invariants'])} invariants vérifiés, {len(broken)} NON respectés"
    for code, title, count in broken:
        yield f"  {code} {title} : {wording.number(count)}"
