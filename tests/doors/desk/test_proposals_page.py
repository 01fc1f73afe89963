"""Prix proposés at the desk: proposed by one, rehearsed by the worker, activated by another."""

import re
import shutil
import subprocess
from datetime import date
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fanal.doors.bills.annex import printed
from fanal.doors.desk.pages.rehearsals import _chosen
from fanal.doors.desk.roles import DEMO_PEOPLE, Role
from fanal.doors.jobs import queue
from fanal.law.tariffs.book import Book, dump
from fanal.law.tariffs.shelf import PARAMETERS, load
from fanal.records.billing import proposal_facts as facts
from fanal.records.billing import proposals, shelf
from fanal.reports.rehearsal import recalled
from tests.billing import rows
from tests.books import dearer_access
from tests.doors.desk.test_runs import accept_all, opened

SOURCE = PARAMETERS / "hydro_quebec" / "D.toml"
CODE = "hydro_quebec/D"
TODAY, NEXT = date(2026, 11, 16), date(2027, 1, 1)
MAUDE = DEMO_PEOPLE[Role.BILLING][0]


def file_of(text: str, name: str = "D.toml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode("utf-8"))


def text_of(answer) -> str:
    """What a page says, its spaces plain."""
    said = unescape(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")
    return re.sub(r"<sup>(\w+)</sup>", r"\1", said)


def dearer_file() -> SimpleUploadedFile:
    """Rate D with a dearer access from the next year on, as a person would write it."""
    text = SOURCE.read_text("utf-8")
    last = text[text.rindex("[[version]]") :]
    new = re.sub(r"^from = .*$", "from = 2027-01-01", last, flags=re.M).replace('price = "0.46', 'price = "0.56', 1)
    closed = re.sub(r"^(from = .*)$", r"\1\nto = 2027-01-01", last, count=1, flags=re.M)
    assert new != last
    return file_of(text[: text.rindex("[[version]]")] + closed + "\n" + new)


def proposed(by: str = "paul", price: str = "0.60", since: date = NEXT, *, retroactive: bool = False) -> int:
    return proposals.propose_book(book=dearer_access(load(CODE), price, since), note="résolution 2026-12", by=by,
                                  on=TODAY, retroactive=retroactive)  # fmt: skip


def waiting(proposal: int | None = None, since: date = date(2025, 11, 16)) -> int:
    """A rehearsal that was asked for."""
    book = shelf.proposed(facts.proposal(proposal).digest) if proposal else load(CODE)
    asked = proposals.ask_rehearsal(book=book, replaced=[CODE], from_on=since, to_on=TODAY, dated=False, by="paul",
                                    on=TODAY, proposal_id=proposal)  # fmt: skip
    queue.ask(kind=queue.REHEARSE, subject=asked, by="paul", on=TODAY)
    return asked


def rehearsed(proposal: int | None = None, since: date = date(2025, 11, 16)) -> int:
    """A rehearsal that the worker did."""
    asked = waiting(proposal, since)
    while queue.work_once():
        pass
    return asked


# ── propose, activate, withdraw ──────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_proposed_whole_and_its_changes_are_shown(client_as):
    client = client_as(Role.BILLING)
    answer = client.post("/propositions/proposer/", {"book": dearer_file(), "note": "résolution 2026-12"})
    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert "1<sup>er</sup>" in page
    assert "janv." in page
    assert "46,154" in page
    assert "56,154" in page
    assert "Vous l’avez proposé" in page
    assert "disabled" in page


@pytest.mark.parametrize(
    ("text", "french", "english"),
    [
        ("pas du toml [", "fichier : TOML illisible", "file: unreadable TOML"),
        (
            SOURCE.read_text("utf-8").replace('proration = "days"', 'proration = "weeks"'),
            "proration : « weeks » n’est pas admis (attendu : ",
            "proration: “weeks” is not allowed (expected: ",
        ),
        (
            SOURCE.read_text("utf-8").replace("from = 2025-04-01", "from = 2025-05-01"),
            "trou : aucun prix du 1er avril 2025 au 30 avril 2025",
            "gap: no price from April 1, 2025 to April 30, 2025",
        ),
        (SOURCE.read_text("utf-8"), "rien n’y changerait", "nothing in it would change"),
        (
            SOURCE.read_text("utf-8").replace('code = "hydro_quebec/D"', 'code = "../../etc/D"'),
            "code : n’a pas la forme attendue",
            "code: is not of the expected form",
        ),
        (
            SOURCE.read_text("utf-8").replace('cent = "0.01"', "cent = 1e99999999999999999999"),
            "fichier : un nombre ne se lit pas",
            "file: a number cannot be read",
        ),
        ("code = [1]", "livre/depose.toml", "livre/depose.toml"),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_its_reason(client_as, text, french, english):
    for lang, said in (("fr", french), ("en", english)):
        answer = client_as(Role.BILLING, lang=lang).post(
            "/propositions/proposer/", {"book": file_of(text), "note": "x"}
        )
        assert answer.status_code == 422
        assert said in text_of(answer)
    assert facts.proposals() == []


def test_a_missing_file_and_a_missing_note_are_said_beside_their_fields(client_as):
    answer = client_as(Role.BILLING).post("/propositions/proposer/", {})
    assert answer.status_code == 422
    assert "Choisir le fichier du livre." in answer.content.decode()


def test_another_person_activates_and_today_says_who_is_awaited(client_as):
    proposal = proposed(by=MAUDE)
    assert "Prix à activer" not in client_as(Role.BILLING).get("/").content.decode()
    treasurer = client_as(Role.TREASURER)
    assert "Prix à activer" in treasurer.get("/").content.decode()
    assert client_as(Role.SERVICE).get(reverse("proposal", args=[proposal])).status_code == 403
    answer = treasurer.post(reverse("proposal_activate", args=[proposal]), follow=True)
    assert "Livre activé" in answer.content.decode()
    assert shelf.in_force(CODE).versions[-1].from_on == NEXT
    assert "Prix à activer" not in treasurer.get("/").content.decode()


def test_who_proposed_is_refused_beside_the_cause(client_as):
    proposal = proposed(by=MAUDE)
    answer = client_as(Role.BILLING).post(reverse("proposal_activate", args=[proposal]))
    assert answer.status_code == 422
    assert "Une deuxième personne active le livre" in answer.content.decode()
    assert facts.proposal(proposal).is_open


def test_an_auditor_reads_and_decides_nothing(client_as):
    proposal = proposed()
    auditor = client_as(Role.AUDITOR)
    page = auditor.get(reverse("proposal", args=[proposal])).content.decode()
    assert "Activer ce livre" not in page
    assert auditor.post(reverse("proposal_activate", args=[proposal])).status_code == 403
    assert auditor.post(reverse("proposal_withdraw", args=[proposal]), {"reason": "x"}).status_code == 403


def test_a_proposal_is_withdrawn_with_its_reason(client_as):
    proposal, client = proposed(), client_as(Role.BILLING)
    assert client.post(reverse("proposal_withdraw", args=[proposal]), {"reason": ""}).status_code == 422
    client.post(reverse("proposal_withdraw", args=[proposal]), {"reason": "le conseil n’en veut pas"})
    assert "le conseil n’en veut pas" in client.get(reverse("proposal", args=[proposal])).content.decode()


def test_a_retroactive_proposal_shows_the_issued_bills_that_it_touches(client_as):
    proposal = proposed(since=date(2026, 9, 1), retroactive=True)
    touched = facts.touched(proposal, CODE, date(2026, 9, 1), TODAY)
    page = client_as(Role.AUDITOR).get(reverse("proposal", args=[proposal])).content.decode()
    assert touched.bills > 0
    assert "Factures déjà émises sur ces jours" in page
    assert len(set(re.findall(r"/factures/(2026-\d+)/", page))) == min(touched.bills, 25)


def test_a_run_computed_before_the_activation_is_shown_and_computed_again(client_as):
    run = opened(client_as(Role.BILLING))
    accept_all(client_as(Role.BILLING), run)
    proposal = proposed(by="paul", since=date(2026, 1, 1), retroactive=True)
    proposals.activate_book(proposal_id=proposal, by="marie", on=TODAY)
    client = client_as(Role.BILLING)
    assert "Des prix ont changé depuis le calcul" in client.get(f"/lots/{run}/").content.decode()
    client.post(f"/lots/{run}/calculer/")
    while queue.work_once():
        pass
    assert "Des prix ont changé depuis le calcul" not in client.get(f"/lots/{run}/").content.decode()


# ── rehearse ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rehearsal_asked_at_the_desk_is_computed_by_the_worker(client_as):
    proposal, client = proposed(), client_as(Role.TREASURER)
    asked = {"book": f"proposition:{proposal}", "replaced": "", "from_on": "2025-11-16", "to_on": "2026-11-16"}
    answer = client.post("/repetitions/demander/", asked)
    assert answer.status_code == 302
    waiting = client.get(answer.url).content.decode()
    assert "en attente de l’ouvrier" in waiting
    while queue.work_once():
        pass
    page = client.get(answer.url).content.decode()
    assert "Écart de revenu" in page
    assert "Par dixième de consommation" in page
    assert client.get(f"{answer.url}avancement/")["HX-Refresh"] == "true"


@pytest.mark.usefixtures("desk")
def test_a_book_is_chosen_by_its_code_whatever_its_first_letter():
    book = Book.model_validate(dump(load(CODE)) | {"code": "perce/D"})
    proposal = proposals.propose_book(book=book, note="essai", retroactive=False, by="paul", on=TODAY)
    assert _chosen(f"proposition:{proposal}") == (shelf.proposed(book.digest), proposal)
    proposals.activate_book(proposal_id=proposal, by="marie", on=TODAY)

    assert _chosen("perce/D")[0].code == "perce/D"


@pytest.mark.parametrize("change", [{"to_on": "2025-01-01"}, {"book": "personne/X"}, {"from_on": "hier"}])
def test_a_rehearsal_that_cannot_be_asked_is_refused_beside_its_field(client_as, change):
    asked = {"book": CODE, "replaced": "", "from_on": "2025-11-16", "to_on": "2026-11-16"} | change
    answer = client_as(Role.BILLING).post("/repetitions/demander/", asked)
    assert answer.status_code == 422
    assert "invalid" in answer.content.decode()


def test_a_customer_is_shown_side_by_side_with_the_reason_of_each_amount(client_as):
    asked = rehearsed(proposed())
    [swing, *_] = facts.rehearsal(asked).outcome["swings"]
    client = client_as(Role.AUDITOR)
    path = reverse("rehearsal_customer", args=[asked, swing["subscription_id"]])
    page = client.get(path).content.decode()
    whys = re.findall(rf'href="({path}pourquoi/[0-9-]+/)"', page)
    assert whys
    told = client.get(whys[0]).content.decode()
    assert "¢" in told
    assert "exclu" in told
    drawer = client.get(whys[0], HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in drawer
    for spoilt in ("9-9-9", "0-0-99999", "x", "0-0"):
        assert client.get(f"{path}pourquoi/{spoilt}/").status_code == 404
    assert client.get(reverse("rehearsal_customer", args=[asked, 999_999])).status_code == 404


def test_any_customer_of_a_rehearsal_is_chosen_by_the_account(client_as):
    asked = rehearsed(proposed())
    page, client = reverse("rehearsal", args=[asked]), client_as(Role.AUDITOR)
    [chosen, *_] = rows(
        "SELECT s.id, a.number FROM subscriptions_subscription s JOIN ledger_account a ON a.id = s.account_id "
        "JOIN billing_billeddays d ON d.subscription_id = s.id WHERE s.book = %s AND d.to_on > '2026-01-01' "
        "ORDER BY s.id DESC", CODE,
    )  # fmt: skip
    number, side_by_side = chosen.number, reverse("rehearsal_customer", args=[asked, chosen.id])
    spaced = f"{number[:3]} {number[3:6]} {number[6:9]}-{number[9]}"
    for typed in (number, spaced):
        answer = client.get(page, {"compte": typed})
        assert (answer.status_code, answer.url) == (302, side_by_side)
    for wrong in ("0000000000", "", "x" * 500, "\x00"):
        refused = client.get(page, {"compte": wrong})
        assert refused.status_code == 422
        assert "Aucune facture de cette répétition" in refused.content.decode()


def test_the_side_by_side_of_a_customer_adds_up_to_its_swing(client_as):
    asked = rehearsed(proposed())
    [swing, *_] = facts.rehearsal(asked).outcome["swings"]
    known = client_as(Role.AUDITOR).get(reverse("rehearsal_customer", args=[asked, swing["subscription_id"]])).context
    assert known["net"] == [swing["current_cents"], swing["proposed_cents"]]


def test_what_was_compared_stays_after_the_activation(client_as):
    proposal = proposed()
    asked = rehearsed(proposal)
    [swing, *_] = facts.rehearsal(asked).outcome["swings"]
    path = reverse("rehearsal_customer", args=[asked, swing["subscription_id"]])
    before = client_as(Role.AUDITOR).get(path).context["net"]
    proposals.activate_book(proposal_id=proposal, by="marie", on=TODAY)
    assert client_as(Role.AUDITOR).get(path).context["net"] == before


def test_the_annex_is_a_tagged_pdf_without_the_name_of_any_customer(client_as, tmp_path):
    asked = rehearsed(proposed())
    answer = client_as(Role.AUDITOR).get(reverse("rehearsal_annex", args=[asked]))
    assert answer["Content-Type"] == "application/pdf"
    assert b"<pdfuaid:part>1<" in answer.content
    assert b"/StructTreeRoot" in answer.content
    assert b"<rdf:li>fr-CA</rdf:li>" in answer.content
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    (tmp_path / "annexe.pdf").write_bytes(answer.content)
    read = subprocess.run(["pdftotext", tmp_path / "annexe.pdf", "-"], capture_output=True, text=True, check=True)
    text = " ".join(read.stdout.replace("\xa0", " ").split())
    for said in ("Effet des prix proposés", "résolution 2026-12", "Par classe", "Par dixième", "Comment c’est calculé"):
        assert said in text, said
    names = {it["customer"] for it in facts.rehearsal(asked).outcome["swings"]}
    assert names
    assert not [it for it in names if it in text]


def test_the_annex_is_in_the_language_of_the_page_and_names_rates_as_the_council_does(client_as, tmp_path):
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    asked = rehearsed(proposed())
    answer = client_as(Role.AUDITOR, lang="en").get(reverse("rehearsal_annex", args=[asked]))
    assert b"<rdf:li>en-CA</rdf:li>" in answer.content
    (tmp_path / "annex.pdf").write_bytes(answer.content)
    read = subprocess.run(["pdftotext", tmp_path / "annex.pdf", "-"], capture_output=True, text=True, check=True)
    text = " ".join(read.stdout.replace("\xa0", " ").split())
    title = load(CODE).title
    for said in (f"Effect of the proposed prices: {title.en}", "By class", f"{title.en}, electric heating", "Pay more"):
        assert said in text, said
    assert not [it for it in (title.fr, "Comparé", "chauffage", "avant taxes") if it in text]
    assert f"{CODE}," in text  # in the foot alone
    assert text.count(CODE) == text.count(f"Rehearsal of book {CODE}")


def test_why_bills_are_set_aside_is_said_in_the_language_of_the_page_and_of_its_annex(client_as):
    late = Book.model_validate(
        dump(load(CODE)) | {"version": [dump(load(CODE))["version"][-1] | {"from": "2026-04-01"}]}
    )
    asked = proposals.ask_rehearsal(book=late, replaced=[CODE], from_on=date(2025, 11, 16), to_on=TODAY, dated=True,
                                    by="paul", on=TODAY)  # fmt: skip
    queue.ask(kind=queue.REHEARSE, subject=asked, by="paul", on=TODAY)
    while queue.work_once():
        pass
    english = text_of(client_as(Role.AUDITOR, lang="en").get(reverse("rehearsal", args=[asked])))
    french = text_of(client_as(Role.AUDITOR).get(reverse("rehearsal", args=[asked])))
    said = {"en": f"Book {CODE} has no price on ", "fr": f"Le livre {CODE} n’a pas de prix le "}
    assert (said["en"] in english, said["fr"] in english) == (True, False)
    assert (said["en"] in french, said["fr"] in french) == (False, True)
    found = recalled(facts.rehearsal(asked).outcome)
    for lang in ("fr", "en"):
        made = str(printed(found, late, {CODE: load(CODE)}, on=TODAY, lang=lang)).replace("\\xa0", " ")
        assert [it for it in said if said[it] in made] == [lang]


def test_a_rehearsal_without_an_outcome_has_no_annex_and_can_be_asked_again(client_as):
    asked = proposals.ask_rehearsal(book=load(CODE), replaced=[CODE], from_on=date(2025, 1, 1), to_on=TODAY,
                                    dated=False, by="paul", on=TODAY)  # fmt: skip
    client = client_as(Role.BILLING)
    assert client.get(reverse("rehearsal_annex", args=[asked])).status_code == 404
    assert "Reprendre" in client.get(reverse("rehearsal", args=[asked])).content.decode()
    client.post(reverse("rehearsal_resume", args=[asked]))
    while queue.work_once():
        pass
    assert facts.rehearsal(asked).outcome["total"]["customers"] > 0


def test_a_day_before_any_price_fails_in_a_sentence(client_as):
    asked = rehearsed_before_any_price()
    page = client_as(Role.BILLING).get(reverse("rehearsal", args=[asked])).content.decode()
    assert "n’a pas de prix" in page
    assert (
        f"Book {CODE} has no price on "
        in client_as(Role.BILLING, lang="en").get(reverse("rehearsal", args=[asked])).content.decode()
    )


def rehearsed_before_any_price() -> int:
    asked = proposals.ask_rehearsal(book=load(CODE), replaced=[CODE], from_on=date(1990, 1, 1), to_on=date(1991, 1, 1),
                                    dated=False, by="paul", on=TODAY)  # fmt: skip
    queue.ask(kind=queue.REHEARSE, subject=asked, by="paul", on=TODAY)
    while queue.work_once():
        pass
    return asked


def test_an_empty_window_says_that_there_is_nothing_to_compare(client_as):
    asked = proposals.ask_rehearsal(book=load(CODE), replaced=[CODE], from_on=date(2021, 1, 1), to_on=date(2022, 1, 1),
                                    dated=True, by="paul", on=TODAY)  # fmt: skip
    queue.ask(kind=queue.REHEARSE, subject=asked, by="paul", on=TODAY)
    while queue.work_once():
        pass
    assert "Rien à comparer" in client_as(Role.BILLING).get(reverse("rehearsal", args=[asked])).content.decode()


def test_the_pages_make_few_queries(client_as, few_queries):
    proposal = proposed(since=date(2026, 9, 1), retroactive=True)
    asked = rehearsed(proposal)
    [swing, *_] = facts.rehearsal(asked).outcome["swings"]
    client = client_as(Role.BILLING)
    customer = reverse("rehearsal_customer", args=[asked, swing["subscription_id"]])
    named = [reverse("proposal", args=[proposal]), reverse("rehearsal", args=[asked]), customer]
    for path in ("/propositions/", "/repetitions/demander/", *named):
        assert few_queries(client, path).status_code == 200
