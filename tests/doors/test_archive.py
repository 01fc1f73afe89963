"""One archive of everything: verified without Fanal, each tampering found, read back to the same records."""

import csv
import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from databases import clone, point_to
from django.contrib.auth.models import User
from django.db import connection, connections, transaction
from django.test.utils import setup_databases
from forgeries import TAMPERINGS, Rows, one_posting_less
from test_demo_town import TODAY, build, rows

from fanal.doors.archive import reading, writing
from fanal.doors.cli import main
from fanal.doors.desk import staff
from fanal.doors.desk.roles import Role
from fanal.records import tables
from fanal.records.customers import acts as customers
from fanal.records.elsewhere import acts as elsewhere_acts
from fanal.records.ledger import acts as ledger
from fanal.records.payments.debit_facts import REFERENCE
from fanal.records.subscriptions import acts as subscriptions
from fanal.records.subscriptions import merging
from fanal.records.takeover.kinds import KINDS
from fanal.records.takeover.models import Export, ExportFile, Known, StagedRow
from fanal.reports import invariants
from fanal.values.refusal import Refused

WHO = {"by": "anselme", "on": TODAY}
PASSWORD = "quatre-saisons-dehors"
PDF_SINCE = TODAY  # those of the last run: enough to know that they come


@pytest.fixture(scope="module")
def empty(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of the migrated test database."""
    with django_db_blocker.unblock():
        if not connection.settings_dict["NAME"].startswith("test_"):  # no test asked for `db` itself
            setup_databases(verbosity=0, interactive=False, keepdb=True)
        yield connection.settings_dict["NAME"]


@pytest.fixture(scope="module")
def town(empty: str, tmp_path_factory: Any) -> Iterator[str]:
    """A small town with its people and a closed period, in its own database."""
    with clone(empty, f"{empty}_leaving") as name:
        point_to(name)
        build(tmp_path_factory.mktemp("factures"))
        staff.register_person(
            username="anselme.roy", given_name="Anselme", name="Roy", roles=[Role.ADMINISTRATOR, Role.BILLING],
            password=PASSWORD, **WHO,
        )  # fmt: skip
        taken_over()
        merged()
        ledger.close_period(through_on=TODAY.replace(year=2025, month=12, day=31), **WHO)
        yield name
        point_to(empty)


def taken_over() -> None:
    """An account that another system billed, 114,97 $, and that paid 14,97 $ of it: the rest is owed."""
    given = dict(zip(("account", "day"), (*ledger.open_accounts(count=1, **WHO), TODAY), strict=True))
    elsewhere_acts.keep(
        what="bills",
        parameters=given,
        query="SELECT %(account)s::bigint AS account_id, 'A-1' AS number, 0::bigint AS subscription_id, 'BILL' AS kind,"
        " %(day)s::date AS issued_on, %(day)s::date AS due_on, %(day)s::date - 60 AS from_on, %(day)s::date AS to_on,"
        " 'DOM' AS tariff, 900000::bigint AS kwh, 10000::bigint AS net_cents, 500::bigint AS gst_cents,"
        " 997::bigint AS qst_cents, 11497::bigint AS total_cents",
    )
    elsewhere_acts.keep(
        what="payments",
        parameters=given,
        query="SELECT %(account)s::bigint AS account_id, 'P-1' AS number, %(day)s::date AS received_on,"
        " 1497::bigint AS amount_cents, 'GUI' AS channel",
    )
    elsewhere_acts.keep(
        what="lines",
        parameters=given,
        query="SELECT %(account)s::bigint AS account_id, 'A-1' AS number, 1::smallint AS line, 'EN1' AS component,"
        " %(day)s::date - 60 AS from_on, %(day)s::date AS to_on, 900000::bigint AS quantity, 111111::bigint AS price,"
        " 10000::bigint AS amount_cents",
    )
    _promised(given)
    _received(given)
    _debited(given)
    _given_back(given)
    _reviewed(given)
    elsewhere_acts.open_balances(
        parameters=given,
        query="SELECT %(account)s::bigint AS account_id, 1200::smallint AS ledger_account_id, %(day)s::date AS on_date,"
        " %(day)s::date AS due_on, 'A-1' AS number, 10000::bigint AS cents",
        **WHO,
    )


def _promised(given: dict[str, Any]) -> None:
    """Its deposit of 50 $, its arrangement of three times 30 $, and the day when the other system ended."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO elsewhere_handover (subscription_id, account_id, number, last_bill, to_on, issued_on)"
            " SELECT 0, %(account)s, '77', 'A-1', %(day)s, %(day)s", given)  # fmt: skip
        cursor.execute(
            "INSERT INTO elsewhere_undertaking"
            " (account_id, kind, number, starts_on, ends_on, live, amount_cents, terms)"
            " SELECT %(account)s, 'DEPOSIT', 'D-1', %(day)s, NULL::date, true, 5000, '{}'::jsonb"
            " UNION ALL SELECT %(account)s, 'ARRANGEMENT', 'E-1', %(day)s, %(day)s + 90, true, 3000,"
            " '{\"total_cents\": 9000, \"count\": 3}'"
            " UNION ALL SELECT %(account)s, 'DEBIT', '|1', %(day)s, NULL, true, 0,"
            " '{\"institution\": \"815\", \"transit\": \"20001\", \"bank_account\": \"1234567\"}'", given)  # fmt: skip
        cursor.execute(
            "INSERT INTO elsewhere_pastnotice (account_id, number, kind, on_date, amount_cents)"
            " SELECT %(account)s, 'N-1', 'LATE', %(day)s, 11497", given)  # fmt: skip
    elsewhere_acts.open_balances(
        parameters=given,
        query="SELECT %(account)s::bigint AS account_id, 2410::smallint AS ledger_account_id, %(day)s::date AS on_date,"
        " %(day)s::date AS due_on, 'D-1' AS number, -5000::bigint AS cents",
        **WHO,
    )


