"""An old system's town received at the desk, compared with its own prices; bills to spoil."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from fanal.doors.migration import intake
from fanal.law.shadow.prices import terms
from fanal.records.shadow import acts
from fanal.records.takeover.loading import whole
from tests.doors.migration.towns import BILL, Town, small_town

TODAY = date(2026, 11, 16)
PRICES = (("ACC", "$/jour", "0,46154", ""), ("EN1", "$/kWh", "0,07065", "40 kWh/jour"), ("EN2", "$/kWh", "0,11142", ""))


def priced_town() -> Town:
    """The small town with the prices that its bills were made of."""
    town = small_town()
    for component, unit, price, limit in PRICES:
        town.add("prices", {"tariff": "DOM", "title": "Domestique", "starts_on": "2026-04-01", "component": component,
                            "unit": unit, "price": price, "threshold": limit})  # fmt: skip
    return town


def spoil(town: Town, number: str, **cells: str) -> Town:
    """Change cells of one printed bill."""
    place = next(at for at, line in enumerate(town.bills) if line.startswith(f"E{number}"))
    line = list(town.bills[place])
    for name, text in cells.items():
        column = BILL["E"]["columns"][name]
        line[column["at"] - 1 : column["at"] - 1 + column["length"]] = text.rjust(column["length"])
    town.bills[place] = "".join(line)
    return town


def received(town: Town) -> int:
    """The export of a town, received and examined."""
    with TemporaryDirectory() as folder:
        town.write(Path(folder))
        mapping = intake.read_mapping(None)
        export_id = intake.receive(folder=Path(folder), mapping=mapping, by="reprise", on=TODAY).export_id
    intake.examine(export_id=export_id, by="reprise", on=TODAY)
    return export_id


def loaded(town: Town) -> None:
    """The records of a town, taken over."""
    books = intake.read_mapping(None).books
    whole.load_export(export_id=received(town), books=books, by="maude.facturation", on=TODAY)


def compared(town: Town, *, sets: int = 0, many: int = acts.SET) -> int:
    """A run of a town: whole, or of so many sets only."""
    run = acts.begin_run(export_id=received(town), terms=terms(), by="maude.facturation", on=TODAY)
    opened = acts.open_run(run_id=run)
    while acts.compare_set(opened=opened, by="maude.facturation", on=TODAY, many=many) and (sets := sets - 1):
        pass
    return run


def one_cent() -> Town:
    """The first bill lost a cent of GST; the second is what nothing explains."""
    town = spoil(priced_town(), "260000001", gst="3,52", total="81,10")
    return spoil(town, "260000002", net="99,99", total="110,56")


def paid_by_nobody(town: Town) -> Town:
    """The same with a payment of an account that it does not have: it waits for a person."""
    town.add("payments", {"number": "77", "account": "7777777", "received_on": "2026-10-20", "amount": "12,50",
                          "channel": "CH"})  # fmt: skip
    return town
