"""What we know of the parallel run: how far it is, what its bills became, and each difference."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum

from fanal.law.shadow.differences import Class
from fanal.records.shadow.models import Difference, Run, Tally

BY = ("kind", "cycle", "year", "tariff")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownRun:
    """A parallel run: of which export, how far, by whom."""

    id: int
    export_id: int
    accounts: int
    done: int
    ended: bool
    begun_by: str
    begun_on: date
    cycles: tuple[str, ...]  # all those that are to be billed


@dataclass(frozen=True, slots=True)
class Counted:
    """Bills of one class and one key: how many, what they come to there and here, in cents."""

    kind: str
    key: str
    bills: int
    there_cents: int
    here_cents: int

    @property
    def cents(self) -> int:
        """What is owed here less what was printed there."""
        return self.here_cents - self.there_cents


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDifference:
    """One bill that differs, with both sides."""

    id: int
    run_id: int
    number: str
    account: str
    cycle: str
    tariff: str
    issued_on: date
    kind: str
    code: str
    facts: Mapping[str, Any]
    there_cents: int
    here_cents: int | None
    there: Mapping[str, Any]
    here: Mapping[str, Any] | None
    given: Mapping[str, Any]

    @property
    def cents(self) -> int:
        """What is owed here less what was printed there."""
        return (self.here_cents or 0) - self.there_cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Bills of a run that a person must accept for one reason: they were compared with nothing, or at another price."""

    code: str
    about: str  # the tariff or the prices, where the reason is of some
    kind: str
    facts: Mapping[str, Any]  # of one of them
    bills: int
    there_cents: int
    accepted_by: str  # empty: nobody did, or it was withdrawn
    accepted_on: date | None
    reason: str
    acceptance_id: int | None
    withdrawn: int  # how many acceptances of it were
    withdrawn_by: str  # the last of them
    withdrawn_on: date | None
    withdrawn_reason: str


# Of a printed bill that nothing could rate, what is ours is unknown; the printed prices are named by the law.
ABOUT = "coalesce(d.facts ->> 'name', CASE WHEN d.code IN ('no_tariff', 'no_price') THEN d.facts ->> 'tariff' END, '')"
FINDINGS = f"""
WITH found AS (
    SELECT d.code, {ABOUT} AS about, min(d.kind) AS kind, min(d.facts::text) AS facts, count(*) AS bills,
        sum(d.there_cents)::bigint AS there_cents
    FROM shadow_difference d JOIN shadow_comparedset s ON s.id = d.compared_id
    WHERE s.run_id = %(run)s AND (d.here_cents IS NULL OR d.kind = '{Class.OTHER_PRICE.value}')
    GROUP BY d.code, {ABOUT}
)
SELECT f.code, f.about, f.kind, f.facts, f.bills, f.there_cents, coalesce(a.accepted_by, ''), a.accepted_on,
    coalesce(a.reason, ''), a.id, coalesce(w.many, 0), coalesce(w.withdrawn_by, ''), w.withdrawn_on,
    coalesce(w.reason, '')
FROM found f LEFT JOIN shadow_acceptance a
    ON (a.code, a.about, a.bills, a.there_cents) = (f.code, f.about, f.bills, f.there_cents)
    AND NOT EXISTS (SELECT FROM shadow_withdrawal w WHERE w.acceptance_id = a.id)
LEFT JOIN LATERAL (
    SELECT count(*) OVER () AS many, w.withdrawn_by, w.withdrawn_on, w.reason
    FROM shadow_withdrawal w JOIN shadow_acceptance was ON was.id = w.acceptance_id
    WHERE (was.code, was.about, was.bills, was.there_cents) = (f.code, f.about, f.bills, f.there_cents)
    ORDER BY w.id DESC LIMIT 1
) w ON true
ORDER BY a.id IS NOT NULL, f.bills DESC, f.code, f.about
"""
UNRATED = """
SELECT d.cycle, count(*) FROM shadow_difference d JOIN shadow_comparedset s ON s.id = d.compared_id
WHERE s.run_id = %(run)s AND d.here_cents IS NULL GROUP BY d.cycle
"""


def findings(run_id: int) -> list[Finding]:
    """What a person must accept of a run before leaving: what nobody accepted first, then the most bills."""
    names = Finding.__slots__
    with connection.cursor() as cursor:
        cursor.execute(FINDINGS, {"run": run_id})
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [Finding(**(it | {"facts": json.loads(it["facts"])})) for it in found]


def unrated(run_id: int) -> dict[str, int]:
    """How many printed bills of each cycle nothing could rate here."""
    with connection.cursor() as cursor:
        cursor.execute(UNRATED, {"run": run_id})
        return dict(cursor.fetchall())


def runs(export_id: int | None = None) -> list[KnownRun]:
    """The runs, the last one first; of one export where it is given."""
    asked = Run.objects.all() if export_id is None else Run.objects.filter(export_id=export_id)
    told = asked.annotate(done=Sum("sets__accounts"), over=Count("sets", filter=Q(sets__is_last=True))).order_by("-pk")
    return [
        KnownRun(
            id=it.pk, export_id=it.export_id, accounts=it.accounts, done=it.done or 0, ended=bool(it.over),
            begun_by=it.begun_by, begun_on=it.begun_on,
            cycles=tuple(it.cycles),
        )
        for it in told
    ]  # fmt: skip


def last_run(export_id: int | None = None) -> KnownRun | None:
    """The last run, of one export where it is given; None without one."""
    return next(iter(runs(export_id)), None)


def run(run_id: int) -> KnownRun | None:
    """That run, or None."""
    return next((it for it in runs() if it.id == run_id), None)


def tallies(run_id: int, by: str = "kind") -> list[Counted]:
    """What the bills of a run became, by class and by cycle, year or tariff (`by`), in their order."""
    if by not in BY:
        raise ValueError(by)
    names = ("kind", by) if by != "kind" else ("kind",)
    rows = (
        Tally.objects.filter(compared__run_id=run_id)
        .values(*names)
        .annotate(many=Sum("bills"), there=Sum("there_cents"), own=Sum("here_cents"))
        .order_by(*reversed(names))
    )
    return [Counted(it["kind"], str(it.get(by, "")), it["many"], it["there"], it["own"]) for it in rows]


def differences(
    run_id: int, *, wanted: Mapping[str, str] | None = None, first: int = 0, many: int = 50
) -> Sequence[KnownDifference]:
    """Differences of a run, the greatest amounts first within a class; `wanted` by kind, cycle, year or tariff."""
    return [
        _known(it) for it in _asked(run_id, wanted).order_by("kind", "-there_cents", "number")[first : first + many]
    ]


def count_differences(run_id: int, wanted: Mapping[str, str] | None = None) -> int:
    """How many there are of those."""
    return _asked(run_id, wanted).count()


def difference(difference_id: int) -> KnownDifference | None:
    """That difference, or None."""
    found = Difference.objects.select_related("compared").filter(pk=difference_id).first()
    return _known(found) if found else None


def _asked(run_id: int, wanted: Mapping[str, str] | None) -> Any:
    keys = {"year": "issued_on__year", "name": "facts__name"}
    filters = {keys.get(name, name): value for name, value in (wanted or {}).items()}
    return Difference.objects.select_related("compared").filter(compared__run_id=run_id, **filters)


def _known(it: Difference) -> KnownDifference:
    own = {name: getattr(it, name) for name in KnownDifference.__slots__ if name not in ("id", "run_id")}
    return KnownDifference(id=it.pk, run_id=it.compared.run_id, **own)
