"""Each known fault of an old system is found where it is, named, and nothing else is."""

import re
from datetime import date

import pytest
from towns import Town, small_town

from fanal.doors.migration import intake
from fanal.records.takeover import decisions, facts, faults
from fanal.records.takeover.examination import ASKED, CHECKS, CONTACT_CODES, FAR_DAY, READ_CODES
from fanal.values.refusal import Refused

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 1)
LOADING = CHECKS.parent / "loading"
ANNE, LUC = "200001", "200002"


def examined(town: Town, folder) -> dict[tuple[str, str], list[int]]:
    """The lines of each (kind, code) that an examination finds."""
    mapping = intake.read_mapping()
    export = intake.receive(folder=town.write(folder, seed=5), mapping=mapping, by="reprise", on=TODAY).export_id
    intake.examine(export_id=export, by="reprise", on=TODAY)
    found: dict[tuple[str, str], list[int]] = {}
    for it in facts.flaws(export):
        found.setdefault((it.kind, it.code), []).append(it.line)
    return found


def read(town: Town, premises: str, meter: str, *reads: tuple[str, str, str]) -> Town:
    """Readings in place of those of a premises: day, index, type."""
    town.rows["readings"] = [it for it in town.rows["readings"] if it["premises"] != premises]
    of = {"premises": premises, "meter": meter}
    return town.add("readings", *({**of, "read_on": day, "index": index, "type": sort} for day, index, sort in reads))


def also(town: Town, label: str, **changed: str) -> Town:
    """One more row like the first of its kind, but for what changed."""
    return town.add(label, town.rows[label][0] | changed)


def test_nothing_is_found_in_a_town_without_a_fault(tmp_path):
    assert examined(small_town(), tmp_path) == {}


def test_every_fault_has_its_words_and_its_way_to_be_found():
    loading = "".join(path.read_text(encoding="utf-8") for path in LOADING.glob("*.py"))
    said_by_loading = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', loading))

    looked_for = ASKED | CONTACT_CODES | set(READ_CODES) | {FAR_DAY, "MERGED_CUSTOMER"}
    assert looked_for <= set(faults.known())
    assert set(faults.known()) <= looked_for | said_by_loading
    for fault in faults.known().values():
        assert all(said[lang] for said in (fault.title, fault.said, fault.fix) for lang in ("fr", "en"))


DUPLICATES = {
    "two letters exchanged, same phone and e-mail": {"name": "Cöét"},
    "a second name added": {"name": "Côté-Roy"},
    "given name and name exchanged": {"name": "ANNE", "given_name": "COTE", "phone": ""},
    "an initial": {"given_name": "A.", "phone": "(418) 555-0101"},
}


@pytest.mark.parametrize("changed", [pytest.param(it, id=name) for name, it in DUPLICATES.items()])
def test_the_same_person_twice_is_proposed_to_be_merged(tmp_path, changed):
    there = {"number": "100009", "address": "9 rue Neuve", "phone": "418-555-0101"}
    if changed.get("phone") == "":
        changed = changed | {"address": "1, RUE DU QUAI"}
    town = also(small_town(), "customers", **(there | changed))

    assert examined(town, tmp_path) == {("customers", "DUPLICATE_CUSTOMER"): [4]}


def test_people_of_one_name_stay_two(tmp_path):
    other = {"number": "100009", "address": "9 rue Neuve", "phone": "418 555-0199", "email": ""}
    assert examined(also(small_town(), "customers", **other), tmp_path / "a") == {}

    one_sign = other | {"phone": "418 555-0101"}
    assert examined(also(small_town(), "customers", **one_sign), tmp_path / "b") == {("customers", "HOMONYM"): [4]}


CUSTOMER_FAULTS = [
    ({"postal_code": "G9Z 1O1"}, "BAD_POSTAL_CODE"),
    ({"postal_code": ""}, "NO_POSTAL_CODE"),
    ({"address": "rue"}, "BAD_ADDRESS"),
    ({"phone": "418 555-01"}, "BAD_PHONE"),
    ({"email": "anne@@exemple.example"}, "BAD_EMAIL"),
    ({"status": "D", "note": "DÉCÉDÉE LE 2026-01-02"}, "DECEASED_CUSTOMER"),
    ({"status": "F"}, "BANKRUPT_CUSTOMER"),
]


