"""Specimen bills of every kind that the printer must hold; all people and places are fictitious."""

from dataclasses import replace
from datetime import date

from fanal.links.print.contract import (
    Account,
    Block,
    BlockBar,
    Change,
    Instalment,
    Line,
    Meter,
    Part,
    PrintedBill,
    Read,
    Result,
    Section,
    Step,
    Tax,
)
from tests.links.print.parts import ACCOUNT, UTILITY, months, slip, taxes


def domestic() -> PrintedBill:
    """The everyday bill: rate D, 62 winter days, paid before, more than a year ago."""
    return PrintedBill(
        language="fr",
        kind="bill",
        number="2026-000318",
        issued_on=date(2026, 1, 12),
        issued="12 janvier 2026",
        utility=UTILITY,
        account=Account(
            number=ACCOUNT,
            holders=("Rosalie Spécimen",),
            address=("214, rue des Ormes-Blancs", "Lac-aux-Ormes (Québec)  G0X 0X0"),
            premises="214, rue des Ormes-Blancs",
            rate="Tarif D, domestique",
        ),
        state="due",
        total="393,65 $",
        due="2 février 2026",
        due_long="lundi 2 février 2026",
        late_fee="1,20 %",
        slip=slip(39365, "393,65 $"),
        period_from="8 novembre 2025",
        period_to="8 janvier 2026",
        days="62 jours",
        consumption=("3 818 kWh", "61,6 kWh par jour"),
        next_bill="12 mars 2026",
        next_read="9 mars 2026",
        change=Change(
            direction="more",
            amount="31,19 $",
            since="year",
            parts=(
                Part(
                    label="Vous avez consommé 166 kWh de plus",
                    amount="+ 20,32 $",
                    note="Mêmes 62 jours; en moyenne, il a fait 2,4 °C de moins.",
                ),
                Part(
                    label="Les prix ont monté le 1er avril 2025",
                    amount="+ 10,87 $",
                    note="De 3,0 % pour une consommation égale.",
                ),
            ),
            then_label="janv. 2025",
            then_amount="362,46 $",
            then_width=921,
            now_label="janv. 2026",
            now_amount="393,65 $",
            now_width=1000,
        ),
        months=months(),
        balance=(
            Line(label="Facture du 11 novembre 2025", amount="196,41 $"),
            Line(label="Paiement reçu le 27 novembre 2025, merci", amount="− 196,41 $"),
            Line(label="Reste de la facture précédente", amount="0,00 $", strong=True),
        ),
        sections=(
            Section(
                lines=(
                    Line(label="Accès au réseau", how="62 jours × 46,154 ¢", amount="28,62 $"),
                    Line(label="Énergie, première tranche", how="2 480 kWh × 6,905 ¢", amount="171,24 $"),
                    Line(label="Énergie, seconde tranche", how="1 338 kWh × 10,652 ¢", amount="142,52 $"),
                )
            ),
        ),
        net="342,38 $",
        taxes=taxes("342,38 $", "17,12 $", "34,15 $"),
        blocks=(
            BlockBar(
                blocks=(
                    Block(quantity="2 480 kWh", price="6,905 ¢ le kWh", width=650),
                    Block(quantity="1 338 kWh", price="10,652 ¢ le kWh", width=350),
                ),
                steps=(
                    Step(operation="40 kWh × 62 jours", result="2 480 kWh", note="au premier prix."),
                    Step(operation="3 818 − 2 480", result="1 338 kWh", note="au second."),
                ),
                note="Prix en vigueur depuis le 1er avril 2025.",
            ),
        ),
        meters=(
            Meter(
                number="LO-44 120",
                detail="facteur 1",
                reads=(
                    Read(day="9 janvier 2026", quality="Réelle", value="52 031"),
                    Read(day="8 novembre 2025", quality="Réelle", value="48 213"),
                ),
                results=(Result(label="Différence", value="3 818 kWh"),),
            ),
        ),
        meter_notes=("L'index du 8 décembre était estimé; il n'entre pas dans ce calcul.",),
        mention="Exemple fictif.",
    )


