"""The pages of the bylaw: where each article stands, and every figure with its day, its article and its source."""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fanal.law.in_force import PARAMETERS, UNDATED, read_toml
from fanal.law.rules import all_rules

STATUS = Path(__file__).parent / "law" / "status.toml"
LAW = PARAMETERS.parent
RULES = [path for home in ("conditions", "metrology", "privacy") for path in sorted((LAW / home).glob("[!_]*.py"))]
CITED = [*RULES, LAW / "metering" / "estimation.py", LAW / "delays.py"]
BYLAW = r"\d+(?:\.\d+)+|Part(?:ie)? VIII|Annex(?:e)? [123]|Tableau I-[AB]"
OPENING = re.compile(rf"({BYLAW}|(?:GEN-30|A-2\.1) \d[\d.]*)\b[^:\n]*:")
STATES = {
    "applied_by_code": "appliqué par le code",
    "applied_by_people": "appliqué par des personnes",
    "information": "information",
    "not_yet": "à venir",
}
TEXTS = {"GEN-30": "GEN-30, compteurs à prépaiement", "A-2.1": "Loi sur l’accès (A-2.1), renseignements personnels"}
ABOUT = ("article", "source", "note")
COVERAGE = """# Où en est chaque article

*Page écrite par `make docs` à partir de [l’état des articles](../law/status.toml) et des règles elles-mêmes.*

Règlement 336-2019, édition du 1er avril 2019, les sections de GEN-30 sur le prépaiement, et les articles de la Loi sur
l’accès (RLRQ, c. A-2.1) que le logiciel fait respecter. Une règle en gras répond à `fanal decide`; les autres sont ses
motifs. Les lectures choisies sont au [registre](../law/interpretations.md).
"""
FIGURES = """# Les chiffres du règlement

*Page écrite par `make docs` à partir de `fanal/law/parameters`.*

Chaque valeur vaut à compter de sa date, jusqu’à la suivante. Une autre municipalité, ou l’édition de l’an prochain, est
un autre fichier. Les prix de l’électricité sont dans les livres (`fanal books`), les jours fériés dans `holidays.toml`.
"""


def status() -> dict[str, dict[str, Any]]:
    """The state of each article, as written in docs/law/status.toml."""
    return tomllib.loads(STATUS.read_text(encoding="utf-8"))


def cited_functions() -> dict[str, ast.FunctionDef]:
    """Public functions of the law that bear an article, by chapter (or module) and name."""
    return {
        f"{path.stem.partition('_')[0]}.{node.name}": node
        for path in CITED
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def article_of(node: ast.FunctionDef) -> str | None:
    """The article that opens the docstring of a function; None when it cites none."""
    opening = OPENING.match(ast.get_docstring(node) or "")
    return opening[1].replace("Part VIII", "Partie VIII").replace("Annex ", "Annexe ") if opening else None


def coverage_page() -> str:
    """docs/reference/law-coverage.md, whole."""
    rows = status()
    counts = Counter(row["state"] for row in rows.values())
    lines = [COVERAGE, "| état | articles |", "|---|---|"]
    lines += [f"| {said} | {counts[state]} |" for state, said in STATES.items()]
    for chapter, articles in _by_chapter(rows).items():
        lines += ["", f"## {chapter}", "", "| article | titre | état | règles |", "|---|---|---|---|"]
        lines += [_coverage_row(article, row) for article, row in articles.items()]
    return "\n".join(lines) + "\n"


def parameters_page() -> str:
    """docs/reference/parameters.md, whole."""
    sections = [FIGURES]
    for path in sorted(PARAMETERS.glob("alma/*.toml")):
        if path.name not in UNDATED:
            sections.append("\n".join(_figures(path)))
    return "\n".join(sections) + "\n"


def _by_chapter(rows: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, dict[str, Any]]]:
    chapters: dict[str, dict[str, dict[str, Any]]] = {}
    for article, row in rows.items():
        number = article.partition(".")[0]
        elsewhere = next((said for text, said in TEXTS.items() if article.startswith(text)), "Parties et annexes")
        chapter = f"Chapitre {number}" if number.isdigit() else elsewhere
        chapters.setdefault(chapter, {})[article] = row
    return chapters


def _coverage_row(article: str, row: Mapping[str, Any]) -> str:
    rules = row.get("rules", [])
    told = ", ".join(f"**`{it}`**" for it in rules if it in all_rules())
    others = ", ".join(f"`{it.partition('.')[2]}`" for it in rules if it not in all_rules())
    said = " · ".join(it for it in (told, others, row.get("note", "")) if it)
    return f"| {article} | {row['title']} | {STATES[row['state']]} | {said} |"


def _figures(path: Path) -> Iterator[str]:
    document = read_toml(path)
    source = document.pop("source", "")
    yield f"## {path.parent.name}/{path.stem}\n\n{source}\n\n| nom | valeur | depuis | article |\n|---|---|---|---|"
    for name, table in document.items():
        for since in sorted(table.keys() - set(ABOUT)):
            where = " — ".join(it for it in (table["article"], table.get("source", "")) if it)
            yield f"| `{name}` | {_said(table[since])} | {since} | {where} |"
    yield ""


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
