"""Refaire une facture de son livre de tarifs, pour vérifier une archive de Fanal : la bibliothèque standard seule.

Rien n'est repris du logiciel qui a calculé les factures. Quantités en millièmes, prix en millionièmes, montants en
cents : des entiers exacts, un seul arrondi. Un livre qui dit ce qui n'est pas connu ici n'est pas interprété.
"""

import sys
from datetime import date
from decimal import Decimal
from functools import lru_cache


class NotInterpreted(Exception):
    """Un livre dit ce que ce vérificateur ne connaît pas."""


# ── nombres et jours ─────────────────────────────────────────────────────────────────────────────────────────────────


def half_up(numerator, denominator):
    """Diviser et arrondir au plus proche, la demie s'éloignant de zéro."""
    whole = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -whole if numerator < 0 else whole


def truncated(numerator, denominator):
    return -(-numerator // denominator) if numerator < 0 else numerator // denominator


@lru_cache(1 << 16)
def scaled(text, scale):
    """Un nombre décimal en entier ; il ne perd rien, sinon il n'est pas interprété."""
    exact = Decimal(str(text)) * scale
    if exact != int(exact):
        raise NotInterpreted(f"« {text} » a trop de décimales")
    return int(exact)


@lru_cache(1 << 16)
def day(text):
    return date.fromisoformat(text).toordinal()


def shown(ordinal):
    return date.fromordinal(ordinal).isoformat()


@lru_cache(1 << 16)
def months(start, end):
    """Mois du calendrier entre deux jours : (numérateur, dénominateur). Mois entiers, puis la part du mois entamé."""
    first = date.fromordinal(start)

    def later(count):
        year, month = divmod(first.year * 12 + first.month - 1 + count, 12)
        following = date(year + month // 11, (month + 1) % 12 + 1, 1).toordinal()
        return min(date(year, month + 1, 1).toordinal() + first.day, following) - 1

    whole = 0
    while later(whole + 1) <= end:
        whole += 1
    begun, following = later(whole), later(whole + 1)
    return whole * (following - begun) + end - begun, following - begun


@lru_cache(1 << 12)
def stretches(begins, ends, start, end):
    """Les morceaux d'une saison (mois-jour, fin exclue) dans [start, end)."""
    found = []
    for year in range(date.fromordinal(start).year - 1, date.fromordinal(end).year + 1):
        opening = date.fromisoformat(f"{year}-{begins}").toordinal()
        closing = date.fromisoformat(f"{year + (ends <= begins)}-{ends}").toordinal()
        if opening < end and closing > start:
            found.append((max(opening, start), min(closing, end)))
    return found


# ── le livre de tarifs : du JSON à des entiers ───────────────────────────────────────────────────────────────────────

SAID = {"code", "kind", "article", "source", "confidence", "taxable"}  # ce que toute composante peut dire
ENERGY = {"of", "less", "over_percent", "season", "credit"}
TIMED = {"per_days", "per"}
KINDS = {
    "fixed": TIMED | {"price", "times", "season", "credit"},
    "flat": ENERGY | {"price"},  # lue comme une seule tranche
    "blocks": TIMED | ENERGY | {"times", "steps"},
    "demand": TIMED | {"price", "of", "over", "over_per_multiplier", "upto", "season", "credit"},
    "minimum": TIMED | {"single_phase", "three_phase"},
    "percent": {"percent", "on"},
    "power_factor": {"target", "steps", "on"},
    "bank": {"price"},
}
VERSION = {"from", "to", "gap_before", "source", "confidence", "note", "billing_demand", "charges"}
DEMAND = {"power_factor_percent", "winter_ratchet_percent", "lookback", "quantum", "article"}
BOOK = {
    "kind", "code", "title", "utility", "currency", "cent", "proration", "rounding", "rounded", "quantum",
    "power_metered", "flat_rate", "needs", "winter", "seasons", "registers", "net_metering", "taxes", "titles",
    "articles", "version",
}  # fmt: skip


def only(known, said, where):
    """Refuser d'interpréter ce qui dit plus que ce qui est connu."""
    if unknown := sorted(set(said) - known):
        raise NotInterpreted(f"{where} dit « {unknown[0]} », inconnu de ce vérificateur")


class Book:
    """Un livre lu : ses versions, leurs composantes dans l'ordre du livre, ses taxes."""

    def __init__(self, content):
        only(BOOK, content, f"le livre {content.get('code')}")
        rounded = content.get("rounded", "line")
        for known, said in (
            (("half_up", "truncate"), content["rounding"]), (("days", "end", "reading"), content["proration"]),
            (("line", "document"), rounded),
        ):  # fmt: skip
            if said not in known:
                raise NotInterpreted(f"« {said} », un arrondi ou une répartition que ce vérificateur ne connaît pas")
        self.divided = half_up if content["rounding"] == "half_up" else truncated
        self.by_days = content["proration"] == "days"
        self.cent = scaled(content["cent"], 1_000_000) * 1000
        self.parts = 30 * self.cent if rounded == "document" else 1  # d'un cent, quand le document s'arrondit une fois
        self.quantum = scaled(content.get("quantum", "0.001"), 1000)
        self.registers, self.net = content.get("registers", {}), content.get("net_metering")
        winter = content.get("winter", {"from": "12-01", "to": "04-01"})
        summer = {"from": winter["to"], "to": winter["from"]}
        self.seasons = {"winter": winter, "summer": summer, **content.get("seasons", {})}
        self.taxes = [self._rates(it["rate"]) for it in content["taxes"]]
        self.count = 0
        self.versions = [self._version(it) for it in content["version"]]
        self.count += rounded == "document"  # une dernière ligne dit ce qui manque aux autres

    def _rates(self, rates):
        return [(day(it["from"]), scaled(it["rate"], 1_000_000), it["base"] == "net_and_previous") for it in rates]

    def _version(self, said):
        only(VERSION, said, "une version")
        demand = said.get("billing_demand") or {}
        only(DEMAND, demand, "une puissance à facturer")
        past = (demand.get("lookback") or {}).get("percent", demand.get("winter_ratchet_percent"))
        charges = []
        for it in said["charges"]:
            if it["kind"] not in KINDS:
                raise NotInterpreted(f"une composante de sorte « {it['kind']} »")
            only(SAID | KINDS[it["kind"]], it, f"la composante {it['code']}")
            if it["kind"] == "flat":
                it = {**it, "kind": "blocks", "steps": [{"price": it["price"]}]}
            charges.append((self.count, it))
            # Une ligne du livre par tranche, par palier, par nombre de phases.
            asked = sum(it.get(name) is not None for name in ("single_phase", "three_phase"))
            self.count += len(it.get("steps", ())) or asked or 1
        of_kva = demand.get("power_factor_percent")
        return {
            "from": day(said["from"]), "to": day(said["to"]) if said.get("to") else sys.maxsize, "charges": charges,
            "of_kva": None if of_kva is None else scaled(of_kva, 1000), "past": scaled(past or 0, 1000),
            "step": scaled(demand.get("quantum", "0.001"), 1000),
        }  # fmt: skip

    @lru_cache(1 << 14)  # noqa: B019 — quelques livres, gardés jusqu'à la fin
    def segments(self, start, end):
        """Les versions qui se partagent une période : (version, début, fin)."""
        if not self.by_days:
            found = [(it, start, end) for it in self.versions if it["from"] <= end - 1 < it["to"]]
        else:
            found = [(it, max(start, it["from"]), min(end, it["to"])) for it in self.versions]
        found = [it for it in found if it[1] < it[2]]
        if sum(last - first for _, first, last in found) != end - start:
            raise NotInterpreted("des jours sans prix")
        return found

    def tax(self, place, last_day):
        """Le taux d'une taxe ce jour-là, en millionièmes, et si elle s'ajoute à celles d'avant."""
        return [it for it in self.taxes[place] if it[0] <= last_day][-1][1:]


# ── une facture refaite ──────────────────────────────────────────────────────────────────────────────────────────────


class Rating:
    """Une facture, de ses quantités et de son livre : ses lignes (rang dans le livre, jours, quantité, cents)."""

    def __init__(self, book, start, end, given):
        self.book, self.start, self.end, self.given = book, start, end, given
        self.lines, self.net, self.taxable, self.billing_kw = [], 0, 0, 0
        self.flows = {"kwh": given["kwh"], "kvarh": given["kvarh"]}
        self.flows.update({name: given["registers"].get(name, 0) for name in book.registers})
        self.bank = 0
        if book.net:
            left = given["kwh"] - self.flows[book.net] - given["bank_kwh"]
            self.flows["kwh"], self.bank = max(left, 0), max(-left, 0)
        self.bank_left = 0 if given["bank_ends"] else self.bank
        for version, first, last in book.segments(start, end):
            self._segment(version, first, last)
        if book.parts > 1:
            self._round_the_document()

    def _segment(self, version, first, last):
        step = version["step"]

        def share(name, percent):  # un pourcentage d'une puissance, arrondi une fois, au pas du livre
            return half_up(self.given[name] * percent, 100_000 * step) * step

        self.amounts = []
        self.real = self.maximum = share("kw", 100_000)
        if version["of_kva"] is not None:
            self.maximum = max(self.real, share("kva", version["of_kva"]))
        self.billing_kw = max(self.maximum, share("past_kw", version["past"]))
        for place, charge in version["charges"]:
            season = self.book.seasons.get(charge.get("season"))
            spans = stretches(season["from"], season["to"], first, last) if season else [(first, last)]
            for span in spans:
                getattr(self, f"_{charge['kind']}")(place, charge, *span)

    def _keep(self, place, code, charge, span, quantity, amount, exact):
        """Garder une ligne ; ce qui s'additionne est son montant, ou ses parties de cent."""
        if quantity:
            self.lines.append((place, *span, quantity, amount))
        self.net += exact
        self.taxable += exact if charge.get("taxable", True) else 0
        self.amounts.append((code, exact))

    def _round_the_document(self):
        """Arrondir les sommes une fois ; une ligne dit ce que les lignes arrondies n'ont pas."""
        self.net, self.taxable = (self.book.divided(it, self.book.parts) for it in (self.net, self.taxable))
        if lacking := self.net - sum(amount for *_, amount in self.lines):
            shown = lacking * (self.book.cent // 1_000_000)
            self.lines.append((self.book.count - 1, self.start, self.end, shown, lacking))

    def _price(self, place, charge, span, quantity, price, over=1, step=""):
        """Une ligne : quantité × prix, au cent."""
        price = -price if charge.get("credit") else price
        amount = self.book.divided(quantity * price, self.book.cent * over)
        exact = quantity * price * 30 // over if self.book.parts > 1 else amount
        self._keep(place, charge["code"] + step, charge, span, quantity, amount, exact)

    def _used(self, name, first, last):
        """Ce qui d'une quantité tombe entre deux jours : ce qui est venu avant la fin, moins ce qui l'était avant."""
        return self._come(name, last) - self._come(name, first)

    def _come(self, name, until):
        days, whole, quantity = until - self.start, self.end - self.start, self.flows[name]
        if season := self.book.registers.get(name, {}).get("season"):
            season = self.book.seasons[season]
            days, whole = (
                sum(last - first for first, last in stretches(season["from"], season["to"], self.start, it))
                for it in (until, self.end)
            )
        if days == whole and whole:
            return quantity
        return half_up(quantity * days, max(whole, 1) * self.book.quantum) * self.book.quantum

    def _in_months(self, quantity, days):
        numerator, denominator = months(self.start, self.end)
        return half_up(quantity * days * numerator, denominator * (self.end - self.start))

    def _fixed(self, place, charge, first, last):
        times = self.given[charge["times"]] if charge.get("times") else 1
        count = (last - first) * 1000 * times
        if charge.get("per") == "month":
            count = self._in_months(1000 * times, last - first)
        elif charge.get("per") == "bill":
            count = 1000 * times * (last == self.end)
        price = scaled(charge["price"], 1_000_000)
        self._price(place, charge, (first, last), count, price, charge.get("per_days") or 1)

    def _energy(self, charge, first, last):
        found = self._used(charge.get("of", "kwh"), first, last)
        found -= sum(self._used(it, first, last) for it in charge.get("less", ()))
        if charge.get("over_percent"):
            free = max(self._used("kwh", first, last), 0) * scaled(charge["over_percent"], 1000)
            found = max(found - half_up(free, 100_000), 0)
        return found

    def _blocks(self, place, charge, first, last):
        used, filled = self._energy(charge, first, last), None
        for number, step in enumerate(charge["steps"]):
            quantity, limit = used, None
            if step.get("upto") is not None:
                limit = self._limit(charge, scaled(step["upto"], 1000), last - first)
                quantity = min(used, limit)
            if filled is not None:
                quantity = max(quantity - filled, 0)
            price = scaled(step["price"], 1_000_000)
            self._price(place + number, charge, (first, last), quantity, price, step=f".{number + 1}")
            filled = filled if limit is None else limit

    def _limit(self, charge, milli, days):
        times, divisor = 1, self.book.quantum * (charge.get("per_days") or 1)
        if charge.get("times") == "kw":
            times, divisor = self.billing_kw, divisor * 1000
        elif charge.get("times"):
            times = self.given[charge["times"]]
        if charge.get("per") == "month":
            numerator, denominator = months(self.start, self.end)
            times, divisor = times * numerator, divisor * denominator * (self.end - self.start)
        return half_up(milli * days * times, divisor) * self.book.quantum

    def _demand(self, place, charge, first, last):
        base = scaled(charge.get("over_per_multiplier", 0), 1000) * self.given["multiplier"]
        base = max(scaled(charge.get("over", 0), 1000), base)
        levels = {"billing_kw": self.billing_kw, "power_factor_excess": self.maximum - self.real}
        of = charge.get("of", "billing_kw")
        level = levels[of] if of in levels else self.flows[of]
        if charge.get("upto") is not None:
            level = min(level, scaled(charge["upto"], 1000))
        above, price = max(level - base, 0), scaled(charge["price"], 1_000_000)
        if charge.get("per") == "month":
            self._price(place, charge, (first, last), self._in_months(above, last - first), price)
        else:
            self._price(place, charge, (first, last), above, price * (last - first), charge["per_days"])

    def _minimum(self, place, charge, first, last):
        days, three = last - first, self.given["phases"] == 3
        price = charge.get("three_phase" if three else "single_phase")
        if price is None:
            return
        length, price = days * 1000, scaled(price, 1_000_000)
        if charge.get("per") == "month":
            length = self._in_months(1000, days)
        due = self.book.divided(length * price, self.book.cent * (charge.get("per_days") or 1))
        lacking = max(due - self.book.divided(self._so_far(()), self.book.parts), 0)
        after = three and charge.get("single_phase") is not None
        shown = length if lacking else 0
        self._keep(place + after, charge["code"], charge, (first, last), shown, lacking, lacking * self.book.parts)

    def _so_far(self, names):
        return sum(
            amount
            for code, amount in self.amounts
            if not names or any(code == name or code.startswith(f"{name}.") for name in names)
        )

    def _percent(self, place, charge, first, last, percent=None, step=""):
        base = half_up(self._so_far(charge.get("on", ())) * (self.book.cent // 1_000_000), self.book.parts)
        price = scaled(percent or charge["percent"], 10_000)
        self._price(place, charge, (first, last), base, price, step=step)

    def _power_factor(self, place, charge, first, last):
        active, reactive = max(self.flows["kwh"], 0), self.given["kvarh"]
        apparent = active * active + reactive * reactive

        def reaches(cos):  # le cos φ arrondi au centième
            return 40_000 * active * active >= apparent * (2 * scaled(cos, 100) - 1) ** 2

        if not reactive or reaches(charge["target"]):
            return
        for number, step in enumerate(charge["steps"]):
            if step.get("cos") is None or reaches(step["cos"]):
                self._percent(place + number, charge, first, last, step["percent"], f".{number + 1}")
                return

    def _bank(self, place, charge, first, last):
        if last == self.end and self.given["bank_ends"]:
            self._price(place, charge, (first, last), self.bank, -scaled(charge["price"], 1_000_000))


def taxed(book, base, last_day, exempt):
    """Chaque taxe, une fois par facture, dans l'ordre du livre."""
    cents = []
    for place in range(len(book.taxes)):
        rate, stacked = book.tax(place, last_day)
        rate = 0 if exempt >> place & 1 else rate
        cents.append(half_up((base + (sum(cents) if stacked else 0)) * rate, 1_000_000))
    return cents
