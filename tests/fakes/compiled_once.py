"""Statements are compiled once for all records of a process: by itself, each record that a test opens would compile all of its own anew."""

import json
from functools import cache, partial
from typing import Any

from sqlalchemy import Engine, create_engine


def sharing_engine(url: Any, **options: Any) -> Engine:
    """In place of `sqlalchemy.create_engine`, where a record is opened: the same connections, and the statements that others compiled."""
    engine = create_engine(url, **options)
    serializer = options.get("json_serializer")
    if isinstance(serializer, partial) and serializer.func is json.dumps:
        shared = _shared(tuple(sorted(serializer.keywords.items())))
        engine.dialect, engine._compiled_cache = shared.dialect, shared._compiled_cache
    return engine


@cache
def _shared(written: tuple[tuple[str, Any], ...]) -> Engine:
    """Its dialect knows the version of the database, as after any first connection. `written`: how its JSON is."""
    engine = create_engine("sqlite://", json_serializer=partial(json.dumps, **dict(written)), query_cache_size=5_000)
    engine.connect().close()
    engine.dispose()
    return engine
