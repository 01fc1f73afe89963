"""JSON lines in and out: one value a line, numbers kept exactly, memory bounded."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO, TextIO

BATCH = 8192
LINE_MAX = 1_000_000  # bytes: a request is small, and memory is bounded


class Unreadable(ValueError):
    """The input is not JSON lines."""


@dataclass(frozen=True, slots=True)
class NotJson:
    """A number that JSON does not have (NaN, Infinity), or one too long to be read."""

    text: str


class Doubled(dict[str, Any]):
    """An object in which a name came twice: which value was meant?"""

    def __init__(self, content: dict[str, Any], name: str) -> None:
        super().__init__(content)
        self.name = name


Replies = Callable[[Iterable[Any]], list[dict[str, Any]]]


def serve(replies: Replies) -> int:
    """Answer standard input on standard output; 2 when it is not JSON lines."""
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        return answer(sys.stdin.buffer, sys.stdout, replies)
    except BrokenPipeError:
        with suppress(OSError):
            sys.stderr.close()
        return 0


def answer(source: BinaryIO, out: TextIO, replies: Replies, batch: int = BATCH) -> int:
    """Answer every line in order, batch after batch; return the exit status."""
    lines = numbered(source)
    while True:
        requests: list[Any] = []
        failure = ""
        try:
            for content in islice(lines, batch):
                requests.append(content)
        except Unreadable as error:
            failure = str(error)
        out.writelines(ENCODER.encode(reply) + "\n" for reply in replies(requests))
        out.flush()
        if failure:
            print(failure, file=sys.stderr)
            return 2
        if len(requests) < batch:
            return 0


def value(text: str) -> Any:
    """The JSON value of a text, as a line is read; raises Unreadable."""
    try:
        return _DECODER.decode(text.strip())
    except (ValueError, RecursionError):
        raise Unreadable("Ce n’est pas du JSON.") from None


def repeated_name(value: Any) -> str | None:
    """The first name that came twice in an object, however deep; None when there is none."""
    if isinstance(value, Doubled):
        return value.name
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((name for it in inside if (name := repeated_name(it))), None)


def numbered(source: BinaryIO) -> Iterator[Any]:
    """Yield the JSON value of each line; raises Unreadable naming the line."""
    number = 0
    while line := source.readline(LINE_MAX + 1):
        number += 1
        if len(line) > LINE_MAX:
            raise Unreadable(f"Ligne {number} : plus de {LINE_MAX} octets.")
        if not line.strip():
            continue
        try:
            yield _DECODER.decode(line.decode("utf-8").strip())
        except (ValueError, RecursionError):
            raise Unreadable(f"Ligne {number} : ce n’est pas du JSON.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object, remembering a name that came twice."""
    content = dict(pairs)
    if len(content) == len(pairs):
        return content
    names = [name for name, _ in pairs]
    return Doubled(content, next(name for name in names if names.count(name) > 1))


def _integer(text: str) -> int | NotJson:
    return int(text) if len(text) <= 40 else NotJson(f"{text[:20]}…")


def _decimal(text: str) -> Decimal | NotJson:
    return Decimal(text) if len(text) <= 80 else NotJson(f"{text[:20]}…")


ENCODER = json.JSONEncoder(ensure_ascii=False)
_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_decimal, parse_int=_integer, parse_constant=NotJson)
