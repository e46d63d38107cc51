"""Numbers as the language on screen writes them: `1,234.5` in English, `1.234,5` in German; and as people type them.

Everything that is read by machines (files, ids, addresses) is written by `format` and read by `float`.
"""

import math
import re
from collections.abc import Iterable

from PySide6.QtCore import QLocale

_POINT, _COMMA = ".", ","
_DECIMAL = re.compile(r"-?\d+\.\d+")


def number_text(value: float, spec: str = _COMMA) -> str:
    """As `format(value, spec)` writes it, with the marks of the language: a count without `spec`, `.1f`, `+.2f`, `g` …"""
    locale = QLocale()
    return format(value, spec).translate(str.maketrans({_POINT: locale.decimalPoint(), _COMMA: locale.groupSeparator()}))


def numbers_text(values: Iterable[float], spec: str = "g") -> str:
    """Several beside each other: `1.5, 2`, or `1,5; 2` where the comma is in the numbers."""
    return ("; " if has_decimal_comma() else ", ").join(number_text(value, spec) for value in values)


def written_number_text(text: str) -> str:
    """What a file or the engine wrote, with the mark of the language where it is a number with decimals; no digit is lost."""
    return text.removesuffix(".0").replace(_POINT, QLocale().decimalPoint()) if _DECIMAL.fullmatch(text) else text


def typed_number(text: str) -> float:
    """What somebody typed: either mark is understood as the decimal one, and a true minus. Of both, the first groups: `1.234,5`.

    Raises:
        ValueError: it is no number, or none that ends.
    """
    plain = text.strip().replace("−", "-")
    if _POINT in plain and _COMMA in plain:
        plain = plain.replace(min(_POINT, _COMMA, key=plain.rindex), "")
    value = float(plain.replace(_COMMA, _POINT))
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def typed_numbers(text: str) -> tuple[float, ...]:
    """Several, as `numbers_text` writes them. Raises ValueError."""
    between = r";|,\s" if has_decimal_comma() else r"[;,]"
    return tuple(typed_number(part) for part in re.split(between, text) if part.strip())


def has_decimal_comma() -> bool:
    return QLocale().decimalPoint() == _COMMA
