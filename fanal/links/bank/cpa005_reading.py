"""What the bank says of débits préautorisés: a file of the Norme 005, ours or its returns, as values.

Tolerant of what banks cut: the blanks that end a record, the segments that hold nothing, the kind of line end. Strict
on what tells that nothing is missing: record numbers, and the totals of the trailer. A file is read whole, or refused.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast, get_args

from fanal.links.bank.cpa005 import CURRENCY
from fanal.links.bank.cpa005_layout import (
    HEADER,
    LENGTH,
    SEGMENT,
    SEGMENTS,
    START,
    TOTALS,
    TRAILER,
    day_of,
    unpack,
    width,
)
from fanal.values import wording
from fanal.values.refusal import Phrase, Problem, Refused, in_each, refuse, refuse_any

Kind = Literal["C", "D", "E", "F", "I", "J"]  # a credit, a debit, one taken back of each, one returned of each
KINDS: tuple[Kind, ...] = get_args(Kind)
NOTICES = ("S", "U", "V")  # of changes of account: a layout of their own
REASON = re.compile("9[0-9]{2}")  # the codes of transactions stop before
BREAK = re.compile("\r\n|\r|\n")
NBSP, END_OF_TEXT = "\u00a0", "\x1a"
BYTES_MAX = 64 * 2**20
PROBLEMS_MAX = 20
NOT_IN_CAD = Phrase("Les montants sont en « {said} », et non en CAD.")
OUT_OF_PLACE = Phrase("Un enregistrement « {said} » n’a pas sa place entre l’en-tête et le total.")
ANOTHER_FILE = Phrase("« {said} » n’est pas celui de l’en-tête : deux fichiers sont mêlés.")
NOTICE = Phrase("Un avis de changement « {said} » n’est pas lu : le reporter à la main.")
NOT_A_NUMBER = Phrase("« {said} » n’est pas un nombre.")
NOT_A_DAY = Phrase("« {said} » n’est pas un jour écrit 0AAJJJ.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A payment: where it is in the file, and what is said of it.

    A debit returned is known by its cross reference: its account may be the payor’s, or the one returns go to.
    """

    line: int
    segment: int
    kind: Kind
    transaction_code: str
    reason: str  # 9xx of norme 007; empty when there is none
    cents: int
    due_on: date | None
    institution: str
    transit: str
    account: str
    name: str
    cross_reference: str
    item_trace: str
    original_trace: str
    invalid_elements: tuple[str, ...]
    file_creation_number: int

    @property
    def key(self) -> str:
        """The same for the same item of the same file, however often that file comes."""
        number = f"{self.file_creation_number:04}"
        return "|".join((self.kind, number, self.item_trace, self.cross_reference, self.reason))


@dataclass(frozen=True, slots=True, kw_only=True)
class CpaFile:
    """A file as read; `unread` says what of it a person has to look at elsewhere."""

    originator_id: str
    file_creation_number: int
    created_on: date
    data_centre: str
    items: tuple[Item, ...]
    unread: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    text: str  # of the whole length, its blanks given back

    @property
    def type(self) -> str:
        return self.text[0]

    def problem(self, field: str, sentence: str, said: str) -> Problem:
        return Problem(self.line, field, sentence, said=said)


@dataclass(frozen=True, slots=True)
class _Segment:
    record: _Record
    rank: int
    fields: Mapping[str, str]

    def field(self, name: str) -> str:
        return f"{name} du paiement {self.rank}"


def read(content: bytes) -> CpaFile:
    """The payments of such a file. Raises Refused: the line, the field and the reason."""
    records = _records(content)
    notices = [it for it in records if it.type in NOTICES]
    header, *body, trailer = _whole([it for it in records if it.type not in NOTICES])
    start = unpack(HEADER, header.text)
    created_on = day_of(start["created_on"])
    segments = [segment for record in body for segment in _segments(record)]
    problems = [*_faults_of_header(header, start), *_faults_of_order([header, *body, trailer])]
    problems += [fault for segment in segments for fault in _faults_of(segment)]
    if problems or created_on is None:
        raise Refused(problems[:PROBLEMS_MAX])
    number = int(start["file_creation_number"])
    items = tuple(_item(it, number) for it in segments)
    refuse_any(_faults_of_totals(trailer, items))
    return CpaFile(
        originator_id=start["originator_id"],
        file_creation_number=number,
        created_on=created_on,
        data_centre=start["data_centre"],
        items=items,
        unread=tuple(_unread(it) for it in notices),
    )


