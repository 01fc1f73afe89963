"""Facts of a chunk, as columns: what the run must know of each subscription to compute its bill. Read-only.

One query per question for the whole chunk, none per subscription; each looks up by index only the last live bill, the
bill of a year ago and the readings since the last real one, so that its cost does not grow with the history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from fanal.records.columns import Columns, array_literal, read
from fanal.records.elsewhere.facts import STANDS
from fanal.records.elsewhere.promises import REPLACED

NEVER = np.datetime64("9999-12-31", "D")

# The last reading of a measure's register on a day: one entry of the index, never all the readings of the register.
LAST_SEQUENCE = """(SELECT max(r.sequence) FROM metering_reading r
            WHERE r.delivery_point_id = {point} AND r.register_id = m.register_id AND r.read_on = m.{day})"""
# Whether a reading that a measure rests on shows another index since: corrected back, it is the same again.
CORRECTED = f"""m.{{end}}_sequence > 0 AND m.{{end}}_sequence < {LAST_SEQUENCE.format(point="{point}", day="{end}_on")}
        AND m.{{end}}_value <> (SELECT r.value FROM metering_reading r
            WHERE r.delivery_point_id = {{point}} AND r.register_id = m.register_id AND r.read_on = m.{{end}}_on
            ORDER BY r.sequence DESC LIMIT 1)"""
# What a request was charged (art. 2.1): the first bill of its subscription bears it, done again or not.
SUBSCRIPTION_FEE = """coalesce((SELECT q.fee_cents FROM subscriptions_request q
        WHERE q.subscription_id = {subscription}), 0)"""
# Where another system billed a subscription before, Fanal bills from the day on which that one ended; its bills that
# stand say the usual use and the demands of the past.
BEGINS_ON = "coalesce(h.to_on, s.starts_on)"
PAST = STANDS.format(bill="b")
# Estimates of the other system after the last reading that it billed: the first of ours follows them in the row.
ESTIMATED_ELSEWHERE = f"""(CASE WHEN bill.id IS NULL AND h.estimated THEN (SELECT count(*) FROM elsewhere_pastbill b
        WHERE b.subscription_id = s.id AND {PAST} AND b.estimated AND b.to_on > coalesce((
            SELECT max(read.to_on) FROM elsewhere_pastbill read
            WHERE read.subscription_id = s.id AND {STANDS.format(bill="read")} AND NOT read.estimated), '-infinity'))
        ELSE 0 END)::smallint"""
# The instalment of equal payments that go on (4.4) where no other subscription of the account does.
PLAN_CENTS = f"""coalesce((SELECT max(u.amount_cents) FROM elsewhere_undertaking u
        WHERE s.ends_on IS NOT NULL AND u.account_id = s.account_id AND u.kind = 'EQUAL_PAYMENTS' AND u.live
            AND NOT {REPLACED.format(on="s.ends_on")} AND (u.ends_on IS NULL OR u.ends_on >= s.ends_on)
            AND NOT EXISTS (SELECT FROM elsewhere_promiseend e WHERE e.ended_on < s.ends_on
                AND (e.account_id, e.kind, e.number) = (u.account_id, u.kind, u.number))
            AND NOT EXISTS (SELECT FROM subscriptions_subscription o
                WHERE o.account_id = s.account_id AND (o.ends_on IS NULL OR o.ends_on > s.ends_on))), 0)"""
# A bill done again keeps the rhythm of the one that it replaced: the next is due as if nothing had been corrected.
SUBSCRIPTIONS = f"""
SELECT s.id, s.account_id, s.delivery_point_id, coalesce(books.id, 0::smallint), s.multiplier, p.phases, s.units,
    EXISTS (SELECT FROM metering_installation i
        JOIN metering_register r ON r.meter_id = i.meter_id AND r.kind = 2 AND r.name = 'total'
        WHERE i.delivery_point_id = s.delivery_point_id AND i.starts_on < %(on)s
            AND (i.ends_on IS NULL OR i.ends_on >= least(%(on)s, s.ends_on))),
    {BEGINS_ON}, coalesce(s.ends_on, DATE '9999-12-31'),
    coalesce(last.bill_id, 0), coalesce(last.to_on, {BEGINS_ON}),
    coalesce(CASE WHEN run.corrects_subscription_id <> 0 THEN (SELECT min(i.issued_on) FROM billing_issue i
            JOIN billing_bill replaced ON replaced.account_id = i.account_id AND replaced.id = i.bill_id
            WHERE i.account_id = bill.account_id AND replaced.subscription_id = s.id AND replaced.kind = 0
                AND replaced.to_on = bill.to_on) END,
        last.issued_on, h.issued_on, s.starts_on),
    coalesce(bill.estimates_in_a_row, 0::smallint), {ESTIMATED_ELSEWHERE}, coalesce(bill.rated_from_on, {BEGINS_ON}),
    coalesce(bill.rated_cents, past.net_cents, 0), coalesce(bill.kwh, past.kwh, 0),
    coalesce(bill.to_on - bill.rated_from_on, past.to_on - past.from_on, 0),
    greatest(bill.kw, past.kw, 0), greatest(bill.kva, past.kva, 0),
    coalesce(before.id, 0),
    coalesce(before.kwh, past_before.kwh, 0),
    coalesce(before.to_on - before.rated_from_on, past_before.to_on - past_before.from_on, 0),
    coalesce(before.rated_cents, past_before.net_cents, 0),
    greatest(before.kw, past_before.kw, 0), greatest(before.kva, past_before.kva, 0),
    EXISTS (SELECT FROM billing_measure m WHERE m.bill_id = last.bill_id AND m.kind IN (1, 4) AND (
        {CORRECTED.format(point="s.delivery_point_id", end="to")}
        OR {CORRECTED.format(point="s.delivery_point_id", end="from")}
    )),
    CASE WHEN last.bill_id IS NULL THEN {SUBSCRIPTION_FEE.format(subscription="s.id")} ELSE 0 END, {PLAN_CENTS}
