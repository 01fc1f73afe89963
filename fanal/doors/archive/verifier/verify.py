#!/usr/bin/env python3
"""Vérifier une archive de Fanal sans Fanal : Python 3.9 ou plus, rien d'autre. `python3 -I verify.py [ARCHIVE]`.

Ce fichier et ses voisins tarif.py et reprise.py ne partagent aucune ligne avec le logiciel qui a fait l'archive. Ils
relisent les empreintes, refont chaque facture de ses relèves et de son livre de tarifs, ses taxes et son écriture,
équilibrent le grand livre, refont les soldes, suivent les numéros. Entiers exacts : aucun nombre
flottant. Ce qu'ils ne savent pas interpréter, ils le disent et le comptent. Réponse : 0 si tout est juste, 1 si une
faute ou une ligne non interprétée reste.
"""

import csv
import hashlib
import io
import json
import sqlite3
import sys
import zipfile
from collections import Counter, defaultdict
from itertools import groupby
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True  # rien ne s'ajoute à l'archive
sys.path.insert(0, str(HERE))  # « -I » n'y regarde pas : rien d'autre que le fichier voisin n'est pris là

from reprise import check_deposits, check_past  # noqa: E402 — le dossier est dit au-dessus
from tarif import Book, NotInterpreted, Rating, day, shown, taxed  # noqa: E402 — de même

SHOWN = 5  # fautes montrées par vérification
KWH, KW, KVA, KVARH = "1", "2", "3", "4"  # metering_register.kind
BILL, CREDIT_NOTE, RECEIPT, RETURNED, OPENING = 1, 2, 3, 4, 5  # ledger_posting.kind
CASH, OWED, TAKEOVER = "1010", "1200", "3900"  # encaisse, comptes clients, reprise : ledger_ledgeraccount.code
BILLION = 1_000_000_000  # un numéro de facture : année × un milliard + rang
csv.field_size_limit(1 << 30)


# ── l'archive : un dossier, ou un fichier .zip ───────────────────────────────────────────────────────────────────────


class Archive:
    """Les fichiers de l'archive, par leur nom."""

    def __init__(self, path):
        self.folder = path if path.is_dir() else None
        self.zip = None if self.folder else zipfile.ZipFile(path)

    def names(self):
        if self.zip:
            return {name for name in self.zip.namelist() if not name.endswith("/")}
        return {it.relative_to(self.folder).as_posix() for it in self.folder.rglob("*") if it.is_file()}

    def open(self, name):
        return self.zip.open(name) if self.zip else (self.folder / name).open("rb")

    def json(self, name):
        with self.open(name) as file:
            return json.load(file)

    def rows(self, name):
        """Les lignes d'un fichier CSV, chacune un dictionnaire ; tout y est texte, une absence est vide."""
        with self.open(name) as file:
            yield from csv.DictReader(io.TextIOWrapper(file, "utf-8", newline=""))

    def table(self, name):
        return self.rows(f"tables/{name}.csv")


class Report:
    """Ce qui a été regardé et ce qui est faux, vérification par vérification."""

    def __init__(self):
        self.wrong = 0

    def tell(self, title, looked, faults, unread=()):
        """Une ligne par vérification, puis les premières fautes, puis ce qui n'a pas été interprété."""
        faults, unread = list(faults), Counter(unread)
        self.wrong += len(faults) + sum(unread.values())
        mark = "✗" if faults or unread else "✓"
        said = f"{len(faults)} en faute" if faults else "aucune faute"
        print(f"{mark} {title} : {looked:,} — {said}".replace(",", "\u202f"))
        for fault in faults[:SHOWN]:
            print(f"    {fault}")
        if len(faults) > SHOWN:
            print(f"    … et {len(faults) - SHOWN} de plus")
        for reason, count in unread.most_common():
            print(f"    NON INTERPRÉTÉ, {count} factures : {reason}")


# ── les vérifications ────────────────────────────────────────────────────────────────────────────────────────────────


