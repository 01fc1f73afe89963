"""Find an account by what a caller says: name, address, meter, delivery point, bill, account, telephone or e-mail.

Accents, capitals and a wrong letter are forgiven (unaccent, trigrams). An account or a meter number with
one character wrong, or two swapped, brings those that it may have been. Two queries.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import connection
from django.utils.text import slugify

from fanal.records.customers.facts import KEPT
from fanal.reports.who import ADDRESS, NAME
from fanal.values.check_digit import luhn_holds

SHOWN = 20
CANDIDATES = 200  # of each kind, before they are ranked together
ALIKE = 0.4  # share of the trigrams of a word that must be found again
ENOUGH = 0.45  # mean likeness of all the words typed, under which nothing is shown
WELL = 0.6  # likeness from which a word is said to be in a name or an address
BESIDE = 0.7  # share of the likeness of the best result under which another is left out
EACH = 0.35  # likeness that each word must have by itself
LINK_WORDS = frozenset(
    (
        "rue",
        "avenue",
        "av",
        "boul",
        "boulevard",
        "chemin",
        "ch",
        "rang",
        "route",
        "place",
        "app",
        "de",
        "des",
        "du",
        "la",
        "le",
        "les",
        "et",
    )
)
UNIT_WORDS = frozenset(("app", "apt", "appt", "appartement", "apartment", "unit", "no"))  # the number after it tells
POINT_NUMBER = re.compile(r"^([A-Z]+)[ -]?(\d+)$")
BILL_NUMBER = re.compile(r"^(20\d\d)-?(\d{6,9})$")
POSTAL_CODE = re.compile(r"\b([a-z]\d[a-z])\s?(\d[a-z]\d)\b", re.IGNORECASE)
PLAIN_NAME = "journal_plain_text(c.given_name || ' ' || c.name)"
PLAIN_PLACE = (
    "journal_plain_text(p.civic_number || ' ' || p.street || ' ' || p.unit || ' ' || p.city || ' ' || p.postal_code)"
)
SERIAL = "translate(lower(m.serial), ' -.', '')"
PLACE = f"concat_ws(', ', {ADDRESS}, p.city)"

# A customer merged into another answers by the one kept, under both names.
# Each branch: a subscription, the customer or the place where there is none, the reason, what matched, how well.
HITS = (
    f"""
kept AS MATERIALIZED ({KEPT}),
"""
    + """
names AS MATERIALIZED (
    SELECT c.id, {name} AS matched, {name_score} AS score FROM customers_customer c
    WHERE {name_like} ORDER BY score DESC, c.id LIMIT %(candidates)s),
places AS MATERIALIZED (
    SELECT p.id, {address} AS matched, {place_score} AS score FROM premises_premises p
    WHERE {place_like} ORDER BY score DESC, p.id LIMIT %(candidates)s),
meters AS MATERIALIZED (
    SELECT m.id, m.serial AS matched,
        CASE WHEN {serial} = %(code)s THEN 3 WHEN {serial} LIKE %(code_within)s THEN 2
            ELSE 1 END AS score
    FROM metering_meter m
    WHERE %(is_code)s AND ({serial} LIKE %(code_within)s{serial_near})
    ORDER BY score DESC, m.id LIMIT %(candidates)s),
