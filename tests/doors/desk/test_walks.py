"""The four main walks of the office, in a browser, in both languages, by keyboard alone."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from keyboard import Keyboard, Lost
from playwright.sync_api import Page, expect

from fanal.doors.desk.roles import DEMO_PASSWORD, DEMO_PEOPLE, Role
from fanal.doors.jobs import queue
from fanal.records.billing import facts as billing
from fanal.records.ledger import facts as ledger
from fanal.records.metering import facts as metering
from fanal.reports import rounds
from fanal.values import wording
from tests.doors.desk.town import TODAY

Opens = Callable[..., Page]
both = pytest.mark.parametrize("lang", ["fr", "en"])
FIRST = "0000000018"
ENERGY = {"fr": "Énergie", "en": "Energy"}  # the word of the tariff books


def holder_of(number: str) -> str:
    """The name that a caller of that account gives."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT concat_ws(' ', nullif(c.given_name, ''), c.name) FROM ledger_account a "
            "JOIN subscriptions_subscription s ON s.account_id = a.id "
            "JOIN subscriptions_subscriptionholder h ON h.subscription_id = s.id AND h.rank = 1 "
            "JOIN customers_customer c ON c.id = h.customer_id WHERE a.number = %s ORDER BY s.starts_on LIMIT 1",
            [number],
        )
        return str(cursor.fetchone()[0])


# ── a caller asks why ────────────────────────────────────────────────────────────────────────────────────────────────


@both
def test_a_clerk_finds_the_caller_and_explains_a_line_of_the_bill(lang: str, page_as: Opens) -> None:
    keys = Keyboard(page_as(None, lang), lang)
    sign_in(keys, Role.SERVICE)
    find_the_caller(keys)
    assert keys.page.url.endswith(f"/comptes/{FIRST}/")

    balance = keys.tab_to(keys.why("Solde"))
    keys.press("Enter")
    keys.page.wait_for_selector("#drawer h2")
    assert keys.focused().startswith(keys.word("Pourquoi ?").split("?")[0].strip())  # the title of the answer
    keys.press("Escape")
    assert keys.focused() == balance
    assert keys.page.locator("#drawer").inner_html() == ""

    keys.tab_to(last_bill())
    keys.opens("Enter")
    explain_the_energy(keys)
    assert keys.page.refused == []


def sign_in(keys: Keyboard, role: Role) -> None:
    """From the door of the desk to its first page: the hand is already on the first field."""
    keys.page.goto("/connexion/")
    assert keys.page.locator("html").get_attribute("lang") == f"{keys.lang}-CA"
    keys.type(DEMO_PEOPLE[role][0])
    keys.press("Tab")
    keys.type(DEMO_PASSWORD)
    keys.opens("Enter")


def find_the_caller(keys: Keyboard) -> None:
    """By name first, where Escape comes back to the field, then by account number."""
    answers = keys.page.locator("#suggestions a")
    keys.press("/")
    keys.type(holder_of(FIRST))
    expect(answers.first).to_contain_text(holder_of(FIRST).split()[-1])
    keys.press("ArrowDown")
    assert keys.focused()
    keys.press("Escape")
    assert answers.count() == 0
    assert keys.focused() == keys.word("Chercher")
    keys.press("Control+a")
    keys.type(FIRST)
    expect(answers).to_have_count(1)
    keys.press("ArrowDown")
    keys.opens("Enter")


def explain_the_energy(keys: Keyboard) -> None:
    """The reason of a line, what to read aloud of it, and back to the line."""
    keys.press("Tab")
    assert keys.focused() == keys.word("Aller au contenu")
    keys.press("Enter")
    line = keys.tab_to(keys.word("Pourquoi : %(about)s", about="") + " " + ENERGY[keys.lang])
    keys.press("Enter")
    keys.page.wait_for_selector("#drawer h2")
    keys.tab_to(keys.word("À lire au client"))
    keys.press("Enter")
    expect(keys.page.locator("#drawer .aloud")).to_contain_text({"fr": "moins", "en": "minus"}[keys.lang])
    keys.tab_to(keys.word("Fermer"), back=True)
    keys.press("Enter")
    assert keys.focused() == line


