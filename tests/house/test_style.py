"""Style and types: what `make check` says, said by `make test` too."""

import os
import subprocess
import sys
from pathlib import Path

from tree import REPOSITORY


def answer(name: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [str(Path(sys.executable).with_name(name)), *arguments]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO")}
    return subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)


def test_ruff_has_nothing_to_say() -> None:
    said = answer("ruff", "check", "--quiet", ".")

    assert said.returncode == 0, said.stdout


def test_the_files_are_laid_out_by_ruff() -> None:
    said = answer("ruff", "format", "--check", "--quiet", ".")

    assert said.returncode == 0, said.stdout + said.stderr


def test_the_types_of_the_law_and_the_values_hold() -> None:
    said = answer("mypy")

    assert said.returncode == 0, said.stdout


def test_a_planted_clock_and_a_planted_star_are_refused_by_ruff() -> None:
    command = [str(Path(sys.executable).with_name("ruff")), "check", "--stdin-filename", "fanal/law/planted.py", "-"]
    planted = "from datetime import date\n\nprint(date.today())\n"
    said = subprocess.run(command, cwd=REPOSITORY, input=planted, capture_output=True, text=True, check=False)

    assert "TID251" in said.stdout
