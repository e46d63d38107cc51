"""A question cut into tokens, which the parts of the grammar then take one after another. Folded: without accents and case."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import field
from functools import cache
from typing import TypeAlias

from engine.model.value_class import dataclass

_TOKEN = re.compile(
    r"\d{4}-\d{1,2}-\d{1,2}(?:t\d{1,2}:\d{2}(?::\d{2})?z?)?"  # 2026-11-12, 2026-11-12T14:00
    r"|\d{1,2}[./]\d{1,2}[./]\d{4}"  # 12.11.2026, 12/11/2026
    r"|\d{1,2}:\d{2}(?::\d{2})?"  # 14:00
    r"|\d+\.\d+"
    r"|\d+|[^\W\d_]+|#",
    re.IGNORECASE,
)
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i"})
_WHEN_AWAY = (
    r"away|gone|out|off|absent|asleep|sleeping|closed|on holiday|on leave|on a break|on break|at lunch|at home|in a meeting|"
    r"not here|not there|offline|travelling|traveling|on vacation"
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
Rewording: TypeAlias = tuple[str, str | Callable[[re.Match[str]], str]]
"""A pattern, and what takes its place."""
_WEEKDAY = r"(?:mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)(?:uary|ruary|ch|il|e|y|ust|tember|ober|ember)?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"


def _day_of_month(found: re.Match[str]) -> str:
    """`12.11.` and `12/11`: the day first."""
    day, month = int(found[1]), int(found[2])
    return f"{day} {MONTHS[month - 1]} " if 1 <= day <= 31 and 1 <= month <= 12 else found[0]


def _four_digits(found: re.Match[str]) -> str:
    """`2200` is a time; `2026` behind a month is none."""
    before = found.string[: found.start()].split()
    is_year = bool(before) and re.fullmatch(_MONTH, before[-1].strip(",.")) is not None
    return found[0] if is_year else f"{found[1]}:{found[2]}"


def _night_before(found: re.Match[str]) -> str:
    """The night to Wednesday began on Tuesday."""
    at = next(at for at, day in enumerate(WEEKDAYS) if day.startswith(found[1][:3]))
    return f"{WEEKDAYS[at - 1]} night"


_NIGHT = rf"(?:{_WEEKDAY}|the {_DAY})"
_SHORT: tuple[Rewording, ...] = (
    (r"\b(any|some|every|no)1\b", r"\1one"),
    (r"\bsum(?:1|one)\b", "someone"),
    (r"\bat work\b", "here"),
    (r"\b(next|last|this|past|a) wk\b", r"\1 week"),
    (r"\b2nite\b", "tonight"),
    (r"\bfrom (?:when|what time) (?:to|until|till) (?:when|what time)\b", "when"),
    (r"\bb4\b", "before"),
    (r"\btotal ((?:(?:camera|node|sensor)s? )?(?:outages?|downtime)\b)", r"how long \1"),
    (r"\b(?:stayed|stays|stay|worked|works) (?:the )?latest\b", "left last"),
    (r"\bmost to do\b", "most events"),
    (r"\bhow long\b(.*)\b(?:hanging|hang|hung) (?:around|about)\b", r"how long\1stay"),
    (r",? all told\b", ""),
    (r"\bwithout (?:a |any )?(?:camera )?(?:picture|image|signal)s?\b", "offline"),
    (r"\bleading up to\b", "before"),
    (r"\bin view of\b", "seen by"),
    (r"\bi (?:was|am) (?:just )?wondering\b|\blet (?:me|us)\b(?! see)", " "),
    (r"\btil\b", "until"),
    (rf"\b(early|late) (?:on )?({_WEEKDAY}) (morning|afternoon|evening)\b", r"\2 \1 \3"),
    (rf"\bearly on ({_WEEKDAY})\b|\b({_WEEKDAY}) early\b(?! (?:morning|afternoon|evening))", r"\1\2 early morning"),
    (rf"\blate on ({_WEEKDAY})\b|\b({_WEEKDAY}) late\b(?! (?:morning|afternoon|evening))", r"\1\2 evening"),
    (r"\b(of the|all) (?:two|three|four|five|six|seven|eight|nine|ten)\b(?= [a-z]+s\b)", r"\1"),
    (r"\bthru\b", "through"),
    (r"\b(?:on )?which day (was|were|is|had) (nobody|no one|none|no)\b", r"on which days \1 \2"),
    (r"\bcome to work\b", "come in"),
    (r"\bcame to work\b", "came in"),
    (r"\bafter (?:the )?lunch(?:time| ?break)?\b", "after 13:00"),
    (r",? ?\b(?:all )?added (?:up|together)\b", " in total"),
    (r",? ?\b(?:from )?start to finish\b", ""),
    (r"\backnowledged,? but (?:still )?not (?:yet )?closed\b", "acknowledged"),
    (r"(?<!from )(?<!between )(?<![\d:])\b(\d{1,2}(?::\d\d)?) (?:to|till|until) (\d{1,2}(?::\d\d)? ?(?:am|pm))\b", r"from \1 to \2"),
    (r"\beve\b(?!['’])", "evening"),
    (r"^\s*n\b", "and"),
    (r"\b(?:on|all on) (?:his|her|their|its|my) own\b|\bby (?:him|her|them|it|my)sel(?:f|ves)\b", "alone"),
    (rf"\b(?:in |during |on )?(?:the )?night (?:from|between|of) ({_NIGHT}) (?:to|on|and|until) {_NIGHT}\b", r"\1 night"),
    (rf"\b(?:in |during )?(?:the )?night to ({_WEEKDAY})\b", _night_before),
    (r"\bby day\b(?=.*\bnight)", "in the bydays"),
    (r"(\bnight\b.*)\b(?:by day|during the day)\b", r"\1in the bydays"),
    (r"(?<![\d.:/])(?<!in )(?<!of )(?<!year )(?<!number )([01]\d|2[0-3])([0-5]\d)\b(?![.:/]\d|-\d{1,2}-)", _four_digits),
    (rf"\b({_WEEKDAY})\s*(?:[-–—]|\b(?:to|till|until|through|thru)\b)\s*({_WEEKDAY})\b", r"from \1 to \2"),
    (rf"\b({_DAY}) (?:to|until|till|through|[-–—]) ({_DAY}) (?:of )?({_MONTH})\b", r"from \1 \3 to \2 \3"),
    (rf"\b({_DAY}) and ({_DAY}) (?:of )?({_MONTH})\b", r"\1 \3 and \2 \3"),
    (rf"\b({_MONTH}) ({_DAY}) (to|and|until|till|through|[-–—]) ({_DAY})\b(?! ?(?:am|pm|:))", r"\1 \2 \3 \1 \4"),
    (r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.(?!\d)", _day_of_month),
    (r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])", _day_of_month),
    (r"\b([01]?\d|2[0-4])[h.]([0-5]\d)(?= ?(?:am|pm|h|hrs|hours|uhr|a\.m|p\.m)\b)", r"\1:\2"),
    (r"\b([01]?\d|2[0-4])h([0-5]\d)\b", r"\1:\2"),
    (r"\b(at|from|to|until|till|and|since|before|after|between|by) ([01]?\d|2[0-4])\.([0-5]\d)\b(?!\.)", r"\1 \2:\3"),
    (r"\b([01]\d|2[0-3])([0-5]\d) ?(?:h|hrs|hours)\b", r"\1:\2"),
    (
        r"(?<!last )(?<!past )(?<!within )(?<!previous )(?<!for )\b([01]?\d|2[0-4]) ?h(?:rs)?\b(?! (?:ago|before|after|later|long))",
        r"\1:00",
    ),
    (r"(\d) ?uhr\b", r"\1 oclock"),
    (r"\b(?:(?:had|has|have|gave|give|gives|shows?|showed|sent|delivered|is|was|were) )?no (?:picture|image|signal)s?\b", "offline"),
    (r"\b(?:up to|until|till|til) (?:now|this moment)\b", "so far"),
    (r"\bearlier (today|this)\b", r"\1"),
    (r"\bturn(?:ed|s)? out(?: to (?:be|have been))?\b", " "),
    (r"\b(walk|walked|walking|went|go|goes|came|come|comes|passed|pass|drove|ran|run|moved|get|got) (?:past|by)\b", r"\1"),
    (r"\b(yesterday\b.*)\bthe day before\b(?! yesterday)", r"\1the day before yesterday"),
    (r"\b(difference|compare|comparison|change)(\b.*) between (.+) and\b", r"\1\2 \3 and"),
    (rf"\b(?:while|when|as|during the time) (?:i|we) (?:was|were|am|are|have been|had been) (?:{_WHEN_AWAY})\b", " "),
    (r"\b(ca)n't\b", r"can not"),
    (r"\bwon't\b", "will not"),
    (r"\b(\w+)n't\b", r"\1 not"),
    (r"\b(did|do|does|was|were|is|are|has|have|had|could|would)nt\b", r"\1 not"),
    (r"\b(who|what|where|when|how|why|that|there|here|it|he|she)'s\b", r"\1 is"),
    (r"\b(who|what|where|when|how|why|that)s\b", r"\1 is"),
    (r"\b(\w+)'re\b", r"\1 are"),
    (r"\b(\w+)'ve\b", r"\1 have"),
    (r"\b(\w+)'d\b", r"\1 did"),
    (r"\b(\w+)'ll\b", r"\1 will"),
    (r"\bo'clock\b", "oclock"),
    (r"\ba\.m\.?(?=\W|$)", "am"),
    (r"\bp\.m\.?(?=\W|$)", "pm"),
    (r"\b(\w+)'s\b", r"\1"),
    (r"\b(\w+s)'(?=\W|$)", r"\1"),
    (r"(?<![\d:./-])(\d{1,2}(?::\d{2})? ?(?:am|pm)?) ?[-–—] ?(\d{1,2}(?::\d{2})? ?(?:am|pm)?)(?![\d:./-])", r"from \1 to \2"),
    (r"\b(?:from|between) from\b", "from"),
)
MOST_TOKENS = 200


@dataclass(slots=True)
class Token:
    """`text` folded; `taken`: by which part of the grammar, empty while nobody has. `capital`: it was written with a capital."""

    text: str
    capital: bool = False
    taken: str = ""


@dataclass(slots=True)
class Tokens:
    """The tokens of one question. Parts of the grammar look at those not taken and take what they understand."""

    all: list[Token] = field(default_factory=list[Token])

    def free(self, at: int) -> bool:
        return 0 <= at < len(self.all) and not self.all[at].taken

    def word(self, at: int) -> str:
        """Empty beyond the ends."""
        return self.all[at].text if 0 <= at < len(self.all) else ""

    def claim(self, start: int, end: int, by: str) -> None:
        for token in self.all[start:end]:
            token.taken = by

    def run(self, start: int, words: tuple[str, ...]) -> bool:
        """Whether these words stand here, none of them taken."""
        found = self.all[start : start + len(words)]
        return len(found) == len(words) and all(not token.taken and token.text == word for token, word in zip(found, words, strict=True))

    def run_of(self, *words: str) -> bool:
        """Whether these words stand side by side anywhere, taken or not."""
        texts = [token.text for token in self.all]
        return any(tuple(texts[at : at + len(words)]) == words for at in range(len(texts)))

    def free_indexes(self) -> list[int]:
        return [at for at, token in enumerate(self.all) if not token.taken]


def word_set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def folded(text: str) -> str:
    """Without accents, case and curly quotes."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'").replace("‘", "'"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold().translate(_LETTERS)


def reworded(text: str, rewordings: tuple[Rewording, ...], flags: re.RegexFlag = re.NOFLAG) -> str:
    """One after another."""
    for pattern, by in _compiled(rewordings, flags):
        text = pattern.sub(by, text)
    return text


@cache
def _compiled(rewordings: tuple[Rewording, ...], flags: re.RegexFlag) -> list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]]:
    return [(re.compile(pattern, flags), by) for pattern, by in rewordings]


def words_of(name: str) -> tuple[str, ...]:
    """The folded words of a name, as tokens of a question have them."""
    return tuple(_TOKEN.findall(folded(name).replace("'s", "").replace("'", "")))


def tokens_of(message: str) -> Tokens:
    capitals = {folded(word) for word in re.findall(r"[^\W\d_]+", message) if word[:1].isupper()}
    text = reworded(folded(message), _SHORT)
    found = _TOKEN.findall(text.replace("'", ""))[:MOST_TOKENS]
    return Tokens([Token(word, word in capitals) for word in found])
