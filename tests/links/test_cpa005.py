"""Débits préautorisés as banks exchange them: the file that we write, the ones that we read, and what neither takes."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanal.links.bank.cpa005 import Debit, Originator, folded, write
from fanal.links.bank.cpa005_layout import day_of, julian
from fanal.links.bank.cpa005_reading import BYTES_MAX, CpaFile, read
from fanal.links.bank.return_codes import TABLE, Action, meaning
from fanal.values.refusal import Refused

CREATED_ON = date(2026, 12, 1)
LENGTH = 1464
SEGMENT_AT, SEGMENT = 24, 240
TOWN = Originator(
    originator_id="0123456789", short_name="Hydro Exemple", long_name="Hydro Exemple, ville d’essai",
    data_centre="81510", return_institution="081530000", return_account="123456789",
)  # fmt: skip
DEBIT = Debit(
    cents=10105, due_on=date(2026, 12, 15), institution="815", transit="30001", account="1000001",
    payor_name="Éloïse Côté-Bœuf", cross_reference="PAY-0001",
)  # fmt: skip

digits = st.characters(min_codepoint=48, max_codepoint=57)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))
debits = st.builds(
    Debit, cents=st.integers(1, 10**10 - 1), due_on=days, institution=st.text(digits, min_size=3, max_size=3),
    transit=st.text(digits, min_size=5, max_size=5), account=st.text(digits, min_size=1, max_size=12),
    payor_name=st.text(min_size=1, max_size=60).filter(folded), business=st.booleans(),
    cross_reference=st.from_regex(r"[A-Z0-9-]{1,19}", fullmatch=True),
)  # fmt: skip


def written(*asked: Debit, originator: Originator = TOWN, number: int = 42, on: date = CREATED_ON) -> bytes:
    return write(originator, file_creation_number=number, created_on=on, debits=asked)


def many(count: int) -> list[Debit]:
    return [replace(DEBIT, cents=100 + rank, cross_reference=f"PAY-{rank:04}") for rank in range(count)]


def refused(act: Callable[..., object], *given: object, **named: object) -> list[tuple[int, str]]:
    """The row and the field of each fault."""
    with pytest.raises(Refused) as caught:
        act(*given, **named)
    return [(it.row, it.field) for it in caught.value.problems]


def changed(content: bytes, line: int, at: int, said: bytes) -> bytes:
    """The file with those bytes put at a place (from 1, as the standard counts) of one of its lines."""
    lines = content.split(b"\r\n")
    lines[line - 1] = lines[line - 1][: at - 1] + said + lines[line - 1][at - 1 + len(said) :]
    return b"\r\n".join(lines)


def returned(reason: bytes = b"901", stored: bytes = b"433") -> bytes:
    """Our file of two debits, sent back as the bank does: J records, a reason, traces."""
    content = written(*many(2)).replace(b"\r\nD", b"\r\nJ")
    for rank in range(2):
        start = SEGMENT_AT + 1 + rank * SEGMENT
        content = changed(content, 2, start, reason)
        content = changed(content, 2, start + 40, b"%022d" % (9000 + rank))
        content = changed(content, 2, start + 62, stored)
        content = changed(content, 2, start + 205, b"%022d" % (7000 + rank))
    return content


@settings(max_examples=60, deadline=None)
@given(st.lists(debits, min_size=1, max_size=20, unique_by=lambda it: it.cross_reference), st.integers(1, 9999), days)
def test_what_is_written_is_read_back(asked: list[Debit], number: int, on: date) -> None:
    content = written(*asked, number=number, on=on)
    found = read(content)
    assert {len(it) for it in content.split(b"\r\n")[:-1]} == {LENGTH}
    assert (found.originator_id, found.file_creation_number, found.created_on) == ("0123456789", number, on)
    assert [
        (it.cents, it.due_on, it.institution, it.transit, it.account, it.cross_reference) for it in found.items
    ] == [(it.cents, it.due_on, it.institution, it.transit, it.account, it.cross_reference) for it in asked]
    assert [(it.kind, it.transaction_code) for it in found.items] == [
        ("D", "721" if it.business else "433") for it in asked
    ]
    assert [it.name for it in found.items] == [folded(it.payor_name)[:30].strip() for it in asked]
    assert len({it.key for it in found.items}) == len(asked)


def test_each_field_is_where_the_standard_puts_it() -> None:
    header, debit, trailer, after = written(DEBIT).decode("ascii").split("\r\n")
    assert header.rstrip() == "A0000000010123456789004202633581510" + " " * 20 + "CAD"
    assert debit[:24] == "D00000000201234567890042"
    assert debit[24:].rstrip() == (
        "433" "0000010105" "026349" "081530001" "1000001     " "0000000000000000000000" "000" "HYDRO EXEMPLE  "
        "ELOISE COTE BOEUF             " "HYDRO EXEMPLE VILLE D ESSAI   " "0123456789" "PAY-0001           "
        "081530000" "123456789   " "               " "                      " "  " "00000000000"
    )  # fmt: skip
    assert trailer.rstrip() == "Z00000000301234567890042" + "00000000010105" + "00000001" + "0" * 66
    assert after == ""


@pytest.mark.parametrize(("count", "records"), [(1, 1), (6, 1), (7, 2), (13, 3)])
def test_a_record_has_six_debits_and_the_trailer_counts_debits(count: int, records: int) -> None:
    lines = written(*many(count)).split(b"\r\n")[:-1]
    assert len(lines) == records + 2
    assert lines[-1][1:10] == b"%09d" % (records + 2)
    assert lines[-1][24:46] == b"%014d%08d" % (sum(100 + rank for rank in range(count)), count)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 1, 1), "026001"), (date(2026, 12, 31), "026365"), (date(2028, 2, 29), "028060"),
        (date(2028, 12, 31), "028366"), (date(2001, 1, 1), "001001"),
    ],
)  # fmt: skip
def test_a_day_is_the_year_and_its_rank(day: date, said: str) -> None:
    assert julian(day) == said
    assert day_of(said) == day


@pytest.mark.parametrize("said", ["026000", "026366", "028367", "126001", "26001", "0260 1", "02600²", ""])
def test_a_rank_that_the_year_has_not_is_no_day(said: str) -> None:
    assert day_of(said) is None


def test_accents_never_move_what_follows() -> None:
    assert folded("Ô’Brien-Bœuf, Đặng & fils ﬁers — ßtraße") == "O BRIEN BOEUF DANG FILS FIERS SSTRASSE"
    content = written(replace(DEBIT, payor_name="É" * 60))
    assert content.split(b"\r\n")[1][24 + 80 : 24 + 110] == b"E" * 30
    assert read(content).items[0].cross_reference == DEBIT.cross_reference


def test_lines_end_as_the_bank_asks() -> None:
    content = written(DEBIT, originator=replace(TOWN, line_ending="\n"))
    assert b"\r" not in content
    assert content.count(b"\n") == 3
    assert len(content) == 3 * (LENGTH + 1)
    assert read(content).items == read(written(DEBIT)).items


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"cents": 0}, "montant"), ({"cents": -1}, "montant"), ({"cents": 10**10}, "montant"),
        ({"institution": "81"}, "institution"), ({"institution": "8I5"}, "institution"),
        ({"institution": "٣٣٣"}, "institution"),
        ({"transit": "3000"}, "transit"), ({"transit": "300011"}, "transit"), ({"account": ""}, "compte"),
        ({"account": "1" * 13}, "compte"), ({"account": "12-34"}, "compte"),
        ({"payor_name": "’ — 黃"}, "nom du payeur"),
        ({"cross_reference": ""}, "référence"), ({"cross_reference": "P" * 20}, "référence"),
        ({"cross_reference": "pay 1"}, "référence"), ({"due_on": date(1999, 12, 31)}, "échéance"),
        ({"due_on": date(2100, 1, 1)}, "échéance"),
    ],
)  # fmt: skip
def test_a_debit_that_the_layout_cannot_hold_is_refused_by_row_and_field(wrong: dict[str, object], field: str) -> None:
    good = replace(DEBIT, cross_reference="PAY-0000")
    assert refused(written, good, replace(DEBIT, **wrong)) == [(2, field)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"originator_id": "012345678"}, "numéro de l’émetteur"),
        ({"short_name": "Hydro d’un exemple"}, "nom abrégé de l’émetteur"),
        ({"short_name": "…"}, "nom abrégé de l’émetteur"), ({"long_name": "H" * 31}, "nom de l’émetteur"),
        ({"data_centre": "8151"}, "centre de traitement"),
        ({"return_institution": "81530000"}, "institution des retours"),
        ({"return_account": "12 34"}, "compte des retours"),
    ],
)  # fmt: skip
def test_an_originator_that_the_layout_cannot_hold_is_refused(wrong: dict[str, object], field: str) -> None:
    assert refused(written, DEBIT, originator=replace(TOWN, **wrong)) == [(0, field)]


def test_a_whole_that_cannot_be_sent_is_refused() -> None:
    assert refused(written) == [(0, "débits")]
    assert refused(written, DEBIT, number=0) == refused(written, DEBIT, number=10000) == [(0, "numéro de création")]
    assert refused(written, DEBIT, on=date(1999, 1, 1)) == [(0, "date de création")]
    assert refused(written, DEBIT, replace(DEBIT, cents=5)) == [(2, "référence")]
    assert refused(written, replace(DEBIT, cents=0), replace(DEBIT, account="x")) == [
        (1, "montant"), (2, "compte"), (2, "référence"),
    ]  # fmt: skip
    too_many = [replace(DEBIT, cents=10**10 - 1, cross_reference=str(rank)) for rank in range(10_001)]
    assert refused(written, *too_many) == [(0, "débits")]
    assert written(replace(DEBIT, cents=10**10 - 1), replace(DEBIT, cents=10**10 - 1, cross_reference="B"))


@pytest.mark.parametrize(("reason", "stored"), [(b"901", b"433"), (b"433", b"901")])
def test_a_return_tells_its_reason_from_either_place(reason: bytes, stored: bytes) -> None:
    first, second = read(returned(reason, stored)).items
    assert (first.kind, first.reason, first.transaction_code, first.cents) == ("J", "901", "433", 100)
    assert (first.cross_reference, first.item_trace, first.original_trace) == (
        "PAY-0000", "0000000000000000009000", "0000000000000000007000",
    )  # fmt: skip
    assert first.key == "J|0042|0000000000000000009000|PAY-0000|901" != second.key
    assert read(returned(reason, stored)).items[0].key == first.key


def test_a_return_without_a_reason_is_left_to_a_person() -> None:
    (first, _) = read(returned(b"450", b"000")).items
    assert (first.reason, first.transaction_code, meaning(first.reason).action) == ("", "450", None)


def test_elements_that_the_bank_could_not_read_are_told() -> None:
    content = changed(returned(), 2, SEGMENT_AT + 1 + 229, b"05080000000")
    assert [it.invalid_elements for it in read(content).items] == [("05", "08"), ()]


def test_what_banks_cut_is_given_back() -> None:
    whole = written(*many(7))
    expected = read(whole)
    lines = [it.rstrip() for it in whole.split(b"\r\n")]
    assert len(lines[0]) == 58
    assert len(lines[2]) == 24 + 240
    for end in (b"\n", b"\r", b"\r\n"):
        assert read(end.join(lines)) == expected
    assert read(b"".join(whole.split(b"\r\n"))) == expected
    assert read(whole + b"\r\n\x1a") == expected
    assert read(changed(whole, 3, SEGMENT_AT + SEGMENT + 1, b"0" * (LENGTH - SEGMENT_AT - SEGMENT))) == expected


def test_each_kind_is_counted_in_its_own_total() -> None:
    lines = written(*many(7)).split(b"\r\n")
    assert sum(100 + rank for rank in range(6)) == 615
    for kind, place in ((b"C", 1), (b"I", 1), (b"E", 2), (b"F", 3)):
        totals = [b"%014d%08d" % (0, 0)] * 4
        totals[0], totals[place] = b"%014d%08d" % (106, 1), b"%014d%08d" % (615, 6)
        mixed = [lines[0], kind + lines[1][1:], lines[2], lines[3][:24] + b"".join(totals)]
        assert [it.kind for it in read(b"\n".join(mixed)).items] == [kind.decode()] * 6 + ["D"]
        totals[0], totals[place] = totals[place], totals[0]
        mixed[3] = lines[3][:24] + b"".join(totals)
        assert {row for row, _ in refused(read, b"\n".join(mixed))} == {4}


@pytest.mark.parametrize(
    ("line", "at", "said", "fault"),
    [
        (4, 25, b"00000000000001", (4, "montant D et J")), (4, 39, b"00000002", (4, "nombre D et J")),
        (4, 25, b"0000000000000X", (4, "total D et J")), (4, 61, b"00000001", (4, "nombre C et I")),
        (2, 2, b"000000009", (2, "numéro d’enregistrement")), (3, 11, b"9", (3, "émetteur")),
        (3, 24, b"3", (3, "numéro de création")), (2, 25 + 240 + 3, b"00000O0101", (2, "montant du paiement 2")),
        (2, 25 + 13, b"026367", (2, "échéance du paiement 1")), (1, 25, b"026366", (1, "date de création")),
        (1, 56, b"USD", (1, "monnaie")), (3, 1, b"X", (3, "type")), (3, 30, b"\x00", (3, "ligne")),
        (3, 1, b"Z", (3, "type")), (3, 1, b"A", (3, "type")), (1, 1, b"B", (1, "type")), (4, 1, b"D", (4, "type")),
    ],
)  # fmt: skip
def test_a_file_that_does_not_hold_together_is_refused_by_line_and_field(
    line: int, at: int, said: bytes, fault: tuple[int, str]
) -> None:
    assert fault in refused(read, changed(written(*many(7)), line, at, said))


def test_a_file_cut_short_is_refused() -> None:
    lines = written(*many(13)).split(b"\r\n")[:-1]
    for missing in range(len(lines)):
        assert refused(read, b"\r\n".join(lines[:missing] + lines[missing + 1 :]))
    assert refused(read, b"") == refused(read, b"\r\n \r\n") == [(0, "")]


def test_letters_of_western_europe_are_read_and_no_digit_is_taken_for_another() -> None:
    content = written(DEBIT)
    name_at = SEGMENT_AT + 81
    assert read(changed(content, 2, name_at, "CÔTÉ\u00a0ÈVE  ".encode("latin-1"))).items[0].name == "CÔTÉ ÈVE  E BOEUF"
    assert refused(read, changed(content, 2, SEGMENT_AT + 13, "²".encode("latin-1"))) == [(2, "montant du paiement 1")]


def test_a_file_that_no_bank_sends_is_refused_before_it_is_read() -> None:
    with pytest.raises(Refused, match="64 Mo"):
        read(b"\n" * (BYTES_MAX + 1))


def test_a_notice_of_change_is_told_as_not_read() -> None:
    content = written(DEBIT)
    notice = b"S" + content.split(b"\r\n")[1][1:]
    found = read(content + notice + b"\r\n")
    assert [(it.row, it.field) for it in found.unread] == [(4, "type")]
    assert len(found.items) == 1
    assert refused(read, b"U" + notice[1:] + b"\n" + notice + b"\nV") == [(0, "")]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_bytes_make_the_reader_fail_otherwise_than_by_a_refusal(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([returned(), written(*many(8)), b"", b"A" * 3000])))
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(content)))
        taken = data.draw(st.integers(0, 30))
        content[at : at + taken] = data.draw(st.one_of(st.binary(max_size=30), st.just(b"0" * taken), st.just(b"\xb2")))
    try:
        found = read(bytes(content))
    except Refused as refusal:
        problems = refusal.problems
    else:
        assert isinstance(found, CpaFile)
        problems = list(found.unread)
    assert all(it.reason and it.worded("en", str) for it in problems)


def test_each_code_has_what_is_done_of_it() -> None:
    by_action = {action: {code for code, it in TABLE.items() if it.action is action} for action in (*Action, None)}
    assert by_action == {
        Action.RETRY_ONCE: {"901", "908"},
        Action.MEND: {"900", "902", "904", "909", "912", "914"},
        Action.SUSPEND: {"905", "907", "910", "911"},
        Action.DISPUTE: {"903", *map(str, range(915, 922))},
        None: {"922", "990"},
    }
    assert meaning("999").action is None
    assert meaning("999").code == "999"
    assert meaning("999").words


def sample(name: str) -> bytes:
    """A file that another program wrote."""
    path = Path(os.environ.get("FANAL_SHARED", ""), "data", "samples", name)
    if not path.is_file():
        pytest.skip("les fichiers d’exemple ne sont pas là : FANAL_SHARED doit désigner leur dossier")
    return path.read_bytes()


def test_the_debits_that_another_program_wrote_are_read() -> None:
    content = sample("cpa005/cityssm_eftgen_debit_8seg.txt")
    assert refused(read, content) == [(4, "nombre D et J")]  # it counts records: the standard counts payments
    found = read(changed(content, 4, 39, b"00000008"))
    assert [(it.cents, it.account, it.cross_reference) for it in found.items] == [
        (10005 + 100 * rank, f"{1000000 + rank:09}", f"CPT{100000 + rank}") for rank in range(1, 9)
    ]
    assert {it.due_on for it in found.items} == {date(2026, 12, 1)}


def test_we_write_the_bytes_of_the_shaped_debits() -> None:
    content = sample("synthetic/cpa005_debit_433_8payments.txt")
    found = read(content)
    again = [
        Debit(
            cents=it.cents, due_on=it.due_on or CREATED_ON, institution=it.institution, transit=it.transit,
            account=it.account, payor_name=it.name, cross_reference=it.cross_reference,
        )
        for it in found.items
    ]  # fmt: skip
    named = replace(TOWN, long_name="HYDRO EXEMPLE VILLE DE TEST")
    assert written(*again, originator=named, on=found.created_on) == content


def test_the_shaped_returns_are_read() -> None:
    found = read(sample("synthetic/cpa005_returned_debits_J.txt"))
    assert [(it.kind, it.reason, it.cents, it.cross_reference) for it in found.items] == [
        ("J", "901", 10205, "CPT100002"), ("J", "905", 10505, "CPT100005"),
    ]  # fmt: skip


def test_the_codes_are_those_of_the_standard() -> None:
    lines = sample("cpa005/cpa_codes.csv").decode().splitlines()
    codes = {it.split(",")[1] for it in lines if it.startswith("return,")}
    assert codes | {"904"} == TABLE.keys()
    hydro = [it.split(",")[1] for it in lines if "Hydro Bill" in it]
    assert hydro == ["433", "721"]
