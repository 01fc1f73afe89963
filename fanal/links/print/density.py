"""How tightly the second page must be set: an estimate of its height, to spare the template a trial layout."""

from itertools import chain

from fanal.links.print.contract import BlockBar, Meter, PrintedBill

# (letters in points, margin of a row in mm, gap in mm): the same six as `densities` in bill.typ.
DENSITIES = (
    (11.0, 2.75, 9.0),
    (10.5, 2.1, 7.5),
    (10.0, 1.55, 6.0),
    (9.5, 1.15, 5.0),
    (9.0, 0.85, 4.0),
    (8.0, 0.6, 3.0),
)
ROOM_MM = 247.0  # of 253.4: the foot takes the rest
SLACK_MM = 4.0  # an estimate this close to the edge is measured instead
OBSERVED = 0.90  # the sum below is generous: pages of plain bills are measured 9 to 12 % lower
LONGEST = 66  # characters of a row (label and calculation) that surely fit on one line


def density(bill: PrintedBill) -> dict[str, int | bool]:
    """`at`: first density that may do (0 to 5); `sure`: it does, with no need to measure."""
    for at, shape in enumerate(DENSITIES):
        height = _height_mm(bill, *shape)
        if height <= ROOM_MM - SLACK_MM:
            return {"at": at, "sure": _plain(bill)}
        if height <= ROOM_MM + SLACK_MM:
            return {"at": at, "sure": False}
    return {"at": len(DENSITIES) - 1, "sure": False}


def _plain(bill: PrintedBill) -> bool:
    """No text long enough to wrap where the estimate counts one line."""
    lines = chain(bill.balance, *(section.lines for section in bill.sections))
    rows = chain(
        (len(line.label) + len(line.how) for line in lines),
        (len(tax.label) + len(tax.registration) + len(tax.how) for tax in bill.taxes),
    )
    reads = (len(read.day) + len(read.quality) for meter in bill.meters for read in meter.reads)
    results = (len(result.label) + len(result.value) for meter in bill.meters for result in meter.results)
    heads = (len(meter.number) + len(meter.detail) for meter in bill.meters)
    steps = (len(step.operation) + len(step.result) + len(step.note) for bar in bill.blocks for step in bar.steps)
    return (
        all(length <= LONGEST for length in rows)
        and all(length <= 38 for length in chain(reads, results))
        and all(length <= most for lengths, most in ((heads, 26), (steps, 46)) for length in lengths)
    )


def _height_mm(bill: PrintedBill, points: float, row_margin: float, gap: float) -> float:
    line = 0.452 * points  # from one baseline to the next
    rows = 4 + len(bill.balance) + len(bill.taxes) + len(bill.instalments)
    rows += sum(len(section.lines) + bool(section.heading) for section in bill.sections)
    table = rows * (0.252 * points + 2 * row_margin) + 1
    meters = 1.6 * line + sum(_meter_mm(meter, line) for meter in bill.meters) + _lines(bill.meter_notes, 55) * 3.9 + 4
    reach = 9.5 * line + 2
    pay = (11.5 * line) if bill.state in ("due", "plan") else 0.0
    if bill.blocks:
        panels = max(meters, 1.6 * line + sum(_bar_mm(bar, line) for bar in bill.blocks)) + gap + max(pay, reach)
    else:
        panels = max(meters, reach + (pay + gap if pay else 0))
    return (10 + gap + 9.5 + table + gap + panels) * OBSERVED


def _meter_mm(meter: Meter, line: float) -> float:
    return (1 + len(meter.reads) + len(meter.results)) * 1.36 * line + 0.9 * line


def _bar_mm(bar: BlockBar, line: float) -> float:
    margin = 6 if bar.heading else 8  # of two bars, each stands closer
    return (bool(bar.heading) + 1.7 + 0.9 + 1 + len(bar.steps) + bool(bar.note)) * line + margin


def _lines(texts: tuple[str, ...], width: int) -> int:
    return sum(len(text) // width + 1 for text in texts) + 1
