#!/usr/bin/env python3
"""Vérifier une archive de Fanal sans Fanal : Python 3.9 ou plus, rien d'autre. `python3 -I verify.py [ARCHIVE]`.

Trois fichiers, qui ne partagent aucune ligne avec le logiciel qui a fait l'archive : celui-ci relit les empreintes et
met les tables dans une base SQLite passagère ; controles.sql est la liste des contrôles, une question chacun ; tarif.py
refait chaque facture de son livre de tarifs. Entiers exacts : aucun nombre flottant. Ce qui n'est pas interprété est
dit et compté. Réponse : 0 si tout est juste, 1 si une faute ou une ligne non interprétée reste.
"""

import csv
import hashlib
import io
import json
import re
import sqlite3
import sys
import zipfile
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.dont_write_bytecode = True  # rien ne s'ajoute à l'archive
sys.path.insert(0, str(HERE))  # « -I » n'y regarde pas : rien d'autre que le fichier voisin n'est pris là

from tarif import Book, NotInterpreted, Rating, day, shown, taxed  # noqa: E402 — le dossier est dit au-dessus

CONTROLS = (HERE / "controles.sql").read_text("utf-8")
RATED = """
SELECT b.*, s.rated_cents AS back_cents, s.kwh AS back_kwh, s.to_on AS back_to FROM billing_bill b
LEFT JOIN billing_bill s ON s.id = b.settles_id AND s.account_id = b.account_id WHERE b.kind = 0 ORDER BY b.id
"""
OF_BILL = "WHERE bill_id = ? AND account_id = ?"
LINES = f"SELECT charge_id, from_on, to_on, quantity, amount_cents FROM billing_line {OF_BILL}"
QUANTITIES = f"SELECT name, value FROM billing_quantity {OF_BILL}"
UNSAID = {"kvarh": 0, "households": 1, "bank_kwh": 0, "bank_ends": 0, "exempt": 0, "bank_left": 0}  # sans grandeur dite
FEES = "SELECT subscription_id, fee_cents FROM subscriptions_request WHERE subscription_id <> '' ORDER BY id"
RECEIVED = set(re.findall(r"\brecu_(\w+)", CONTROLS))  # les sortes de lignes reçues que les contrôles nomment
RAW = "takeover_stagedrow"  # les lignes reçues d'un ancien système : seules celles de ces sortes sont mises en base
WHOLE = {"bigint", "integer", "smallint", "whole", "cents", "thousandths", "millionths"}  # les types des entiers
SHOWN = 5  # fautes montrées par série
csv.field_size_limit(1 << 30)


class Archive:
    """Les fichiers de l'archive, par leur nom : un dossier, ou un fichier .zip."""

    def __init__(self, path):
        self.folder = path if path.is_dir() else None
        self.zip = None if self.folder else zipfile.ZipFile(path)

    def names(self):
        if self.zip:
            return {name for name in self.zip.namelist() if not name.endswith("/")}
        return {it.relative_to(self.folder).as_posix() for it in self.folder.rglob("*") if it.is_file()}

    def open(self, name):
        return self.zip.open(name) if self.zip else (self.folder / name).open("rb")

    def text(self, name):
        with self.open(name) as file:
            return file.read().decode()

    def rows(self, name):
        """Les lignes d'un fichier CSV, son en-tête d'abord ; tout y est texte, une absence est vide."""
        with self.open(name) as file:
            yield from csv.reader(io.TextIOWrapper(file, "utf-8", newline=""))


class Report:
    """Ce qui a été regardé et ce qui est faux, série par série."""

    def __init__(self):
        self.wrong = 0

    def tell(self, title, looked, faults, unread=()):
        """Une ligne par série, puis les premières fautes, puis ce qui n'a pas été interprété."""
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


# ── les fichiers et les tables ───────────────────────────────────────────────────────────────────────────────────────


def check_files(archive, report):
    """Chaque fichier est là, entier, et rien d'autre."""
    present, faults = archive.names() - {"SHA256SUMS"}, []
    sums = dict(line.split("  ", 1)[::-1] for line in archive.text("SHA256SUMS").splitlines())
    for name in sorted(sums.keys() & present):
        found = hashlib.sha256()
        with archive.open(name) as file:
            while piece := file.read(1 << 20):
                found.update(piece)
        if found.hexdigest() != sums[name]:
            faults.append(f"{name} : l'empreinte n'est pas celle de SHA256SUMS")
    faults += [f"{name} : absent" for name in sorted(sums.keys() - present)]
    faults += [f"{name} : n'est pas dans SHA256SUMS" for name in sorted(present - sums.keys())]
    report.tell("Fichiers", len(sums), faults)


