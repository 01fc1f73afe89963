"""The annex of a rehearsal for the council: its texts, without the name of any customer; French, or English."""

from collections.abc import Mapping
from datetime import date

from django.conf import settings

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.changes import changes, sides, subject
from fanal.links.print.annex import Bar, PrintedAnnex, Table, render_annex
from fanal.reports.rehearsal import Group, Rehearsal
from fanal.values import wording
from fanal.values.money import half_up
from fanal.values.wording import Lang

HEATINGS: dict[Lang, dict[str, str]] = {
    "fr": {"ELECTRIC": "chauffage électrique", "DUAL": "biénergie", "OTHER": "autre chauffage"},
    "en": {"ELECTRIC": "electric heating", "DUAL": "dual energy", "OTHER": "other heating"},
}
HEADS: dict[Lang, tuple[str, ...]] = {
    "fr": ("Clients", "Comparé", "Proposé", "Écart", "En %", "Paient moins", "Paient plus"),
    "en": ("Customers", "Compared", "Proposed", "Change", "In %", "Pay less", "Pay more"),
}
SWINGS = 10


def annex_of(
    found: Rehearsal, book: Book, compared: dict[str, Book], *, on: date, note: str = "", lang: Lang = "fr"
) -> bytes:
    """The PDF. Raises CannotPrint."""
    return render_annex(printed(found, book, compared, on=on, note=note, lang=lang))


def printed(
    found: Rehearsal, book: Book, compared: dict[str, Book], *, on: date, note: str = "", lang: Lang = "fr"
) -> PrintedAnnex:
    """The annex, ready to lay out."""
    words = _Words(lang, {book.code: book, **compared})
    return PrintedAnnex(
        language=lang, town=settings.FANAL_UTILITY["town"], service=settings.FANAL_UTILITY["service"][lang],
        title=words.said(f"Effet des prix proposés : {words.title(book.code)}",
                         f"Effect of the proposed prices: {words.title(book.code)}"),
        subtitle=_subtitle(found, words, on), date=(on.year, on.month, on.day), opening=_opening(found, words, note),
        figures=_figures(found.total, words),
        chart_title=words.said("Écart moyen par client, du dixième qui consomme le moins à celui qui consomme le plus",
                               "Mean change per customer, from the tenth that uses least to the one that uses most"),
        chart_alt=words.said("Écart moyen par client et par dixième de consommation : ",
                             "Mean change per customer and per tenth of use: ")
        + ", ".join(words.signed(_mean(it)) for it in found.deciles),
        bars=_bars(found.deciles, words), tables=tuple(_tables(found, book, compared, words)),
        method_title=words.said("Comment c’est calculé", "How it is computed"), method=_method(found, words),
        foot=words.said(f"Répétition du livre {found.code}, empreinte {found.digest[:12]}",
                        f"Rehearsal of book {found.code}, fingerprint {found.digest[:12]}"),
        of=words.said("de", "of"),
    )  # fmt: skip


class _Words:
    """The figures and the sentences of one language, and the titles of the books."""

    def __init__(self, lang: Lang, books: Mapping[str, Book]) -> None:
        self.lang, self.books = lang, books

    def said(self, fr: str, en: str) -> str:
        """One of both sentences, with its typography."""
        return wording.typography(en if self.lang == "en" else fr, self.lang)

    def title(self, code: str) -> str:
        """The title of a book, as the council knows it; its code when it is not at hand."""
        return str(getattr(self.books[code].title, self.lang)) if code in self.books else code

    def number(self, count: int) -> str:
        return wording.number(count, self.lang)

    def money(self, cents: int) -> str:
        return wording.money(cents, self.lang)

    def day(self, on: date) -> str:
        return wording.day(on, self.lang)

    def signed(self, cents: int) -> str:
        """« + 12,34 $ », "+$12.34"."""
        return wording.change(cents, self.lang)

    def share(self, group: Group) -> str:
        """« + 1,9 % » of what the group pays; nothing of nothing."""
        return wording.share(group.change_cents, group.current_cents, self.lang)


