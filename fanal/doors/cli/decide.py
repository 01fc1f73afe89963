"""`fanal decide < cases.jsonl`: what the bylaw answers to each case, with all its reasons; a refusal is an answer."""

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any

from fanal.doors import json_lines
from fanal.doors.bylaw import municipality
from fanal.law import cases
from fanal.law.rules import all_rules

EVERY = "*"


def add(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "decide", help="demander au règlement : un cas JSON par ligne, une réponse motivée par ligne"
    )
    parser.add_argument(
        "--schema",
        nargs="?",
        const=EVERY,
        metavar="RÈGLE",
        help="montrer ce que demande et répond une règle (ch04.due_date), ou toutes, en JSON Schema",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Answer standard input, or tell the schema of the rules; 1 for a rule that does not exist."""
    if options.schema is None:
        return json_lines.serve(replies)
    try:
        rules = all_rules().values() if options.schema == EVERY else [cases.rule_named(options.schema)]
    except cases.UnreadableCase as unknown:
        print(unknown, file=sys.stderr)
        return 1
    print(json.dumps({rule.name: cases.schema(rule) for rule in rules}, ensure_ascii=False, indent=2))
    return 0


def replies(contents: Iterable[Any]) -> list[dict[str, Any]]:
    """The answer to each case, in order."""
    return [_reply(content) for content in contents]


def _reply(content: Any) -> dict[str, Any]:
    if name := json_lines.repeated_name(content):
        return {"id": content.get("id"), "error": {"field": name, "message": f"Le champ « {name} » est répété."}}
    return cases.answer(content, municipality=municipality())
