"""OpenEI's utility rate database (URDB): a rate in, the plain data of a book out, or all that no book can express.

A field with a meaning is expressed, shown in the note of the version, or refused: never passed over. Whoever has read
it may leave it out, and the note says so. What URDB leaves unsaid is settled here: a tier is counted by month, an
end date is the last day, a holiday counts as a weekend.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from fanal.links.tariffs import urdb_demand, urdb_energy, urdb_fixed
from fanal.links.tariffs.urdb_draft import Draft
from fanal.values import wording
from fanal.values.refusal import refuse, refuse_any

Rate = Mapping[str, Any]

COUNTRIES = {"USA": "USD", "US": "USD", "CAN": "CAD", "CA": "CAD", "MEX": "MXN", "IND": "INR", "VNM": "VND"}
IDENTITY = frozenset({
    "label", "uri", "name", "utility", "eiaid", "eia", "country", "approved", "startdate", "enddate", "source",
    "sourceparent", "revisions", "supersedes", "is_default", "latest_update",
})  # fmt: skip
# Who may have the rate: no price, but worth reading.
WHO = (
    "sector", "servicetype", "voltagecategory", "voltageminimum", "voltagemaximum", "phasewiring", "peakkwcapacitymin",
    "peakkwcapacitymax", "peakkwcapacityhistory", "peakkwhusagemin", "peakkwhusagemax", "peakkwhusagehistory",
)  # fmt: skip
COMMENTS = ("description", "basicinformationcomments", "energycomments", "demandcomments")
FREE_TEXT = ("energyattrs", "demandattrs", "fixedattrs", "energykeyvals", "demandkeyvals", "fixedkeyvals")
UNLEAVABLE = frozenset({"energyratestructure", "energyweekdayschedule", "energyweekendschedule", "startdate", "name"})
EMPTY: tuple[Any, ...] = (None, "", [], {})


def rates(content: bytes) -> list[Rate]:
    """The rates of a file: one, a list of them, or what the service of OpenEI answers. Raises Refused."""
    try:
        found = json.loads(content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise refuse("Ce fichier n’est pas du JSON lisible.") from None
    if isinstance(found, Mapping) and "items" in found:
        found = found["items"]
    listed = found if isinstance(found, list) else [found]
    if not listed or not all(isinstance(it, Mapping) for it in listed):
        raise refuse("Ce fichier ne contient aucun tarif d’URDB : un objet, une liste, ou « items ».")
    return listed


def chosen(listed: Sequence[Rate], asked: str = "") -> Rate:
    """The rate of this label or name; the only one when nothing is asked. Raises Refused naming them all."""
    found = [it for it in listed if not asked or asked in (it.get("label"), it.get("name"))]
    if len(found) == 1:
        return found[0]
    said = "\n".join(f"  {it.get('label') or '–'} : {it.get('name') or '–'}" for it in found or listed)
    reason = "Plusieurs tarifs : en choisir un par son étiquette" if found else f"Aucun tarif « {asked} » parmi"
    raise refuse(f"{reason} :\n{said}")


def code_of(rate: Rate) -> str:
    """A code for the book: the distributor and the name, in the letters that a code may have."""
    utility = _letters(str(rate.get("utility") or "urdb")).lower()
    return f"{utility or 'urdb'}/{_letters(str(rate.get('name') or '')) or 'Tarif'}"


def book_of(
    rate: Rate, code: str, *, taxes: Sequence[str] = (), currency: str = "", without: Iterable[str] = ()
) -> dict[str, Any]:
    """The book of a rate, as plain data.

    taxes: codes of Fanal's taxes, since URDB has none; without: fields that a person has read and leaves out. Raises
    Refused with every field that a book cannot express, and why.
    """
    left_out = sorted(set(without))
    draft = Draft({key: it for key, it in rate.items() if key not in left_out}, sells="sell" not in left_out)
    version = _version(draft)
    currency = currency or COUNTRIES.get(str(rate.get("country", "")).upper(), "")
    if not currency:
        draft.fault("country", "la monnaie ne s’en déduit pas : la dire par --currency")
    for part in (urdb_fixed.charge, urdb_energy.charge, urdb_demand.charge, urdb_fixed.minimum):
        part(draft)
    _rest(draft, rate, left_out)
    refuse_any(draft.problems)
    note = _note(draft, left_out)
    return {
        **_heading(draft, code, currency),
        "needs": draft.needs,
        "taxes": list(taxes),
        "seasons": draft.seasons,
        "registers": draft.registers,
        "titles": draft.titles,
        "version": [version | ({"note": note} if note else {}) | _prices(draft)],
    }


def _heading(draft: Draft, code: str, currency: str) -> dict[str, Any]:
    name, utility = (str(draft.take(key) or "–") for key in ("name", "utility"))
    return {
        "kind": "tariff",
        "code": code,
        "title": {"fr": name, "en": name},
        "utility": utility,
        "currency": currency,
        "cent": str(Decimal(1).scaleb(-wording.decimals(currency))),
        "proration": "days",
        "rounding": "half_up",
        **({"net_metering": draft.net_metering} if draft.net_metering else {}),
        "power_metered": draft.power,
        "flat_rate": False,
    }


def _version(draft: Draft) -> dict[str, Any]:
    """Since when, until when (the end date is the last day), from where and how sure."""
    first, last = _day(draft, "startdate"), _day(draft, "enddate")
    if draft.take("startdate") in EMPTY:
        draft.fault("startdate", "il manque le premier jour du tarif")
    approved = str(draft.take("approved")).lower() == "true"
    label, uri, source = (str(draft.take(key) or "") for key in ("label", "uri", "source"))
    said = " ; ".join(it for it in (f"OpenEI URDB {label}".strip(), uri, source) if it)
    return {
        "from": first,
        **({"to": last + timedelta(days=1)} if last else {}),
        "confidence": "seen" if approved else "background",
        "source": said,
    }


def _prices(draft: Draft) -> dict[str, Any]:
    billed = {"billing_demand": draft.billing_demand} if draft.billing_demand else {}
    return {**billed, "charges": draft.charges}


def _day(draft: Draft, key: str) -> date | None:
    """A day from the seconds since 1970, or from a text that begins with one."""
    value = draft.take(key)
    if value in EMPTY:
        return None
    try:
        if isinstance(value, str) and not value.isdigit():
            return date.fromisoformat(value[:10])
        return datetime.fromtimestamp(int(value), UTC).date()
    except (ValueError, TypeError, OverflowError, OSError, ArithmeticError):
        draft.fault(key, f"« {value} » n’est pas un jour")
        return None


def _rest(draft: Draft, rate: Rate, left_out: Sequence[str]) -> None:
    """Refuse what nothing has read."""
    for key in left_out:
        if key in UNLEAVABLE:
            draft.fault(key, "ne se laisse pas de côté : sans lui il n’y a pas de livre")
        elif key not in rate and key != "sell":
            draft.fault(key, "n’est pas un champ de ce tarif : rien à laisser de côté")
    for key in FREE_TEXT:
        if draft.take(key) not in EMPTY:
            draft.fault(key, f"des montants ou des conditions en texte libre : les lire, puis --without {key}")
    for key in draft.unread(IDENTITY | set(WHO) | set(COMMENTS)):
        draft.fault(key, "champ que cette importation ne connaît pas")


def _note(draft: Draft, left_out: Sequence[str]) -> dict[str, str]:
    """Who may have the rate and what its comments say, as they are; then what was settled and left out."""
    who = ", ".join(f"{key} = {draft.take(key)}" for key in WHO if draft.take(key) not in (*EMPTY, 0))
    said = [str(draft.take(key)).strip() for key in COMMENTS if draft.take(key) not in EMPTY]
    fr, en = ([f"URDB : {who}."] if who else []) + said, ([f"URDB: {who}."] if who else []) + said
    if draft.weekends:
        fr.append("URDB ne connaît pas les jours fériés : ils comptent ici comme une fin de semaine.")
        en.append("URDB knows no holidays: they count here as a weekend.")
    if left_out:
        fr.append(f"Laissé de côté à l’importation : {', '.join(left_out)}.")
        en.append(f"Left out of the import: {', '.join(left_out)}.")
    return {"fr": " ".join(fr), "en": " ".join(en)} if fr else {}


def _letters(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")[:60].strip("_")


def _no_number(text: str) -> Decimal:
    raise ValueError(text)
