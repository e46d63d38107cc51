"""What is taken out of a report before it leaves the site.

Masked in descriptions: links, e-mail addresses, handles (`@name`), personal numbers (Swedish: YYMMDD-NNNN, YYYYMMDD-NNNN), phone numbers
and every other run of seven digits or more, licence plates (three letters and three signs, as in Sweden), exact coordinates, and names of
people who are known here, whole and in their parts. *Not* masked, because nothing finds them: other names, street addresses. The reporter
never leaves, in any form.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from engine.model.incidents.incident import Incident

MASKS = (
    ("[link]", re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)),
    ("[e-mail]", re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")),
    ("[handle]", re.compile(r"(?<![\w.])@[\w.]{2,}")),
    ("[place]", re.compile(r"[-+]?\d{1,3}[.,]\d{4,}°?\s*[NSEW]?")),
    ("[personal number]", re.compile(r"(?<!\d)(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:[06][1-9]|[1278]\d|[39][01])\s?[-+]?\s?\d{4}(?!\d)")),
    ("[number]", re.compile(r"(?<![\w])(?:\+|00)?\(?\d(?:[ \-./()–]{0,2}\d){6,}(?!\w)")),
    ("[plate]", re.compile(r"\b[A-ZÅÄÖ]{3}[ -]\d{2}[A-Z0-9]\b|\b(?i:[A-ZÅÄÖ]{3}\d{2}[A-Z0-9])\b")),
)
SHORTEST_NAME = 3  # letters
_DATE = re.compile(r"(?<!\d)(?:19|20)\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)")


def masked(text: str, names: Iterable[str] = ()) -> str:
    """The text without what `MASKS` finds, each replaced by its name in brackets, and without these names of people.

    Compatibility forms (full-width digits) count as plain ones. Calendar dates (2026-11-21) are kept: they tell when, not who.
    """
    parts: list[str] = []
    plain, begin = unicodedata.normalize("NFKC", text), 0
    for date in _DATE.finditer(plain):
        if not _has_adjacent_digits(plain, date):
            parts += [_masked(plain[begin : date.start()]), date.group()]
            begin = date.end()
    return _nameless("".join((*parts, _masked(plain[begin:]))), names)


def rounded(degrees: float, digits: int) -> float:
    return round(degrees, digits) + 0.0  # without a negative zero


def in_rollout(incident_id: str, percent: int) -> bool:
    """Whether an incident is among those that are sent. By a stable hash: who is in at 10 percent is in at 50 too."""
    return int.from_bytes(hashlib.sha256(incident_id.encode()).digest()[:8], "big") % 100 < percent


def call_key(incident: Incident, *what: str) -> str:
    """The idempotency key of a call about an incident: the same for the same words, and nothing can be read out of it."""
    told = "\x1f".join((incident.id, str(incident.received_ns), *what))
    return f"wr-{hashlib.sha256(told.encode('utf-8', 'surrogatepass')).hexdigest()[:40]}"


def _has_adjacent_digits(text: str, date: "re.Match[str]") -> bool:
    """Whether further digits hang on to what looks like a date, which then is a part of a longer number."""
    return bool(re.match(r"[-+/.]?\d", text[date.end() :]) or re.search(r"\d[-+/.]?$", text[: date.start()]))


def _nameless(text: str, names: Iterable[str]) -> str:
    """Whole names first, then their parts, in any case and with the `s` of a genitive; parts of one or two letters tell nobody."""
    plain = {" ".join(unicodedata.normalize("NFKC", name).split()) for name in names}
    wanted = {each for name in plain for each in (name, *re.split(r"[\s.,_-]+", name)) if len(each) >= SHORTEST_NAME}
    if not wanted:
        return text
    either = "|".join(re.escape(each).replace(r"\ ", r"\s+") for each in sorted(wanted, key=len, reverse=True))
    return re.sub(rf"(?<!\w)(?:{either})(?:['’]?s)?(?!\w)", "[name]", text, flags=re.IGNORECASE)


def _masked(text: str) -> str:
    for name, pattern in MASKS:
        text = pattern.sub(name, text)
    return text
