"""Ce qu'un ancien système a remis : ses factures s'additionnent, ses dépôts et ses fins sont ceux qui sont repris."""

import json
from collections import Counter

DEPOSITS = "2410"  # dépôts des clients : ledger_ledgeraccount.code
TOLD = {"ONE_CENT_BILL", "BILL_DOES_NOT_ADD_UP"}  # défauts de l'ancien système, dits à la reprise


def check_past(archive, report):
    """Chaque facture de l'ancien système s'additionne, ou ne le faisait déjà pas ; le passage part de la dernière."""
    told = {json.loads(it["evidence"])["bill"] for it in archive.table("takeover_flaw") if it["code"] in TOLD}
    lines, reversed_bills = Counter(), set()
    for it in archive.table("elsewhere_pastline"):
        lines[it["account_id"], it["number"]] += int(it["amount_cents"])
    for it in archive.table("elsewhere_pastbill"):
        if it["kind"] == "CREDIT_NOTE":
            reversed_bills.add((it["account_id"], it["corrects"]))
    faults, looked, last = [], 0, {}
    for it in archive.table("elsewhere_pastbill"):
        looked += 1
        key = it["account_id"], it["number"]
        net, total = int(it["net_cents"]), int(it["total_cents"])
        if it["number"] not in told:
            if net + int(it["gst_cents"]) + int(it["qst_cents"]) != total:
                faults.append(f"facture {it['number']} : son total n'est pas son net et ses taxes")
            if lines.get(key, net) != net:
                faults.append(f"facture {it['number']} : son net n'est pas la somme de ses lignes")
        if it["kind"] != "CREDIT_NOTE" and key not in reversed_bills:
            ends = it["to_on"], it["issued_on"]
            last[it["subscription_id"]] = max(ends, last.get(it["subscription_id"], ends))
    for it in archive.table("elsewhere_handover"):
        ends = last.get(it["subscription_id"])
        if bool(it["last_bill"]) != bool(ends) or (ends and (it["to_on"], it["issued_on"]) != ends):
            faults.append(f"compte {it['number']} : son passage n'est pas la fin de sa dernière facture")
    report.tell("Factures d'un ancien système", looked, faults)


def check_deposits(archive, report):
    """Chaque dépôt encore détenu est au grand livre pour son montant, et rien d'autre n'y est."""
    held = Counter()
    for it in archive.table("elsewhere_undertaking"):
        if it["kind"] == "DEPOSIT" and it["live"] == "t":
            held[it["account_id"], it["number"]] += int(it["amount_cents"])
    looked = len(held)
    for it in archive.table("elsewhere_opening"):
        if it["ledger_account_id"] == DEPOSITS:
            held[it["account_id"], it["number"]] += int(it["cents"])
    faults = [f"dépôt {number} du compte {account} : {cents} cents d'écart"
              for (account, number), cents in held.items() if cents]  # fmt: skip
    report.tell("Dépôts repris d'un ancien système", looked, faults)
