"""Ids carry the engine that made them: `<kind>-<engine>-<n>`, and those of before engines had an id `<kind>-<n>`.

What the pipeline makes is numbered by the observation that made it, never by chance: the same journal gives the same ids again. What
somebody makes by a command has a random number.
"""

import re
import secrets

_ENGINE_ID = re.compile("[a-f][0-9a-f]{7}")  # after all ids that begin with a number
_NUMBER = re.compile("[0-9a-f]{12}")


def new_engine_id() -> str:
    """Made by chance, once for each data folder: that two of a thousand engines have the same is as likely as 1 in 3,200."""
    return f"{secrets.choice('abcdef')}{secrets.token_hex(4)[1:]}"


def is_engine_id(text: str) -> bool:
    return _ENGINE_ID.fullmatch(text) is not None


def family(prefix: str, engine_id: str) -> str:
    """How the ids of a kind begin that an engine makes (`ev-dfa9c0de`); without an engine as they did before engines had ids (`ev`)."""
    return f"{prefix}-{engine_id}" if engine_id else prefix


def derived_id(family: str, number: int, ordinal: int = 0) -> str:
    """For example `ev-dfa9c0de-00000000002a-0`: the first event made by observation 42. Sorts by number as text within its family."""
    return f"{family}-{number:012x}-{ordinal:x}"


def without_engine(made: str) -> str:
    """As an id `<kind>-<engine>-<n>` was called before engines had ids; another as it is."""
    kind, engine_id, number = (*made.split("-", 2), "", "")[:3]
    return f"{kind}-{number}" if number and is_engine_id(engine_id) else made


def random_id(family: str) -> str:
    """For example `bm-dfa9c0de-5d41402abc4b`."""
    return f"{family}-{secrets.token_hex(6)}"


def number_of(made: str) -> int:
    """The observation that an id was derived from; 0 for ids that are no such ones."""
    parts = made.split("-")
    return int(parts[-2], 16) if len(parts) in (3, 4) and _NUMBER.fullmatch(parts[-2]) else 0


def ordinal_of(made: str) -> int:
    """How many ids of its observation came before a derived one."""
    return int(made.rpartition("-")[2], 16)


def family_of(made: str) -> str:
    """Of a derived id. Of any other: all before its last two parts."""
    return made.rpartition("-")[0].rpartition("-")[0]
