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

import tomllib
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import tomli_w

from engine.alerts.rule_hours import hours_text, parse_hours
from engine.alerts.rule_lines import RuleLines, undecoded
from engine.model.alerts.settings import MOST_RULES, Hours, Rule
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


def _rules(tables: list[_Table], lines: RuleLines, check: Callable[[Rule], None]) -> tuple[tuple[Rule, ...], tuple[WrongLine, ...]]:
    rules: dict[str, Rule] = {}
    wrong: list[WrongLine] = []
    for index, table in enumerate(tables):
        name = table.get("id")
        prefix = f"rules.{name if isinstance(name, str) and name else index + 1}"
        try:
            rule = _read(table)
            check(rule)
            if rule.id in rules:
                raise InputError("id", f"{rule.id!r} is used twice")
            rules[rule.id] = rule
        except InputError as error:
            field = error.field.removeprefix(f"{prefix}.")
            wrong.append(WrongLine(lines.of(index, len(tables), field), f"{prefix}.{field}", error.message))
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


def _read(plain: _Table) -> Rule:
    """Raises InputError."""
    given = dict(plain)
    if isinstance(hours := plain.get("hours"), list):
        given["hours"] = [to_plain(_one_stretch(each)) for each in cast("list[Any]", hours)]
    return read_as(Rule, given)


def _one_stretch(given: object) -> Hours:
    if not isinstance(given, str):
        raise InputError("hours", "are texts like “mon-fri 22:00-06:00”")
    return parse_hours(given)
