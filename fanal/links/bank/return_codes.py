"""Why an institution returns a debit (Norme 007 de Paiements Canada), and what is then done about it."""

from dataclasses import dataclass
from enum import Enum

from fanal.values.refusal import Phrase


class Action(Enum):
    """What is done of a returned debit."""

    RETRY_ONCE = "retry once"  # règle H1: once more, the same amount
    MEND = "mend"  # what we sent is wrong: no fault of the customer
    SUSPEND = "suspend"  # that account takes no more debits
    DISPUTE = "dispute"  # the customer contests it, or took the agreement back


@dataclass(frozen=True, slots=True)
class ReturnCode:
    """A code, its words, and what is done; None when a person decides."""

    code: str
    words: Phrase
    action: Action | None


UNKNOWN = Phrase("Motif que la norme 007 ne nomme pas")
TABLE = {
    it.code: it for it in (
        ReturnCode("900", Phrase("Rejeté à la vérification"), Action.MEND),
        ReturnCode("901", Phrase("Sans provision"), Action.RETRY_ONCE),
        ReturnCode("902", Phrase("Compte introuvable"), Action.MEND),
        ReturnCode("903", Phrase("Paiement arrêté ou rappelé"), Action.DISPUTE),
        ReturnCode("904", Phrase("Postdaté ou périmé"), Action.MEND),
        ReturnCode("905", Phrase("Compte fermé"), Action.SUSPEND),
        ReturnCode("907", Phrase("Aucun débit permis sur ce compte"), Action.SUSPEND),
        ReturnCode("908", Phrase("Fonds non libérés"), Action.RETRY_ONCE),
        ReturnCode("909", Phrase("Le compte n’est pas dans cette monnaie"), Action.MEND),
        ReturnCode("910", Phrase("Payeur décédé"), Action.SUSPEND),
        ReturnCode("911", Phrase("Compte bloqué"), Action.SUSPEND),
        ReturnCode("912", Phrase("Numéro de compte invalide ou inexact"), Action.MEND),
        ReturnCode("914", Phrase("Nom du payeur inexact"), Action.MEND),
        ReturnCode("915", Phrase("Aucun accord n’existait"), Action.DISPUTE),
        ReturnCode("916", Phrase("Non conforme à l’accord (personnel)"), Action.DISPUTE),
        ReturnCode("917", Phrase("Accord révoqué (personnel)"), Action.DISPUTE),
        ReturnCode("918", Phrase("Ni confirmation ni préavis (personnel)"), Action.DISPUTE),
        ReturnCode("919", Phrase("Non conforme à l’accord (entreprise)"), Action.DISPUTE),
        ReturnCode("920", Phrase("Accord révoqué (entreprise)"), Action.DISPUTE),
        ReturnCode("921", Phrase("Ni confirmation ni préavis (entreprise)"), Action.DISPUTE),
        ReturnCode("922", Phrase("Retour demandé par le client"), None),
        ReturnCode("990", Phrase("Institution en défaut"), None),
    )
}  # fmt: skip


def meaning(code: str) -> ReturnCode:
    """What a code says; one that the table has not is for a person to look at."""
    return TABLE.get(code) or ReturnCode(code, UNKNOWN, None)
