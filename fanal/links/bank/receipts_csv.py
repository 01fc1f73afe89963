"""Payments received, as a spreadsheet tells them: compte;date;montant;mode;reference, a line a payment (see sheet).

`compte` is an account number whose last digit is its Luhn digit; `date` is the day it was received, AAAA-MM-JJ;
`montant` is written 1 234,56 or 1234.56, with or without « $ », in the currency of the accounts (12 345 ₫ for one
without decimals); `reference` is its own for good.
"""

import re
from dataclasses import dataclass
from datetime import date

from fanal.links import sheet
from fanal.values import wording
from fanal.values.check_digit import luhn_holds
from fanal.values.dates import parse_day

COLUMNS = ("compte", "date", "montant", "mode", "reference")
# Words that people write, and the one we keep.
CHANNELS = {
    "institution financière": "institution financière",
    "comptoir": "comptoir",
    "chèque": "chèque",
    "paiement préautorisé": "paiement préautorisé",
    "banque": "institution financière",
    "préautorisé": "paiement préautorisé",
}
ACCOUNT = re.compile(r"[0-9]{10}")
SPACES = re.compile("[ \u00a0\u202f]")
WHOLE = "[0-9]{1,9}|[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3}){1,2}"
AMOUNT = re.compile(f"({WHOLE})(?:[.,]([0-9]+))?(?:[ \u00a0\u202f]?([$€₫]))?")
REFERENCE_MAX = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedReceipt:
    """A line: account number, cents, one of the words of CHANNELS."""

    account: str
    received_on: date
    cents: int
    channel: str
    reference: str


def decode(content: bytes) -> sheet.Sheet[TypedReceipt]:
    """The lines of such a file. Raises Refused when the whole cannot be read."""
    return sheet.decode(content, _receipt, needed=COLUMNS)


def account(text: str) -> str:
    """The ten digits of an account number. ValueError, in French, when they are not, or the last one is wrong."""
    digits = SPACES.sub("", text)
    if not ACCOUNT.fullmatch(digits):
        raise ValueError(f"« {text} » n’est pas un numéro de compte : il a dix chiffres.")
    if not luhn_holds(digits):
        raise ValueError(f"Le numéro {digits} est mal tapé : son dernier chiffre ne vérifie pas les autres.")
    return digits


def cents(text: str) -> int:
    """Cents of an amount. ValueError, in French, unless it is a positive one."""
    match, places = AMOUNT.fullmatch(text), wording.decimals()
    part = (match[2] or "") if match else ""
    if match is None or len(part) > places or not wording.mark().startswith(match[3] or ""):
        like = "1 234,56 ou 1234.56" if places else "12 345 ou 12345"
        raise ValueError(f"« {text} » n’est pas un montant reçu, écrit comme {like}.")
    if not (found := int(SPACES.sub("", match[1]) + part.ljust(places, "0"))):
        raise ValueError(f"Un paiement de {wording.money(0)} ne s’encaisse pas.")
    return found


_channel = sheet.one_of(CHANNELS)


def _receipt(row: sheet.Row) -> TypedReceipt:
    return TypedReceipt(
        account=row.take("compte", account),
        received_on=row.take("date", parse_day),
        cents=row.take("montant", cents),
        channel=row.take("mode", _channel),
        reference=row.take("reference", _reference),
    )


def _reference(text: str) -> str:
    if len(text) > REFERENCE_MAX:
        raise ValueError(f"La référence a {len(text)} caractères ; {REFERENCE_MAX} au plus.")
    return text
