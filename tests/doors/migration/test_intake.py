"""The export of an old system is received whole, whatever the order, the spelling and the form of its columns."""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction
from towns import Town, small_town

from fanal.doors.migration import intake
from fanal.records.takeover import facts
from fanal.records.takeover.kinds import KINDS
from fanal.values.refusal import Refused

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 1)
TOWN = Path(os.environ.get("FANAL_SHARED", "/nowhere")) / "town"


def received(folder: Path) -> int:
    mapping = intake.read_mapping(None)
    return intake.receive(folder=folder, mapping=mapping, by="reprise", on=TODAY).export_id


def rows(kind: str, export_id: int, columns: str = "*") -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM ({facts.rows(kind, export_id)}) AS staged ORDER BY line")
        return cursor.fetchall()


def counts(export_id: int) -> dict[str, tuple[int, int, int, int]]:
    return {it.kind: (it.rows, it.ready, it.aside, it.refused) for it in facts.files(export_id) if it.rows}


def flaws(export_id: int) -> dict[tuple[str, str], str]:
    return {(kind, code): standing for kind, code, standing in facts.flaw_counts(export_id)}


def test_a_small_town_is_received_and_its_rows_add_up(tmp_path):
    export = received(small_town().write(tmp_path))

    assert counts(export)["customers"] == (2, 2, 0, 0)
    assert counts(export)["readings"] == (6, 6, 0, 0)
    assert counts(export)["bills"] == (2, 2, 0, 0)
    assert counts(export)["bill_lines"] == (4, 4, 0, 0)
    assert flaws(export) == {}


