"""Gather the French sentences of the screens and compile their English: `make messages`.

Each section of the desk keeps its English in `fanal/locale/en/<section>.po`, so that two people never write the same
file. All of them make `fanal/locale/en/LC_MESSAGES/django.mo`, which is never edited: after a merge, make it again.
"""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TypeGuard

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PRODUCT = Path(__file__).parents[1] / "fanal"
DESK = PRODUCT / "doors" / "desk"
# Where the desk's refusals come from: said in French there, and again in English by the desk.
SOURCES = [
    PRODUCT / it for it in (
        "records", "law", "values/dates.py", "values/energy.py", "values/writing.py", "values/contact.py",
        "values/address.py", "links/meters/photos.py", "links/legacy", "links/maps",
        "links/accounting", "links/bank", "doors/archive", "doors/bills", "doors/debits.py", "doors/jobs",
        "doors/migration",
    )
]  # fmt: skip
STAFF = DESK / "staff.py"
ENGLISH = PRODUCT / "locale" / "en"
COMPILED = ENGLISH / "LC_MESSAGES" / "django.mo"
# The sentences are French already; a plural is kept for its rule alone: « 0 facture », where English says “0 bills”.
FRENCH = PRODUCT / "locale" / "fr" / "LC_MESSAGES" / "django.mo"
FRAME, REFUSALS = "frame", "refusals"
REFUSING = {"refuse", "saying", "Problem", "line", "Phrase", "Fault", "Unbalanced", "DoesNotFit"}
WHOLE = {"Phrase", "Fault"}  # whatever they end with
ENDS = (".", "}")  # of a sentence, whose last word may be another one; all else is a name or a key
KEYWORDS = {
    "gettext": None,
    "_": None,
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext": (1, 2),
    "pgettext": None,
}


def sections() -> dict[str, list[Path]]:
    """The files of each section: its folder of templates and its module of pages; all else is the frame."""
    found: dict[str, list[Path]] = {REFUSALS: sorted(filter(_refuses, PRODUCT.rglob("*.py")))}
    for path in sorted([*DESK.rglob("*.html"), *DESK.glob("templates/**/*.txt"), *DESK.rglob("*.py")]):
        if not _refuses(path):
            found.setdefault(_section(path.relative_to(DESK)), []).append(path)
    return found


def _refuses(path: Path) -> bool:
    """Whether its sentences are refusals, without a call to gettext."""
    return path == STAFF or (any(map(path.is_relative_to, SOURCES)) and "migrations" not in path.parts)


def _section(path: Path) -> str:
    parts = path.parts
    if parts[:2] == ("templates", "desk") and len(parts) > 3 and parts[2] not in ("parts",):
        return parts[2]
    return parts[1].removesuffix(".py") if parts[0] == "pages" and parts[1] != "__init__.py" else FRAME


def sentences(path: Path) -> Iterator[str | tuple[str, str]]:
    """What a file says: a sentence, or its singular and its plural."""
    text = path.read_text(encoding="utf-8")
    if _refuses(path):
        yield from refusals(ast.parse(text))
        return
    source = templatize(text, origin=str(path)) if path.suffix in (".html", ".txt") else text
    for _, said, _, _ in extract("python", BytesIO(source.encode()), KEYWORDS, options={"encoding": "utf-8"}):
        yield said


def refusals(module: ast.Module) -> Iterator[str]:
    """The sentences that a module refuses with, as they are or by the name of a constant."""
    named: dict[str, ast.AST] = {}
    for it in module.body:
        if isinstance(it, ast.Assign) and isinstance(it.targets[0], ast.Tuple) and isinstance(it.value, ast.Tuple):
            named |= {ast.unparse(one): value for one, value in zip(it.targets[0].elts, it.value.elts, strict=True)}
        elif isinstance(it, ast.Assign):
            named[ast.unparse(it.targets[0])] = it.value
    for call in _refusing(module):
        if called(call) in WHOLE:
            yield ast.literal_eval(call.args[0])
        else:
            yield from _sentences_of(call, named)


def _refusing(module: ast.Module) -> Iterator[ast.Call]:
    return (it for it in ast.walk(module) if isinstance(it, ast.Call) and called(it) in REFUSING)


