"""Journal: who did what, about what, when and why; filters, and a link to the object of each act."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from fanal.doors.desk.asked import day_asked, day_of
from fanal.doors.desk.citations import page_of
from fanal.doors.desk.language import current
from fanal.doors.desk.roles import Role
from fanal.doors.desk.templatetags.desk import account_number
from fanal.law.conditions.ch04_corrections import Cause
from fanal.reports import journal as report
from fanal.reports.journal import JournalEvent, Named
from fanal.values import wording

Names = dict[tuple[str, int], Named]
PAGE_EVENTS = 50
FEW = 8  # ids of a list that are shown
ACTS = {
    "register_premises": gettext_noop("Inscrire des lieux"),
    "survey_network": gettext_noop("Lire la carte du réseau"),
    "shadow.accept": gettext_noop("Accepter un constat de la marche en parallèle"),
    "shadow.withdraw": gettext_noop("Retirer l’acceptation d’un constat"),
    "state_transformers": gettext_noop("Inscrire le transformateur que dit la facturation"),
    "register_customers": gettext_noop("Inscrire des clients"),
    "customers.revise": gettext_noop("Mettre à jour un client"),
    "customers.propose_merge": gettext_noop("Proposer une fusion de clients inscrits"),
    "customers.confirm_merge": gettext_noop("Confirmer une fusion de clients inscrits"),
    "customers.undo_merge": gettext_noop("Défaire une fusion de clients inscrits"),
    "register_meters": gettext_noop("Inscrire des compteurs"),
    "add_register": gettext_noop("Ajouter un registre à un compteur"),
    "install_meters": gettext_noop("Poser des compteurs"),
    "remove_meters": gettext_noop("Déposer des compteurs"),
    "exchange_meters": gettext_noop("Remplacer des compteurs"),
    "record_readings": gettext_noop("Inscrire des relèves"),
    "attach_photos": gettext_noop("Joindre des photos à des relèves"),
    "correct_reading": gettext_noop("Corriger une relève"),
    "record_estimate": gettext_noop("Estimer une consommation"),
    "open_accounts": gettext_noop("Ouvrir des comptes"),
    "open_subscriptions": gettext_noop("Ouvrir des abonnements"),
    "add_holder": gettext_noop("Ajouter un titulaire"),
    "request_subscription": gettext_noop("Répondre à une demande d’abonnement"),
    "end_subscriptions": gettext_noop("Finir des abonnements"),
    "say_households": gettext_noop("Inscrire le nombre de ménages"),
    "exempt_from_tax": gettext_noop("Exonérer d’une taxe"),
    "end_exemption": gettext_noop("Finir une exonération"),
    "open_bank": gettext_noop("Ouvrir une banque de kWh"),
    "end_bank": gettext_noop("Finir une banque de kWh"),
    "put_owners_on_file": gettext_noop("Inscrire des propriétaires au dossier"),
    "record_receipts": gettext_noop("Inscrire des paiements"),
    "return_payments": gettext_noop("Retourner des paiements"),
    "allocate": gettext_noop("Imputer des paiements"),
    "prepare_debits": gettext_noop("Préparer un lot de prélèvements"),
    "release_debits": gettext_noop("Remettre un lot de prélèvements"),
    "abandon_debits": gettext_noop("Abandonner un lot de prélèvements"),
    "settle_debits": gettext_noop("Encaisser des prélèvements"),
    "return_debits": gettext_noop("Inscrire des retours de prélèvements"),
    "debits.file_taken": gettext_noop("Prendre le fichier d’un lot de prélèvements"),
    "close_period": gettext_noop("Fermer une période"),
    "register_person": gettext_noop("Inscrire une personne au bureau"),
    "change_password": gettext_noop("Donner un autre mot de passe"),
    "close_person": gettext_noop("Fermer le compte d’une personne"),
    "reopen_person": gettext_noop("Rouvrir le compte d’une personne"),
    "billing.open_run": gettext_noop("Ouvrir un lot"),
    "billing.compute_run": gettext_noop("Calculer un lot"),
    "billing.compute_one": gettext_noop("Recalculer une facture"),
    "billing.review_bill": gettext_noop("Décider d’une facture retenue"),
    "billing.review_run": gettext_noop("Réviser un lot"),
    "billing.approve_run": gettext_noop("Approuver un lot"),
    "billing.reopen_run": gettext_noop("Rouvrir un lot"),
    "billing.abandon_run": gettext_noop("Abandonner un lot"),
    "billing.pause_run": gettext_noop("Suspendre un lot"),
    "billing.resume_run": gettext_noop("Reprendre un lot"),
    "billing.begin_issuing": gettext_noop("Commencer l’émission"),
    "billing.issue_run": gettext_noop("Émettre un lot"),
    "billing.propose_book": gettext_noop("Proposer un livre de tarif"),
    "billing.rehearse_book": gettext_noop("Répéter un livre de tarif"),
    "billing.keep_rehearsal": gettext_noop("Garder le résultat d’une répétition"),
    "billing.give_book": gettext_noop("Donner un livre à un tarif repris"),
    "billing.take_back_book": gettext_noop("Reprendre le livre donné à un tarif"),
    "billing.activate_book": gettext_noop("Mettre un livre de tarif en vigueur"),
    "billing.withdraw_book": gettext_noop("Retirer un livre proposé"),
    "billing.propose_correction": gettext_noop("Proposer une correction"),
    "billing.correct_bills": gettext_noop("Corriger des factures"),
    "billing.refuse_correction": gettext_noop("Refuser une correction"),
    "takeover.send": gettext_noop("Déposer l’exportation d’un ancien système"),
    "takeover.remove": gettext_noop("Retirer du serveur une exportation déposée"),
    "takeover.stage": gettext_noop("Recevoir l’exportation d’un ancien système"),
    "takeover.examine": gettext_noop("Examiner l’exportation d’un ancien système"),
    "takeover.load": gettext_noop("Charger l’exportation d’un ancien système"),
    "takeover.decide": gettext_noop("Décider d’une ligne mise de côté"),
    "takeover.make_rule": gettext_noop("Faire une règle de reprise"),
    "takeover.end_rule": gettext_noop("Mettre fin à une règle de reprise"),
    "takeover.propose_merge": gettext_noop("Proposer une fusion de clients"),
    "takeover.confirm_merge": gettext_noop("Confirmer une fusion de clients"),
    "takeover.undo_merge": gettext_noop("Défaire une fusion de clients"),
    "shadow.begin": gettext_noop("Ouvrir une marche en parallèle"),
    "shadow.end": gettext_noop("Finir une marche en parallèle"),
    "pay_deposit_interest": gettext_noop("Porter aux comptes les intérêts de dépôts"),
    "return_deposit": gettext_noop("Rendre un dépôt au compte"),
    "review_plan": gettext_noop("Réviser des versements égaux"),
    "end_promise": gettext_noop("Mettre fin à un engagement repris"),
    "switch_cycles": gettext_noop("Basculer des cycles de l’ancien système"),
    "give_back_cycles": gettext_noop("Rendre des cycles à l’ancien système"),
    "open_balances": gettext_noop("Reporter les soldes de l’ancien système"),
    "invariants.verified": gettext_noop("Vérifier les invariants"),
    "archive.exported": gettext_noop("Tout exporter en une archive"),
    "archive.downloaded": gettext_noop("Télécharger une archive"),
    "archive.read_back": gettext_noop("Relire une archive"),
    "demo.step": gettext_noop("Bâtir la ville de démonstration"),
    "demo.finished": gettext_noop("Finir la ville de démonstration"),
}
# One, several, of each noun of « about ».
NOUNS = {
    "run": (gettext_noop("Lot"), gettext_noop("lots")),
    "bill": (gettext_noop("Facture"), gettext_noop("factures")),
    "account": (gettext_noop("Compte"), gettext_noop("comptes")),
    "subscription": (gettext_noop("Abonnement du compte"), gettext_noop("abonnements")),
    "request": (gettext_noop("Demande d’abonnement"), gettext_noop("demandes d’abonnement")),
    "delivery_point": (gettext_noop("Point de livraison"), gettext_noop("points de livraison")),
    "premises": (gettext_noop("Lieu"), gettext_noop("lieux")),
    "customer": (gettext_noop("Client"), gettext_noop("clients")),
    "meter": (gettext_noop("Compteur"), gettext_noop("compteurs")),
    "photo": (gettext_noop("Photo"), gettext_noop("photos")),
    "deposits": (gettext_noop("Dépôt"), gettext_noop("dépôts")),
    "installation": (gettext_noop("Pose"), gettext_noop("poses")),
    "readings": (gettext_noop("Relève"), gettext_noop("relèves")),
    "receipt": (gettext_noop("Paiement"), gettext_noop("paiements")),
    "allocations": (gettext_noop("Imputation"), gettext_noop("imputations")),
    "debits_batch": (gettext_noop("Lot de prélèvements"), gettext_noop("lots de prélèvements")),
    "debits": (gettext_noop("Prélèvement"), gettext_noop("prélèvements")),
    "invariants": (gettext_noop("Invariant"), gettext_noop("invariants")),
    "archive": (gettext_noop("Archive"), gettext_noop("archives")),
    "person": (gettext_noop("Personne du bureau"), gettext_noop("personnes du bureau")),
}
GROUNDS = {
    "username": gettext_noop("Nom d’utilisateur"), "roles": gettext_noop("Rôles"),
    "reason": gettext_noop("Raison"), "cycle": gettext_noop("Cycle"), "bills": gettext_noop("Factures"),
    "held": gettext_noop("Retenues"), "total_cents": gettext_noop("Total"), "kwh": gettext_noop("Énergie"),
    "stored": gettext_noop("Inscrites"), "already": gettext_noop("Déjà là"), "refused": gettext_noop("Refusées"),
    "findings": gettext_noop("Constats"), "register": gettext_noop("Registre"), "read_on": gettext_noop("Jour lu"),
    "index": gettext_noop("Index"), "accounts": gettext_noop("Comptes"),
    "cycles": gettext_noop("Cycles repris"), "despite": gettext_noop("Malgré le contrôle"),
    "act": gettext_noop("Décision"), "postings": gettext_noop("Écritures"), "debit_cents": gettext_noop("Débits"),
    "removed": gettext_noop("Poses finies"), "ends_on": gettext_noop("Fin"), "reasons": gettext_noop("Motifs"),
    "invariants": gettext_noop("Invariants"), "difference_cents": gettext_noop("Écart"),
    "cause": gettext_noop("Cause"), "proposed_by": gettext_noop("Proposée par"),
    "approved_by": gettext_noop("Approuvée par"), "reversed": gettext_noop("Factures reprises"),
    "made": gettext_noop("Nouvelles factures"), "correction": gettext_noop("Correction"),
    "accepted": gettext_noop("Acceptée"), "obstacles": gettext_noop("Obstacles"), "fee_cents": gettext_noop("Frais"),
    "delivery_point": gettext_noop("Point de livraison"), "subscription": gettext_noop("Abonnement"),
    "run": gettext_noop("Lot"), "proposal": gettext_noop("Proposition"), "rehearsal": gettext_noop("Répétition"),
    "customer": gettext_noop("Client"), "photos": gettext_noop("Photos"),
    "debits": gettext_noop("Prélèvements"), "file": gettext_noop("Fichier"), "withdrawn": gettext_noop("Retirés"),
    "from_on": gettext_noop("Du"), "to_on": gettext_noop("Jusqu’au, exclu"), "again": gettext_noop("De nouveau"),
    "codes": gettext_noop("Codes de la banque"), "batches": gettext_noop("Lots"),
    "stays": gettext_noop("Comptes ouverts depuis, qui restent"), "merge": gettext_noop("Fusion"),
    "archive": gettext_noop("Archive"), "digest": gettext_noop("Empreinte"), "pdfs": gettext_noop("PDF"),
}  # fmt: skip
# What a ground is the internal number of; « ids » are of what the act is about.
OBJECTS = {
    "made": "bill", "reversed": "bill", "run": "run", "correction": "correction", "proposal": "proposal",
    "rehearsal": "rehearsal", "subscription": "subscription", "delivery_point": "delivery_point",
    "customer": "customer", "register": "register", "removed": "installation", "photos": "photo",
}  # fmt: skip
PAGES = {
    "run": "run_id",
    "request": "request_id",
    "correction": "correction_id",
    "proposal": "proposal_id",
    "rehearsal": "rehearsal_id",
    "photo": "photo_id",
    "debits_batch": "batch_id",
}  # the page of each that is asked by its own number
INNER = (
    "estimate",
    "rows",
    "looked",
    "milliseconds",
    "seconds",
    "stories",
    "today",
)  # shown elsewhere, or of no use to a person
DECISIONS = {
    "ACCEPT": gettext_noop("acceptée"), "POSTPONE": gettext_noop("remise à un autre lot"),
    "HOLD": gettext_noop("retenue"), "RESET": gettext_noop("décision retirée"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Word:
    """What a ground says, and the page of what it names; empty when it has none."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An event in words."""

    event: JournalEvent
    act: str
    about: str
    url: str
    why: str
    grounds: list[tuple[str, list[Word]]]