def last_bill() -> str:
    """The number of the latest bill of that account."""
    account = ledger.account_numbered(FIRST)
    assert account is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(number) FROM billing_issue WHERE account_id = %s", [account.id])
        return billing.bill_number(cursor.fetchone()[0])


# ── a bill run ───────────────────────────────────────────────────────────────────────────────────────────────────────


def cycle_with_a_held_bill() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.cycle FROM billing_bill b JOIN billing_run r ON r.id = b.run_id WHERE b.held AND "
            "NOT EXISTS (SELECT FROM billing_issue i WHERE i.bill_id = b.id) ORDER BY b.id DESC LIMIT 1"
        )
        return int(cursor.fetchone()[0])


@both
def test_two_people_take_a_run_from_its_opening_to_its_issue(lang: str, own_town: str, page_as: Opens) -> None:
    clerk, second = Keyboard(page_as(Role.BILLING, lang), lang), Keyboard(page_as(Role.TREASURER, lang), lang)
    run_id = open_a_run(clerk)
    decide_of_all(clerk)
    clerk.tab_to(clerk.word("Terminer la revue"), back=True)
    clerk.opens("Enter")
    assert clerk.says(clerk.word("Vous avez ouvert ou revu ce lot : une autre personne l’approuve."))

    go_to_the_run(second, run_id)
    second.tab_to(second.word("Approuver"))
    second.opens("Enter")
    assert second.says(second.word("Lot approuvé."), "#toasts")

    go_to_the_run(clerk, run_id)
    clerk.tab_to({"fr": "Émettre", "en": "Issue"}[lang])
    clerk.opens("Enter")
    assert queue.work_once()
    expect(clerk.page.locator("h1 + .badge")).to_have_text(clerk.word("émis"))
    totals = billing.run_totals(run_id)
    assert totals["bills"] > totals["held"]
    assert clerk.page.refused == []


def open_a_run(keys: Keyboard) -> int:
    """Open and compute; the focus stays on « Suspendre » although the progress is drawn again every second."""
    keys.page.goto("/")
    keys.tab_to(keys.word("Facturation"))
    keys.opens("Enter")
    keys.opens("o")
    keys.tab_to(keys.word("Cycle"))
    keys.type(f"{keys.word('Cycle')} {cycle_with_a_held_bill()}")
    keys.tab_to(keys.word("Ouvrir et calculer"))
    keys.opens("Enter")
    keys.tab_to(keys.word("Suspendre"))
    drawn = keys.page.locator("#progress").element_handle()
    keys.page.wait_for_function("old => !old.isConnected", arg=drawn)
    assert keys.word("Suspendre") in keys.focused()
    assert queue.work_once()
    keys.page.wait_for_selector(".worklist")  # the page opens itself again once the work is over
    return int(keys.page.url.rstrip("/").rpartition("/")[2])


def decide_of_all(keys: Keyboard) -> None:
    """One key for each held bill: accepted where that is offered, else postponed; the next one waits under the hand."""
    rows, decided = keys.page.locator(".worklist > li"), 0
    while rows.count():
        current = keys.page.locator(".worklist > li[aria-current]")
        keys.opens("a" if current.locator("[data-key=a]").count() else "p")
        if keys.page.locator("#h-doubtful").count():
            keys.type("Photo du compteur")
            keys.opens("Enter")
        decided += 1
        assert not rows.count() or keys.focused()
    assert keys.page.locator("#decidees li").count() == decided > 1
    assert keys.says(keys.word("Acceptée"), "#decidees")