def price_change() -> PrintedBill:
    """Rate D with a new price inside the period: two segments, two block bars; less than a year ago."""
    base = domestic()

    def segment(heading: str, days: str, low: str, high: str, access: str, prices: tuple[str, str, str]) -> Section:
        return Section(
            heading=heading,
            lines=(
                Line(label="Accès au réseau", how=f"{days} × {access} ¢", amount=prices[0]),
                Line(label="Énergie, première tranche", how=f"{low} ¢", amount=prices[1]),
                Line(label="Énergie, seconde tranche", how=f"{high} ¢", amount=prices[2]),
            ),
        )

    def bar(heading: str, low: str, low_price: str, high: str, high_price: str, width: int, step: str) -> BlockBar:
        return BlockBar(
            heading=heading,
            blocks=(
                Block(quantity=low, price=f"{low_price} ¢ le kWh", width=width),
                Block(quantity=high, price=f"{high_price} ¢ le kWh", width=1000 - width),
            ),
            steps=(Step(operation=step, result=low, note="au premier prix."),),
        )

    first, second = "Du 8 au 31 mars 2025, 24 jours", "Du 1er avril au 7 mai 2025, 37 jours"
    return replace(
        base,
        number="2025-001204",
        sections=(
            segment(
                first, "24 jours", "960 kWh × 6,704", "262 kWh × 10,342", "44,810", ("10,75 $", "64,36 $", "27,10 $")
            ),
            segment(
                second,
                "37 jours",
                "1 480 kWh × 6,905",
                "404 kWh × 10,652",
                "46,154",
                ("17,08 $", "102,19 $", "43,03 $"),
            ),
        ),
        blocks=(
            bar(first, "960 kWh", "6,704", "262 kWh", "10,342", 786, "40 kWh × 24 jours"),
            bar(second, "1 480 kWh", "6,905", "404 kWh", "10,652", 786, "40 kWh × 37 jours"),
        ),
        change=replace(
            base.change,
            direction="less",
            amount="12,04 $",
            parts=(Part(label="Vous avez consommé 148 kWh de moins", amount="− 12,04 $", note=""),),
            then_width=1000,
            now_width=970,
        ),
        meter_notes=("Les 3 106 kWh sont répartis selon les jours : 24 au premier prix, 37 au second.",),
    )


def estimated() -> PrintedBill:
    """The meter could not be read."""
    base = domestic()
    bars = tuple(replace(month, estimated=month.billed) for month in base.months)
    meter = replace(
        base.meters[0],
        reads=(Read(day="9 janvier 2026", quality="Estimée", value="52 031", estimated=True), base.meters[0].reads[1]),
    )
    return replace(
        base,
        estimated=True,
        months=bars,
        meters=(meter,),
        meter_notes=("Estimation d'après votre consommation des mêmes jours un an plus tôt.",),
    )


def settled_estimate() -> PrintedBill:
    """A real read after an estimated bill: what was billed is taken back."""
    base = domestic()
    lines = (
        *base.sections[0].lines,
        Line(
            label="Déjà facturé sur estimation, facture 2025-004411",
            how="du 8 novembre au 8 décembre",
            amount="− 158,20 $",
        ),
    )
    change = replace(base.change, direction="same", parts=(), then_amount="393,65 $", then_width=1000)
    return replace(
        base,
        total="211,76 $",
        slip=slip(21176, "211,76 $"),
        sections=(Section(lines=lines),),
        net="184,18 $",
        taxes=taxes("184,18 $", "9,21 $", "18,37 $"),
        change=change,
    )


def credit() -> PrintedBill:
    """The estimates were too high: nothing to pay, a credit is carried."""
    base = settled_estimate()
    return replace(
        base,
        state="credit",
        total="− 45,12 $",
        credit="45,12 $",
        due="",
        due_long="",
        slip=None,
        sections=(
            Section(lines=(*base.sections[0].lines[:3], replace(base.sections[0].lines[3], amount="− 381,62 $"))),
        ),
        net="− 39,24 $",
        taxes=taxes("− 39,24 $", "− 1,96 $", "− 3,91 $"),
    )


