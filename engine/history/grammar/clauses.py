"""A question cut where it is two: `when did he come and when did he leave`; and where it leans on something that happened: `who was there
when Ana fell`, `what happened in the 20 minutes before the fight`. The words are cut only; what each part means is the grammar's.
"""

import re

from engine.history.when.units import DAY, HOUR, MINUTE, NUMBERS
from engine.model.history.plan import Relation
from engine.model.value_class import dataclass

_ASKS = (
    r"(?:at |in |on |for |by )?(?:when|who|whom|whose|where|why|how|what|which)|was|were|did|does|do|is|are|has|have|had|any|anyone|"
    r"anybody|list|show|count|tell"
)
_SPLIT = re.compile(
    rf"\?+\s+(?=\S)|(?:,\s*|\s+)(?:and|but|then|also)(?:\s+(?:also|then))?\s+(?=(?:{_ASKS})\b)|[;.]\s+(?=(?:{_ASKS})\b)|,\s+(?=(?:{_ASKS})\b)",
    re.IGNORECASE,
)
_BEGINS = re.compile(rf"^\W*(?:and |so |ok |please |hi |hello |hey |can you |could you |tell me )*(?:{_ASKS})\b", re.IGNORECASE)
_NO_CUT = re.compile(r"\b(?:between|compare|difference|both|from)\b[^?]*$", re.IGNORECASE)
_COUNT = r"\d+(?:\.\d+)?|an?|half an|one|two|three|four|five|six|ten|fifteen|twenty|thirty|half|a few|a couple of"
_UNIT = r"s|sec|seconds?|min|mins|minutes?|h|hrs?|hours?|days?"
_AMOUNT = rf"(?:(?P<n>{_COUNT})\s*(?P<unit>{_UNIT})\s+)?"
_RELATION = (
    rf"(?P<rel>(?:at|during) the (?:time|moment) (?:of|when|that)|within (?P<wn>{_COUNT})\s*(?P<wunit>{_UNIT}) (?:of|from|around)|"
    r"either side of|prior to|following|before|after|since|until|till|while|when|during|around)"
)
_NEAR = r"(?:\b(?P<near>right|shortly|just|immediately|directly|soon)\s+)?"
_THING = r"(?!(?:noon|midnight|midday|half |quarter |when |what )\b)(?!\d)\S"  # no clock, and no question
_ANCHOR = re.compile(
    rf"(?:\b(?:in|during|for|within)\s+)?(?:\bthe\s+)?(?:\b(?:last|first|next)\s+)?{_AMOUNT}{_NEAR}\b{_RELATION}\s+(?P<clause>{_THING}.*)$",
    re.IGNORECASE,
)
_LEADING = re.compile(rf"^\W*(?:so |and )?{_RELATION}\s+(?P<clause>{_THING}[^,]+),\s*(?P<main>.+)$", re.IGNORECASE)
_NO_ANCHOR = re.compile(
    r"\b(?:know|tell|say|see|remember|about|exactly|check|idea|clue|wonder|wondering|sure|since|me|us|and|or|of|time|times|day|moment|from|until|till|to)\s*$",
    re.IGNORECASE,
)
_DAY_BESIDE = re.compile(r"\bthe (?:(?:next|very) )?(?:day|night|morning|evening|week|weekend)$", re.IGNORECASE)
_UNITS = {"s": 1, "m": MINUTE, "h": HOUR, "d": DAY}
_SHORTLY_S = 15.0 * MINUTE