def _subtitle(found: Rehearsal, words: _Words, on: date) -> str:
    if found.replaced == (found.code,):
        return words.said(f"Préparé le {words.day(on)}", f"Prepared on {words.day(on)}")
    instead = ", ".join(map(words.title, found.replaced))
    return words.said(
        f"À la place de : {instead} ; préparé le {words.day(on)}", f"Instead of: {instead}; prepared on {words.day(on)}"
    )


def _opening(found: Rehearsal, words: _Words, note: str) -> tuple[str, ...]:
    whole, number, money, day = found.total, words.number, words.money, words.day
    share = f" ({said})" if (said := words.share(whole)) else ""
    told = words.said(
        f"Avec ces prix, les {number(whole.customers)} clients des {number(found.bills)} factures finies après le "
        f"{day(found.from_on)} et au plus tard le {day(found.to_on)} auraient payé {money(whole.proposed_cents)} avant "
        f"taxes, au lieu de {money(whole.current_cents)}, soit un écart de {words.signed(whole.change_cents)}{share}.",
        f"At these prices, the {number(whole.customers)} customers of the {number(found.bills)} bills that ended after "
        f"{day(found.from_on)} and by {day(found.to_on)} would have paid {money(whole.proposed_cents)} before taxes, "
        f"instead of {money(whole.current_cents)}: a change of {words.signed(whole.change_cents)}{share}.",
    )
    origin = words.said(f"D’où vient ce changement : {note}.", f"Where this change comes from: {note}.")
    return (*([origin] if note else []), f"{told} {_who(whole, words)}")


def _who(whole: Group, words: _Words) -> str:
    """How many pay more, less and the same; those who are nobody stay out."""
    same = whole.customers - whole.winners - whole.losers
    counted = (
        (whole.losers, "paieraient plus", "would pay more"),
        (whole.winners, "paieraient moins", "would pay less"),
        (same, "paieraient autant", "would pay the same"),
    )
    parts = [f"{words.number(count)} {words.said(fr, en)}" for count, fr, en in counted if count]
    return ", ".join(parts) + "." if parts else ""


def _figures(whole: Group, words: _Words) -> tuple[tuple[str, str, str], ...]:
    before = words.said("avant taxes", "before taxes")
    return (
        (words.said("Aux prix comparés", "At the prices compared"), words.money(whole.current_cents), before),
        (words.said("Aux prix proposés", "At the proposed prices"), words.money(whole.proposed_cents), before),
        (words.said("Écart de revenu", "Change of revenue"), words.signed(whole.change_cents), words.share(whole)),
    )


def _mean(group: Group) -> int:
    return half_up(group.change_cents, group.customers) if group.customers else 0


def _bars(groups: tuple[Group, ...], words: _Words) -> tuple[Bar, ...]:
    values = [_mean(it) for it in groups]
    most = max((abs(it) for it in values), default=0)
    if not most:
        return ()
    return tuple(
        Bar(label=str(rank), figure=words.signed(value), height=half_up(value * 1000, most))
        for rank, value in enumerate(values, 1)
    )


