"""Types of streets: the word, the abbreviation and the language of each, from Canada Post's Addressing Guidelines."""

from typing import Literal, NamedTuple

Spoken = Literal["fr", "en"]


class StreetType(NamedTuple):
    """Type de voie: as Canada Post abbreviates it, as it is written in full, and whether it is French or English."""

    code: str
    word: str
    lang: Spoken


# Words of everyday addresses; what is not here stays in the name of the street.
FRENCH = {
    "allée": "ALLÉE", "autoroute": "AUT", "avenue": "AV", "boulevard": "BOUL", "carré": "CAR", "carrefour": "CARREF",
    "centre": "C", "cercle": "CERCLE", "chemin": "CH", "circuit": "CIRCT", "concession": "CONC", "côte": "CÔTE",
    "cour": "COUR", "cours": "COURS", "croissant": "CROIS", "cul-de-sac": "CDS", "échangeur": "ÉCH",
    "esplanade": "ESPL", "île": "ÎLE", "impasse": "IMP", "montée": "MONTÉE", "parc": "PARC", "passage": "PASS",
    "place": "PLACE", "plateau": "PLAT", "pointe": "POINTE", "promenade": "PROM", "quai": "QUAI", "rang": "RANG",
    "rond-point": "RDPT", "route": "RTE", "rue": "RUE", "ruelle": "RLE", "sentier": "SENT", "square": "SQ",
    "terrasse": "TSSE", "voie": "VOIE",
}  # fmt: skip
ENGLISH = {
    "alley": "ALLEY", "avenue": "AVE", "bay": "BAY", "beach": "BEACH", "boulevard": "BLVD", "circle": "CIR",
    "close": "CLOSE", "common": "COMMON", "court": "CRT", "cove": "COVE", "crescent": "CRES", "crossing": "CROSS",
    "drive": "DR", "expressway": "EXPY", "gardens": "GDNS", "gate": "GATE", "grove": "GROVE", "heights": "HTS",
    "highway": "HWY", "hill": "HILL", "island": "ISLAND", "landing": "LANDNG", "lane": "LANE", "line": "LINE",
    "lookout": "LKOUT", "mews": "MEWS", "park": "PK", "parkway": "PKY", "path": "PATH", "pathway": "PTWAY",
    "place": "PL", "plaza": "PLAZA", "point": "PT", "private": "PVT", "range": "RG", "ridge": "RIDGE", "road": "RD",
    "route": "RTE", "row": "ROW", "square": "SQ", "street": "ST", "terrace": "TERR", "townline": "TLINE",
    "trail": "TRAIL", "view": "VIEW", "walk": "WALK", "way": "WAY", "wharf": "WHARF",
}  # fmt: skip
TYPES = (
    *(StreetType(code, word, "fr") for word, code in FRENCH.items()),
    *(StreetType(code, word, "en") for word, code in ENGLISH.items()),
)
# What people write, and what Canada Post wrote before.
ALSO = {
    "fr": {"ave": "avenue", "bd": "boulevard", "boul": "boulevard", "blvd": "boulevard", "che": "chemin",
           "chem": "chemin", "crois": "croissant", "cr": "croissant", "imp": "impasse", "prom": "promenade",
           "rg": "rang", "r": "rue", "rte": "route", "terr": "terrasse", "mtee": "montée"},
    "en": {"av": "avenue", "boul": "boulevard", "cresc": "crescent", "ct": "court", "str": "street", "hwy": "highway",
           "pkwy": "parkway", "ter": "terrace", "trl": "trail"},
}  # fmt: skip
# Written in full, and as one letter or two behind the name.
DIRECTIONS: dict[Spoken, dict[str, str]] = {
    "fr": {"N": "Nord", "S": "Sud", "E": "Est", "O": "Ouest", "NE": "Nord-Est", "NO": "Nord-Ouest", "SE": "Sud-Est",
           "SO": "Sud-Ouest"},
    "en": {"N": "North", "S": "South", "E": "East", "W": "West", "NE": "Northeast", "NW": "Northwest",
           "SE": "Southeast", "SW": "Southwest"},
}  # fmt: skip
