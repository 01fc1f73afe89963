"""The bills of an old system are rated again from its own rows: what is the same is said so, what is not says why."""

import os
import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from gzip import open as opened
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from towns import Town, small_town

from fanal.doors.cli import main, parallel_run
from fanal.doors.migration import intake
from fanal.law.shadow.prices import terms
from fanal.records.shadow import acts, facts
from fanal.values.refusal import Refused
from tests.doors.desk.parallel import priced_town, spoil

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 1)
TOWN = Path(os.environ.get("FANAL_SHARED", "/nowhere")) / "town"


def received(folder: Path) -> int:
    return intake.receive(folder=folder, mapping=intake.read_mapping(None), by="reprise", on=TODAY).export_id


def compared(town: Town, folder: Path, *, many: int = acts.SET, **written: object) -> int:
    export = received(town.write(folder, **written))
    run = acts.begin_run(export_id=export, terms=terms(), by="ana", on=TODAY)
    opened = acts.open_run(run_id=run)
    while acts.compare_set(opened=opened, by="ana", on=TODAY, many=many):
        pass
    return run


def classes(run: int) -> dict[str, int]:
    return {it.kind: it.bills for it in facts.tallies(run)}


def only(run: int) -> facts.KnownDifference:
    (found,) = facts.differences(run)
    return found


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_town_billed_by_its_own_rules_has_no_difference(tmp_path, seed):
    run = compared(priced_town(), tmp_path, seed=seed)

    assert classes(run) == {"SAME": 2}
    assert facts.differences(run) == []
    assert [(it.bills, it.there_cents, it.cents) for it in facts.tallies(run)] == [(2, 16_222, 0)]
    assert [it.key for by in ("cycle", "year", "tariff") for it in facts.tallies(run, by)] == ["01", "2026", "DOM"]


def test_a_cent_lost_by_a_tax_is_a_rounding_rule_with_both_sides_kept(tmp_path):
    town = spoil(priced_town(), "260000002", gst="3,52", total="81,10")  # 70.54 × 5 % = 3.527

    found = only(compared(town, tmp_path))
    assert (found.kind, found.code, found.facts, found.cents) == ("ROUNDING", "tax_cut", {"tax": "TPS"}, 1)
    assert (found.there["taxes"], found.here["taxes"]) == ([352, 704], [353, 704])
    energy = next(it for it in found.here["lines"] if it["component"] == "EN1")
    assert [said.replace("\u00a0", " ") for said in energy["sums"]["fr"]] == [
        "600 kWh × 7,065 ¢ = 42,39 $",
        "40 kWh × 61 jours = 2 440 kWh",
    ]
    (meter,) = found.given["meters"]
    assert (meter["serial"], meter["units"], meter["closing"]["index"]) == ("G0000002", 600, 2100)


def test_an_index_whose_figures_were_exchanged_is_a_read(tmp_path):
    town = priced_town()
    reading = next(it for it in town.rows["readings"] if it["meter"] == "G0000001" and it["index"] == "2100")
    reading["index"] = "1200"  # 2100 with its first figures exchanged: −300 kWh here

    found = only(compared(town, tmp_path))
    assert (found.kind, found.facts["how"], found.facts["index"]) == ("READ", "exchanged_figures", 2100)


def test_a_multiplier_that_changed_since_is_a_multiplier(tmp_path):
    town = priced_town()
    town.rows["meters"][0]["multiplier"] = "10"

    found = only(compared(town, tmp_path))
    assert (found.kind, found.facts) == ("MULTIPLIER", {"meter": "G0000001", "here": 10, "there": 1})


def test_an_account_or_a_reading_that_is_not_here_is_missing(tmp_path):
    town = priced_town()
    del town.rows["subscriptions"][0]
    town.rows["readings"] = [it for it in town.rows["readings"] if it["meter"] != "G0000002" or it["index"] != "1500"]

    run = compared(town, tmp_path)
    assert sorted(it.code for it in facts.differences(run)) == ["no_account", "no_reading"]
    assert classes(run) == {"MISSING": 2}
    assert [it.here_cents for it in facts.differences(run)] == [None, None]


def test_what_was_read_and_not_billed_is_told_beside_the_bills(tmp_path):
    town = priced_town()
    town.bills = [line for line in town.bills if "260000002" not in line[:12]]

    run = compared(town, tmp_path)
    found = only(run)
    assert (found.number, found.code, found.there_cents) == ("1000002+", "not_billed", 0)
    assert found.facts == {"since": "2026-06-01", "until": "2026-10-01"}
    assert classes(run) == {"SAME": 1, "MISSING": 1}


def test_what_nothing_explains_makes_the_command_fail_and_says_the_bill(tmp_path, capsys):
    export = received(spoil(priced_town(), "260000001", net="99,99", total="110,56").write(tmp_path))

    assert main(["parallel-run", "--export", str(export)]) == 1
    out = capsys.readouterr().out.replace("\u00a0", " ").replace("\u202f", " ")
    assert re.search(r"Inexpliqué +1 ", out)
    assert re.search(r"Au cent près +1 ", out)
    assert "260000001  2026-10-05  DOM" in out


def test_the_command_ends_well_where_all_is_the_same(tmp_path, capsys):
    received(priced_town().write(tmp_path))

    assert main(["parallel-run"]) == 0
    assert re.search(r"Au cent près +2 ", capsys.readouterr().out)


