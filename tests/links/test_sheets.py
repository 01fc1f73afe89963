"""Files of reads, payments and appliances: a sample in, the objects expected; refused lines back as they came."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanal.links.bank import receipts_csv
from fanal.links.bank.receipts_csv import TypedReceipt
from fanal.links.meters import appliances_csv, readings_csv
from fanal.links.meters.appliances_csv import TypedAppliance
from fanal.links.meters.readings_csv import TypedReading
from fanal.values.check_digit import luhn_digit
from fanal.values.refusal import Refused
from fanal.values.wording import money

DAY = date(2026, 11, 16)
READS = (
    "Point;Compteur;Registre;Date;Index;Source\r\n100001;A1;;2026-11-16;98600;\r\n\r\n"
    "7;C 1;KVA;2026-11-16;5,2;\r\n7;C 1;kWh-peak;2026-11-16;9;\r\n"
)
RECEIPTS = 'référence,mode,montant,date,compte\nA-1,BANQUE,"1 234,56 $",2026-11-15,0000 000 018\n'
APPLIANCES = "appareil;nombre;watts;heures\nplinthe;4;1000;2,5\n"


def test_a_file_of_reads_is_what_was_typed() -> None:
    found = readings_csv.decode(READS.encode("cp1252"))

    assert found.refused == []
    assert found.lines == [2, 4, 5]
    assert found.rows == [
        TypedReading(
            point="100001", meter="A1", register=("kWh", "total"), read_on=DAY, index="98600", source="employé"
        ),
        TypedReading(point="7", meter="C 1", register=("kVA", "total"), read_on=DAY, index="5,2", source="employé"),
        TypedReading(point="7", meter="C 1", register=("kWh", "peak"), read_on=DAY, index="9", source="employé"),
    ]  # fmt: skip


def test_a_file_of_payments_is_what_was_received() -> None:
    (row,) = receipts_csv.decode(RECEIPTS.encode()).rows

    assert row == TypedReceipt(
        account="0000000018", received_on=date(2026, 11, 15), cents=123_456, channel="institution financière",
        reference="A-1",
    )  # fmt: skip


def test_a_file_of_appliances_is_what_was_seen() -> None:
    (row,) = appliances_csv.decode(APPLIANCES.encode()).rows

    assert row == TypedAppliance(name="plinthe", count=4, watts=1000, hours_day=Decimal("2.5"))


def test_refused_lines_come_back_as_they_came_with_their_reasons() -> None:
    found = readings_csv.decode(b"index;point;compteur;date\n1;2;3;hier\n4;5;6;2026-11-16\n7;8\n")
    again = found.with_reasons(found.refused).decode("utf-8-sig").splitlines()

    assert again[0] == "index;point;compteur;date;motif"
    assert again[1].startswith('1;2;3;hier;"ligne 2, date : « hier »') or again[1].startswith(
        "1;2;3;hier;ligne 2, date"
    )
    assert again[2].startswith("7;8;;;")
    assert len(again) == 3
    assert [it.row for it in readings_csv.decode(found.with_reasons(found.refused)).refused] == [2, 3, 3]


@given(st.integers(1, 99_999_999_999))
def test_an_amount_reads_back_however_it_is_written(cents: int) -> None:
    plain = f"{cents // 100}.{cents % 100:02d}"
    written = [plain, plain.replace(".", ",")] + ([money(cents)] if cents < 10**11 else [])

    assert {receipts_csv.cents(it) for it in written} == {cents}


@pytest.mark.parametrize(
    "text", ["1,234.56", "12 34,00", "1.234", "-5", "0,00", "5 €", "１２", "1e3", "1 234 567 890,00"]
)
def test_what_is_not_an_amount_received_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        receipts_csv.cents(text)


@pytest.mark.usefixtures("in_dong")
def test_an_amount_received_in_dong_has_no_decimals() -> None:
    assert {receipts_csv.cents(it) for it in ("98400", "98 400", "98 400 ₫", money(98_400))} == {98_400}
    for wrong in ("984,00", "98.400", "98 400 $", "0"):
        with pytest.raises(ValueError, match=r"12 345|0\s₫"):
            receipts_csv.cents(wrong)


@given(st.integers(0, 999_999_999), st.integers(0, 9), st.integers(1, 9))
def test_a_figure_typed_for_another_in_an_account_number_is_seen(account: int, place: int, shift: int) -> None:
    number = f"{account:09d}" + luhn_digit(f"{account:09d}")
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]

    assert receipts_csv.account(number) == number
    with pytest.raises(ValueError, match="mal tapé"):
        receipts_csv.account(wrong)


@given(st.binary(max_size=300))
def test_whatever_the_bytes_a_table_is_read_or_refused(content: bytes) -> None:
    for codec in (readings_csv, receipts_csv, appliances_csv):
        headers = ";".join(getattr(codec, "COLUMNS", readings_csv.NEEDED))
        for start in (b"", headers.encode() + b"\n"):
            try:
                found = codec.decode(start + content)
            except Refused:
                continue
            assert len(found.rows) + len({it.row for it in found.refused}) == len(found.came)
