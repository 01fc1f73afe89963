"""`fanal rehearse`: a proposed file or a shipped book; what is wrong with it is said before anything is read."""

import json
from datetime import date
from pathlib import Path

import pytest
from billing import bill_on
from factories import make_place, make_readings, make_subscription

from fanal.law.tariffs.shelf import PARAMETERS

pytestmark = pytest.mark.django_db

MAY, JULY = date(2025, 5, 1), date(2025, 6, 30)
WINDOW = ("--from", "2025-01-01", "--to", "2026-12-31")


@pytest.fixture
def proposal(tmp_path: Path) -> Path:
    """Rate D with a dearer access, as a person would edit a copy."""
    file = tmp_path / "hydro_quebec" / "D.toml"
    file.parent.mkdir()
    text = (PARAMETERS / "hydro_quebec" / "D.toml").read_text(encoding="utf-8")
    access = text.rindex('code = "access"')
    file.write_text(text[:access] + text[access:].replace('price = "', 'price = "1', 1), encoding="utf-8")
    return file


def test_a_dearer_access_is_told_customer_by_customer(fanal, proposal):
    house = make_place(starts_on=MAY)
    make_subscription(point=house.point, starts_on=MAY)
    make_readings(house, [2_000], first_on=JULY)
    bill_on(JULY)
    status, out, err = fanal("rehearse", "--book", proposal, *WINDOW)
    assert (status, err) == (0, "")
    assert "paient moins 0, paient plus 1" in out
    status, out, _ = fanal("rehearse", "--book", proposal, *WINDOW, "--json")
    found = json.loads(out)
    assert found["total"]["proposed_cents"] > found["total"]["current_cents"]
    assert found["total"]["losers"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--book", "personne/X", *WINDOW], "Aucun livre de tarifs ne porte le code « personne/X »"),
        (["--book", "absent.toml", *WINDOW], "ne se lit pas"),
        (["--book", "hydro_quebec/D", "--from", "2026-12-31", "--to", "2026-12-31"], "doit finir après son début"),
        (["--book", "hydro_quebec/D", "--from", "1990-01-01", "--to", "1990-12-31"], "n’a pas de prix"),
    ],
)
def test_what_cannot_be_rehearsed_is_said(fanal, arguments, said):
    status, _, err = fanal("rehearse", *arguments)
    assert status == 2
    assert said in err
