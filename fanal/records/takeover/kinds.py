"""The canonical kinds of rows that an old system hands over: their columns, in order, with their types and codes.

A mapping (`fanal.links.legacy.mapping`) says which file and header give each; checks and loading know these.
"""

from dataclasses import dataclass

from fanal.values.refusal import Phrase

# What a cell holds, and the PostgreSQL type that a relation of staged rows gives it.
TYPES = {
    "text": "text",
    "code": "text",
    "day": "date",
    "month": "date",  # its first day
    "moment": "timestamp",  # as the old system's clock had it
    "whole": "bigint",
    "cents": "bigint",  # of money
    "thousandths": "bigint",  # of a quantity: kW, kVA, kWh, degrees
    "millionths": "bigint",  # of a price or a rate
    "flag": "boolean",
}

NUMBER_MAX = 999_999_999_999  # of a number whose column says no other bound: nearly ten billion dollars, once in cents


@dataclass(frozen=True, slots=True)
class Column:
    """A canonical column; a row is nothing without a needed one. Its bounds are those of what it is loaded as."""

    name: str
    type: str
    needed: bool = False
    codes: frozenset[str] = frozenset()
    least: int | None = None  # of a number, as it is staged; of a day, its year
    most: int | None = None  # of a number; of a text, how many signs; of a day, how many after the last of the export


@dataclass(frozen=True, slots=True)
class Kind:
    """A canonical kind of row and its key in the old system: the columns that name a row."""

    name: str
    title: Phrase
    key: tuple[str, ...]
    columns: tuple[Column, ...]


def _kind(name: str, title: Phrase, key: str, *columns: str) -> Kind:
    """A kind from its columns as text: « name type », « ! » when needed, bounds « 1..9 », codes after a colon."""
    return Kind(name, title, tuple(key.split()), tuple(map(_column, columns)))


def _column(text: str) -> Column:
    said, _, codes = text.partition(":")
    name, kind, *bounds = said.split()
    least, _, most = bounds[0].partition("..") if bounds else ("", "", "")
    usual = NUMBER_MAX if TYPES[kind] == "bigint" else None
    return Column(
        name.rstrip("!"), kind, name.endswith("!"), frozenset(codes.split()),
        _bound(least, None if usual is None else -usual), _bound(most, usual),
    )  # fmt: skip


def _bound(text: str, usual: int | None) -> int | None:
    return int(text) if text else usual