FROM subscriptions_subscription s
JOIN premises_deliverypoint p ON p.id = s.delivery_point_id
LEFT JOIN elsewhere_handover h ON h.subscription_id = s.id
LEFT JOIN unnest(%(codes)s::text[], %(books)s::smallint[]) AS books(code, id) ON books.code = s.book
LEFT JOIN LATERAL (
    SELECT account_id, bill_id, to_on, issued_on FROM billing_billeddays d
    WHERE d.delivery_point_id = s.delivery_point_id AND d.to_on > s.starts_on AND d.subscription_id = s.id
    ORDER BY d.to_on DESC LIMIT 1) last ON true
LEFT JOIN billing_bill bill ON bill.account_id = last.account_id AND bill.id = last.bill_id
LEFT JOIN billing_run run ON run.id = bill.run_id
LEFT JOIN LATERAL (
    SELECT account_id, bill_id FROM billing_billeddays d
    WHERE d.delivery_point_id = s.delivery_point_id AND d.to_on > %(on)s::date - 380 AND d.to_on < %(on)s::date - 330
    ORDER BY d.to_on LIMIT 1) year_ago ON true
LEFT JOIN billing_bill before ON before.account_id = year_ago.account_id AND before.id = year_ago.bill_id
LEFT JOIN LATERAL (SELECT * FROM elsewhere_pastbill b
    WHERE h.to_on IS NOT NULL AND bill.id IS NULL AND b.subscription_id = s.id AND {PAST}
    ORDER BY b.to_on DESC LIMIT 1) past ON true
LEFT JOIN LATERAL (SELECT * FROM elsewhere_pastbill b
    WHERE h.to_on IS NOT NULL AND before.id IS NULL AND b.subscription_id = s.id AND {PAST}
        AND b.to_on > %(on)s::date - 380 AND b.to_on < %(on)s::date - 330 AND b.to_on > b.from_on
    ORDER BY b.to_on LIMIT 1) past_before ON true
WHERE s.id BETWEEN %(first)s AND %(last)s AND (%(cycle)s = 0 OR p.cycle = %(cycle)s)
    AND s.starts_on < %(on)s AND coalesce(last.to_on, {BEGINS_ON}) < least(coalesce(s.ends_on, %(on)s), %(on)s)