def put(base, name, columns, rows=()):
    """Créer une table et y mettre des lignes ; combien. Une colonne est (nom, type, si elle est de la clé)."""
    said = [
        f"\"{it}\" INTEGER CHECK (typeof(\"{it}\") = 'integer' OR ifnull(\"{it}\", '') = '')"
        if kind in WHOLE else f'"{it}" TEXT'
        for it, kind, _ in columns
    ]  # fmt: skip
    key = ", ".join(f'"{it}"' for it, _, is_key in columns if is_key)
    said += [f"PRIMARY KEY ({key})"] if key else []
    base.execute(f"CREATE TABLE {name} ({', '.join(said)}) {'WITHOUT ROWID' if key else ''}")
    return base.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", rows).rowcount


def load(archive, base, report, manifest):
    """Mettre les tables en base ; de chacune, le nombre de lignes est celui du manifeste.

    Rend les renvois d'une table à une autre que dit le dictionnaire : (table, colonne, table visée, colonne visée).
    """
    columns, links, faults = defaultdict(list), [], []
    for table, _, column, kind, _, _, key, _ in islice(archive.rows("dictionnaire.csv"), 1, None):
        columns[table].append((column, kind, key.startswith("clé")))
        links += [(table, column, *found.groups()) for found in re.finditer(r"→ (\w+)\.(\w+)", key)]
    for it in manifest["tables"]:
        rows = archive.rows(it["file"])
        if next(rows) != [name for name, _, _ in columns[it["table"]]]:
            faults.append(f"{it['file']} : ses colonnes ne sont pas celles du dictionnaire")
        try:
            count = put(base, it["table"], columns[it["table"]], rows) if it["table"] != RAW else sum(1 for _ in rows)
        except sqlite3.IntegrityError as problem:
            faults.append(f"{it['file']} : une clé y est deux fois, ou un entier n'en est pas un ({problem})")
        else:
            faults += [f"{it['file']} : {count} lignes, {it['rows']} au manifeste"] if count != it["rows"] else []
    names = ("account", "debit_cents", "credit_cents")
    totals = [[it[name] for name in names] for it in manifest["totals"].pop("ledger")]
    put(base, "totaux", [(name, "cents", False) for name in names], totals)
    put(base, "manifeste", [("name", "text", True), ("value", "whole", False)], manifest["totals"].items())
    balances = [("account_id", "whole", True), ("number", "text", False), ("balance_cents", "cents", False)]
    put(base, "soldes", balances, islice(archive.rows("soldes.csv"), 1, None))
    report.tell("Tables", len(manifest["tables"]), faults)
    return [it for it in links if RAW not in it]


def check_links(base, report, links):
    """Ce à quoi une ligne renvoie existe ; 0 ou vide : elle ne renvoie à rien."""
    faults = []
    for table, column, to, key in links:
        lost = f"SELECT {column} FROM {table} WHERE {column} NOT IN (0, '') AND {column} NOT IN"
        found = base.execute(f"{lost} (SELECT {key} FROM {to})")
        faults += [f"{table} : {column} {it}, mais {to} n'en a pas" for (it,) in found]
    report.tell("Renvois d'une table à une autre", len(links), faults)


def load_received(archive, base):
    """Mettre en base ce qu'un ancien système a remis et qui est chargé, une table par sorte de lignes.

    Une ligne, lue ou corrigée, vaut quand takeover_known en a la clé et l'empreinte.
    """
    columns, inserts = defaultdict(list), {}
    for kind, _, _, column, holds, *_ in islice(archive.rows("sortes.csv"), 1, None):
        columns[kind].append((column, holds, False))
    for kind in RECEIVED:
        put(base, f"recu_{kind}", [("key", "text", False), *columns[kind]])
        places = ", ".join("?" * (len(columns[kind]) + 1))
        known = f"SELECT 1 FROM takeover_known WHERE kind = '{kind}' AND key = ?1 AND digest = ?"
        for (file,) in base.execute("SELECT id FROM takeover_exportfile WHERE kind = ?", (kind,)):
            inserts[str(file)] = f"INSERT INTO recu_{kind} SELECT {places} WHERE EXISTS ({known})"
    query = "SELECT file_id, line, fields FROM takeover_correctedrow"
    corrected = {(str(file), str(line)): fields for file, line, fields in base.execute(query) if str(file) in inserts}
    for file, line, key, digest, _, fields in archive.rows(f"tables/{RAW}.csv"):
        if file in inserts and fields != "{}":  # vide : une ligne qui ne se lit pas
            base.execute(inserts[file], [key, *elements(corrected.get((file, line), fields)), digest])


