"""Rule 13: a file is read in one sitting, a function on one screen; and a file of tests has its own name."""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tree import modules

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 40
FOLDERS = ("fanal", "tests", "benchmarks", "docs")
# Examples of bills are data written as Python: each is one long literal, read like a table.
DATA = {"tests/links/print/examples.py"}


def lines_of_file(tree: ast.Module) -> int:
    return max((node.end_lineno or 0 for node in tree.body), default=0)


def long_functions(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{node.name} ({lines} lines)"


def test_no_file_is_over_600_lines() -> None:
    assert [name for name, tree in modules(*FOLDERS) if lines_of_file(tree) > FILE_LINES_MAX] == []


def test_no_function_is_over_40_lines() -> None:
    found = [f"{name}: {it}" for name, tree in modules(*FOLDERS) if name not in DATA for it in long_functions(tree)]
    assert found == []


def test_a_long_file_and_a_long_function_would_be_seen() -> None:
    planted = ast.parse("def act():\n" + "    pass\n" * 601)

    assert lines_of_file(planted) > FILE_LINES_MAX
    assert list(long_functions(planted)) == ["act (602 lines)"]


def test_no_two_files_of_tests_bear_the_same_name() -> None:
    """They could not be run together: pytest knows a file by its name."""
    names = [Path(name).name for name, _tree in modules("tests") if Path(name).name.startswith("test_")]
    assert [name for name, times in Counter(names).items() if times > 1] == []
