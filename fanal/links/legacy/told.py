"""What a mapping may say: its keys and their types, checked before anything of it is believed."""

import codecs
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from fanal.links.legacy.forms import day_form, shown
from fanal.values.dates import ISO_DAY
from fanal.values.refusal import Fault, Phrase, Problem

AT_MOST = 100_000  # where a column of fixed width may be
KINDS_OF_VALUE = {
    str: Phrase("du texte entre guillemets"),
    bool: Phrase("true ou false"),
    int: Phrase("un nombre entier"),
    list: Phrase("une liste entre crochets"),
    dict: Phrase("une table"),
}
EXPECTED = {"string_type": str, "bool_type": bool, "int_type": int, "list_type": list, "dict_type": dict,
            "model_type": dict, "model_attributes_type": dict}  # fmt: skip


def _encoding(name: str) -> str:
    try:
        if ";\n".encode(name).removeprefix(codecs.BOM_UTF8) != b";\n":
            raise Fault("cet encodage ne se lit pas ligne par ligne : convertir d’abord les fichiers en UTF-8.")
    except (LookupError, UnicodeError, TypeError):
        raise Fault("« {given} » : cet encodage est inconnu.", given=shown(name)) from None
    except ValueError as problem:
        if isinstance(problem, Fault):
            raise
        raise Fault("« {given} » : cet encodage est inconnu.", given=shown(name)) from None
    return name


def _separator(sign: str) -> str:
    if len(sign) != 1 or sign in '"\r\n' or sign.isalnum():
        raise Fault("« {given} » : un seul signe sépare les cases, ni lettre, ni chiffre, ni guillemet.",
                    given=shown(sign))  # fmt: skip
    return sign


def _decimal(sign: str) -> str:
    if sign not in (",", "."):
        raise Fault("« {given} » : les décimales suivent une virgule ou un point.", given=shown(sign))
    return sign


def _day_form(words: str) -> str:
    day_form(words)
    return words


def _unknown_day(day: str) -> str:
    if not ISO_DAY.fullmatch(day):
        raise Fault("« {given} » : un jour « inconnu » s’écrit AAAA-MM-JJ.", given=shown(day))
    return day


def _sign(sign: str) -> str:
    if len(sign) != 1:
        raise Fault("« {given} » : un seul signe ouvre les lignes d’une sorte.", given=shown(sign))
    return sign


def _headers(told: Any) -> Any:
    return {"headers": told} if isinstance(told, list) else told


Word = Annotated[str, Field(min_length=1)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ToldColumn(Strict):
    """A column: its headers, or its place; what its codes become; what stands for an empty cell."""

    headers: list[Word] = Field(default_factory=list)
    at: Annotated[int, Field(ge=1, le=AT_MOST)] | None = None
    length: Annotated[int, Field(ge=1, le=AT_MOST)] | None = None
    codes: dict[str, str | bool] | None = None
    default: str | None = None


class ToldRecord(Strict):
    """A kind of line and its columns."""

    kind: str
    columns: dict[str, Annotated[ToldColumn, BeforeValidator(_headers)]] = Field(default_factory=dict)


class ToldFile(Strict):
    """A file: one kind of line, or several told apart by their first sign; or none that is read."""

    names: Annotated[list[Word], Field(min_length=1)]
    form: Literal["delimited", "fixed"] = "delimited"
    kind: str | None = None
    columns: dict[str, Annotated[ToldColumn, BeforeValidator(_headers)]] = Field(default_factory=dict)
    records: dict[Annotated[str, AfterValidator(_sign)], ToldRecord] = Field(default_factory=dict)
    needed: bool = False
    ignored: bool = False

    @model_validator(mode="after")
    def _one_kind_or_records(self) -> "ToldFile":
        if not self.ignored and (self.kind is None) == (not self.records):
            raise Fault("il y faut « kind », ou « records », pas les deux.")
        if self.records and self.form == "delimited":
            raise Fault("les sortes de lignes (« records ») sont d’un fichier à largeur fixe (form = « fixed »).")
        return self

    @property
    def of_sign(self) -> Mapping[str, ToldRecord]:
        """Its records by the sign that opens their lines; '' for all of them."""
        return self.records if self.kind is None else {"": ToldRecord(kind=self.kind, columns=self.columns)}


class ToldBook(Strict):
    """The book of a tariff."""

    book: Word
    domestic: bool = True
    dwellings: bool = False


class ToldMapping(Strict):
    """A whole mapping."""

    title: str = ""
    encoding: Annotated[str, AfterValidator(_encoding)] | None = None
    separator: Annotated[str, AfterValidator(_separator)] = ";"
    decimal: Annotated[str, AfterValidator(_decimal)] = ","
    days: Annotated[list[Annotated[str, AfterValidator(_day_form)]], Field(min_length=1)] = ["AAAA-MM-JJ", "AAAAMMJJ"]
    unknown_days: list[Annotated[str, AfterValidator(_unknown_day)]] = ["1900-01-01"]
    yes_no: dict[str, bool] = {"O": True, "N": False}
    books: dict[str, ToldBook] = Field(default_factory=dict)
    files: Annotated[dict[str, ToldFile], Field(min_length=1)]


class Faults(list[Problem]):
    """What is wrong in the mapping of that name, by the keys that lead to it."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file = file

    def add(self, place: str, why: Fault) -> None:
        """One more fault, at that place."""
        self.append(Problem(0, place, "{file}, {place} : {why}", file=self.file, place=place, why=why))


def checked(told: Mapping[str, Any], faults: Faults) -> ToldMapping | None:
    """The mapping as typed; None with every fault of it told."""
    try:
        return ToldMapping.model_validate(told)
    except ValidationError as error:
        for it in error.errors():
            parts = [str(part + 1) if isinstance(part, int) else part for part in it["loc"] if part != "[key]"]
            faults.add(".".join(parts), _why(dict(it)))
    return None


def _why(error: dict[str, Any]) -> Fault:
    kind, context, given = error["type"], error.get("ctx", {}), shown(str(error["input"]))
    if kind == "value_error":
        own = context["error"]
        assert isinstance(own, Fault), own
        return own
    if kind in EXPECTED:
        return Fault("« {given} » n’est pas {expected}.", given=given, expected=KINDS_OF_VALUE[EXPECTED[kind]])
    if kind == "literal_error":
        return Fault("« {given} » n’est pas l’un de : {known}.", given=given,
                     known=context["expected"].replace("'", "").replace(" or ", ", "))  # fmt: skip
    return SAID.get(kind) or Fault("« {given} » n’est pas une valeur admise ici.", given=given)


SAID = {
    "extra_forbidden": Fault("ce mot n’y a pas de sens."),
    "missing": Fault("il manque."),
    "too_short": Fault("il en faut au moins un."),
    "string_too_short": Fault("c’est vide."),
}