def elements(text):
    """Les éléments d'un tableau écrit {a,"b, c",NULL}."""
    inside = text[1:-1]
    cells = next(csv.reader([inside], escapechar="\\", doublequote=False)) if '"' in inside else inside.split(",")
    return [None if it == "NULL" else it for it in cells]


# ── les contrôles ────────────────────────────────────────────────────────────────────────────────────────────────────


def check_all(base, report):
    """Poser chaque question de controles.sql : toute ligne rendue est une faute."""
    for series in CONTROLS.split("-- § ")[1:]:
        head, *asked = re.split(r"^(?=-- ! |CREATE )", series, flags=re.MULTILINE)
        title, table = re.match(r"(.*) : (\w+)\n", head).groups()
        faults = []
        for it in asked:
            sentence = it.partition("\n")[0][5:]
            faults += [sentence.format(**row) for row in base.execute(it)]
        report.tell(title, base.execute(f"SELECT count(*) FROM {table}").fetchone()[0], faults)


def payable(archive, manifest):
    """L'échéance d'une facture, de son jour d'émission : tant de jours, et jamais un jour de repos (chiffres/)."""
    figures, section = defaultdict(dict), ""
    for name in ("ch04_billing", "holidays"):
        for line in archive.text(f"chiffres/{manifest['bylaw']}/{name}.toml").splitlines():
            if found := re.match(r"\[(\w+)\]", line):
                section = found[1]
            elif found := re.match(r"(\d{4}-\d\d-\d\d) = (.+)", line):
                figures[section][found[1]] = found[2]

    @lru_cache(1 << 16)
    def due(issued_on):
        days = [value for since, value in sorted(figures["payment_days"].items()) if since <= issued_on][-1]
        last = date.fromisoformat(issued_on) + timedelta(int(days))
        while last.weekday() > 4 or last.isoformat() in figures["days"]:
            last += timedelta(1)
        return last.isoformat()

    return due


def check_printed(archive, base, report, manifest):
    """Chaque facture promise en PDF y est."""
    told = manifest["pdf"]
    numbers = base.execute("SELECT number FROM billing_issue") if told["choice"] == "all" else ()
    names = {"{}-{:06d}".format(*divmod(number, 1_000_000_000)) for (number,) in numbers}
    missing = names - {it["number"] for it in told["refused"]} - {Path(it).stem for it in archive.names()}
    report.tell("Factures promises en PDF", len(names), [f"pdf/{it[:4]}/{it}.pdf : absent" for it in sorted(missing)])


# ── les factures refaites ────────────────────────────────────────────────────────────────────────────────────────────


