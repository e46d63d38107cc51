"""What a sentence claims, read from its text: quotes, ids, names, times, lengths of time, numbers, kinds, states, and yes or no."""

import re
from dataclasses import dataclass

from engine.history.answers.words import capital, safe
from engine.history.names import Directory
from engine.model.event import EventKind

K = EventKind
_QUOTE = re.compile(r"“([^”]*)”")
_ID = re.compile(r"\b[a-z]{1,8}-[0-9a-f]{3,}(?:-[0-9a-f]+)*\b")
_DATE = re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4})\b")
_CLOCK = re.compile(r"\b(\d{1,2}:\d{2}(?::\d{2})?)\b")
_FROM_TO = re.compile(r"\b(\d{1,2}:\d{2}(?::\d{2})?)(?: on DATE\d+)? (?:to|and) (\d{1,2}:\d{2}(?::\d{2})?)")
_DAY_TO_DAY = re.compile(r"\b(?:from|between) (?:\d{1,2}:\d{2} on )?DATE(\d+) (?:to|and) (?:\d{1,2}:\d{2} on )?DATE(\d+)", re.IGNORECASE)
_AT = re.compile(r"\b(\d{1,2}:\d{2}(?::\d{2})?) on DATE(\d+)")
_LENGTH = re.compile(r"\b(\d+ h \d+ min|\d+ h(?! ?\w)|\d+ min \d+ s|\d+ min(?! against)|\d+ s(?! against)(?=[\s).,]))")
_NUMBER = re.compile(r"(?<![\w.-])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w]|\.\d)")
_KIND_WORDS: dict[str, frozenset[EventKind]] = {
    "fell": frozenset({K.FALL}),
    "fall": frozenset({K.FALL}),
    "falls": frozenset({K.FALL}),
    "fight": frozenset({K.FIGHT}),
    "fights": frozenset({K.FIGHT}),
    "loitering": frozenset({K.LOITERING}),
    "loiterings": frozenset({K.LOITERING}),
    "running": frozenset({K.RUNNING}),
    "runnings": frozenset({K.RUNNING}),
    "motion": frozenset({K.MOTION}),
    "gesture": frozenset({K.GESTURE}),
    "gestures": frozenset({K.GESTURE}),
    "smoke": frozenset({K.SMOKE}),
    "crowd": frozenset({K.CROWD}),
    "gave no picture": frozenset({K.CAMERA_LOST}),
    "camera outage": frozenset({K.CAMERA_LOST}),
    "camera outages": frozenset({K.CAMERA_LOST}),
    "node outage": frozenset({K.NODE_LOST}),
    "node outages": frozenset({K.NODE_LOST}),
    "left behind": frozenset({K.PHONE_LEFT}),
    "went through": frozenset({K.CROSSING}),
    "crossings?": frozenset({K.CROSSING}),
    "smokes": frozenset({K.SMOKE}),
    "crowds": frozenset({K.CROWD}),
    "presences?": frozenset({K.PRESENCE}),
    "found by radio": frozenset({K.PRESENCE}),
    "occupied": frozenset({K.ZONE_OCCUPIED}),
    "uncertain": frozenset({K.WHO_IS_IT}),
    "badges?": frozenset({K.BADGE_WITHOUT_OWNER}),
    "two places": frozenset({K.TWO_PLACES}),
    "became known": frozenset({K.NAMED}),
    "forecasts?": frozenset({K.FORECAST_FAILED}),
    "visits?": frozenset({K.ZONE_VISIT}),
    "was lost": frozenset({K.CAMERA_LOST, K.NODE_LOST}),
}
_OF_DAYS = re.compile(r"\bon (\d+) of (\d+) (?:days|stretches)\b", re.IGNORECASE)
_COVERAGE = re.compile(r"could have been seen for (\d+ (?:h|min|s)(?: \d+ (?:min|s))?) of (\d+ (?:h|min|s)(?: \d+ (?:min|s))?)")
_APART = re.compile(r"\b(\d+) (?:more|fewer)\b")
_LIMIT = re.compile(r"\b(\d+) or (more|fewer)\b")
_STATES = ("in progress", "acknowledged", "closed", "open", "new", "shelved")
_FOUND = re.compile(r"found (?:it )?(true|false|benign|unknown)\b")
_CATEGORIES = re.compile(
    r"\b(theft|assault|vandalism|burglary|vehicle crime|drug related|violence|weapons|disturbance|suspicious activity|fire)\b"
)
_NEGATIVE = re.compile(
    r"^(?:No: )?(?:nobody|there is no|no\b|none\b)|\bnot seen\b|\bno alert\b|\bnobody (?:else |unknown )?(?:was|saw)\b", re.IGNORECASE
)
_SUPERLATIVES = {
    "first": r"\bfirst seen\b",
    "last": r"\blast seen\b",
    "longest": r"\blongest\b",
    "shortest": r"\bshortest\b",
    "earliest": r"\bearliest\b",
    "latest": r"\blatest\b",
    "median": r"\bmedian\b",
    "average": r"\baverage\b",
    "mean": r"\bmean\b",
    "usually": r"\busually\b",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """Attributes:
    stretches: (from, to) clocks as they stand together; days: the same of days; moments: (clock, day).
    kinds: each a set of which one has to be true. negative: it says that there is none.
    yes: it begins with yes. more: it says that the first of two counts is more (True), fewer (False), or the same (None, `same`).
    """

    quotes: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    stretches: tuple[tuple[str, str], ...] = ()
    lengths: tuple[str, ...] = ()
    numbers: tuple[float, ...] = ()
    kinds: tuple[frozenset[EventKind], ...] = ()
    states: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    negative: bool = False
    yes: bool = False
    more: bool | None = None
    same: bool = False
    going_on: bool = False
    passed: bool | None = None
    unknown_person: bool = False
    ended_last: bool = False
    all_time: bool = False
    not_all: bool = False
    days: tuple[tuple[str, str], ...] = ()
    moments: tuple[tuple[str, str], ...] = ()
    left: str = ""  # what is left of the text without quotes, names, ids, dates, clocks, lengths and numbers
    superlatives: tuple[str, ...] = ()
    day_parts: tuple[tuple[int, int], ...] = ()  # on how many of how many days
    limits: tuple[tuple[int, str], ...] = ()  # `3 or more`
    apart: tuple[int, ...] = ()  # `3 more`
    coverage: tuple[tuple[str, str], ...] = ()  # for how much of how much somebody could have been seen


def facts_of(text: str, directory: Directory, others: tuple[str, ...] = ()) -> Facts:
    """`others`: further names that count as names (of operators)."""
    quotes = tuple(_QUOTE.findall(text))
    left = _QUOTE.sub(" ", text)
    names, left = _take_names(left, directory, others)
    ids = tuple(_ID.findall(left))
    left = _ID.sub(" ", left)
    dates = tuple(found.group(0) for found in _DATE.finditer(left))
    numbered = iter(range(len(dates)))
    left = _DATE.sub(lambda _: f"DATE{next(numbered)}", left)
    stretches = tuple((found[0], found[1]) for found in _FROM_TO.findall(left))
    days = tuple((dates[int(found[0])], dates[int(found[1])]) for found in _DAY_TO_DAY.findall(left))
    moments = tuple((found[0], dates[int(found[1])]) for found in _AT.findall(left))
    clocks = tuple(_CLOCK.findall(left))
    left = _CLOCK.sub(" ", left)
    coverage = tuple((found[0], found[1]) for found in _COVERAGE.findall(left))
    left = _COVERAGE.sub("could have been seen for", left)
    lengths = tuple(_LENGTH.findall(left))
    left = _LENGTH.sub(" ", left)
    numbers = tuple(float(found) for found in _NUMBER.findall(left))
    low = left.casefold()
    return Facts(
        quotes,
        ids,
        names,
        dates,
        clocks,
        stretches,
        lengths,
        numbers,
        tuple(kinds for word, kinds in _KIND_WORDS.items() if re.search(rf"\b{word}\b", low)),
        tuple(state for state in _STATES if re.search(rf"\b{state}\b", low)),
        tuple(_FOUND.findall(low)),
        tuple(_CATEGORIES.findall(low)),
        bool(_NEGATIVE.search(left.strip())),
        low.startswith("yes"),
        True
        if re.search(r"\bmore\b(?! such| of| than)", low) and "or more" not in low
        else False
        if re.search(r"(?<!or )\bfewer\b", low)
        else None,
        "the same number" in low,
        "goes on still" in low,
        True if "let it pass" in low else False if "held it" in low else None,
        "nobody knows" in low,
        bool(re.search(r"last seen at \d", text)),
        "all the time" in low and "not all" not in low,
        "not all the time" in low,
        days,
        moments,
        _NUMBER.sub(" ", left),
        tuple(found for found in _SUPERLATIVES if re.search(_SUPERLATIVES[found], low)),
        tuple((int(found[0]), int(found[1])) for found in _OF_DAYS.findall(text)),
        tuple((int(found[0]), found[1]) for found in _LIMIT.findall(low)),
        tuple(int(found) for found in _APART.findall(low)),
        coverage,
    )


def _take_names(text: str, directory: Directory, others: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Names in a text, the longest first, and what is left without them."""
    found: list[str] = []
    known = {safe(each.name) for each in directory.named} | {safe(other) for other in others if other}
    for name in sorted(known, key=len, reverse=True):
        if name not in text and not text.startswith(capital(name)):
            continue
        pattern = re.compile(rf"(?<![\w])(?:{re.escape(name)}|^{re.escape(capital(name))})(?![\w])")
        if pattern.search(text):
            found.append(name)
            text = pattern.sub(" ", text)
    return tuple(found), text
