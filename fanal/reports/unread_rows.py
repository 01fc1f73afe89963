"""Rows of an export that could not be read, and what they must hold: one same amount wherever they are missing.

A broken line is known by its whole cells alone, each at its place. It explains what its kind feeds (a total, a balance,
a last bill, a count), and never more than what the account that it names lacks.
"""

from collections.abc import Mapping, Sequence
from typing import Any

# How the totals of a kind share its rows: among the totals of a family, or (EACH) every total counts them all.
WHOLE, YEARS, TAXES, ENERGY = "whole", "years", "taxes", "energy"
EACH = {TAXES}
GATHERED = """
CREATE TEMP TABLE unread ON COMMIT DROP AS
SELECT row.file_id, row.line, file.name, flaw.code, coalesce(nullif(flaw.evidence ->> 'kind', ''), file.kind) AS kind,
    CASE WHEN flaw.evidence ->> 'kind' = 'subscriptions' THEN said ->> 'number' ELSE said ->> 'account' END AS account,
    said ->> 'number' AS number, (said ->> 'issued_on')::date AS on_day, (said ->> 'kwh')::bigint AS kwh,
    coalesce(said ->> 'total', said ->> 'amount')::bigint AS amount, said ->> 'estimated' AS estimated,
    said ? 'net' AS told_estimated, false AS agreed
FROM takeover_stagedrow row JOIN takeover_exportfile file ON file.id = row.file_id
LEFT JOIN LATERAL (SELECT flaw.code, flaw.evidence FROM takeover_flaw flaw WHERE flaw.file_id = row.file_id
    AND flaw.line = row.line ORDER BY flaw.evidence ? 'read' DESC, flaw.code LIMIT 1) flaw ON true
CROSS JOIN LATERAL (SELECT coalesce(flaw.evidence -> 'read', '{}') AS said) broken
WHERE file.export_id = %(export)s AND row.fields = '{}'
"""
COUNTED = "SELECT name, kind, count(*) FROM unread GROUP BY name, kind"
OF_KIND = """
SELECT count(*), count(account), count(amount), coalesce(sum(amount), 0)::bigint, count(kwh),
    coalesce(sum(kwh), 0)::bigint FROM unread WHERE kind = %(kind)s
"""
# What the accounts that the broken rows of a kind name still lack; a payment takes from what is owed.
LACKING = """
SELECT count(*), coalesce(sum(theirs - ours - waiting - to_read), 0)::bigint FROM compared c
WHERE NOT unstated AND theirs <> ours + waiting + to_read
    AND EXISTS (SELECT FROM unread u WHERE u.kind = %(kind)s AND u.account = c.account)
"""
AGREED = """
UPDATE unread SET agreed = true WHERE kind = %(kind)s;
UPDATE compared c SET to_read = theirs - ours - waiting WHERE NOT unstated
    AND EXISTS (SELECT FROM unread u WHERE u.kind = %(kind)s AND u.account = c.account)
"""
Amount = tuple[int, int]  # a count, and cents or kWh


def gather(cursor: Any, export_id: int) -> None:
    """Put the rows of an export that could not be read in a table of the transaction, with what they still say."""
    cursor.execute(GATHERED, {"export": export_id})


def counted(cursor: Any) -> dict[tuple[str, str], int]:
    """How many there are of each (file, kind); of no kind where even that cannot be told."""
    cursor.execute(COUNTED)
    return {(name, kind): count for name, kind, count in cursor.fetchall()}


def agree(cursor: Any, kind: str, lacking: Mapping[str, Sequence[Amount]]) -> set[str]:
    """The families of totals that lack just the broken rows of a kind, by as much as the accounts they name do.

    `lacking` has, of each family that the old system states, what nothing else explains. Empty when anything disagrees.
    """
    cursor.execute(OF_KIND, {"kind": kind})
    rows, named, told, amount, told_kwh, kwh = cursor.fetchone()
    cursor.execute(LACKING, {"kind": kind})
    accounts, owed = cursor.fetchone()
    if kind == "payments":
        owed = -owed
    if kind == "deposits":  # which are no part of what is owed: the line itself must say how much
        accounts, owed = rows, amount if told == rows else 0
    if not rows or named < rows or not accounts or (told == rows and amount != owed):
        return set()
    agreed = set()
    for family, sides in lacking.items():
        counts, amounts = [count for count, _ in sides], sum(amount for _, amount in sides)
        same = counts == [rows] * len(counts) if family in EACH else sum(counts) == rows
        if family == ENERGY:
            agreed |= {family} if same and told_kwh == rows and amounts == kwh else set()
        elif not same or amounts != owed:
            return set()
        else:
            agreed.add(family)
    if agreed - {ENERGY}:
        cursor.execute(AGREED, {"kind": kind})
        return agreed
    return set()