def nothing_due() -> PrintedBill:
    """A credit covers the bill exactly."""
    return replace(domestic(), state="nothing", total="0,00 $", due="", due_long="", slip=None)


def late() -> PrintedBill:
    """More than 90 days after the previous one: two instalments (4.2.2)."""
    return replace(
        domestic(),
        instalments=(
            Instalment(amount="196,83 $", due="2 février 2026"),
            Instalment(amount="196,82 $", due="23 février 2026"),
        ),
        days="104 jours",
        slip=slip(19683, "196,83 $"),
    )


def new_customer() -> PrintedBill:
    """Nothing to compare with, no history, no temperature."""
    return replace(domestic(), change=None, months=(), balance=())


def short_history() -> PrintedBill:
    """Three months known, no year before, no temperature, one month without figure."""
    known = tuple(replace(m, year_ago_tenths=None, temperature="", estimated=False) for m in domestic().months[-4:])
    return replace(domestic(), change=None, months=(replace(known[0], tenths=None, average=""), *known[1:]))


def long_names() -> PrintedBill:
    """Two long holders and an organisation, a long address, a long place."""
    base = domestic()
    account = replace(
        base.account,
        holders=(
            "Marie-Antoinette Spécimen-Deslauriers de la Bruère-Montplaisir",
            "Jean-Christophe Bartholomé Spécimen-Échantillon de Saint-Exemple",
            "Coopérative de solidarité en habitation des Artisans et Artisanes du Lac-aux-Ormes inc.",
        ),
        address=(
            "A/S Gestion immobilière Spécimen et Associés, bureau 1204-B",
            "12345, boulevard de la Très-Honorable-Jeanne-Exemple Ouest",
            "Saint-Germain-de-la-Rivière-aux-Spécimens (Québec)  G0X 0X0",
        ),
        premises="12345, chemin du Domaine-des-Très-Vieux-Ormes-Blancs Nord, appartement 1204-B",
        rate="Tarif DP, domestique de grande puissance",
    )
    return replace(base, account=account, total="1 234 567,89 $", slip=slip(123456789, "1 234 567,89 $"))


def power() -> PrintedBill:
    """Rate M, one month: kWh, kW and kVA, 14 lines, no blocks."""
    base = domestic()
    lines = (
        Line(label="Puissance à facturer", how="412 kW × 17,573 $", amount="7 240,08 $"),
        Line(label="Énergie, première tranche", how="188 400 kWh × 6,061 ¢", amount="11 418,92 $"),
        Line(label="Énergie, seconde tranche", how="0 kWh × 4,495 ¢", amount="0,00 $"),
        Line(label="Dépassement de la puissance disponible", how="12 kW × 17,573 $", amount="210,88 $"),
        Line(label="Crédit d'alimentation en moyenne tension", how="412 kW × 0,612 $", amount="− 252,14 $"),
        Line(label="Rajustement pour pertes de transformation", how="412 kW × 0,176 $", amount="− 72,51 $"),
    )
    more = tuple(
        Line(label=f"Location d'équipement, poste {n}", how="30 jours × 1,204 $", amount="36,12 $") for n in range(1, 7)
    )
    floor = Line(label="Complément jusqu'au montant minimal", how="65 % de 618 kW = 401,7 kW", amount="0,00 $")
    return replace(
        base,
        account=replace(base.account, holders=("Scierie Spécimen et Fils inc.",), rate="Tarif M, moyenne puissance"),
        total="21 634,10 $",
        slip=slip(2163410, "21 634,10 $"),
        period_from="9 décembre 2025",
        days="31 jours",
        consumption=("188 400 kWh", "6 077 kWh par jour", "412 kW à facturer"),
        months=tuple(replace(m, billed=i == 12, estimated=False) for i, m in enumerate(months(scale=100))),
        sections=(Section(lines=(*lines, *more, floor, lines[0])),),
        net="18 816,32 $",
        taxes=taxes("18 816,32 $", "940,82 $", "1 876,93 $"),
        blocks=(),
        meters=(
            Meter(
                number="LO-90 007",
                detail="facteur 40",
                reads=(
                    Read(day="9 janvier 2026", quality="Réelle", value="92 031"),
                    Read(day="9 décembre 2025", quality="Réelle", value="87 321"),
                    Read(day="Puissance réelle, 17 décembre", quality="Réelle", value="398 kW"),
                    Read(day="Puissance apparente", quality="Réelle", value="433 kVA"),
                ),
                results=(
                    Result(label="Énergie : 4 710 × 40", value="188 400 kWh"),
                    Result(label="Puissance à facturer : 95 % de 433 kVA", value="412 kW"),
                ),
            ),
        ),
        meter_notes=(),
    )


