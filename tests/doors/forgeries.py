"""What a forger would alter in an archive, table by table, and the fault that the verifier says of it."""

from collections.abc import Callable

Rows = list[dict[str, str]]


def a_cent(rows: Rows) -> None:
    rows[100]["amount_cents"] = str(int(rows[100]["amount_cents"]) + 1)


def two_lines_that_make_up(rows: Rows) -> None:
    """A cent from one line to another of the same bill: its sum holds, its book does not."""
    place = next(it for it in range(100, len(rows)) if rows[it]["bill_id"] == rows[it + 1]["bill_id"])
    for it, cents in ((rows[place], 1), (rows[place + 1], -1)):
        it["amount_cents"] = str(int(it["amount_cents"]) + cents)


def one_posting_less(rows: Rows) -> None:
    del rows[50]


def one_entry_less(rows: Rows) -> None:
    kind, source = rows[50]["kind"], rows[50]["source"]
    rows[:] = [it for it in rows if (it["kind"], it["source"]) != (kind, source)]


def swap_readings(rows: Rows) -> None:
    same = [it for it in rows if it["register_id"] == rows[0]["register_id"] and it["sequence"] == "1"][:2]
    same[0]["value"], same[1]["value"] = same[1]["value"], same[0]["value"]


def one_bill_less(rows: Rows) -> None:
    del rows[10]


def another_quantity(rows: Rows) -> None:
    place = next(it for it in range(100, len(rows)) if int(rows[it]["kwh"]) > 0)
    rows[place]["kwh"] = str(int(rows[place]["kwh"]) + 1000)


def another_price(rows: Rows) -> None:
    for it in rows:
        it["content"] = it["content"].replace('"0.05"', '"0.06"')


def a_past_payment(rows: Rows) -> None:
    rows[0]["amount_cents"] = "1496"


def another_opening(rows: Rows) -> None:
    rows[0]["account_id"] = str(int(rows[0]["account_id"]) - 1)


def another_tax(rows: Rows) -> None:
    rows[0]["gst_cents"] = "501"


def a_past_line(rows: Rows) -> None:
    rows[0]["amount_cents"] = "10001"


def a_greater_deposit(rows: Rows) -> None:
    next(it for it in rows if it["kind"] == "DEPOSIT")["amount_cents"] = "105000"


def more_interest(rows: Rows) -> None:
    rows[0]["interest_cents"] = "13"


def a_deposit_in_part(rows: Rows) -> None:
    rows[0]["deposit_cents"] = "2999"


def another_instalment(rows: Rows) -> None:
    rows[0]["instalment_cents"] = "6800"


def another_plan(rows: Rows) -> None:
    rows[0]["replaced_by"] = "R-2"


def an_earlier_end(rows: Rows) -> None:
    rows[0]["to_on"] = rows[0]["issued_on"].replace("2026", "2025")


def more_energy(rows: Rows) -> None:
    rows[0]["kwh"] = "5900000"


def a_year_to_pay(rows: Rows) -> None:
    rows[0]["due_on"] = rows[0]["due_on"].replace("2026", "2027")


def the_last_to_be_paid_at_leisure(rows: Rows) -> None:
    rows[-1]["due_on"] = "2027-06-30"


def smaller_instalments(rows: Rows) -> None:
    next(it for it in rows if it["kind"] == "ARRANGEMENT")["amount_cents"] = "2000"


def a_smaller_debt(rows: Rows) -> None:
    owed = next(it for it in rows if it["kind"] == "ARRANGEMENT")
    owed["terms"] = owed["terms"].replace("9000", "6000")


def a_receipt_of_nobody(rows: Rows) -> None:
    rows[-1]["account_id"] = "999999"


def a_line_twice(rows: Rows) -> None:
    rows.insert(5, dict(rows[5]))


def half_a_cent(rows: Rows) -> None:
    rows[-1]["amount_cents"] += ".5"


def another_bank_account(rows: Rows) -> None:
    debited = next(it for it in rows if it["kind"] == "DEBIT")
    debited["terms"] = debited["terms"].replace("1234567", "6666666")


def a_debit_of_another_account(rows: Rows) -> None:
    next(it for it in rows if it["kind"] == "DEBIT")["account_id"] = "1"


def a_live_plan_ended(rows: Rows) -> None:
    next(it for it in rows if it["kind"] == "EQUAL_PAYMENTS")["live"] = "f"


def the_promises_gone(rows: Rows) -> None:
    rows[:] = [it for it in rows if it["kind"] == "DEPOSIT"]


def all_gone(rows: Rows) -> None:
    rows.clear()


def the_first_gone(rows: Rows) -> None:
    del rows[0]


def a_greater_amount(rows: Rows) -> None:
    rows[0]["amount_cents"] = "21497"


def an_entry_of_another_month(rows: Rows) -> None:
    """Every line of an entry of a bill, so that it stays whole."""
    entry = next(it for it in rows if it["kind"] == "1")
    for it in rows:
        if (it["kind"], it["source"]) == (entry["kind"], entry["source"]):
            it["on_date"] = "2025-01-15"


def a_line_of_another_day(rows: Rows) -> None:
    next(it for it in rows if it["kind"] == "3")["on_date"] = "2099-01-15"