hits (subscription_id, customer_id, premises_id, reason, matched, score) AS (
    SELECT h.subscription_id, coalesce(k.kept_id, n.id), NULL::bigint, 'name', n.matched, n.score::float FROM names n
        LEFT JOIN kept k ON k.merged_id = n.id
        LEFT JOIN subscriptions_subscriptionholder h ON h.customer_id = coalesce(k.kept_id, n.id)
    UNION ALL SELECT s.id, NULL, l.id, 'address', l.matched, l.score FROM places l
        LEFT JOIN premises_deliverypoint d ON d.premises_id = l.id
        LEFT JOIN subscriptions_subscription s ON s.delivery_point_id = d.id
    UNION ALL SELECT s.id, NULL, NULL, 'meter', m.matched, m.score FROM meters m
        JOIN metering_installation i ON i.meter_id = m.id
        JOIN subscriptions_subscription s ON s.delivery_point_id = i.delivery_point_id
            AND daterange(s.starts_on, s.ends_on) && daterange(i.starts_on, i.ends_on)
    UNION ALL SELECT s.id, NULL, d.premises_id, 'point', d.number, 3 FROM premises_deliverypoint d
        LEFT JOIN subscriptions_subscription s ON s.delivery_point_id = d.id WHERE d.number = ANY(%(points)s)
    UNION ALL SELECT b.subscription_id, NULL, NULL, 'bill', i.number::text, 3 FROM billing_issue i
        JOIN billing_bill b ON b.account_id = i.account_id AND b.id = i.bill_id WHERE i.number = %(bill)s
    UNION ALL SELECT s.id, NULL, NULL,
            CASE WHEN a.number LIKE %(digits)s || '%%' OR a.number = %(padded)s THEN 'account' ELSE 'near_account' END,
            a.number,
            CASE WHEN a.number = %(padded)s THEN 3 WHEN a.number LIKE %(digits)s || '%%' THEN 2 ELSE 1 END
        FROM ledger_account a JOIN subscriptions_subscription s ON s.account_id = a.id
        WHERE length(%(digits)s) >= 4 AND (a.number LIKE %(digits)s || '%%' OR a.number = ANY(%(accounts)s))
    UNION ALL SELECT subscription_id, NULL, NULL, 'past_account', number, 3 FROM elsewhere_handover
        WHERE number = %(digits)s AND %(digits)s <> ''
    UNION ALL SELECT h.subscription_id, coalesce(k.kept_id, t.customer_id), NULL, 'phone', t.value, 2
        FROM customers_contact t LEFT JOIN kept k ON k.merged_id = t.customer_id
        LEFT JOIN subscriptions_subscriptionholder h ON h.customer_id = coalesce(k.kept_id, t.customer_id)
        WHERE t.kind = 'PHONE' AND length(%(digits)s) >= 10
            AND regexp_replace(t.value, '[^0-9]', '', 'g') IN (%(digits)s, '1' || %(digits)s)
    UNION ALL SELECT h.subscription_id, coalesce(k.kept_id, t.customer_id), NULL, 'email', t.value, 2
        FROM customers_contact t LEFT JOIN kept k ON k.merged_id = t.customer_id
        LEFT JOIN subscriptions_subscriptionholder h ON h.customer_id = coalesce(k.kept_id, t.customer_id)
        WHERE t.kind = 'EMAIL' AND lower(t.value) = %(email)s
)
"""
)
# One row an account, or a customer or a place without one; the likeness is that of all the words, wherever they are.
FOUND = """
, told AS (
    SELECT DISTINCT ON (s.account_id, CASE WHEN s.id IS NULL THEN (h.customer_id, h.premises_id) END)
        s.account_id, h.customer_id, h.premises_id, s.id, s.starts_on, s.ends_on, d.premises_id AS place,
        h.reason, h.matched, h.score
    FROM hits h LEFT JOIN subscriptions_subscription s ON s.id = h.subscription_id
        LEFT JOIN premises_deliverypoint d ON d.id = s.delivery_point_id
    ORDER BY s.account_id, CASE WHEN s.id IS NULL THEN (h.customer_id, h.premises_id) END,
        h.score DESC, s.ends_on DESC NULLS FIRST, s.starts_on DESC
), described AS (
    SELECT t.*, a.number, coalesce(w.who, '') AS who, {address} AS address, p.id AS at,
        journal_plain_text(concat_ws(' ', w.who, w.once)) AS plain_who,
        journal_plain_text(coalesce(p.city, '')) AS plain_city,
        journal_plain_text(concat_ws(' ', p.civic_number, p.street, p.unit, p.postal_code)) AS plain_place
    FROM told t LEFT JOIN ledger_account a ON a.id = t.account_id
    LEFT JOIN LATERAL (
        SELECT string_agg({name}, ', ' ORDER BY h.rank) AS who, string_agg((
            SELECT string_agg(concat_ws(' ', merged.given_name, merged.name), ' ') FROM kept
            JOIN customers_customer merged ON merged.id = kept.merged_id WHERE kept.kept_id = c.id), ' ') AS once
        FROM (
            SELECT customer_id, rank FROM subscriptions_subscriptionholder WHERE subscription_id = t.id
            UNION ALL SELECT t.customer_id, 1 WHERE t.id IS NULL) h
        JOIN customers_customer c ON c.id = h.customer_id) w ON true
    LEFT JOIN premises_premises p ON p.id = coalesce(t.place, t.premises_id, (
        SELECT premises_id FROM subscriptions_owneragreement o WHERE o.customer_id = t.customer_id AND t.id IS NULL
        ORDER BY o.starts_on DESC LIMIT 1))
), weighed AS (
    SELECT d.*, l.in_name, l.in_place,
        CASE WHEN d.reason IN ('name', 'address') THEN CASE WHEN l.least >= %(each)s THEN l.mean ELSE 0 END
            ELSE d.score END AS likeness
    FROM described d, LATERAL (
        SELECT max(name) AS in_name, max(place) AS in_place, avg(greatest(name, place, 0.9 * city)) AS mean,
            min(greatest(name, place, 0.9 * city)) AS least
        FROM (SELECT word_similarity(word, d.plain_who) AS name, word_similarity(word, d.plain_place) AS place,
                word_similarity(word, d.plain_city) AS city FROM unnest(%(words)s::text[]) word) each) l
), best AS (SELECT max(likeness) AS likeness FROM weighed)
SELECT coalesce(number, ''), who, coalesce(address, ''), starts_on, ends_on, reason, matched, w.likeness, in_name,
    in_place, coalesce((SELECT sum(debit_cents - credit_cents) FROM ledger_posting l WHERE l.account_id = w.account_id
        AND l.ledger_account_id = 1200 AND l.on_date <= %(on)s), 0)::bigint,
    coalesce((SELECT min(d.number) FROM premises_deliverypoint d WHERE d.premises_id = w.at AND NOT EXISTS (
        SELECT FROM subscriptions_subscription s WHERE s.delivery_point_id = d.id
            AND (s.ends_on IS NULL OR s.ends_on > %(on)s))), ''),
    count(*) OVER ()