ORDER BY s.id
"""
SUBSCRIPTION_KINDS = {
    "subscription_id": "int64", "account_id": "int64", "delivery_point_id": "int64", "book_id": "int16",
    "multiplier": "int16", "phases": "int16", "units": "int32", "power": "bool",
    "starts_on": "datetime64[D]", "ends_on": "datetime64[D]",
    "previous_id": "int64", "previous_to": "datetime64[D]", "previous_issued_on": "datetime64[D]",
    "estimates_in_a_row": "int16", "estimated_elsewhere": "int16", "rated_from_on": "datetime64[D]",
    "previous_rated_cents": "int64", "previous_kwh": "int64", "previous_days": "int32",
    "previous_kw": "int64", "previous_kva": "int64",
    "last_year_id": "int64", "last_year_kwh": "int64", "last_year_days": "int32", "last_year_rated_cents": "int64",
    "last_year_kw": "int64", "last_year_kva": "int64", "basis_changed": "bool", "fee_cents": "int64",
    "plan_cents": "int64",
}  # fmt: skip

# For each register that hung there in the days to rate: what it showed when they began, and the last real reading.
# Where one customer follows another, an estimated index serves both: it closes for the one what it opens for the other.
# A register that has a name is looked at where some book reads it; its input is its place among those (see `inputs`).
REGISTERS = """
SELECT due.place, r.id, r.kind, (CASE WHEN r.name = 'total' THEN r.kind::integer
        ELSE 4 + array_position(%(names)s::text[], r.kind || ' ' || r.name) END)::smallint,
    r.dials, i.multiplier, greatest(due.rated_from_on, i.starts_on),
    coalesce(i.ends_on, DATE '9999-12-31'),
    coalesce(opening.value, 0), coalesce(opening.sequence, 0::smallint),
    coalesce(closing.read_on, due.rated_from_on), coalesce(closing.value, 0), coalesce(closing.sequence, 0::smallint),
    EXISTS (SELECT FROM metering_finding f
        WHERE f.delivery_point_id = due.delivery_point_id AND f.register_id = r.id
            AND f.read_on = closing.read_on AND f.sequence = closing.sequence)
FROM unnest(%(place)s::integer[], %(delivery_point_id)s::bigint[], %(rated_from_on)s::date[], %(starts_on)s::date[],
    %(ends_on)s::date[], %(until_on)s::date[])
    AS due(place, delivery_point_id, rated_from_on, starts_on, ends_on, until_on)
JOIN metering_installation i ON i.delivery_point_id = due.delivery_point_id AND i.starts_on < due.until_on
    AND (i.ends_on IS NULL OR i.ends_on > due.rated_from_on)
JOIN metering_register r ON r.meter_id = i.meter_id
    AND (r.name = 'total' OR r.kind || ' ' || r.name = ANY(%(names)s::text[]))
LEFT JOIN LATERAL (
    SELECT value, sequence FROM metering_reading m
    WHERE m.delivery_point_id = due.delivery_point_id AND m.register_id = r.id
        AND m.read_on = greatest(due.rated_from_on, i.starts_on) AND (m.quality = 1 OR m.read_on = due.starts_on)
    ORDER BY m.sequence DESC LIMIT 1) opening ON true
LEFT JOIN LATERAL (
    SELECT read_on, value, sequence FROM metering_reading m
    WHERE m.delivery_point_id = due.delivery_point_id AND m.register_id = r.id
        AND m.read_on > greatest(due.rated_from_on, i.starts_on)
        AND m.read_on <= least(i.ends_on, due.until_on) AND (m.quality = 1 OR m.read_on = due.ends_on)
    ORDER BY m.read_on DESC, m.sequence DESC LIMIT 1) closing ON true
ORDER BY due.place, r.kind, i.starts_on, r.id
"""
REGISTER_KINDS = {
    "place": "int32", "register_id": "int64", "kind": "int16", "input": "int16", "dials": "int16",
    "multiplier": "int32",
    "from_on": "datetime64[D]", "removed_on": "datetime64[D]", "from_value": "int64", "from_sequence": "int16",
    "read_on": "datetime64[D]", "to_value": "int64", "to_sequence": "int16", "doubtful": "bool",
}  # fmt: skip

# The highest demand shown in the days to rate; a demand register is set back to zero at each reading.
HIGHEST = """
SELECT due.place, max(shown.value) FROM unnest(%(place)s::integer[], %(delivery_point_id)s::bigint[],
    %(register_id)s::bigint[], %(from_on)s::date[], %(until_on)s::date[])
    AS due(place, delivery_point_id, register_id, from_on, until_on)
