"""Rule 15: the arrows of the house are contracts, and they hold."""

import subprocess
import sys
import tomllib
from pathlib import Path

from tree import REPOSITORY

BLOCKED = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("django", "psycopg"):
            raise ImportError(f"{name} is not there")

sys.meta_path.insert(0, Refuse())
import importlib, pkgutil
import fanal.law, fanal.values

for package in (fanal.law, fanal.values):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
"""


def program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)


def test_every_import_goes_down() -> None:
    answer = run(program("lint-imports"), "--no-cache")

    assert answer.returncode == 0, answer.stdout


def test_a_package_without_a_floor_breaks_the_contract() -> None:
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    contracts = {it["id"]: it for it in settings["contracts"]}

    assert contracts["floors"]["exhaustive"] is True
    assert contracts["ladder"]["exhaustive"] is True


def test_an_import_that_goes_up_is_refused(tmp_path: Path) -> None:
    for name, text in {
        "fanal/__init__.py": "",
        "fanal/doors.py": "",
        "fanal/records.py": "import fanal.doors",
        ".importlinter": "[importlinter]\nroot_package = fanal\n[importlinter:contract:floors]\nname = floors\n"
        "type = layers\ncontainers = fanal\nlayers =\n  doors\n  records\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    command = [program("lint-imports"), "--no-cache"]
    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert answer.returncode != 0
    assert "fanal.records is not allowed to import fanal.doors" in answer.stdout


def test_the_law_and_the_values_stand_without_django() -> None:
    answer = run(sys.executable, "-c", BLOCKED)

    assert answer.returncode == 0, answer.stderr


def test_the_block_on_django_does_block() -> None:
    answer = run(sys.executable, "-c", BLOCKED + "\nimport django")

    assert "django is not there" in answer.stderr
