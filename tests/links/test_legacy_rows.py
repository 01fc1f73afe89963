"""Files as old systems and spreadsheets write them: whatever the encoding, the ends of lines and the stray cells."""

import gzip
import tracemalloc
from pathlib import Path

import pytest

from fanal.links.legacy import mapping, rows
from fanal.links.legacy.rows import Misread
from fanal.links.legacy.writing import BLOCK_BYTES
from fanal.records.takeover.kinds import columns
from fanal.values.refusal import Refused

TEXT = """{said}
[files.a]
names = ["a.txt"]
kind = "owners"
needed = true
columns = {{ customer = ["CLIENT"], premises = ["LIEU"], note = ["NOTE"] }}
"""
HEADER = "CLIENT;LIEU;NOTE\r\n"


def read(
    folder: Path, content: bytes, said: str = "", needed: bool = True
) -> tuple[list[tuple[int, str | None]], list[Misread]]:
    """The lines with their notes, and the faults, of a file of owners."""
    text = TEXT.format(said=said) if needed else TEXT.format(said=said).replace("needed = true\n", "")
    told = mapping.read(text.encode(), columns())
    folder.joinpath("a.txt").write_bytes(content)
    (found,), _ = rows.find(folder, told)
    _, blocks = rows.read(*found, told)
    notes, faults = [], []
    for block in blocks:
        notes += list(zip(block.lines, block.columns[5], strict=True))
        faults += block.faults
    return notes, faults


def many(note: str, count: int) -> str:
    return "".join(f"1;2;{note}\r\n" for _ in range(count))


def codes(faults: list[Misread]) -> list[tuple[int, str]]:
    return [(it.line, it.code) for it in faults]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_a_file_tells_its_encoding_itself(tmp_path, encoding):
    notes, faults = read(tmp_path, f"{HEADER}1;2;Hôtel\r\n3;4;Noël\r\n".encode(encoding))

    assert (notes, faults) == ([(2, "Hôtel"), (3, "Noël")], [])


def test_a_file_in_plain_letters_for_megabytes_and_then_in_utf8_is_utf8(tmp_path):
    count = 2 * BLOCK_BYTES // 8
    notes, faults = read(tmp_path, (HEADER + many("ici", count) + "1;2;Hôtel\r\n").encode())

    assert (notes[-1], faults) == ((count + 2, "Hôtel"), [])


def test_one_bad_byte_does_not_spoil_a_file_in_utf8_and_its_row_is_named(tmp_path):
    content = (HEADER + many("Hôtel Noël", 40)).encode() + b"1;2;caf\xe9\r\n" + "5;6;Zoé\r\n".encode()

    notes, faults = read(tmp_path, content)

    assert [notes[0], notes[-2], notes[-1]] == [(2, "Hôtel Noël"), (42, "caf\ufffd"), (43, "Zoé")]
    assert [(it.line, it.code, it.column) for it in faults] == [(42, "UNREADABLE_SIGN", "note")]


def test_a_file_in_cp1252_is_not_taken_for_utf8_because_of_one_chance_pair(tmp_path):
    notes, _ = read(tmp_path, (HEADER + many("Hôtel", 40) + "1;2;Ã©\r\n").encode("cp1252"))

    assert (notes[0], notes[-1]) == ((2, "Hôtel"), (42, "Ã©"))


def test_the_encoding_that_the_mapping_states_is_believed_and_a_contradiction_is_told(tmp_path):
    content = f"{HEADER}1;2;ici\r\n1;2;Hôtel\r\n".encode()

    notes, faults = read(tmp_path, content, 'encoding = "cp1252"')

    assert notes[-1] == (3, "HÃ´tel")
    assert codes(faults) == [(3, "OTHER_ENCODING")]
    assert str(faults[0].why) == "La correspondance dit cp1252, et le fichier se lit en UTF-8."


