"""How people are reached, in one form: telephone numbers, e-mail addresses, postal codes, names; or why not, in French.

Each function takes what somebody typed, and raises Fault when no single meaning can be read in it. Those who call keep
the text as it came.
"""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from fanal.values.refusal import Fault

COUNTRY = "CA"
# phonenumbers knows « ext. » and « x », never « poste ».
EXTENSION = re.compile(
    r"[\s,;(]*(?:\b(?:poste|post|ext(?:ension|\.)?|x|p\.?)|#)\s*[:.]?\s*(?:no\.?\s*)?([0-9]{1,7})\)?\s*$", re.IGNORECASE
)
LOCAL_DIGITS = 7
EMAIL_MAX, LOCAL_PART_MAX = 254, 64
LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
POSTAL_FORM = re.compile(r"[A-Z][0-9][A-Z][0-9][A-Z][0-9]")
NEVER_LETTERS, NEVER_FIRST = frozenset("DFIOQU"), frozenset("DFIOQUWZ")
FIRST_LETTERS = {
    "NL": "A", "NS": "B", "PE": "C", "NB": "E", "QC": "GHJ", "ON": "KLMNP", "MB": "R", "SK": "S", "AB": "T", "BC": "V",
    "NT": "X", "NU": "X", "YT": "Y",
}  # fmt: skip
# What a person took for the digit, or for the letter, that stands in that place.
DIGIT_SEEN = {"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8"}
LETTER_SEEN = {"1": "L", "2": "Z", "5": "S", "8": "B"}
LOWERED = {"de", "du", "des", "la", "le", "les", "et", "à", "a", "au", "aux", "en", "sur", "pour", "of", "the", "and"}
LEGAL_FORMS = {
    "INC": "inc.", "LTEE": "ltée", "LTÉE": "ltée", "LTD": "Ltd", "ENR": "enr.", "SENC": "s.e.n.c.",
    "SENCRL": "s.e.n.c.r.l.", "SEC": "s.e.c.", "CIE": "Cie", "CO": "Co.", "CORP": "corp.", "QUEBEC": "Québec",
}  # fmt: skip
ACRONYMS = {
    "AQ", "BMO", "CIUSSS", "CISSS", "CLSC", "CPE", "CRSSS", "CSSS", "HLM", "IGA", "KFC", "MRC", "OBNL", "OMH", "ONU",
    "OSBL", "RBC", "SAAQ", "SAQ", "SEPAQ", "SHQ", "SQ", "TD", "UQAC", "UQAM", "UQTR", "USA", "VIA",
}  # fmt: skip
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Phone:
    """Numéro de téléphone: in E.164, and the extension (poste) behind it, empty when there is none."""

    number: str
    extension: str = ""

    def __str__(self) -> str:
        """« 418 555-0188 poste 47 »: as it is written here; one from elsewhere in its international form."""
        parsed = phonenumbers.parse(self.number)
        if parsed.country_code == 1:
            digits = f"{parsed.national_number:010d}"
            said = f"{digits[:3]} {digits[3:6]}-{digits[6:]}"
        else:
            said = phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
        return f"{said} poste {self.extension}" if self.extension else said


def phone(text: str, *, area: str = "") -> Phone:
    """A telephone number as typed; `area` is the code that seven digits alone are given. Raises Fault."""
    said = _plain(text)
    found = EXTENSION.search(said)
    body, extension = (said[: found.start()], found[1]) if found else (said, "")
    digits = re.sub(r"[^0-9]", "", body)
    if not digits:
        raise Fault("« {text} » n’a aucun chiffre : ce n’est pas un téléphone.", text=said)
    if strange := re.sub(r"[0-9\s()./+\-‐‑–]", "", body):
        raise Fault("« {text} » contient « {sign} » : un téléphone n’a que des chiffres.", text=said, sign=strange[0])
    if len(digits) == LOCAL_DIGITS and not body.lstrip().startswith("+"):
        if not area:
            raise Fault("« {text} » n’a que sept chiffres : l’indicatif régional manque.", text=said)
        body = area + digits
    try:
        parsed = phonenumbers.parse(body, COUNTRY)
    except NumberParseException:
        raise Fault("« {text} » n’est pas un numéro de téléphone.", text=said) from None
    if parsed.country_code == 1 and len(digits) not in (LOCAL_DIGITS, 10, 10 + digits.startswith("1")):
        raise Fault("« {text} » a {count} chiffres ; un numéro d’ici en a dix.", text=said, count=len(digits))
    if not phonenumbers.is_valid_number(parsed):
        raise Fault("« {text} » ne peut pas être composé : ce numéro n’existe dans aucun indicatif.", text=said)
    return Phone(phonenumbers.format_number(parsed, PhoneNumberFormat.E164), extension)


