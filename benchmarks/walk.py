"""Walk the desk as a reader does: from its first page, every link, picture and part that the pages lead to.

So the pages that are measured and tested are those that people open, with the numbers of the town that stands.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from html import unescape
from urllib.parse import parse_qs, unquote, urldefrag, urljoin, urlsplit

from django.urls import Resolver404, resolve

from fanal.doors.desk.roles import Role
from fanal.doors.desk.routes import routes

# A search by name, with typos, by address, for nobody: no page links to what a person types.
SEARCHES = ("tremblay", "trenblé", "12 rue saint", "qwxzkj")
TYPED = tuple(f"/clients/?q={text.replace(' ', '+')}" for text in SEARCHES)
LEADS = re.compile(r"""\b(?:href|src|data|hx-get)="([^"#][^"]*)\"""")

Reads = Callable[[str], str]  # the page at an address; empty for what has no links: a file, a picture


def walk(read: Reads, start: Iterable[str] = ("/",), *, alike: int = 2, most: int = 14) -> dict[str, list[str]]:
    """Addresses by route, in the order found: at most so many of one shape, and of one route."""
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    shapes: Counter[tuple[str, str]] = Counter()
    waiting = [*start, *TYPED]
    while waiting:
        address = waiting.pop(0)
        if address in seen or not (shape := _shape(address)):
            continue
        seen.add(address)
        kept = found.setdefault(shape[0], [])
        if address not in TYPED and (shapes[shape] == alike or len(kept) == most):
            continue
        shapes[shape] += 1
        kept.append(address)
        waiting += links(read(address), address)
    return found


def starts(roles: Iterable[Role]) -> list[str]:
    """The pages without parameters that those roles may open: some are led to by a state only."""
    held = list(roles)
    return [f"/{it.path}" for it in routes().values() if "GET" in it.methods and "<" not in it.path and it.admits(held)]


def links(page: str, at: str) -> Iterator[str]:
    """The addresses of the desk that a page leads to."""
    for written in LEADS.findall(page):
        address = urldefrag(urljoin(at, unescape(written)))[0]
        if not urlsplit(address).netloc:
            yield address


def _shape(address: str) -> tuple[str, str] | None:
    """The route, and the address without its numbers and names; None for what the desk does not serve."""
    parts = urlsplit(address)
    try:
        match = resolve(unquote(parts.path))
    except Resolver404:
        return None
    asked = parse_qs(parts.query, keep_blank_values=True)
    states = sorted(f"{name}={'' if name == 'q' else re.sub(r'[0-9]+', '#', values[0])}"
                    for name, values in asked.items())  # fmt: skip
    return str(match.url_name), f"{re.sub('[0-9]+', '#', parts.path)}?{'&'.join(states)}"
