"""What is kept speaks of the product alone, and leaves nothing for later."""

import re

from tree import kept_texts

# Written apart so that this file does not find itself.
FORBIDDEN = {
    "a machine's path": re.compile(r"(?<![\w.$}~-])/(" + "work|root|home|Users|mnt" + r")/[\w.]"),
    "a package registry": re.compile(r"py" + r"pi\.org|npm" + r"js|pythonho" + r"sted|arti" + "factory", re.IGNORECASE),
    "a work left for later": re.compile(r"\b(TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b"),
    "an ignored type without its code": re.compile(r"# type: " + r"ignore(?!\[)"),
    "an ignored rule without its code": re.compile(r"# no" + r"qa(?!: [A-Z])"),
    "an index in the lock": re.compile(r"^--(extra-)?index-" + "url", re.MULTILINE),
}


def faults(text: str) -> list[str]:
    return [f"{kind}: {found[0]}" for kind, pattern in FORBIDDEN.items() if (found := pattern.search(text))]


def test_no_kept_file_has_a_word_that_does_not_belong() -> None:
    assert [f"{name}, {it}" for name, text in kept_texts() for it in faults(text)] == []


def test_each_kind_of_word_would_be_seen() -> None:
    for planted in (
        "see /wo" + "rk/main",
        "from https://py" + "pi.org/simple",
        "# TO" + "DO later",
        "x = y  # type: " + "ignore",
        "x = y  # no" + "qa",
        "--index-" + "url somewhere",
    ):
        assert faults(planted), planted
    assert faults("x = y  # noqa: E501 - a table") == []