def page(request: HttpRequest) -> HttpResponse:
    """The journal, the latest first."""
    asked = {name: text.replace("\0", "") for name, text in request.GET.items()}
    act = asked.get("acte", "")
    wanted: dict[str, Any] = {
        "by": asked.get("qui", "").strip()[:150], "acts": [act] if act else None,
        "about": asked.get("objet", "").strip()[:100], "since": day_asked(request, "du"),
        "until": day_asked(request, "au"),
    }  # fmt: skip
    below = asked.get("avant", "")
    found = report.events(
        **wanted, below=int(below) if below.isdecimal() and len(below) < 19 else None, limit=PAGE_EVENTS + 1
    )
    shown = found[:PAGE_EVENTS]
    named = report.names(it for event in shown for it in ((event.noun, event.identifier), *_objects(event)))
    kept = {key: asked[key] for key in ("qui", "acte", "objet", "du", "au") if asked.get(key)}
    older = urlencode({**kept, "avant": shown[-1].id}) if len(found) > PAGE_EVENTS else ""
    known = {
        "lines": [_line(it, named, request.roles) for it in shown], "older": older,
        "newest": urlencode(kept), "is_first": not below, "asked": kept, "filtered": bool(kept),
        "acts": sorted(((key, _(word), key == act) for key, word in ACTS.items()), key=lambda it: it[1]),
    }  # fmt: skip
    return render(request, "desk/journal/page.html", known)


