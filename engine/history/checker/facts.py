"""What a sentence claims, read from its text: quotes, ids, names, times, lengths of time, numbers, kinds, states, and yes or no."""

import re
from functools import lru_cache
from typing import NamedTuple

from engine.history.answers.words import capital, safe
from engine.history.names import Directory
from engine.model.event import EventKind
from engine.model.value_class import dataclass

K = EventKind
_QUOTE = re.compile(r"“([^”]*)”")
_ID = re.compile(r"\b[a-z]{1,8}-[0-9a-f]{3,}(?:-[0-9a-f]+)*\b")
_DATE = re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4})\b")
_LENGTH = re.compile(r"(?<![\w.])(\d+ h \d+ min|\d+ h(?! ?\w)|\d+ min \d+ s|\d+ min\b|\d+ s(?=[\s).,]))")
_NUMBER = re.compile(r"(?<![\w.-])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w]|\.\d)")
_KIND_WORDS: dict[str, frozenset[EventKind]] = {
    "fell": frozenset({K.FALL}),
    "fall": frozenset({K.FALL}),
    "falls": frozenset({K.FALL}),
    "fight": frozenset({K.FIGHT}),
    "fights": frozenset({K.FIGHT}),
    "loitering": frozenset({K.LOITERING}),
    "running": frozenset({K.RUNNING}),
    "motion": frozenset({K.MOTION}),
    "gesture": frozenset({K.GESTURE}),
    "gestures": frozenset({K.GESTURE}),
    "smoke": frozenset({K.SMOKE}),
    "crowd": frozenset({K.CROWD}),
    "gave no picture": frozenset({K.CAMERA_LOST}),
    "camera offline": frozenset({K.CAMERA_LOST}),
    "node offline": frozenset({K.NODE_LOST}),
    "left behind": frozenset({K.PHONE_LEFT}),
    "went through": frozenset({K.CROSSING}),
    "crossings?": frozenset({K.CROSSING}),
    "crowds": frozenset({K.CROWD}),
    "presence detections?": frozenset({K.PRESENCE}),
    "found by radio": frozenset({K.PRESENCE}),
    "occupied": frozenset({K.ZONE_OCCUPIED}),
    "uncertain": frozenset({K.WHO_IS_IT}),
    "badges?": frozenset({K.BADGE_WITHOUT_OWNER}),
    "two places": frozenset({K.TWO_PLACES}),
    "became known": frozenset({K.NAMED}),
    "identifications?": frozenset({K.NAMED}),
    "forecasts?": frozenset({K.FORECAST_FAILED}),
    "visits?|zone entr(?:y|ies)": frozenset({K.ZONE_VISIT}),
    "was offline": frozenset({K.CAMERA_LOST, K.NODE_LOST}),
}
_OF_DAYS = re.compile(r"\bon (\d+) of (\d+) (?:days|stretches)\b", re.IGNORECASE)
_COVERAGE = re.compile(r"(\d+ (?:h|min|s)(?: \d+ (?:min|s))?) of (\d+ (?:h|min|s)(?: \d+ (?:min|s))?) were observed")
_APART = re.compile(r"\b(\d+) (?:more|fewer)\b")
_LIMIT = re.compile(r"\b(\d+) or (more|fewer)\b")
_STATES = ("in progress", "acknowledged", "closed", "open", "new", "shelved")
_FOUND = re.compile(r"found (?:it )?(true|false|benign|unknown)\b")
_CATEGORIES = re.compile(
    r"\b(theft|assault|vandalism|burglary|vehicle crime|drug related|violence|weapons|disturbance|suspicious activity|fire)\b"
)
_NEGATIVE = re.compile(
    r"^(?:No: )?(?:nobody|there is no|no\b|none\b)|\bnot seen\b|\bno alert\b|\bnobody (?:else )?(?:was|saw)\b", re.IGNORECASE
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
    coverage: tuple[tuple[str, str], ...] = ()  # how much of how much was observed


class _ClockPatterns(NamedTuple):
    """Clock times in a sentence, each with the abbreviation of its zone where that stands behind it."""

    clock: re.Pattern[str]
    from_to: re.Pattern[str]
    day_to_day: re.Pattern[str]
    at: re.Pattern[str]


@lru_cache(16)
def _clock_patterns(zones: tuple[str, ...]) -> _ClockPatterns:
    zone = f"(?: (?:{'|'.join(map(re.escape, zones))}))?" if zones else ""
    minute, clock = rf"\d{{1,2}}:\d{{2}}{zone}", rf"\d{{1,2}}:\d{{2}}(?::\d{{2}})?{zone}"
    return _ClockPatterns(
        re.compile(rf"\b({clock})\b"),
        re.compile(rf"\b({clock})(?: on DATE\d+)? (?:to|and) ({clock})"),
        re.compile(rf"\b(?:from|between) (?:{minute} on )?DATE(\d+) (?:to|and) (?:{minute} on )?DATE(\d+)", re.IGNORECASE),
        re.compile(rf"\b({clock}) on DATE(\d+)"),
    )


def facts_of(text: str, directory: Directory, others: tuple[str, ...] = (), zones: tuple[str, ...] = ()) -> Facts:
    """`others`: further names that count as names (of operators). `zones`: abbreviations of the site's zone."""
    patterns = _clock_patterns(zones)
    quotes = tuple(_QUOTE.findall(text))
    left = _QUOTE.sub(" ", text)
    names, left = _take_names(left, directory, others)
    ids = tuple(_ID.findall(left))
    left = _ID.sub(" ", left)
    dates = tuple(found.group(0) for found in _DATE.finditer(left))
    numbered = iter(range(len(dates)))
    left = _DATE.sub(lambda _: f"DATE{next(numbered)}", left)
    stretches = tuple((found[0], found[1]) for found in patterns.from_to.findall(left))
    days = tuple((dates[int(found[0])], dates[int(found[1])]) for found in patterns.day_to_day.findall(left))
    moments = tuple((found[0], dates[int(found[1])]) for found in patterns.at.findall(left))
    clocks = tuple(patterns.clock.findall(left))
    left = patterns.clock.sub(" ", left)
    coverage = tuple((found[0], found[1]) for found in _COVERAGE.findall(left))
    left = _COVERAGE.sub("were observed", left)
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
        _more_or_fewer(low),
        "the same number" in low,
        "goes on still" in low,
        _passed_or_failed(low),
        "unidentified" in low,
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


def _more_or_fewer(low: str) -> bool | None:
    if re.search(r"\bmore\b(?! such| of| than)", low) and "or more" not in low:
        return True
    return False if re.search(r"(?<!or )\bfewer\b", low) else None


def _passed_or_failed(low: str) -> bool | None:
    return True if "(passed)" in low else False if "(failed)" in low else None


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
