"""The page of the articles says what the code says, and each rule opens with its article."""

import ast
import re
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
LAW = REPOSITORY / "fanal" / "law"
STATUS = REPOSITORY / "docs" / "law" / "status.toml"
CITED = [*sorted((LAW / "conditions").glob("ch*.py")), LAW / "metering" / "estimation.py", LAW / "delays.py"]
OPENING = re.compile(r"(\d+(?:\.\d+)+|Part(?:ie)? VIII)\b[^:\n]*:")
STATES = {"applied_by_code", "applied_by_people", "information", "not_yet"}
LOADERS = {"delays.holidays"}


def status() -> dict[str, dict[str, object]]:
    return tomllib.loads(STATUS.read_text(encoding="utf-8"))


def functions() -> dict[str, ast.FunctionDef]:
    """Public functions of the law that bear an article, by module and name."""
    return {
        f"{path.stem}.{node.name}": node
        for path in CITED
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def article_of(node: ast.FunctionDef) -> str | None:
    opening = OPENING.match(ast.get_docstring(node) or "")
    return opening[1].replace("Part VIII", "Partie VIII") if opening else None


def grounds_in(node: ast.FunctionDef) -> list[tuple[str, str]]:
    """Article and rule of each ground that the function makes."""
    calls = [it for it in ast.walk(node) if isinstance(it, ast.Call)]
    made = [it for it in calls if isinstance(it.func, ast.Name) and it.func.id == "ground"]
    return [tuple(ast.literal_eval(arg) for arg in it.args[:2]) for it in made]  # type: ignore[misc]


def test_every_rule_opens_with_its_article() -> None:
    assert [name for name, node in functions().items() if name not in LOADERS and not article_of(node)] == []


def test_a_ground_bears_the_article_and_the_name_of_its_rule() -> None:
    for name, node in functions().items():
        for ground in grounds_in(node):
            assert ground == (article_of(node), node.name), name


def test_the_status_names_exactly_the_rules_that_cite_each_article() -> None:
    cited: dict[str, set[str]] = {}
    for name, node in functions().items():
        if article := article_of(node):
            cited.setdefault(article, set()).add(name)

    assert {article: set(row["rules"]) for article, row in status().items() if "rules" in row} == cited  # type: ignore[call-overload]


def test_every_article_has_one_known_state_and_what_is_applied_names_its_rules() -> None:
    for article, row in status().items():
        assert row["state"] in STATES, article
        assert row["state"] != "applied_by_code" or row["rules"], article


def test_the_law_knows_neither_the_web_framework_nor_the_clock() -> None:
    forbidden = re.compile(r"\bdjango\b|\bpsycopg\b|\.today\(|\.now\(|\bimport time\b|\bos\.environ\b")
    for path in LAW.rglob("*.py"):
        found = forbidden.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.name}: {found}"
