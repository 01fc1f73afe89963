"""The peer's half of `make bench-peers`: Tryton creates and posts invoices like ours, in an environment of its own.

Its own test tools set the company up; each invoice has four lines and two taxes, one customer, as a bill on rate D.
"""

import os
import time
from decimal import Decimal

from proteus import Model
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, create_tax, get_accounts
from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company, get_company
from trytond.tests.tools import activate_modules

INVOICES = int(os.environ.get("INVOICES", "100"))


def main() -> None:
    """Print how many invoices a second were created, and posted."""
    activate_modules("account_invoice", create_company, create_chart)
    year = set_fiscalyear_invoice_sequences(create_fiscalyear())
    year.click("create_period")
    taxes = [create_tax(Decimal("0.05")), create_tax(Decimal("0.09975"))]
    for tax in taxes:
        tax.save()
    accounts = get_accounts(get_company())
    party = Model.get("party.party")(name="Spécimen")
    party.save()
    Invoice = Model.get("account.invoice")
    began = time.perf_counter()
    invoices = []
    for _ in range(INVOICES):
        invoice = Invoice(type="out")
        invoice.party = party
        invoice.account = accounts["receivable"]
        for quantity, price in ((60, "0.4615"), (1500, "0.0691"), (700, "0.1065"), (60, "0.1")):
            line = invoice.lines.new()
            line.account, line.description = accounts["revenue"], "Énergie"
            line.quantity, line.unit_price = quantity, Decimal(price)
            line.taxes.extend([Model.get("account.tax")(tax.id) for tax in taxes])
        invoices.append(invoice)
    Invoice.save(invoices)
    created = time.perf_counter()
    Invoice.click(invoices, "post")
    posted = time.perf_counter()
    print(f"{INVOICES / (created - began):.1f} {INVOICES / (posted - created):.1f}")


main()
