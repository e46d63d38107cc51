"""The fields that a template can hold, by the settings' own description, and how its values are read, compared and put into settings."""

import hashlib
import json
import math
import re
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from typing import Any

from engine.model.alerts.settings import Rule
from engine.model.errors import InputError
from engine.model.plain_text import check_texts
from engine.model.setting import settings_of
from engine.model.settings import Settings
from engine.model.templates import FieldRefusal, TemplateValues
from engine.model.upkeep import SettingChange
from engine.model.wire import from_plain, read_as, to_plain
from engine.runtime.settings.settings_exchange import compare_values

RULES = "alerts.rules"
MOST_BYTES = 40_000  # of the values of one version, as JSON: it travels in one signed message
NOT_CENTRAL = "cannot be in a template: it belongs to one site alone"
_RULE = re.compile(r"alerts\.rules\[([^\]]*)\]")
_USUAL = to_plain(Rule("usual", "Usual"))
Check = Callable[[Settings, TemplateValues], None]
"""Given settings with the values in them. Raises InputError, naming the field."""


@cache
def central_fields() -> Mapping[str, Any]:
    """Types by field, in the order of the settings. Rules are one field here, and one field each in a template."""
    return dict(_central_types(Settings, ""))


def _central_types(root: type, before: str) -> Iterable[tuple[str, Any]]:
    kinds, described = typing.get_type_hints(root), settings_of(root)
    for field in fields(root):
        path, kind = f"{before}{field.name}", kinds[field.name]
        setting = described.get(field.name)
        if setting is not None and setting.central:
            yield path, kind
        elif isinstance(kind, type) and is_dataclass(kind):
            yield from _central_types(kind, f"{path}.")


def rule_field(rule_id: str) -> str:
    return f"{RULES}[{rule_id}]"


def rule_id_of(field: str) -> str | None:
    """None: it is no rule."""
    found = _RULE.fullmatch(field)
    return None if found is None else found[1]


def all_values(settings: Settings) -> TemplateValues:
    """The present value of every field that a template can hold."""
    rules = [rule_field(rule.id) for rule in settings.alerts.rules]
    return values_of(settings, [name for field in central_fields() for name in (rules if field == RULES else [field])])


def values_of(settings: Settings, names: Iterable[str]) -> TemplateValues:
    """Present values; None: a rule that is not there."""
    rules = {rule.id: rule for rule in settings.alerts.rules}
    found: TemplateValues = {}
    for name in names:
        rule_id = rule_id_of(name)
        if rule_id is None:
            found[name] = to_plain(_get(settings, name))
        else:
            found[name] = None if rule_id not in rules else _rule_to_plain(rules[rule_id])
    return found


def chosen_values(values: TemplateValues, wanted: Iterable[str]) -> TemplateValues:
    """Those whose field is one of `wanted`, or below one, as `gates` and `alerts.rules`. Raises InputError (`field`): one names nothing."""
    found: TemplateValues = {}
    for each in wanted:
        named = {name: value for name, value in values.items() if name == each or name.startswith((f"{each}.", f"{each}["))}
        if not named:
            raise InputError("field", f"{each[:80]!r} is no field that a template can hold, or is not set there")
        found |= named
    return {name: values[name] for name in values if name in found}


def read_values(plain: Mapping[str, Any]) -> TemplateValues:
    """As they are kept: each checked, in the order of the settings. Raises InputError (the field; `values`)."""
    if not plain:
        raise InputError("values", "are empty: a template holds one field at least")
    read = {name: _read_value(name, value) for name, value in plain.items()}
    order = list(central_fields())
    rules_first = sorted(read, key=lambda name: order.index(RULES if rule_id_of(name) is not None else name))
    values: TemplateValues = {name: _to_plain(read[name]) for name in rules_first}
    check_texts(tuple(each for each in read.values() if isinstance(each, Rule)))
    size = len(json.dumps(values, separators=(",", ":")).encode())
    if size > MOST_BYTES:
        raise InputError("values", f"are {size:,} bytes; at most {MOST_BYTES:,} are kept. Make two templates of it")
    with_values(Settings(), values)
    return values


def readable_values(plain: Mapping[str, Any]) -> TemplateValues:
    """Those that a template can hold, and that can be read; the others are left out."""
    found: TemplateValues = {}
    for name, value in plain.items():
        try:
            found = {**found, name: _to_plain(_read_value(name, value))}
        except InputError:
            continue
    return found


def with_values(settings: Settings, values: TemplateValues) -> Settings:
    """Rules are put in the place of those with their id, others behind all; the version of the rules is raised where anything of alerts
    changes. The same settings where nothing does. Raises InputError, naming the field."""
    changed = settings
    for name, value in values.items():
        changed = _with_value(changed, name, _read_value(name, value))
    if changed.alerts == settings.alerts:
        return changed
    return replace(changed, alerts=replace(changed.alerts, version=settings.alerts.version + 1))


