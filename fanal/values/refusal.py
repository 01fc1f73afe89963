"""What we refuse, and why: every wrong row with its field and a French sentence; nothing was written."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One wrong thing: the row (from 1, as a person counts; 0 when it is the whole), the field, the sentence."""

    row: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"Ligne {self.row}, {self.field} : {self.reason}" if self.row else self.reason


class Refused(Exception):
    """An act was refused whole. `problems` lists all that is wrong, in the order of the rows."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.row)
        super().__init__("\n".join(map(str, self.problems)))


def refuse(reason: str, *, field: str = "", row: int = 0) -> Refused:
    """A refusal of one sentence, to raise."""
    return Refused([Problem(row, field, reason)])


def refuse_any(problems: Iterable[Problem]) -> None:
    """Raise Refused if there is any problem."""
    if listed := list(problems):
        raise Refused(listed)