def _objects(event: JournalEvent) -> Iterator[tuple[str, int]]:
    """What the grounds of an event name by an internal number, as far as it is shown: (noun, id)."""
    for key, value in event.grounds.items():
        listed = value if isinstance(value, list) else [value]
        if noun := _noun(event, key):
            yield from ((noun, it) for it in listed[:FEW] if isinstance(it, int))


def _noun(event: JournalEvent, key: str) -> str:
    return event.noun if key == "ids" else OBJECTS.get(key, "")


def _line(event: JournalEvent, named: Names, roles: frozenset[Role]) -> Line:
    why, grounds = _why(event, named, roles)
    word = _(ACTS[event.act]) if event.act in ACTS else event.act
    return Line(event, word, *_about(event, named.get((event.noun, event.identifier)), roles), why, grounds)


def _about(event: JournalEvent, named: Named | None, roles: frozenset[Role]) -> tuple[str, str]:
    """The object in words, and where its page is; none when no page that they may open shows it."""
    one, several = NOUNS.get(event.noun, ("", ""))
    if not one:
        return event.about.partition(":")[2].replace("_", " "), ""
    if "×" in event.about:
        return f"{wording.number(event.many, current())} {_(several) if event.many != 1 else _(one).lower()}", (
            page_of("invariants", roles) if event.noun == "invariants" else ""
        )
    if event.noun in PAGES:
        return f"{_(one)} {event.identifier}", page_numbered(event.noun, event.identifier, roles)
    if named is None:
        return f"{_(one)} {event.identifier or event.about.partition(':')[2]}", ""
    return f"{_(one)} {word_of(event.noun, named)}", url_of(event.noun, named, roles)


