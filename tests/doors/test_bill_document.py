"""A printed bill says the stored cents, adds up, and says the same when it is printed again."""

import argparse
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import billed
import pytest

from fanal.doors.bills import document, print_bill, print_bills
from fanal.doors.bills.finding import NoSuchBill, bill_id_named
from fanal.doors.cli import bill as bill_command
from fanal.doors.cli import explain as explain_command
from fanal.links.print.contract import PrintedBill
from fanal.links.print.render import payload
from fanal.links.print.slip import luhn_holds
from fanal.reports.bill_shelf import stories
from fanal.reports.explanation_steps import number_of
from fanal.values import wording

pytestmark = pytest.mark.django_db
COLD = {(year, month): -10 * month for year in (2025, 2026) for month in range(1, 13)}


@pytest.fixture(scope="module")
def printed_at_once() -> dict[int, PrintedBill]:
    """What each bill said on the day it was issued."""
    return {}


@pytest.fixture(scope="module")
def town(
    django_db_setup: None, django_db_blocker: Any, printed_at_once: dict[int, PrintedBill]
) -> Iterator[billed.Billed]:
    def keep(ids: list[int]) -> None:
        printed_at_once.update(zip(ids, document.documents(stories(ids), COLD), strict=True))

    with billed.rolled_back(django_db_blocker):
        yield billed.build(keep)


@pytest.fixture
def _no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    for command in (bill_command, explain_command):
        monkeypatch.setattr(command, "open_office", lambda: None)


def every(town: billed.Billed) -> list[tuple[Any, PrintedBill]]:
    told = stories([*town.bills(), *town.bills(kind=1)])
    return list(zip(told, document.documents(told, COLD), strict=True))


def of(town: billed.Billed, shape: str, kind: int = 0) -> list[PrintedBill]:
    return document.documents(stories(town.bills(shape, kind)), COLD)


def cents(text: str) -> int:
    """« − 1 234,56 $ » and "−$1,234.56" in cents."""
    digits = re.sub(r"[^\d]", "", text)
    return -int(digits) if "−" in text else int(digits)


def faults(bill: PrintedBill) -> list[str]:
    """What does not add up on a printed bill."""
    lines = sum(cents(line.amount) for section in bill.sections for line in section.lines)
    taxes = sum(cents(tax.amount) for tax in bill.taxes)
    before = cents(bill.balance[-1].amount) if bill.balance else 0
    to_pay = (*[it.amount for it in bill.instalments], bill.total)[0]
    found = {
        "net": lines == cents(bill.net),
        "total": cents(bill.net) + taxes + before == cents(bill.total),
        "balance": not bill.balance or sum(cents(it.amount) for it in bill.balance[:-1]) == before,
        "instalments": not bill.instalments or sum(cents(it.amount) for it in bill.instalments) == cents(bill.total),
        "slip": not bill.slip or cents(bill.slip.amount) == cents(to_pay),
        "blocks": all(sum(block.width for block in bar.blocks) == 1000 for bar in bill.blocks),
        "change": bill.change is None or not bill.change.parts or change_adds_up(bill),
    }
    return [name for name, holds in found.items() if not holds]


def change_adds_up(bill: PrintedBill) -> bool:
    assert bill.change
    difference = cents(bill.change.now_amount) - cents(bill.change.then_amount)
    return sum(cents(part.amount) for part in bill.change.parts) == difference


def test_every_bill_adds_up_to_its_stored_total(town: billed.Billed) -> None:
    for story, bill in every(town):
        assert faults(bill) == [], bill.number
        assert cents(bill.net) == story.net_cents
        asked = story.total_cents if bill.kind == "credit_note" else story.asked_cents
        assert cents(bill.total) == asked


def test_a_planted_cent_is_seen(town: billed.Billed) -> None:
    (bill, *_) = of(town, "house")
    line = bill.sections[0].lines[0]
    wrong = replace(line, amount="1,00 $")
    section = replace(bill.sections[0], lines=(wrong, *bill.sections[0].lines[1:]))

    assert faults(replace(bill, sections=(section, *bill.sections[1:]))) == ["net"]
    assert faults(replace(bill, total="1,00 $")) != []


