"""Who acts, by the name that is written: the second person of an approval is another one."""

import re
import unicodedata

# Accents off their letters, spaces, marks that format or turn the direction of reading, selectors of a variant, letters
# with nothing to see. The database takes the same out of a name (`journal_person_key`).
UNSEEN = (
    r"\u0300-\u036F\u0009-\u000D\u001C-\u0020\u0085\u00A0\u00AD\u0600-\u0605\u061C\u06DD\u070F\u0890-\u0891\u08E2\u115F-\u1160"
    r"\u1680\u17B4-\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF"
    r"\uFFA0\uFFF0-\uFFFB\U000110BD\U000110CD\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A"
    r"\U000E0000-\U000E0FFF"
)
_UNSEEN = re.compile(f"[{UNSEEN}]")


def key(name: str) -> str:
    """The name, its case, spaces, accents and what is not seen aside: « Ｍáｒｉｅ  Tremblay » is « marietremblay »."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKD", name)).casefold()
