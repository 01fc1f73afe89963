"""Which layers and columns of a GeoPackage say what: a commented TOML file, read and checked."""

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from fanal.values.contact import folded
from fanal.values.refusal import refuse

SHIPPED = Path(__file__).with_name("quebec_municipal.toml")


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class MappedField(Strict):
    """Where a value comes from, and how it is read."""

    columns: Annotated[tuple[str, ...], Field(alias="from", min_length=1)]
    type: Literal["text", "whole", "thousandths", "phases", "code"]
    needed: bool = False
    choices: dict[str, str] = Field(default_factory=dict)
    empty: tuple[str, ...] = ()  # what is written for nothing

    @model_validator(mode="after")
    def _a_code_has_choices(self) -> "MappedField":
        if (self.type == "code") != bool(self.choices):
            raise ValueError("un champ « code » a des « choices », et lui seul")
        return self

    def column_among(self, names: dict[str, str]) -> str | None:
        """The column of the file that holds it, from its names folded."""
        return next((names[key] for it in self.columns if (key := key_of(it)) in names), None)


class MappedLayer(Strict):
    """One layer of the file, and the kind of element that each of its features is."""

    kind: str
    names: Annotated[tuple[str, ...], Field(min_length=1)]
    geometry: Literal["point", "line", "none"]
    fields: dict[str, MappedField]
    set: dict[str, str] = Field(default_factory=dict)


class Mapping(Strict):
    """All the layers, in the file's order."""

    layer: Annotated[tuple[MappedLayer, ...], Field(min_length=1)]


def read(path: Path = SHIPPED) -> Mapping:
    """The mapping of a file. Raises Refused, naming the key at fault."""
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise refuse("{file} ne se lit pas : {why}.", file=path.name, why=str(problem)) from None
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise refuse("{file}, {where} : {why}.", file=path.name, where=where, why=str(first["msg"])) from None


def key_of(name: str) -> str:
    """A name of a layer or a column, to compare."""
    return folded(name).replace(" ", "_")