def _records(content: bytes) -> list[_Record]:
    """The records, at line ends or every 1464 bytes."""
    if len(content) > BYTES_MAX:
        raise refuse("Le fichier dépasse {most} Mo : ce n’est pas celui d’une banque.", most=BYTES_MAX // 2**20)
    text = content.decode("latin-1").rstrip(END_OF_TEXT).replace(NBSP, " ")
    lines = [it.rstrip() for it in BREAK.split(text)]
    cut = [it[at : at + LENGTH].ljust(LENGTH) for it in lines if it for at in range(0, len(it), LENGTH)]
    records = [_Record(line, it) for line, it in enumerate(cut, 1)]
    if not records:
        raise refuse("Le fichier est vide.")
    refuse_any(
        Problem(it.line, "ligne", "Un caractère invisible s’y trouve : ce n’est pas un fichier de la norme 005.")
        for it in records
        if not it.text.isprintable()
    )
    return records


def _whole(records: Sequence[_Record]) -> Sequence[_Record]:
    """Those records, which begin with a header and end with a trailer."""
    if not records:
        raise refuse(
            "Ce fichier n’est que des avis de changement (S, U, V) : Fanal ne les lit pas, les reporter à la main."
        )
    first, last = records[0], records[-1]
    if first.type != "A":
        raise refuse(
            "Le fichier ne commence pas par un en-tête A : ce n’est pas un fichier de la norme 005, ou il est coupé.",
            row=first.line, field="type",
        )  # fmt: skip
    if last.type != "Z":
        raise refuse("Le fichier ne finit pas par un total Z : il est coupé.", row=last.line, field="type")
    refuse_any(
        it.problem("type", OUT_OF_PLACE, it.type)
        for it in records[1:-1] if it.type not in KINDS
    )  # fmt: skip
    return records


def _segments(record: _Record) -> Iterator[_Segment]:
    start, length = width(START), width(SEGMENT)
    for rank in range(SEGMENTS):
        text = record.text[start + rank * length :][:length]
        if text.strip(" 0"):
            yield _Segment(record, rank + 1, unpack(SEGMENT, text))


def _unread(record: _Record) -> Problem:
    return record.problem("type", NOTICE, record.type)


def _faults_of_header(header: _Record, start: Mapping[str, str]) -> Iterator[Problem]:
    number = start["file_creation_number"]
    if not _is_number(number):
        yield header.problem("numéro de création", NOT_A_NUMBER, number)
    if day_of(start["created_on"]) is None:
        yield header.problem("date de création", NOT_A_DAY, start["created_on"])
    if start["currency"] != CURRENCY:
        yield header.problem("monnaie", NOT_IN_CAD, start["currency"])


def _faults_of_order(records: Sequence[_Record]) -> Iterator[Problem]:
    """Each record is the next one of the same file."""
    same = unpack(START, records[0].text)
    for rank, record in enumerate(records, 1):
        start = unpack(START, record.text)
        if start["record_number"] != f"{rank:09}":
            yield Problem(
                record.line, "numéro d’enregistrement", "« {said} » n’est pas le numéro attendu, {expected}.",
                said=start["record_number"], expected=f"{rank:09}",
            )  # fmt: skip
        for name, field in (("originator_id", "émetteur"), ("file_creation_number", "numéro de création")):
            if start[name] != same[name]:
                yield record.problem(field, ANOTHER_FILE, start[name])


def _faults_of(segment: _Segment) -> Iterator[Problem]:
    fields, problem = segment.fields, segment.record.problem
    if not _is_number(fields["cents"]):
        yield problem(segment.field("montant"), NOT_A_NUMBER, fields["cents"])
    if fields["due_on"].strip("0") and day_of(fields["due_on"]) is None:
        yield problem(segment.field("échéance"), NOT_A_DAY, fields["due_on"])


def _item(segment: _Segment, file_creation_number: int) -> Item:
    fields = segment.fields
    codes = (fields["transaction_code"], fields["stored_code"])
    elements = fields["invalid_elements"]
    pairs = (elements[at : at + 2] for at in range(0, 10, 2))
    return Item(
        line=segment.record.line,
        segment=segment.rank,
        kind=cast(Kind, segment.record.type),
        transaction_code=next((it for it in codes if it.strip("0") and not REASON.fullmatch(it)), ""),
        reason=next(filter(REASON.fullmatch, codes), ""),
        cents=int(fields["cents"]),
        due_on=day_of(fields["due_on"]),
        institution=fields["institution"][1:4],
        transit=fields["institution"][4:],
        account=fields["account"],
        name=fields["payor_name"],
        cross_reference=fields["cross_reference"],
        item_trace=_unless_zero(fields["item_trace"]),
        original_trace=_unless_zero(fields["original_trace"]),
        invalid_elements=tuple(it for it in pairs if it.strip(" 0")),
        file_creation_number=file_creation_number,
    )


def _faults_of_totals(trailer: _Record, items: Sequence[Item]) -> Iterator[Problem]:
    """What the trailer says of each types of payments, against the payments."""
    said = unpack(TRAILER, trailer.text)
    for types in TOTALS:
        of_these = [it for it in items if it.kind in types]
        cents, count = said[f"cents_{types}"] or "0", said[f"count_{types}"] or "0"
        total, counted, summed = (f"{what} {' et '.join(types)}" for what in ("total", "nombre", "montant"))
        if not (_is_number(cents) and _is_number(count)):
            yield trailer.problem(total, NOT_A_NUMBER, f"{cents} {count}")
            continue
        if int(count) != len(of_these):
            yield Problem(
                trailer.line, counted, "Le total dit {said} paiements, et le fichier en a {found}.",
                said=int(count), found=len(of_these),
            )  # fmt: skip
        if int(cents) != (found := sum(it.cents for it in of_these)):
            yield Problem(
                trailer.line, summed, "Le total dit {said}, et les paiements font {found}.",
                said=_money(int(cents)), found=_money(found),
            )  # fmt: skip


def _money(cents: int) -> Mapping[wording.Lang, str]:
    return in_each(lambda lang: wording.money(cents, lang, CURRENCY))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _unless_zero(text: str) -> str:
    return text if text.strip("0") else ""
