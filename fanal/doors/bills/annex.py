"""The annex of a rehearsal for the council: its texts, in French, without the name of any customer."""

from datetime import date

from django.conf import settings

from fanal.law.tariffs.book import Book
from fanal.law.tariffs.changes import changes, figure, subject
from fanal.links.print.annex import Bar, PrintedAnnex, Table, render_annex
from fanal.reports.rehearsal import Group, Rehearsal
from fanal.values import wording
from fanal.values.money import half_up

HEATINGS = {"ELECTRIC": "chauffage électrique", "DUAL": "biénergie", "OTHER": "autre chauffage"}
HEADS = ("Clients", "Comparé", "Proposé", "Écart", "", "Moins", "Plus")
SWINGS = 10


def annex_of(found: Rehearsal, book: Book, compared: dict[str, Book], *, on: date, note: str = "") -> bytes:
    """The PDF. Raises CannotPrint."""
    return render_annex(printed(found, book, compared, on=on, note=note))


def printed(found: Rehearsal, book: Book, compared: dict[str, Book], *, on: date, note: str = "") -> PrintedAnnex:
    """The annex, ready to lay out."""
    whole, number, money = found.total, wording.number, wording.money
    same = whole.customers - whole.winners - whole.losers
    instead = "" if found.replaced == (found.code,) else f", à la place de {', '.join(found.replaced)}"
    subtitle = f"Livre {found.code}{instead} ; préparée le {wording.day(on)}"
    share = _share(whole)
    opening = [f"D’où vient ce changement : {note}."] if note else []
    opening.append(
        f"Avec ces prix, les {number(whole.customers)} clients des {number(found.bills)} factures finies après le "
        f"{wording.day(found.from_on)} et au plus tard le {wording.day(found.to_on)} auraient payé "
        f"{money(whole.proposed_cents)} avant taxes, au lieu de {money(whole.current_cents)}, soit un écart de "
        f"{signed(whole.change_cents)}{f' ({share})' if share else ''}. {number(whole.winners)} paieraient moins, "
        f"{number(whole.losers)} paieraient plus, {number(same)} paieraient autant."
    )
    return PrintedAnnex(
        town=settings.FANAL_UTILITY["town"], service=settings.FANAL_UTILITY["service"]["fr"],
        title=f"Effet des prix proposés : {book.title.fr}", subtitle=_said(subtitle), date=(on.year, on.month, on.day),
        opening=tuple(map(_said, opening)),
        figures=(
            ("Aux prix comparés", money(whole.current_cents), "avant taxes"),
            ("Aux prix proposés", money(whole.proposed_cents), "avant taxes"),
            ("Écart de revenu", signed(whole.change_cents), share),
        ),
        chart_title="Écart moyen par client, du dixième qui consomme le moins à celui qui consomme le plus",
        chart_alt="Écart moyen par client et par dixième de consommation : "
        + ", ".join(signed(_mean(it)) for it in found.deciles),
        bars=_bars(found.deciles), tables=tuple(_tables(found, book, compared)),
        method=tuple(map(_said, _method(found))),
        foot=_said(f"Répétition du livre {found.code}, empreinte {found.digest[:12]}"),
    )  # fmt: skip


def signed(cents: int) -> str:
    """« + 12,34 $ »."""
    return ("+" + wording.NO_BREAK if cents > 0 else "") + wording.money(cents)


def _share(group: Group) -> str:
    if group.current_cents <= 0:
        return ""
    tenths = half_up(group.change_cents * 1000, group.current_cents)
    return ("+" + wording.NO_BREAK if tenths > 0 else "") + wording.percentage(tenths * 1000)


def _mean(group: Group) -> int:
    return half_up(group.change_cents, group.customers) if group.customers else 0


def _bars(groups: tuple[Group, ...]) -> tuple[Bar, ...]:
    values = [_mean(it) for it in groups]
    most = max((abs(it) for it in values), default=0)
    if not most:
        return ()
    return tuple(
        Bar(label=str(rank), figure=signed(value), height=half_up(value * 1000, most))
        for rank, value in enumerate(values, 1)
    )


def _tables(found: Rehearsal, book: Book, compared: dict[str, Book]) -> list[Table]:
    prices = [
        (_said(subject(it)), _said(f"dès le {wording.day(it.from_on)}"), _said(figure(it.before, before)),
         _said(figure(it.after, book)))
        for before in [compared.get(book.code)] if before for it in changes(before, book)
    ]  # fmt: skip
    made = [Table(title="Ce qui change", note="", heads=("Prix", "Depuis", "Avant", "Après"), rows=tuple(prices),
                  left=2)] if prices else []  # fmt: skip
    made.append(Table(
        title="Par classe", note="Tarif et chauffage du lieu.", heads=("Classe", *HEADS),
        rows=tuple((f"{it.key[0]}, {HEATINGS[it.key[1]]}", *_row(it)) for it in found.classes),
    ))  # fmt: skip
    made.append(Table(
        title="Par dixième de consommation", note="De qui consomme le moins à qui consomme le plus, en kWh par an.",
        heads=("Dixième", *HEADS),
        rows=tuple((_said(f"{rank}. {wording.number(it.key[0])} à {wording.number(it.key[1])} kWh"), *_row(it))
                   for rank, it in enumerate(found.deciles, 1)),
    ))  # fmt: skip
    if found.swings:
        made.append(Table(
            title="Les plus grands écarts", note="Sans nom ni adresse : le détail de chaque client se lit au bureau.",
            heads=("Client", "kWh", "Comparé", "Proposé", "Écart"),
            rows=tuple(
                (f"{rank}. {it.book}", wording.quantity(it.kwh), wording.money(it.current_cents),
                 wording.money(it.proposed_cents), signed(it.change_cents))
                for rank, it in enumerate(found.swings[:SWINGS], 1)
            ),
        ))  # fmt: skip
    if found.refused:
        made.append(Table(
            title="Factures mises à part", note="Un des livres ne peut pas les calculer : elles ne comptent pas.",
            heads=("Raison", "Factures"),
            rows=tuple((_said(reason), wording.number(count)) for reason, count in found.refused.items()),
        ))  # fmt: skip
    return made


def _row(it: Group) -> tuple[str, ...]:
    number, money = wording.number, wording.money
    return (number(it.customers), money(it.current_cents), money(it.proposed_cents), signed(it.change_cents),
            _share(it), number(it.winners), number(it.losers))  # fmt: skip


def _method(found: Rehearsal) -> list[str]:
    prices = (
        "Chaque jour est calculé au prix de sa date, dans chaque livre."
        if found.dated
        else "Les derniers prix proposés et ceux en vigueur à la fin de la période sont appliqués à toute la période."
    )
    return [
        f"Les quantités sont celles des factures émises, sans aucune hypothèse sur un changement d’habitudes. {prices} "
        "Une suite d’estimations compte une fois, par la facture qui la règle. Tous les montants sont avant taxes.",
        f"Ces factures avaient été émises pour {wording.money(found.issued_cents)}. Rien n’a été inscrit ni facturé.",
    ]


def _said(text: str) -> str:
    return wording.typography(text)
