"""An explanation as a clerk reads it to a caller: the answer, then each of its steps, as sentences with a verb.

Nothing is reckoned here: the words of the steps are taken as they stand, and their signs are said.
"""

import re
from collections.abc import Iterator

from fanal.reports.explanation import Explanation
from fanal.reports.step import LANGUAGES, NOTHING, Step, Words, said
from fanal.values.wording import Lang, typography

MANY = re.compile(r"[^\d\s.,]")  # an operation is more than one figure
OF_THE_OFFICE = ("hold", "review")  # why a bill waited and who let it go: not a caller's business
SIGNS: dict[Lang, tuple[tuple[str, str], ...]] = {
    "fr": ((" × ", " fois "), (" ÷ ", " divisé par "), (" − ", " moins "), (" + ", " plus "), ("²", " au carré"),
           ("√", "la racine carrée de ")),
    "en": ((" × ", " times "), (" ÷ ", " divided by "), (" − ", " minus "), (" + ", " plus "), ("²", " squared"),
           ("√", "the square root of ")),
}  # fmt: skip

# What is said of a step, by the first word of its key; a step of a line or a sum is said as any other.
ANY = ("{title} : {operation} font {result}.", "{title}: {operation} comes to {result}.")
ROUNDED = (
    "{title} : {operation} font {exact}, arrondis à {result}.",
    "{title}: {operation} comes to {exact}, rounded to {result}.",
)
BARE = ("{title} : c’est {result}.", "{title}: it is {result}.")
SENTENCES = {
    "days": ("Du {since} au {until}, on compte {result}.", "From {since} to {until} there are {result}."),
    "measure": ("{title} : on y a mesuré {result}, soit {operation}.",
                "{title}: it measured {result}, that is {operation}."),
    "estimate": ("{title} : elle est de {result}, soit {operation}.", "{title}: it is {result}, that is {operation}."),
    "estimate_share": ("La part de ces jours est de {result} : {operation}.",
                       "The share of these days is {result}: {operation}."),
    "estimate_chain": ("Avec ce qui était déjà estimé, on compte {result} : {operation}.",
                       "With what was estimated before, there are {result}: {operation}."),
    "kwh": ("{title} ensemble donnent {result} : {operation}.", "{title} together give {result}: {operation}."),
    "share": ("{title} : la part de ces jours est de {result}, soit {operation}.",
              "{title}: the share of these days is {result}, that is {operation}."),
    "demand": ("La puissance à facturer est de {result} : {operation}.",
               "The billing demand is {result}: {operation}."),
    "flow": ("Ce prix porte sur {result} : {operation}.", "This price is for {result}: {operation}."),
    "limit": ("La limite de la tranche est de {result} : {operation}.",
              "The limit of the block is {result}: {operation}."),
    "block": ("Il y a donc {result} à ce prix : {operation}.", "So there are {result} at this price: {operation}."),
    "excess": ("Il y a donc {result} à ce prix : {operation}.", "So there are {result} at this price: {operation}."),
    "due": ("Il faut payer au plus tard le {result} : {operation}.", "It must be paid by {result}: {operation}."),
}  # fmt: skip


def aloud(told: Explanation, lang: Lang) -> list[str]:
    """The sentences in their order, a paragraph each: what it comes to, then every step; nothing is said twice."""
    paragraphs: dict[str, None] = {}
    for words in (*_amount(told), told.answer):
        paragraphs[words[lang]] = None
    notes: set[str] = set()
    for step in told.steps:
        if step.key.partition(":")[0] in OF_THE_OFFICE:
            continue
        note = step.note[lang]
        paragraph = " ".join(it for it in (_spoken(step)[lang], "" if note in notes else note) if it)
        notes.add(note)
        paragraphs[paragraph] = None
    return [it for it in paragraphs if it]


def _amount(told: Explanation) -> Iterator[Words]:
    """What the line that is explained comes to, which its answer does not say."""
    for step in told.steps:
        if "line" in told.about and step.key == f"line:{told.about['line']}":
            yield said("{title} : cette ligne est de {result}.", "{title}: this line comes to {result}.",
                       title=step.title, result=step.result)  # fmt: skip


def _spoken(step: Step) -> Words:
    """Its operation and its result in a sentence."""
    if not step.result["fr"]:
        return NOTHING
    texts = SENTENCES.get(step.key.partition(":")[0], ROUNDED if step.exact["fr"] else ANY)
    if not MANY.search(step.operation["fr"]):
        texts = BARE
    facts = {"title": step.title, "exact": step.exact, "result": step.result}
    facts["operation"] = {lang: _signs_said(step.operation[lang], lang) for lang in LANGUAGES}
    facts["until"], facts["since"] = (
        {lang: step.operation[lang].partition(" − ")[at] for lang in LANGUAGES} for at in (0, 2)
    )
    return said(*texts, **facts)


def _signs_said(operation: str, lang: Lang) -> str:
    for sign, word in SIGNS[lang]:
        operation = operation.replace(sign, word)
    return typography(operation, lang)