@pytest.mark.parametrize("days", ["AAAA-MM-JJ", "AAAAMMJJ"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_order_spelling_days_and_packing_change_nothing_of_what_is_understood(tmp_path, seed, days):
    plain = received(small_town().write(tmp_path / "plain"))
    other = received(small_town().write(tmp_path / "other", seed=seed, days=days, packed=("customers", "bills")))

    assert plain != other
    for kind, it in KINDS.items():
        columns = ", ".join(["line", "key", "digest", *(column.name for column in it.columns)])
        assert rows(kind, plain, columns) == rows(kind, other, columns), kind


def spoilt(folder: Path, change: Callable[[str], str], encoding: str = "cp1252") -> Path:
    """Every text of the folder rewritten."""
    for path in folder.iterdir():
        path.write_bytes(change(path.read_bytes().decode("cp1252")).encode(encoding))
    return folder


VARIANTS = {
    "an old Macintosh: lines end by CR alone": (lambda text: text.replace("\r\n", "\r"), "cp1252"),
    "a Unix in UTF-8 with its mark": (lambda text: text.replace("\r\n", "\n"), "utf-8-sig"),
    "a spreadsheet: blanks around cells, amounts in thousands with a sign, a separator behind": (
        lambda text: text if ";" not in text else text.replace("81,11", " 81,11 $ ").replace(";", " ; ").replace(
            "\r\n", ";\r\n"), "utf-8"),
    "blank lines before the headers and at the end": (
        lambda text: text if ";" not in text else f"\r\n{text}\r\n", "cp1252"),
}  # fmt: skip


@pytest.mark.parametrize("variant", [pytest.param(it, id=name) for name, it in VARIANTS.items()])
def test_a_town_written_by_another_machine_is_understood_alike(tmp_path, variant):
    change, encoding = variant
    plain = received(small_town().write(tmp_path / "plain"))
    other = received(spoilt(small_town().write(tmp_path / "other"), change, encoding))

    assert flaws(other) == {}
    for kind, it in KINDS.items():
        columns = ", ".join(["key", *(column.name for column in it.columns)])
        assert rows(kind, plain, columns) == rows(kind, other, columns), kind


def test_a_sign_lost_in_a_name_puts_the_customer_aside_and_the_column_is_named(tmp_path):
    folder = small_town().write(tmp_path)
    path = folder / "clients.txt"
    path.write_bytes(path.read_bytes().decode("cp1252").replace("Côté", "C#té").encode().replace(b"C#", b"C\xf4"))

    export = received(folder)

    assert flaws(export) == {("customers", "UNREADABLE_SIGN"): "ASIDE"}
    (flaw,) = facts.flaws(export)
    assert (flaw.line, flaw.evidence["column"]) == (2, "name")
    assert rows("customers", export, "name") == [("C\ufffdté",), ("Gagné",)]


def test_cells_become_days_cents_and_our_codes(tmp_path):
    export = received(small_town().write(tmp_path))

    assert rows("payments", export, "number, received_on, amount, channel")[0] == (
        "0000001", date(2026, 10, 20), 8111, "BANK",
    )  # fmt: skip
    assert rows("bill_lines", export, "quantity, price, amount")[0] == (61_000, 461_540, 2815)
    assert rows("subscriptions", export, "equal_payments, ends_on")[0] == (False, None)


def test_a_note_keeps_its_separator_its_quotes_and_its_backslash(tmp_path):
    town = small_town()
    said = 'chien; dit "Rex" \\ gentil {oui}, NULL'
    town.rows["premises"][0]["note"] = said
    town.rows["premises"][1]["note"] = "NULL"

    export = received(town.write(tmp_path))

    assert [note for (note,) in rows("premises", export, "note")] == [said, "NULL"]


def test_a_last_line_cut_short_is_refused_and_counted(tmp_path):
    folder = small_town().write(tmp_path)
    file = folder / "paiements.txt"
    file.write_bytes(file.read_bytes()[: -len("-20;81,11;BQ;\r\n")])

    export = received(folder)

    assert counts(export)["payments"] == (2, 1, 0, 1)
    assert flaws(export) == {("payments", "TRUNCATED_LINE"): "REFUSED"}


def test_a_whole_last_line_without_its_end_is_one_row_and_noted(tmp_path):
    folder = small_town().write(tmp_path)
    file = folder / "paiements.txt"
    file.write_bytes(file.read_bytes().removesuffix(b"\r\n"))

    export = received(folder)

    assert counts(export)["payments"] == (2, 2, 0, 0)
    assert flaws(export) == {("payments", "UNENDED_LINE"): "NOTED"}


def test_a_cell_that_cannot_be_read_puts_its_row_aside_and_the_others_stay(tmp_path):
    town = small_town()
    town.rows["payments"][0]["amount"] = "douze"
    town.rows["meters"][1]["dials"] = ""

    export = received(town.write(tmp_path))

    assert counts(export)["payments"] == (2, 1, 1, 0)
    assert flaws(export) == {("payments", "UNREADABLE_CELL"): "ASIDE", ("meters", "EMPTY_CELL"): "ASIDE"}


@pytest.mark.parametrize(
    ("kind", "column", "cell"),
    [
        ("meters", "dials", "99"), ("meters", "dials", "2"), ("meters", "serial", "G" * 31),
        ("meters", "multiplier", "99999999999"), ("meters", "multiplier", "0"),
        ("readings", "index", "999999999999999999"), ("readings", "demand_kw", "999999999999,999"),
        ("subscriptions", "quantity", "99999999999"), ("subscriptions", "quantity", "-4"),
        ("subscriptions", "number", "1" * 21),
        ("premises", "dwellings", "-2"), ("premises", "dwellings", "999999"),
        ("premises", "civic_number", "1" * 21), ("premises", "street", "r" * 101),
        ("customers", "name", "N" * 201), ("customers", "given_name", "N" * 101), ("meters", "model", "M" * 31),
        ("payments", "amount", "3 4,00"), ("payments", "amount", "10000000000,00"),
        ("payments", "amount", "-10000000000,00"),
        ("readings", "index", "12 34"), ("meters", "installed_index", "1 2345"),
        ("payments", "note", "n" * 201), ("payments", "received_on", "0001-02-03"),
        ("payments", "received_on", "1949-12-31"), ("subscriptions", "starts_on", "0001-01-01"),
    ],
)  # fmt: skip
def test_a_cell_beyond_what_its_column_holds_puts_its_row_aside(tmp_path, kind, column, cell):
    town = small_town()
    town.rows[kind][0][column] = cell

    export = received(town.write(tmp_path))

    assert flaws(export) == {(kind, "UNREADABLE_CELL"): "ASIDE"}
    assert counts(export)[kind][2] == 1
    intake.examine(export_id=export, by="reprise", on=TODAY)


def test_a_day_that_means_unknown_is_empty_and_noted(tmp_path):
    town = small_town()
    town.rows["customers"][0]["created_on"] = "1900-01-01"

    export = received(town.write(tmp_path))

    assert counts(export)["customers"] == (2, 2, 0, 0)
    assert flaws(export) == {("customers", "UNKNOWN_DAY"): "NOTED"}
    assert rows("customers", export, "created_on") == [(None,), (date(2010, 5, 1),)]


def test_the_same_files_again_are_there_already(tmp_path):
    folder = small_town().write(tmp_path)
    mapping = intake.read_mapping(None)
    first = intake.receive(folder=folder, mapping=mapping, by="reprise", on=TODAY)
    again = intake.receive(folder=folder, mapping=mapping, by="reprise", on=TODAY)

    assert (again.export_id, again.already) == (first.export_id, True)
    assert len(facts.exports()) == 1


def test_the_control_file_says_whose_export_it_is_and_until_when(tmp_path):
    town = small_town()
    town.control = ["HVILLE DE VAL-DES-PINS                   CONTROLE DE FIN DE PERIODE   2026-10-31", "Z         1"]
    known = facts.export(received(town.write(tmp_path)))

    assert known is not None
    assert (known.town, known.as_of) == ("VILLE DE VAL-DES-PINS", date(2026, 10, 31))


def test_a_missing_column_or_file_is_told_by_name(tmp_path):
    folder = small_town().write(tmp_path)
    (folder / "abonnements.txt").unlink()
    with pytest.raises(Refused, match=r"Le fichier abonnements\.txt manque"):
        received(folder)

    folder = small_town().write(tmp_path)
    file = folder / "clients.txt"
    file.write_bytes(file.read_bytes().replace(b"NOM;", b"SURNOM;", 1))
    with pytest.raises(Refused, match=r"Ligne 1, clients\.txt, en-têtes : La colonne NOM ou NOM_FAMILLE manque\."):
        received(folder)
    assert facts.exports() == []


def test_the_database_refuses_counts_that_do_not_add_up(tmp_path):
    export = received(small_town().write(tmp_path))

    with pytest.raises(IntegrityError, match="rows_add_up"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE takeover_exportfile SET aside = aside + 1 WHERE export_id = %s", [export])


def test_every_kind_can_be_read_as_a_relation_even_without_a_row(tmp_path):
    export = received(Town().write(tmp_path))

    for kind in KINDS:
        assert rows(kind, export) == []


@pytest.mark.skipif(not TOWN.is_dir(), reason="the synthetic town is not there")
def test_the_synthetic_town_is_understood_row_by_row():
    export = received(TOWN)

    said = dict(rows("control_files", export, "file, rows"))
    found = {it.name.removesuffix(".gz"): it.rows for it in facts.files(export) if it.name[:4] not in ("fact", "cont")}
    assert found == {name: lines for name, lines in said.items() if name in found}
    assert counts(export)["bills"][0] == said["factures.txt (E)"]
    assert counts(export)["payments"][3] == 1
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT sum(total) FROM ({facts.ready('bills', export)}) AS staged")
        (billed,) = cursor.fetchone()
    intake.examine(export_id=export, by="reprise", on=TODAY)
    assert {it.kind: it.ready + it.aside + it.refused for it in facts.files(export)} == {
        it.kind: it.rows for it in facts.files(export)
    }
    assert {code for _, code, _ in facts.flaw_counts(export)} >= {
        "DUPLICATE_CUSTOMER", "HOMONYM", "DECEASED_CUSTOMER", "BANKRUPT_CUSTOMER", "BAD_POSTAL_CODE", "BAD_EMAIL",
        "OVERLAPPING_BY_A_DAY", "ORPHAN_PAYMENT", "ONE_CENT_BILL", "ROLL_OVER", "NEGATIVE_USE", "UNKNOWN_METER",
        "OLD_PREMISES", "NEVER_BILLED", "STOPPED_METER", "LATE_EXCHANGE", "CREDIT_ON_CLOSED_ACCOUNT", "MISSING_HOUR",
        "BAD_ENDED_BANK_ACCOUNT", "TRUNCATED_LINE", "UNKNOWN_DAY", "CROSSED_METERS",
        "TRANSPOSED_READING", "WRONG_MULTIPLIER", "USE_DROPPED", "LOST_BEHIND_TRANSFORMER",
    }  # fmt: skip
    assert [(billed,)] == [(it,) for label, it in rows("control_totals", export, "label, amount")
                           if label == "FACTURATION CUMULATIVE"]  # fmt: skip


def test_an_export_of_which_the_examination_was_interrupted_was_not_received(tmp_path):
    folder = small_town().write(tmp_path)
    asked = {"folder": folder, "mapping": intake.read_mapping(None), "by": "reprise", "on": TODAY}

    def interrupted(title: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        intake.take_in(**asked, checked=interrupted)
    assert facts.exports() == []

    checks: list[str] = []
    assert not intake.take_in(**asked, checked=checks.append).already
    assert intake.take_in(**asked, checked=checks.append).already
    assert len(checks) == len(set(checks)) > 0  # examined once
