"""Switch cycles to Fanal when the gate is open, or despite it with a reason; give them back: for command and page."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from fanal.records.elsewhere import acts
from fanal.reports.gate import gate
from fanal.reports.received_here import ReceivedHere, received_here
from fanal.values.refusal import Phrase, refuse

GATE_SHUT = Phrase("Une condition de la mise en marche n’est pas réunie : dire pourquoi basculer malgré cela.")


def switch(*, cycles: Collection[int], by: str, on: date, reason: str = "") -> None:
    """Basculer des cycles; the journal keeps the reason where the gate is shut. Raises Refused without one."""
    is_open = gate().is_open
    if not is_open and not reason:
        raise refuse(GATE_SHUT, field="reason")
    acts.switch_cycles(cycles=cycles, by=by, on=on, despite="" if is_open else reason)


@transaction.atomic
def give_back(*, cycles: Collection[int], by: str, on: date, reason: str) -> list[ReceivedHere]:
    """Rendre des cycles; what was received for them here, that a person enters in the old system."""
    received = received_here(cycles)
    acts.give_back_cycles(cycles=cycles, by=by, on=on, reason=reason)
    return received
