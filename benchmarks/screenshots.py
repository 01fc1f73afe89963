"""Draw the pages of the desk into docs/images/desk: `make screenshots`. A demo town of its own is built for it.

The town is always the same, and so is its day; what is done to it is done again each time, in the same order.
"""

import base64
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from fanal.doors.desk.language import COOKIE
from fanal.doors.desk.roles import DEMO_PASSWORD, DEMO_PEOPLE, Role
from fanal.law.tariffs.shelf import PARAMETERS
from fanal.settings.base import FANAL_HOME

FOLDER = Path(__file__).parents[1] / "docs" / "images" / "desk"
HOME = FANAL_HOME / "screenshots"
TOWN_DAY, RUN_DAY, CYCLE = "2026-11-16", "2026-11-30", 2
QUALITY = 82  # of WebP
ACCOUNT, BILL = "0000046276", "2026-000353"
MISREAD = ("0000000026", "2-2026-09-21", "2026-023639")  # an account, a reading of it, the bill that it closed
POINT, CALLER = "LO-000001", {"given_name": "Rose", "name": "Gagnon", "phones": "418 555-0110"}
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip
PHONE, DESK = (390, 844), (1440, 900)
FR, EN = "fr", "en"
SESSION_COOKIE = "sessionid"
SESSIONS: dict[Role | None, str] = {}  # who signed in already: the door admits few entries a minute

