"""Draw the pages of the demo town: `make screenshots`. The desk must be open (`make demo` in another window)."""

import json
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from fanal.doors.desk.roles import DEMO_PASSWORD, DEMO_PEOPLE, Role
from fanal.doors.desk.serving import pid_file
from fanal.settings.base import FANAL_HOME

FOLDER = Path(__file__).parents[1] / "docs" / "images" / "desk"
# Name of the picture, who looks, address.
SHOTS: tuple[tuple[str, Role, str], ...] = (("today", Role.BILLING, "/"),)
SIZES = {"1440-light": (1440, "light"), "1440-dark": (1440, "dark"), "390-light": (390, "light")}
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]  # fmt: skip


def main() -> int:
    """Write one picture a page and size."""
    try:
        address = json.loads(pid_file(FANAL_HOME).read_text(encoding="utf-8"))["address"]
    except OSError:
        print("Le bureau n’est pas ouvert : « make demo » d’abord.", file=sys.stderr)
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, role, path in SHOTS:
            for size in SIZES:
                print(draw(browser, address, name, role, path, size).relative_to(FOLDER.parents[2]))
        browser.close()
    return 0


def draw(browser: Browser, address: str, name: str, role: Role, path: str, size: str) -> Path:
    """The picture of a page as a role sees it."""
    width, scheme = SIZES[size]
    context = browser.new_context(
        base_url=address, viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(f"/connexion/?next={path}")
    page.fill("input[name=login]", DEMO_PEOPLE[role][0])
    page.fill("input[name=password]", DEMO_PASSWORD)
    page.click("form .button.primary")
    page.wait_for_load_state("networkidle")
    target = FOLDER / f"{name}-{size}.png"
    page.screenshot(path=target, full_page=True)
    context.close()
    return target


if __name__ == "__main__":
    raise SystemExit(main())
