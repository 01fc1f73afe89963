"""`make mutation`: the branches of the law that tests reach, then its mutants that they kill, in a place apart."""

import os
import shutil
import subprocess
import sys
import sysconfig
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
    subprocess.run([python, "-m", "mutmut", "run"], cwd=copy, check=True)
    subprocess.run([python, "-m", "mutmut", "results"], cwd=copy, check=True)


if __name__ == "__main__":
    main()