Act = Callable[[Page], object]


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture: its name, who looks, at what, after doing what; in which languages, and in the dark or on a phone."""

    name: str
    role: Role | None
    path: str
    act: Act | None = None
    languages: tuple[str, ...] = (FR,)
    also: tuple[str, ...] = ()


def why(place: str) -> Act:
    """Open the reason of a line or a figure in the drawer."""

    def opened(page: Page) -> None:
        page.locator(f"{place} .why").first.click()
        page.wait_for_selector("#drawer h2")
        page.mouse.move(0, 0)

    return opened


def look_for(said: str) -> Act:
    """Type in the bar, and wait for what answers."""

    def typed(page: Page) -> None:
        page.keyboard.press("/")
        page.keyboard.type(said)
        page.wait_for_selector("#suggestions a")

    return typed


def type_a_round(page: Page) -> None:
    """As the tutorial says: one that cannot be, one far too low, what is expected; then one more too low."""
    for typed in ("12a", "7", _expected(page, 2), _expected(page, 3), "9"):
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
    page.wait_for_selector("tbody tr:nth-child(5) .said")


def _expected(page: Page, row: int) -> str:
    """The index that the habit of that place would show."""
    cell = page.locator("tbody tr").nth(row).locator("td").nth(2).inner_text()
    return "".join(it for it in cell.splitlines()[0] if it.isdecimal())


def answered(heading: str, **given: str) -> Act:
    """Fill some fields, ask for the answer, wait for it."""

    def asked(page: Page) -> None:
        for name, text in given.items():
            page.fill(f"[name={name}]", text)
        page.click("button[value=show]")
        page.wait_for_selector(heading)

    return asked


def ending(page: Page) -> None:
    """From an account to the answer of who moves out."""
    page.click("a[href$='/fin/']")
    answered("#h-ends", wanted_on="2026-12-01")(page)


def shown(selector: str) -> Act:
    """Scroll to a part of the page."""
    return lambda page: page.locator(selector).first.evaluate("it => it.scrollIntoView()")


BOTH = (FR, EN)
AT_FIRST: tuple[Shot, ...] = (
    Shot("sign-in", None, "/connexion/"),
    Shot("today", Role.BILLING, "/", languages=BOTH, also=("dark", "phone")),
    Shot("search", Role.SERVICE, "/", look_for("alcide coudrelle"), languages=BOTH),
    Shot("results", Role.SERVICE, "/clients/?q=ormes+blancs"),
    Shot("account", Role.SERVICE, f"/comptes/{ACCOUNT}/", languages=BOTH, also=("dark", "phone")),
    Shot("account-why", Role.SERVICE, f"/comptes/{ACCOUNT}/", why(".figure")),
    Shot("bill", Role.SERVICE, f"/factures/{BILL}/", languages=BOTH, also=("dark", "phone")),
    Shot("bill-why", Role.SERVICE, f"/factures/{BILL}/", why("tbody tr:nth-child(2)"), languages=BOTH, also=("phone",)),
    Shot("runs", Role.BILLING, "/lots/"),
    Shot("rounds", Role.BILLING, "/releves/"),
    Shot("ledger", Role.TREASURER, "/grand-livre/", languages=BOTH),
    Shot("aged", Role.TREASURER, "/grand-livre/ages/"),
    Shot("statement", Role.TREASURER, f"/grand-livre/releve/?compte={ACCOUNT}&on=2026-05-31"),
    Shot("exports", Role.TREASURER, "/grand-livre/exports/"),
    Shot("journal", Role.AUDITOR, "/journal/?acte=correct_reading", languages=BOTH),
    Shot("invariants", Role.AUDITOR, "/invariants/", languages=BOTH),
    Shot("archives", Role.ADMINISTRATOR, "/archives/", languages=BOTH, also=("phone",)),
    Shot("reserved", Role.SERVICE, "/lots/"),
    Shot("customer", Role.SERVICE, "/clients/3749/", languages=BOTH, also=("phone",)),
    Shot("comparison", Role.SERVICE, f"/comptes/{ACCOUNT}/comparer/", languages=BOTH, also=("dark", "phone")),
    Shot("request-new", Role.SERVICE, f"/demandes/nouvelle/?point={POINT}", languages=BOTH, also=("phone",)),
    Shot("request", Role.SERVICE, f"/demandes/nouvelle/?point={POINT}", answered("#h-answer", **CALLER)),
    Shot("ending", Role.SERVICE, f"/comptes/{ACCOUNT}/", ending, languages=BOTH, also=("dark", "phone")),
    Shot("conditions", Role.SERVICE, "/conditions/"),
    Shot("chapter", Role.SERVICE, "/conditions/4/", languages=BOTH, also=("phone",)),
    Shot("rule", Role.SERVICE, "/conditions/regles/ch07.may_disconnect/", languages=BOTH, also=("dark", "phone")),
    Shot("tariffs", Role.BILLING, "/tarifs/", languages=BOTH),
    Shot("tariff", Role.BILLING, "/tarifs/hydro_quebec/D/?prix=energy.2", languages=BOTH, also=("dark", "phone")),
    Shot("tax", Role.BILLING, "/tarifs/quebec/qst/"),
    Shot("proposal-new", Role.BILLING, "/propositions/proposer/", also=("phone",)),
    Shot("two-factor", Role.BILLING, "/moi/securite/", languages=BOTH, also=("dark", "phone")),
)
PROPOSAL = Shot("proposal", Role.TREASURER, "", languages=BOTH, also=("phone",))
REHEARSAL = Shot("rehearsal", Role.BILLING, "", languages=BOTH, also=("dark", "phone"))
CORRECTION = Shot("correction", Role.TREASURER, "", languages=BOTH, also=("phone",))
ROUND = Shot("round", Role.BILLING, f"/releves/{CYCLE}/?on={RUN_DAY}", type_a_round, languages=BOTH)
REVIEW = Shot("run", Role.BILLING, "", languages=BOTH, also=("dark", "phone"))
HELD = Shot("run-held", Role.BILLING, "", shown("#retenues"))
APPROVAL = Shot("run-approval", Role.TREASURER, "")
ISSUED = Shot("run-issued", Role.AUDITOR, "")


def main() -> int:
    """Build the town, open its desk, draw; then a round and a run, two weeks later."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    _fanal("demo", "--again", "--no-serve", day=TOWN_DAY)
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            with _desk(TOWN_DAY) as address:
                for shot in AT_FIRST:
                    draw(browser, address, shot)
                _propose_a_book(browser, address)
                _propose_a_correction(browser, address)
            with _desk(RUN_DAY) as address:
                draw(browser, address, ROUND)
                _take_a_run(browser, address)
            browser.close()
    finally:
        _fanal("stop", day=TOWN_DAY)
    print(f"{sum(it.stat().st_size for it in FOLDER.iterdir()) / 1e6:.1f} Mo dans {FOLDER}")
    return 0