def test_a_bill_printed_again_says_what_it_said(town: billed.Billed, printed_at_once: dict[int, PrintedBill]) -> None:
    again = document.documents(stories(list(printed_at_once)), COLD)

    assert printed_at_once
    for before, after in zip(printed_at_once.values(), again, strict=True):
        assert asdict(after) == asdict(before)


def test_the_same_bill_gives_the_same_bytes(town: billed.Billed, tmp_path: Path) -> None:
    bill_id = town.bills("house")[0]
    first = print_bill(bill_id)
    printed = print_bills([bill_id], tmp_path, workers=1)

    assert printed.count == 1
    assert printed.paths[0].read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == [f"{number_of(stories([bill_id])[0])}.pdf"]


def test_a_price_change_cuts_the_lines_in_two_headed_sections(town: billed.Billed) -> None:
    cut = next(bill for bill in of(town, "house") if len(bill.sections) > 1)

    assert [section.heading for section in cut.sections] == [bar.heading for bar in cut.blocks]
    assert all("jours" in section.heading for section in cut.sections)
    assert any("répartis selon les jours" in note for note in cut.meter_notes)


def test_a_block_says_its_multiplication(town: billed.Billed) -> None:
    step = of(town, "house")[0].blocks[0].steps[0]

    assert step.operation.replace("\u00a0", " ") == "40 kWh × 63 jours"
    assert step.result.replace("\u00a0", " ") == "2 520 kWh"


def test_a_late_bill_offers_two_instalments_in_english(town: billed.Billed) -> None:
    late = next(bill for bill in of(town, "english") if bill.instalments)

    assert late.language == "en"
    assert late.slip
    assert late.slip.amount == late.instalments[0].amount
    assert late.account.rate == "Rate D, domestic"


def test_estimates_are_flagged_then_taken_back_by_the_real_reading(town: billed.Billed) -> None:
    bills = of(town, "chain")
    estimated = [bill for bill in bills if bill.estimated]
    settled = bills[-1]

    assert len(estimated) == 2
    assert all(bill.meters[0].reads[0].estimated for bill in estimated)
    assert settled.sections[-1].lines[0].label.startswith("Déjà facturé d’après l’estimation du")
    assert settled.messages
    assert "estimés" in settled.meter_notes[0]


def test_a_bill_that_counts_again_shows_its_own_days_says_what_it_recounts_and_compares_no_amount(
    town: billed.Billed,
) -> None:
    for story, bill in every(town):
        if story.kind or not story.settles_id:
            continue
        own = wording.days((story.to_on - story.from_on).days, "fr")
        again = wording.days(story.days, "fr")
        assert bill.days == own != again
        assert bill.sections[0].heading.startswith("Recompte depuis la relève du")
        assert bill.sections[0].heading.endswith(again)
        assert any(again in message for message in bill.messages)
        assert bill.change is None
        assert bill.not_compared


def test_a_price_part_names_its_day(town: billed.Billed) -> None:
    labels = [part.label for _, bill in every(town) if bill.change for part in bill.change.parts]
    prices = [label for label in labels if label.startswith(("Les prix", "Prices"))]

    assert prices
    assert all(re.search(r"20\d\d$", label) for label in prices)


def test_an_exchange_shows_both_meters_and_a_roll_over_says_so(town: billed.Billed) -> None:
    exchanged = next(bill for bill in of(town, "exchange") if len(bill.meters) > 1)
    rolled = [note for bill in of(town, "roll_over") for note in bill.meter_notes if "tour de son cadran" in note]

    assert [meter.detail.split(" ")[0] for meter in exchanged.meters] == ["posé", "retiré"]
    assert len(rolled) == 1


def test_power_shows_its_reads_and_the_share_of_the_winter_peak(town: billed.Billed) -> None:
    summer = of(town, "mill")[-1]
    labels = [result.label.replace("\u00a0", " ") for result in summer.meters[0].results]

    assert any("× 40" in label for label in labels)
    assert any("65 %" in label for label in labels)
    assert any("kW à facturer" in text.replace("\u00a0", " ") for text in summer.consumption)


def test_lamps_have_no_meter_and_no_bars(town: billed.Billed) -> None:
    bill = of(town, "lamps")[-1]

    assert (bill.meters, bill.months, bill.consumption, bill.next_read) == ((), (), (), "")
    assert "12 luminaires de 100 W" in bill.meter_notes[0].replace("\u00a0", " ")


