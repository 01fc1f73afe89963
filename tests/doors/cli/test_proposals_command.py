"""`fanal books --propose` and what follows: two people, what it touches, refusals in sentences."""

from datetime import date
from pathlib import Path

import pytest

from fanal.doors.cli import rate
from fanal.doors.desk import staff
from fanal.doors.desk.roles import Role
from fanal.law.tariffs.shelf import PARAMETERS
from fanal.records.billing import shelf
from tests.books import as_file
from tests.factories import make_place, make_subscription

pytestmark = pytest.mark.django_db

SOURCE = PARAMETERS / "hydro_quebec" / "D.toml"
ON = ("--on", "2026-03-01")


@pytest.fixture
def dearer(tmp_path: Path) -> Path:
    """Rate D whose last price is another, from its own day on."""
    text = SOURCE.read_text("utf-8")
    last = text.rindex("[[version]]")
    return as_file(tmp_path, SOURCE, text[last:], text[last:].replace('price = "', 'price = "1', 1))


def test_a_book_is_proposed_by_one_and_activated_by_another(fanal, dearer):
    place = make_place()
    make_subscription(point=place.point)
    status, out, err = fanal("books", "--propose", dearer, "--by", "paul", "--note", "résolution 2026-12", *ON)
    assert (status, err) == (0, "")
    assert "dès le 1er avril 2026" in out
    assert "→" in out
    assert "servis à ce tarif" in out
    number = out.split()[0]
    assert "hydro_quebec/D" in fanal("books", "--proposals")[1]
    status, _, err = fanal("books", "--activate", number, "--by", "Paul", *ON)
    assert (status, "deuxième personne" in err) == (1, True)
    status, out, _ = fanal("books", "--activate", number, "--by", "marie", *ON)
    assert status == 0
    assert "Livre hydro_quebec/D activé." in out
    assert shelf.in_force("hydro_quebec/D").versions[-1].from_on == date(2026, 4, 1)
    assert "activé, marie" in fanal("books", "--proposal", number)[1]


def test_a_book_is_activated_by_somebody_whom_the_office_registered(fanal, dearer):
    staff.register_person(username="marie.roy", given_name="Marie", name="Roy", roles=[Role.TREASURER],
                          password="une-longue-phrase-1", by="paul", on=date(2026, 3, 1))  # fmt: skip
    number = fanal("books", "--propose", dearer, "--by", "paul", "--note", "essai", *ON)[1].split()[0]

    assert "Le peuvent : marie.roy." in fanal("books", "--activate", number, "--by", "marie", *ON)[2]
    assert fanal("books", "--activate", number, "--by", "marie.roy", *ON)[0] == 0


def test_a_proposal_is_withdrawn_with_a_reason(fanal, dearer):
    _, out, _ = fanal("books", "--propose", dearer, "--by", "paul", "--note", "essai", *ON)
    number = out.split()[0]
    assert fanal("books", "--withdraw", number, "--by", "paul", *ON)[0] == 1
    status, out, _ = fanal("books", "--withdraw", number, "--by", "paul", "--reason", "erreur", *ON)
    assert (status, "retirée" in out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--propose", "absent.toml", "--by", "paul", "--note", "x"], "ne se lit pas"),
        (["--propose", str(SOURCE), "--by", "paul", "--note", "x"], "rien n’y changerait"),
        (["--propose", str(SOURCE), "--note", "x"], "Dire qui agit"),
        (["--proposal", "999999"], "n’existe pas"),
        (["--activate", "999999", "--by", "marie"], "n’existe pas"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(fanal, arguments, said):
    status, _, err = fanal("books", *arguments)
    assert status == 1
    assert said in err


def test_a_spoilt_file_is_refused_with_its_key(fanal, tmp_path):
    spoilt = as_file(tmp_path, SOURCE, 'proration = "days"', 'proration = "weeks"')
    status, _, err = fanal("books", "--propose", spoilt, "--by", "paul", "--note", "x")
    assert status == 1
    assert "hydro_quebec/D.toml : proration" in err


def test_past_prices_are_changed_only_when_it_is_said(fanal, dearer):
    late = ("--on", "2026-06-01")
    status, _, err = fanal("books", "--propose", dearer, "--by", "paul", "--note", "x", *late)
    assert (status, "rétroactif" in err) == (1, True)
    assert fanal("books", "--propose", dearer, "--by", "paul", "--note", "x", "--retroactive", *late)[0] == 0


def test_no_proposal_is_said_so(fanal):
    assert "Aucun livre n’a été proposé." in fanal("books", "--proposals")[1]


def test_an_activated_book_is_shown_and_rated_with_where_the_office_is_asked(fanal, dearer):
    _, out, _ = fanal("books", "--propose", dearer, "--by", "paul", "--note", "résolution 2026-12", *ON)
    fanal("books", "--activate", out.split()[0], "--by", "marie", *ON)
    shipped, office = (fanal("books", "hydro_quebec/D", *more)[1] for more in ([], ["--in-force"]))
    activated = shelf.in_force("hydro_quebec/D")
    assert activated.digest in office
    assert activated.digest not in shipped
    assert "hydro_quebec/D " in fanal("books", "--in-force")[1]

    asked = {"book": "hydro_quebec/D", "from": "2026-05-01", "to": "2026-06-30", "kwh": 1000}
    nets = []
    for find in (rate.finder(in_force=False), rate.finder(in_force=True)):
        [answer] = rate.replies([asked], find)
        nets.append(answer["net"])
    assert nets[0] != nets[1]
