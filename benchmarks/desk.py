"""How fast the desk answers: `make load`. It must be open (`make demo` in another window).

Every route that only reads and has no parameter is asked for, and ADDRESSES besides, by two readers at once.
"""

import json
import re
import sys
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from statistics import median, quantiles

from fanal.doors.desk.roles import DEMO_PASSWORD, DEMO_PEOPLE, Role
from fanal.doors.desk.routes import routes
from fanal.doors.desk.serving import pid_file
from fanal.settings.base import FANAL_HOME

READERS, TIMES, P95_MS_MAX = 2, 60, 200
ADDRESSES: tuple[str, ...] = ()  # pages with parameters, as a person opens them
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def main() -> int:
    """Print the median and the 95th percentile of each page; 1 when one is over the limit."""
    try:
        address = json.loads(pid_file(FANAL_HOME).read_text(encoding="utf-8"))["address"].rstrip("/")
    except OSError:
        print("Le bureau n’est pas ouvert : « make demo » d’abord.", file=sys.stderr)
        return 2
    reader = signed_in(address)
    slow = 0
    print(f"{'page':<40} {'médiane':>9} {'p95':>9}   ({READERS} lecteurs, {TIMES} fois)")
    for path in pages():
        spent = sorted(measured(reader, address + path))
        p95 = quantiles(spent, n=20)[-1]
        slow += p95 > P95_MS_MAX
        print(f"{path:<40} {median(spent):>6.0f} ms {p95:>6.0f} ms{'  trop lent' if p95 > P95_MS_MAX else ''}")
    return int(slow > 0)


def pages() -> list[str]:
    """Addresses of the pages that an administrator reads."""
    wanted = [
        f"/{it.path}"
        for it in routes().values()
        if it.roles and it.methods == {"GET"} and "<" not in it.path and it.admits([Role.ADMINISTRATOR])
        and not it.view.startswith("allauth.")
    ]  # fmt: skip
    return [*wanted, *ADDRESSES]


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
        with reader.open(address) as page:
            page.read()
        return (time.perf_counter() - begun) * 1000

    with ThreadPoolExecutor(READERS) as pool:
        return list(pool.map(once, range(TIMES)))


if __name__ == "__main__":
    raise SystemExit(main())
