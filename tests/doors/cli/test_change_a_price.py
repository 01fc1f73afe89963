"""The commands of « changer un prix » and « écrire un tarif », typed as the pages write them."""

import io
import json
import re
import shlex
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from doors.cli.conftest import Answer

from fanal.law.tariffs import shelf
from fanal.law.tariffs.shelf import PARAMETERS

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to"
Command = Callable[..., Answer]


def commands(page: str) -> list[str]:
    """The commands of a page, in its order: those of its blocks, and the one in a sentence."""
    text = (HOW_TO / page).read_text("utf-8")
    return re.findall(r"^ +((?:echo .*\| )?fanal .*)$", text, re.MULTILINE)


def blocks(page: str) -> list[str]:
    """The blocks of TOML of a page."""
    text = (HOW_TO / page).read_text("utf-8")
    return re.findall(r"^ *```toml\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)


@pytest.fixture
def typed(fanal: Command, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Answer]:
    """Type a line, with what `echo` gives it."""

    def type_in(line: str) -> Answer:
        given, _pipe, command = line.rpartition("| ")
        content = shlex.split(given)[1] if given else ""
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
        return fanal(*shlex.split(command)[1:])

    return type_in


@pytest.fixture
def own_shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working copy whose books may be written, where the commands are typed."""
    folder = tmp_path / "fanal" / "law" / "parameters"
    for file in (*PARAMETERS.glob("canada/*.toml"), *PARAMETERS.glob("quebec/*.toml")):
        (folder / file.parent.name).mkdir(parents=True, exist_ok=True)
        (folder / file.parent.name / file.name).write_bytes(file.read_bytes())
    monkeypatch.setattr(shelf, "PARAMETERS", folder)
    monkeypatch.chdir(tmp_path)
    caches = (shelf.load, shelf.catalogue, shelf.load_tax)
    for it in caches:
        it.cache_clear()
    yield folder
    for it in caches:
        it.cache_clear()


def test_the_commands_that_look_at_a_changed_price_answer(typed: Callable[[str], Answer], own_shelf: Path) -> None:
    check, look, rate = commands("change-a-price.md")
    end, version = (textwrap.dedent(it) for it in blocks("change-a-price.md"))
    head, last = (PARAMETERS / "hydro_quebec/D.toml").read_text("utf-8").rsplit("[[version]]\n", 1)
    ended = re.sub(r"(from = .*\n)", rf"\1{end}", last, count=1)
    (own_shelf / "hydro_quebec").mkdir()
    (own_shelf / "hydro_quebec" / "D.toml").write_text(f"{head}[[version]]\n{ended}\n{version}", "utf-8")
    assert typed(check)[:2] == (0, "Livre valable : hydro_quebec/D, 14 versions.\n")
    assert "Du 1er avril 2027 — vu dans une source" in typed(look)[1].replace("\u00a0", " ")
    status, said, _ = typed(rate)
    assert status == 0
    assert {line["from"] for line in json.loads(said)["lines"]} == {"2027-03-01", "2027-04-01"}


def test_the_commands_that_write_a_tariff_answer(
    typed: Callable[[str], Answer], own_shelf: Path, fanal: Command
) -> None:
    page = (HOW_TO / "write-a-tariff.md").read_text("utf-8")
    (book,) = blocks("write-a-tariff.md")
    (asked,) = re.findall(r"^ *```json\n(.*?)^ *```$", page, re.DOTALL | re.MULTILINE)
    check, look = commands("write-a-tariff.md")
    path = own_shelf / "beaulac" / "Nuit.toml"
    path.parent.mkdir()
    path.write_text(re.sub(r"^   ", "", book, flags=re.MULTILINE), "utf-8")
    assert typed(check)[0] == 0
    assert "Énergie de nuit" in typed(look)[1]
    assert "`fanal rate < demande.jsonl`" in page
    status, said, _ = typed(f"echo {shlex.quote(asked.strip())} | fanal rate")
    told = re.findall(r"\| `([\w.]+)` \| (\S+) \| (\S+) \|", page)
    lines = [(it["code"], it["quantity"], it["amount"]) for it in json.loads(said)["lines"]]
    assert (status, lines) == (0, told)


def test_two_days_of_a_book_are_compared_by_a_command(fanal: Command) -> None:
    status, said, _ = fanal("books", "hydro_quebec/D", "--diff", "2024-05-01", "2026-05-01")
    assert (status, "6,704\u00a0¢" in said, "7,065\u00a0¢" in said) == (0, True, True)
    assert "Aucun montant ne change" in fanal("books", "hydro_quebec/D", "--diff", "2026-05-01", "2026-06-01")[1]
    assert fanal("books", "hydro_quebec/D", "--diff", "2000-01-01", "2026-06-01")[0] == 2
