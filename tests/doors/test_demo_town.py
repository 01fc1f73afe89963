"""The demo town: always the same, kept by a second call, taken up again after a kill, with its stories in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from databases import clone, point_to
from django.db import connection
from django.test.utils import setup_databases

from fanal.doors.demo import building, consumption, life, report
from fanal.doors.demo.standing import standing
from fanal.records.billing import acts as billing

TODAY = date(2026, 11, 16)
NOT_COMPARED = {"django_migrations"}


class Bar:
    """A progress bar that shows nothing."""

    def __init__(self, items: Any = (), **_said: Any) -> None:
        self.items = items

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __enter__(self) -> "Bar":
        return self

    def __exit__(self, *_raised: object) -> None:
        pass

    def update(self, _count: int = 1) -> None:
        pass


@contextmanager
def empty_database(template: str, suffix: str) -> Iterator[None]:
    """A clone of the empty test database: its tables are append-only, so it is dropped rather than emptied."""
    before = connection.settings_dict["NAME"]
    with clone(template, f"{template}_{suffix}") as name:
        point_to(name)
        try:
            yield
        finally:
            point_to(before)


def rows(query: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()


def checksums() -> dict[str, tuple[Any, ...]]:
    """Rows and digest of every table; the journal without the instants that the database stamps."""
    made = {}
    for (table,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"):
        if table not in NOT_COMPARED:
            row = "(t.id, t.on_date, t.by_whom, t.act, t.about, t.grounds)" if table == "journal_event" else "t"
            digest = f"md5(string_agg({row}::text, ' ' ORDER BY {row}::text))"
            made[table] = rows(f"SELECT count(*), {digest} FROM {table} t")[0]
    return made


def build(folder: Path, size: int = 60) -> dict[str, Any]:
    """A small town, by the very code of the large one."""
    wanted = building.Wanted(size, 14, TODAY, folder)
    return standing() or building.build(wanted, Bar, lambda _sentence: None)


@pytest.fixture(scope="module")
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The name of the migrated test database."""
    with django_db_blocker.unblock():
        if not connection.settings_dict["NAME"].startswith("test_"):  # no test asked for `db` itself
            setup_databases(verbosity=0, interactive=False, keepdb=True)
        yield connection.settings_dict["NAME"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all, since its name is kept."""
    return tmp_path_factory.mktemp("factures")


@pytest.fixture(scope="module")
def another(database: str, folder: Path) -> dict[str, tuple[Any, ...]]:
    """What another build of the same town gives, table by table."""
    with empty_database(database, "other_town"):
        build(folder)
        return checksums()


@pytest.fixture(scope="module")
def town(another: Any, database: str, folder: Path) -> Iterator[dict[str, Any]]:
    """The small town, standing for all the tests that follow."""
    with empty_database(database, "town"):
        yield build(folder)


def test_a_town_killed_in_the_middle_of_a_run_goes_on_and_ends_the_same(
    another: Any, database: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with empty_database(database, "killed_town"):
        calls = iter(range(100))
        approve = billing.approve_run

        def killed(**said: Any) -> None:
            if next(calls) == 9:
                raise KeyboardInterrupt
            approve(**said)

        monkeypatch.setattr(life.billing, "approve_run", killed)
        with pytest.raises(KeyboardInterrupt):
            build(folder)
        monkeypatch.undo()
        assert standing() is None
        with pytest.raises(building.CannotBuild, match="60 points"):
            build(folder, 61)
        build(folder)
        assert checksums() == another


def test_a_town_of_another_size_is_another_town(another: Any, database: str, folder: Path) -> None:
    with empty_database(database, "larger_town"):
        build(folder, 61)
        assert checksums()["billing_line"] != another["billing_line"]


def test_two_builds_of_a_town_are_identical(town: Any, another: dict[str, tuple[Any, ...]]) -> None:
    assert checksums() == another
    assert another["billing_line"][0] > 1000


def test_a_second_call_keeps_the_town_and_says_the_same(town: dict[str, Any], folder: Path) -> None:
    before, said = checksums(), list(report.lines(town))
    assert list(report.lines(build(folder))) == said
    assert checksums() == before


def test_every_invariant_holds_of_the_town(town: dict[str, Any]) -> None:
    assert [code for code, _, count in town["invariants"] if count] == []


def test_a_database_that_holds_something_else_is_left_alone(database: str, folder: Path) -> None:
    from fanal.records.ledger.acts import open_accounts

    with empty_database(database, "foreign"):
        open_accounts(count=1, by="commis", on=TODAY)
        before = checksums()
        for attempt in (lambda: build(folder), lambda: building.start_again(folder)):
            with pytest.raises(building.CannotBuild, match="autre chose"):
                attempt()
        assert checksums() == before


def told(town: dict[str, Any], code: str) -> list[tuple[Any, ...]]:
    """The bills of the delivery point of a story, oldest first."""
    (point,) = [point for its, _, point, _ in town["stories"] if its == code]
    return rows(
        "SELECT b.account_id, b.id, b.estimates_in_a_row, b.held, b.kwh, b.total_cents, b.kw, b.billing_kw, b.to_on "
        "FROM billing_bill b JOIN premises_deliverypoint p ON p.id = b.delivery_point_id WHERE p.number = %s "
        "ORDER BY b.to_on, b.id",
        point,
    )


def test_a_meter_turns_over_and_the_use_stays_plausible(town: dict[str, Any]) -> None:
    bills = {bill[1]: bill[4] for bill in told(town, "roll_over")}
    rolled = rows("SELECT bill_id FROM billing_measure WHERE rolled_over AND bill_id = ANY(%s)", list(bills))
    assert len(rolled) == 1
    assert 0 < bills[rolled[0][0]] < 12_000_000


def test_a_meter_is_exchanged_inside_a_period(town: dict[str, Any]) -> None:
    last = told(town, "exchange")[-1][1]
    assert rows("SELECT count(DISTINCT register_id) FROM billing_measure WHERE bill_id = %s", last) == [(2,)]


def test_estimates_follow_one_another_then_a_real_read_settles_them(town: dict[str, Any]) -> None:
    chain = [bill[2] for bill in told(town, "estimates")]
    assert chain[-1] == 0
    assert max(chain) >= 4


def test_an_estimate_that_was_too_high_is_given_back(town: dict[str, Any]) -> None:
    bills = told(town, "over_estimate")
    assert bills[-2][2] == 1
    assert bills[-1][5] < 0


@pytest.mark.parametrize("code", ["stopped", "swap"])
def test_a_doubtful_bill_is_held(town: dict[str, Any], code: str) -> None:
    assert told(town, code)[-1][3]
    assert not rows("SELECT FROM billing_issue WHERE bill_id = %s", told(town, code)[-1][1])


def test_a_slip_seen_at_entry_is_corrected_and_billed(town: dict[str, Any]) -> None:
    assert not any(bill[3] for bill in told(town, "swap_corrected"))
    sequences = rows("SELECT max(to_sequence) FROM billing_measure WHERE bill_id = ANY(%s)",
                     [bill[1] for bill in told(town, "swap_corrected")])  # fmt: skip
    assert sequences == [(2,)]


def test_the_winter_peak_of_the_mill_raises_its_summer_bills(town: dict[str, Any]) -> None:
    summer = [bill for bill in told(town, "ratchet") if bill[8].month in (7, 8)]
    assert summer
    assert all(billing_kw > kw * 2 for *_, kw, billing_kw, _ in summer)


def test_the_owner_takes_over_between_two_tenants(town: dict[str, Any]) -> None:
    (account,) = [account for code, account, _, _ in town["stories"] if code == "owner"]
    owner = rows(
        "SELECT o.customer_id = h.customer_id FROM ledger_account a "
        "JOIN subscriptions_subscription s ON s.account_id = a.id "
        "JOIN subscriptions_subscriptionholder h ON h.subscription_id = s.id "
        "JOIN premises_deliverypoint p ON p.id = s.delivery_point_id "
        "JOIN subscriptions_owneragreement o ON o.premises_id = p.premises_id WHERE a.number = %s",
        account,
    )
    assert owner == [(True,)]


def balance(town: dict[str, Any], code: str) -> int:
    (account,) = [account for its, account, _, _ in town["stories"] if its == code]
    query = (
        "SELECT sum(debit_cents - credit_cents)::bigint FROM ledger_posting p "
        "JOIN ledger_account a ON a.id = p.account_id WHERE a.number = %s AND ledger_account_id = 1200"
    )
    return int(rows(query, account)[0][0])


def test_customers_pay_each_in_their_way(town: dict[str, Any]) -> None:
    (account,) = [account for code, account, _, _ in town["stories"] if code == "returned"]
    returned = rows(
        "SELECT FROM payments_returnedpayment b JOIN payments_receipt r ON r.id = b.receipt_id "
        "JOIN ledger_account a ON a.id = r.account_id WHERE a.number = %s",
        account,
    )
    assert len(returned) == 1
    assert balance(town, "credit") < 0
    assert balance(town, "never") == sum(bill[5] for bill in told(town, "never"))
    assert balance(town, "late") > 0


def test_an_english_couple_holds_one_subscription(town: dict[str, Any]) -> None:
    (account,) = [account for code, account, _, _ in town["stories"] if code == "english"]
    languages = rows(
        "SELECT c.language FROM ledger_account a JOIN subscriptions_subscription s ON s.account_id = a.id "
        "JOIN subscriptions_subscriptionholder h ON h.subscription_id = s.id "
        "JOIN customers_customer c ON c.id = h.customer_id WHERE a.number = %s",
        account,
    )
    assert languages == [("en",), ("en",)]


def test_winters_are_cold_and_summers_warm() -> None:
    monthly = consumption.monthly_temperature()
    assert monthly[2026, 1] < -80
    assert monthly[2026, 7] > 140


def kept_of(bill_id: int) -> dict[str, int]:
    return dict(rows("SELECT name, value FROM billing_quantity WHERE bill_id = %s", bill_id))


def test_rates_that_ask_for_more_than_kwh_are_billed_with_the_others(town: dict[str, Any]) -> None:
    events = [kept_of(bill[1])["registers.event"] for bill in told(town, "critical_peak") if not bill[3]]
    assert max(events) > 100_000 > min(events) == 0
    [(dwellings,)] = rows("SELECT DISTINCT multiplier FROM billing_bill WHERE id = ANY(%s)",
                          [bill[1] for bill in told(town, "dwellings")])  # fmt: skip
    assert dwellings == 4
    assert {kept_of(bill[1]).get("exempt") for bill in told(town, "exempt")} == {1}


def test_the_bank_of_net_metering_goes_from_bill_to_bill(town: dict[str, Any]) -> None:
    banked = [kept for bill in told(town, "net_metering") if (kept := kept_of(bill[1]))]
    assert len(banked) >= 3
    assert [it["bank_kwh"] for it in banked[1:]] == [it["bank_left"] for it in banked[:-1]]
    assert max(it["bank_left"] for it in banked) > 0
