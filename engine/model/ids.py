"""Ids derive from observation numbers, never from chance: the same journal gives the same ids again."""


def derived_id(prefix: str, number: int, ordinal: int = 0) -> str:
    """For example `ev-00000000002a-0`: the first event made by observation 42. Sorts by number as text."""
    return f"{prefix}-{number:012x}-{ordinal:x}"
