"""Who may come in: the five roles of the desk, each a Django group of the same name."""

from enum import StrEnum

DEMO = "demo"  # the group that marks the accounts of the demo town


class Role(StrEnum):
    """Rôle: what a person of the distributor does; a person may hold several."""

    SERVICE = "service"
    BILLING = "billing"
    TREASURER = "treasurer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def title_fr(self) -> str:
        """The role in French."""
        return _TITLES[self][0]

    @property
    def title_en(self) -> str:
        """The role in English."""
        return _TITLES[self][1]


_TITLES = {
    Role.SERVICE: ("service à la clientèle", "customer service"),
    Role.BILLING: ("facturation", "billing"),
    Role.TREASURER: ("trésorerie", "treasury"),
    Role.AUDITOR: ("vérification", "audit"),
    Role.ADMINISTRATOR: ("administration", "administration"),
}

DEMO_PASSWORD = "lanterne-du-soir"
# Log-in, given name and name of the fictional person who holds each role in the demo town.
DEMO_PEOPLE = {
    Role.SERVICE: ("clara.service", "Clara", "Témoin"),
    Role.BILLING: ("maude.facturation", "Maude", "Exemplaire"),
    Role.TREASURER: ("theodule.tresorerie", "Théodule", "Fictif"),
    Role.AUDITOR: ("hortense.verification", "Hortense", "Modèle"),
    Role.ADMINISTRATOR: ("anselme.administration", "Anselme", "Gabarit"),
}