def english() -> PrintedBill:
    """An English-speaking customer."""
    base = domestic()
    names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan"]
    return replace(
        base,
        language="en",
        issued="January 12, 2026",
        utility=replace(
            base.utility,
            hours="Monday to Friday, 8:30 a.m. to 4:30 p.m.",
            other_language="En français : 819 555-0100, lac-aux-ormes.exemple",
        ),
        account=replace(base.account, rate="Rate D, domestic"),
        total="$393.65",
        due="February 2, 2026",
        due_long="Monday, February 2, 2026",
        late_fee="1.20%",
        slip=slip(39365, "$393.65", "February 2, 2026"),
        period_from="November 8, 2025",
        period_to="January 8, 2026",
        days="62 days",
        consumption=("3,818 kWh", "61.6 kWh per day"),
        next_bill="March 12, 2026",
        next_read="March 9, 2026",
        change=replace(
            base.change,
            amount="$31.19",
            parts=(
                Part(label="You used 166 kWh more", amount="+$31.19", note="The same 62 days; it was 2.4 °C colder."),
            ),
            then_label="Jan 2025",
            then_amount="$362.46",
            now_label="Jan 2026",
            now_amount="$393.65",
        ),
        months=months(names, point="."),
        balance=(
            Line(label="Bill of November 11, 2025", amount="$196.41"),
            Line(label="Payment received, thank you", amount="−$196.41"),
        ),
        sections=(
            Section(
                lines=(
                    Line(label="System access charge", how="62 days × 46.154¢", amount="$28.62"),
                    Line(label="Energy, first block", how="2,480 kWh × 6.905¢", amount="$171.24"),
                    Line(label="Energy, second block", how="1,338 kWh × 10.652¢", amount="$142.52"),
                )
            ),
        ),
        net="$342.38",
        taxes=(
            Tax(label="GST", registration="000000000 RT0001", how="5% of $342.38", amount="$17.12"),
            Tax(label="QST", registration="0000000000 TQ0001", how="9.975% of $342.38", amount="$34.15"),
        ),
        blocks=(
            BlockBar(
                blocks=(
                    Block(quantity="2,480 kWh", price="6.905¢ per kWh", width=650),
                    Block(quantity="1,338 kWh", price="10.652¢ per kWh", width=350),
                ),
                steps=(Step(operation="40 kWh × 62 days", result="2,480 kWh", note="at the first price."),),
                note="Prices in force since April 1, 2025.",
            ),
        ),
        meters=(
            Meter(
                number="LO-44 120",
                detail="multiplier 1",
                reads=(
                    Read(day="January 9, 2026", quality="Actual", value="52,031"),
                    Read(day="November 8, 2025", quality="Actual", value="48,213"),
                ),
                results=(Result(label="Difference", value="3,818 kWh"),),
            ),
        ),
        meter_notes=(),
        mention="Fictitious example.",
    )


def flat_rate() -> PrintedBill:
    """Street lights: no meter, no consumption."""
    base = domestic()
    return replace(
        base,
        account=replace(
            base.account, holders=("Ville de Lac-aux-Ormes", "Travaux publics"), rate="Éclairage public, forfait"
        ),
        consumption=(),
        months=(),
        change=None,
        sections=(
            Section(lines=(Line(label="Luminaires DEL de 100 W", how="112 × 30 jours × 0,1019 $", amount="342,38 $"),)),
        ),
        blocks=(),
        meters=(),
        next_read="",
        meter_notes=("Service à forfait : 112 luminaires DEL de 100 W, allumés du coucher au lever du soleil.",),
    )


