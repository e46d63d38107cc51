"""Ids derive from observation numbers, never from chance: the same journal gives the same ids again."""

import re


def derived_id(prefix: str, number: int, ordinal: int = 0) -> str:
    """For example `ev-00000000002a-0`: the first event made by observation 42. Sorts by number as text."""
    return f"{prefix}-{number:012x}-{ordinal:x}"


def number_of(made: str) -> int:
    """The observation that an id was made by; 0 for ids that are no such ones."""
    parts = made.split("-")
    return int(parts[1], 16) if len(parts) == 3 and re.fullmatch("[0-9a-f]{12}", parts[1]) else 0