def _tables(found: Rehearsal, book: Book, compared: dict[str, Book], words: _Words) -> list[Table]:
    made = _changes(book, compared.get(book.code), words)
    made.append(Table(
        title=words.said("Par classe", "By class"),
        note=words.said("Tarif et chauffage du lieu.", "Rate and heating of the place."),
        heads=(words.said("Classe", "Class"), *HEADS[words.lang]),
        rows=tuple((f"{words.title(it.key[0])}, {HEATINGS[words.lang][it.key[1]]}", *_row(it, words))
                   for it in found.classes),
    ))  # fmt: skip
    made.append(Table(
        title=words.said("Par dixième de consommation", "By tenth of use"),
        note=words.said("De qui consomme le moins à qui consomme le plus, en kWh par an.",
                        "From who uses least to who uses most, in kWh a year."),
        heads=(words.said("Dixième", "Tenth"), *HEADS[words.lang]),
        rows=tuple((f"{rank}. {words.said(*(f'{low} {to} {high} kWh' for to in ('à', 'to')))}", *_row(it, words))
                   for rank, it in enumerate(found.deciles, 1)
                   for low, high in [map(words.number, it.key)]),
    ))  # fmt: skip
    if found.swings:
        made.append(_swings(found, words))
    if found.refused:
        made.append(Table(
            title=words.said("Factures mises à part", "Bills set aside"),
            note=words.said("Un des livres ne peut pas les calculer : elles ne comptent pas.",
                            "One of the books cannot rate them: they do not count."),
            heads=(words.said("Raison", "Reason"), words.said("Factures", "Bills")),
            rows=tuple((words.said(it.fr, it.en), words.number(it.bills)) for it in found.refused),
        ))  # fmt: skip
    return made


def _changes(book: Book, before: Book | None, words: _Words) -> list[Table]:
    rows = []
    for it in changes(before, book) if before else ():
        reach, old, new = sides(it, before or book, book, words.lang)
        name = subject(it, words.lang) + (f" ({reach})" if reach else "")
        since = words.said(f"dès le {words.day(it.from_on)}", f"from {words.day(it.from_on)}")
        rows.append((words.said(name, name), since, words.said(old, old), words.said(new, new)))
    heads = (
        words.said("Prix", "Price"), words.said("Depuis", "Since"), words.said("Avant", "Before"),
        words.said("Après", "After"),
    )  # fmt: skip
    title = words.said("Ce qui change", "What changes")
    return [Table(title=title, note="", heads=heads, rows=tuple(rows), left=2)] if rows else []


def _swings(found: Rehearsal, words: _Words) -> Table:
    return Table(
        title=words.said("Les plus grands écarts", "The largest changes"),
        note=words.said("Sans nom ni adresse : le détail de chaque client se lit au bureau.",
                        "Without name or address: the detail of each customer is read at the desk."),
        heads=(words.said("Client", "Customer"), "kWh", *HEADS[words.lang][1:4]),
        rows=tuple(
            (f"{rank}. {words.title(it.book)}", wording.quantity(it.kwh, lang=words.lang),
             words.money(it.current_cents), words.money(it.proposed_cents), words.signed(it.change_cents))
            for rank, it in enumerate(found.swings[:SWINGS], 1)
        ),
    )  # fmt: skip


def _row(it: Group, words: _Words) -> tuple[str, ...]:
    paid = (words.money(it.current_cents), words.money(it.proposed_cents), words.signed(it.change_cents))
    return (words.number(it.customers), *paid, words.share(it), words.number(it.winners), words.number(it.losers))


def _method(found: Rehearsal, words: _Words) -> tuple[str, ...]:
    dated = words.said(
        "Chaque jour est calculé au prix de sa date, dans chaque livre.",
        "Each day is computed at the price of its date, in each book.",
    )
    last = words.said(
        "Les derniers prix proposés et ceux en vigueur à la fin de la période sont appliqués à toute la période.",
        "The last prices proposed and those in force at the end of the period are applied to the whole of it.",
    )
    issued = words.money(found.issued_cents)
    return (
        words.said(
            "Les quantités sont celles des factures émises, sans aucune hypothèse sur un changement d’habitudes.",
            "The quantities are those of the bills issued, without any assumption on a change of habits.",
        )
        + f" {dated if found.dated else last} "
        + words.said(
            "Une suite d’estimations compte une fois, par la facture qui la règle. Tous les montants sont avant taxes.",
            "A chain of estimates counts once, by the bill that settles it. All amounts are before taxes.",
        ),
        words.said(
            f"Ces factures avaient été émises pour {issued}. Rien n’a été inscrit ni facturé.",
            f"These bills had been issued for {issued}. Nothing was recorded or billed.",
        ),
    )
