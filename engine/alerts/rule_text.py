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
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import tomli_w

from engine.model.alerts.settings import MOST_RULES, Hours, Rule
from engine.model.clock_text import minute_of_day_text
from engine.model.errors import InputError
from engine.model.question import WrongLine
from engine.model.wire import read_as, to_plain

MOST_CHARACTERS = 500_000
_USUAL = to_plain(Rule("usual", "Usual"))
_WIDEST = 80
_EVERY_RULE = "every rule begins with a line [[rule]]"
_Table: TypeAlias = dict[str, Any]


def _anything(rule: Rule) -> None:
    del rule


def rules_text(rules: tuple[Rule, ...]) -> str:
    """What `read_rules` reads as the same rules."""
    return "\n".join("[[rule]]\n" + "".join(f"{key} = {_value(value)}\n" for key, value in _plain(rule).items()) for rule in rules)


def read_rules(text: str, check: Callable[[Rule], None] = _anything) -> tuple[tuple[Rule, ...], tuple[WrongLine, ...]]:
    """The rules, or else all that is wrong in them, one finding for each rule.

    Args:
        check: raises InputError where a rule names what is not there.
    """
    try:
        tables = _tables(text)
    except (ValueError, RecursionError) as error:
        line, words = undecoded(error, text) if isinstance(error, ValueError) else (0, "it is nested too deeply")
        return (), (WrongLine(line, "rules", f"This is not TOML: {words}."),)
    except InputError as error:
        return (), (WrongLine(0, error.field, error.message),)
    return _rules(tables, RuleLines(text), check)


def _tables(text: str) -> list[_Table]:
    """Raises InputError; ValueError, RecursionError: it is no TOML."""
    if len(text) > MOST_CHARACTERS:
        raise InputError("rules", f"are {len(text)} characters long; at most {MOST_CHARACTERS} are read.")
    read = tomllib.loads(text)
    unknown = next((key for key in read if key != "rule"), None)
    if unknown is not None:
        raise InputError("rules", f"{unknown[:60]!r} is unknown; {_EVERY_RULE}.")
    given = read.get("rule", [])
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in cast("list[Any]", given)):
        raise InputError("rules", f"{_EVERY_RULE}.")
    if len(cast("list[Any]", given)) > MOST_RULES:
        raise InputError("rules", f"are {len(cast('list[Any]', given))}; at most {MOST_RULES} are taken.")
    return cast("list[_Table]", given)


def _rules(tables: list[_Table], lines: "RuleLines", check: Callable[[Rule], None]) -> tuple[tuple[Rule, ...], tuple[WrongLine, ...]]:
    rules: dict[str, Rule] = {}
    wrong: list[WrongLine] = []
    for index, table in enumerate(tables):
        name = table.get("id")
        prefix = f"rules.{name if isinstance(name, str) and name else index + 1}"
        try:
            rule = _rule_from_table(table)
            check(rule)
            if rule.id in rules:
                raise InputError("id", f"{rule.id!r} is used twice")
            rules[rule.id] = rule
        except InputError as error:
            field = error.field.removeprefix(f"{prefix}.")
            wrong.append(WrongLine(lines.line_of(index, len(tables), field), f"{prefix}.{field}", error.message))
    return ((), tuple(wrong)) if wrong else (tuple(rules.values()), ())


def _plain(rule: Rule) -> _Table:
    plain = cast("_Table", to_plain(rule))
    kept = {name: value for name, value in plain.items() if name in ("id", "name") or (value is not None and value != _USUAL[name])}
    return kept | ({"hours": [hours_text(hours) for hours in rule.hours]} if rule.hours else {})


def _value(value: Any) -> str:
    """As TOML; a list on one line where it fits."""
    if isinstance(value, list):
        items = [_value(each) for each in cast("list[Any]", value)]
        one_line = f"[{', '.join(items)}]"
        return one_line if len(one_line) <= _WIDEST else "[\n" + "".join(f"    {each},\n" for each in items) + "]"
    return tomli_w.dumps({"x": value}).removeprefix("x = ").removesuffix("\n")


def _rule_from_table(plain: _Table) -> Rule:
    """Raises InputError."""
    given = dict(plain)
    if isinstance(hours := plain.get("hours"), list):
        given["hours"] = [to_plain(_one_stretch(each)) for each in cast("list[Any]", hours)]
    return read_as(Rule, given)


def _one_stretch(given: object) -> Hours:
    if not isinstance(given, str):
        raise InputError("hours", "are texts like “mon-fri 22:00-06:00”")
    return parse_hours(given)


_HEADER = re.compile(r"^\s*\[\[\s*rule\s*\]\]")
_KEY = re.compile(r"""^\s*["']?([A-Za-z0-9_-]+)["']?\s*=""")
_AT_LINE = re.compile(r"\s*\(at line (\d+), column (\d+)\)$")
_AT_END = re.compile(r"\s*\(at end of document\)$")
_LONG_STRINGS = re.compile(r'"""|\'\'\'')


class RuleLines:
    """Where in the text things stand, which TOML's reader does not tell. Lines are counted from 1; 0 stands for no line."""

    def __init__(self, text: str) -> None:
        self._keys: list[dict[str, int]] = []
        inside = ""
        for number, line in enumerate(text.split("\n"), 1):  # as TOML has them
            if not inside:
                self._read_line(number, line)
            for mark in _LONG_STRINGS.findall(line):
                inside = mark if not inside else "" if mark == inside else inside

    def _read_line(self, number: int, line: str) -> None:
        if _HEADER.match(line):
            self._keys.append({"": number})
        elif self._keys and (key := _KEY.match(line)):
            self._keys[-1].setdefault(key[1], number)

    def line_of(self, index: int, rules: int, field: str) -> int:
        """Of a field (`kinds[2]` stands in `kinds`) of the rule `index` among so many; its head where the field is not there."""
        if len(self._keys) != rules:
            return 0  # they are written without heads
        keys = self._keys[index]
        return keys.get(field.partition("[")[0].partition(".")[0], keys[""])


def undecoded(error: Exception, text: str) -> tuple[int, str]:
    """The line that TOML's reader names in its words, and the words without it."""
    words = str(error)
    if at := _AT_LINE.search(words):
        return int(at[1]), f"{words[: at.start()]} (column {at[2]})"
    if at := _AT_END.search(words):
        return text.rstrip().count("\n") + 1, f"{words[: at.start()]} (at the end)"
    return 0, words


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIMES = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")


def hours_text(hours: Hours) -> str:
    """`mon-fri 22:00-06:00`."""
    return f"{_days_text(hours.days)} {minute_of_day_text(hours.start_min)}-{minute_of_day_text(hours.end_min)}"


def parse_hours(text: str) -> Hours:
    """Days as `mon-fri`, `sat sun` or nothing (every day), then from when until when. Raises InputError (field `hours`)."""
    match = _TIMES.search(text)
    if match is None or match.end() != len(text.rstrip()):
        raise InputError("hours", f"{text[:60]!r} is not like “mon-fri 22:00-06:00”")
    start, end = (_minutes(match.group(i), match.group(i + 1), text) for i in (1, 3))
    return Hours(_days(text[: match.start()], text), start, end)


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
