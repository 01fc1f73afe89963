"""Bills (contract.PrintedBill) to PDF by Typst: two pages, PDF/A-2a and PDF/UA-1, same data, same bytes."""

import json
import os
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count, islice, takewhile
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import segno
import typst

from fanal.links.print.contract import PrintedBill
from fanal.links.print.density import density

HERE = Path(__file__).parent
STANDARDS = ["a-2a", "ua-1"]
CHUNK = 16  # bills sent to a process at a time
NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
DARK = re.compile(rb"\x01+")
NBSP = "\u00a0"
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_ENGLISH_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_UNITS = r"[$%¢?!;:»]|kWh|kW|kVA|°C|h\b|jours?\b"
_SPACES = {  # each of these ordinary spaces becomes a non-breaking one
    "fr": re.compile(
        rf" (?=(?:{_UNITS}))|(?<=«) |(?<=\d) (?=\d\d\d(?!\d))|(?<=[−+]) (?=\d)"
        rf"|(?<=[\dr]) (?={_MONTHS})|(?<=[rltnesû]) (?=20\d\d)"
    ),
    "en": re.compile(
        rf"(?<=[yhletr]) (?=\d\d?, 20\d\d)|(?<=\d,) (?=20\d\d)|(?<=\d) (?=kWh|kW|kVA|°C|days?\b|{_ENGLISH_MONTHS})"
    ),
}
_local = threading.local()


class CannotPrint(ValueError):
    """A bill that cannot be printed; the message is a French sentence with its number and the cause."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What `render_many` did: number of files, their bytes, and (number, sentence) of each bill refused."""

    count: int
    size: int
    refused: tuple[tuple[str, str], ...]


def render(bill: PrintedBill) -> bytes:
    """The PDF of one bill (two US Letter pages). Raises CannotPrint."""
    pdf: bytes = _compile(bill.number, payload(bill))
    return pdf


def pictures(bill: PrintedBill, dots_per_inch: int) -> list[bytes]:
    """The pages of one bill as PNG, as the PDF shows them. Raises CannotPrint."""
    pages = _compile(bill.number, payload(bill), format="png", ppi=dots_per_inch)
    return pages if isinstance(pages, list) else [pages]