def word_of(noun: str, named: Named) -> str:
    """The number of an object as people write it."""
    return account_number(named.word) if noun in ("account", "subscription") else named.word


def url_of(noun: str, named: Named, roles: frozenset[Role]) -> str:
    """The page of an object: its bill, else its account; of a bill that is no more, its run; empty for none."""
    if not named.key:
        return page_numbered("run", int(named.word.partition(":")[0]), roles) if noun == "bill" else ""
    return page_of("bill" if noun == "bill" else "account", roles, number=named.key)


def page_numbered(noun: str, identifier: int, roles: frozenset[Role]) -> str:
    """The page of what is asked by its own number; empty when there is none, or not for these roles."""
    return page_of(noun, roles, **{PAGES[noun]: identifier}) if noun in PAGES and identifier else ""


def _why(event: JournalEvent, named: Names, roles: frozenset[Role]) -> tuple[str, list[tuple[str, list[Word]]]]:
    """The written reason, and the other grounds in words."""
    inner = INNER if event.noun != "demo" else tuple(event.grounds.keys() - {"invariants", "bills", "total_cents"})
    grounds = {name: it for name, it in event.grounds.items() if name not in inner}
    why = str(grounds.pop("reason", "") or "")
    worded = []
    for key, value in grounds.items():
        noun = _noun(event, key)
        words = _named(noun, value, named, roles) if noun else [Word(text)] if (text := _value(key, value)) else []
        worded.append((_title(event, key), words))
    return why, [(name, words) for name, words in worded if words]