def draw(browser: Browser, address: str, shot: Shot, path: str = "") -> None:
    """The pictures of a page: each language, then in the dark and on a phone."""
    looks = [(lang, "light", DESK, f"{shot.name}-{lang}") for lang in shot.languages]
    if "dark" in shot.also:
        looks.append((FR, "dark", DESK, f"{shot.name}-{FR}-dark"))
    if "phone" in shot.also:
        looks.append((FR, "light", PHONE, f"{shot.name}-{FR}-phone"))
    for lang, scheme, size, name in looks:
        with _signed_in(browser, address, shot.role, lang, scheme, size) as page:
            page.goto(path or shot.path)
            page.wait_for_load_state("networkidle")
            if shot.act:
                shot.act(page)
            page.wait_for_load_state("networkidle")
            page.evaluate("document.fonts.ready")
            _write(page, FOLDER / f"{name}.webp")
            print(f"{name}.webp", flush=True)


def _propose_a_book(browser: Browser, address: str) -> None:
    """Rate D with a dearer access: proposed, rehearsed, then seen by who may activate it."""
    with TemporaryDirectory() as folder, _signed_in(browser, address, Role.BILLING) as page:
        file = Path(folder) / "D.toml"
        file.write_text(_dearer_from_next_year((PARAMETERS / "hydro_quebec" / "D.toml").read_text("utf-8")), "utf-8")
        page.goto("/propositions/proposer/")
        page.set_input_files("[name=book]", file)
        page.fill("[name=note]", "résolution 2026-12")
        page.click("main form .button.primary")
        page.wait_for_url("**/propositions/*/")
        proposal = urlsplit(page.url).path
        page.goto("/repetitions/demander/")
        page.select_option("[name=book]", index=0)
        page.click("main form .button.primary")
        page.wait_for_selector(".figures", timeout=120_000)
        draw(browser, address, REHEARSAL, urlsplit(page.url).path)
    draw(browser, address, PROPOSAL, proposal)
    draw(browser, address, Shot("proposals", Role.TREASURER, "/propositions/"))


def _dearer_from_next_year(text: str) -> str:
    """The book as a person would write it: its last version closed, the same again with another price of access."""
    before, _, last = text.rpartition("[[version]]")
    closed = re.sub(r"^(from = .*)$", r"\1\nto = 2027-01-01", last, count=1, flags=re.M)
    new = re.sub(r"^from = .*$", "from = 2027-01-01", last, flags=re.M)
    new = re.sub(r'price = "0\.\d+"', 'price = "0.58212"', new, count=1)
    return f"{before}[[version]]{closed}\n[[version]]{new}"


def _propose_a_correction(browser: Browser, address: str) -> None:
    """A reading that was misread: corrected from the account, then its bill; proposed, and seen by who may approve."""
    with _signed_in(browser, address, Role.BILLING) as page:
        page.goto(f"/comptes/{MISREAD[0]}/pourquoi/releve-{MISREAD[1]}/")
        page.click("footer a[href^='/releves/corriger/']")
        index = page.locator("#index-h").inner_text()
        page.fill("#index", str(int("".join(it for it in index.split(".")[0] if it.isdecimal())) - 130))
        page.fill("#reason", "Index relu avec la cliente au téléphone.")
        page.locator("main form .button.primary").first.click()
        page.goto(f"/factures/{MISREAD[2]}/corriger/")
        page.fill("[name=reason]", "Index relu avec la cliente au téléphone.")
        page.click("button[value=show]")
        page.wait_for_selector("button[value=propose]")
        for size, name in ((DESK, "correction-asked-fr"), (PHONE, "correction-asked-fr-phone")):
            page.set_viewport_size({"width": size[0], "height": size[1]})
            _write(page, FOLDER / f"{name}.webp")
        page.click("button[value=propose]")
        page.wait_for_url("**/corrections/*/")
        proposed = urlsplit(page.url).path
    draw(browser, address, CORRECTION, proposed)
    draw(browser, address, Shot("corrections", Role.TREASURER, "/corrections/"))