JOIN LATERAL (
    SELECT DISTINCT ON (m.read_on) m.value FROM metering_reading m
    WHERE m.delivery_point_id = due.delivery_point_id AND m.register_id = due.register_id AND m.quality = 1
        AND m.read_on > due.from_on AND m.read_on <= due.until_on
    ORDER BY m.read_on, m.sequence DESC) shown ON true
GROUP BY due.place
"""
HIGHEST_KINDS = {"place": "int32", "value": "int64"}

DEMANDS = f"""
SELECT due.place, d.from_on, d.to_on, b.kw, b.kva
FROM unnest(%(place)s::integer[], %(delivery_point_id)s::bigint[], %(subscription_id)s::bigint[])
    AS due(place, delivery_point_id, subscription_id)
JOIN LATERAL (
    SELECT account_id, bill_id, from_on, to_on FROM billing_billeddays
    WHERE delivery_point_id = due.delivery_point_id AND subscription_id = due.subscription_id
    ORDER BY to_on DESC LIMIT %(periods)s) d ON true
JOIN billing_bill b ON b.account_id = d.account_id AND b.id = d.bill_id
UNION ALL
SELECT due.place, b.from_on, b.to_on, b.kw, b.kva
FROM unnest(%(place)s::integer[], %(subscription_id)s::bigint[]) AS due(place, subscription_id)
JOIN LATERAL (SELECT b.* FROM elsewhere_pastbill b WHERE b.subscription_id = due.subscription_id AND {PAST}
    ORDER BY b.to_on DESC LIMIT %(periods)s) b ON true
"""
DEMAND_KINDS = {
    "place": "int32", "from_on": "datetime64[D]", "to_on": "datetime64[D]", "kw": "int64", "kva": "int64",
}  # fmt: skip

# What a person estimated (art. 4.1.2 b, c, d) for all the days not billed yet; the last one counts.
ESTIMATES = """
SELECT DISTINCT ON (due.place, e.kind, e.name) due.place, (CASE WHEN e.name = 'total' THEN e.kind::integer
        ELSE 4 + array_position(%(names)s::text[], e.kind || ' ' || e.name) END)::smallint,
    e.id, e.quantity, e.to_on - e.from_on
FROM unnest(%(place)s::integer[], %(delivery_point_id)s::bigint[], %(from_on)s::date[], %(until_on)s::date[])
    AS due(place, delivery_point_id, from_on, until_on)
JOIN metering_estimate e ON e.delivery_point_id = due.delivery_point_id AND e.method <> 'a'
    AND e.from_on <= due.from_on AND e.to_on >= due.until_on
    AND (e.name = 'total' OR e.kind || ' ' || e.name = ANY(%(names)s::text[]))
ORDER BY due.place, e.kind, e.name, e.id DESC
"""
ESTIMATE_KINDS = {"place": "int32", "input": "int16", "id": "int64", "quantity": "int64", "days": "int32"}

KEPT_QUANTITIES = """
SELECT past.place, array_position(%(names)s::text[], q.name::text)::smallint, q.value
FROM unnest(%(place)s::integer[], %(bill_id)s::bigint[]) AS past(place, bill_id)
JOIN billing_quantity q ON q.bill_id = past.bill_id AND q.name = ANY(%(names)s::text[])
"""
KEPT_KINDS = {"place": "int32", "name": "int16", "value": "int64"}

# What is said of a range of subscriptions, with its days; the few rows there are, in the order in which they were said.
HOUSEHOLDS, EXEMPT, BANK = range(3)
SAID = f"""
SELECT subscription_id, what, value, starts_on, ends_on FROM (
    SELECT subscription_id, {HOUSEHOLDS}::smallint AS what, count::bigint AS value, starts_on,
        DATE '9999-12-31' AS ends_on, id FROM subscriptions_households
    UNION ALL
    SELECT subscription_id, {EXEMPT}::smallint, array_position(%(taxes)s::text[], tax::text)::bigint, starts_on,
        coalesce(ends_on, '9999-12-31'), id FROM subscriptions_taxexemption WHERE tax = ANY(%(taxes)s::text[])
    UNION ALL
    SELECT subscription_id, {BANK}::smallint, opening_kwh, starts_on, coalesce(ends_on, '9999-12-31'), id
    FROM subscriptions_energybank
) said WHERE subscription_id BETWEEN %(first)s AND %(last)s ORDER BY starts_on, id
"""
SAID_KINDS = {
    "subscription_id": "int64", "what": "int16", "value": "int64", "starts_on": "datetime64[D]",
    "ends_on": "datetime64[D]",
}  # fmt: skip


@dataclass(frozen=True)
class Scope:
    """Which subscriptions to look at: a range of a run's cycle, or a single one for a correction."""

    on: date
    cycle: int
    first: int
    last: int


