"""Queries as text: the id of a citation of what was counted."""

import json

from engine.model.errors import InputError
from engine.model.history.query import Query
from engine.model.wire import read_as, to_plain


def to_text(query: Query) -> str:
    """As compact JSON that leaves out what is as usual; the same query is always the same text."""
    return json.dumps(as_plain(query), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def as_plain(query: Query) -> dict[str, object]:
    usual = to_plain(Query(query.ask))
    plain = _unusual(to_plain(query), usual)
    return {"ask": query.ask.value, **plain}


def from_text(text: str) -> Query:
    """Raises InputError."""
    try:
        plain = json.loads(text)
    except ValueError as error:
        raise InputError("query", f"is no JSON object ({error})") from None
    return read_as(Query, plain, "query")


def _unusual(plain: dict[str, object], usual: dict[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in plain.items():
        before = usual[name]
        if name == "scope" and isinstance(value, dict) and isinstance(before, dict):
            value = _unusual(value, before)  # pyright: ignore[reportUnknownArgumentType]
            if value:
                found[name] = value
        elif value != before:
            found[name] = value
    return found