def go_to_the_run(keys: Keyboard, run_id: int) -> None:
    """By the rail and the list of runs."""
    run = billing.run(run_id)
    assert run is not None
    if keys.page.url == "about:blank":
        keys.page.goto("/")
    keys.tab_to(keys.word("Facturation"))
    keys.opens("Enter")
    keys.tab_to(wording.day(run.on, keys.lang))
    keys.opens("Enter")
    assert keys.page.url.endswith(f"/lots/{run_id}/")


# ── a round of reads ─────────────────────────────────────────────────────────────────────────────────────────────────


@both
def test_a_round_is_typed_with_its_findings_and_a_reading_is_corrected(
    lang: str, own_town: str, page_as: Opens
) -> None:
    keys = Keyboard(page_as(Role.SERVICE, lang), lang)
    keys.page.goto("/")
    keys.tab_to(keys.word("Relèves"))
    keys.opens("Enter")
    keys.tab_to(keys.word("Saisir aujourd’hui"))
    keys.opens("Enter")
    doubtful = type_three(keys)
    assert keys.says(keys.word("Relire le compteur."), f"#r{doubtful.register_id}")

    while doubtful.meter not in keys.tab_to(keys.word("Corriger"), back=True):
        pass
    keys.opens("Enter")
    assert keys.focused() == keys.word("Index juste")
    keys.type(str(next_index(doubtful, 25)))
    keys.press("Tab")
    keys.type("Relu sur place.")
    keys.opens("Enter")

    assert keys.says(keys.word("corrigée"), f"#r{doubtful.register_id}")
    known = [it for it in metering.readings_of(doubtful.delivery_point_id) if it.register_id == doubtful.register_id]
    assert (known[-1].read_on, known[-1].value) == (TODAY, next_index(doubtful, 25) * 1000)
    assert keys.page.refused == []


def type_three(keys: Keyboard) -> rounds.RoundLine:
    """A believable index, a doubtful one, one that cannot be and stays in its cell; the doubtful line."""
    good, doubtful, bad = rounds.lines(1, TODAY, show="todo", limit=3)
    assert good.meter in keys.focused()  # the first cell waits
    keys.type(str(next_index(good, 30)))
    keys.press("Enter")
    assert doubtful.meter in keys.focused()
    keys.type(str(next_index(doubtful, -40)))
    keys.press("ArrowDown")
    keys.type("12a")
    keys.press("Enter")
    for register, said in ((good, ".fine"), (doubtful, ".said"), (bad, "[data-refused]")):
        keys.page.wait_for_selector(f"#v{register.register_id} {said}")
    keys.opens("Control+s")
    assert bad.meter in keys.focused()  # the refused cell, with what was typed
    assert keys.page.evaluate("document.activeElement.value") == "12a"
    keys.press("Control+a")
    keys.type(str(next_index(bad, 20)))
    keys.opens("Control+s")
    assert keys.focused()  # the next cell to type in
    return doubtful


