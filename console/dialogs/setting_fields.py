"""Form fields of settings: range, decimals, unit and help come from the description beside the dataclass field (`engine.model.setting`)."""

from dataclasses import fields
from functools import cache
from typing import Any, get_args, get_type_hints

from PySide6.QtWidgets import QAbstractSpinBox, QSpinBox

from engine.model.errors import InputError
from engine.model.setting import Setting, settings_of
from widgets.fields.form import Field
from widgets.fields.number_field import NumberField, padded
from widgets.marks.plain_tip import plain_tip
from widgets.number_text import number_text, typed_number
from widgets.translation import tr

_EXACT = ".15g"


def number_box(kind: type, name: str, value: float | None = None, most: float | None = None) -> NumberField:
    """A spin box for the setting `name` of the dataclass `kind`. `most`: where it has no upper limit."""
    setting = settings_of(kind)[name]
    low, high = limits_of(kind, name) if most is None else (setting.low or 0.0, most)
    decimals = setting.decimals if setting.decimals is not None else 1 if low >= 0.1 else 2
    box = padded(NumberField(minimum=low, maximum=high, decimals=decimals))
    box.setSuffix(suffix_text(setting))
    box.setSingleStep(setting.step or 1.0)
    _describe(box, setting)
    box.setValue(low if value is None else value)
    return box


def whole_box(kind: type, name: str, value: float | None = None) -> QSpinBox:
    """As `number_box`, for whole numbers."""
    setting = settings_of(kind)[name]
    low, high = limits_of(kind, name)
    box = padded(QSpinBox(minimum=round(low), maximum=round(high)))
    box.setSuffix(suffix_text(setting))
    _describe(box, setting)
    box.setValue(round(low if value is None else value))
    return box


def number_field(kind: type, name: str, label: str = "", hint: str = "") -> Field:
    """A line for the setting as it is typed, with its default. `label`, `hint`: instead of those of the description."""
    setting = settings_of(kind)[name]
    field = Field(label or tr(setting.label), lambda text: number_trouble(kind, name, text), hint or help_text(setting))
    field.set_value(exact_text(_default(kind, name)))
    return field


def typed_value(kind: type, name: str, text: str) -> float:
    """An int where the setting is one. Raises InputError (field `name`)."""
    if trouble := number_trouble(kind, name, text):
        raise InputError(name, trouble)
    return int(typed_number(text)) if is_whole(kind, name) else typed_number(text)


def number_trouble(kind: type, name: str, text: str) -> str:
    """What is wrong with a typed number, "" when nothing is."""
    setting = settings_of(kind)[name]
    trouble = bounds_trouble(text, *limits_of(kind, name), whole=is_whole(kind, name))
    return trouble if trouble or setting.allows(typed_number(text)) else _outside(*limits_of(kind, name))


def bounds_trouble(text: str, low: float, high: float, whole: bool = False) -> str:
    """As `number_trouble`, for a number without a description of its own."""
    try:
        value = typed_number(text)
    except ValueError:
        return tr("A number from {0} to {1}.").format(number_text(low, "g"), _bound_text(high))
    if whole and value != int(value):
        return tr("Enter a whole number.")
    return "" if low <= value <= high else _outside(low, high)


def _bound_text(bound: float) -> str:
    """Without an exponent."""
    return number_text(bound, "g" if abs(bound) < 1e6 else ",.0f")


def length_trouble(kind: type, name: str, text: str) -> str:
    """What is wrong with the length of a typed text."""
    most = longest(kind, name)
    return tr("Use at most {0} characters.").format(most) if len(text) > most else ""


def longest(kind: type, name: str) -> int:
    """Characters."""
    most = settings_of(kind)[name].max_length
    if most is None:
        raise ValueError(f"{kind.__name__}.{name} has no described length")
    return most


def limits_of(kind: type, name: str) -> tuple[float, float]:
    setting = settings_of(kind)[name]
    if setting.low is None or setting.high is None:
        raise ValueError(f"{kind.__name__}.{name} has no described limits")
    return setting.low, setting.high


def range_hint(kind: type, name: str) -> str:
    """`0.04 to 3650`, or `Up to 3650` where the lower limit itself is not allowed."""
    low, high = (number_text(limit, _EXACT) for limit in limits_of(kind, name))
    return tr("Up to {0}").format(high) if settings_of(kind)[name].ge is None else tr("{0} to {1}").format(low, high)


def is_whole(kind: type, name: str) -> bool:
    return int in (hint := _hints(kind)[name], *get_args(hint))


def help_text(setting: Setting) -> str:
    return tr(setting.help) if setting.help else ""


def range_and_help(kind: type, name: str) -> str:
    return f"{range_hint(kind, name)}. {help_text(settings_of(kind)[name])}".strip()


def help_with_default(kind: type, name: str) -> str:
    default = tr("Default: {0}").format(exact_text(_default(kind, name)))
    return f"{help_text(settings_of(kind)[name])} {default}".strip()


def suffix_text(setting: Setting) -> str:
    return tr(unit_suffix(setting.unit)) if setting.unit else ""


def unit_suffix(unit: str) -> str:
    """` m`, ` days`, `°`: what stands behind the number, in English."""
    return unit if unit == "°" else f" {unit}"


def exact_text(value: float) -> str:
    return number_text(value, _EXACT)


def _describe(box: QAbstractSpinBox, setting: Setting) -> None:
    box.setToolTip(plain_tip(help_text(setting)))


def _default(kind: type, name: str) -> Any:
    return next(field.default for field in fields(kind) if field.name == name)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _outside(low: float, high: float) -> str:
    return tr("Has to be between {0} and {1}.").format(number_text(low, "g"), _bound_text(high))