def email(text: str) -> str:
    """An e-mail address, its domain in small letters. Raises Fault with what keeps a message from leaving."""
    said = _plain(text)
    local, at, domain = said.partition("@")
    if not at or not local or not domain:
        raise Fault("« {text} » n’a pas la forme nom@domaine.", text=said)
    if "@" in domain:
        raise Fault("« {text} » a plus d’une arobase.", text=said)
    if re.search(r"\s", said):
        raise Fault("« {text} » contient une espace.", text=said)
    if sign := next((it for it in said if it in ',;:()<>[]\\"' or ord(it) > 126), ""):
        raise Fault("« {text} » contient « {sign} », qu’une adresse ne peut pas avoir.", text=said, sign=sign)
    if said.endswith(".") or domain.startswith(".") or ".." in said or not LOCAL_PART.fullmatch(local):
        raise Fault("« {text} » a un point mal placé.", text=said)
    if len(said) > EMAIL_MAX or len(local) > LOCAL_PART_MAX:
        raise Fault("« {text} » est trop long pour une adresse électronique.", text=said)
    labels = domain.split(".")
    if (
        len(labels) < 2
        or not labels[-1].isalpha()
        or len(labels[-1]) < 2
        or not all(map(DOMAIN_LABEL.fullmatch, labels))
    ):
        raise Fault("« {domain} » n’est pas un domaine : « {text} » n’arriverait nulle part.", domain=domain, text=said)
    return f"{local}@{domain.lower()}"


def mended_email(text: str) -> str:
    """What a faulty address seems to mean, to be proposed to a person; empty when that cannot be told."""
    said = re.sub(r"\s+", "", _plain(text)).strip(".,;:<>").removeprefix("mailto:")
    said = re.sub(r"\.{2,}", ".", re.sub(r"@{2,}", "@", said.replace(",", ".").replace(";", ".")))
    said = said.replace(".@", "@").replace("@.", "@")
    try:
        return email(said)
    except Fault:
        return ""


def postal_code(text: str, *, province: str = "") -> str:
    """A Canadian postal code, « G9Z 5H1 ». Raises Fault: its form, a letter never used, that of another province."""
    said = _plain(text)
    code = re.sub(r"[\s\-‐‑–.]", "", said).upper()
    if len(code) != 6:
        raise Fault("« {text} » a {count} signes ; un code postal en a six, comme G9Z 5H1.", text=said, count=len(code))
    if not POSTAL_FORM.fullmatch(code):
        raise Fault("« {text} » n’a pas la forme d’un code postal, lettre et chiffre tour à tour : G9Z 5H1.", text=said)
    if code[0] in NEVER_FIRST or {code[2], code[4]} & NEVER_LETTERS:
        never = code[0] if code[0] in NEVER_FIRST else next(it for it in code[2:5:2] if it in NEVER_LETTERS)
        raise Fault(
            "« {text} » : la lettre {never} ne sert pas à cette place d’un code postal.", text=said, never=never
        )
    if province and code[0] not in FIRST_LETTERS.get(province, ""):
        raise Fault("« {text} » ne commence pas par une lettre de la province ({code}).", text=said, code=province)
    return f"{code[:3]} {code[3:]}"


def mended_postal_code(text: str, *, province: str = "") -> str:
    """What a code with an O for a zero seems to mean, to be proposed to a person; empty when that cannot be told."""
    code = re.sub(r"[\s\-‐‑–.]", "", _plain(text)).upper()
    seen = "".join(
        (DIGIT_SEEN.get(it, it) if place % 2 else LETTER_SEEN.get(it, it)) for place, it in enumerate(code)
    )  # fmt: skip
    try:
        return postal_code(seen, province=province)
    except Fault:
        return ""


def name(text: str) -> str:
    """The name of a person, without needless blanks; all in capitals, it is put in small letters: « De Launière »."""
    said = _plain(text)
    return said if said != said.upper() else WORD.sub(lambda it: _named(it[0]), said)


def organisation(text: str) -> str:
    """The name of a firm or a public body; all in capitals, it is put in small letters but for what is an acronym."""
    said = _plain(text)
    if said != said.upper():
        return said
    said = re.sub(r"\b(INC|ENR)\.", r"\1", said)
    return WORD.sub(lambda it: _worded(it[0], first=it.start() == 0), said)


def folded(text: str) -> str:
    """A name, a street or a town to compare: capitals, no accent, no sign, « SAINT » for « ST »."""
    bare = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE")).upper()
    bare = "".join(it if it.isalnum() else " " for it in bare if not unicodedata.combining(it))
    return " ".join(SAINTS.get(it, it) for it in bare.split())


SAINTS = {"ST": "SAINT", "STE": "SAINTE", "MGR": "MONSEIGNEUR"}


def _plain(text: str) -> str:
    """The text on one line, its accents composed, without a blank around it or two together."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _named(word: str) -> str:
    """« O'NEIL » → « O'Neil », « MCNICOLL » → « McNicoll », « D'AMOURS » → « D'Amours »."""
    said = re.sub(r"[^\W\d_]+", lambda it: it[0].capitalize(), word)
    return f"Mc{said[2:].capitalize()}" if said.startswith("Mc") and len(said) > 3 else said


def _worded(word: str, *, first: bool) -> str:
    if word in LEGAL_FORMS:
        return LEGAL_FORMS[word]
    if word in ACRONYMS or (len(word) > 1 and not set("AEIOUYÀÂÉÈÊËÎÏÔÛÙÜ") & set(word)):
        return word
    if not first and word.lower() in LOWERED:
        return word.lower()
    if not first and (cut := re.fullmatch(r"([DL])['’](.+)", word)):
        return f"{cut[1].lower()}’{_named(cut[2])}"
    return _named(word)
