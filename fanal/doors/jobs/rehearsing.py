"""Rehearse a book when a page asks: told bill after bill, its outcome kept."""

from collections.abc import Callable
from datetime import date

from fanal.law.tariffs.book import NoPrice
from fanal.records.billing import proposal_facts as facts
from fanal.records.billing import proposals
from fanal.reports import rehearsal
from fanal.values.refusal import refuse


def rehearse_now(*, run_id: int, by: str, on: date, progress: Callable[[int], None] | None = None) -> bool:
    """Répéter un livre and keep the outcome; True. `run_id` is what the queue names its subject."""
    asked = facts.rehearsal(run_id)
    if asked is None:
        raise refuse("La répétition {id} n’existe pas.", field="run_id", id=str(run_id))
    if asked.outcome is None:
        try:
            found = rehearsal.rehearse(
                facts.rehearsed(run_id), current=facts.compared(asked), from_on=asked.from_on,
                to_on=asked.to_on, dated=asked.dated, progress=progress,
            )  # fmt: skip
        except NoPrice as fault:
            raise refuse(
                "Le livre {code} n’a pas de prix le {on}.", field="from_on", code=fault.code, on=fault.on
            ) from None
        proposals.keep_rehearsal(rehearsal_id=run_id, outcome=rehearsal.plain(found), by=by, on=on)
    return True


def steps(subject: int) -> list[tuple[int, int]]:
    """What there is to do: one step, of as many bills as are read."""
    asked = facts.rehearsal(subject)
    if asked is None or asked.outcome is not None:
        return []
    return [(1, rehearsal.bills_to_read(tuple(asked.replaced), from_on=asked.from_on, to_on=asked.to_on))]