def _title(event: JournalEvent, key: str) -> str:
    if key == "ids" and event.noun in NOUNS:
        return _(NOUNS[event.noun][1]).capitalize()
    return _(GROUNDS[key]) if key in GROUNDS else key


def _named(noun: str, value: Any, named: Names, roles: frozenset[Role]) -> list[Word]:
    """Objects by the numbers that people know, each with its page; the first few of many. A bill of 0 is none."""
    listed = [it for it in (value if isinstance(value, list) else [value]) if it]
    words = []
    for it in listed[:FEW]:
        known = named.get((noun, it))
        words.append(Word(word_of(noun, known), url_of(noun, known, roles)) if known
                     else Word(str(it), page_numbered(noun, it, roles) if isinstance(it, int) else ""))  # fmt: skip
    if len(listed) > FEW:
        words.append(Word(f"… ({wording.number(len(listed), current())})"))
    return words


def _value(key: str, value: Any) -> str:
    """One ground as people read it."""
    if key == "invariants" and isinstance(value, list):
        broken = [it[0] for it in value if it[2]]
        held = _("%(count)s respectés") % {"count": len(value) - len(broken)}
        return f"{held}, " + _("enfreints") + f" {', '.join(broken)}" if broken else held
    if key == "cause" and value in set(Cause):
        return Cause(value).words[current()]
    if key == "act":
        return _(DECISIONS[value]) if value in DECISIONS else str(value)
    if isinstance(value, list):
        few = ", ".join(str(it) for it in value[:FEW])
        return few if len(value) <= FEW else f"{few}… ({wording.number(len(value), current())})"
    if isinstance(value, dict):
        return ", ".join(f"{name} {it}" for name, it in list(value.items())[:FEW])
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if key == "index" and str(value).isdecimal():
        return wording.number(int(value), current())
    if isinstance(value, int):
        if key.endswith("cents"):
            return wording.money(value, current())
        return wording.quantity(value, "kWh", current()) if key == "kwh" else wording.number(value, current())
    if key.endswith("_on") and (on := day_of(str(value))):
        return wording.day(on, current())
    return "" if value is None else str(value)