def test_a_correction_prints_a_credit_note_and_the_bill_that_replaces(town: billed.Billed) -> None:
    (note,) = of(town, "house", kind=1)
    corrected = of(town, "house")[-1]

    assert (note.kind, note.state, note.slip) == ("credit_note", "credit", None)
    assert note.refers_to == corrected.refers_to
    assert not any("−" in line.how for section in note.sections for line in section.lines)
    assert note.reason == "L’index avait été mal lu."
    assert any("Note de crédit" in line.label for line in corrected.balance)


def test_what_is_overdue_and_what_is_credited_are_said(town: billed.Billed) -> None:
    owing, paying = of(town, "dwellings")[-1], of(town, "shop")[-1]

    assert owing.overdue
    assert owing.overdue_since
    assert (paying.state, paying.slip) == ("credit", None)


def test_the_slip_holds_the_account_the_amount_and_nothing_personal(town: billed.Billed) -> None:
    for story, bill in every(town):
        if bill.slip:
            account, amount, _, _ = bill.slip.scan_line.split("  ")
            assert luhn_holds(account)
            assert int(amount) == cents(bill.slip.amount)
            assert story.account_number not in bill.slip.qr
            assert bill.account.number.replace(" ", "").replace("-", "") == account


def test_the_bars_carry_the_temperatures_that_are_known(town: billed.Billed) -> None:
    told = stories(town.bills("house")[-1:])

    assert all(month.temperature for month in document.documents(told, COLD)[0].months)
    assert not any(month.temperature for month in document.documents(told)[0].months)


def test_every_document_can_be_given_to_the_template(town: billed.Billed) -> None:
    for _, bill in every(town):
        assert json.loads(payload(bill))["number"] == bill.number


def test_a_bill_is_found_by_its_number_or_by_its_run_and_subscription(town: billed.Billed) -> None:
    (story,) = stories(town.bills("house")[:1])

    assert bill_id_named(number_of(story)) == story.id
    assert bill_id_named(f"{story.run_id}:{story.subscription_id}") == story.id
    for unknown in ("1999-000001", "999999:1", f"{story.run_id}:999999", "bonjour"):
        with pytest.raises(NoSuchBill):
            bill_id_named(unknown)


@pytest.mark.usefixtures("_no_office")
def test_the_commands_answer_and_refuse_in_french(
    town: billed.Billed, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (story,) = stories(town.bills("house")[:1])
    asked = {"bill": number_of(story), "line": 1, "due": False, "held": False, "lang": "fr", "json": True}
    assert explain_command.run(argparse.Namespace(**asked)) == 0
    assert json.loads(capsys.readouterr().out)["about"]["line"] == 1

    assert explain_command.run(argparse.Namespace(**asked | {"line": 77})) == 1
    assert "n’a pas de ligne 77" in capsys.readouterr().err

    output = tmp_path / "facture.pdf"
    assert bill_command.run(argparse.Namespace(bill=number_of(story), output=output)) == 0
    assert output.read_bytes().startswith(b"%PDF")
    assert bill_command.run(argparse.Namespace(bill="1999-000001", output=output)) == 1
    assert "Aucune facture émise" in capsys.readouterr().err


def test_a_computed_bill_is_not_printed(town: billed.Billed) -> None:
    (story,) = stories(town.bills("house")[:1])

    with pytest.raises(ValueError, match="n’est pas émise"):
        document.documents([replace(story, issue=None)])


def test_the_price_effect_is_what_the_same_use_costs_more(town: billed.Billed) -> None:
    parts = [part for _, bill in every(town) if bill.change for part in bill.change.parts]
    prices = [part for part in parts if part.label.startswith(("Les prix", "Prices"))]

    assert prices
    assert all(Decimal(cents(part.amount)) for part in prices)


def test_a_bill_is_addressed_as_canada_post_asks(town: billed.Billed) -> None:
    blocks = [bill.account.address for _story, bill in every(town)]

    assert blocks
    assert [it for it in blocks if not re.fullmatch(r"[A-ZÀ-Ý' -]+ QC  [A-Z][0-9][A-Z] [0-9][A-Z][0-9]", it[-1])] == []
    assert {line for it in blocks for line in it if line != line.upper() or re.search(r"[.,()]", line)} == set()
