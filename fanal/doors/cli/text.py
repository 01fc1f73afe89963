"""What the commands share: values typed after an option, files in and out, refusals said on standard error."""

import argparse
import getpass
import os
import re
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import wraps
from pathlib import Path
from typing import Any

import psycopg
from django.db import OperationalError, transaction

from fanal.law.metering.plausibility import Fix
from fanal.links.sheet import BYTES_MAX
from fanal.values.dates import parse_day
from fanal.values.energy import parse_register
from fanal.values.refusal import Problem, Refused, refuse
from fanal.values.writing import NAME_MAX, line

Run = Callable[[argparse.Namespace], int]

QUANTITY = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,3})?")
REFUSED_BY = 0.5  # seconds: what is refused at once is refused before any progress shows
BUSY = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)
BUSY_SAID = "Un autre travail tient ces données : rien de plus n’est inscrit. Relancer la même commande dans un moment."
FIXES = {
    Fix.ACCEPT: "l’accepter telle quelle",
    Fix.RE_ESTIMATE: "estimer",
    Fix.REREAD: "relire le compteur",
    Fix.CORRECT: "corriger",
    Fix.POSTPONE: "la remettre à un autre lot",
}
UNREADABLE = {FileNotFoundError: "n’existe pas", IsADirectoryError: "est un dossier", PermissionError: "est interdit"}


UNWRITABLE = {FileNotFoundError: "son dossier n’existe pas", NotADirectoryError: "son dossier n’existe pas",
              IsADirectoryError: "c’est un dossier", PermissionError: "c’est interdit"}  # fmt: skip


def day(typed: str) -> date:
    """The type of a day after an option: AAAA-MM-JJ."""
    try:
        return parse_day(shown(typed))
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def words(typed: str) -> str:
    """The type of a name or a reason after an option: something to read, on one line."""
    try:
        return line(typed, missing="Il faut un texte de 1 à 100 caractères.", most=NAME_MAX)
    except Refused as refused:
        raise argparse.ArgumentTypeError(str(refused)) from None


def whoever() -> str:
    """Who types, as this machine names them; a number where it names nobody."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"utilisateur {os.getuid()}"


def quantity(typed: str) -> Decimal:
    """The type of a quantity after an option: 1250 or 84,5."""
    if not QUANTITY.fullmatch(typed):
        raise argparse.ArgumentTypeError(f"« {shown(typed)} » n’est pas une quantité écrite comme 1250 ou 84,5.")
    return Decimal(typed.replace(",", "."))


def register(typed: str) -> tuple[str, str]:
    """The type of a register after an option: kWh, kWh-peak."""
    try:
        return parse_register(shown(typed))
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def shown(value: object) -> str:
    """A text as it may be printed, whatever a shell or a file system made of it."""
    return "".join(it if it.isprintable() or it == "\u00a0" else "·" for it in str(value))


def count(number: int, one: str, many: str) -> str:
    """« 1 relève », « 12 relèves »."""
    return f"{number} {many if number > 1 else one}"


def spoken(run: Run) -> Run:
    """Say what an act refuses, or that the records are busy, in sentences; such a run answers 1."""

    @wraps(run)
    def spoken_run(options: argparse.Namespace) -> int:
        try:
            return run(options)
        except Refused as refused:
            tell(refused.problems, getattr(options, "file", None))
        except (OperationalError, psycopg.OperationalError) as problem:
            if not isinstance(problem, BUSY) and not isinstance(problem.__cause__, BUSY):
                raise
            print(BUSY_SAID, file=sys.stderr)
        return 1

    return spoken_run


def tell(problems: Sequence[Problem], file: Path | None = None) -> None:
    """Print refusals on standard error: « fichier, ligne 12, index : … »; of a call, the reason alone."""
    for it in problems:
        print(f"{where(file, it.row, it.field)} : {it.reason}" if file else it.reason, file=sys.stderr)


def where(file: Path, line: int, column: str) -> str:
    """« fichier, ligne 12, index »; the file alone for line 0."""
    return shown(file.name) + (f", ligne {line}, {column}" if line else "")


def located(problems: Sequence[Problem], lines: Sequence[int], columns: Mapping[str, str]) -> list[Problem]:
    """Problems of an act, by the line of the file that each of its rows came from, and by column."""
    return [Problem(lines[it.row - 1] if it.row else 0, columns.get(it.field, it.field), it.reason) for it in problems]


def content_of(file: Path) -> bytes:
    """The bytes of a file. Raises Refused when it cannot be read; one byte too many tells that it is too large."""
    try:
        with file.open("rb") as opened:
            return opened.read(BYTES_MAX + 1)
    except (OSError, ValueError) as problem:
        said = UNREADABLE.get(type(problem), "ne se lit pas")
        raise refuse(f"Ce fichier {said}.") from None


def write_whole(path: Path, content: bytes) -> None:
    """Write beside, then rename: a reader sees the old file or the new one, never a part. Raises Refused."""
    try:
        _write_whole(path, content)
    except (OSError, ValueError) as problem:
        said = UNWRITABLE.get(type(problem), "le disque le refuse")
        raise refuse(f"« {shown(path)} » ne s’écrit pas : {said}.") from None


def _write_whole(path: Path, content: bytes) -> None:
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:60]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(aside, 0o640)
        os.replace(aside, path)
    except BaseException:
        os.unlink(aside)
        raise


def rehearsed(act: Callable[[], Any]) -> list[Problem]:
    """What an act would refuse; nothing of it is kept."""
    try:
        with transaction.atomic():
            act()
            transaction.set_rollback(True)
    except Refused as refused:
        return refused.problems
    return []
