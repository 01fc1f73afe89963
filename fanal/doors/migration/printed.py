"""The reconciliation as a PDF, for who must sign it; French, or English."""

from datetime import date

from django.conf import settings

from fanal.links.print.annex import PrintedAnnex, Table, render_annex
from fanal.records.takeover import faults
from fanal.reports.reconciliation import AccountDifference, Check, Reconciliation, Side, Verdict
from fanal.values import wording
from fanal.values.wording import Lang

GROUPS: dict[str, dict[Lang, str]] = {
    "accounts": {"fr": "Comptes", "en": "Accounts"},
    "money": {"fr": "Montants", "en": "Amounts"},
    "energy": {"fr": "Énergie", "en": "Energy"},
    "places": {"fr": "Abonnements et compteurs", "en": "Subscriptions and meters"},
    "files": {"fr": "Lignes de chaque fichier", "en": "Rows of each file"},
}
HEADS: dict[Lang, tuple[str, ...]] = {
    "fr": ("Total de contrôle", "Ancien système", "Ici", "En attente", "Reste", "Verdict"),
    "en": ("Control total", "Old system", "Here", "Waiting", "Left", "Verdict"),
}
VERDICTS: dict[str, dict[Lang, str]] = {
    Verdict.SAME: {"fr": "égal", "en": "same"},
    Verdict.EXPLAINED: {"fr": "expliqué", "en": "explained"},
    Verdict.RED: {"fr": "SANS EXPLICATION", "en": "UNEXPLAINED"},
    Verdict.UNKNOWN: {"fr": "pas comparé", "en": "not compared"},
}
ROWS: dict[Lang, tuple[str, ...]] = {
    "fr": ("Fichier", "Raison", "Première ligne", "Lignes"),
    "en": ("File", "Reason", "First line", "Rows"),
}
ACCOUNTS: dict[Lang, tuple[str, ...]] = {
    "fr": ("Compte", "Ce qui l’explique", "Ancien système", "Ici"),
    "en": ("Account", "What explains it", "Old system", "Here"),
}


def reconciliation_pdf(found: Reconciliation, *, on: date, lang: Lang = "fr") -> bytes:
    """The PDF. Raises CannotPrint."""
    return render_annex(printed(found, on=on, lang=lang))


def printed(found: Reconciliation, *, on: date, lang: Lang = "fr") -> PrintedAnnex:
    """The reconciliation, ready to lay out."""
    fr = lang == "fr"
    as_of = wording.day(found.export.as_of or on, lang)
    green = found.is_green
    return PrintedAnnex(
        language=lang, town=settings.FANAL_UTILITY["town"], service=settings.FANAL_UTILITY["service"][lang],
        title="Rapprochement de la reprise" if fr else "Reconciliation of the takeover",
        subtitle=f"{found.export.town}, {'au' if fr else 'as of'} {as_of}", date=(on.year, on.month, on.day),
        opening=(_opening(green, lang),),
        figures=_figures(found, lang),
        chart_title="", chart_alt="", bars=(), tables=tuple(_tables(found, lang)),
        method_title="Comment c’est comparé" if fr else "How it is compared", method=_method(lang),
        foot=f"{'Exportation' if fr else 'Export'} {found.export.id}, {'empreinte' if fr else 'fingerprint'} "
        f"{found.export.digest[:12]}",
        of="de" if fr else "of",
    )  # fmt: skip


def _figures(found: Reconciliation, lang: Lang) -> tuple[tuple[str, str, str], ...]:
    """How many totals are the same, explained, red."""
    said = {verdict: sum(it.verdict == verdict for it in found.checks) for verdict in Verdict}
    counts = (said[Verdict.SAME], said[Verdict.EXPLAINED], said[Verdict.RED] + found.unexplained)
    words = {
        "fr": (("Totaux égaux", ""), ("Écarts expliqués", "par des lignes nommées"),
               ("Sans explication", "totaux et comptes")),
        "en": (("Totals that are the same", ""), ("Explained differences", "by named rows"),
               ("Unexplained", "totals and accounts")),
    }[lang]  # fmt: skip
    numbers = (wording.number(it, lang) for it in counts)
    return tuple((label, number, note) for (label, note), number in zip(words, numbers, strict=True))


def _opening(green: bool, lang: Lang) -> str:
    if lang == "fr":
        return "Chaque écart est expliqué par des lignes nommées." if green else "Des écarts n’ont pas d’explication."
    return "Each difference is explained by named rows." if green else "Some differences have no explanation."


def _method(lang: Lang) -> tuple[str, ...]:
    if lang == "fr":
        return (
            "« Ancien système » vient de son fichier de contrôle ; « ici », de ce qui est inscrit dans Fanal, jamais "
            "de ce qui a été reçu. « En attente » est la somme des lignes mises de côté ou refusées ; "
            "le reste est rouge.",
        )
    return (
        "“Old system” is its control file; “here” is what stands in Fanal, never what was received. “Waiting” adds the "
        "rows put aside or refused; what is left is red.",
    )


def _tables(found: Reconciliation, lang: Lang) -> list[Table]:
    tables = [
        Table(title=title[lang], note="", heads=HEADS[lang],
              rows=tuple(_row(it, lang) for it in found.checks if it.group == group))
        for group, title in GROUPS.items()
    ]  # fmt: skip
    waiting = tuple(
        (it.file, faults.title(it.code, lang), wording.number(it.first_line, lang),
         wording.number(it.count, lang))
        for it in found.waiting
    )  # fmt: skip
    accounts = tuple(
        (it.number, _explained(it, lang),
         wording.money(it.theirs_cents, lang), "—" if it.ours_cents is None else wording.money(it.ours_cents, lang))
        for it in found.differences
    )  # fmt: skip
    rows = "Lignes en attente, par raison" if lang == "fr" else "Rows that wait, by reason"
    differing = "Comptes qui diffèrent" if lang == "fr" else "Accounts that differ"
    tables.append(Table(title=rows, note="", heads=ROWS[lang], rows=waiting, left=2))
    tables.append(Table(title=differing, note="", heads=ACCOUNTS[lang], rows=accounts, left=2))
    return [it for it in tables if it.rows]


def _explained(it: AccountDifference, lang: Lang) -> str:
    """The rows that explain an account, and what of it is still to read."""
    line = "ligne" if lang == "fr" else "line"
    rows = [f"{row['file']}, {line} {row['line']} ({faults.title(row['code'], lang).lower()})" for row in it.rows]
    if it.to_read_cents:
        rows.append(f"{'à lire :' if lang == 'fr' else 'to read:'} {wording.money(it.to_read_cents, lang)}")
    return " · ".join(rows) or "—"


def _row(check: Check, lang: Lang) -> tuple[str, ...]:
    sides = (check.theirs, check.ours, check.waiting, check.rest)
    return (check.label, *(_side(it, check.unit, lang) for it in sides), VERDICTS[check.verdict][lang])


def _side(side: Side, unit: str, lang: Lang) -> str:
    if unit == "rows" or not side.amount:
        return wording.number(side.count, lang) if side.count else "—"
    if unit == "cents":
        return wording.money(side.amount, lang)
    return f"{wording.number(side.amount, lang)} kWh"