@pytest.mark.parametrize(("changed", "code"), CUSTOMER_FAULTS)
def test_what_is_wrong_with_a_customer_is_noted(tmp_path, changed, code):
    town = small_town()
    town.rows["customers"][0] |= changed

    assert examined(town, tmp_path) == {("customers", code): [2]}


def test_subscriptions_that_overlap_by_a_day_are_corrected_and_others_wait(tmp_path):
    town = small_town()
    town.rows["subscriptions"][0] |= {"ends_on": "2026-10-02", "status": "F"}
    also(town, "subscriptions", number="1000009", starts_on="2026-10-01", ends_on="", status="A")
    found = examined(town, tmp_path)
    export = facts.exports()[0].id

    assert found == {("subscriptions", "OVERLAPPING_BY_A_DAY"): [2], ("subscriptions", "NO_FINAL_BILL"): [2]}
    assert relation(facts.rows("subscriptions", export), "ends_on")[0] == (date(2026, 10, 1),)
    assert relation(facts.rows("subscriptions", export, as_came=True), "ends_on")[0] == (date(2026, 10, 2),)

    town.rows["subscriptions"][-1]["starts_on"] = "2026-09-01"
    assert ("subscriptions", "OVERLAPPING_SUBSCRIPTIONS") in examined(town, tmp_path / "more")


def relation(query: str, columns: str) -> list[tuple]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM ({query}) AS staged ORDER BY line")
        return cursor.fetchall()


UNKNOWN = [
    ("payments", {"number": "9", "account": "7777777"}, "ORPHAN_PAYMENT"),
    ("payments", {"amount": "5,00"}, "KEY_TWICE"),
    ("subscriptions", {"number": "9", "customer": "7"}, "UNKNOWN_CUSTOMER"),
    ("subscriptions", {"number": "9", "premises": "7"}, "UNKNOWN_PREMISES"),
    ("readings", {"meter": "ZZ1"}, "UNKNOWN_METER"),
    ("readings", {"read_on": "2026-09-01", "index": ""}, "READING_WITHOUT_INDEX"),
    ("readings", {"read_on": "2011-01-01", "index": "5"}, "READ_OUTSIDE_INSTALLATION"),
    ("meters", {"serial": "X1", "premises": "7"}, "UNKNOWN_PREMISES"),
]


@pytest.mark.parametrize(("label", "changed", "code"), UNKNOWN)
def test_a_row_that_names_what_is_not_there_is_found(tmp_path, label, changed, code):
    town = also(small_town(), label, **changed)

    assert examined(town, tmp_path)[label, code] == [len(town.rows[label]) + 1]


def test_an_owner_on_an_old_number_waits_and_a_bad_bank_account_is_not_debited(tmp_path):
    town = small_town()
    town.add("owners", {"customer": "100001", "premises": "990741", "declared_on": "2018-03-02", "keeps_service": "O"})
    bank = {"account": "1000001", "institution": "901", "transit": "38195", "bank_account": "5219379", "status": "A"}
    town.add("debits", bank | {"authorized_on": "2018-01-01"},
             bank | {"account": "1000002", "transit": "3819", "authorized_on": "2018-01-01"},
             bank | {"account": "1000002", "transit": "3", "authorized_on": "2017-01-01", "ends_on": "2018-01-01"},
             bank | {"account": "1000001", "authorized_on": "2027-01-01"})  # fmt: skip

    assert examined(town, tmp_path) == {
        ("owners", "OLD_PREMISES"): [2], ("debits", "BAD_BANK_ACCOUNT"): [3],
        ("debits", "BAD_ENDED_BANK_ACCOUNT"): [4], ("debits", "FUTURE_DATE"): [5], ("debits", "TWO_IN_FORCE"): [2],
    }  # fmt: skip


