"""Whose a value is that a person picked on a console over several sites, and how that site itself says it."""

from collections.abc import Collection
from typing import Any

from engine.gateway.federation.ids import IdKind, split
from engine.gateway.federation.rewriting import Collector, Elsewhere, Localiser, rewrite

_LEFT_OUT = object()


def key_of(values: tuple[Any, ...], sites: Collection[str]) -> str:
    """The first of these sites that something of them is of; empty where they say none."""
    return next((key for value in values for key in _keys(value) if key in sites), "")


def at_site(value: Any, key: str) -> Any:
    """A value, an id, or several, with ids as the site has them. Of several those of other sites are left out; what says no site stays."""
    written = _at_site(value, key)
    return value if written is _LEFT_OUT else written


def _keys(value: Any) -> tuple[str, ...]:
    if isinstance(value, tuple | list):
        return tuple(key for each in value for key in _keys(each))
    found = Collector()
    if isinstance(value, str):
        found.visit(value, IdKind.OWN)
    else:
        rewrite(value, found)
    return tuple(found.keys)


def _at_site(value: Any, key: str) -> Any:
    if isinstance(value, tuple | list):
        written = [each for each in (_at_site(item, key) for item in value) if each is not _LEFT_OUT]
        return tuple(written) if isinstance(value, tuple) else written
    if isinstance(value, str):
        return _id_at_site(value, key)
    if not _keys(value):
        return value
    try:
        return rewrite(value, Localiser(key))
    except Elsewhere:
        return _LEFT_OUT


def _id_at_site(text: str, key: str) -> Any:
    """A text that is no id stays."""
    found = split(text)
    return text if found is None or found[0] != key else found[1]