def _received(given: dict[str, Any]) -> None:
    """What the other system handed over, from which that account was loaded."""
    day = given["day"]
    handed = {
        "bills": {"number": "A-1", "account": "77", "type": "BILL", "issued_on": day, "from_on": day - timedelta(60),
                  "to_on": day, "tariff": "DOM", "kwh": 900, "net": 10000, "gst": 500, "qst": 997, "total": 11497},
        "bill_lines": {"bill": "A-1", "rank": 1, "component": "EN1", "quantity": 900000, "price": 111111,
                       "amount": 10000},
        "payments": {"number": "P-1", "account": "77", "received_on": day, "amount": 1497, "channel": "GUI"},
        "deposits": {"number": "D-1", "account": "77", "received_on": day, "amount": 5000,
                     "status": "HELD"},
        "deposits again": {"number": "D-2", "account": "77", "received_on": day, "amount": 3000,
                           "status": "HELD"},
        "arrangements": {"number": "E-1", "account": "77", "agreed_on": day, "total": 9000, "count": 3,
                         "instalment": 3000, "status": "RUNNING"},
        "equal_payments": {"account": "77", "starts_on": day, "instalment": 6200, "debit_day": 20,
                           "status": "ACTIVE"},
        "debits": {"account": "77", "institution": "815", "transit": "20001", "bank_account": "1234567",
                   "status": "ACTIVE"},
        "notices": {"number": "N-1", "account": "77", "type": "LATE", "sent_on": day, "amount": 11497},
    }  # fmt: skip
    export = Export.objects.create(
        town="Val-des-Pins", digest="0" * 64, mapping_digest="0" * 64, directory="exportation", staged_on=day,
        staged_by="anselme", loaded_on=day, loaded_by="anselme", state=Export.State.LOADED,
    )  # fmt: skip
    for name, cells in handed.items():
        kind = name.removesuffix(" again")
        told = {"name": f"{name}.txt", "kind": kind, "digest": "0" * 64, "rows": 1, "loaded": 1}
        file = ExportFile.objects.create(export=export, **told)
        fields = [str(cells[it.name]) if it.name in cells else None for it in KINDS[kind].columns]
        row = {"key": cells.get("number", "|1"), "digest": UUID(int=file.pk)}
        StagedRow.objects.create(file_id=file.pk, line=2, raw="", fields=fields, **row)
        Known.objects.create(kind=kind, **row)


