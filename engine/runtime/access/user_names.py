"""Names of accounts: what one may hold, when two are the same, and when two look the same.

An account whose name only looks like another's ("Аdа" in Cyrillic letters) could pass for it in the audit, on alerts and in the list of
accounts. After Unicode Technical Standard 39: scripts are mixed only where writing mixes them (5.2, highly restrictive), and two names that
read alike are confusable (4).
"""

import unicodedata
from collections.abc import Iterable

from engine.model.errors import InputError

_LONGEST_NAME = 64
_MIXED_WRITING = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
)
# Letters of Unicode's confusables.txt that look like an unaccented Latin letter.
_CONFUSABLE = str.maketrans(
    {
        **dict(zip("асԁеһіјӏорԛѕѵԝхуү" + "АВСЕНІЈКМОРЅТѴԜХҮ", "acdehijlopqsvwxyy" + "abcehljkmopstvwxy", strict=True)),  # Cyrillic
        **dict(zip("αγινορσυϲϳ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ayivopoucj" + "abezhlkmnoptyx", strict=True)),  # Greek
        **dict(zip("զհոսցօ" + "ԼՕՍՏ", "qhnugo" + "lous", strict=True)),  # Armenian
        **dict(zip("ıɑɡɩ" + "I01|", "iagi" + "loll", strict=True)),  # Latin letters and digits
    }
)


def name_key(name: str) -> str:
    """Names are the same in any case and composition."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def checked_name(name: str) -> str:
    """The name as it is kept.

    Raises:
        InputError: empty, too long, or with characters that no name holds (field `name`).
    """
    name = unicodedata.normalize("NFKC", name).strip()
    if not name:
        raise InputError("name", "is empty")
    if len(name) > _LONGEST_NAME:
        raise InputError("name", f"is longer than {_LONGEST_NAME} characters")
    if not name.isprintable() or ":" in name:
        raise InputError("name", "may not hold a colon or control characters")
    scripts = _scripts(name)
    if len(scripts) > 1 and not any(scripts <= writing for writing in _MIXED_WRITING):
        listed = " and ".join(sorted(script.capitalize() for script in scripts))
        raise InputError("name", f"mixes letters of different scripts ({listed}). Use letters of one script.")
    return name


def check_unlike(name: str, others: Iterable[str]) -> None:
    """Refuse a name that reads like one of the others.

    Raises:
        InputError: field `name`.
    """
    skeleton = _skeleton(name)
    other = next((other for other in others if _skeleton(other) == skeleton), None)
    if other is not None:
        raise InputError("name", f"looks like the account {other!r}. Choose a name that cannot be mistaken for it.")


def is_unlike(name: str, others: Iterable[str]) -> bool:
    try:
        check_unlike(name, others)
    except InputError:
        return False
    return True


def _skeleton(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().translate(_CONFUSABLE).casefold()


def _scripts(name: str) -> set[str]:
    """The scripts of a name's letters, each by the first word of the letter's Unicode name (`CYRILLIC SMALL LETTER A`)."""
    return {unicodedata.name(letter, "UNKNOWN").split()[0] for letter in name if letter.isalpha()}
