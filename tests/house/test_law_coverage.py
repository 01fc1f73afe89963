"""The page of the articles says what the code says, each rule opens with its article, and no article is missing."""

import ast
import os
import re
from pathlib import Path

import pytest

from docs.law_pages import LAW, STATES, article_of, cited_functions, status
from fanal.law.rules import all_rules

SHARED = Path(os.environ.get("FANAL_SHARED") or Path(__file__).parents[3] / "shared")
LOADERS = {"delays.holidays"}
HEADING = re.compile(r"^(\d+(?:\.\d+)+)\.?\s+\S", re.MULTILINE)
OUTSIDE = {"Partie VIII", "Tableau I-A", "Tableau I-B", "Annexe 1", "Annexe 2", "Annexe 3"}
ACCESS = {"A-2.1 53.1", "A-2.1 63.8", "A-2.1 63.11", "A-2.1 64", "A-2.1 65.2", "A-2.1 73", "A-2.1 98"}
GEN_30 = {"GEN-30 4.3.2", "GEN-30 4.3.3", "GEN-30 5.1", "GEN-30 5.2"}


def grounds_in(node: ast.FunctionDef) -> list[tuple[str, str]]:
    """Article and rule of each ground that the function makes."""
    calls = [it for it in ast.walk(node) if isinstance(it, ast.Call)]
    made = [it for it in calls if isinstance(it.func, ast.Name) and it.func.id == "ground"]
    return [tuple(ast.literal_eval(arg) for arg in it.args[:2]) for it in made]


def test_every_rule_opens_with_its_article() -> None:
    assert [name for name, node in cited_functions().items() if name not in LOADERS and not article_of(node)] == []


def test_a_ground_bears_the_article_and_the_name_of_its_rule() -> None:
    for name, node in cited_functions().items():
        for ground in grounds_in(node):
            assert ground == (article_of(node), node.name), name


def test_every_answer_of_the_bylaw_is_a_rule_that_can_be_asked() -> None:
    answers = {
        name for name, node in cited_functions().items() if ast.unparse(node.returns or node).startswith("Decision")
    }

    assert {it for it in answers if not it.startswith("estimation")} - all_rules().keys() == set()


def test_the_status_names_exactly_the_rules_that_cite_each_article() -> None:
    cited: dict[str, list[str]] = {}
    for name, node in cited_functions().items():
        if article := article_of(node):
            cited.setdefault(article, []).append(name)

    wrong = {it for it, row in status().items() if set(row.get("rules", [])) != set(cited.get(it, []))}
    assert not wrong, {it: cited.get(it, []) for it in wrong}
    assert cited.keys() - status().keys() == set()


def test_every_article_has_one_known_state_and_what_is_applied_names_its_rules() -> None:
    for article, row in status().items():
        assert row["state"] in STATES, article
        assert row["title"], article
        assert row["state"] != "applied_by_code" or row["rules"], article


def test_every_numbered_article_of_the_bylaw_has_a_state() -> None:
    found = sorted(SHARED.glob("seeds/004_*.txt"))
    if not found:
        pytest.skip("le texte du règlement n’est pas là : FANAL_SHARED doit désigner son dossier")
    numbered = set(HEADING.findall(found[0].read_text(encoding="utf-8")))

    assert len(numbered) > 120
    assert status().keys() - OUTSIDE - GEN_30 - ACCESS == numbered


def test_the_law_knows_neither_the_web_framework_nor_the_clock() -> None:
    forbidden = re.compile(r"\bdjango\b|\bpsycopg\b|\.today\(|\.now\(|\bimport time\b|\bos\.environ\b")
    for path in LAW.rglob("*.py"):
        found = forbidden.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.name}: {found}"
