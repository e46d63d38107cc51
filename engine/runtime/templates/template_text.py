"""A template as a TOML file that a person edits: settings as in the settings file, rules as in a file of alert rules."""

import tomllib
from collections.abc import Mapping
from typing import Any, cast

import tomli_w

from engine.alerts.rule_text import read_rules, rules_text
from engine.model.alerts.settings import Rule
from engine.model.errors import InputError
from engine.model.templates import TemplateValues
from engine.model.wire import read_record, to_plain
from engine.runtime.templates.template_values import rule_field, rule_id_of


def template_text(values: TemplateValues) -> str:
    """What `read_template` reads as the same values."""
    parts: dict[str, dict[str, Any]] = {}
    rules: list[Rule] = []
    for name, value in values.items():
        if rule_id_of(name) is not None:
            rules.append(read_record(Rule, value))
            continue
        part, _, field = name.partition(".")
        parts.setdefault(part, {})[field] = value
    return "\n".join(text for text in (tomli_w.dumps(parts), rules_text(tuple(rules))) if text)


def read_template(text: str) -> dict[str, Any]:
    """Plain values by field, not checked but for the rules. Raises InputError."""
    try:
        plain = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError("file", f"is not TOML ({error})") from None
    given = plain.pop("rule", [])
    rules, wrong = read_rules(tomli_w.dumps({"rule": given}) if given else "")
    if wrong:
        raise InputError(wrong[0].field, wrong[0].message)
    return {**dict(_settings(plain, "")), **{rule_field(rule.id): to_plain(rule) for rule in rules}}


def _settings(plain: Mapping[str, Any], before: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, value in plain.items():
        field = f"{before}{name}"
        found += _settings(cast("dict[str, Any]", value), f"{field}.") if isinstance(value, dict) else [(field, value)]
    return found
