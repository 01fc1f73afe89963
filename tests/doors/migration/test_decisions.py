"""What people decide of rows put aside holds for the next export; two persons make one customer of two, and undo it."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from towns import Town, small_town

from fanal.doors.migration import intake
from fanal.records.takeover import decisions, facts, merging
from fanal.reports import journal
from fanal.values.refusal import Refused

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 1)
WHO = {"by": "maude", "on": TODAY}


def received(town: Town, folder) -> int:
    folder.mkdir(exist_ok=True)
    mapping = intake.read_mapping()
    export = intake.receive(folder=town.write(folder), mapping=mapping, by="reprise", on=TODAY).export_id
    intake.examine(export_id=export, by="reprise", on=TODAY)
    return export


def counts(export: int, kind: str) -> tuple[int, int, int, int]:
    (it,) = [it for it in facts.files(export) if it.kind == kind]
    return it.rows, it.ready, it.aside, it.refused


def rows(export: int, kind: str, columns: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM ({facts.ready(kind, export)}) AS staged ORDER BY line")
        return cursor.fetchall()


def with_orphans(*accounts: str) -> Town:
    town = small_town()
    for place, account in enumerate(accounts):
        town.add("payments", {"number": f"9{place}", "account": account, "received_on": "2026-10-20", "amount": "5,00",
                              "channel": "BQ"})  # fmt: skip
    return town


def test_a_row_given_its_true_account_is_ready_and_stays_so_in_the_next_export(tmp_path):
    town = with_orphans("7777777")
    export = received(town, tmp_path / "a")
    (flaw,) = facts.flaws(export)
    assert counts(export, "payments") == (3, 2, 1, 0)

    decisions.decide(flaw_id=flaw.id, load=True, corrected={"account": "1000002"}, reason="talon retrouvé", **WHO)
    assert counts(export, "payments") == (3, 3, 0, 0)
    assert rows(export, "payments", "account")[-1] == ("1000002",)

    later = received(town.add("owners", {"customer": "100001", "premises": "200001"}), tmp_path / "b")
    assert counts(later, "payments") == (3, 3, 0, 0)
    assert rows(later, "payments", "account")[-1] == ("1000002",)

    town.rows["payments"][-1]["amount"] = "6,00"  # another row: somebody looks at it again
    assert counts(received(town, tmp_path / "c"), "payments") == (3, 2, 1, 0)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"load": True}, "sans sa correction"),
        ({"load": True, "corrected": {"account": "8888888"}}, "n’a pas le numéro 8888888"),
        ({"load": True, "corrected": {"account": "1000002", "amount": "1,234"}}, "trop de décimales"),
        ({"load": True, "corrected": {"account": "1000002", "wings": "2"}}, "pas de telle colonne"),
        ({"load": False, "reason": " "}, "Dire pourquoi"),
    ],
)
def test_a_decision_that_says_nothing_or_something_wrong_is_refused(tmp_path, given, said):
    (flaw,) = facts.flaws(received(with_orphans("7777777"), tmp_path))

    with pytest.raises(Refused, match=said):
        decisions.decide(**({"flaw_id": flaw.id, "reason": "vu", **WHO} | given))


def test_a_rule_decides_alike_now_and_in_the_next_export_until_it_ends(tmp_path):
    export = received(with_orphans("7777777", "8888888"), tmp_path / "a")
    flaw = facts.flaws(export)[0]
    with pytest.raises(Refused, match="ne peut que les écarter"):
        decisions.make_rule(flaw_id=flaw.id, load=True, reason="tous pareils", **WHO)

    rule = decisions.make_rule(flaw_id=flaw.id, load=False, reason="rendus à la banque", **WHO)
    assert counts(export, "payments") == (4, 2, 0, 2)
    assert [(it.decides, it.made_by) for it in facts.rules()] == [(2, "maude")]

    later = received(with_orphans("7777777", "8888888", "9999999"), tmp_path / "b")
    assert counts(later, "payments") == (5, 2, 0, 3)

    decisions.end_rule(rule_id=rule, **WHO)
    assert counts(later, "payments") == (5, 2, 3, 0)
    assert facts.rules() == []


def test_a_rule_for_some_evidence_leaves_the_others_to_people(tmp_path):
    export = received(with_orphans("7777777", "8888888"), tmp_path)
    flaw = facts.flaws(export)[0]

    decisions.make_rule(flaw_id=flaw.id, load=False, where={"account": "7777777"}, reason="connu", **WHO)

    assert counts(export, "payments") == (4, 2, 1, 1)


def twice() -> Town:
    town = small_town()
    town.add("customers", town.rows["customers"][0] | {"number": "100009", "given_name": "A."})
    town.add("premises", town.rows["premises"][0] | {"number": "200009", "civic_number": "9"})
    subscription = {"number": "1000009", "customer": "100009", "premises": "200009"}
    return town.add("subscriptions", town.rows["subscriptions"][0] | subscription)


def test_two_persons_make_one_customer_of_two_and_undo_it(tmp_path):
    export = received(twice(), tmp_path)
    assert [(it.code, it.evidence["other"]) for it in facts.flaws(export)] == [("DUPLICATE_CUSTOMER", "100001")]

    merge = merging.propose_merge(export_id=export, kept="100001", merged="100009", reasons=["même courriel"], **WHO)
    assert rows(export, "subscriptions", "customer") == [("100001",), ("100002",), ("100009",)]
    with pytest.raises(Refused, match="une autre personne"):
        merging.confirm_merge(merge_id=merge, by=" MAUDE", on=TODAY)

    merging.confirm_merge(merge_id=merge, by="clara", on=TODAY)
    assert rows(export, "subscriptions", "customer") == [("100001",), ("100002",), ("100001",)]
    assert rows(export, "customers", "number") == [("100001",), ("100002",)]
    assert counts(export, "customers") == (3, 2, 0, 1)

    merging.undo_merge(merge_id=merge, by="maude", on=TODAY)
    assert rows(export, "subscriptions", "customer") == [("100001",), ("100002",), ("100009",)]
    assert counts(export, "customers") == (3, 3, 0, 0)
    assert facts.merges(export) == []


def test_a_customer_is_merged_once_and_never_into_one_who_is_gone(tmp_path):
    export = received(twice(), tmp_path)
    merging.propose_merge(export_id=export, kept="100001", merged="100009", reasons=[], **WHO)

    for kept, merged in (("100001", "100009"), ("100009", "100002"), ("100002", "100001"), ("100001", "7")):
        with pytest.raises(Refused):
            merging.propose_merge(export_id=export, kept=kept, merged=merged, reasons=[], **WHO)


def test_the_database_refuses_a_merge_confirmed_by_who_proposed_it(tmp_path):
    export = received(twice(), tmp_path)
    merge = merging.propose_merge(export_id=export, kept="100001", merged="100009", reasons=[], **WHO)

    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE takeover_merge SET confirmed_by = 'Maude', confirmed_on = now() WHERE id = %s", [merge])


def test_rows_chosen_together_are_decided_alike_or_none_is(tmp_path):
    export = received(with_orphans("7777777", "8888888", "9999999"), tmp_path)
    first, second, third = (it.id for it in facts.flaws(export))
    who = {"by": "marie", "on": date(2026, 11, 10)}

    for wrong, said in (([], "qui attendent"), ([first, 0], "qui attendent")):
        with pytest.raises(Refused, match=said):
            decisions.decide_alike(flaw_ids=wrong, load=False, reason="rendus", **who)
    with pytest.raises(Refused, match="demande sa correction"):
        decisions.decide_alike(flaw_ids=[first, second], load=True, reason="rendus", **who)
    with pytest.raises(Refused, match="Dire pourquoi"):
        decisions.decide_alike(flaw_ids=[first], load=False, reason=" ", **who)
    assert {it.standing for it in facts.flaws(export)} == {"ASIDE"}

    with CaptureQueriesContext(connection) as asked:
        assert decisions.decide_alike(flaw_ids=[second, first], load=False, reason="rendus", **who) == 2
    [locked] = [it["sql"] for it in asked.captured_queries if "FOR UPDATE" in it["sql"]]
    assert 'ORDER BY "takeover_flaw"."id"' in locked, "two who decide of the same lines wait, none is stopped"
    [event] = journal.events(acts=["takeover.decide"], limit=2)
    assert event.grounds["flaws"] == [first, second]
    stands = {it.id: (it.standing, it.decided_by) for it in facts.flaws(export)}
    assert stands == {first: ("REFUSED", "marie"), second: ("REFUSED", "marie"), third: ("ASIDE", "")}