def render_many(
    bills: Iterable[PrintedBill],
    folder: Path,
    workers: int = 1,
    progress: Callable[[int], None] | None = None,
) -> Printed:
    """One `<number>.pdf` per bill in `folder`, over `workers` processes (1: in this one).

    Bills are read lazily and at most 3 chunks per worker are held. A file is replaced whole or not at all, so a
    restart is harmless. `progress` receives the number of bills done so far. A refused bill stops nothing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = size = done = 0
    refused: list[tuple[str, str]] = []
    for results in _chunk_results(bills, folder, workers):
        for number, written, problem in results:
            files, size = files + (not problem), size + written
            if problem:
                refused.append((number, problem))
        done += len(results)
        if progress:
            progress(done)
    return Printed(files, size, tuple(sorted(refused)))


def payload(bill: PrintedBill) -> str:
    """JSON given to the template: the bill, its date in numbers, the scale of its chart and its QR code."""
    if not NUMBER.fullmatch(bill.number):
        raise CannotPrint(f"Le numéro de facture « {bill.number} » ne peut pas nommer un fichier.")
    data: dict[str, Any] = _fields(bill) | {"months": [_fields(month) for month in bill.months]}
    day = data.pop("issued_on")
    data["date"] = [day.year, day.month, day.day]
    data["chart"] = _scale(data["months"], bill.language)
    data["density"] = density(bill)
    _name_months(data["months"])
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=_fields)
    text = _typography(text, bill.language)
    symbol = "" if bill.slip is None else _qr_svg(bill.slip.qr)
    return text[:-1] + ',"qr":' + json.dumps(symbol) + "}"


def _fields(part: Any) -> dict[str, Any]:
    """The fields of a part of the contract; those within stay as they are."""
    return {name: getattr(part, name) for name in part.__dataclass_fields__}


def _typography(text: str, language: str) -> str:
    """Non-breaking spaces and curly apostrophes; works on JSON because its own syntax holds no space or apostrophe."""
    return _SPACES[language].sub(NBSP, text.replace("\u202f", NBSP).replace("'", "’"))


def _scale(months: list[dict[str, Any]], language: str) -> dict[str, Any]:
    """Top of the chart in tenths of kWh, and 3 to 6 ticks at round values (1, 2 or 5 times a power of ten)."""
    seen = [m[k] for m in months for k in ("tenths", "year_ago_tenths") if m[k] is not None]
    highest = max(seen, default=0) * 11 // 10 + 1
    step = next(s for power in range(1, 12) for s in (10**power, 2 * 10**power, 5 * 10**power) if s * 5 >= highest)
    ticks = range(0, highest + step, step)
    comma = NBSP if language == "fr" else ","
    return {"top": ticks[-1], "ticks": [{"at": t, "text": f"{t // 10:,}".replace(",", comma)} for t in ticks]}


def _name_months(months: list[dict[str, Any]]) -> None:
    """Mark the bars that carry their figure: the highest, the lowest and the last, never two neighbours."""
    known = [i for i, m in enumerate(months) if m["tenths"] is not None]
    wanted = (
        [
            known[-1],
            *sorted(known, key=lambda i: -months[i]["tenths"])[:1],
            *sorted(known, key=lambda i: months[i]["tenths"])[:1],
        ]
        if known
        else []
    )
    chosen: list[int] = []
    for i in wanted:
        if all(abs(i - other) > 1 for other in chosen):
            chosen.append(i)
    for i, month in enumerate(months):
        month["named"] = i in chosen


def _qr_svg(content: str) -> str:
    """QR code of `content`, error level M, without its quiet zone (the template draws it).

    The mask is fixed: readers take any of the eight, and choosing the handsomest takes longer than a page.
    """
    rows = segno.make(content, error="m", micro=False, boost_error=False, mask=2).matrix
    runs = ((run, y) for y, row in enumerate(rows) for run in DARK.finditer(bytes(row)))
    path = "".join(f"M{run.start()} {y}.5h{run.end() - run.start()}" for run, y in runs)
    view = f"viewBox='0 0 {len(rows)} {len(rows)}'"
    return f"<svg xmlns='http://www.w3.org/2000/svg' {view}><path stroke='#14202b' d='{path}'/></svg>"


def _compile(number: str, data: str, **form: Any) -> Any:
    """One PDF, or in another form what typst answers for it."""
    if not hasattr(_local, "compiler"):  # one a thread: it cannot be shared while it works
        _local.compiler = typst.Compiler(root=str(HERE), font_paths=[str(HERE / "fonts")], ignore_system_fonts=True)
    quoted = data.replace("\\", "\\\\").replace('"', '\\"')
    document = f'#import "bill.typ": bill\n#bill(json(bytes("{quoted}")))'
    try:
        form = form or {"format": "pdf", "pdf_standards": STANDARDS}
        made = _local.compiler.compile(document.encode(), timestamp=datetime(2000, 1, 1, tzinfo=UTC), **form)
    except typst.TypstError as problem:
        raise CannotPrint(f"La facture {number} ne peut pas être imprimée : {problem}") from problem
    return made


def _write(folder: Path, number: str, data: str) -> tuple[str, int, str]:
    try:
        pdf = _compile(number, data)
    except CannotPrint as problem:
        return number, 0, str(problem)
    half = folder / f".{number}.{os.getpid()}.part"
    half.write_bytes(pdf)
    half.replace(folder / f"{number}.pdf")
    return number, len(pdf), ""


def _write_chunk(folder: Path, chunk: list[PrintedBill]) -> list[tuple[str, int, str]]:
    results = []
    for bill in chunk:
        try:
            results.append(_write(folder, bill.number, payload(bill)))
        except CannotPrint as problem:
            results.append((bill.number, 0, str(problem)))
    return results


def _one_thread() -> None:
    """In a worker, before Typst starts: one thread a process, the cores are shared by processes."""
    os.environ["RAYON_NUM_THREADS"] = "1"


def _chunk_results(bills: Iterable[PrintedBill], folder: Path, workers: int) -> Iterator[list[tuple[str, int, str]]]:
    source = iter(bills)
    chunks = takewhile(bool, (list(islice(source, CHUNK)) for _ in count(1)))
    if workers <= 1:
        yield from (_write_chunk(folder, chunk) for chunk in chunks)
        return
    # Spawned, not forked: Typst's threads do not survive a fork, and the child would wait for them for ever.
    with ProcessPoolExecutor(workers, get_context("spawn"), _one_thread) as pool:
        waiting: set[Future[list[tuple[str, int, str]]]] = set()
        for chunk in chunks:
            waiting.add(pool.submit(_write_chunk, folder, chunk))
            if len(waiting) >= 3 * workers:
                ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in ready)
        yield from (future.result() for future in waiting)
