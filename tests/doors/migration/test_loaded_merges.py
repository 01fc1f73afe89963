"""Two customers who are loaded are merged, and later exports follow the one kept; parted, each follows its own rows."""

from pathlib import Path

import pytest
from towns import Town, small_town

from fanal.doors.migration import intake
from fanal.records.customers import facts as people
from fanal.records.subscriptions import merging
from fanal.records.takeover import facts
from fanal.records.takeover import merging as staged
from fanal.reports.invariants import verify
from fanal.values.refusal import Refused
from tests.billing import rows
from tests.doors.migration.conftest import ON, Taken

pytestmark = pytest.mark.django_db
HELD = """SELECT k.key, h.customer_id AS holder FROM takeover_known k
    JOIN subscriptions_subscriptionholder h ON h.subscription_id = k.our_id WHERE k.kind = 'subscriptions'"""


def twice() -> Town:
    """The first customer, twice, with a subscription of each."""
    town = small_town()
    town.add("customers", town.rows["customers"][0] | {"number": "100009", "given_name": "A.", "phone": "418 555-0199"})
    town.add("premises", town.rows["premises"][0] | {"number": "200009", "civic_number": "9"})
    subscription = {"number": "1000009", "customer": "100009", "premises": "200009"}
    return town.add("subscriptions", town.rows["subscriptions"][0] | subscription)


def moved_in(town: Town, premises: str, account: str) -> None:
    """The record that was merged subscribes elsewhere, as the old system says."""
    town.add("premises", town.rows["premises"][0] | {"number": premises, "civic_number": premises[-2:]})
    town.add("subscriptions", town.rows["subscriptions"][2] | {"number": account, "premises": premises})


def ours(key: str) -> int:
    [of] = rows("SELECT our_id AS id FROM takeover_known WHERE kind = 'customers' AND key = %s", key)
    return int(of.id)


def held() -> dict[str, int]:
    return {it.key: it.holder for it in rows(HELD)}


def phones(key: str) -> list[str]:
    return sorted(it.value for it in people.customers([ours(key)])[ours(key)].contacts if it.kind == "PHONE")


def proposed(kept: str = "100001", merged: str = "100009") -> int:
    """From the page of duplicates of the last export."""
    return staged.propose_merge(
        export_id=facts.exports()[0].id, kept=kept, merged=merged, reasons=["email"], by="maude", on=ON
    )


def made_one() -> int:
    merge = proposed()
    merging.confirm_merge(merge_id=merge, by="clara", on=ON)
    return merge


def test_two_loaded_customers_are_merged_from_the_same_page_and_later_exports_follow(take_over: Taken) -> None:
    town = twice()
    take_over(town)
    kept = ours("100001")
    made_one()
    assert held()["1000009"] == kept
    assert facts.merges(facts.exports()[0].id) == []

    moved_in(town, "200010", "1000010")
    town.rows["subscriptions"][2] |= {"ends_on": "2026-10-20", "status": "F"}
    town.rows["customers"][2]["phone"] = "418 555-0123"
    town.rows["customers"][0]["phone"] = "418 555-0177"
    town.add("owners", {"customer": "100009", "premises": "200010", "declared_on": "2020-01-01"})
    take_over(town)

    assert facts.flaws(facts.exports()[0].id, standing="ASIDE") == []
    assert (held()["1000009"], held()["1000010"]) == (kept, kept)
    assert [it.customer_id for it in rows("SELECT customer_id FROM subscriptions_owneragreement")] == [kept]
    assert phones("100009") == ["418 555-0123"]
    assert phones("100001") == ["418 555-0123", "418 555-0177"]

    town.rows["owners"][0]["ends_on"] = "2026-10-25"
    take_over(town)
    assert [str(it.ends_on) for it in rows("SELECT ends_on FROM subscriptions_owneragreement")] == ["2026-10-25"]
    assert {it.code for it in verify() if it.count} == set()


def test_a_merge_undone_holds_for_later_exports_too(take_over: Taken) -> None:
    town = twice()
    take_over(town)
    before, merge = held(), made_one()
    moved_in(town, "200010", "1000010")
    take_over(town)

    assert held()["1000010"] == ours("100001")
    assert merging.undo_merge(merge_id=merge, reason="deux sœurs", by="maude", on=ON) == merging.Stays([], [])
    moved_in(town, "200011", "1000011")
    take_over(town)

    assert held() == before | {"1000010": ours("100009"), "1000011": ours("100009")}
    assert phones("100001") == ["418 555-0101"]