class Bills:
    """Chaque facture refaite de ses quantités et du livre qu'elle nomme : lignes, net, taxes, puissance, banque."""

    def __init__(self, base):
        self.base, self.faults, self.unread, self.rated = base, [], [], 0
        self.books, self.own, self.taxes = {}, defaultdict(list), defaultdict(list)
        for it in base.execute("SELECT * FROM billing_book"):
            content = json.loads(it["content"])
            canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
            if hashlib.sha256(canonical.encode()).hexdigest() != it["digest"]:
                self.faults.append(f"livre {it['code']} : son contenu n'est pas celui de son empreinte")
            try:
                self.books[it["id"]] = Book(content)
            except (NotInterpreted, KeyError, TypeError, ValueError) as problem:
                self.books[it["id"]] = f"{it['code']} : {problem}"
        for it in base.execute("SELECT * FROM billing_charge ORDER BY position"):
            (self.taxes if it["is_tax"] == "t" else self.own)[it["book_id"]].append(it["id"])
        self.fees = dict(base.execute(FEES).fetchall())

    def check(self, report):
        for bill in self.base.execute(RATED):
            key = bill["id"], bill["account_id"]
            lines = self.base.execute(LINES, key).fetchall()
            if not lines and bill["held"] == "t":
                continue
            given = {**UNSAID, **dict(self.base.execute(QUANTITIES, key).fetchall()), **dict(bill)}
            try:
                again, sums = self._rated(given)
            except (NotInterpreted, KeyError) as problem:
                self.unread.append(f"{type(problem).__name__} {problem}")
                continue
            self.rated += 1
            self.faults += [f"facture {bill['id']} : {name}, {given[name]} inscrit, {value} refait"
                            for name, value in sums.items() if given[name] != value]  # fmt: skip
            stored = Counter((it[0], day(it[1]), day(it[2]), it[3], it[4]) for it in lines)
            if stored != again:
                _, first, last, _, cents = min((stored - again) + (again - stored))
                place = f"ligne du {shown(first)} au {shown(last)}, {cents} cents"
                self.faults.append(f"facture {bill['id']} : {place}, d'un côté seulement")
        report.tell("Factures refaites de leurs livres", self.rated, self.faults, self.unread)

    def _rated(self, given):
        """Les lignes et les sommes d'une facture, refaites de ses quantités."""
        book = self.books.get(given["book_id"], "livre absent")
        if isinstance(book, str):
            raise NotInterpreted(book)
        *own, credit, fee_charge = self.own[given["book_id"]]
        if len(own) != book.count:
            raise NotInterpreted("les composantes inscrites ne sont pas celles du livre")
        start, end = day(given["rated_from_on"]), day(given["to_on"])
        given["registers"] = {name[10:]: value for name, value in given.items() if name.startswith("registers.")}
        rating = Rating(book, start, end, given)
        lines = Counter((own[place], *line) for place, *line in rating.lines)
        fee = self.fees.get(given["subscription_id"], 0) if given["previous_id"] == 0 else 0
        back = given["back_cents"] or 0  # ce qu'une facture estimée avait déjà facturé
        if given["settles_id"] != 0:
            lines[credit, start, day(given["back_to"]), -given["back_kwh"], -back] += 1
        if fee:
            lines[fee_charge, start, end, 1000, fee] += 1
        net = rating.net - back + fee
        cents = taxed(book, net if back or fee else rating.taxable, end - 1, given["exempt"])
        for place, amount in enumerate(cents):
            lines[self.taxes[given["book_id"]][place], start, end, net * 10, amount] += 1
        sums = {"rated_cents": rating.net, "net_cents": net, "tax_cents": sum(cents), "billing_kw": rating.billing_kw}
        return lines, {**sums, "bank_left": rating.bank_left} if book.net else sums


def verify(archive, report):
    """Tout vérifier, une ligne par série de contrôles."""
    manifest = json.loads(archive.text("manifeste.json"))
    if manifest["format"] != 1:
        report.tell("Format", 1, [f"ce vérificateur lit le format 1, l'archive est du format {manifest['format']}"])
        return
    check_files(archive, report)
    base = sqlite3.connect("")  # dans un fichier passager : la mémoire ne croît pas avec l'archive
    base.execute("PRAGMA journal_mode = OFF")
    base.row_factory = sqlite3.Row
    base.create_function("turn", 1, lambda dials: 1000 * 10**dials, deterministic=True)
    base.create_function("sha256", 1, lambda it: "\\x" + hashlib.sha256(bytes.fromhex(it[2:])).hexdigest())
    base.create_function("payable", 1, payable(archive, manifest), deterministic=True)
    check_links(base, report, load(archive, base, report, manifest))
    load_received(archive, base)
    check_all(base, report)
    check_printed(archive, base, report, manifest)
    Bills(base).check(report)


def main(arguments):
    """Dire ce qui est vérifié ; 0 quand tout est juste, 1 sinon, même quand l'archive ne se lit pas jusqu'au bout."""
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    report = Report()
    try:
        verify(Archive(Path(arguments[0]) if arguments else HERE), report)
    except (OSError, zipfile.BadZipFile, LookupError, ValueError, TypeError, csv.Error, sqlite3.Error) as problem:
        report.tell("Lecture de l'archive", 1, [f"elle ne se lit pas jusqu'au bout : {problem!r}"])
    print("Tout est juste." if not report.wrong else f"{report.wrong} fautes ou lignes non interprétées.")
    return int(bool(report.wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
