"""The pages say what the code says: commands, dependencies, words, and where their links lead."""

import json
import re
import tomllib

import pytest
from django.apps import apps
from tree import PRODUCT, REFERENCE, REPOSITORY, kept_files, relative

from docs.generate import PAGES, commands_page
from fanal.doors.cli import rate

LINK = re.compile(r"(?:\]\(|src=\")(?!https?:|mailto:|#)([^)#\s\"]+)")
ASKED = re.compile(r"^\s*echo '(\{.*\})' \| fanal rate$", re.MULTILINE)
DECISION = re.compile(r"^(\d{4})-[a-z0-9-]+\.md$")


def wanted_packages() -> set[str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *(it for some in project["optional-dependencies"].values() for it in some)]
    return {re.split(r"[\[<>=~! ]", it)[0].lower() for it in wanted}


def explained_packages(page: str) -> set[str]:
    return set(re.findall(r"^\| `([\w.-]+)` \|", page, re.MULTILINE))


def test_every_dependency_has_its_reason_and_no_reason_outlives_its_dependency() -> None:
    page = (REFERENCE / "dependencies.md").read_text(encoding="utf-8")

    assert explained_packages(page) == wanted_packages()


def test_every_dependency_is_in_the_lock_by_hash() -> None:
    lock = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    locked = {
        name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==", lock, re.MULTILINE)
    }

    assert wanted_packages() - locked == set()
    assert lock.count("--hash=sha256:") >= len(locked)


@pytest.mark.parametrize("name", PAGES)
def test_a_written_page_is_what_the_code_says(name: str) -> None:
    page = (REFERENCE / name).read_text(encoding="utf-8")

    assert page == PAGES[name](), "run « make docs »"


def test_every_option_of_a_command_says_what_it_does() -> None:
    assert re.findall(r"^\| `.*` \|\s*\|$", commands_page(), re.MULTILINE) == []


@pytest.mark.parametrize("folder", ["README.md", "docs", "CONTRIBUTING.md"])
def test_every_command_shown_to_a_reader_exists(folder: str) -> None:
    pages = [path for path in kept_files() if relative(path).startswith(folder) and path.suffix == ".md"]
    known = set(re.findall(r"^## `fanal ([\w-]+)`", commands_page(), re.MULTILINE))
    shown = {(relative(it), name) for it in pages for name in commands_shown(it.read_text(encoding="utf-8"))}

    assert sorted((page, name) for page, name in shown if name not in known) == []


def commands_shown(text: str) -> list[str]:
    """Names of `fanal` commands in code, between backquotes or at the start of a line of a block."""
    return re.findall(r"(?:`|^\s*(?:\$ )?(?:\.venv/bin/)?|\| )fanal ([a-z][\w-]*)", text, re.MULTILINE)


def test_a_command_that_does_not_exist_would_be_seen() -> None:
    assert commands_shown("`fanal dream --on 2026-01-01`\n.venv/bin/fanal fly\ncat x | fanal rate") == [
        "dream",
        "fly",
        "rate",
    ]


def test_every_bill_shown_to_a_reader_can_be_rated() -> None:
    pages = [path for path in kept_files() if path.suffix == ".md"]
    asked = [json.loads(it) for page in pages for it in ASKED.findall(page.read_text(encoding="utf-8"))]

    answers = rate.replies(asked)

    assert len(answers) >= 3
    assert [it for it in answers if "total" not in it] == []


def test_the_tutorial_announces_the_total_that_comes() -> None:
    page = (REPOSITORY / "docs" / "tutorials" / "01-first-hour.md").read_text(encoding="utf-8")

    (answer,) = rate.replies([json.loads(it) for it in ASKED.findall(page)])

    assert f"Le total est {answer['total'].replace('.', ',')} $" in page


def test_every_model_is_a_word_of_the_glossary() -> None:
    glossary = (REFERENCE / "glossary.md").read_text(encoding="utf-8")
    models = {it.__name__ for it in apps.get_models() if it.__module__.startswith("fanal.")}

    assert sorted(name for name in models if f"`{name}`" not in glossary) == []


def test_every_link_of_a_page_leads_somewhere() -> None:
    pages = [path for path in kept_files() if path.suffix == ".md"]
    broken = [
        f"{relative(page)} → {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_decisions_are_numbered_without_a_hole_and_fit_on_a_page() -> None:
    pages = sorted((REPOSITORY / "docs" / "decisions").glob("*.md"))

    assert [int(DECISION.match(it.name)[1]) for it in pages] == list(range(1, len(pages) + 1))
    assert [it.name for it in pages if len(it.read_text(encoding="utf-8").splitlines()) > 60] == []


def test_every_make_target_says_what_it_is_for() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z][a-z-]*):(.*)$", makefile, re.MULTILINE)

    assert [name for name, rest in targets if "##" not in rest] == []


def test_every_parameter_file_names_its_sources() -> None:
    files = sorted((PRODUCT / "law" / "parameters").rglob("*.toml"))
    silent = [relative(it) for it in files if not re.search(r'^\s*source = "..', it.read_text("utf-8"), re.MULTILINE)]

    assert silent == []
