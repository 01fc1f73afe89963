"""The shelf of books: TOML files read exactly, refused with a file, a key and a reason."""

import re
import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from fanal.law.tariffs.book import Book, faults
from fanal.law.tariffs.taxes import Tax, dated_without_hole
from fanal.values.refusal import Fault, Phrase

PARAMETERS = Path(__file__).parent.parent / "parameters"
CODE = re.compile(r"[a-z0-9_]+/[A-Za-z0-9_]+")
_Model = TypeVar("_Model", bound=BaseModel)

UNNAMED = "livre/depose.toml"  # of content that does not say its code
FILE = Phrase("fichier")  # the key of what is wrong with a file whole
IMPOSSIBLE = Fault("un nombre ne se lit pas : trop de chiffres, ou un exposant trop grand")
_FAULTS = {
    "extra_forbidden": Fault("clé inconnue"),
    "missing": Fault("clé manquante"),
    "union_tag_invalid": Fault("genre de composante inconnu"),
    "union_tag_not_found": Fault("le genre de la composante (« kind ») manque"),
    "too_short": Fault("liste vide"),
    "string_pattern_mismatch": Fault("n’a pas la forme attendue"),
}


class BookError(ValueError):
    """A book or a tax file that cannot be used: which file, which key, and why (`reason` in French)."""

    def __init__(self, file: str, key: str, fault: Fault) -> None:
        super().__init__(f"{file} : {key} : {fault}")
        self.file, self.key, self.fault, self.reason = file, key, fault, str(fault)


class UnknownBook(LookupError):
    """No book has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Aucun livre de tarifs ne porte le code « {code} ».")
        self.code = code


@cache
def load(code: str) -> Book:
    """Return the shipped book of this code; raises UnknownBook or BookError."""
    path = PARAMETERS / f"{code}.toml"
    if not CODE.fullmatch(code) or not path.is_file() or not _is_kind(path, "tariff"):
        raise UnknownBook(code)
    return read(path)


@cache
def catalogue(kind: str = "tariff") -> tuple[str, ...]:
    """Return the codes of the shipped books, sorted; of the taxes when `kind` is « tax »."""
    paths = sorted(PARAMETERS.glob("*/*.toml"))
    return tuple(f"{path.parent.name}/{path.stem}" for path in paths if _is_kind(path, kind))


@cache
def load_tax(code: str) -> Tax:
    """Return the shipped tax of this code; raises UnknownBook or BookError."""
    if code not in catalogue("tax"):
        raise UnknownBook(code)
    return _tax(code, f"{code}.toml", PARAMETERS)


def read(path: Path, parameters: Path = PARAMETERS) -> Book:
    """Read one book, with its taxes taken from `parameters`; raises BookError naming file, key and reason."""
    return parsed(path.read_bytes(), _name(path), parameters)


def parsed(content: bytes, name: str = "", parameters: Path = PARAMETERS) -> Book:
    """Read a book as if it lay on the shelf under that name (distributeur/Tarif.toml), else under its own code."""
    told = _told(content, name or UNNAMED)
    code, codes = told.get("code"), told.get("taxes")
    if not name:
        name = f"{code}.toml" if isinstance(code, str) and CODE.fullmatch(code) else UNNAMED
    if not isinstance(codes, list):
        raise BookError(name, "taxes", Fault("doit être une liste de codes de taxes, vide si rien n’est taxé"))
    told["taxes"] = [_tax(str(it), name, parameters) for it in codes]
    book = _valid(Book, told, name)
    if book.code != name.removesuffix(".toml"):
        raise BookError(name, "code", Fault("« {code} » ne correspond pas au nom du fichier", code=book.code))
    for key, fault in faults(book):
        raise BookError(name, key, fault)
    return book


def _tax(code: str, book: str, parameters: Path) -> Tax:
    path = parameters / f"{code}.toml"
    if not CODE.fullmatch(code) or not path.is_file():
        raise BookError(book, "taxes", Fault("taxe inconnue « {code} »", code=code))
    tax = _valid(Tax, _told(path.read_bytes(), _name(path)), _name(path))
    for key, fault in dated_without_hole("rate", [(rate.from_on, rate.to_on) for rate in tax.rates]):
        raise BookError(_name(path), key, fault)
    return tax


def _told(content: bytes, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode("utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BookError(name, FILE, Fault("TOML illisible ({error})", error=str(error))) from None
    except (ValueError, ArithmeticError):  # digits, or an exponent, that no number holds
        raise BookError(name, FILE, IMPOSSIBLE) from None


def _valid(model: type[_Model], content: dict[str, Any], name: str) -> _Model:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise BookError(name, _key(first["loc"]), _fault(dict(first))) from None


def _fault(error: dict[str, Any]) -> Fault:
    """Put a validation error into our words; our own are said already."""
    kind, context, given = error["type"], error.get("ctx", {}), str(error["input"])
    if kind == "value_error" and isinstance(context["error"], Fault):
        return context["error"]
    if kind == "literal_error":
        expected = context["expected"].replace(" or ", ", ")
        return Fault("« {given} » n’est pas admis (attendu : {expected})", given=given, expected=expected)
    return _FAULTS.get(kind) or Fault("« {given} » n’est pas une valeur admise ici", given=given)


def _key(location: tuple[int | str, ...]) -> str:
    """Write a place in a file as a person counts: version 2.charges 1.price."""
    key = ""
    for part in location:
        key += f" {part + 1}" if isinstance(part, int) else f".{part}"
    return key.lstrip(".")


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _is_kind(path: Path, kind: str) -> bool:
    return f'kind = "{kind}"' in path.read_text("utf-8").split("\n[", 1)[0].splitlines()