def _take_a_run(browser: Browser, address: str) -> None:
    """Enter what was typed, open a run, review it, have it approved, issue it: a picture at each station."""
    with _signed_in(browser, address, Role.BILLING) as page:
        page.goto(ROUND.path)
        type_a_round(page)
        page.keyboard.press("Control+s")
        page.wait_for_selector("#toasts .toast")
        page.goto(f"/lots/ouvrir/?cycle={CYCLE}")
        page.click("main .button.primary")
        page.wait_for_selector(".worklist", timeout=60_000)
        run = urlsplit(page.url).path
        for shot in (REVIEW, HELD):
            draw(browser, address, shot, run)
        page.click("form[action$='/revue/'] button")
        draw(browser, address, APPROVAL, run)
        with _signed_in(browser, address, Role.TREASURER) as second:
            second.goto(run)
            second.click("form[action$='/approuver/'] button")
        page.goto(run)
        page.click("form[action$='/emettre/'] button")
        page.wait_for_selector("h1 + .badge.good", timeout=120_000)
        draw(browser, address, ISSUED, run)


@contextmanager
def _signed_in(browser: Browser, address: str, role: Role | None, lang: str = FR, scheme: str = "light",
               size: tuple[int, int] = DESK) -> Iterator[Page]:  # fmt: skip
    """A page of that role's person; nobody's for None."""
    context = browser.new_context(
        base_url=address, viewport={"width": size[0], "height": size[1]}, color_scheme=scheme,
        reduced_motion="reduce", locale=f"{lang}-CA", device_scale_factor=2 if size == PHONE else 1,
    )  # fmt: skip
    context.add_cookies([{"name": COOKIE, "value": lang, "url": address}])
    page = context.new_page()
    if role in SESSIONS:
        context.add_cookies([{"name": SESSION_COOKIE, "value": SESSIONS[role], "url": address}])
    elif role is not None:
        page.goto("/connexion/")
        page.fill("input[name=login]", DEMO_PEOPLE[role][0])
        page.fill("input[name=password]", DEMO_PASSWORD)
        page.click("form .button.primary")
        page.wait_for_selector(".rail")
        SESSIONS[role] = next(it["value"] for it in context.cookies() if it["name"] == SESSION_COOKIE)
    try:
        yield page
    finally:
        context.close()


def _write(page: Page, target: Path) -> None:
    """What is on the screen, as WebP, which the browser itself can write."""
    asked = {"format": "webp", "quality": QUALITY}
    drawn = page.context.new_cdp_session(page).send("Page.captureScreenshot", asked)
    target.write_bytes(base64.b64decode(drawn["data"]))


@contextmanager
def _desk(day: str) -> Iterator[str]:
    """The desk of the town of these pictures, on that day; its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "fanal", "serve"], env=_environment(day), stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        said = next(it for it in process.stdout if "http://" in it)
        yield said[said.index("http://") :].strip().rstrip("/")
    finally:
        process.terminate()
        process.wait(30)


def _fanal(*arguments: str, day: str) -> None:
    subprocess.run([sys.executable, "-m", "fanal", *arguments], env=_environment(day), check=True)


def _environment(day: str) -> dict[str, str]:
    return {**os.environ, "FANAL_HOME": str(HOME), "FANAL_TODAY": day, "PYTHONUNBUFFERED": "1"}


if __name__ == "__main__":
    raise SystemExit(main())
