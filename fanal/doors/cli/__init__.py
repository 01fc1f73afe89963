"""The command `fanal`: one file per subcommand, each with `add(subparsers)` and `run(options) -> int`."""

import argparse
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

NOT_COMMANDS = {"book_file", "old_prices", "proposals", "text", "urdb"}  # what commands share
# What the parser says of a call, in French; it asks for its words by their English.
FRENCH: Mapping[str, str] = {
    "usage: ": "usage : ",
    "positional arguments": "à donner",
    "options": "options",
    "show this help message and exit": "montrer cette aide",
    "%(prog)s: error: %(message)s\n": "%(prog)s : %(message)s\n",
    "argument %(argument_name)s: %(message)s": "%(argument_name)s : %(message)s",
    "expected one argument": "il faut une valeur",
    "expected at most one argument": "il faut une valeur au plus",
    "expected at least one argument": "il faut au moins une valeur",
    "expected %s argument": "il faut %s valeur",
    "expected %s arguments": "il faut %s valeurs",
    "the following arguments are required: %s": "il manque : %s",
    "one of the arguments %s is required": "il faut l’un de : %s",
    "unrecognized arguments: %s": "de trop : %s",
    "not allowed with argument %s": "ne va pas avec %s",
    "ignored explicit argument %r": "ne prend pas de valeur : %r",
    "ambiguous option: %(option)s could match %(matches)s": "« %(option)s » peut être l’un de : %(matches)s",
    "invalid %(type)s value: %(value)r": "« %(value)s » n’est pas un nombre entier",
    "invalid choice: %(value)r (choose from %(choices)s)": "« %(value)s » n’est pas l’un de : %(choices)s",
    "unknown parser %(parser_name)r (choices: %(choices)s)": "« %(parser_name)s » n’est pas l’un de : %(choices)s",
}


def main(arguments: list[str] | None = None) -> int:
    """Run a subcommand; 0 when all went well, 1 when something was refused, 2 when the call is off."""
    _speak_french()
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


def _speak_french() -> None:
    """Give the parser its words in French: it looks them up by these two names of its module."""
    vars(argparse)["_"] = lambda text: FRENCH.get(text, text)
    vars(argparse)["ngettext"] = lambda one, many, count: FRENCH.get(one if count < 2 else many, many)
