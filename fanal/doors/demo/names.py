"""Invented names: trees, birds and weather make families; nobody is meant."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

CITY = "Lac-aux-Ormes"
EMAIL_DOMAIN = "courriel.exemple"

FAMILIES_FR = (
    "Aubépine", "Belorme", "Boulerette", "Brisemiel", "Brumenard", "Cédrière", "Chanterive", "Clairnuage",
    "Coudrelle", "Dormelune", "Épinoir", "Érablais", "Fougerolles", "Frênette-Basse", "Genévret", "Givremont",
    "Grivelain", "Hêtrelle", "Huardin", "Jonquelet", "Lichenard", "Lunemare", "Mélézin", "Merisel", "Mésangeau",
    "Mousserolle", "Neigelaine", "Noisetel", "Ormesson-Vert", "Perdrisel", "Peuplerin", "Pinsonnel", "Quenouillard",
    "Rivecourbe", "Roselin-Noir", "Sapineau", "Saulaie", "Sittelle", "Sorbelier", "Tamarin-Doux", "Thuyard",
    "Tourbelle", "Trembleau", "Vaguelaine", "Verglassier", "Viorneau",
)  # fmt: skip
FAMILIES_EN = (
    "Alderwick", "Birchlow", "Cedarmoss", "Driftfield", "Elmhollow", "Fernwhistle", "Goosebrook", "Hazelpond",
    "Lanternby", "Maplethorn", "Otterbank", "Snowcastle",
)  # fmt: skip
GIVEN_FR = (
    "Adèle", "Agathe", "Alcide", "Aurore", "Barthélemy", "Blandine", "Célestin", "Clémence", "Cyprien", "Delphine",
    "Edmée", "Élie", "Émile", "Eulalie", "Fabienne", "Flavien", "Gédéon", "Hortense", "Irénée", "Jacinthe",
    "Léopold", "Lucille", "Marcelin", "Mathilde", "Noé", "Octave", "Ophélie", "Pamphile", "Rosalie", "Séraphin",
    "Théodule", "Ursule", "Valère", "Zélia", "Zénon",
)  # fmt: skip
GIVEN_EN = (
    "Abigail", "Barnaby", "Clara", "Dexter", "Edith", "Felix", "Gwendolyn", "Hugo", "Ivy", "Jasper", "Nora", "Otis",
)  # fmt: skip
STREETS = (
    "rue des Ormes-Blancs", "rue du Lac", "avenue de la Lanterne", "rue du Quai", "rue des Huards",
    "boulevard du Barrage", "rue de la Scierie", "rue du Moulin-à-Vent", "avenue des Mélèzes",
    "rue des Quenouilles", "rue de l’Écluse", "rue des Bouleaux-Penchés", "place du Réverbère", "rue des Pinsons",
    "rue du Vieux-Fanal", "rue des Sorbiers", "avenue du Belvédère", "rue de la Grève", "rue des Mésanges",
    "rue du Portage", "rue des Saules", "rue de la Débâcle", "avenue des Voiliers", "rue du Phare",
    "rue de la Batture", "rue des Jonquilles", "rue des Trembles", "rue du Coteau", "croissant des Loutres",
    "rue des Tanneurs", "rue de l’Ancienne-Gare", "rue du Brise-Lames", "rue des Frênes", "rue de la Brume",
    "rue des Outardes", "rue du Canot", "rue de la Tourbière", "rue des Perdrix", "rue du Ruisseau-Clair",
    "rue de la Clairière",
)  # fmt: skip
ROADS = (
    "rang des Aulnes", "rang du Grand-Pré", "rang des Tourbières", "chemin du Tour-du-Lac", "chemin de la Pointe",
)  # fmt: skip
SHOPS = (
    "Dépanneur", "Boulangerie", "Quincaillerie", "Salon de coiffure", "Garage", "Casse-croûte", "Fleuriste", "Auberge",
    "Clinique dentaire", "Librairie", "Atelier de couture", "Pharmacie", "Épicerie", "Café",
)  # fmt: skip
SHOP_ENDINGS = (
    "du Quai", "de la Lanterne", "des Ormes", "du Huard", "du Barrage", "de l’Écluse", "du Portage", "de la Grève",
    "du Belvédère", "du Vieux-Fanal", "des Mélèzes", "de la Débâcle",
)  # fmt: skip
LARGE = (
    "Fonderie", "Entrepôts frigorifiques", "Centre commercial", "Laiterie", "Menuiserie industrielle", "Aréna privé",
    "Serres", "Transport", "Imprimerie", "Béton", "Hôtel", "Abattoir",
)  # fmt: skip
INDUSTRIES = (
    "Moulin Verglassier", "Scierie du Brise-Lames", "Papeterie de la Débâcle", "Forges du Vieux-Fanal",
)  # fmt: skip
PUBLIC = (
    "Hôtel de ville", "Caserne", "Garage municipal", "Bibliothèque", "Aréna", "Usine de filtration", "Poste de pompage",
    "Piscine", "Marina", "Chalet des loisirs", "École primaire", "École secondaire", "Centre communautaire", "Musée",
)  # fmt: skip

It = TypeVar("It")


def pick(random: np.random.Generator, among: Sequence[It]) -> It:
    """One of them."""
    return among[int(random.integers(len(among)))]


def postal_code(street: int) -> str:
    """A code of the invented sector G9Z, the same for a whole street."""
    letters = "ABCEGHJKLMNPRSTVWXYZ"
    return f"G9Z {street % 9 + 1}{letters[street * 7 % len(letters)]}{street // 9 % 9 + 1}"


def phone(rank: int) -> str:
    """A number of the range kept for fiction: 555-0100 to 555-0199."""
    return f"418 555-{100 + rank % 100:04d}"


def email(given: str, family: str, rank: int) -> str:
    """An address in a domain that cannot exist."""
    plain = f"{given}.{family}.{rank}".lower().translate(str.maketrans("éèêëàâîïôöûüç’ ", "eeeeaaiioouuc--"))
    return f"{plain}@{EMAIL_DOMAIN}"
