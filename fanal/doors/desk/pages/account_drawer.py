"""What a « Pourquoi ? » of an account is made of: a title, a sentence to read aloud, steps, and the article."""

from datetime import date
from typing import Any

from django.conf import settings

from fanal.doors.desk.language import current
from fanal.law import articles


def told(title: str, answer: str, steps: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """The whole; `more` is what `law` gives, or a reading to show."""
    return {"title": title, "answer": answer, "steps": steps, **more}


def step(title: str, operation: str = "", result: str = "", source: str = "", url: str = "") -> dict[str, Any]:
    """An operation and its result; `url` opens what it comes from."""
    return {"title": title, "operation": operation, "result": result, "source": source, "url": url}


def law(cited: str, on: date) -> dict[str, Any]:
    """The article as it stood that day, in our words, with its source: « 4.1.2 a) » tells the whole of 4.1.2."""
    article = articles.article(settings.FANAL_BYLAW, articles.number_in(cited), on)
    return {"law": article.gist.get(current(), ""), "article": cited, "source": article.source, "day": on}