def next_index(line: rounds.RoundLine, more: int) -> int:
    """What the dials may show, that much after the last reading before that day."""
    before = [it for it in metering.readings_of(line.delivery_point_id)
              if it.register_id == line.register_id and it.read_on < TODAY]  # fmt: skip
    return int(before[-1].value // 1000 + more) % 10**line.dials


# ── the books ────────────────────────────────────────────────────────────────────────────────────────────────────────


@both
def test_the_books_answer_as_of_a_day_leave_as_a_file_and_lead_to_their_reasons(
    lang: str, own_town: str, page_as: Opens
) -> None:
    keys = Keyboard(page_as(Role.TREASURER, lang), lang)
    keys.page.goto("/")
    keys.tab_to(keys.word("Grand livre"))
    keys.opens("Enter")
    read_a_statement(keys, date(2026, 5, 31))

    keys.tab_to(keys.word("Journal"), back=True)
    keys.opens("Enter")
    keys.tab_to(keys.word("Acte"))
    keys.type(keys.word("Approuver un lot"))
    keys.tab_to(keys.word("Filtrer"))
    keys.opens("Enter")
    assert keys.says(keys.word("Approuver un lot"), "tbody tr")
    keys.tab_to(keys.word("Lot"))
    keys.opens("Enter")
    assert "/lots/" in keys.page.url

    keys.tab_to(keys.word("Invariants"), back=True)
    keys.opens("Enter")
    keys.press("v")
    keys.page.wait_for_selector("progress")
    assert queue.work_once()
    expect(keys.page.locator("progress")).to_have_count(0)
    keys.tab_to("I5")
    keys.opens("Enter")
    assert keys.says(keys.word("Aucune ligne ne l’enfreint"))
    assert keys.page.refused == []


def read_a_statement(keys: Keyboard, on: date) -> None:
    """From the age of the accounts to the first one's statement at the end of a day, and away with it as a file."""
    keys.tab_to(keys.word("Âge des comptes"))
    keys.opens("Enter")
    keys.tab_to("000")  # an account's number
    keys.opens("Enter")
    account = ledger.account_numbered(keys.page.input_value("[name=compte]"))
    assert account is not None
    keys.tab_to(keys.word("À la fin du"))
    type_day(keys, on)
    keys.tab_to(keys.word("Afficher"))
    keys.opens("Enter")
    assert keys.says(wording.money(ledger.balance(account.id, on), keys.lang), "tfoot")

    keys.tab_to(keys.word("Exporter (CSV)"))
    with keys.page.expect_download() as leaving:
        keys.press("Enter")
    assert Path(leaving.value.path()).read_bytes().startswith("\ufeff".encode())
    assert keys.focused() == keys.word("Exporter (CSV)")


def type_day(keys: Keyboard, on: date) -> None:
    """Type a day in a date field, in whichever order this browser asks for its parts."""
    for typed in (f"{on:%Y%m%d}", f"{on:%m%d%Y}", f"{on:%d%m%Y}"):
        keys.press("ArrowLeft", "ArrowLeft", "ArrowLeft")
        keys.type(typed)
        if keys.page.evaluate("document.activeElement.value") == on.isoformat():
            return
    raise Lost(f"{keys.page.url}: the day {on} cannot be typed")


# ── every page ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_that_tab_reaches_on_a_page_is_named_and_seen(page_as: Opens) -> None:
    keys = Keyboard(page_as(Role.ADMINISTRATOR))
    account, bill, run = f"/comptes/{FIRST}/", f"/factures/{last_bill()}/", f"/lots/{billing.runs()[-1]}/"
    named = (account, bill, f"{bill}pourquoi/total/", run, f"/releves/1/?on={TODAY}")
    for path in (*named, "/", "/clients/?q=ormes", "/lots/ouvrir/", "/grand-livre/ages/", "/journal/", "/invariants/"):
        keys.page.goto(path)
        assert len(keys.stops()) > 5, path


def test_all_that_tab_reaches_on_a_phone_is_named_and_seen(page_as: Opens) -> None:
    page = page_as(Role.ADMINISTRATOR, width=390)
    for path in ("/", f"/factures/{last_bill()}/", "/lots/", f"/releves/1/?on={TODAY}", "/journal/"):
        page.goto(path)
        assert len(Keyboard(page).stops()) > 5, path


def test_a_planted_hidden_focus_and_a_lost_one_would_be_seen(page_as: Opens) -> None:
    page = page_as(Role.SERVICE)
    keys = Keyboard(page)
    page.goto("/")
    page.route("**/desk.css", lambda route: route.fulfill(body=":focus-visible { outline: 0 !important; }"))
    page.reload()
    with pytest.raises(Lost, match="without a ring"):
        keys.stops()
    page.evaluate("document.activeElement.blur()")
    with pytest.raises(Lost, match="nothing has the focus"):
        keys.focused()
