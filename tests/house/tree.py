"""What the house tests look at: the tracked files, and the parsed modules of the product."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PRODUCT = REPOSITORY / "fanal"
RECORDS = PRODUCT / "records"
REFERENCE = REPOSITORY / "docs" / "reference"
ROOMS = tuple(sorted(path.parent.name for path in RECORDS.glob("*/models.py")))


def relative(path: Path) -> str:
    """The path as the repository says it."""
    return path.relative_to(REPOSITORY).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """The syntax tree of a module; read once."""
    return ast.parse(path.read_text(encoding="utf-8"))


def modules(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Every module of those folders of the repository, with its path and its tree."""
    for folder in folders:
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            yield relative(path), parsed(path)


def kept_files() -> list[Path]:
    """The files of the repository, tracked or about to be, without those that are ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    names = listed.stdout.splitlines()
    return [path for name in names if (path := REPOSITORY / name).is_file()]


def kept_texts() -> Iterator[tuple[str, str]]:
    """The kept files that are text, with their content."""
    for path in kept_files():
        try:
            yield relative(path), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