def test_terms_that_pay_nothing_are_said_grave(tmp_path):
    plan = {"account": "1000001", "starts_on": "2026-04-01", "instalment": "75,00", "status": "ACTIF"}
    agreed = {"account": "1000001", "agreed_on": "2026-10-12", "total": "200,00", "count": "4", "instalment": "50,00"}
    town = small_town().add("equal_payments", plan, plan | {"starts_on": "2025-04-01", "status": "TERMINE"},
                            plan | {"account": "1000002", "debit_day": "20"})  # fmt: skip
    town.add("arrangements", agreed | {"number": "1", "paid_count": "9", "status": "EN COURS"},
             agreed | {"number": "2", "paid_count": "4", "status": "EN COURS"},
             agreed | {"number": "3", "paid_count": "9", "status": "RESPECTEE"})  # fmt: skip

    assert examined(town, tmp_path) == {
        ("equal_payments", "PLAN_WITHOUT_A_DAY"): [2], ("arrangements", "MORE_PAID_THAN_AGREED"): [2],
    }  # fmt: skip
    assert {faults.known()[it].gravity for it in ("PLAN_WITHOUT_A_DAY", "MORE_PAID_THAN_AGREED")} == {0}


def test_two_plans_or_two_agreements_in_force_on_an_account_are_said_of_the_older_one(tmp_path):
    plan = {"account": "1000001", "instalment": "75,00", "debit_day": "20", "status": "ACTIF"}
    bank = {"institution": "901", "transit": "38195", "bank_account": "5219379", "status": "A"}
    town = small_town().add(
        "equal_payments", plan | {"starts_on": "2026-04-01"}, plan | {"starts_on": "2025-04-01"},
        plan | {"starts_on": "2024-04-01", "status": "TERMINE"},
        plan | {"account": "1000002", "starts_on": "2025-04-01"},
    )  # fmt: skip
    town.add("debits", bank | {"account": "1000001", "authorized_on": "2018-01-01"},
             bank | {"account": "1000002", "authorized_on": "2017-01-01"},
             bank | {"account": "1000002", "authorized_on": "2018-01-01"})  # fmt: skip

    assert examined(town, tmp_path) == {("equal_payments", "TWO_IN_FORCE"): [3], ("debits", "TWO_IN_FORCE"): [3]}
    assert faults.known()["TWO_IN_FORCE"].gravity == 0


BILL = dict(account="1000001", type="FA", issued_on="2026-08-05", from_on="2026-06-01", to_on="2026-08-01", days="61",
            tariff="DOM", kwh="500")  # fmt: skip


def test_a_bill_off_by_a_cent_is_told_from_one_that_does_not_add_up(tmp_path):
    town = small_town().add("payments", {"number": "7", "account": "1000001", "received_on": "2026-08-20",
                                         "amount": "229,94", "channel": "BQ"})  # fmt: skip
    town.bill(number="260000008", net="100,00", gst="5,00", qst="9,97", total="114,97", **BILL)
    town.bill(number="260000009", net="100,00", gst="5,00", qst="9,98", total="116,00", **BILL)

    assert examined(town, tmp_path) == {("bills", "ONE_CENT_BILL"): [7], ("bills", "BILL_DOES_NOT_ADD_UP"): [8]}


def test_a_roll_over_is_told_from_a_negative_use(tmp_path):
    turned = read(small_town(), ANNE, "G0000001", ("2026-06-01", "99500", "O"), ("2026-08-01", "00100", "R"),
                  ("2026-10-01", "00700", "R"))  # fmt: skip
    assert examined(turned, tmp_path / "a") == {("readings", "ROLL_OVER"): [6]}

    back = read(small_town(), ANNE, "G0000001", ("2026-06-01", "1000", "O"), ("2026-08-01", "1900", "E"),
                ("2026-10-01", "1700", "R"))  # fmt: skip
    assert examined(back, tmp_path / "b") == {("readings", "NEGATIVE_USE"): [7]}


def bimonthly(start: int, each: int, count: int = 9, first: str = "O") -> list[tuple[str, str, str]]:
    days = [f"{2025 + (4 + 2 * it) // 12}-{(4 + 2 * it) % 12 + 1:02d}-01" for it in range(count)]
    return [(day, str(start + each * it), "R" if it else first) for it, day in enumerate(days)]


