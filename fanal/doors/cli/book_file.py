"""A book made from another form, printed or written where `--out` says: shared by the imports of `fanal books`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fanal.doors.cli import text
from fanal.law.tariffs.shelf import CODE, BookError, parsed
from fanal.links.tariffs import book_toml
from fanal.values.refusal import refuse


def code_of(out: Path) -> str:
    """The code of a book by the file that holds it: « alma/D » of `alma/D.toml`. Refused when it is none."""
    code = f"{out.resolve().parent.name}/{out.stem}"
    if not CODE.fullmatch(code):
        raise refuse(f"« {code} » n’est pas un code de livre : --out distributeur/Tarif.toml, sans accent ni espace.")
    return code


def give(data: Mapping[str, Any], out: Path | None) -> None:
    """Print the book, or write its file. Refused when it is no valid book, or when something is there already."""
    code, written = data["code"], book_toml.encode(data)
    try:  # as the shelf reads it, so that no faulty book is ever written
        parsed(written.encode(), f"{code}.toml")
    except BookError as fault:
        raise refuse(f"{fault.key} : {fault.reason}") from None
    if out is None:
        print(written, end="")
        return
    if out.exists():
        raise refuse(f"{text.shown(out)} existe déjà : rien n’est écrit.")
    if not out.parent.is_dir():
        raise refuse(f"Le dossier {text.shown(out.parent)} n’existe pas.")
    text.write_whole(out, written.encode())
    print(f"Livre {code} écrit dans {text.shown(out)}. Relire sa note, puis : fanal books --check {text.shown(out)}")