def subscriptions(cursor: Any, scope: Scope, books: dict[str, int]) -> Columns:
    """Subscriptions with days to bill up to `scope.on`, one row each; `books` gives the book id of each code."""
    parameters = {
        "on": scope.on, "first": scope.first, "last": scope.last, "cycle": scope.cycle,
        "codes": list(books), "books": list(books.values()),
    }  # fmt: skip
    found = read(cursor, SUBSCRIPTIONS, SUBSCRIPTION_KINDS, parameters)
    # The days to rate begin at the last real reading: where the last bill began to rate if it was estimated.
    found["rated_from_on"] = np.where(found["estimates_in_a_row"] > 0, found["rated_from_on"], found["previous_to"])
    return found


def rates(cursor: Any, subscription_ids: Sequence[int]) -> dict[int, str]:
    """The code of the rate of each of those subscriptions, as it stands."""
    if not subscription_ids:
        return {}
    cursor.execute("SELECT id, book FROM subscriptions_subscription WHERE id = ANY(%s)", [list(subscription_ids)])
    return dict(cursor.fetchall())


def registers(cursor: Any, due: Columns, until_on: np.ndarray, named: list[str]) -> Columns:
    """Registers of the due subscriptions (`place` is the row of `due`), with their readings; `named`: see `inputs`."""
    names = ("delivery_point_id", "rated_from_on", "starts_on", "ends_on")
    return _of_due(cursor, REGISTERS, REGISTER_KINDS, due, names, until_on, names=named)


def highest(cursor: Any, rows: Columns, until_on: np.ndarray) -> Columns:
    """What those demand registers showed at most (`place` is the row of `rows`); none where nothing was read."""
    return _of_due(cursor, HIGHEST, HIGHEST_KINDS, rows, ("delivery_point_id", "register_id", "from_on"), until_on)


def demands(cursor: Any, due: Columns, places: np.ndarray, periods: int) -> Columns:
    """The last so many live bills of those due subscriptions, for a ratchet."""
    chosen = {name: due[name][places] for name in ("delivery_point_id", "subscription_id")}
    found = _of_due(cursor, DEMANDS, DEMAND_KINDS, chosen, tuple(chosen), periods=periods)
    return found | {"place": places[found["place"]]}


def estimates(cursor: Any, due: Columns, until_on: np.ndarray, named: list[str]) -> Columns:
    """What a person estimated for the days to bill, per due subscription and input."""
    from_on = {"delivery_point_id": due["delivery_point_id"], "from_on": due["previous_to"]}
    return _of_due(cursor, ESTIMATES, ESTIMATE_KINDS, from_on, tuple(from_on), until_on, names=named)


def kept_quantities(cursor: Any, bill_ids: np.ndarray, names: list[str]) -> Columns:
    """What those bills kept beyond their own columns: `place` of the bill, place of the name from 1, value."""
    return _of_due(cursor, KEPT_QUANTITIES, KEPT_KINDS, {"bill_id": bill_ids}, ("bill_id",), names=names)


def said_of_subscriptions(cursor: Any, first: int, last: int, taxes: list[str]) -> Columns:
    """What is said of those subscriptions (see SAID); an exemption is the place of its tax, from 1."""
    return read(cursor, SAID, SAID_KINDS, {"first": first, "last": last, "taxes": taxes})


def _of_due(
    cursor: Any,
    query: str,
    kinds: dict[str, str],
    due: Columns,
    columns: tuple[str, ...],
    until_on: np.ndarray | None = None,
    **told: Any,
) -> Columns:
    parameters = told | {name: array_literal(due[name]) for name in columns}
    parameters["place"] = array_literal(np.arange(len(due[columns[0]])))
    if until_on is not None:
        parameters["until_on"] = array_literal(until_on)
    return read(cursor, query, kinds, parameters)
