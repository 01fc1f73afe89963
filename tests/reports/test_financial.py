"""What the financial reports say of the town agrees with its bills, to the cent."""

from datetime import date, timedelta

from fanal.reports import financial

YEAR = date(2026, 1, 1), date(2027, 1, 1)
END = date(2026, 9, 4)


def test_the_trial_balance_is_zero_each_day(town):
    for days in range(0, 250, 7):
        lines = financial.trial_balance(YEAR[0] + timedelta(days=days))
        assert sum(it.debit_cents - it.credit_cents for it in lines) == 0


def test_the_aged_balance_is_the_receivables_account_by_account_on_any_day(town):
    for on in (date(2026, 3, 2), date(2026, 3, 26), date(2026, 4, 30), date(2026, 7, 15), END, date(2027, 6, 1)):
        aged = financial.aged_balance(on)
        assert {it.number: it.balance_cents for it in aged if it.balance_cents} == {
            it.number: it.balance_cents for it in financial.receivables(on)
        }
        for it in aged:
            past = it.days_1_30_cents + it.days_31_60_cents + it.days_61_90_cents + it.days_over_90_cents
            assert it.not_due_cents + past + it.credit_cents == it.balance_cents


def test_a_credit_that_no_bill_has_taken_is_a_bucket_of_its_own(town):
    (first,) = (it for it in financial.aged_balance(END) if it.account_id == town.accounts[0])
    assert first.credit_cents == first.balance_cents == 15886 + 17642 + 15368 + 14150 - 80_000


def test_a_bill_ages_from_its_due_date(town, sql):
    bill, due_on, cents = sql(
        "SELECT i.bill_id, i.due_on, b.total_cents FROM billing_issue i JOIN billing_bill b ON b.id = i.bill_id"
        " WHERE i.account_id = %s ORDER BY i.number LIMIT 1",
        town.accounts[3],
    )[0]
    sql("UPDATE billing_issue SET second_due_on = due_on WHERE bill_id = %s", bill)
    sql("DELETE FROM ledger_posting WHERE account_id = %s AND source <> %s", town.accounts[3], bill)
    buckets = ("not_due_cents", "days_1_30_cents", "days_31_60_cents", "days_61_90_cents", "days_over_90_cents")
    for days, bucket in ((0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4)):
        aged = financial.aged_balance(due_on + timedelta(days=days))
        (found,) = (it for it in aged if it.account_id == town.accounts[3])
        assert [getattr(found, name) for name in buckets] == [cents if place == bucket else 0 for place in range(5)]


def test_a_late_bill_paid_in_two_ages_half_by_half(town, sql):
    bill, due_on, cents = sql(
        "SELECT i.bill_id, i.due_on, b.total_cents FROM billing_issue i JOIN billing_bill b ON b.id = i.bill_id"
        " WHERE i.account_id = %s ORDER BY i.number LIMIT 1",
        town.accounts[3],
    )[0]
    sql("UPDATE billing_issue SET second_due_on = due_on + 31 WHERE bill_id = %s", bill)
    sql("DELETE FROM ledger_posting WHERE account_id = %s AND source <> %s", town.accounts[3], bill)

    def aged() -> tuple[int, int]:
        found = financial.aged_balance(due_on + timedelta(days=10))
        (it,) = (it for it in found if it.account_id == town.accounts[3])
        return it.not_due_cents, it.days_1_30_cents

    assert aged() == (cents - cents // 2, cents // 2)
    sql("INSERT INTO payments_allocation (account_id, receipt_id, credit_bill_id, bill_id, on_date, amount_cents)"
        " VALUES (%s, 1, 0, %s, %s, %s)", town.accounts[3], bill, due_on, cents // 2 + 100)  # fmt: skip
    assert aged() == (cents - cents // 2 - 100, 0)


def test_revenue_by_tariff_is_what_the_ledger_holds(town):
    by_book = {it.book: it for it in financial.revenue_by_book(*YEAR)}
    held = {it.code: it.credit_cents - it.debit_cents for it in financial.trial_balance(END)}
    assert by_book["hydro_quebec/D"].net_cents == held[4110]
    assert by_book["hydro_quebec/M"].net_cents == held[4140]
    assert by_book["lac_aux_ormes/eclairage"].net_cents == held[4190]
    assert sum(it.tax_cents for it in by_book.values()) == held[2310] + held[2320]
    assert (by_book["hydro_quebec/D"].bills, by_book["hydro_quebec/D"].credit_notes) == (9, 1)


def test_kwh_billed_count_an_estimate_and_its_settlement_once(town):
    (domestic,) = (it for it in financial.revenue_by_book(*YEAR) if it.book == "hydro_quebec/D")
    house_a = 1_600 + 1_800 + 1_500 + 1_350
    house_b = 1_800 + (5_200 - 2_300) + (250 - 12) + 1_569  # the last one is still an estimate
    assert domestic.kwh == 1000 * (house_a + house_b)


def test_tax_accounts_carry_over_from_one_period_to_the_next(town):
    spring, summer = financial.taxes(YEAR[0], date(2026, 5, 2)), financial.taxes(date(2026, 5, 2), YEAR[1])
    assert [it.code for it in spring] == [2310, 2320]
    assert [it.closing_cents for it in spring] == [it.opening_cents for it in summer]
    for it in summer:
        assert it.closing_cents == it.opening_cents + it.collected_cents - it.given_back_cents
        assert it.given_back_cents > 0


def test_period_totals_balance_and_are_dated_within_the_period(town):
    entries = financial.period_totals(date(2026, 3, 1), date(2026, 5, 2))
    assert [(it.on, it.kind) for it in entries] == [
        (date(2026, 3, 31), 1), (date(2026, 3, 31), 3), (date(2026, 3, 31), 4), (date(2026, 5, 1), 1)
    ]  # fmt: skip
    for entry in entries:
        assert sum(it.debit_cents - it.credit_cents for it in entry.lines) == 0
        assert all((it.debit_cents == 0) != (it.credit_cents == 0) for it in entry.lines)