def test_two_digits_exchanged_are_seen_and_so_is_a_meter_that_stopped(tmp_path):
    reads = bimonthly(10_000, 600)
    reads[4] = (reads[4][0], "14200", "R")  # 12400
    assert examined(read(small_town(), ANNE, "G0000001", *reads), tmp_path / "a") == {
        ("readings", "TRANSPOSED_READING"): [9], ("readings", "METER_WENT_BACK"): [10],
    }  # fmt: skip

    reads = bimonthly(10_000, 600)
    stopped = [(day, min(index, "12400"), sort) for day, index, sort in reads]
    assert examined(read(small_town(), ANNE, "G0000001", *stopped), tmp_path / "b") == {
        ("meters", "STOPPED_METER"): [2]
    }


SEASONS = (2400, 1700, 900, 800, 1100, 2100)


def seasonal(index: int, units: list[int], first: int = 2019) -> list[tuple[str, str, str]]:
    """Readings every two months from January of a year on."""
    reads = [(f"{first}-01-04", str(index), "O")]
    for place, used in enumerate(units, 1):
        index += used
        reads.append((f"{first + place // 6}-{1 + 2 * (place % 6):02d}-04", str(index), "R"))
    return reads


def test_two_digits_exchanged_are_seen_against_their_season_where_neither_use_is_wild(tmp_path):
    reads = seasonal(20_187, [*SEASONS] * 6)
    assert reads[21] == ("2022-07-04", "52187", "R")
    assert examined(read(small_town(), ANNE, "G0000001", *reads), tmp_path / "right") == {}

    reads[21] = ("2022-07-04", "52817", "R")
    assert examined(read(small_town(), ANNE, "G0000001", *reads), tmp_path / "wrong") == {
        ("readings", "TRANSPOSED_READING"): [26]
    }
    assert "se lirait 52187" in faults.known()["TRANSPOSED_READING"].sentence(
        facts.flaws(facts.exports()[0].id)[0].evidence, "fr"
    )

    reads[21] = ("2022-07-04", "51787", "R")  # away for some weeks: no two digits explain it
    assert examined(read(small_town(), ANNE, "G0000001", *reads), tmp_path / "away") == {}


