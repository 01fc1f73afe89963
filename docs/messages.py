"""Gather the French sentences of the screens and compile their English: `make messages`.

Each section of the desk keeps its English in `fanal/locale/en/<section>.po`, so that two people never write the same
file. All of them make `fanal/locale/en/LC_MESSAGES/django.mo`, which is never edited: after a merge, make it again.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

PRODUCT = Path(__file__).parents[1] / "fanal"
DESK = PRODUCT / "doors" / "desk"
ENGLISH = PRODUCT / "locale" / "en"
COMPILED = ENGLISH / "LC_MESSAGES" / "django.mo"
FRAME = "frame"
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
    found: dict[str, list[Path]] = {}
    for path in sorted([*DESK.rglob("*.html"), *DESK.glob("templates/**/*.txt"), *DESK.rglob("*.py")]):
        found.setdefault(_section(path.relative_to(DESK)), []).append(path)
    return found


def _section(path: Path) -> str:
    parts = path.parts
    if parts[:2] == ("templates", "desk") and len(parts) > 3 and parts[2] not in ("parts",):
        return parts[2]
    return parts[1].removesuffix(".py") if parts[0] == "pages" and parts[1] != "__init__.py" else FRAME


def sentences(path: Path) -> Iterator[str | tuple[str, str]]:
    """What a file says: a sentence, or its singular and its plural."""
    text = path.read_text(encoding="utf-8")
    source = templatize(text, origin=str(path)) if path.suffix in (".html", ".txt") else text
    for _, said, _, _ in extract("python", BytesIO(source.encode()), KEYWORDS, options={"encoding": "utf-8"}):
        yield said


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
    whole = Catalog(locale="en", fuzzy=False, project="Fanal")
    whole.creation_date = whole.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # the same bytes on any day
    for some in catalogues:
        for it in some:
            if not it.id or not _is_translated(it):
                continue
            if (before := whole.get(it.id)) and before.string != it.string:
                raise ValueError(f"« {it.id} » a deux traductions : « {before.string} » et « {it.string} ».")
            whole.add(it.id, it.string)
    made = BytesIO()
    write_mo(made, whole)
    return made.getvalue()


def main() -> None:
    """Write the .po of each section and the compiled catalogue; say what English is missing."""
    settings.configure(USE_I18N=False)
    all_of_them = made()
    COMPILED.parent.mkdir(parents=True, exist_ok=True)
    for section, some in all_of_them.items():
        with (ENGLISH / f"{section}.po").open("wb") as file:
            write_po(file, some, sort_output=True, omit_header=True, no_location=True, width=0)
        for missing in untranslated(some):
            print(f"{section}.po : {missing}")
    COMPILED.write_bytes(compiled(list(all_of_them.values())))


if __name__ == "__main__":
    main()
