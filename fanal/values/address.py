"""A civic address in its parts, as in the National Address Register of Statistics Canada, and on an envelope.

Read from what people type, in French (« 12, rue de l’Église Ouest, app. 3 ») or in English (“3-12 Main St. W.”), and
written as Canada Post asks: capitals, no punctuation, lines of forty signs at most, the postal code after two spaces.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from fanal.values import contact
from fanal.values.refusal import Fault
from fanal.values.street_types import ALSO, DIRECTIONS, TYPES, Spoken, StreetType

LINE_MAX = 40
ORDINAL = re.compile(r"[0-9]+(?:re|er|e|ere|ière|ère|eme|ème|ième|(st|nd|rd|th))(?:-et-.+)?", re.IGNORECASE)
INNER = re.compile(r"(?<=-)(De|Du|Des|La|Le|Les|L|D|En|Et|Aux?|Sur|Sous)(?=[-'’])")
PARTICLES = {
    "de",
    "du",
    "des",
    "la",
    "le",
    "les",
    "l",
    "d",
    "aux",
    "au",
    "à",
    "a",
    "en",
    "et",
    "sur",
    "sous",
    "the",
    "of",
}
NUMBER = re.compile(r"([0-9]{1,6})[\s-]*([A-Za-z](?![A-Za-zÀ-ÿ.'’])|1/2|1/4|3/4|½|¼|¾)?")
UNIT_WORD = r"(?:#|\b(?:app(?:artement|t)?|apt|apartment|unit[ée]?|bureau|bur|suite|local|loc|porte)\b\.?)"
UNIT_VALUE = r"([0-9]{1,6}[A-Za-z]?|[A-Za-z][0-9]{0,5})"
UNIT_BEHIND = re.compile(rf"[\s,]+{UNIT_WORD}\s*(?:no\.?\s*|#\s*)?{UNIT_VALUE}$", re.IGNORECASE)
UNIT_BEFORE = re.compile(rf"^{UNIT_WORD}\s*(?:#\s*)?{UNIT_VALUE}\s*[-–,]\s*(?=[0-9])", re.IGNORECASE)
UNIT_HYPHEN = re.compile(rf"^{UNIT_VALUE}\s*[-–]\s*(?=[0-9]+[A-Za-z]?[\s,])")
BOX = re.compile(
    r"\b(?:c\.?\s?p\.?|case\s+postale|p\.?\s?o\.?\s*box|po\s*box)\s*(?:no\.?\s*|#\s*)?([0-9]+)", re.IGNORECASE
)
ROUTE = re.compile(r"\b(?:r\.?\s?r\.?|route\s+rurale|rural\s+route)\s*(?:no\.?\s*|#\s*)?([0-9]+)", re.IGNORECASE)
GENERAL = re.compile(r"\b(?:poste\s+restante|general\s+delivery)\b", re.IGNORECASE)
STATION = re.compile(r"[\s,]*\b(?:succ(?:ursale)?|stn|station|csp|rpo)\b\.?\s+([^,]+)", re.IGNORECASE)
# « Lac-aux-Ormes (Québec)  G9Z 5H1 », « ALMA QC  G8B 1A1 »
LAST_LINE = re.compile(
    r"(.+?),?\s+(?:\(([^)]+)\)|(New Brunswick|[A-Za-zÀ-ÿ.-]{2,})),?\s+([A-Za-z][0-9][A-Za-z][ -]?[0-9][A-Za-z][0-9])"
)
FRACTIONS = {"½": "1/2", "¼": "1/4", "¾": "3/4"}
PROVINCES = {"QUEBEC": "QC", "QUE": "QC", "PQ": "QC", "ONTARIO": "ON", "ONT": "ON", "NOUVEAU BRUNSWICK": "NB",
             "NEW BRUNSWICK": "NB"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Street:
    """Voie: its type (Canada Post's code), its name with its particle, its direction; `lang` says how it is written."""

    type: str = ""
    name: str = ""
    direction: str = ""
    lang: Spoken = "fr"

    @property
    def word(self) -> str:
        """Its type in full: « rue », “street”."""
        return next((it.word for it in TYPES if (it.code, it.lang) == (self.type, self.lang)), "")

    @property
    def type_is_last(self) -> bool:
        """« 1re Avenue » and “Main Street”, against « rue Principale »."""
        return bool(self.type) and (self.lang == "en" or bool(ORDINAL.fullmatch(self.name)))

    def __str__(self) -> str:
        """Written in full: « rue de l’Église Ouest », « 1re Avenue », “Main Street West”."""
        said = [self.name, self.word.capitalize()] if self.type_is_last else [self.word, self.name]
        return " ".join(filter(None, [*said, DIRECTIONS[self.lang].get(self.direction, "")]))

    def posted(self, *, in_full: bool = False) -> str:
        """As Canada Post writes it: « RUE DE L'ÉGLISE O »; its type is a code, unless `in_full`."""
        kind = self.word if in_full else self.type
        parts = [self.name, kind] if self.type_is_last else [kind, self.name]
        return capitals(" ".join(filter(None, [*parts, self.direction])))


@dataclass(frozen=True, slots=True)
class CivicAddress:
    """Adresse municipale, or what stands for one at the post office (« CP 120 », « RR 2 »)."""

    street: Street = Street()
    number: str = ""
    suffix: str = ""  # « A », « 1/2 »
    unit: str = ""
    delivery: str = ""  # « CP 120 », « RR 2 », « PR »: French in the record, whatever the language of the envelope
    station: str = ""
    municipality: str = ""
    province: str = "QC"
    postal_code: str = ""

    @property
    def civic(self) -> str:
        """« 345A », « 345 1/2 »: a letter joins the number, a fraction does not."""
        return f"{self.number}{' ' if '/' in self.suffix else ''}{self.suffix}"


def street(text: str) -> Street:
    """The type, the name and the direction of a street typed in French or in English. Raises Fault for no name."""
    words = _words(text)
    if not words or (len(words) == 1 and _type(words[0], "fr") and words[0].lower() != "montée"):
        raise Fault("« {text} » n’a pas de nom de voie.", text=_plain(text))
    rest, direction, lang = _direction(words)
    behind = _type_behind(rest)
    if behind:
        return Street(behind.code, _name(rest[:-1]), SIDES[behind.lang].get(direction, direction), behind.lang)
    before = _type(words[0], "fr")
    if before and len(rest) > 1:
        return Street(before.code, _name(rest[1:]), SIDES["fr"].get(direction, direction), "fr")
    return Street("", _name(rest), direction, lang)


SIDES: dict[Spoken, dict[str, str]] = {
    "fr": {"W": "O", "NW": "NO", "SW": "SO"},
    "en": {"O": "W", "NO": "NW", "SO": "SW"},
}


def _type_behind(words: list[str]) -> StreetType | None:
    """The type that stands last: behind an ordinal, or in English, unless the street begins with a French type."""
    if len(words) < 2:
        return None
    if ordinal := ORDINAL.fullmatch(words[0]):
        english = _type(words[-1], "en")
        return english if ordinal[1] else _type(words[-1], "fr") or english
    last = _type(words[-1], "en")
    if _type(words[0], "fr") and (_type(words[-1], "fr") or not _type(words[0], "en") or _has_particle(words[1:-1])):
        return None
    return last


def civic_address(
    line: str, *, unit: str = "", municipality: str = "", province: str = "QC", postal_code: str = ""
) -> CivicAddress:
    """An address typed on one line. Raises Fault when nothing of it can be delivered to."""
    said = _plain(line).strip(" ,")
    known = CivicAddress(
        unit=_plain(unit), municipality=_plain(municipality).strip(" ,"), province=province_code(province),
        postal_code=contact.postal_code(postal_code) if postal_code.strip() else "",
    )  # fmt: skip
    said, known = _delivery(said, known)
    if not said:
        if not known.delivery:
            raise Fault("L’adresse est vide.")
        return known
    said, known = _unit(said, known)
    if found := NUMBER.match(said):
        known = replace(known, number=found[1], suffix=FRACTIONS.get(found[2] or "", (found[2] or "").upper()))
        if ORDINAL.fullmatch(said.split()[0].strip(",")):  # « 1re Avenue » has no number
            known = replace(known, number="", suffix="")
        else:
            said = said[found.end() :]
    return replace(known, street=street(said.strip(" ,")))


def province_code(text: str) -> str:
    """Two letters of a province: « Québec », « P.Q. » and « qc » are QC. Raises Fault."""
    said = contact.folded(text)
    code = PROVINCES.get(said.replace(" ", ""), PROVINCES.get(said, said.replace(" ", "")))
    if code not in contact.FIRST_LETTERS:
        raise Fault("« {text} » n’est pas une province du Canada en deux lettres, comme QC.", text=_plain(text))
    return code


def civic_number(text: str) -> tuple[str, str]:
    """The number and the suffix of « 345A », « 345 ½ »; both empty for no number. Raises Fault."""
    said = _plain(text)
    if not said:
        return "", ""
    found = NUMBER.fullmatch(said)
    if not found:
        raise Fault("« {text} » n’est pas un numéro civique, comme 345, 345A ou 345 1/2.", text=said)
    return found[1], FRACTIONS.get(found[2] or "", (found[2] or "").upper())


def posted(address: CivicAddress, lang: Spoken = "fr") -> tuple[str, ...]:
    """The lines below the name on an envelope. Raises Fault for what forty signs cannot hold."""
    lines = [*_street_lines(address, lang), *_delivery_lines(address, lang)]
    if not lines:
        raise Fault("L’adresse est vide.")
    town = f"{capitals(address.municipality)} {address.province}"
    code = address.postal_code
    lines += [f"{town}  {code}".rstrip()] if len(town) + 2 + len(code) <= LINE_MAX else [town, code]
    for it in lines:
        if len(it) > LINE_MAX:
            raise Fault("« {line} » a {count} signes ; une ligne d’adresse en a au plus {most}.",
                        line=it, count=len(it), most=LINE_MAX)  # fmt: skip
    return tuple(it for it in lines if it)


def envelope(lines: Sequence[str], lang: Spoken = "fr") -> tuple[str, ...]:
    """An address kept in lines, as Canada Post asks; one that cannot be read so is left as it was written."""
    *above, last = [it for it in map(_plain, lines) if it] or [""]
    found = LAST_LINE.fullmatch(last)
    if not found or not above:
        return tuple(lines)
    begins = next((at for at, it in enumerate(above) if _delivers(it)), len(above) - 1)
    try:
        known = civic_address(
            ", ".join(above[begins:]), municipality=found[1], province=found[2] or found[3], postal_code=found[4]
        )
        told = (*map(capitals, above[:begins]), *posted(known, lang))
    except Fault:
        return tuple(lines)
    return told if max(map(len, told)) <= LINE_MAX else tuple(lines)


def capitals(text: str) -> str:
    """Capitals without punctuation, the hyphens and the apostrophes of names kept."""
    said = unicodedata.normalize("NFC", text).upper().replace("’", "'").replace(".-", "-")
    return " ".join("".join(it if it.isalnum() or it in "-'/ " else " " for it in said).split())


def _delivers(line: str) -> bool:
    """Whether an address begins there: by a number, a box or a route."""
    return bool(NUMBER.match(line) or UNIT_BEFORE.match(line) or any(it.search(line) for it in (BOX, ROUTE, GENERAL)))


def _street_lines(address: CivicAddress, lang: Spoken) -> list[str]:
    lone = len(address.street.type) == 1 and not address.suffix  # « 1 C … » is the number 1C
    way = address.street.posted(in_full=lone)
    if not way:
        return []
    whole = " ".join(filter(None, [address.civic, way]))
    unit = capitals(address.unit)
    if not unit:
        return [_shortened(whole)]
    joined = f"{unit}-{whole}"
    if address.number and "-" not in unit and len(joined) <= LINE_MAX:
        return [joined]
    named = f"{'APP' if lang == 'fr' else 'APT'} {unit}"
    return [f"{whole} {named}"] if len(whole) + 1 + len(named) <= LINE_MAX else [named, _shortened(whole)]


def _shortened(line: str) -> str:
    """A line too long, with its saints in short."""
    if len(line) <= LINE_MAX:
        return line
    return re.sub(r"\bMONSEIGNEUR\b", "MGR", re.sub(r"\bSAINT(E?)-", r"ST\1-", line))


def _delivery_lines(address: CivicAddress, lang: Spoken) -> list[str]:
    if not address.delivery:
        return []
    kind, _, number = address.delivery.partition(" ")
    said = {"CP": "PO BOX", "PR": "GD"}.get(kind, kind) if lang == "en" else kind
    station = f"{'STN' if lang == 'en' else 'SUCC'} {capitals(address.station)}" if address.station else ""
    return [" ".join(filter(None, [said, number, station]))]


def _delivery(said: str, known: CivicAddress) -> tuple[str, CivicAddress]:
    """What the post office delivers to, taken out of the line."""
    for form, kind in ((BOX, "CP"), (ROUTE, "RR"), (GENERAL, "PR")):
        if found := form.search(said):
            known = replace(known, delivery=f"{kind} {found[1]}" if found.groups() else kind)
            said = ", ".join(filter(None, (it.strip(" ,") for it in (said[: found.start()], said[found.end() :]))))
            if station := STATION.search(said):
                known = replace(known, station=station[1].strip())
                said = (said[: station.start()] + said[station.end() :]).strip(" ,")
            break
    return said, known


def _unit(said: str, known: CivicAddress) -> tuple[str, CivicAddress]:
    if known.unit:
        return said, known
    for form, behind in ((UNIT_BEFORE, False), (UNIT_HYPHEN, False), (UNIT_BEHIND, True)):
        if found := form.search(said):
            rest = said[: found.start()] if behind else said[found.end() :]
            return rest.strip(" ,"), replace(known, unit=next(filter(None, found.groups())).upper())
    return said, known


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("’", "'").split())


