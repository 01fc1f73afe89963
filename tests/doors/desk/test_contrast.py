"""Every pair of colours of the tokens reads well, in light and in dark."""

import re
from pathlib import Path

import pytest

from fanal.doors import desk

CSS = (Path(desk.__file__).parent / "static" / "desk" / "tokens.css").read_text(encoding="utf-8")
TOKEN = re.compile(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)")
ROOT, _, FIELD = CSS.partition(".field  {")
BASE = {name: (light, dark) for name, light, dark in TOKEN.findall(ROOT)}
IN_THE_FIELD = BASE | {name: (light, dark) for name, light, dark in TOKEN.findall(FIELD)}
TEXT, STRONG, SHAPE = 4.5, 7, 3
PAIRS = {
    STRONG: [
        "ink paper", "ink ground", "ink sunken", "ink glow-soft", "glow-ink glow", "ink bad-soft", "ink warn-soft",
        "ink accent-soft", "ink good-soft", "paper ink",
    ],
    TEXT: [
        "ink-2 paper", "ink-2 ground", "ink-2 sunken", "ink-2 glow-soft", "ink-2 bad-soft", "ink-3 paper",
        "ink-3 ground", "ink-3 sunken", "accent paper", "accent ground", "accent accent-soft", "accent glow-soft",
        "accent bad-soft", "accent-ink accent", "good good-soft", "warn warn-soft", "bad bad-soft", "bad paper",
    ],
    SHAPE: ["line-strong paper", "line-strong ground", "accent sunken", "glow-line paper"],
}  # fmt: skip
FIELD_PAIRS = {15: ["ink paper"], 12: ["ink sunken", "ink warn-soft"], 10: ["ink-2 paper"], 3: ["line-strong sunken"]}


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def faults(tokens: dict[str, tuple[str, str]], pairs: dict[float, list[str]]) -> list[str]:
    return [
        f"{pair} {scheme}: {found:.1f} < {least}"
        for least, some in pairs.items()
        for pair in some
        for place, scheme in enumerate(("light", "dark"))
        if (found := ratio(*(tokens[name][place] for name in pair.split()))) < least
    ]


def test_every_pair_of_the_desk_reads_well() -> None:
    assert faults(BASE, PAIRS) == []


def test_every_pair_of_the_field_reads_well() -> None:
    assert faults(IN_THE_FIELD, FIELD_PAIRS) == []


def test_the_two_rings_of_the_focus_are_told_apart() -> None:
    assert ratio(BASE["ink"][0], BASE["glow"][0]) >= SHAPE
    assert ratio(BASE["glow"][1], BASE["ground"][1]) >= SHAPE


@pytest.mark.parametrize("faint", ["#b0b8be"])
def test_a_faint_ink_would_be_seen(faint: str) -> None:
    assert faults(BASE | {"ink-3": (faint, faint)}, PAIRS)
