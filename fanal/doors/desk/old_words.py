"""The codes of an old system in words: one table for the account's history, the parallel run and the takeover."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

BILLS = {
    "BILL": gettext_noop("Facture"), "FINAL": gettext_noop("Facture finale"),
    "CREDIT_NOTE": gettext_noop("Note de crédit"), "AGAIN": gettext_noop("Refacturation"),
}  # fmt: skip
CHANNELS = {
    "BANK": gettext_noop("institution financière"), "INTERNET": gettext_noop("Internet"),
    "COUNTER": gettext_noop("comptoir"), "CHEQUE": gettext_noop("chèque"),
    "DEBIT": gettext_noop("paiement préautorisé"), "TRANSFER": gettext_noop("virement"),
}  # fmt: skip
ENTRIES = {
    "OPENING": gettext_noop("Solde reporté"), "FEE": gettext_noop("Frais d’administration"),
    "RETURNED": gettext_noop("Provision insuffisante"), "RECONNECTION": gettext_noop("Remise en service"),
    "INTEREST": gettext_noop("Intérêts sur dépôt"), "DEPOSIT": gettext_noop("Dépôt porté au compte"),
    "REFUND": gettext_noop("Remboursement"), "WRITE_OFF": gettext_noop("Radiation"),
    "TRANSFER": gettext_noop("Transfert entre comptes"),
}  # fmt: skip
NOTICES = {
    "LATE": gettext_noop("Avis de retard"), "DISCONNECTION": gettext_noop("Avis d’interruption"),
    "CUT": gettext_noop("Coupure"), "RECONNECTION": gettext_noop("Remise en service"),
}  # fmt: skip
READINGS = {
    "OPENING": gettext_noop("relève d’ouverture"),
    "MOVE_IN": gettext_noop("relève d’entrée"),
    "REAL": gettext_noop("relève réelle"),
    "CUSTOMER": gettext_noop("relève du client"),
    "ESTIMATED": gettext_noop("estimation"),
    "FINAL": gettext_noop("relève finale"),
    "REMOVAL": gettext_noop("relève de dépose"),
    "INSTALLATION": gettext_noop("relève de pose"),
    "CORRECTED": gettext_noop("relève corrigée"),
    "REJECTED": gettext_noop("relève rejetée"),
}

# By kind and column; of a bill AGAIN is what the takeover receives as REBILL.
WORDS = {
    ("bills", "type"): BILLS | {"REBILL": BILLS["AGAIN"]},
    ("bills", "estimated"): {"ESTIMATED": gettext_noop("estimée")},
    ("control_accounts", "estimate_open"): {"ESTIMATED": gettext_noop("estimée")},
    ("payments", "channel"): CHANNELS,
    ("entries", "code"): ENTRIES,
    ("notices", "type"): NOTICES,
    ("notices", "channel"): {"POST": gettext_noop("poste"), "VISIT": gettext_noop("visite")},
    ("readings", "type"): READINGS,
    ("customers", "kind"): {
        "PERSON": gettext_noop("personne"), "ORGANISATION": gettext_noop("organisation"),
        "PUBLIC_BODY": gettext_noop("organisme public"),
    },
    ("customers", "language"): {"fr": gettext_noop("français"), "en": gettext_noop("anglais")},
    ("customers", "status"): {
        "ACTIVE": gettext_noop("actif"), "INACTIVE": gettext_noop("inactif"), "DECEASED": gettext_noop("décédé"),
        "BANKRUPT": gettext_noop("en faillite"),
    },
    ("premises", "use"): {
        "DOMESTIC": gettext_noop("domestique"), "SMALL": gettext_noop("petite puissance"),
        "MEDIUM": gettext_noop("moyenne puissance"), "LARGE": gettext_noop("grande puissance"),
        "FLAT": gettext_noop("forfait"),
    },
    ("premises", "heating"): {
        "ELECTRIC": gettext_noop("électricité"), "DUAL": gettext_noop("biénergie"), "WOOD": gettext_noop("bois"),
        "FUEL": gettext_noop("mazout ou gaz"),
    },
    ("premises", "status"): {"IN_SERVICE": gettext_noop("en service"), "DISMANTLED": gettext_noop("démantelé")},
    ("subscriptions", "status"): {"ACTIVE": gettext_noop("actif"), "CLOSED": gettext_noop("fermé")},
    ("subscriptions", "debit"): {"DEBIT": CHANNELS["DEBIT"]},
    ("subscriptions", "nature"): {
        "OWNER": gettext_noop("propriétaire"), "TENANT": gettext_noop("locataire"), "RELAY": gettext_noop("relais"),
        "COLLECTIVE": gettext_noop("collectif"), "FLAT": gettext_noop("forfait"), "SITE": gettext_noop("chantier"),
    },
    ("meters", "status"): {"IN_SERVICE": gettext_noop("en service"), "REMOVED": gettext_noop("déposé")},
    ("deposits", "reason"): {
        "REQUEST": gettext_noop("à la demande d’abonnement"), "LATE": gettext_noop("retards de paiement"),
        "DISCONNECTION": gettext_noop("interruption"),
    },
    ("deposits", "left_by"): {"REFUNDED": gettext_noop("remboursé"), "APPLIED": gettext_noop("porté au compte")},
    ("deposits", "status"): {"HELD": gettext_noop("détenu"), "LEFT": gettext_noop("rendu")},
    ("arrangements", "status"): {
        "RUNNING": gettext_noop("en cours"), "KEPT": gettext_noop("respectée"), "BROKEN": gettext_noop("rompue"),
    },
    ("equal_payments", "status"): {"ACTIVE": gettext_noop("en cours"), "ENDED": gettext_noop("terminé")},
    ("debits", "status"): {"ACTIVE": gettext_noop("en cours"), "CLOSED": gettext_noop("révoqué")},
    ("feed_hours", "quality"): {"GOOD": gettext_noop("bonne"), "MISSING": gettext_noop("manquante")},
}  # fmt: skip


def word(kind: str, column: str, code: str) -> str:
    """What a code of that column means; the code itself where nobody says."""
    words = WORDS.get((kind, column), {})
    return _(words[code]) if code in words else code
