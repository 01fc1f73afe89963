"""Files as they come from a bad day: one to three accidents each, always the same for the same seed."""

import random
import re
from collections.abc import Iterator

ACCIDENTS = (
    b"\0", b"\xff", b"\x81", b"\xef\xbb\xbf", b"\r", b"\r\n\r\n", b";", b",", b'"', b"'", b"-", b"9" * 30, b"1e9",
    "１２".encode(), "é".encode("cp1252"), "\u202e".encode(), "\u2028".encode(), b"\x1b[2J",
    b"2026-02-30", b"9999-12-31", b"0001-01-01", b"=cmd", b" ", b"\t", b"NaN", b"0", b"x" * 3_000, b"%s",
    b"{}", b"kW", b"client",
)  # fmt: skip


def mutated(content: bytes, count: int) -> Iterator[bytes]:
    """So many variations of a good file."""
    for seed in range(count):
        chance = random.Random(seed)
        made = content
        for _ in range(chance.randint(1, 3)):
            made = _one(made, chance)
        yield made


def data_lines(content: bytes) -> int:
    """How many lines of a file say something, its headers left out; counted without the importer."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return sum(1 for line in re.split("\r\n|\r|\n", text) if line.strip(' \t;,"\u00a0\u2028')) - 1


def _one(content: bytes, chance: random.Random) -> bytes:
    at, to = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    lines = content.splitlines(keepends=True)
    match chance.randrange(6):
        case 0:
            return content[:at] + chance.choice(ACCIDENTS) + content[at:]
        case 1:
            return content[:at] + chance.choice(ACCIDENTS) + content[min(at + 1, to) :]
        case 2:
            return content[:at] + content[min(to, at + 12) :]
        case 3:
            chance.shuffle(lines)
            return b"".join(lines)
        case 4:
            return b"".join([*lines, chance.choice(lines or [b""])])
        case _:
            cells = (lines[-1] if lines else b"").rstrip().split(b";")
            cells[chance.randrange(len(cells))] = chance.choice(ACCIDENTS)
            return b"".join([*lines[:-1], b";".join(cells), b"\n"])
