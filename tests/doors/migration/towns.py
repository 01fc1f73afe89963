"""Small towns for tests, written as an old system exports them: any order of columns, any spelling, any form of day."""

import gzip
import random
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fanal.links.legacy.mapping import SHIPPED

TOLD = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))["files"]
DELIMITED = {label: it["columns"] for label, it in TOLD.items() if "kind" in it}
BILL = TOLD["bills"]["records"]
DAYS = {"AAAA-MM-JJ": "{0}-{1}-{2}", "AAAAMMJJ": "{0}{1}{2}", "JJ/MM/AAAA": "{2}/{1}/{0}"}


def headers(column: Any) -> list[str]:
    return column if isinstance(column, list) else column["headers"]


@dataclass
class Town:
    """Rows by label of the mapping; a row names canonical columns, days are ISO, what it does not name is empty."""

    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    bills: list[str] = field(default_factory=list)
    control: list[str] = field(default_factory=list)

    def add(self, label: str, *rows: dict[str, str]) -> "Town":
        self.rows.setdefault(label, []).extend(rows)
        return self

    def bill(self, **cells: str) -> "Town":
        self.bills.append(fixed("E", cells))
        return self

    def bill_line(self, **cells: str) -> "Town":
        self.bills.append(fixed("L", cells))
        return self

    def write(self, folder: Path, *, seed: int = 0, days: str = "AAAA-MM-JJ", packed: Iterable[str] = ()) -> Path:
        """The files of the town; a seed other than 0 shuffles the columns and takes any spelling of their headers."""
        folder.mkdir(parents=True, exist_ok=True)
        chance = random.Random(seed)
        for label, columns in DELIMITED.items():
            names = list(columns)
            if seed:
                chance.shuffle(names)
            said = [chance.choice(headers(columns[it])) if seed else headers(columns[it])[0] for it in names]
            lines = [";".join(said)] + [
                ";".join(quoted(day_as(row.get(it, ""), days)) for it in names) for row in self.rows.get(label, [])
            ]
            put(folder, TOLD[label]["names"][0], lines, label in packed)
        put(folder, "factures.txt", self.bills, "bills" in packed)
        if self.control:
            put(folder, "controle.txt", self.control, False)
        return folder


def fixed(sign: str, cells: dict[str, str]) -> str:
    """A line of fixed width: texts to the left, numbers to the right."""
    columns = BILL[sign]["columns"]
    end = max(it["at"] + it["length"] - 1 for it in columns.values())
    line = list(sign.ljust(end))
    for name, text in cells.items():
        place = columns[name]
        value = text.replace("-", "") if name.endswith("_on") else text
        number = name in ("days", "kwh", "billed_kw", "net", "gst", "qst", "total", "quantity", "price", "amount")
        shown = value.rjust(place["length"]) if number else value.ljust(place["length"])
        line[place["at"] - 1 : place["at"] - 1 + place["length"]] = shown
    return "".join(line)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(it in cell for it in ';"') else cell


def day_as(cell: str, days: str) -> str:
    parts = cell.split("-")
    return DAYS[days].format(*parts) if len(parts) == 3 and parts[0].isdigit() and len(parts[0]) == 4 else cell


def put(folder: Path, name: str, lines: list[str], packed: bool) -> None:
    content = "".join(f"{line}\r\n" for line in lines).encode("cp1252")
    if packed:
        (folder / f"{name}.gz").write_bytes(gzip.compress(content))
    else:
        (folder / name).write_bytes(content)


