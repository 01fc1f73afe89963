"""`make mutation`: the branches of the law that tests reach, then its mutants that they kill, in a place apart."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
HOME = (Path(os.environ.get("FANAL_HOME") or "var") / "mutation").resolve()
PACKAGES = ("mutmut==3.8.*", "coverage==7.*")
COPIED = ("fanal", "docs", "tests/law", "tests/cases")
PYTEST = ["-q", "-p", "no:django", "-p", "no:xdist", "-o", "addopts=", "-W", "ignore::pytest.PytestConfigWarning"]
SETTINGS = """[tool.mutmut]
source_paths = ["fanal/law"]
only_mutate = ["fanal/law/delays.py", "fanal/law/conditions/ch0[467]_*.py"]
also_copy = ["fanal", "docs"]
pytest_add_cli_args = ["-p", "no:django", "-p", "no:hypothesispytest", "-o", "addopts="]
pytest_add_cli_args_test_selection = [
    "tests/law/test_case_sheets.py", "tests/law/test_delays.py",
    "tests/law/test_ch04_billing.py", "tests/law/test_ch04_corrections.py",
]

[tool.pytest.ini_options]
disable_test_id_escaping_and_forfeit_all_rights_to_community_support = true
"""
# Shared machines are slow: Hypothesis neither hurries nor wanders, so that a mutant is killed by its test alone.
PATIENCE = """from hypothesis import HealthCheck, settings

settings.register_profile(
    "mutants", suppress_health_check=list(HealthCheck), deadline=None, max_examples=20, derandomize=True
)
settings.load_profile("mutants")
"""
RULE = re.compile(r"^@rule\n(def (\w+)\()", re.MULTILINE)


def main() -> None:
    """Install the tools if needed, say the coverage by branches, then the share of mutants killed."""
    python = HOME / "venv" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", HOME / "venv"], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        ours = sysconfig.get_paths(vars={"base": HOME / "venv"})["purelib"]
        Path(ours, "fanal.pth").write_text(sysconfig.get_paths()["purelib"])
    copy = HOME / "copy"
    for name in COPIED:
        shutil.copytree(REPOSITORY / name, copy / name, dirs_exist_ok=True)
    (copy / "pyproject.toml").write_text(SETTINGS)
    covered = ["-m", "coverage", "run", "--branch", "--source=fanal.law", "--omit=*/tariffs/*", "-m", "pytest", *PYTEST]
    subprocess.run([python, *covered, "--ignore=tests/law/tariffs", "tests/law"], cwd=copy, check=True)
    report = ["-m", "coverage", "report", "--skip-covered", "--show-missing", "--fail-under=100"]
    subprocess.run([python, *report], cwd=copy, check=True)
    (copy / "tests/law/conftest.py").write_text(PATIENCE)
    for path in (copy / "fanal/law/conditions").glob("ch0[467]_*.py"):
        path.write_text(undecorated(path.read_text()))
    subprocess.run([python, "-m", "mutmut", "run"], cwd=copy, check=True)
    subprocess.run([python, "-m", "mutmut", "results"], cwd=copy, check=True)
    print("\n".join(shares(copy / "mutants")))


def undecorated(module: str) -> str:
    """The same rules, registered below: mutmut leaves alone a function that has a decorator."""
    names = [name for _, name in RULE.findall(module)]
    return RULE.sub(r"\1", module) + "".join(f"\n{name} = rule({name})\n" for name in names)


def shares(mutants: Path) -> Iterator[str]:
    """By file, how many mutants there are and how many were killed; 0 is the exit code of tests that pass."""
    for kept in sorted(mutants.rglob("*.meta")):
        codes = json.loads(kept.read_text())["exit_code_by_key"].values()
        killed = sum(code not in (0, None) for code in codes)
        yield f"{kept.stem:28} {killed:5} / {len(codes):5}"


if __name__ == "__main__":
    main()
