"""`fanal correct-bill`: one shows and proposes, another approves or refuses; and its page, followed word for word."""

import re
import shlex
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from billing import bill_of, bill_on
from factories import Place, make_account, make_place, make_readings, make_receipt, make_subscription

from fanal.doors.desk import staff
from fanal.doors.desk.roles import Role
from fanal.records.billing import acts as billing
from fanal.records.billing import facts
from fanal.records.ledger import facts as ledger
from fanal.records.payments import facts as payments

pytestmark = pytest.mark.django_db
MAY, JULY = date(2025, 5, 1), date(2025, 6, 30)
HOW_TO = Path(__file__).parents[3] / "docs" / "how-to" / "correct-a-bill.md"


@dataclass
class Billed:
    """A house billed once, and paid; its reading was wrong."""

    place: Place
    account: int
    number: str


@pytest.fixture
def house(fanal) -> Billed:
    place, account = make_place(starts_on=MAY), make_account()
    subscription = make_subscription(point=place.point, account_id=account, starts_on=MAY)
    make_readings(place, [2_000], first_on=JULY)
    run = bill_on(JULY)
    make_receipt(account, bill_of(run, subscription).total_cents, reference="P-1")
    return Billed(place, account, facts.bill_number(int(facts.issued_bills(run)["number"][0])))


def correct_the_reading(fanal, house: Billed, index: int = 1500) -> None:
    assert fanal("reads", "--correct", house.place.number, "--meter", house.place.serial, "--date", JULY,
                 "--index", index, "--reason", "mal lu")[0] == 0  # fmt: skip


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_what_would_happen_is_shown_and_nothing_is_kept(fanal, house):
    correct_the_reading(fanal, house)
    before = ledger.balance(house.account)

    status, out, _ = fanal("correct-bill", house.number, "--by", "paul")

    assert status == 0
    assert f"facture {house.number}," in out
    assert "Écart en tout : −" in plain(out)
    assert "elle serait retenue" not in out
    assert "Article 4.5 : Elle remonte à 36 mois au plus" in plain(out)
    assert "Rien n’est inscrit" in out
    assert ledger.balance(house.account) == before
    assert "Aucune correction n’attend" in fanal("correct-bill", house.number, "--approve", "--by", "marie")[2]


def test_a_bill_is_corrected_by_two_people_and_each_document_is_said(fanal, house):
    correct_the_reading(fanal, house)
    call = ["correct-bill", house.number]
    assert "demande une raison" in fanal(*call, "--propose", "--by", "paul")[2]
    assert fanal(*call, "--propose", "--by", "paul", "--reason", "relève corrigée")[0] == 0
    assert "attend déjà" in fanal(*call, "--propose", "--by", "luc", "--reason", "relève corrigée")[2]
    assert "Une deuxième personne" in fanal(*call, "--approve", "--by", "Paul")[2]

    status, out, _ = fanal(*call, "--approve", "--by", "marie")

    assert status == 0
    assert f"facture {house.number} (" in out
    assert "note de crédit 2026-000001 (\u2212" in out
    assert "nouvelle facture 2026-000002 (" in out
    assert ledger.balance(house.account) < 0
    assert len(payments.allocations_of(house.account)) >= 1
    assert "n’est pas en vigueur" in fanal(*call, "--by", "paul")[2]
    assert "Aucune facture émise" in fanal("correct-bill", "2024-000001", "--by", "paul")[2]
    assert "n’est ni un numéro" in fanal("correct-bill", "x\udcff", "--by", "paul")[2]


def test_the_second_person_of_a_command_is_one_that_the_office_registered(fanal, house):
    who = {"given_name": "Marie", "name": "Roy", "password": "une-longue-phrase-1", "by": "paul", "on": JULY}
    staff.register_person(username="marie.roy", roles=[Role.TREASURER], **who)
    staff.register_person(username="luc.roy", roles=[Role.AUDITOR], **who)
    correct_the_reading(fanal, house)
    call = ["correct-bill", house.number]
    assert fanal(*call, "--propose", "--by", "paul", "--reason", "relève corrigée")[0] == 0

    for stranger in ("marie", "luc.roy", "Marie.Roy", "paul"):
        status, _, err = fanal(*call, "--approve", "--by", stranger)
        assert (status, "Le peuvent : marie.roy." in err) == (1, True)

    assert fanal(*call, "--approve", "--by", "marie.roy")[0] == 0


def test_a_run_takes_the_same_second_person(fanal, house):
    staff.register_person(username="marie.roy", given_name="Marie", name="Roy", roles=[Role.TREASURER],
                          password="une-longue-phrase-1", by="paul", on=JULY)  # fmt: skip
    billing.open_run(on=JULY, cycle=0, by="paul")

    assert "Le peuvent : marie.roy." in fanal("bill-run", "--on", JULY, "--approve", "--by", "luc")[2]


def test_a_correction_that_moved_since_is_refused_with_both_amounts(fanal, house):
    correct_the_reading(fanal, house)
    call = ["correct-bill", house.number]
    fanal(*call, "--propose", "--by", "paul", "--reason", "relève corrigée")
    correct_the_reading(fanal, house, 1_600)

    status, _, err = fanal(*call, "--approve", "--by", "marie")

    assert status == 1
    assert len(re.findall(r"−\d+,\d\d \$", plain(err))) == 2
    assert "dire pourquoi" in fanal(*call, "--refuse", "--by", "marie")[2].lower()
    assert fanal(*call, "--refuse", "--by", "marie", "--reason", "la relève a bougé")[0] == 0
    assert fanal(*call, "--propose", "--by", "paul", "--reason", "relève corrigée")[0] == 0
    assert fanal(*call, "--approve", "--by", "marie")[0] == 0


def test_an_extra_charge_too_far_back_is_refused_by_article_4_5(fanal, house):
    correct_the_reading(fanal, house, 2_500)

    err = fanal("correct-bill", house.number, "--propose", "--by", "paul", "--reason", "relève corrigée")[2]

    assert "sort de la période permise, qui commence le 15 juillet 2025" in plain(err)
    known = [*["correct-bill", house.number, "--propose", "--by", "paul", "--reason", "x"], "--customer-knew"]
    assert "toutes les périodes touchées" in fanal(*known)[1]


def test_the_page_is_followed_word_for_word(fanal, house):
    """The commands of the page, in its order, on this house instead of that of the demo town."""
    blocks = re.findall(r"^ *(fanal .+)$", HOW_TO.read_text("utf-8"), re.MULTILINE)
    here = {"LO-000001": house.place.number, "LX000001-1": house.place.serial, "2026-09-21": str(JULY),
            "23024": "1500", "2026-023638": house.number, "NUMÉRO": "2026-000002"}  # fmt: skip
    calls = [[here.get(word, word) for word in shlex.split(line)[1:]] for line in blocks]
    refused = [call for call in calls if "--refuse" in call]
    followed = [call for call in calls if call[0] != "bill" and "--refuse" not in call]

    said = {" ".join(call): fanal(*call) for call in followed}

    assert [(call, err) for call, (status, _, err) in said.items() if status] == []
    assert len(followed) == 5
    assert "Aucune correction n’attend" in fanal(*refused[0])[2]