def check_files(archive, report):
    """Chaque fichier est là, entier, et rien d'autre."""
    faults, named = [], {"SHA256SUMS"}
    with archive.open("SHA256SUMS") as file:
        sums = [line.split("  ", 1) for line in file.read().decode().splitlines()]
    present = archive.names()
    for digest, name in sums:
        named.add(name)
        if name not in present:
            faults.append(f"{name} : absent")
            continue
        found = hashlib.sha256()
        with archive.open(name) as file:
            while piece := file.read(1 << 20):
                found.update(piece)
        if found.hexdigest() != digest:
            faults.append(f"{name} : l'empreinte n'est pas celle de SHA256SUMS")
    faults += [f"{name} : n'est pas dans SHA256SUMS" for name in sorted(present - named)]
    report.tell("Fichiers", len(sums), faults)


def check_tables(archive, manifest, report):
    """Chaque table a le nombre de lignes que dit le manifeste."""
    faults = []
    for it in manifest["tables"]:
        count = sum(1 for _ in archive.rows(it["file"]))
        if count != it["rows"]:
            faults.append(f"{it['file']} : {count} lignes, {it['rows']} au manifeste")
    report.tell("Tables", len(manifest["tables"]), faults)


class Bills:
    """Les factures d'une archive, lues une fois, dans l'ordre de leurs identifiants."""

    def __init__(self, archive, known):
        self.archive, self.known = archive, known
        self.faults, self.unread, self.looked, self.rated = [], [], 0, 0
        self.measures_looked, self.measure_faults = 0, []
        self.books, self.why = {}, {}
        for it in archive.table("billing_book"):
            content = json.loads(it["content"])
            try:
                if hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest() \
                        != it["digest"]:  # fmt: skip
                    self.faults.append(f"livre {it['code']} : son contenu n'est pas celui de son empreinte")
                self.books[it["id"]] = Book(content)
            except (NotInterpreted, KeyError, TypeError, ValueError) as problem:
                self.why[it["id"]] = f"{it['code']} : {problem}"
        self.flat = {it["id"] for it in archive.table("billing_book") if json.loads(it["content"])["flat_rate"]}
        charges = sorted(archive.table("billing_charge"), key=lambda it: int(it["position"]))
        self.own, self.tax_charges = defaultdict(list), defaultdict(list)
        self.is_tax, self.ledger = {}, {}
        for it in charges:
            self.is_tax[it["id"]], self.ledger[it["id"]] = it["is_tax"] == "t", it["ledger_account_id"]
            (self.tax_charges if it["is_tax"] == "t" else self.own)[it["book_id"]].append(it["id"])
        self.fees = {it["subscription_id"]: int(it["fee_cents"]) for it in archive.table("subscriptions_request")
                     if it["subscription_id"]}  # fmt: skip
        wanted = set()
        for it in archive.table("billing_bill"):
            wanted |= {it["settles_id"], it["reverses_id"]}
        self.wanted, self.kept = wanted - {"0"}, {}
        self.issued = {}

    def check(self):
        """Refaire chaque facture, ses mesures, son écriture."""
        lines, measures, quantities, issues = (
            Following(self.archive.table(f"billing_{name}")) for name in ("line", "measure", "quantity", "issue")
        )
        for bill in self.archive.table("billing_bill"):
            key = int(bill["id"])
            own, said = lines.of(key), measures.of(key)
            issued = issues.of(key)
            kept = {it["name"]: int(it["value"]) for it in quantities.of(key)}
            self.looked += 1
            if bill["id"] in self.wanted:
                self.kept[bill["id"]] = (bill, own)
            for fault in self._faults(bill, own, kept):
                self.faults.append(f"facture {bill['id']} : {fault}")
            if bill["kind"] == "0" and issued and bill["book_id"] not in self.flat:
                self.measure_faults += [f"facture {bill['id']} : {it}" for it in self._measured(bill, said)]
            if issued:
                self.known.expect_bill(bill, own, self.ledger)
                self.issued[issued[0]["number"]] = bill["id"]
        for name, it in (("lignes", lines), ("mesures", measures), ("grandeurs", quantities), ("émissions", issues)):
            self.faults += [f"facture {key} : il y a des {name}, mais pas de facture" for key in it.rest()]

    def _faults(self, bill, lines, kept):
        """Ce qui est faux d'une facture : la somme de ses lignes, puis ce qu'elle redonne refaite."""
        amounts = {False: 0, True: 0}
        for it in lines:
            amounts[self.is_tax[it["charge_id"]]] += int(it["amount_cents"])
        if amounts != {False: int(bill["net_cents"]), True: int(bill["tax_cents"])}:
            yield "la somme de ses lignes ou de ses taxes n'est pas la sienne"
        if int(bill["net_cents"]) + int(bill["tax_cents"]) != int(bill["total_cents"]):
            yield "son total n'est pas son net et ses taxes"
        if bill["kind"] == "1":
            yield from self._reversal(bill, lines)
        elif lines or bill["held"] != "t":
            yield from self._again(bill, lines, kept)

    def _reversal(self, note, lines):
        """Une note de crédit reprend sa facture, composante par composante."""
        bill, own = self.kept.get(note["reverses_id"], (None, []))
        sums = Counter()
        for it in (*lines, *own):
            sums[it["charge_id"]] += int(it["amount_cents"])
        if bill is None or any(sums.values()) or int(bill["total_cents"]) != -int(note["total_cents"]):
            yield f"la note de crédit n'annule pas la facture {note['reverses_id']}"

    def _again(self, bill, lines, kept):
        """La facture refaite de ses quantités : lignes, net, taxes, puissance, banque."""
        book = self.books.get(bill["book_id"])
        if book is None:
            self.unread.append(self.why.get(bill["book_id"], "livre absent"))
            return
        try:
            found, sums = self._rated(book, bill, kept)
        except (NotInterpreted, KeyError) as problem:
            self.unread.append(f"{type(problem).__name__} {problem}")
            return
        self.rated += 1
        stored = Counter(
            (it["charge_id"], day(it["from_on"]), day(it["to_on"]), int(it["quantity"]), int(it["amount_cents"]))
            for it in lines
        )
        for name, value in sums.items():
            if int(bill.get(name, kept.get(name, 0))) != value:
                yield f"{name} : {bill.get(name, kept.get(name))} inscrit, {value} refait"
        if stored != found:
            odd = min((stored - found) + (found - stored))
            yield f"ligne du {shown(odd[1])} au {shown(odd[2])}, {odd[4]} cents, d'un côté seulement"
        if any(int(it["days"]) != day(it["to_on"]) - day(it["from_on"]) for it in lines):
            yield "le nombre de jours d'une ligne n'est pas celui de ses dates"

    def _rated(self, book, bill, kept):
        start, end = day(bill["rated_from_on"]), day(bill["to_on"])
        given = {name: int(bill[name]) for name in ("kwh", "kw", "kva", "past_kw", "multiplier", "phases", "units")}
        for name, unsaid in (("kvarh", 0), ("households", 1), ("bank_kwh", 0), ("bank_ends", 0), ("exempt", 0)):
            given[name] = kept.get(name, unsaid)
        given["registers"] = {it[10:]: value for it, value in kept.items() if it.startswith("registers.")}
        rating = Rating(book, start, end, given)
        *own, credit, fee_charge = self.own[bill["book_id"]]
        if len(own) != book.count:
            raise NotInterpreted("les composantes inscrites ne sont pas celles du livre")
        found = Counter((own[place], *line) for place, *line in rating.lines)
        fee = self.fees.get(bill["subscription_id"], 0) if bill["previous_id"] == "0" else 0
        back = 0
        if bill["settles_id"] != "0":
            settled, _ = self.kept[bill["settles_id"]]
            back = int(settled["rated_cents"])
            found[(credit, start, day(settled["to_on"]), -int(settled["kwh"]), -back)] += 1
        if fee:
            found[(fee_charge, start, end, 1000, fee)] += 1
        net = rating.net - back + fee
        cents = taxed(book, net if back or fee else rating.taxable, end - 1, given["exempt"])
        for place, amount in enumerate(cents):
            found[(self.tax_charges[bill["book_id"]][place], start, end, net * 10, amount)] += 1
        sums = {"rated_cents": rating.net, "net_cents": net, "tax_cents": sum(cents), "billing_kw": rating.billing_kw}
        return found, sums | ({"bank_left": rating.bank_left} if book.net else {})

    def _measured(self, bill, measures):
        """Les quantités de la facture sont celles de ses mesures, et ses mesures celles des relèves."""
        kwh, peaks = 0, {KW: 0, KVA: 0}
        for it in measures:
            self.measures_looked += 1
            quantity, register = int(it["quantity"]), self.known.register(it["register_id"])
            if it["kind"] == KWH and it["apart"] != "t":
                kwh += quantity
            if it["kind"] in peaks and register[1] == "total":
                peaks[it["kind"]] = max(peaks[it["kind"]], quantity)
            yield from self._of_readings(it, quantity, register)
        if kwh != int(bill["kwh"]):
            yield f"{bill['kwh']} millièmes de kWh, {kwh} par ses mesures"
        if peaks != {KW: int(bill["kw"]), KVA: int(bill["kva"])}:
            yield "sa puissance n'est pas celle de ses mesures"

    def _of_readings(self, it, quantity, register):
        first, last, times = int(it["from_value"]), int(it["to_value"]), int(it["multiplier"])
        name, turn = it["register_id"], 1000 * 10 ** register[0]
        if it["estimate_id"] != "0" and it["estimate_id"] not in self.known.estimates:
            yield f"l'estimation {it['estimate_id']} n'existe pas"
        if it["kind"] in (KW, KVA):
            if it["estimate_id"] == "0" and last and (
                quantity != last * times or not self.known.showed(name, it["from_on"], it["to_on"], last)
            ):  # fmt: skip
                yield f"aucune relève du registre {name} ne montre sa puissance"
            return
        for index, on, sequence in (
            (first, it["from_on"], it["from_sequence"]),
            (last, it["to_on"], it["to_sequence"]),
        ):
            if sequence != "0" and self.known.reading(name, on, sequence) != index:
                yield f"l'index du {on} au registre {name} n'est pas celui de la relève"
        if it["to_sequence"] != "0" and it["from_sequence"] != "0" and it["estimate_id"] == "0":
            if quantity != (last - first) % turn * times:
                yield f"registre {name} : la quantité n'est pas la différence des index"
        elif it["estimate_id"] != "0" and last != (first + quantity // times) % turn:
            yield f"registre {name} : l'index estimé n'est pas celui de la quantité"


class Following:
    """Les lignes d'une table rangée par facture, données facture après facture ; celles d'aucune facture se voient."""

    def __init__(self, rows):
        self.groups = groupby(rows, key=lambda it: int(it["bill_id"]))
        self.lost = []
        self._next()

    def _next(self):
        key, rows = next(self.groups, (None, ()))
        self.key, self.rows = key, list(rows)

    def _skip(self, key):
        while self.key is not None and (key is None or self.key < key):
            self.lost.append(self.key)
            self._next()

    def of(self, key):
        self._skip(key)
        if self.key != key:
            return []
        rows = self.rows
        self._next()
        return rows

    def rest(self):
        """Les factures qui n'existent pas et dont il y avait des lignes."""
        self._skip(None)
        return self.lost


class Known:
    """Ce qu'on cherche par sa clé, sur disque : les relèves, et l'écriture que chaque document doit avoir."""

    def __init__(self, archive):
        self.base = sqlite3.connect("")
        self.base.execute("CREATE TABLE reading (register, read_on, sequence, value INTEGER, "
                          "PRIMARY KEY (register, read_on, sequence)) WITHOUT ROWID")  # fmt: skip
        self.base.execute("CREATE TABLE entry (kind INTEGER, source INTEGER, sides TEXT, PRIMARY KEY (kind, source))")
        rows = archive.table("metering_reading")
        self.base.executemany("INSERT INTO reading VALUES (?, ?, ?, ?)", (
            (it["register_id"], it["read_on"], it["sequence"], int(it["value"])) for it in rows))  # fmt: skip
        self.registers = {it["id"]: (int(it["dials"]), it["name"]) for it in archive.table("metering_register")}
        self.estimates = {it["id"] for it in archive.table("metering_estimate")}

    def register(self, name):
        return self.registers.get(name, (9, "total"))

    def reading(self, *key):
        found = self.base.execute(
            "SELECT value FROM reading WHERE register = ? AND read_on = ? AND sequence = ?", key
        ).fetchone()
        return found[0] if found else None

    def showed(self, register, after, until, value):
        return self.base.execute(
            "SELECT 1 FROM reading WHERE register = ? AND read_on > ? AND read_on <= ? AND value = ?",
            (register, after, until, value),
        ).fetchone()

    def expect_bill(self, bill, lines, ledger):
        """Le client doit le total ; chaque ligne va au compte de sa composante."""
        sides = Counter({OWED: int(bill["total_cents"])})
        for it in lines:
            sides[ledger[it["charge_id"]]] -= int(it["amount_cents"])
        kind = CREDIT_NOTE if bill["kind"] == "1" else BILL
        self.expect(kind, bill["id"], bill["account_id"], sides)

    def expect(self, kind, source, account, sides):
        if text := written(account, sides):
            self.base.execute("INSERT OR REPLACE INTO entry VALUES (?, ?, ?)", (kind, int(source), text))

    def take(self, kind, source):
        """L'écriture attendue d'un document, retirée de celles qui manquent."""
        found = self.base.execute("SELECT sides FROM entry WHERE kind = ? AND source = ?", (kind, source)).fetchone()
        self.base.execute("DELETE FROM entry WHERE kind = ? AND source = ?", (kind, source))
        return found[0] if found else None

    def missing(self):
        return self.base.execute("SELECT kind, source FROM entry ORDER BY 1, 2").fetchall()


def written(account, sides):
    """Une écriture en une ligne, dans un seul ordre : « 12 1200:1500 4110:-1500 »."""
    moved = [f"{code}:{cents}" for code, cents in sorted(sides.items()) if cents]
    return " ".join([account, *moved]) if moved else ""


def expect_payments(archive, known):
    """Un paiement reçu diminue ce que doit le client ; retourné, il l'augmente."""
    receipts = {}
    for it in archive.table("payments_receipt"):
        receipts[it["id"]] = it["account_id"], int(it["amount_cents"])
        sides = {CASH: int(it["amount_cents"]), OWED: -int(it["amount_cents"])}
        known.expect(RECEIPT, it["id"], it["account_id"], sides)
    for it in archive.table("payments_returnedpayment"):
        account, cents = receipts[it["receipt_id"]]
        known.expect(RETURNED, it["receipt_id"], account, {CASH: -cents, OWED: cents})


def check_openings(archive, known, report):
    """Ce que chaque compte devait à la reprise est ce que l'ancien système lui avait facturé, crédité et encaissé."""
    past, opened, looked = Counter(), Counter(), 0
    for table, column, sign in (("pastbill", "total_cents", 1), ("pastpayment", "amount_cents", -1),
                                ("pastentry", "amount_cents", 1)):  # fmt: skip
        for it in archive.table(f"elsewhere_{table}"):
            looked += 1
            past[it["account_id"]] += sign * int(it[column])
    for it in archive.table("elsewhere_opening"):
        cents = int(it["cents"])
        opened[it["account_id"]] += cents if it["ledger_account_id"] == OWED else 0
        known.expect(OPENING, it["id"], it["account_id"], {it["ledger_account_id"]: cents, TAKEOVER: -cents})
    faults = [f"compte {it} : {opened[it]} cents repris, {past[it]} d'après l'ancien système"
              for it in sorted({*past, *opened}) if past[it] != opened[it]]  # fmt: skip
    report.tell("Soldes repris d'un ancien système", looked, faults)


def check_ledger(archive, known, report, totals):
    """Chaque écriture s'équilibre et dit son document ; rien ne manque. Rend les soldes et les totaux par compte."""
    faults, looked, owed, by_code = [], 0, Counter(), Counter()
    kinds = {BILL, CREDIT_NOTE, RECEIPT, RETURNED, OPENING}
    for (kind, source), rows in groupby(archive.table("ledger_posting"), key=lambda it: (it["kind"], it["source"])):
        by_account = defaultdict(list)
        for it in rows:
            by_account[it["account_id"]].append(it)
        for account, postings in by_account.items():
            looked += 1
            sides, name = Counter(), f"écriture (compte {account}, sorte {kind}, source {source})"
            for it in postings:
                sides[it["ledger_account_id"]] += int(it["debit_cents"]) - int(it["credit_cents"])
            by_code.update(sides)
            owed[account] += sides[OWED]
            if sum(sides.values()) or sorted(int(it["line"]) for it in postings) != [*range(1, len(postings) + 1)]:
                faults.append(f"{name} : elle n'est pas entière ou n'est pas équilibrée")
            if int(kind) in kinds and known.take(int(kind), int(source)) != written(account, sides):
                faults.append(f"{name} : ce n'est pas celle de son document")
    faults += [f"aucune écriture pour le document {source} (sorte {kind})" for kind, source in known.missing()]
    told = {it["account"]: it["debit_cents"] - it["credit_cents"] for it in totals["ledger"]}
    faults += [f"compte {it} du grand livre : {by_code[it]} cents, {told.get(it, 0)} au manifeste"
               for it in sorted({*told, *by_code}) if told.get(it, 0) != by_code[it]]  # fmt: skip
    report.tell("Écritures du grand livre", looked, faults)
    return owed


def check_balances(archive, owed, report):
    """Le solde de chaque compte est la somme de ses écritures."""
    faults, looked = [], 0
    for it in archive.rows("soldes.csv"):
        looked += 1
        if owed.pop(it["account_id"], 0) != int(it["balance_cents"]):
            faults.append(f"compte {it['number']} : son solde n'est pas la somme de ses écritures")
    faults += [f"compte {account} : absent des soldes" for account, cents in owed.items() if cents]
    report.tell("Soldes des comptes clients", looked, faults)


def check_numbers(archive, issued, report, manifest):
    """Les numéros d'une année se suivent sans trou ; chaque facture promise en PDF y est."""
    faults, ranks = [], defaultdict(list)
    for number in map(int, issued):
        ranks[number // BILLION].append(number % BILLION)
    states = {it["id"]: it["state"] for it in archive.table("billing_run")}
    reserved = defaultdict(set)
    for it in archive.table("billing_chunk"):
        first = int(it["first_number"])
        if states.get(it["run_id"]) == "ISSUING" and it["issued"] == "f" and first:
            reserved[first // BILLION] |= set(range(first % BILLION, first % BILLION + int(it["bills"])))
    following = {int(it["year"]): int(it["next_number"]) for it in archive.table("billing_series")}
    for year in sorted({*ranks, *following}):
        told = set(ranks[year]) | reserved[year]
        gaps = set(range(1, following.get(year, 1))) ^ told
        faults += [f"année {year} : le numéro {rank} manque, ou dépasse la série" for rank in sorted(gaps)]
    promised = {f"pdf/{year}/{year}-{rank:06d}.pdf" for year, found in ranks.items() for rank in found}
    refused = {it["number"] for it in manifest["pdf"]["refused"]}
    if manifest["pdf"]["choice"] == "all":
        absent = promised - archive.names()
        faults += [f"{it} : absent" for it in sorted(absent) if Path(it).stem not in refused]
    report.tell("Numéros de facture", len(issued), faults)


def verify(archive, report):
    """Tout vérifier, une ligne par vérification."""
    manifest = archive.json("manifeste.json")
    if manifest["format"] != 1:
        report.tell(
            "Format", 1, [f"ce vérificateur lit le format 1 ; cette archive est du format {manifest['format']}"]
        )
        return
    check_files(archive, report)
    check_tables(archive, manifest, report)
    known = Known(archive)
    bills = Bills(archive, known)
    bills.check()
    if len(bills.issued) != manifest["totals"]["bills_issued"]:
        bills.faults.append("le nombre de factures émises n'est pas celui du manifeste")
    report.tell("Factures", bills.looked, bills.faults, bills.unread)
    report.tell("Mesures et relèves", bills.measures_looked, bills.measure_faults)
    expect_payments(archive, known)
    check_openings(archive, known, report)
    check_past(archive, report)
    check_deposits(archive, report)
    check_balances(archive, check_ledger(archive, known, report, manifest["totals"]), report)
    check_numbers(archive, bills.issued, report, manifest)
    print(f"{bills.rated} factures refaites de leurs relèves et de leurs livres.")


def main(arguments):
    """Dire ce qui est vérifié ; 0 quand tout est juste, 1 sinon, même quand l'archive ne se lit pas jusqu'au bout."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    report = Report()
    try:
        verify(Archive(Path(arguments[0]) if arguments else HERE), report)
    except (OSError, zipfile.BadZipFile, LookupError, ValueError, TypeError, csv.Error) as problem:
        report.tell("Lecture de l'archive", 1, [f"elle ne se lit pas jusqu'au bout : {problem!r}"])
    print("Tout est juste." if not report.wrong else f"{report.wrong} fautes ou lignes non interprétées.")
    return int(bool(report.wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
