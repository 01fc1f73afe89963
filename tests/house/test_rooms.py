"""Rule 13: every room has the same furniture, and its models are its own."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from tree import PRODUCT, RECORDS, ROOMS, modules, relative

FURNITURE = ("README.md", "models.py", "facts.py", "acts.py", "migrations/__init__.py", "apps.py")
FLOORS = ("values", "law", "records", "links", "reports", "doors", "settings")
README_LINES_MAX = 30
NAMES_THAT_SAY_NOTHING = re.compile(r"(^|_)(utils?|common|helpers?|managers?|misc|tools)(_|\.|$)|^base\.")
# A settings module is its base plus what differs; the framework's users expect that name.
NAMED_SO = {"fanal/settings/base.py"}
SIGNALS = ("django.dispatch", "django.db.models.signals", "django.db.backends.signals")


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_has_the_furniture_of_the_others(room: str) -> None:
    assert [it for it in FURNITURE if not (RECORDS / room / it).exists()] == []


def test_every_room_is_installed_and_named_after_its_folder() -> None:
    assert sorted(settings.ROOMS) == list(ROOMS)


@pytest.mark.parametrize("floor", FLOORS)
def test_every_floor_says_in_a_short_readme_what_it_is_for(floor: str) -> None:
    readme = PRODUCT / floor / "README.md"
    if floor == "records":
        return  # each of its rooms has one
    assert 4 <= len(readme.read_text(encoding="utf-8").splitlines()) <= README_LINES_MAX


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_in_a_short_readme_what_it_is_for(room: str) -> None:
    text = (RECORDS / room / "README.md").read_text(encoding="utf-8")

    assert 4 <= len(text.splitlines()) <= README_LINES_MAX


def foreign_models(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        names = [it.name for it in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        yield from (name for name in names if re.fullmatch(r"fanal\.records\.\w+\.models", name))


def test_models_are_private_to_the_records() -> None:
    outside = ("fanal/doors", "fanal/reports", "fanal/links", "fanal/law", "fanal/values", "fanal/settings")

    assert [f"{name}: {it}" for name, tree in modules(*outside) for it in foreign_models(tree)] == []


def test_an_import_of_foreign_models_would_be_seen_wherever_it_hides() -> None:
    planted = ast.parse("def page():\n    from fanal.records.ledger.models import Posting\n    return Posting")

    assert list(foreign_models(planted)) == ["fanal.records.ledger.models"]


def test_no_file_has_a_name_that_says_nothing() -> None:
    found = [relative(path) for path in PRODUCT.rglob("*.py") if NAMES_THAT_SAY_NOTHING.search(path.name)]

    assert set(found) - NAMED_SO == set()


def decorated_atomic(node: ast.FunctionDef) -> bool:
    return any(ast.unparse(it).startswith("transaction.atomic") for it in node.decorator_list)


def ways_around_acts(tree: ast.Module) -> Iterator[str]:
    """Overridden save() or delete(), signals: what would act without being called (rule 10)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name in ("save", "delete"):
            yield f"{node.name}()"
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
            ("django.dispatch", "django.db.models.signals")
        ):
            yield node.module or ""


def test_nothing_acts_behind_an_act() -> None:
    assert [f"{name}: {it}" for name, tree in modules("fanal") for it in ways_around_acts(tree)] == []


def positional_acts(tree: ast.Module) -> Iterator[str]:
    """Public functions that are one transaction and take a positional argument."""
    for node in tree.body:
        public = isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if public and decorated_atomic(node) and node.args.args:
            yield node.name


@pytest.mark.parametrize("room", ROOMS)
def test_an_act_is_keyword_only(room: str) -> None:
    tree = ast.parse((RECORDS / room / "acts.py").read_text(encoding="utf-8"))

    assert list(positional_acts(tree)) == []


def test_a_positional_act_would_be_seen() -> None:
    planted = ast.parse("@transaction.atomic\ndef pay(account_id, *, by, on):\n    pass")

    assert list(positional_acts(planted)) == ["pay"]