KINDS = {
    it.name: it
    for it in (
        _kind(
            "customers", Phrase("clients"), "number",
            "number! text ..20", "kind! code: PERSON ORGANISATION PUBLIC_BODY", "name! text ..200",
            "given_name text ..100",
            "address text ..250", "city text ..80", "province text ..40", "postal_code text ..20", "phone text",
            "other_phone text", "email text", "language code: fr en", "business_number text",
            "status code: ACTIVE INACTIVE DECEASED BANKRUPT", "created_on day", "note text",
        ),
        _kind(
            "premises", Phrase("lieux"), "number",
            "number! text ..12", "civic_number text ..20", "street text ..100", "unit text ..20", "city text ..80",
            "postal_code text", "round text", "sequence whole 0..2147483647", "transformer text ..40",
            "use code: DOMESTIC SMALL MEDIUM LARGE FLAT", "heating code: ELECTRIC DUAL WOOD FUEL",
            "dwellings whole 0..2000", "phases whole 0..32767",
            "in_service_on day", "status code: IN_SERVICE DISMANTLED", "note text",
        ),
        _kind(
            "subscriptions", Phrase("abonnements"), "number",
            "number! text ..20", "customer! text", "premises! text", "tariff! text ..20", "starts_on! day 1850..400",
            "ends_on day 1850..3700", "status code: ACTIVE CLOSED", "debit code: DEBIT", "equal_payments flag",
            "quantity whole 0..32767", "nature code: OWNER TENANT RELAY COLLECTIVE FLAT SITE",
        ),
        _kind(
            "meters", Phrase("compteurs"), "serial premises installed_on",
            "serial! text ..30", "premises! text", "maker text ..29", "model text ..30", "dials! whole 3..9",
            "multiplier! whole 1..32767", "phases whole", "sealed_on day", "verify_before_on day", "installed_on day",
            "installed_index whole 0..999999999",
            "removed_on day", "removed_index whole 0..999999999", "status code: IN_SERVICE REMOVED",
        ),
        _kind(
            "readings", Phrase("relèves"), "premises meter read_on type",
            "premises! text", "meter! text ..30", "read_on! day", "index whole -999999999..999999999",
            "type! code: OPENING MOVE_IN REAL CUSTOMER ESTIMATED FINAL REMOVAL INSTALLATION CORRECTED REJECTED",
            "reader text ..20", "anomaly text ..20", "demand_kw thousandths 0..999999999",
            "demand_kva thousandths 0..999999999",
        ),
        _kind(
            "payments", Phrase("paiements"), "number",
            "number! text ..20", "account! text", "received_on! day 1950..31", "amount! cents",
            "channel code: BANK INTERNET COUNTER CHEQUE DEBIT TRANSFER", "note text ..200",
        ),
        _kind(
            "entries", Phrase("écritures"), "number",
            "number! text ..20", "account! text", "entered_on! day 1950..31",
            "code! code: OPENING FEE RETURNED RECONNECTION INTEREST DEPOSIT REFUND WRITE_OFF TRANSFER",
            "amount! cents", "label text ..200", "reference text ..40",
        ),
        _kind(
            "deposits", Phrase("dépôts"), "number",
            "number! text ..40", "account! text", "received_on! day 1950..31", "amount! cents 0..",
            "reason code: REQUEST LATE DISCONNECTION", "interest_paid cents 0..", "left_on day 1950..31",
            "left_by code: REFUNDED APPLIED", "status code: HELD LEFT",
        ),
        _kind(
            "arrangements", Phrase("ententes"), "number",
            "number! text ..40", "account! text", "agreed_on! day 1950..31", "total! cents 0..",
            "count! whole 1..600", "instalment! cents 1..", "last_instalment cents 0..", "every_days whole 1..366",
            "paid_count whole 0..600", "status code: RUNNING KEPT BROKEN",
        ),
        _kind(
            "equal_payments", Phrase("versements égaux"), "account starts_on",
            "account! text", "starts_on! day 1950..400", "ends_on day 1950..3700", "instalment! cents 1..",
            "debit_day whole 1..31", "review_month whole 1..12", "debited_count whole 0..9999",
            "status code: ACTIVE ENDED", "end_reason text",
        ),
        _kind(
            "notices", Phrase("avis"), "number",
            "number! text ..20", "account! text", "type! code: LATE DISCONNECTION CUT RECONNECTION",
            "sent_on! day 1950..31", "amount cents", "channel code: POST VISIT", "note text ..200",
        ),
        _kind(
            "debits", Phrase("accords de prélèvement"), "account authorized_on",
            "account! text", "institution text", "transit text", "bank_account text", "holder text",
            "authorized_on day", "ends_on day", "status code: ACTIVE CLOSED",
        ),
        _kind(
            "owners", Phrase("propriétaires"), "customer premises declared_on",
            "customer! text", "premises! text", "declared_on day", "keeps_service flag", "ends_on day", "note text",
        ),
        _kind(
            "prices", Phrase("tarifs"), "tariff component starts_on",
            "tariff! text", "title text", "starts_on! day", "last_on day",
            "component! text", "unit text", "price! millionths", "threshold text",
        ),
        _kind(
            "rounds", Phrase("tournées"), "round premises",
            "round! text", "sequence whole", "premises! text", "every_months whole", "next_on day", "instruction text",
        ),
        _kind(
            "transformer_meters", Phrase("compteurs de transformateurs"), "transformer month",
            "transformer! text", "month! month", "kwh whole", "index whole",
        ),
        _kind(
            "bills", Phrase("factures"), "number",
            "number! text ..20", "account! text", "type! code: BILL FINAL CREDIT_NOTE REBILL",
            "issued_on! day 1950..31",
            "due_on day 1950..400", "from_on day 1950..31", "to_on day 1950..31", "days whole", "tariff text ..20",
            "kwh whole -999999999999..999999999999",
            "billed_kw thousandths", "estimated code: ESTIMATED", "net! cents", "gst! cents", "qst! cents",
            "total! cents", "corrects text ..20",
        ),
        _kind(
            "bill_lines", Phrase("lignes de facture"), "bill rank",
            "bill! text", "rank! whole 0..32767", "component! text ..20", "from_on day", "to_on day",
            "quantity thousandths", "price millionths", "amount! cents",
        ),
        _kind(
            "map_elements", Phrase("éléments de la carte"), "element layer number",
            "element! text", "layer! text", "number! text ..40", "transformer text", "service_drop text",
            "address text", "epsg! whole", "content! text",
        ),
        _kind("control_town", Phrase("contrôle : ville"), "text", "text! text"),
        _kind("control_files", Phrase("contrôle : fichiers"), "file", "file! text", "rows! whole"),
        _kind(
            "control_totals", Phrase("contrôle : montants"), "label",
            "label! text", "count whole", "amount cents -99999999999999999..99999999999999999",
        ),
        _kind("control_energy", Phrase("contrôle : kWh"), "label", "label! text", "count whole", "kwh whole"),
        _kind(
            "control_accounts", Phrase("contrôle : comptes"), "account",
            "account! text", "balance! cents", "last_bill text", "last_bill_on day", "last_bill_total cents",
            "estimate_open code: ESTIMATED",
        ),
        _kind("control_end", Phrase("contrôle : fin"), "lines", "lines! whole"),
        _kind(
            "feed_hours", Phrase("alimentation horaire"), "ends_at",
            "ends_at! moment", "feeder1_kwh thousandths", "feeder2_kwh thousandths", "feeder3_kwh thousandths",
            "feeder4_kwh thousandths", "station_kwh thousandths", "quality code: GOOD MISSING",
        ),
        _kind(
            "temperatures", Phrase("températures"), "on_day",
            "on_day! day", "mean thousandths", "lowest thousandths", "highest thousandths",
        ),
    )
}  # fmt: skip


def columns() -> dict[str, tuple[Column, ...]]:
    """The columns of every kind, as a mapping must name them."""
    return {name: it.columns for name, it in KINDS.items()}