def more_allocated(rows: Rows) -> None:
    rows[0]["amount_cents"] = str(int(rows[0]["amount_cents"]) + 100_000_000)


def another_debit(rows: Rows) -> None:
    rows[0]["cents"] = "1"


def a_debit_moved(rows: Rows) -> None:
    rows[0]["id"] = "999"


def another_file(rows: Rows) -> None:
    rows[0]["content"] = rows[0]["content"][:-2] + "00"


TAMPERINGS: dict[str, tuple[str, Callable[[Rows], None], str]] = {
    "a cent more in a line": ("billing_line", a_cent, "la somme de ses lignes"),
    "a cent from a line to another": ("billing_line", two_lines_that_make_up, "d'un côté seulement"),
    "a posting missing": ("ledger_posting", one_posting_less, "n'est pas entière"),
    "an entry missing": ("ledger_posting", one_entry_less, "aucune écriture pour le document"),
    "two readings swapped": ("metering_reading", swap_readings, "n'est pas celui de la relève"),
    "a bill number missing": ("billing_issue", one_bill_less, "manque, ou dépasse la série"),
    "another quantity": ("billing_bill", another_quantity, "par ses mesures"),
    "a payment of the old system": ("elsewhere_pastpayment", a_past_payment, "d'après l'ancien système"),
    "a tax of a past bill": ("elsewhere_pastbill", another_tax, "son total n'est pas son net"),
    "a line of a past bill": ("elsewhere_pastline", a_past_line, "n'est pas la somme de ses lignes"),
    "the interest of a deposit": ("elsewhere_depositentry", more_interest, "celle de son document"),
    "the instalment of a review": ("elsewhere_planreview", another_instalment, "ne sont pas ceux de leur révision"),
    "a review that is gone": ("elsewhere_planreview", another_plan, "aucune révision ne les a fixés"),
    "a deposit given back in part": ("elsewhere_depositentry", a_deposit_in_part, "rendu autrement qu'en entier"),
    "a deposit of the old system": ("elsewhere_undertaking", a_greater_deposit, "cents d'écart"),
    "a handover to an earlier day": ("elsewhere_handover", an_earlier_end, "n'est pas la fin de sa dernière facture"),
    "an opening of another account": ("elsewhere_opening", another_opening, "ce n'est pas celle de son document"),
    "the energy of a past bill": ("elsewhere_pastbill", more_energy, "il a remis autre chose"),
    "the due date of a past bill": ("elsewhere_pastbill", a_year_to_pay, "il a remis autre chose"),
    "the due date of an opening": ("elsewhere_opening", a_year_to_pay, "n'est pas celle de la facture ou du dépôt"),
    "the instalments of an arrangement": ("elsewhere_undertaking", smaller_instalments, "un autre montant"),
    "the debt of an arrangement": ("elsewhere_undertaking", a_smaller_debt, "d'autres termes"),
    "the due date of a bill": ("billing_issue", the_last_to_be_paid_at_leisure, "n'est pas celle d'une émission du"),
    "a receipt of nobody": ("payments_receipt", a_receipt_of_nobody, "mais ledger_account n'en a pas"),
    "a row twice": ("billing_line", a_line_twice, "une clé y est deux fois"),
    "half a cent": ("payments_receipt", half_a_cent, "un entier n'en est pas un"),
    "a rate of tax changed in a book": ("billing_book", another_price, "son contenu n'est pas celui de son empreinte"),
    "the bank account of a debit": ("elsewhere_undertaking", another_bank_account, "d'autres termes"),
    "a debit moved to another account": ("elsewhere_undertaking", a_debit_of_another_account, "d'autres termes"),
    "a live plan ended": ("elsewhere_undertaking", a_live_plan_ended, "d'autres termes"),
    "the promises gone": ("elsewhere_undertaking", the_promises_gone, "debits : 0 lignes gardées, 1 chargées"),
    "the lines of past bills gone": ("elsewhere_pastline", all_gone, "bill_lines : 0 lignes gardées, 1 chargées"),
    "the notices gone": ("elsewhere_pastnotice", all_gone, "notices : 0 lignes gardées, 1 chargées"),
    "another amount in a notice": ("elsewhere_pastnotice", a_greater_amount, "l'ancien système a remis autre chose"),
    "the end of a promise gone": ("elsewhere_promiseend", all_gone, "n'est pas celle du journal"),
    "an entry of another month": (
        "ledger_posting",
        an_entry_of_another_month,
        "son jour n'est pas celui de son document",
    ),
    "a line of another day": ("ledger_posting", a_line_of_another_day, "elle est de deux jours"),
    "allocations gone": ("payments_allocation", all_gone, "n'est affecté qu'en partie"),
    "more allocated than paid": ("payments_allocation", more_allocated, "cents affectés du crédit"),
    "a debit of another amount": ("payments_debit", another_debit, "le compte ou le total de son fichier"),
    "a debit gone": ("payments_debit", the_first_gone, "le compte ou le total de son fichier"),
    "a debit with another reference": ("payments_debit", a_debit_moved, "n'a pas sa référence"),
    "a debit file changed": ("payments_debitbatch", another_file, "n'est pas celui de son empreinte"),
}
