"""Print bills: of a run, or a few; stories in batches, then PDF files named by number. Same data, same bytes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fanal.doors.bills.document import Temperatures, documents
from fanal.doors.demo.consumption import monthly_temperature
from fanal.doors.demo.life import ABOUT as DEMO
from fanal.links.print.contract import PrintedBill
from fanal.links.print.render import pictures, render, render_many
from fanal.records.journal import facts as journal
from fanal.reports.bill_shelf import stories
from fanal.reports.bill_story import issued_by_run

BATCH = 200
Progress = Callable[[int], None]  # called with the number of bills just done


@dataclass(frozen=True, slots=True)
class PrintRun:
    """What was printed: files by number, and (number, sentence) of each bill that could not be."""

    folder: Path
    numbers: tuple[str, ...]
    size: int
    refused: tuple[tuple[str, str], ...]

    @property
    def count(self) -> int:
        """How many files were written."""
        return len(self.numbers)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files, in the order of the numbers."""
        return tuple(self.folder / f"{number}.pdf" for number in self.numbers)


def print_run(run_id: int, folder: Path, progress: Progress | None = None, workers: int = 2) -> PrintRun:
    """Print every bill and credit note that a run issued; harmless to repeat."""
    return print_bills(issued_by_run(run_id), folder, progress, workers)


def print_bills(bill_ids: Sequence[int], folder: Path, progress: Progress | None = None, workers: int = 2) -> PrintRun:
    """Print those issued bills to `<number>.pdf` in `folder`, each file whole or absent. Raises UnknownBill."""
    numbers: list[str] = []
    done = 0

    def advance(total: int) -> None:
        nonlocal done
        if progress:
            progress(total - done)
        done = total

    printed = render_many(_told(bill_ids, numbers), folder, workers if len(bill_ids) > BATCH else 1, advance)
    refused = {number for number, _ in printed.refused}
    kept = tuple(number for number in numbers if number not in refused)
    return PrintRun(folder, kept, printed.size, printed.refused)


def print_bill(bill_id: int) -> bytes:
    """The PDF of one issued bill. Raises UnknownBill, and ValueError for one that is not issued."""
    (document,) = documents(stories([bill_id]), temperatures())
    return render(document)


def picture_bill(bill_id: int, dots_per_inch: int = 100) -> list[bytes]:
    """The pages of one issued bill as PNG, for a screen. Raises UnknownBill, and ValueError for one not issued."""
    (document,) = documents(stories([bill_id]), temperatures())
    return pictures(document, dots_per_inch)


def temperatures() -> Temperatures:
    """Mean temperatures where they are known: the demo town has its weather, elsewhere none is known yet."""
    known: Mapping[tuple[int, int], int] = monthly_temperature() if journal.speaks_of(DEMO) else {}
    return known


def _told(bill_ids: Sequence[int], numbers: list[str]) -> Iterator[PrintedBill]:
    known = temperatures()
    for at in range(0, len(bill_ids), BATCH):
        for document in documents(stories(bill_ids[at : at + BATCH]), known):
            numbers.append(document.number)
            yield document
