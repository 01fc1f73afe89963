"""The annex of a rehearsal for the council, to PDF by Typst: Letter, PDF/A-2a and PDF/UA-1."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import typst

from fanal.links.print.render import HERE, STANDARDS, CannotPrint


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: its title, its heads, its rows of ready texts; `left` columns from the left are words, then figures."""

    title: str
    note: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar of the chart: what stands under it, the figure over it, its height in thousandths of the largest."""

    label: str
    figure: str
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedAnnex:
    """All the texts of the annex, ready to lay out; `date` as (year, month, day)."""

    language: str
    town: str
    service: str
    title: str
    subtitle: str
    date: tuple[int, int, int]
    opening: tuple[str, ...]
    figures: tuple[tuple[str, str, str], ...]  # label, figure, note
    chart_title: str
    chart_alt: str
    bars: tuple[Bar, ...]
    tables: tuple[Table, ...]
    method_title: str
    method: tuple[str, ...]
    foot: str
    of: str  # « 1 de 2 »


def render_annex(annex: PrintedAnnex) -> bytes:
    """The PDF of an annex; same texts, same bytes. Raises CannotPrint."""
    data = json.dumps(asdict(annex), ensure_ascii=False).replace("\u202f", "\u00a0").replace("'", "’")
    quoted = data.replace("\\", "\\\\").replace('"', '\\"')
    document = f'#import "annex.typ": annex\n#annex(json(bytes("{quoted}")))'
    compiler = typst.Compiler(root=str(HERE), font_paths=[str(HERE / "fonts")], ignore_system_fonts=True)
    try:
        return bytes(compiler.compile(
            document.encode(), timestamp=datetime(2000, 1, 1, tzinfo=UTC), format="pdf", pdf_standards=STANDARDS
        ))  # fmt: skip
    except typst.TypstError as problem:
        raise CannotPrint(f"L’annexe ne peut pas être imprimée : {problem}") from problem
