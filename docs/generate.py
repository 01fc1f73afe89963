"""Write the pages of docs/reference that the code itself can tell: `make docs`. A house test compares them."""

import argparse
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from docs.law_answers import answers_page
from docs.law_pages import coverage_page, parameters_page
from docs.screens_page import screens_page
from fanal.doors import cli

REFERENCE = Path(__file__).parent / "reference"
OPENING = """# Les commandes

*Page écrite par `make docs` à partir des commandes elles-mêmes.*

`fanal COMMANDE --help` dit la même chose au clavier. Une commande répond 0 si tout va bien, 1 si quelque chose est
refusé, 2 si l’appel est mal écrit. Les jours s’écrivent AAAA-MM-JJ.
"""


def commands_page() -> str:
    """docs/reference/commands.md, whole."""
    return OPENING + "".join(f"\n{section}" for section in _sections())


def _sections() -> Iterator[str]:
    subparsers = argparse.ArgumentParser(prog="fanal").add_subparsers(metavar="commande")
    for name in sorted(found.name for found in iter_modules(cli.__path__)):
        module = import_module(f"{cli.__name__}.{name}")
        if hasattr(module, "add"):
            module.add(subparsers)
    said = {action.dest: action.help or "" for action in subparsers._choices_actions}
    for command, parser in subparsers.choices.items():
        yield _section(command, said.get(command, ""), parser)


def _section(command: str, said: str, parser: argparse.ArgumentParser) -> str:
    lines = [f"## `fanal {command}`", "", f"{said[:1].upper()}{said[1:]}.", ""]
    rows = [_row(action) for action in parser._actions if not isinstance(action, argparse._HelpAction)]
    if rows:
        lines += ["| option | rôle |", "|---|---|", *rows, ""]
    return "\n".join(lines)


def _row(action: argparse.Action) -> str:
    name = ", ".join(action.option_strings) or str(action.metavar or action.dest)
    if action.option_strings and action.nargs != 0:
        name += f" {action.metavar or '|'.join(map(str, action.choices or [])) or action.dest.upper()}"
    return f"| `{name.replace('|', chr(92) + '|')}` | {action.help or ''} |"


PAGES = {
    "commands.md": commands_page,
    "law-coverage.md": coverage_page,
    "parameters.md": parameters_page,
    "law-answers.md": answers_page,
    "screens.md": screens_page,
}


if __name__ == "__main__":
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), encoding="utf-8")