def called(it: ast.AST) -> str:
    """The name of the function that is called there."""
    return it.func.id if isinstance(it, ast.Call) and isinstance(it.func, ast.Name) else ""


def _sentences_of(said: ast.AST, named: dict[str, ast.AST]) -> Iterator[str]:
    if isinstance(said, ast.Constant) and _is_sentence(said.value):
        yield said.value
    elif isinstance(said, ast.Name) and said.id in named:
        yield from _sentences_of(named[said.id], named)
    elif called(said) not in WHOLE:
        for part in ast.iter_child_nodes(said):
            yield from _sentences_of(part, named)


def _is_sentence(said: object) -> TypeGuard[str]:
    return isinstance(said, str) and said.endswith(ENDS) and " " in said


def filled(module: ast.Module) -> list[str]:
    """What is refused in French alone: a sentence whose facts are in it already."""
    parts = (part for call in _refusing(module) for given in call.args for part in ast.walk(given))
    return [ast.unparse(it) for it in parts if isinstance(it, ast.JoinedStr) or called(it) == "str"]


def catalogue(section: str, files: list[Path]) -> Catalog:
    """The English of a section, with every sentence that its files say and no other."""
    kept = Catalog(locale="en", fuzzy=False)
    if (source := ENGLISH / f"{section}.po").exists():
        with source.open("rb") as file:
            kept = read_po(file, locale="en")
    fresh = Catalog(locale="en", fuzzy=False, project="Fanal", creation_date=kept.creation_date)
    for path in files:
        for said in sentences(path):
            old = kept.get(said)
            fresh.add(said, old.string if old else None)
    return fresh


def untranslated(catalogue_of: Catalog) -> list[str]:
    """Sentences without their English."""
    return [str(it.id) for it in catalogue_of if it.id and not _is_translated(it)]


def _is_translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, list | tuple) else bool(message.string)


def made() -> dict[str, Catalog]:
    """The catalogue of every section; what one section translates, the others need not."""
    all_of_them = {section: catalogue(section, files) for section, files in sections().items()}
    known = {it.id: it.string for some in all_of_them.values() for it in some if it.id and _is_translated(it)}
    for it in (it for some in all_of_them.values() for it in some if it.id in known and not _is_translated(it)):
        it.string = known[it.id]
    return {section: some for section, some in all_of_them.items() if any(it.id for it in some)}


def compiled(catalogues: list[Catalog]) -> bytes:
    """All the sections as one compiled catalogue. Raises ValueError when two of them translate a sentence otherwise."""
    whole = _empty("en")
    for some in catalogues:
        for it in some:
            if not it.id or not _is_translated(it):
                continue
            if (before := whole.get(it.id)) and before.string != it.string:
                raise ValueError(f"« {it.id} » a deux traductions : « {before.string} » et « {it.string} ».")
            whole.add(it.id, it.string)
    return _bytes(whole)


def plurals(catalogues: list[Catalog]) -> bytes:
    """The compiled catalogue of the sentences that have a plural, in French."""
    whole = _empty("fr")
    for it in (it for some in catalogues for it in some if isinstance(it.id, list | tuple)):
        whole.add(it.id, it.id)
    return _bytes(whole)


def _empty(locale: str) -> Catalog:
    """A catalogue that compiles to the same bytes on any day."""
    day = datetime(2026, 1, 1, tzinfo=UTC)
    return Catalog(locale=locale, fuzzy=False, project="Fanal", creation_date=day, revision_date=day)


def _bytes(whole: Catalog) -> bytes:
    made = BytesIO()
    write_mo(made, whole)
    return made.getvalue()


def main() -> None:
    """Write the .po of each section and the compiled catalogue; say what English is missing."""
    settings.configure(USE_I18N=False)
    all_of_them = made()
    for path in (COMPILED, FRENCH):
        path.parent.mkdir(parents=True, exist_ok=True)
    for section, some in all_of_them.items():
        with (ENGLISH / f"{section}.po").open("wb") as file:
            write_po(file, some, sort_output=True, omit_header=True, no_location=True, width=0)
        for missing in untranslated(some):
            print(f"{section}.po : {missing}")
    COMPILED.write_bytes(compiled(list(all_of_them.values())))
    FRENCH.write_bytes(plurals(list(all_of_them.values())))


if __name__ == "__main__":
    main()
