"""How fast the desk answers: `make load`. It must be open (`make demo` in another window).

The desk is walked first, as an administrator: the pages that are asked for are those that a person is led to, of each
kind. Two readers then ask at once; each route is told by the slowest of its pages.
"""

import json
import re
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from statistics import median, quantiles

from benchmarks.walk import starts, walk
from fanal.doors.desk.roles import DEMO_PASSWORD, DEMO_PEOPLE, Role
from fanal.doors.desk.routes import routes
from fanal.doors.desk.serving import pid_file
from fanal.doors.office import open_office
from fanal.settings.base import FANAL_HOME

READERS, TIMES, P95_MS_MAX = 2, 20, 200
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def main() -> int:
    """Print the median and the 95th percentile of each route's slowest page; 1 when one is over the limit."""
    try:
        address = json.loads(pid_file(FANAL_HOME).read_text(encoding="utf-8"))["address"].rstrip("/")
    except OSError:
        print("Le bureau n’est pas ouvert : « make demo » d’abord.", file=sys.stderr)
        return 2
    open_office()  # the table of routes tells what each address is
    reader = signed_in(address)
    found = pages(reader, address)
    count = sum(map(len, found.values()))
    print(f"{count} pages, {READERS} lecteurs, {TIMES} fois chacune ; de chaque route, la page la plus lente")
    print(f"{'route':<22} {'pages':>5} {'médiane':>10} {'p95':>9}   page")
    slow = 0
    for name, paths in found.items():
        told = [(quantiles(spent, n=20)[-1], median(spent), path) for path in paths
                if (spent := measured(reader, address + path))]  # fmt: skip
        p95, middle, path = max(told)
        slow += sum(it[0] > P95_MS_MAX for it in told)
        late = "  trop lent" if p95 > P95_MS_MAX else ""
        print(f"{name:<22} {len(paths):>5} {middle:>7.0f} ms {p95:>6.0f} ms   {path}{late}")
    return int(slow > 0)


def pages(reader: urllib.request.OpenerDirector, address: str) -> dict[str, list[str]]:
    """The addresses that an administrator is led to, by route; what touches the safety of their account is left."""

    def read(path: str) -> str:
        try:
            with reader.open(address + urllib.parse.quote(path, safe="/:?=&%+")) as page:
                return page.read().decode() if "html" in page.headers["Content-Type"] else ""
        except urllib.error.HTTPError as problem:
            print(f"{path} répond {problem.code}", file=sys.stderr)
            return ""

    others = {name: f"/{route.path}" for name, route in routes().items() if route.view.startswith("allauth.")}
    start = [it for it in starts([Role.ADMINISTRATOR]) if it not in others.values()]
    return {name: paths for name, paths in walk(read, start).items() if name not in others}


def signed_in(address: str) -> urllib.request.OpenerDirector:
    """Somebody of the administration, signed in by the page itself."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    with opener.open(f"{address}/connexion/") as page:
        token = TOKEN.search(page.read().decode())
    username = DEMO_PEOPLE[Role.ADMINISTRATOR][0]
    form = {"csrfmiddlewaretoken": token[1] if token else "", "login": username, "password": DEMO_PASSWORD}
    opener.open(f"{address}/connexion/", urllib.parse.urlencode(form).encode()).close()
    return opener


def measured(reader: urllib.request.OpenerDirector, address: str) -> list[float]:
    """Milliseconds of each opening of a page."""

    def once(_time: int) -> float:
        begun = time.perf_counter()
        with reader.open(urllib.parse.quote(address, safe="/:?=&%+")) as page:
            page.read()
        return (time.perf_counter() - begun) * 1000

    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(once, range(TIMES)))


if __name__ == "__main__":
    raise SystemExit(main())