def test_terms_that_are_no_toml_are_refused_in_a_sentence(tmp_path, capsys):
    received(priced_town().write(tmp_path))
    terms_file = tmp_path / "modalites.toml"
    terms_file.write_text("ceci n’est pas du TOML")

    for file in (terms_file, tmp_path / "absent.toml"):
        assert main(["parallel-run", "--terms", str(file)]) == 1
        assert f"{file.name} : fichier : TOML illisible" in capsys.readouterr().err


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path):
    export = received(priced_town().write(tmp_path))
    run = acts.begin_run(export_id=export, terms=terms(), by="ana", on=TODAY)
    assert acts.compare_set(opened=acts.open_run(run_id=run), by="ana", on=TODAY, many=1) == 1
    stopped = facts.run(run)
    assert (stopped.done, stopped.accounts, stopped.ended) == (1, 2, False)

    again = acts.open_run(run_id=run)
    assert [acts.compare_set(opened=again, by="ana", on=TODAY, many=1) for _ in range(2)] == [1, 0]
    assert (facts.run(run).done, facts.run(run).ended, classes(run)) == (2, True, {"SAME": 2})


def test_an_export_without_a_price_or_without_a_bill_is_refused(tmp_path):
    with pytest.raises(Refused, match="n’a pas de prix"):
        acts.begin_run(export_id=received(small_town().write(tmp_path / "a")), terms=terms(), by="ana", on=TODAY)
    town = priced_town()
    town.bills.clear()
    with pytest.raises(Refused, match="n’a pas de facture"):
        acts.begin_run(export_id=received(town.write(tmp_path / "b")), terms=terms(), by="ana", on=TODAY)
    with pytest.raises(Refused, match="L’exportation 999 n’existe pas"):
        acts.begin_run(export_id=999, terms=terms(), by="ana", on=TODAY)
    with pytest.raises(Refused, match="La marche en parallèle 999 n’existe pas"):
        acts.open_run(run_id=999)


def test_the_database_keeps_what_was_compared(tmp_path):
    compared(spoil(priced_town(), "260000002", gst="3,52", total="81,10"), tmp_path)

    for table in ("shadow_run", "shadow_comparedset", "shadow_tally", "shadow_difference"):
        for change in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
            with pytest.raises((DatabaseError, psycopg.Error)), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change)


@pytest.fixture(autouse=True)
def office_is_open(monkeypatch):
    monkeypatch.setattr(parallel_run, "open_office", lambda: None)
    monkeypatch.setattr(parallel_run, "today", lambda: TODAY)


NEEDED = ("clients", "lieux", "abonnements", "compteurs", "releves", "tarifs_legacy", "paiements", "ecritures")
EMPTY = ("paiements", "ecritures")


def lines_of(name: str) -> list[bytes]:
    path = TOWN / f"{name}.txt"
    with opened(f"{path}.gz") if not path.exists() else path.open("rb") as file:
        return file.readlines()


def odd(line: bytes) -> bool:
    """Whether a printed bill is not taxed by half up: found by another arithmetic than ours."""

    def amount(at: int, many: int) -> Decimal:
        return Decimal(line[at : at + many].decode().strip().replace(",", "."))

    net, cent = amount(74, 11), Decimal("0.01")
    rates = ((Decimal("0.05"), amount(85, 10)), (Decimal("0.09975"), amount(95, 10)))
    return any((net * rate).quantize(cent, ROUND_HALF_UP) != tax for rate, tax in rates)


@pytest.mark.skipif(not TOWN.is_dir(), reason="the synthetic town is not there")
@pytest.mark.timeout(600)
def test_the_bills_of_the_synthetic_town_are_the_same_to_the_cent_but_for_those_that_were_cut(tmp_path):
    """One account in forty, those of every credit note, and those of every bill that half-up taxes do not make."""
    for name in NEEDED:
        lines = lines_of(name)
        (tmp_path / f"{name}.txt").write_bytes(b"".join(lines[:1] if name in EMPTY else lines))
    bills = lines_of("factures")
    cut = {line[1:10] for line in bills if line[:1] == b"E" and odd(line)}
    heads = [line for line in bills if line[:1] == b"E"]
    chosen = [it for it in heads if it[1:10] in cut or it[17:19] == b"NC" or int(it[10:16]) % 40 == 0]
    kept = {line[10:17] for line in chosen}
    numbers = {line[1:10] for line in heads if line[10:17] in kept}
    (tmp_path / "factures.txt").write_bytes(b"".join(line for line in bills if line[1:10] in numbers))

    head, *subscriptions = (tmp_path / "abonnements.txt").read_bytes().splitlines(keepends=True)
    at = head.decode("cp1252").strip().split(";").index("NO_ABONNEMENT")
    mine = [line for line in subscriptions if line.split(b";")[at] in kept]
    (tmp_path / "abonnements.txt").write_bytes(b"".join([head, *mine]))

    export = received(tmp_path)
    run = acts.begin_run(export_id=export, terms=terms(), by="ana", on=TODAY)
    going = acts.open_run(run_id=run)
    while acts.compare_set(opened=going, by="ana", on=TODAY):
        pass
    found = facts.differences(run)
    assert {it.number.encode() for it in found if it.code != "not_billed"} == cut
    assert {it.kind for it in found if it.code != "not_billed"} == {"ROUNDING"}
    assert classes(run)["SAME"] == len(numbers) - len(cut)