def test_a_use_that_falls_by_half_for_good_under_one_account_is_a_suspicion_with_its_figures(tmp_path):
    fallen = [used // 2 for used in SEASONS]
    reads = seasonal(10_000, [*[*SEASONS] * 4, *fallen, *fallen])
    town = read(small_town(), ANNE, "G0000001", *reads)

    assert examined(town, tmp_path / "fallen") == {("readings", "USE_DROPPED"): [30]}
    evidence = facts.flaws(facts.exports()[0].id)[0].evidence
    assert (evidence["since"], evidence["account"], evidence["percent"]) == ("2023-01-04", "1000001", 50)

    town.rows["subscriptions"][0] |= {"ends_on": "2023-01-04", "status": "F"}
    also(town, "subscriptions", number="1000009", starts_on="2023-01-04", ends_on="", status="A")
    assert ("readings", "USE_DROPPED") not in examined(town, tmp_path / "moved")

    one_winter = seasonal(10_000, [*[*SEASONS] * 4, *fallen[:3], *SEASONS[3:], *SEASONS])
    assert examined(read(small_town(), ANNE, "G0000001", *one_winter), tmp_path / "away") == {}


def test_a_meter_that_goes_back_without_an_estimate_is_told_from_a_high_estimate(tmp_path):
    reads = [("2026-06-01", "1000", "O"), ("2026-08-01", "1900", "R"), ("2026-10-01", "1700", "R")]
    assert examined(read(small_town(), ANNE, "G0000001", *reads), tmp_path) == {("readings", "METER_WENT_BACK"): [7]}


def test_a_reading_corrected_the_same_day_is_no_use_that_goes_back(tmp_path):
    reads = [("2026-06-01", "1000", "O"), ("2026-08-01", "5100", "R"), ("2026-08-01", "1500", "C"),
             ("2026-10-01", "2100", "R")]  # fmt: skip
    assert examined(read(small_town(), ANNE, "G0000001", *reads), tmp_path) == {("readings", "CORRECTED_READING"): [7]}


def test_neighbours_who_begin_the_same_day_to_use_what_the_other_used_have_their_meters_crossed(tmp_path):
    town = small_town()
    town.rows["premises"][0] |= {"civic_number": "7", "unit": "1"}
    town.rows["premises"][1] |= {"civic_number": "7", "unit": "2"}
    small = [used // 2 for used in SEASONS]
    read(town, ANNE, "G0000001", *seasonal(10_000, [*[*SEASONS] * 4, *small, *SEASONS]))
    read(town, LUC, "G0000002", *seasonal(10_000, [*small * 4, *SEASONS, *small]))

    found = examined(town, tmp_path)
    assert found["meters", "CROSSED_METERS"] == [2]
    (flaw,) = facts.flaws(facts.exports()[0].id, code="CROSSED_METERS")
    assert (flaw.evidence["other"], flaw.evidence["from"], flaw.evidence["to"]) == (LUC, "2023-01-04", "2024-01-04")


def test_what_a_transformer_hands_over_and_nobody_is_told_to_use_is_counted(tmp_path):
    def town(each: int) -> Town:
        made = small_town()
        for premises, serial in ((ANNE, "G0000001"), (LUC, "G0000002")):
            read(made, premises, serial, *seasonal(10_000, [1200] * 12, first=2024))
        months = [f"{2024 + it // 12}-{it % 12 + 1:02d}" for it in range(23)]
        return made.add("transformer_meters", *({"transformer": "T1", "month": it, "kwh": str(each)} for it in months))

    assert examined(town(1220), tmp_path / "usual") == {}
    assert examined(town(1400), tmp_path / "lost") == {("transformer_meters", "LOST_BEHIND_TRANSFORMER"): [24]}
    percent = facts.flaws(facts.exports()[0].id)[0].evidence["percent"]
    assert 13 < float(percent) < 16


def test_the_gravest_faults_come_first_however_few_they_are(tmp_path):
    turned = [("2026-06-01", "99500", "O"), ("2026-08-01", "00100", "R"), ("2026-10-01", "00700", "R")]
    town = read(small_town(), ANNE, "G0000001", *turned)
    read(town, LUC, "G0000002", ("2026-06-01", "1000", "O"), ("2026-08-01", "1900", "R"), ("2026-10-01", "1700", "R"))
    town.rows["customers"][0] |= {"postal_code": ""}
    examined(town, tmp_path)

    assert [it.code for it in facts.flaws(facts.exports()[0].id)] == ["METER_WENT_BACK", "NO_POSTAL_CODE", "ROLL_OVER"]


def exchanged(old: list, new: list, multipliers: tuple[str, str] = ("1", "1")) -> Town:
    town = small_town()
    town.rows["meters"][0] |= {"removed_on": new[0][0], "status": "R", "multiplier": multipliers[0]}
    also(town, "meters", serial="NEW1", installed_on=new[0][0], removed_on="", status="S", multiplier=multipliers[1])
    read(town, ANNE, "G0000001", *old)
    return town.add("readings", *({"premises": ANNE, "meter": "NEW1", "read_on": day, "index": index, "type": sort}
                                  for day, index, sort in new))  # fmt: skip


def test_an_exchange_recorded_late_is_noted(tmp_path):
    reads = bimonthly(10_000, 600)
    removed = [*reads[:5], (reads[5][0], reads[4][1], "D")]
    started = [(reads[5][0], "0", "P"), *((day, str(600 * it), "R") for it, (day, _, _) in enumerate(reads[6:], 1))]

    assert examined(exchanged(removed, started), tmp_path) == {("meters", "LATE_EXCHANGE"): [2]}


# Units of each two months: winter and summer of two years, then the new meter. Those of a shop hardly change.
SHOP = [600, 620, 610, 590, 600, 605, 595, 615, 600, 610]
HEATED = [400, 300, 700, 1500, 1600, 800, 410, 310, 690, 1500]


def read_on(place: int) -> str:
    month = 2 + 2 * place
    return f"{2022 + (month - 1) // 12}-{(month - 1) % 12 + 1:02d}-01"


def shop(
    units: list[int], after: list[int], multipliers: tuple[str, str] = ("60", "60"), kw: list[str] | None = None
) -> Town:
    """A shop read every two months, whose meter is exchanged; `kw` is what it called for, already multiplied."""
    indexes = [1000 + sum(units[:it]) for it in range(len(units) + 1)]
    old = [(read_on(it), str(index), "R" if it else "O") for it, index in enumerate(indexes)]
    old[-1] = (old[-1][0], old[-1][1], "D")
    new = [(read_on(len(units) + it), str(sum(after[:it])), "R" if it else "P") for it in range(len(after) + 1)]
    town = exchanged(old, new, multipliers)
    reads = [it for it in town.rows["readings"] if it["premises"] == ANNE and it["type"] in "RD"]
    for row, called in zip(reads, kw or ["" for _ in reads], strict=True):
        row["demand_kw"] = called
    return town


def after_exchange(units: list[int], over: int, under: int) -> list[int]:
    """Ten months more of the same use, as a register whose units are `under` / `over` larger counts it."""
    return [units[it] * over // under for it in (4, 5, 6, 7, 8)]


WRONG = {
    "transformers of 80 under a meter still at 60": shop(SHOP, after_exchange(SHOP, 60, 80)),
    "the same where heating makes the winter": shop(HEATED, after_exchange(HEATED, 60, 80)),
    "transformers forgotten": shop(SHOP, after_exchange(SHOP, 1, 1), ("40", "1")),
    "transformers that are not there": shop(SHOP, after_exchange(SHOP, 1, 1), ("1", "40")),
    "use of no habit, but a load factor that falls by a half": shop(
        [300, 900, 450, 1200, 350, 700, 1000, 250, 800, 500], [150, 400, 300, 250, 550], ("40", "40"),
        ["30,0", "90,0", "45,0", "120,0", "35,0", "70,0", "100,0", "25,0", "80,0", "50,0",
         "30,0", "80,0", "60,0", "50,0", "110,0"]),
}  # fmt: skip


@pytest.mark.parametrize("town", [pytest.param(it, id=name) for name, it in WRONG.items()])
def test_a_multiplier_wrong_since_an_exchange_is_noted_on_the_new_meter(tmp_path, town):
    assert examined(town, tmp_path).get(("meters", "WRONG_MULTIPLIER")) == [4]


def test_a_wrong_multiplier_is_told_with_the_one_that_it_should_be(tmp_path):
    examined(shop(SHOP, after_exchange(SHOP, 60, 80)), tmp_path)
    (found,) = (it for it in facts.flaws(facts.exports()[0].id) if it.code == "WRONG_MULTIPLIER")

    assert faults.known()[found.code].sentence(found.evidence, "fr") == (
        "Depuis l’échange du 2023-10-01 au lieu 200001, l’usage passe de 598 à 445 kWh par jour, comme si le "
        "multiplicateur 60 du compteur NEW1 devait être 80 (60 avant l’échange)."
    )


def moved(town: Town) -> Town:
    """Somebody else took the place when the meter was exchanged."""
    town.rows["subscriptions"][0] |= {"ends_on": read_on(len(SHOP)), "status": "F"}
    return also(town, "subscriptions", number="1000009", starts_on=read_on(len(SHOP)), ends_on="", status="A")


LESS = after_exchange(SHOP, 60, 80)
INNOCENT = {
    "the same use": shop(SHOP, after_exchange(SHOP, 1, 1)),
    "transformers changed, and the multiplier with them": shop(SHOP, LESS, ("60", "80")),
    "winter when the meter came": shop(HEATED, after_exchange(HEATED, 1, 1)),
    "a little less by no ratio of transformers": shop(SHOP, after_exchange(SHOP, 9, 10)),
    "less and less": shop(SHOP, [600, 540, 480, 420, 360]),
    "less, by fits": shop(SHOP, [450, 300, 446, 600, 452]),
    "less, but two months later": shop(SHOP, [600, 454, 446, 461, 450, 458, *LESS, 458]),
    "less already before": shop([*SHOP[:9], 600, *SHOP[4:9], 450], LESS),
    "no habit before": shop([*SHOP[:7], 1100, 1200, 610], LESS),
    "somebody else": moved(shop(SHOP, LESS)),
    "a house without transformers": shop(SHOP, after_exchange(SHOP, 1, 10), ("1", "1")),
}


@pytest.mark.parametrize("town", [pytest.param(it, id=name) for name, it in INNOCENT.items()])
def test_an_exchange_that_explains_itself_is_no_wrong_multiplier(tmp_path, town):
    assert ("meters", "WRONG_MULTIPLIER") not in examined(town, tmp_path)


def test_a_meter_that_turns_for_nobody_is_a_point_never_billed(tmp_path):
    town = also(small_town(), "premises", number="200009", civic_number="9")
    also(town, "meters", serial="G9", premises="200009")
    read(town, "200009", "G9", ("2026-06-01", "0", "O"), ("2026-08-01", "500", "R"))

    assert examined(town, tmp_path) == {("premises", "NEVER_BILLED"): [4]}


def test_a_vacant_dwelling_whose_meter_runs_beside_one_that_stands_still_may_be_crossed(tmp_path):
    town = small_town()
    town.rows["premises"][0] |= {"civic_number": "7", "unit": "1"}
    town.rows["premises"][1] |= {"civic_number": "7", "unit": "2"}
    reads = bimonthly(10_000, 600)
    town.rows["subscriptions"][0] |= {"ends_on": reads[4][0], "status": "F"}
    also(town, "subscriptions", number="1000009", starts_on=reads[6][0], ends_on="", status="A")
    lost = [0, 0, 0, 0, 0, 600, 1200, 1200, 1200]
    still = [(day, str(int(index) - less), sort) for less, (day, index, sort) in zip(lost, reads, strict=True)]
    read(town, ANNE, "G0000001", *reads)
    read(town, LUC, "G0000002", *still)

    found = examined(town, tmp_path)
    assert found["meters", "CROSSED_METERS"] == [2]
    assert len(found["readings", "USE_WITHOUT_SUBSCRIPTION"]) == 2


def test_a_credit_left_on_a_closed_account_and_a_final_bill_to_come_are_noted(tmp_path):
    town = small_town()
    town.rows["subscriptions"][1] |= {"ends_on": "2026-10-01", "status": "F"}
    town.add(
        "entries", {"number": "1", "account": "1000002", "entered_on": "2026-10-02", "code": "INT", "amount": "-5,00"}
    )

    assert examined(town, tmp_path) == {("subscriptions", "CREDIT_ON_CLOSED_ACCOUNT"): [3]}


@pytest.mark.parametrize(
    ("received_on", "found"), [("2026-12-01", {}), ("2926-02-20", {("payments", "DAY_TOO_FAR"): [2]})]
)
def test_money_of_an_impossible_day_waits_for_its_true_one(tmp_path, received_on, found):
    town = small_town()
    town.rows["payments"][0]["received_on"] = received_on

    made = examined(town, tmp_path)

    assert {it: lines for it, lines in made.items() if it[1] == "DAY_TOO_FAR"} == found
    for flaw in facts.flaws(facts.exports()[0].id, code="DAY_TOO_FAR"):
        assert (flaw.standing, flaw.evidence["column"]) == ("ASIDE", "received_on")
        with pytest.raises(Refused, match="sans sa correction"):
            decisions.decide(flaw_id=flaw.id, load=True, reason="vu", by="maude", on=TODAY)
        for typed in ("2926-02-21", "1926-02-20"):
            with pytest.raises(Refused, match="hors du temps d’un distributeur"):
                decisions.decide(flaw_id=flaw.id, load=True, reason="vu", by="maude", on=TODAY,
                                 corrected={"received_on": typed})  # fmt: skip
        decisions.decide(flaw_id=flaw.id, load=True, reason="vu", by="maude", on=TODAY,
                         corrected={"received_on": "2026-02-20", "note": "n" * 200})  # fmt: skip


def test_a_bill_issued_long_after_the_export_waits_and_one_due_next_month_does_not(tmp_path):
    town = small_town()
    town.bills = [it.replace("2026100520261026", "2027100520261126", 1) if it.startswith("E260000001") else it
                  for it in town.bills]  # fmt: skip

    examined(town, tmp_path)

    found = facts.flaws(facts.exports()[0].id, code="DAY_TOO_FAR")
    assert [it.evidence["column"] for it in found] == ["issued_on"]


def test_an_examination_made_again_finds_the_same(tmp_path):
    town = also(small_town(), "payments", number="9", account="7777777")
    first = examined(town, tmp_path)
    export = facts.exports()[0].id
    intake.examine(export_id=export, by="reprise", on=TODAY)

    again: dict[tuple[str, str], list[int]] = {}
    for it in facts.flaws(export):
        again.setdefault((it.kind, it.code), []).append(it.line)
    assert again == first == {("payments", "ORPHAN_PAYMENT"): [4]}