def _words(text: str) -> list[str]:
    return [it for it in (word.strip(".,;") for word in _plain(text).split()) if it]


def _type(word: str, lang: Spoken) -> StreetType | None:
    """The type that a word means in a language, written in full or in short."""
    said = contact.folded(word)
    return KNOWN[lang].get(contact.folded(ALSO[lang].get(said.lower(), said)))


KNOWN: dict[Spoken, dict[str, StreetType]] = {
    lang: {contact.folded(said): it for it in TYPES if it.lang == lang for said in (it.code, it.word)}
    for lang in ("fr", "en")
}


def _direction(words: list[str]) -> tuple[list[str], str, Spoken]:
    """The words before the direction, and the direction. « rue de l’Est » and « boulevard du Nord » have none."""
    last = words[-1].upper().replace(".", "")
    if len(words) < 2 or words[-2].lower() in PARTICLES or (len(words) == 2 and _type(words[0], "fr")):
        return words, "", "fr"
    for lang in ("fr", "en"):
        for code, word in DIRECTIONS[lang].items():
            if last in (code, word.upper(), "-".join(code)):
                return words[:-1], code, lang
    return words, "", "fr"


def _has_particle(words: list[str]) -> bool:
    return any(it.lower() in PARTICLES or "'" in it for it in words)


def _name(words: list[str]) -> str:
    """The name of a street, its particles in small letters; all in capitals, the rest is put in small letters too."""
    capital = all(it == it.upper() for it in words)
    said = [INNER.sub(lambda it: it[0].lower(), contact.name(it)) if capital else it for it in words]
    return " ".join(_particle(it.lower() if ORDINAL.fullmatch(it) else it) for it in said)


def _particle(word: str) -> str:
    if word.lower() in PARTICLES:
        return word.lower()
    return re.sub(r"^([DdLl])'", lambda it: f"{it[1].lower()}’", word)