def put_back(settings: Settings, before: TemplateValues, applied: TemplateValues) -> Settings:
    """The values of `before` where those that were applied are still there; None in it: the rule was not there. The same settings where
    nothing of it is left."""
    still = {name: value for name, value in before.items() if values_of(settings, (name,))[name] == applied[name]}
    changed = with_values(settings, {name: value for name, value in still.items() if value is not None})
    gone = {rule_id_of(name) for name, value in still.items() if value is None}
    if not gone:
        return changed
    rules = tuple(rule for rule in changed.alerts.rules if rule.id not in gone)
    return replace(changed, alerts=replace(changed.alerts, rules=rules, version=settings.alerts.version + 1))


def refusals_of(settings: Settings, values: TemplateValues, check: Check) -> tuple[FieldRefusal, ...]:
    """Everything that keeps a site from taking them: each field alone, then all of them together."""
    found = [refusal for name, value in values.items() if (refusal := _refusal(settings, {name: value}, check)) is not None]
    together = None if found else _refusal(settings, values, check)
    return tuple(found) if together is None else (together,)


def differences_of(now: TemplateValues, then: TemplateValues) -> tuple[SettingChange, ...]:
    """By field, down to the fields of a rule; a field that one of them lacks is empty there."""
    return compare_values(_spread(now), _spread(then))


def digest_of(values: TemplateValues) -> str:
    """The same for equal values, however they were written."""
    return hashlib.sha256(json.dumps(_canonical(values), sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _refusal(settings: Settings, values: TemplateValues, check: Check) -> FieldRefusal | None:
    try:
        check(with_values(settings, values), values)
    except InputError as error:
        only = next(iter(values)) if len(values) == 1 else ""
        field = error.field if error.field.startswith(only) else f"{only}.{error.field}"
        return FieldRefusal(field, error.message)
    return None


def _read_value(name: str, value: Any) -> Any:
    """As the settings have it. Raises InputError."""
    if not _is_finite(value):  # Python's reader of JSON lets NaN and infinity through
        raise InputError(name[:120], "holds a number that cannot be stored")
    rule_id = rule_id_of(name)
    if rule_id is None:
        if name not in central_fields() or name == RULES:
            raise InputError(name[:120], NOT_CENTRAL)
        return from_plain(central_fields()[name], value, name)
    if not isinstance(value, Mapping):
        raise InputError(name, "is no rule")
    rule = _rule_from_plain(typing.cast("Mapping[str, Any]", value), name)
    if rule.id != rule_id:
        raise InputError(name, f"holds the rule {rule.id!r}")
    return rule


def _is_finite(value: Any) -> bool:
    """At any depth."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Mapping):
        return all(map(_is_finite, typing.cast("Mapping[str, Any]", value).values()))
    return all(map(_is_finite, typing.cast("list[Any]", value))) if isinstance(value, (list, tuple)) else True


def _rule_from_plain(value: Mapping[str, Any], name: str) -> Rule:
    try:
        return read_as(Rule, dict(value), name)
    except InputError as error:
        field = error.field if error.field.startswith(name) else f"{name}.{error.field}"
        raise InputError(field, error.message) from None


def _with_value(settings: Settings, name: str, value: Any) -> Settings:
    if isinstance(value, Rule):
        rules = settings.alerts.rules
        known = any(rule.id == value.id for rule in rules)
        put = tuple(value if rule.id == value.id else rule for rule in rules) if known else (*rules, value)
        return _set(settings, RULES, put)
    return _set(settings, name, value)


def _set(root: Any, path: str, value: Any) -> Any:
    """Raises InputError with the whole path."""
    first, _, rest = path.partition(".")
    try:
        return replace(root, **{first: _set(getattr(root, first), rest, value) if rest else value})
    except InputError as error:
        inner = rest and not error.field.startswith(f"{first}.")
        raise InputError(f"{first}.{error.field}" if inner else error.field, error.message) from None


def _get(root: Any, path: str) -> Any:
    for name in path.split("."):
        root = getattr(root, name)
    return root


def _to_plain(value: Any) -> Any:
    return _rule_to_plain(value) if isinstance(value, Rule) else to_plain(value)


def _rule_to_plain(rule: Rule) -> dict[str, Any]:
    """Without what is usual: an older site refuses fields that it does not know."""
    return {key: value for key, value in to_plain(rule).items() if key in ("id", "name") or value != _USUAL[key]}


def _spread(values: TemplateValues) -> dict[str, Any]:
    """With what is usual in rules, so that a field of one that is left out is compared with its value."""
    return {name: {**_USUAL, **value} if rule_id_of(name) is not None and value is not None else value for name, value in values.items()}


def _canonical(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {str(key): _canonical(each) for key, each in typing.cast("Mapping[str, Any]", value).items()}
    if isinstance(value, (list, tuple)):
        return [_canonical(each) for each in typing.cast("list[Any]", value)]
    return value
