"""The page of answers: what the bylaw says to every sheet of tests/cases, word for word, for who proofreads it."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from fanal.law import cases
from fanal.law.in_force import PARAMETERS
from fanal.law.rules import all_rules

TESTS = Path(__file__).parents[1] / "tests"
SHEETS, TOWNS = TESTS / "cases", TESTS / "law" / "parameters"
OPENING = """# Ce que le règlement répond à chaque fiche

*Page écrite par `make docs` à partir des [fiches de cas](../../tests/cases/README.md) et des règles elles-mêmes.*

Chaque motif est dit comme le client le lira : ✓ rempli, ✗ non rempli. C’est ici qu’un juriste relit les phrases.
"""


def sheets() -> list[dict[str, Any]]:
    """Every sheet, with the file it is in, in the order of the files."""
    return [
        {**sheet, "fichier": path.stem}
        for path in sorted(SHEETS.glob("*.toml"))
        for sheet in tomllib.loads(path.read_text(encoding="utf-8"))["cas"]
    ]


def put(sheet: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a sheet, as `fanal decide` gives it."""
    town = sheet.get("parametres", "alma")
    case = {"rule": sheet["regle"], "on": str(sheet["le"]), "facts": sheet.get("faits", {})}
    return cases.answer(case, municipality=town, root=PARAMETERS if (PARAMETERS / town).is_dir() else TOWNS)


def answers_page() -> str:
    """docs/reference/law-answers.md, whole."""
    return "\n".join([OPENING, *_sections()])


def _sections() -> Iterator[str]:
    for name, told in groupby(sheets(), key=lambda it: it["regle"]):
        yield f"## `{name}` — {all_rules()[name].article}\n"
        for sheet in told:
            yield from _answer(sheet)


def _answer(sheet: Mapping[str, Any]) -> Iterator[str]:
    told = put(sheet)
    yield f"**{sheet['titre']}** ({sheet['le']}) → {_said(told['outcome'])}\n"
    for ground in told["grounds"]:
        figures = " ".join(f"`{it['name']}`" for it in ground["figures"])
        mark = "✓" if ground["holds"] else "✗"
        yield f"* {mark} {ground['article']} : {ground['text']['fr']} {figures}".rstrip()
    yield ""


def _said(outcome: Any) -> str:
    if outcome is None:
        return "aucune réponse"
    if isinstance(outcome, bool):
        return "oui" if outcome else "non"
    return f"`{json.dumps(outcome, ensure_ascii=False)}`"
