"""Reading answers strictly: what is missing, of a wrong type or out of range is a fault, never a guess.

An answer is text from the world. Texts are cut, control characters fall out, and nothing that cannot be written as UTF-8 is let in.
"""

import json
import math
import unicodedata
from typing import Any, TypeAlias, cast

from engine.incidents.atlas.fault import MALFORMED, NOT_JSON, AtlasFault

Plain: TypeAlias = dict[str, Any]
LONGEST_TEXT, LONGEST_ID, MOST_ITEMS = 500, 200, 50


def parsed(content: bytes, content_type: str) -> Plain:
    """The body as a JSON object. Raises AtlasFault `not_json`."""
    try:
        plain: Any = json.loads(content.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        what = content_type.partition(";")[0].strip()[:60] or "nothing that it names"
        raise AtlasFault(NOT_JSON, f"What answers at Atlas's address sends {what}, which is not JSON. Check the address.") from None
    if not isinstance(plain, dict):
        raise AtlasFault(NOT_JSON, "What answers at Atlas's address sends JSON that is not an object. Check the address.")
    return cast(Plain, plain)


def _no_constant(name: str) -> float:
    raise ValueError(name)  # NaN and Infinity are not JSON


def malformed(field: str, why: str) -> AtlasFault:
    return AtlasFault(MALFORMED, f"Atlas's answer breaks its contract: {field} {why}. It is not used.")


def member(plain: Plain, name: str) -> Plain:
    found = plain.get(name)
    if not isinstance(found, dict):
        raise malformed(name, "is missing" if found is None else f"is not an object but {_json_type_name(found)}")
    return cast(Plain, found)


def members(plain: Plain, name: str) -> list[Plain]:
    """A list of objects, at most `MOST_ITEMS`; a missing one is empty."""
    found = _list_field(plain, name)
    if not all(isinstance(item, dict) for item in found):
        raise malformed(name, "holds something that is not an object")
    return cast("list[Plain]", found[:MOST_ITEMS])


def texts(plain: Plain, name: str) -> tuple[str, ...]:
    """A list of texts; a missing one is empty."""
    found = _list_field(plain, name)
    if not all(isinstance(item, str) for item in found):
        raise malformed(name, "holds something that is not text")
    return tuple(filter(None, (clean(item) for item in found[:MOST_ITEMS])))


def _list_field(plain: Plain, name: str) -> list[Any]:
    found = plain.get(name)
    if found is None:
        return []
    if not isinstance(found, list):
        raise malformed(name, f"is not a list but {_json_type_name(found)}")
    return cast("list[Any]", found)


def text(plain: Plain, name: str, longest: int = LONGEST_TEXT) -> str:
    found = plain.get(name)
    if not isinstance(found, str):
        raise malformed(name, "is missing" if found is None else f"is not text but {_json_type_name(found)}")
    return clean(found, longest)


def optional_text(plain: Plain, name: str, longest: int = LONGEST_TEXT) -> str:
    """Empty where there is none."""
    return "" if plain.get(name) is None else text(plain, name, longest)


def whole(plain: Plain, name: str, least: int, most: int) -> int:
    found = plain.get(name)
    if isinstance(found, bool) or not isinstance(found, int):
        raise malformed(name, "is missing" if found is None else f"is not a whole number but {_json_type_name(found)}")
    if not least <= found <= most:
        raise malformed(name, f"is outside {least}–{most}")
    return found


def number(plain: Plain, name: str, least: float, most: float) -> float:
    found = plain.get(name)
    if isinstance(found, bool) or not isinstance(found, (int, float)):
        raise malformed(name, "is missing" if found is None else f"is not a number but {_json_type_name(found)}")
    if isinstance(found, float) and not math.isfinite(found):  # 1e999 parses as infinity
        raise malformed(name, "is not finite")
    if not least <= found <= most:
        raise malformed(name, f"is outside {least:g}–{most:g}")
    return float(found)


def share(plain: Plain, name: str) -> float:
    return number(plain, name, 0.0, 1.0)


def clean(said: str, longest: int = LONGEST_TEXT) -> str:
    """Without control characters and lone surrogates, cut."""
    shown = "".join(" " if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp") else sign for sign in said[: 2 * longest])
    return shown.strip()[:longest]


def _json_type_name(found: Any) -> str:
    words = ((bool, "true or false"), (str, "text"), (list, "a list"), (dict, "an object"))
    return next((word for kind, word in words if isinstance(found, kind)), "a number")
