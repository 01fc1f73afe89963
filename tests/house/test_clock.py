"""Rule 7: only doors read the clock. A rule, a fact or an act is given its day."""

import ast
import re
from collections.abc import Iterator

from tree import PRODUCT, modules

READS = {"today", "now", "utcnow", "localtime", "gmtime", "time_ns", "Now", "CurrentTimestamp"}
SQL = re.compile(
    r"\b(now|statement_timestamp|clock_timestamp|transaction_timestamp|timeofday)\s*\(|"
    r"\b(current_date|current_timestamp|localtimestamp|current_time)\b",
    re.IGNORECASE,
)
# The journal's own stamp says when a row was written; no rule reads it.
STAMP = {"fanal/records/journal/models.py", "fanal/records/journal/migrations/0001_initial.py"}


def clocks(tree: ast.Module) -> Iterator[str]:
    """Each reading of a clock, in Python or in the text of a query."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in READS:
                yield f"line {node.lineno}: {called}"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and (found := SQL.search(node.value)):
            yield f"line {node.lineno}: {found[0]}"


def outside_doors() -> list[tuple[str, ast.Module]]:
    folders = [f"fanal/{path.name}" for path in PRODUCT.iterdir() if path.is_dir() and path.name != "doors"]
    return list(modules(*folders))


def test_only_doors_read_the_clock() -> None:
    assert [f"{name}, {it}" for name, tree in outside_doors() if name not in STAMP for it in clocks(tree)] == []


def test_queries_kept_in_files_do_not_read_it_either() -> None:
    queries = [path for path in PRODUCT.rglob("*.sql") if "doors" not in path.parts]

    assert [path.name for path in queries if SQL.search(path.read_text(encoding="utf-8"))] == []


def test_every_clock_would_be_seen() -> None:
    for planted in ("date.today()", "datetime.now()", "timezone.now()", "Now()", "q = 'WHERE on_date < CURRENT_DATE'"):
        assert list(clocks(ast.parse(planted))), planted
    assert list(clocks(ast.parse("q = 'what is known now'; start = time.monotonic()"))) == []