def small_town() -> Town:
    """Two customers, each at home since years, read and billed once; nothing wrong anywhere."""
    town = Town()
    for place, (name, given) in enumerate((("Côté", "Anne"), ("Gagné", "Luc")), 1):
        customer, premises, account, serial = f"10000{place}", f"20000{place}", f"100000{place}", f"G000000{place}"
        town.add("customers", {
            "number": customer, "kind": "P", "name": name, "given_name": given, "address": f"{place} rue du Quai",
            "city": "Val-des-Pins", "province": "QC", "postal_code": f"G9Z 1A{place}", "phone": f"418 555-010{place}",
            "email": f"{given.lower()}@exemple.example", "language": "F", "status": "A", "created_on": "2010-05-01",
        })  # fmt: skip
        town.add("premises", {
            "number": premises, "civic_number": str(place), "street": "rue du Quai", "city": "Val-des-Pins",
            "postal_code": f"G9Z 1A{place}", "round": "01", "sequence": str(place * 10), "transformer": "T1",
            "use": "D", "heating": "E", "dwellings": "1", "phases": "1", "in_service_on": "1990-01-01", "status": "A",
        })  # fmt: skip
        town.add("rounds", {"round": "01", "sequence": str(place * 10), "premises": premises, "every_months": "2",
                            "next_on": "2026-11-02"})  # fmt: skip
        town.add("subscriptions", {
            "number": account, "customer": customer, "premises": premises, "tariff": "DOM", "starts_on": "2012-07-01",
            "status": "A", "equal_payments": "N", "nature": "P",
        })  # fmt: skip
        town.add("meters", {
            "serial": serial, "premises": premises, "maker": "GE", "model": "I-70-S", "dials": "5", "multiplier": "1",
            "phases": "1", "sealed_on": "2010-01-01", "verify_before_on": "2030-01-01", "installed_on": "2012-06-01",
            "status": "S",
        })  # fmt: skip
        for day, index, sort in (("2026-06-01", "1000", "O"), ("2026-08-01", "1500", "R"), ("2026-10-01", "2100", "R")):
            town.add("readings", {"premises": premises, "meter": serial, "read_on": day, "index": index, "type": sort,
                                  "reader": "R01", "anomaly": "00"})  # fmt: skip
        bill = f"26000000{place}"
        town.bill(number=bill, account=account, type="FA", issued_on="2026-10-05", due_on="2026-10-26",
                  from_on="2026-08-01", to_on="2026-10-01", days="61", tariff="DOM", kwh="600", net="70,54",
                  gst="3,53", qst="7,04", total="81,11")  # fmt: skip
        town.bill_line(bill=bill, rank="01", component="ACC", from_on="2026-08-01", to_on="2026-10-01",
                       quantity="61,0", price="0,46154", amount="28,15")  # fmt: skip
        town.bill_line(bill=bill, rank="02", component="EN1", from_on="2026-08-01", to_on="2026-10-01",
                       quantity="600,0", price="0,07065", amount="42,39")  # fmt: skip
        town.add("payments", {"number": f"000000{place}", "account": account, "received_on": "2026-10-20",
                              "amount": "81,11", "channel": "BQ"})  # fmt: skip
    return town


def town_with_a_box() -> Town:
    """The small town, and a box of the cable company at a flat rate, in a cycle of its own."""
    town = small_town()
    town.add("premises", {"number": "200009", "civic_number": "9", "street": "rue du Quai", "city": "Val-des-Pins",
                          "postal_code": "G9Z 1A9", "round": "90", "sequence": "1", "use": "F", "dwellings": "3",
                          "phases": "1", "in_service_on": "1990-01-01", "status": "A"})  # fmt: skip
    town.add("subscriptions", {"number": "1000009", "customer": "100001", "premises": "200009", "tariff": "CAB",
                               "starts_on": "2012-07-01", "status": "A", "quantity": "2",
                               "equal_payments": "N"})  # fmt: skip
    town.bill(number="260000009", account="1000009", type="FA", issued_on="2026-09-20", due_on="2026-10-11",
              from_on="2026-08-01", to_on="2026-09-01", days="31", tariff="CAB", kwh="0", net="79,11", gst="3,96",
              qst="7,89", total="90,96")  # fmt: skip
    town.add("prices", {"tariff": "DOM", "title": "Domestique", "starts_on": "2026-04-01", "component": "ACC",
                        "unit": "$/jour", "price": "0,46154", "threshold": ""})  # fmt: skip
    town.add("prices", {"tariff": "CAB", "title": "Boîtier", "starts_on": "2026-04-01", "component": "FOR",
                        "unit": "$/unite/30 jours", "price": "38,28", "threshold": ""})  # fmt: skip
    return town
