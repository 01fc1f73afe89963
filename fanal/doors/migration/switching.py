"""Switch cycles to Fanal when the gate is open, or despite it with a reason: for a command and a page."""

from collections.abc import Collection
from datetime import date

from fanal.records.elsewhere import acts
from fanal.reports.gate import gate
from fanal.values.refusal import Phrase, refuse

GATE_SHUT = Phrase("Une condition de la mise en marche n’est pas réunie : dire pourquoi basculer malgré cela.")


def switch(*, cycles: Collection[int], by: str, on: date, reason: str = "") -> None:
    """Basculer des cycles; the journal keeps the reason where the gate is shut. Raises Refused without one."""
    is_open = gate().is_open
    if not is_open and not reason:
        raise refuse(GATE_SHUT, field="reason")
    acts.switch_cycles(cycles=cycles, by=by, on=on, despite="" if is_open else reason)