def test_what_was_loaded_since_goes_back_to_whom_the_old_system_says_one_merge_after_the_other(
    take_over: Taken,
) -> None:
    town = twice()
    town.add("customers", town.rows["customers"][2] | {"number": "100010", "phone": "418 555-0188"})
    take_over(town)
    one = proposed(kept="100009", merged="100010")
    merging.confirm_merge(merge_id=one, by="clara", on=ON)
    other = made_one()
    moved_in(town, "200010", "1000010")
    town.rows["subscriptions"][-1]["customer"] = "100010"
    moved_in(town, "200011", "1000011")
    town.rows["subscriptions"][-1]["customer"] = "100001"
    town.add("owners", {"customer": "100010", "premises": "200010", "declared_on": "2020-01-01"})
    take_over(town)

    def held_and_owned() -> tuple[int, int, int]:
        [owned] = rows("SELECT customer_id FROM subscriptions_owneragreement")
        return held()["1000010"], owned.customer_id, held()["1000011"]

    kept = ours("100001")
    assert held_and_owned() == (kept, kept, kept)
    for merge, whose in ((other, "100009"), (one, "100010")):
        merging.undo_merge(merge_id=merge, reason="deux sœurs", by="maude", on=ON)
        assert held_and_owned() == (ours(whose), ours(whose), kept)

    town.rows["owners"][0]["ends_on"] = "2026-10-25"
    take_over(town)
    assert [str(it.ends_on) for it in rows("SELECT ends_on FROM subscriptions_owneragreement")] == ["2026-10-25"]
    assert {it.code for it in verify() if it.count} == set()


def ways(key: str) -> list[str]:
    return [it.value for it in people.customers([ours(key)])[ours(key)].contacts if it.kind != "EMAIL"]


def test_a_new_address_of_the_one_kept_comes_before_what_the_merge_gave(take_over: Taken) -> None:
    town = twice()
    town.rows["customers"][0]["other_phone"] = "418 555-0150"
    town.rows["customers"][2] |= {"address": "190 RUE DU FAUBOURG", "other_phone": "418 555-0160"}
    take_over(town)
    made_one()
    given = ways("100001")[3:]

    town.rows["customers"][0] |= {"address": "500 RUE NEUVE", "phone": "418 555-0177"}
    take_over(town)

    first, *others = ways("100001")
    assert first.startswith("500 RUE NEUVE")
    assert others == ["418 555-0177", "418 555-0150", *given]


def test_what_the_old_system_says_of_the_one_kept_itself_outlasts_the_merge(take_over: Taken) -> None:
    town = twice()
    take_over(town)
    merge = made_one()
    town.rows["customers"][0]["phone"] = town.rows["customers"][2]["phone"]
    take_over(town)

    merging.undo_merge(merge_id=merge, reason="deux sœurs", by="maude", on=ON)
    assert phones("100001") == phones("100009") == ["418 555-0199"]


def test_what_the_old_system_says_no_more_of_the_one_kept_stays_by_the_merge_and_goes_with_it(take_over: Taken) -> None:
    town = twice()
    take_over(town)
    merge = made_one()
    for phone in ("418 555-0199", "418 555-0177"):
        town.rows["customers"][0]["phone"] = phone
        take_over(town)
    assert ways("100001")[1:3] == ["418 555-0177", "418 555-0199"]

    merging.undo_merge(merge_id=merge, reason="deux sœurs", by="maude", on=ON)
    assert phones("100001") == ["418 555-0177"]


def test_of_two_the_one_who_is_loaded_is_kept(take_over: Taken, tmp_path: Path) -> None:
    town = small_town()
    take_over(town)
    town.rows["customers"] += twice().rows["customers"][2:]
    intake.take_in(folder=town.write(tmp_path), mapping=intake.read_mapping(), by="marie", on=ON)

    with pytest.raises(Refused, match="garder celui qui est chargé"):
        proposed(kept="100009", merged="100001")
    assert [it.merged for it in facts.merges(facts.exports()[0].id)] == []
    proposed()
    assert [it.merged for it in facts.merges(facts.exports()[0].id)] == ["100009"]
