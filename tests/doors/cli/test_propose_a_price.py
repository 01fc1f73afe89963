"""The how-to « proposer et activer un prix », followed as it is written."""

import re
import shlex
from datetime import date
from pathlib import Path

import pytest

from fanal.law.tariffs.shelf import PARAMETERS
from fanal.records.billing import shelf
from tests.billing import bill_on
from tests.factories import make_place, make_readings, make_subscription

pytestmark = pytest.mark.django_db

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "propose-a-price.md"
BLOCK = re.compile(r"^```\n(.*?)^```$", re.M | re.S)


def commands() -> list[list[str]]:
    lines = [line for block in BLOCK.findall(PAGE.read_text("utf-8")) for line in block.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("fanal ")]


def a_new_book(folder: Path) -> None:
    """A copy of rate D with a version more, as « changer un prix » says."""
    text = (PARAMETERS / "hydro_quebec" / "D.toml").read_text("utf-8")
    first, last = text[: text.rindex("[[version]]")], text[text.rindex("[[version]]") :]
    closed = re.sub(r"^(from = .*)$", r"\1\nto = 2027-01-01", last, count=1, flags=re.M)
    new = re.sub(r"^from = .*$", "from = 2027-01-01", last, count=1, flags=re.M).replace('price = "', 'price = "1', 1)
    path = folder / "nouveau" / "hydro_quebec" / "D.toml"
    path.parent.mkdir(parents=True)
    path.write_text(first + closed + "\n" + new, "utf-8")


def test_the_page_is_followed_to_the_activation(fanal, tmp_path, monkeypatch):
    a_new_book(tmp_path)
    monkeypatch.chdir(tmp_path)
    house = make_place(starts_on=date(2025, 11, 1))
    make_subscription(point=house.point, starts_on=date(2025, 11, 1))
    make_readings(house, [2_000], first_on=date(2025, 12, 31))
    bill_on(date(2025, 12, 31))
    number, said = "", []
    for command in commands():
        if "--withdraw" in command:
            continue  # the other way out, followed below
        status, out, err = fanal(*(number if it == "1" else it for it in command))
        assert (status, err) == (0, ""), f"{command}: {out}{err}"
        said.append(out)
        if "--propose" in command:
            number = out.split()[0]
    assert any("paient plus" in out for out in said)
    assert Path("annexe.pdf").read_bytes().startswith(b"%PDF")
    assert shelf.in_force("hydro_quebec/D").versions[-1].from_on == date(2027, 1, 1)


def test_the_page_shows_how_to_withdraw(fanal, tmp_path, monkeypatch):
    a_new_book(tmp_path)
    monkeypatch.chdir(tmp_path)
    [propose] = [it for it in commands() if "--propose" in it]
    [withdraw] = [it for it in commands() if "--withdraw" in it]
    number = fanal(*propose)[1].split()[0]
    assert fanal(*(number if it == "1" else it for it in withdraw))[0] == 0
    assert len(shelf.in_force("hydro_quebec/D").versions) == len(shelf.load("hydro_quebec/D").versions)