FROM weighed w, best
WHERE w.likeness >= CASE WHEN best.likeness >= 1.5 THEN best.likeness
    ELSE greatest(%(enough)s, best.likeness * %(beside)s) END
ORDER BY round(w.likeness::numeric, 2) DESC, number IS NULL, ends_on IS NOT NULL, who, number LIMIT %(shown)s
"""


class Reason(StrEnum):
    """What of a result answers the words typed."""

    NAME = "name"
    ADDRESS = "address"
    METER = "meter"
    POINT = "point"
    BILL = "bill"
    ACCOUNT = "account"
    NEAR_ACCOUNT = "near_account"
    PAST_ACCOUNT = "past_account"  # its number in the system before Fanal
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Result:
    """An account that answers, or a customer or a place that has none (its number is then empty)."""

    account: str
    who: str
    address: str
    starts_on: date | None
    ends_on: date | None
    reason: Reason
    matched: str
    likeness: float
    in_name: float
    in_place: float
    balance_cents: int
    free_point: str  # a delivery point of that place where nobody is subscribed; empty when there is none

    @property
    def is_exact(self) -> bool:
        """Whether all that was typed is found as it is."""
        return self.likeness >= 0.899

    @property
    def names_who(self) -> bool:
        """Whether a word typed is in the names."""
        return self.reason == Reason.NAME or (self.reason == Reason.ADDRESS and self.in_name >= WELL)

    @property
    def names_where(self) -> bool:
        """Whether a word typed is in the address."""
        return self.reason == Reason.ADDRESS or (self.reason == Reason.NAME and self.in_place >= WELL)

    @property
    def names_one(self) -> bool:
        """Whether what was typed is the whole number of this account, this meter, this point or this bill."""
        return self.likeness == 3 and self.account != ""


@dataclass(frozen=True, slots=True)
class Found:
    """The best results, and how many there are in all (at most a few hundreds are looked at)."""

    results: tuple[Result, ...]
    count: int
    wrong_digit: bool = False  # ten digits were typed which are no account: the last one does not agree


def find(said: str, on: date, shown: int = SHOWN) -> Found:
    """What answers these words, the likeliest first."""
    words = words_of(said)
    code = re.sub(r"[ .-]", "", said.lower())
    digits = re.sub(r"[\s\u00a0-]", "", said)
    digits = digits if digits.isascii() and digits.isdigit() else ""
    if not words or len(code) < 2:
        return Found((), 0)
    wrong_digit = len(digits) == 10 and not luhn_holds(digits)
    asked = {
        "on": on,
        "shown": shown,
        "candidates": CANDIDATES,
        "enough": ENOUGH,
        "each": EACH,
        "beside": BESIDE,
        "words": words,
        "code": code,
        "code_within": f"%{_escaped(code)}%",
        "is_code": len(code) >= 4 and len(digits) < 10 and any(it.isdigit() for it in code),
        "bill": _bill(said),
        "points": _points(said),
        "digits": digits,
        "padded": digits.zfill(10) if digits else "",
        "accounts": _may_have_been(digits) if wrong_digit else [digits.zfill(10)],
        "email": said.strip().lower(),
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, false)", [str(ALIKE)])
        cursor.execute(_query(words, asked), asked)
        rows = cursor.fetchall()
    results = tuple(Result(*row[:5], Reason(row[5]), *row[6:12]) for row in rows)
    return Found(results, rows[0][12] if rows else 0, wrong_digit and not any(it.likeness >= 2 for it in results))


def words_of(said: str) -> list[str]:
    """The words typed, without accents or capitals; a postal code is one word with its space."""
    text = POSTAL_CODE.sub(lambda code: f"{code[1]}{code[2]}", said)
    words = slugify(text.replace("’", " ").replace("'", " ").replace("_", " ")).split("-") if text.strip() else []
    return ([it for it in words if it not in UNIT_WORDS] or words)[:8]


def _query(words: list[str], asked: dict[str, object]) -> str:
    """The statement for so many words; each word is a parameter."""
    telling = [it for it in words if it not in LINK_WORDS and not it.isdigit()] or words
    asked |= {f"word_{rank}": word for rank, word in enumerate(telling)}
    names = [f"%(word_{rank})s <%% {PLAIN_NAME}" for rank, _ in enumerate(telling)]
    places = [f"%(word_{rank})s <%% {PLAIN_PLACE}" for rank, _ in enumerate(telling)]
    near = _near(str(asked["code"])) if asked["is_code"] else []
    asked |= {f"near_{rank}": pattern for rank, pattern in enumerate(near)}
    mean = "(SELECT avg(word_similarity(word, {})) FROM unnest(%(words)s::text[]) word)"
    serial_near = "".join(f" OR {SERIAL} LIKE %(near_{rank})s" for rank, _ in enumerate(near))
    hits = HITS.format(
        name=NAME,
        address=PLACE,
        serial=SERIAL,
        serial_near=serial_near,
        name_like=" OR ".join(names),
        place_like=" OR ".join(places),
        name_score=mean.format(PLAIN_NAME),
        place_score=mean.format(PLAIN_PLACE),
    )
    return "WITH " + hits + FOUND.format(address=PLACE, name=NAME)


def _points(said: str) -> list[str]:
    """The numbers of delivery points that the words may be: as they are, and with the dash that they may lack."""
    typed = said.strip().upper()
    lacks = POINT_NUMBER.match(typed)
    return [typed, f"{lacks[1]}-{lacks[2]}"] if lacks else [typed]


def _bill(said: str) -> int:
    """The number of a bill as it is stored, 0 when the words are none."""
    found = BILL_NUMBER.match(said.replace(" ", "").strip())
    return int(found[1]) * 10**9 + int(found[2]) if found else 0


def _may_have_been(digits: str) -> list[str]:
    """The account numbers one wrong digit, or two swapped neighbours, away from these."""
    changed = {digits[:at] + new + digits[at + 1 :] for at in range(10) for new in "0123456789"}
    swapped = {digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :] for at in range(9)}
    return sorted(it for it in changed | swapped if luhn_holds(it))


def _near(code: str) -> list[str]:
    """Patterns of the serial numbers one character away, or two swapped neighbours away, from this one."""
    if not 6 <= len(code) <= 16:
        return []
    changed = [_escaped(code[:at]) + "_" + _escaped(code[at + 1 :]) for at in range(len(code))]
    return changed + [_escaped(code[:at] + code[at + 1] + code[at] + code[at + 2 :]) for at in range(len(code) - 1)]


def _escaped(code: str) -> str:
    return code.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