def test_a_file_that_is_not_the_utf8_that_the_mapping_states_is_told_and_each_row_named(tmp_path):
    _, faults = read(tmp_path, f"{HEADER}1;2;Hôtel\r\n1;2;Noël\r\n".encode("cp1252"), 'encoding = "utf-8"')

    assert sorted(codes(faults)) == [(2, "OTHER_ENCODING"), (2, "UNREADABLE_SIGN"), (3, "UNREADABLE_SIGN")]


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_lines_may_end_as_on_any_system(tmp_path, end):
    content = f"{HEADER}1;2;ici\r\n3;4;là\r\n".replace("\r\n", end).encode()

    assert read(tmp_path, content) == ([(2, "ici"), (3, "là")], [])


def test_lines_are_counted_over_blocks_whatever_ends_them(tmp_path):
    count = 3 * BLOCK_BYTES // 8
    notes, faults = read(tmp_path, f"{HEADER}{many('ici', count)}".replace("\r\n", "\r").encode())

    assert ([line for line, _ in notes], faults) == (list(range(2, count + 2)), [])


def test_blank_lines_before_the_headers_and_empty_cells_behind_the_last_say_nothing(tmp_path):
    notes, faults = read(tmp_path, f"\r\n  \r\n{HEADER}1;2; ici  ;;\r\n3;4;;; \r\n5;6;là;7\r\n".encode())

    assert notes == [(4, "ici"), (5, None)]
    assert codes(faults) == [(6, "UNREADABLE_LINE")]
    assert str(faults[0].why) == "La ligne a 4 cases au lieu de 3."


def test_a_separator_within_quotes_is_of_the_cell_and_an_open_quote_is_told(tmp_path):
    notes, faults = read(tmp_path, f'{HEADER}1;2;"un; ""deux"""\r\n1;2;"trois\r\n'.encode())

    assert notes == [(2, 'un; "deux"')]
    assert codes(faults) == [(3, "UNREADABLE_LINE")]


def test_the_same_header_twice_is_refused_and_a_column_more_is_passed_over(tmp_path):
    with pytest.raises(Refused, match="LIEU et lieu disent la même chose"):
        read(tmp_path, b"CLIENT;LIEU;NOTE;lieu\r\n")

    assert read(tmp_path, b"NEUF;NOTE;LIEU;CLIENT;NEUF\r\n9;ici;2;1;9\r\n") == ([(2, "ici")], [])


def test_an_empty_file_is_refused_where_it_is_needed_and_has_no_row_elsewhere(tmp_path):
    with pytest.raises(Refused, match=r"Le fichier a\.txt est vide"):
        read(tmp_path, b"")

    assert read(tmp_path, b"\r\n", needed=False) == ([], [])
    assert read(tmp_path, HEADER.encode()) == ([], [])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEADER.encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04 classeur", "classeur"),
        (gzip.compress(HEADER.encode() * 100)[:-20], "tronquée"),
        (b"\x1f\x8b rien", "abîmée"),
        (HEADER.encode() + b"1" * 3_000_000, "ce n’est pas un fichier de lignes"),
    ],
    ids=["UTF-16", "a workbook", "a cut archive", "no archive", "one endless line"],
)
def test_what_is_no_text_is_refused_by_name(tmp_path, content, said):
    with pytest.raises(Refused, match=rf"a\.txt.*{said}"):
        read(tmp_path, content)


def test_a_packed_file_is_known_by_its_bytes_whatever_its_name(tmp_path):
    assert read(tmp_path, gzip.compress(f"{HEADER}1;2;ici\r\n".encode())) == ([(2, "ici")], [])


def test_memory_is_of_the_block_whatever_the_size_of_the_file(tmp_path):
    told = mapping.read(TEXT.format(said="").encode(), columns())
    peaks = []
    for blocks_count in (2, 10):
        text = HEADER + many("Hôtel " * 100, blocks_count * BLOCK_BYTES // 600)
        (tmp_path / "a.txt").write_bytes(gzip.compress(text.encode("cp1252"), 1))
        (found,), _ = rows.find(tmp_path, told)
        tracemalloc.start()
        _, blocks = rows.read(*found, told)
        assert sum(len(block.lines) for block in blocks) == blocks_count * BLOCK_BYTES // 600
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < 1.3 * peaks[0]
