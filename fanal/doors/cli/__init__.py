"""The command `fanal`: one file per subcommand, each with `add(subparsers)` and `run(options) -> int`."""

import argparse
import os
import sys
from importlib import import_module
from pkgutil import iter_modules

NOT_COMMANDS = {"proposals", "text", "urdb"}  # what commands share


def main(arguments: list[str] | None = None) -> int:
    """Run a subcommand; 0 when all went well, 1 when something was refused, 2 when the call is off."""
    parser = argparse.ArgumentParser(prog="fanal", description="Fanal, la clientèle d’un distributeur d’électricité.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="commande")
    for module in sorted(found.name for found in iter_modules(__path__)):
        if module not in NOT_COMMANDS:
            import_module(f"{__name__}.{module}").add(subparsers)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