_BOTH_ENDS = re.compile(r"\b(?P<one>first|earliest|last|latest) and (?:the )?(?P<other>last|latest|first|earliest)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Anchored:
    """`main` asks of the time that `clause` says: before, after, during or around it. `seconds`: how far, None as far as it goes."""

    main: str
    relation: Relation
    clause: str
    seconds: float | None = None


_OF_ONE = re.compile(
    r"^\W*(?P<of>[^:?]{3,80}):\s*(?P<one>(?:when|where|who|how long|how often)\b[^,?]*?)"
    r"(?:,| and)\s*(?P<other>(?:when|where|who|how)\b[^,?]*)\W*$",
    re.IGNORECASE,
)


def questions(message: str) -> list[str]:
    """The parts of a message that ask by themselves; one where it is no more. `the first and the last` are two, and so is `Ana on
    Thursday: when came, when left`."""
    listed = _OF_ONE.match(message)
    if listed is not None and " it " not in message:
        return [f"{listed[each]} {listed['of']}" for each in ("one", "other")]
    ends = _BOTH_ENDS.search(message)
    if ends is not None:
        return [f"{message[: ends.start()]}{end}{message[ends.end() :]}" for end in (ends["one"], ends["other"])]
    parts: list[str] = []
    start = 0
    for found in _SPLIT.finditer(message):
        head = message[start : found.start()]
        is_question = found.group(0).startswith("?") or _BEGINS.match(head)
        if re.search(r"\bbut\b", found.group(0)) and re.search(r"\b(?:not|never)\b|n't\b", head, re.IGNORECASE):
            continue  # `who was not here on Monday but was on Tuesday` is one
        if not head.strip() or not is_question or (not found.group(0).startswith("?") and _NO_CUT.search(head)) or len(head.split()) < 2:
            continue
        parts.append(head.strip())
        start = found.end()
    return [each for each in [*parts, message[start:].strip()] if each]


def anchors(message: str) -> list[Anchored]:
    """The ways in which a question could lean on something else, the first that stands in it first."""
    found: list[Anchored] = []
    leading = _LEADING.match(message)
    if leading is not None:
        found.append(_anchored(leading, leading["main"]))
    at = 0
    while (match := _ANCHOR.search(message, at)) is not None:
        main = message[: match.start()].strip(" ,")
        at = match.start("rel") + 1
        if re.search(rf", (?:{_ASKS})\b", match["clause"], re.IGNORECASE):
            continue  # what is asked stands behind it: `on Thursday after lunch, what did he do`
        if _DAY_BESIDE.search(main):
            continue  # `on the day after the fight`: that day, and not the rest of the one of the fight
        if len(main.split()) >= 2 and not _NO_ANCHOR.search(message[: match.start("rel")] if match["rel"].lower() == "when" else ""):
            found.append(_anchored(match, main))
    return found


_HOW_FAR = r"^\W*(?:how long|how much (?:time|later|earlier)|what time|how many (?:minutes|hours))\b"
_APART = tuple(
    re.compile(rf"{_HOW_FAR}{pattern}[?.!\s]*$", re.IGNORECASE)
    for pattern in (
        r".*?\bbetween\s+(?P<one>\S.*?)\s+and\s+(?P<other>\S.*?)",
        r".*?\bfrom\s+(?P<one>\S.*?)\s+(?:to|until)\s+(?P<other>\S.*?)",
    )
)
_THAN = re.compile(
    rf"{_HOW_FAR}\s+(?:before|after)\s+(?P<one>\S.*?)\s+(?:did|was|were|had|has|is)\s+(?P<other>\S.*?)[?.!\s]*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Apart:
    """Two things, and whether both have to be something that happens: of people who come and go it is asked otherwise."""

    one: str
    other: str
    happen: bool = False


def apart(message: str) -> Apart | None:
    """`how long between the alert and the fall`, `how long before the fight did the loitering start`: the two things."""
    found = next((match for pattern in _APART if (match := pattern.match(message)) is not None), None)
    if found is not None:
        return Apart(found["one"], found["other"])
    than = _THAN.match(message)
    return None if than is None else Apart(than["one"], than["other"], happen=True)


_BETWEEN = re.compile(r"^(?P<main>.*?\S)\s+between\s+(?P<one>\S.*?)\s+and\s+(?P<other>\S.*?)[?.!\s]*$", re.IGNORECASE)


def between(message: str) -> tuple[str, str, str] | None:
    """`what happened between the alert and the fall`: what is asked, and the two things."""
    found = _BETWEEN.match(message)
    return None if found is None else (found["main"], found["one"], found["other"])


def _anchored(match: re.Match[str], main: str) -> Anchored:
    groups = match.groupdict()
    relation = _relation(match["rel"].lower())
    seconds = _seconds(groups.get("wn"), groups.get("wunit")) or _seconds(groups.get("n"), groups.get("unit"))
    if groups.get("near") and seconds is None:
        seconds = _SHORTLY_S
    next_one = relation in (Relation.AFTER, Relation.BEFORE)
    main = re.sub(r"\bnext\b", "first", main, flags=re.IGNORECASE) if next_one and relation is Relation.AFTER else main
    return Anchored(main, relation, match["clause"].strip(" ?.!"), seconds)


def _relation(word: str) -> Relation:
    if word.startswith("within") or word in ("around", "either side of"):
        return Relation.AROUND
    if word in ("before", "until", "till", "prior to"):
        return Relation.BEFORE
    return Relation.AFTER if word in ("after", "since", "following") else Relation.DURING


def _seconds(count: str | None, unit: str | None) -> float | None:
    if not count or not unit:
        return None
    text = count.lower()
    many = (
        0.5
        if text.startswith("half")
        else float(text)
        if text[0].isdigit()
        else float(NUMBERS.get(text.split()[-1] if "few" not in text else "few", 1))
    )
    many = 2.0 if "couple" in text else many
    return many * _UNITS[unit[0].lower()]
