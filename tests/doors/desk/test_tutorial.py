"""The tutorial of the desk is followed as it is written: what is bold is opened, what is code is typed, what is quoted
must be on the screen."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from keyboard import Keyboard, plain
from playwright.sync_api import Page, expect

from docs.messages import PRODUCT
from fanal.doors.jobs import queue

PAGE = PRODUCT.parent / "docs" / "tutorials" / "02-first-day-at-the-desk.md"
SAID = re.compile(
    r"\*\*(?P<open>.+?)\*\*|`(?P<type>[^`\n]+)`|^> (?P<read>.+)$|(?P<guess>\*index attendu\*)", re.MULTILINE
)
KEYS = {"Entrée": "Enter", "Échap": "Escape", "Tab": "Tab", "Ctrl+S": "Control+s"}
LETTERS = ("O", "P", "V", "Ctrl+S")  # each an act that opens a page
LEADS_NOWHERE = "Boolean(document.activeElement.closest('.chips')) || document.activeElement.matches('.scroll')"
LEADS_ELSEWHERE = "document.activeElement.matches('a[href]:not([hx-get]), button[type=submit]')"
SUBMITS = "Boolean(document.activeElement.form) && !document.activeElement.matches('.index')"
# Keys that a sentence names in passing; they are not steps.
IN_PASSING = re.compile(r"`S` le suspend|`J` et `K` passent")


# The small town has one cycle where the demo town has eight: its round is due another day. All else is as written.
HERE = {"30 novembre 2026": "18 janvier 2027", "ycle 2": "ycle 1"}


def steps(text: str) -> Iterator[tuple[str, str]]:
    """(what to do, with what) of each section, in the order of the page."""
    sections = re.sub(r"```.*?```", "", text[text.index("## 1.") :], flags=re.DOTALL)
    for found in SAID.finditer(plain_lines(IN_PASSING.sub("", sections))):
        what = found[found.lastgroup or 0]
        for written, here in HERE.items():
            what = what.replace(written, here)
        yield str(found.lastgroup), what


def plain_lines(text: str) -> str:
    """The paragraphs, each on one line."""
    return "\n".join(plain(it) for it in re.split(r"\n\s*\n", text))


def follow(keys: Keyboard, act: str, what: str) -> None:
    """One step; where it leads to another page, that page is waited for."""
    if act == "open":
        whole = not what.endswith("…")
        keys.tab_to(what.removesuffix("…"), whole=whole)
        while keys.page.evaluate(LEADS_NOWHERE):  # a filter, or a table that scrolls
            keys.tab_to(what.removesuffix("…"), whole=whole)
        if keys.page.evaluate(LEADS_ELSEWHERE):
            keys.opens("Enter")
        elif keys.page.evaluate("document.activeElement.matches('a, button')"):
            keys.press("Enter")
            keys.page.wait_for_load_state("networkidle")
    elif act == "guess":
        row = keys.page.locator("tr:focus-within td").nth(2)
        keys.type("".join(it for it in row.inner_text().splitlines()[0] if it.isdecimal()))
    elif act == "read":
        expect(keys.page.locator("body")).to_contain_text(what)
    elif what in LETTERS or (what == "Entrée" and keys.page.evaluate(SUBMITS)):
        keys.opens(KEYS.get(what, what.lower()))
    elif what in KEYS or len(what) == 1:
        keys.press(KEYS.get(what, what.lower()))
    else:
        keys.type(what)


@pytest.mark.usefixtures("own_town")
def test_the_first_day_at_the_desk_goes_as_it_is_written(page_as: Callable[..., Page], settings: Any) -> None:
    settings.FANAL_TODAY = date(2027, 1, 18)
    keys = Keyboard(page_as(None))
    keys.page.goto("/connexion/")
    done = 0
    for act, what in steps(PAGE.read_text(encoding="utf-8")):
        follow(keys, act, what)
        if keys.page.locator("progress").count() and queue.work_once():  # the worker of `make demo`
            expect(keys.page.locator("progress")).to_have_count(0)
            keys.page.wait_for_load_state()
        done += 1
    assert done > 40


def test_a_word_that_no_screen_says_would_be_seen(page_as: Callable[..., Page]) -> None:
    keys = Keyboard(page_as(None))
    keys.page.goto("/connexion/")

    with pytest.raises(AssertionError):
        follow(keys, "open", "Entrer par la fenêtre")
    assert list(steps("## 1. Entrer\n\n**Relèves** puis `/` `12` *index attendu*\n\n> Fini.")) == [
        ("open", "Relèves"), ("type", "/"), ("type", "12"), ("guess", "*index attendu*"), ("read", "Fini."),
    ]  # fmt: skip