def _debited(given: dict[str, Any]) -> None:
    """Two instalments of its plan in a batch that another person released: the bank takes them later."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # its account has no subscription
        cursor.execute(
            "INSERT INTO payments_debitbatch (from_on, to_on, again, prepared_by, prepared_on, held, state) VALUES"
            " (%(day)s, %(day)s + 60, false, 'anselme', %(day)s, '[]', 'PREPARED') RETURNING id", given)  # fmt: skip
        given = {**given, "batch": cursor.fetchone()[0]}
        cursor.execute(
            "INSERT INTO payments_debit (batch_id, account_id, kind, number, due_on, attempt, debited_on, told_on,"
            " account_ends, prepared_cents, cents, state) SELECT %(batch)s, %(account)s, 'EQUAL_PAYMENTS',"
            " %(day)s::text, %(day)s + days, 1, %(day)s + days, %(day)s, '567', 4000, 4000, 'PREPARED'"
            " FROM (VALUES (20), (50)) away (days) RETURNING id", given)  # fmt: skip
        given["content"] = "".join(REFERENCE.format(it) for (it,) in cursor.fetchall()).encode()
        cursor.execute("UPDATE payments_debit SET state = 'RELEASED' WHERE batch_id = %(batch)s", given)
        cursor.execute(
            "UPDATE payments_debitbatch SET state = 'RELEASED', decided_by = 'seconde', decided_on = %(day)s,"
            " file_rank = 1, debits = 2, cents = 8000, content = %(content)s, sha256 = sha256(%(content)s)"
            " WHERE id = %(batch)s", given)  # fmt: skip


def merged() -> None:
    """Three records of one person, one merged into the next; a fourth that was merged and is no longer."""
    ways = [customers.NewContact(kind="PHONE", value="819 555-0110")]
    new = customers.NewCustomer(kind="PERSON", name="Zworykin", contacts=ways)
    ids = customers.register_customers(customers=[new] * 4, **WHO)
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM subscriptions_subscription")
        subscriptions.add_holder(subscription_id=cursor.fetchone()[0], customer_id=ids[0], **WHO)
    for kept_id, merged_id in ((ids[1], ids[0]), (ids[2], ids[1]), (ids[2], ids[3])):
        made = merging.propose_merge(kept_id=kept_id, merged_id=merged_id, signs=["name"], **WHO)
        merging.confirm_merge(merge_id=made, by="seconde", on=WHO["on"])
    merging.undo_merge(merge_id=made, reason="deux sœurs", **WHO)


def _given_back(given: dict[str, Any]) -> None:
    """Another deposit, of 30 $, that went back with 12 cents of interest."""
    told = (
        "INSERT INTO elsewhere_undertaking (account_id, kind, number, starts_on, live, amount_cents, terms)"
        " SELECT %(account)s, 'DEPOSIT', 'D-2', %(day)s, true, 3000, '{}'",
        "INSERT INTO elsewhere_depositentry (account_id, number, what, on_date, from_on, to_on, deposit_cents,"
        " interest_cents, entered_by) SELECT %(account)s, 'D-2', 'RETURN', %(day)s, %(day)s, %(day)s, 3000, 12, 'x'",
        "INSERT INTO elsewhere_promiseend (account_id, kind, number, ended_on, asked_on, reason, ended_by,"
        " recorded_on) SELECT %(account)s, 'DEPOSIT', 'D-2', %(day)s, %(day)s, 'RETURNED', 'x', %(day)s",
        "INSERT INTO ledger_posting (account_id, kind, source, line, on_date, ledger_account_id, debit_cents,"
        " credit_cents) SELECT %(account)s, 7, (SELECT max(id) FROM elsewhere_depositentry), line, %(day)s, code,"
        " debit, credit FROM (VALUES (1, 2410, 3000, 0), (2, 5310, 12, 0), (3, 1200, 0, 3012))"
        " side (line, code, debit, credit)",
    )
    elsewhere_acts.open_balances(
        parameters=given,
        query="SELECT %(account)s::bigint AS account_id, 2410::smallint AS ledger_account_id, %(day)s::date AS on_date,"
        " %(day)s::date AS due_on, 'D-2' AS number, -3000::bigint AS cents",
        **WHO,
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # its account has no subscription
        for statement in told:
            cursor.execute(statement, given)


def _reviewed(given: dict[str, Any]) -> None:
    """Equal payments of 62 $ that a review replaced by others of 69 $."""
    told = (
        "INSERT INTO elsewhere_undertaking (account_id, kind, number, starts_on, live, amount_cents, terms)"
        " SELECT %(account)s, 'EQUAL_PAYMENTS', %(day)s::text, %(day)s, true, 6200, '{\"debit_day\": 20}'",
        "INSERT INTO elsewhere_undertaking (account_id, kind, number, starts_on, live, amount_cents, terms)"
        " SELECT %(account)s, 'EQUAL_PAYMENTS', 'R-1', %(day)s::date + 1, true, 6900,"
        " jsonb_build_object('debit_day', 20, 'replaces', %(day)s::text)",
        "INSERT INTO elsewhere_planreview (account_id, number, replaced_by, month_on, from_on, year_cents,"
        " balance_cents, instalment_cents, reason, reviewed_by, recorded_on) SELECT %(account)s, %(day)s::text,"
        " 'R-1', %(day)s, %(day)s::date + 1, 80000, 2800, 6900, 'x', 'x', %(day)s",
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # its account has no subscription
        for statement in told:
            cursor.execute(statement, given)


@pytest.fixture(scope="module")
def archive(town: str, tmp_path_factory: Any) -> Path:
    """The archive of that town, in a folder."""
    target = tmp_path_factory.mktemp("archives") / "ville"
    writing.export_all(target, pdf_since=PDF_SINCE, **WHO)
    return target


@pytest.fixture
def altered(archive: Path, tmp_path: Path) -> Path:
    """A copy of the archive, to alter."""
    return Path(shutil.copytree(archive, tmp_path / "copie"))


def verified(archive: Path) -> tuple[int, str]:
    """What the verifier of an archive answers: another Python, that sees neither Fanal nor its packages."""
    told = subprocess.run(
        [sys.executable, "-I", "-S", str(archive / "verify.py")], capture_output=True, text=True, check=False,
        cwd="/", env={"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    return told.returncode, told.stdout + told.stderr


def change(archive: Path, table: str, alter: Callable[[Rows], None]) -> None:
    """Alter the rows of a table, then seal the archive again: a forger would."""
    path = archive / "tables" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    count, names = len(rows), list(rows[0])
    alter(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    manifest = json.loads((archive / "manifeste.json").read_text("utf-8"))
    for it in manifest["tables"]:
        it["rows"] += (len(rows) - count) * (it["table"] == table)
    (archive / "manifeste.json").write_text(json.dumps(manifest), encoding="utf-8")
    seal(archive)


def seal(archive: Path) -> None:
    sums = archive / "SHA256SUMS"
    names = [line[66:] for line in sums.read_text("utf-8").splitlines()]
    digests = [hashlib.sha256((archive / name).read_bytes()).hexdigest() for name in names]
    sums.write_text("".join(f"{it}  {name}\n" for it, name in zip(digests, names, strict=True)), encoding="utf-8")


# ── what it holds ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_archive_is_verified_by_a_python_that_has_neither_fanal_nor_any_package(archive: Path) -> None:
    status, said = verified(archive)

    assert (status, "Tout est juste." in said) == (0, True), said
    assert "NON INTERPRÉTÉ" not in said
    assert not (archive / "__pycache__").exists()


def test_it_holds_every_table_and_the_rows_of_each(archive: Path) -> None:
    manifest = json.loads((archive / "manifeste.json").read_text("utf-8"))

    assert {it["table"] for it in manifest["tables"]} == {it.name for it in tables.tables()}
    for it in manifest["tables"]:
        with (archive / it["file"]).open(encoding="utf-8", newline="") as file, connection.cursor() as cursor:
            cursor.execute(next(t.count for t in tables.tables() if t.name == it["table"]))
            assert (len(list(csv.reader(file))) - 1, it["rows"]) == (it["rows"], cursor.fetchone()[0])


def test_the_dictionary_tells_each_column_with_its_type_and_its_keys(archive: Path) -> None:
    with (archive / "dictionnaire.csv").open(encoding="utf-8", newline="") as file:
        told = {(it["table"], it["column"]): it for it in csv.DictReader(file)}

    assert told.keys() == {(table.name, column.name) for table in tables.tables() for column in table.columns}
    assert told["metering_reading", "value"]["meaning"] == "thousandths of the dial's unit"
    assert told["billing_line", "bill_id"]["key"] == "clé, → billing_bill.id"
    assert told["billing_line", "amount_cents"]["unit"] == "cents"
    assert told["customers_contact", "customer_id"]["key"] == "→ customers_customer.id"
    assert [it for it, row in told.items() if not row["type"]] == []


def test_it_holds_the_books_the_figures_and_the_bills_as_they_were_printed(archive: Path) -> None:
    assert {it.name.split("-")[2] for it in (archive / "livres").iterdir()} >= {"D", "G", "M"}
    assert (archive / "chiffres" / "canada" / "gst.toml").is_file()
    printed = list((archive / "pdf").rglob("*.pdf"))
    assert len(printed) == len(writing.leaving.issued_since(PDF_SINCE)) > 0
    assert all(it.read_bytes().startswith(b"%PDF") for it in printed)


def test_no_secret_leaves(archive: Path) -> None:
    everything = b"".join(it.read_bytes() for it in archive.rglob("*") if it.is_file() and it.suffix != ".pdf")

    assert b"argon2" not in everything
    assert not (archive / "tables" / "django_session.csv").exists()
    assert not (archive / "tables" / "mfa_authenticator.csv").exists()


# ── the same records, the same bytes ─────────────────────────────────────────────────────────────────────────────────


def test_two_archives_of_the_same_records_are_the_same_bytes(town: str, archive: Path, tmp_path: Path) -> None:
    first = writing.export_all(tmp_path / "a.zip", pdf_since=PDF_SINCE, **WHO)
    second = writing.export_all(tmp_path / "b.zip", pdf_since=PDF_SINCE, **WHO)

    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.digest == hashlib.sha256((archive / "SHA256SUMS").read_bytes()).hexdigest()
    assert zipfile.ZipFile(first.path).testzip() is None


def test_what_is_done_meanwhile_is_not_in_it(town: str, archive: Path, tmp_path: Path) -> None:
    def work_goes_on(_size: int) -> None:
        if not opened:
            opened.extend(other.submit(lambda: ledger.open_accounts(count=1, **WHO)).result())

    opened: list[int] = []
    with clone(town, f"{town}_meanwhile") as name, ThreadPoolExecutor(1) as other:
        point_to(name)
        writing.export_all(tmp_path / "ville", pdf_since=PDF_SINCE, progress=work_goes_on, **WHO)
        other.submit(connections.close_all).result()
        assert rows("SELECT count(*) FROM ledger_account WHERE id = ANY(%s)", opened) == [(1,)]
        point_to(town)

    assert (tmp_path / "ville" / "SHA256SUMS").read_bytes() == (archive / "SHA256SUMS").read_bytes()


def test_an_archive_in_one_file_is_verified_as_it_is(town: str, archive: Path, tmp_path: Path) -> None:
    packed = writing.export_all(tmp_path / "ville.zip", pdf_since=writing.NONE, **WHO)

    told = subprocess.run(
        [sys.executable, "-I", "-S", str(archive / "verify.py"), str(packed.path)], capture_output=True, text=True
    )
    assert told.returncode == 0, told.stdout
    assert packed.pdfs == 0


def test_what_was_printed_before_a_stop_is_not_printed_again(town: str, archive: Path, tmp_path: Path) -> None:
    begun = tmp_path / f"suite{writing.UNFINISHED}"
    shutil.copytree(archive / "pdf", begun / "pdf")
    (begun / "tables").mkdir()
    (begun / "tables" / "a_table_of_before.csv").write_text("x")
    before = {it.name: it.stat().st_ino for it in (begun / "pdf").rglob("*.pdf")}

    writing.export_all(tmp_path / "suite", pdf_since=PDF_SINCE, **WHO)

    assert {it.name: it.stat().st_ino for it in (tmp_path / "suite" / "pdf").rglob("*.pdf")} == before
    assert (tmp_path / "suite" / "SHA256SUMS").read_bytes() == (archive / "SHA256SUMS").read_bytes()


def test_a_name_that_is_taken_is_refused(town: str, archive: Path) -> None:
    with pytest.raises(Refused, match="existe déjà"):
        writing.export_all(archive, pdf_since=writing.NONE, **WHO)


# ── what the verifier finds ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_forgery_sealed_again_is_found(altered: Path, name: str) -> None:
    table, alter, fault = TAMPERINGS[name]
    change(altered, table, alter)

    status, said = verified(altered)

    assert (status, fault in said) == (1, True), said


def test_a_balance_that_is_not_the_sum_of_its_postings_is_found(altered: Path) -> None:
    path = altered / "soldes.csv"
    lines = path.read_text("utf-8").splitlines()
    lines[3] += "1"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    seal(altered)

    status, said = verified(altered)

    assert (status, "son solde n'est pas la somme de ses écritures" in said) == (1, True), said


def test_a_file_altered_lost_or_added_is_found(altered: Path) -> None:
    path = altered / "tables" / "customers_customer.csv"
    path.write_bytes(path.read_bytes().replace(b"a", b"e", 1))
    next((altered / "pdf").rglob("*.pdf")).unlink()
    (altered / "de-plus.txt").write_text("x")

    status, said = verified(altered)

    assert status == 1
    assert "customers_customer.csv : l'empreinte n'est pas" in said
    assert ".pdf : absent" in said
    assert "de-plus.txt : n'est pas dans SHA256SUMS" in said


def test_an_archive_that_cannot_be_read_to_its_end_is_told_in_a_sentence(altered: Path) -> None:
    (altered / "tables" / "metering_reading.csv").unlink()

    status, said = verified(altered)

    assert status == 1
    assert "tables/metering_reading.csv : absent" in said
    assert "elle ne se lit pas jusqu'au bout" in said
    assert "Traceback" not in said


def test_a_book_that_says_something_unknown_is_told_and_never_passes(altered: Path) -> None:
    def say_more(rows: Rows) -> None:
        for it in rows:
            content = json.loads(it["content"]) | {"moon": "full"}
            it["content"] = json.dumps(content)
            canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
            it["digest"] = hashlib.sha256(canonical.encode()).hexdigest()

    change(altered, "billing_book", say_more)

    status, said = verified(altered)

    assert status == 1
    assert "NON INTERPRÉTÉ" in said
    assert "« moon », inconnu de ce vérificateur" in said
    assert "Factures refaites de leurs livres : 0" in said


# ── read back ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def elsewhere(empty: str, town: str) -> Iterator[str]:
    """A new database, with its tables and nothing else."""
    with clone(empty, f"{empty}_arrived") as name:
        point_to(name)
        yield name
        point_to(town)


def digests() -> dict[str, str]:
    with connection.cursor() as cursor:
        return {it.name: tables.digest(cursor, it) for it in tables.tables()}


def test_an_archive_read_back_is_the_same_database(archive: Path, town: str, elsewhere: str, tmp_path: Path) -> None:
    point_to(town)
    before = digests()
    point_to(elsewhere)

    assert main(["import-archive", str(archive), "--by", "anselme"]) == 0

    assert digests() == before
    assert [it.code for it in invariants.verify() if it.count] == []
    again = writing.export_all(tmp_path / "encore", pdf_since=PDF_SINCE, **WHO)
    assert (again.path / "SHA256SUMS").read_bytes() == (archive / "SHA256SUMS").read_bytes()


def test_the_owner_of_the_tables_reads_an_archive_back_without_being_superuser(archive: Path, elsewhere: str) -> None:
    owner = f"{elsewhere}_owner"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{owner}" NOSUPERUSER')
        try:
            for (table,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"):
                cursor.execute(f'ALTER TABLE "{table}" OWNER TO "{owner}"')
            cursor.execute(f'SET SESSION AUTHORIZATION "{owner}"')

            reading.read_back(archive, **WHO)

            assert rows("SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user") == [(owner, False)]
            assert rows("SELECT count(*) FROM billing_bill")[0][0] > 100
        finally:
            cursor.execute("RESET SESSION AUTHORIZATION")
            cursor.execute(f'REASSIGN OWNED BY "{owner}" TO CURRENT_USER')
            cursor.execute(f'DROP ROLE "{owner}"')


def test_the_records_go_on_where_they_were(archive: Path, elsewhere: str) -> None:
    reading.read_back(archive, **WHO)

    (opened,) = ledger.open_accounts(count=1, **WHO)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM ledger_account")
        assert cursor.fetchone()[0] == opened
        cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'")
        assert cursor.fetchone()[0] == 0


def test_people_come_back_with_their_roles_and_no_password(archive: Path, elsewhere: str) -> None:
    reading.read_back(archive, **WHO)

    known = {it.username: it for it in staff.everybody()}
    assert set(known["anselme.roy"].roles) == {Role.ADMINISTRATOR, Role.BILLING}
    user = User.objects.get(username="anselme.roy")
    assert not user.check_password(PASSWORD)
    assert not user.has_usable_password()
    staff.change_password(username="anselme.roy", password="une-autre-saison", **WHO)
    assert User.objects.get(username="anselme.roy").check_password("une-autre-saison")


def test_a_database_that_has_served_takes_no_archive(archive: Path, town: str) -> None:
    before = digests()

    with pytest.raises(Refused, match="a déjà servi"):
        reading.read_back(archive, **WHO)

    assert digests() == before


def test_an_altered_archive_loads_nothing(altered: Path, elsewhere: str) -> None:
    path = altered / "tables" / "payments_receipt.csv"
    path.write_bytes(path.read_bytes().replace(b"2026-", b"2025-", 1))

    with pytest.raises(Refused, match="payments_receipt"):
        reading.read_back(altered, **WHO)

    with connection.cursor() as cursor:
        assert tables.is_empty(cursor)
        cursor.execute("SELECT count(*) FROM customers_customer")
        assert cursor.fetchone()[0] == 0


def test_the_guards_of_what_can_never_be_true_stay_up_for_a_forgery(altered: Path, elsewhere: str) -> None:
    change(altered, "ledger_posting", one_posting_less)

    with pytest.raises(Refused, match="n’est pas entière ou n’est pas équilibrée"):
        reading.read_back(altered, **WHO)


def test_an_archive_of_other_tables_says_which_version_reads_it(altered: Path, elsewhere: str) -> None:
    manifest = json.loads((altered / "manifeste.json").read_text("utf-8"))
    manifest["schema"]["billing"].append("9999_later")
    (altered / "manifeste.json").write_text(json.dumps(manifest), encoding="utf-8")
    seal(altered)

    with pytest.raises(Refused, match=r"tables ne sont pas celles d’ici \(billing\)"):
        reading.read_back(altered, **WHO)


def test_what_is_no_archive_is_refused(elsewhere: str, tmp_path: Path) -> None:
    (tmp_path / "rien.zip").write_bytes(b"x")

    for path in (tmp_path, tmp_path / "rien.zip"):
        with pytest.raises(Refused, match="n’est pas une archive de Fanal entière"):
            reading.read_back(path, **WHO)


def test_who_left_with_everything_is_in_the_journal(archive: Path, town: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT by_whom, grounds ->> 'digest' FROM journal_event WHERE act = %s", [tables.ARCHIVED])
        sealed = hashlib.sha256((archive / "SHA256SUMS").read_bytes()).hexdigest()
        assert ("anselme", sealed) in cursor.fetchall()
