"""Rules as text that a person edits: TOML, one `[[rule]]` after the other in their order, what is usual left out.

[[rule]]
id = "gate-at-night"
name = "Somebody at the gate at night"
kinds = ["person", "presence"]
zone_ids = ["gate"]
hours = ["mon-fri 22:00-06:00", "sat sun 00:00-24:00"]
severity = 4
mode = "shadow"
"""

import re
import tomllib
from typing import Any, cast

import tomli_w

from engine.model.alert_settings import MOST_RULES, AlertSettings, Hours, Rule
from engine.model.errors import InputError
from engine.model.wire import read_as, to_plain

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HEADER = re.compile(r"^\s*\[\[\s*rule\s*\]\]")
_TIMES = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_USUAL = to_plain(Rule("usual", "Usual"))


def rules_text(rules: tuple[Rule, ...]) -> str:
    """What `parse_rules` reads as the same rules."""
    return tomli_w.dumps({"rule": [_plain(rule) for rule in rules]}) if rules else ""


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Raises InputError: the field is `rules.<id or number>.<field>`, the message begins with the line of its rule."""
    try:
        read = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError("rules", f"is not TOML: {error}.") from None
    unknown = next((key for key in read if key != "rule"), None)
    if unknown is not None:
        raise InputError("rules", f"{unknown!r} is unknown; every rule begins with a line [[rule]].")
    given = read.get("rule", [])
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in cast("list[Any]", given)):
        raise InputError("rules", "every rule begins with a line [[rule]].")
    if len(cast("list[Any]", given)) > MOST_RULES:
        raise InputError("rules", f"are {len(cast('list[Any]', given))}; at most {MOST_RULES} are taken.")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _HEADER.match(line)]
    rules = tuple(_read(each, index, lines) for index, each in enumerate(cast("list[dict[str, Any]]", given)))
    AlertSettings(rules=rules)  # ids are used once
    return rules


def hours_text(hours: Hours) -> str:
    """`mon-fri 22:00-06:00`."""
    return f"{_days_text(hours.days)} {_clock(hours.start_min)}-{_clock(hours.end_min)}"


def parse_hours(text: str) -> Hours:
    """Days as `mon-fri`, `sat sun` or nothing (every day), then from when until when. Raises InputError (field `hours`)."""
    match = _TIMES.search(text)
    if match is None or match.end() != len(text.rstrip()):
        raise InputError("hours", f"{text[:60]!r} is not like “mon-fri 22:00-06:00”")
    start, end = (_minutes(match.group(i), match.group(i + 1), text) for i in (1, 3))
    return Hours(_days(text[: match.start()], text), start, end)


def _plain(rule: Rule) -> dict[str, Any]:
    plain = cast("dict[str, Any]", to_plain(rule))
    kept = {name: value for name, value in plain.items() if name in ("id", "name") or (value is not None and value != _USUAL[name])}
    return kept | ({"hours": [hours_text(hours) for hours in rule.hours]} if rule.hours else {})


def _read(plain: dict[str, Any], index: int, lines: list[int]) -> Rule:
    name = plain.get("id")
    who = name if isinstance(name, str) and name else str(index + 1)
    at = f"line {lines[index]}: " if index < len(lines) else ""
    try:
        given = dict(plain)
        if isinstance(hours := plain.get("hours"), list):
            given["hours"] = [to_plain(_one_stretch(each)) for each in cast("list[Any]", hours)]
        return read_as(Rule, given, f"rules.{who}")
    except InputError as error:
        field = error.field if error.field.startswith("rules.") else f"rules.{who}.{error.field}"
        raise InputError(field, f"{at}{error.message}") from None


def _one_stretch(given: object) -> Hours:
    if not isinstance(given, str):
        raise InputError("hours", "are texts like “mon-fri 22:00-06:00”")
    return parse_hours(given)


def _days(text: str, whole: str) -> tuple[int, ...]:
    found: set[int] = set()
    for word in re.split(r"[\s,]+", text.strip().lower()):
        if not word:
            continue
        first, _, last = word.replace("–", "-").partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            raise InputError("hours", f"{word!r} in {whole[:60]!r} is no day; days are {', '.join(DAYS)}")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found |= {day % 7 for day in range(start, (end if end >= start else end + 7) + 1)}
    return tuple(sorted(found)) or tuple(range(7))


def _days_text(days: tuple[int, ...]) -> str:
    kept = sorted(set(days))
    if len(kept) > 2 and kept == list(range(kept[0], kept[-1] + 1)):
        return f"{DAYS[kept[0]]}-{DAYS[kept[-1]]}"
    return " ".join(DAYS[day] for day in kept)


def _minutes(hour: str, minute: str, whole: str) -> int:
    at = int(hour) * 60 + int(minute)
    if int(minute) > 59 or at > 1440:
        raise InputError("hours", f"{hour}:{minute} in {whole[:60]!r} is no time of the day")
    return at


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