def exchanged() -> PrintedBill:
    """The meter was exchanged in the period and the new one rolled over: two meters, four reads, two notes."""
    base = domestic()
    old = Meter(
        number="LO-44 120",
        detail="retiré le 2 décembre 2025",
        reads=(Read(day="2 décembre 2025", quality="Réelle", value="49 600"), base.meters[0].reads[1]),
        results=(Result(label="Différence", value="1 387 kWh"),),
    )
    new = Meter(
        number="LO-51 903",
        detail="posé le 2 décembre 2025",
        reads=(
            Read(day="9 janvier 2026", quality="Réelle", value="02 419"),
            Read(day="2 décembre 2025", quality="Réelle", value="99 988"),
        ),
        results=(Result(label="Différence", value="2 431 kWh"), Result(label="Total", value="3 818 kWh")),
    )
    return replace(
        base,
        meters=(new, old),
        meter_notes=(
            "Le compteur LO-51 903 a fait le tour de son cadran : après 99 999 il repart à 0.",
            "100 000 − 99 988 + 2 419 = 2 431.",
        ),
    )


def credit_note() -> PrintedBill:
    """A wrong bill is taken back whole."""
    base = domestic()
    lines = tuple(replace(line, amount=f"− {line.amount}") for line in base.sections[0].lines)
    return replace(
        base,
        kind="credit_note",
        number="2026-000402",
        state="credit",
        total="− 393,65 $",
        credit="393,65 $",
        due="",
        due_long="",
        slip=None,
        refers_to="2026-000318",
        refers_to_issued="12 janvier 2026",
        reason="L'index du 9 janvier avait été mal lu : 52 031 au lieu de 50 231. Une nouvelle facture suit.",
        change=None,
        balance=(),
        sections=(Section(lines=lines),),
        net="− 342,38 $",
        taxes=taxes("− 342,38 $", "− 17,12 $", "− 34,15 $"),
    )


def corrected() -> PrintedBill:
    """The bill that replaces a wrong one."""
    return replace(
        domestic(),
        number="2026-000403",
        refers_to="2026-000318",
        refers_to_issued="12 janvier 2026",
        reason="L'index du 9 janvier avait été mal lu : 52 031 au lieu de 50 231.",
    )


def overdue() -> PrintedBill:
    """The previous bill is not paid."""
    return replace(
        domestic(),
        total="506,05 $",
        slip=slip(50605, "506,05 $"),
        overdue="112,40 $",
        overdue_since="2 décembre 2025",
        messages=(
            "Nouveau : relevez vous-même votre compteur sur lac-aux-ormes.exemple, entre le 1er et le 8 du mois.",
        ),
        balance=(
            Line(label="Facture du 11 novembre 2025", amount="196,41 $"),
            Line(label="Paiement reçu le 27 novembre 2025, merci", amount="− 84,01 $"),
            Line(label="Reste de la facture précédente, en retard", amount="112,40 $", strong=True),
        ),
    )


def everything() -> PrintedBill:
    """All at once: long names, estimated, late, overdue, corrected, three reasons, two segments, two meters."""
    segments, meters, base = price_change(), exchanged(), overdue()
    return replace(
        base,
        account=long_names().account,
        estimated=True,
        instalments=(
            Instalment(amount="253,03 $", due="2 février 2026"),
            Instalment(amount="253,02 $", due="23 février 2026"),
        ),
        slip=slip(25303, "253,03 $"),
        refers_to="2026-000318",
        refers_to_issued="12 janvier 2026",
        reason="L'index du 9 janvier avait été mal lu : 52 031 au lieu de 50 231.",
        messages=(base.messages[0],) * 2,
        sections=segments.sections,
        blocks=segments.blocks,
        meters=meters.meters,
        meter_notes=meters.meter_notes,
        change=replace(
            base.change, parts=(*base.change.parts, replace(base.change.parts[0], label="Deux jours de plus"))
        ),
    )


ALL = {
    builder.__name__: builder
    for builder in (
        domestic, price_change, estimated, settled_estimate, credit, nothing_due, late, new_customer, short_history,
        long_names, power, english, flat_rate, exchanged, credit_note, corrected, overdue, everything,
    )
}  # fmt: skip
