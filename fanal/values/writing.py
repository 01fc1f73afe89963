"""What a person writes, kept for good and read by others: a line that can be read, of a length that can be shown."""

import re
import unicodedata

from fanal.values.refusal import Phrase, refuse

REASON_MAX = 300
NAME_MAX = 100
TOO_LONG = Phrase("Ce texte a {count} caractères ; il en faut au plus {most}.")
INVISIBLE = Phrase("Ce texte contient un caractère invisible : l’effacer, ou taper le texte de nouveau.")
SPACES = str.maketrans("\u00a0\u202f\u2009", "   ")  # which typography asks for
SPACED_DIGITS = re.compile(r"[0-9]+(?: +[0-9]+)+")
BY_THREE = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+")
# Letters and signs to Unicode, and yet nothing to see.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def unreadable(text: str, most: int = REASON_MAX) -> str:
    """Why nobody can read that as one line, a sentence of the facts `count` and `most`; empty when one can.

    No control, no mark that is invisible or turns the direction of reading, no half of a character.
    """
    if len(text) > most:
        return TOO_LONG
    if not text.translate(SPACES).isprintable() or not BLANK.isdisjoint(text):
        return INVISIBLE
    return ""


def line(text: str, *, missing: str, field: str = "reason", most: int = REASON_MAX) -> str:
    """The line as it is kept, without blanks around it. Raises Refused: `missing` says what an empty one lacks."""
    kept = unicodedata.normalize("NFC", text.strip())
    if fault := unreadable(kept, most) if kept else missing:
        raise refuse(fault, field=field, count=len(kept), most=most)
    return kept


def unspaced(number: str) -> str | None:
    """A number without its spaces; None when one parts its digits otherwise than by three, as in « 3 4,00 »."""
    plain = number.translate(SPACES)
    if " " not in plain:
        return plain
    if not all(map(BY_THREE.fullmatch, SPACED_DIGITS.findall(plain))):
        return None
    return plain.replace(" ", "")
