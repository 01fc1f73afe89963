"""What does not follow the use: the fixed charge, that of other meters, the least that a bill comes to."""

from decimal import Decimal

from fanal.links.tariffs.urdb_draft import MONTHS, Draft, written

LENGTHS = {"$/month": {"per": "month"}, "$/day": {"per_days": 1}, "$/year": {"per": "month"}}


def charge(draft: Draft) -> None:
    """Add the fixed charge of the first meter."""
    first, older = draft.amount("fixedchargefirstmeter"), draft.amount("fixedmonthlycharge")
    unit = draft.word("fixedchargeunits", "$/month")
    if first and older:
        draft.fault("fixedmonthlycharge", "une redevance y est déjà par fixedchargefirstmeter")
    if draft.amount("fixedchargeeaaddl"):
        draft.fault(
            "fixedchargeeaaddl", "une redevance par compteur de plus : un livre facture un abonnement à la fois"
        )
    if first and unit not in LENGTHS:
        draft.fault("fixedchargeunits", f"« {unit} » n’est pas $/month, $/day ou $/year")
    price = first or older
    if first and unit == "$/year":
        price = (first / MONTHS).quantize(Decimal("0.000001"))
        if price * MONTHS != first:
            draft.fault(
                "fixedchargefirstmeter", f"{written(first)} par an ne se divise pas en douze au millionième près"
            )
    if price and (older or unit in LENGTHS):
        words = {"fr": "Redevance", "en": "Fixed charge"}
        draft.add("fixed", words, kind="fixed", **(LENGTHS[unit] if first else LENGTHS["$/month"]), price=price)


def minimum(draft: Draft) -> None:
    """Add the least bill, the same whatever the phases."""
    least, older = draft.amount("mincharge"), draft.amount("minmonthlycharge")
    unit = draft.word("minchargeunits", "$/month")
    if draft.amount("annualmincharge") or (least and unit == "$/year"):
        name = "minchargeunits" if least and unit == "$/year" else "annualmincharge"
        draft.fault(name, "un minimum sur l’année : celui d’un livre est celui de la facture")
        return
    if least and unit not in LENGTHS:
        draft.fault("minchargeunits", f"« {unit} » n’est pas $/month ou $/day")
        return
    if least < 0 or older < 0:
        draft.fault("mincharge", "un minimum négatif")
    elif price := least or older:
        draft.need("phases")
        words = {"fr": "Facture minimale", "en": "Minimum bill"}
        length = LENGTHS[unit] if least else LENGTHS["$/month"]
        draft.add("minimum", words, kind="minimum", **length, single_phase=written(price), three_phase=written(price))
