"""What an import of settings would change, in words: fields of the file as the rest of the console calls them, and their values.

A field is a path of the file, such as `cameras[gate].zones[door].loiter_s`; it comes out as `Cameras › Gate › Zones › Door › …`.
"""

import re
from ast import literal_eval
from typing import Any, cast, get_type_hints

from engine.model.setting import part_of, settings_of
from engine.model.settings import Settings
from engine.model.upkeep import SettingChange
from engine.model.value_class import dataclass
from widgets.number_text import number_text, numbers_text, written_number_text
from widgets.translation import tr

_BETWEEN = " › "
_STEP = re.compile(r"(?P<name>[a-z]\w*)(?:\[(?P<key>.*?)\])?(?:\.|$)")
_KEYS = ("id", "mac", "address", "camera_id")


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change as it is read: the setting, what it is, what it would be."""

    setting: str
    now: str
    then: str


def change_row(change: SettingChange, settings: Settings) -> ChangeRow:
    """`settings`: those of now; they say what things are called."""
    now, then = value_words(change.now), value_words(change.then)
    if now == then:  # both were shortened to the same words
        then = tr("{0}, changed").format(then)
    return ChangeRow(field_words(change.field, settings), now, then)


def field_words(field: str, settings: Settings) -> str:
    """The field itself where it does not look like one."""
    steps = [(step["name"], step["key"]) for step in _STEP.finditer(field)]
    if _STEP.sub("", field) or not steps:
        return field
    words, kind, thing = list[str](), cast("type | None", Settings), cast("Any", settings)
    for name, key in steps:
        words.append(_word(kind, name))
        kind = part_of(get_type_hints(kind).get(name)) if kind is not None else None
        thing = getattr(thing, name, None)
        if key is not None:
            thing = _member(thing, key)
            words.append(_name_of(thing, key, settings))
    return _BETWEEN.join(words)


def _word(kind: type | None, name: str) -> str:
    """A field without a description is at least written as words."""
    setting = settings_of(kind).get(name) if kind is not None else None
    return name.replace("_", " ").capitalize() if setting is None else tr(setting.label)


def _member(things: Any, key: str) -> Any:
    return next((each for each in things or () if key in [str(getattr(each, name, "")) for name in _KEYS]), None)


def _name_of(thing: Any, key: str, settings: Settings) -> str:
    """What is new has no name here yet: it is called by its id then."""
    camera = settings.camera(getattr(thing, "camera_id", "") or "") if not hasattr(thing, "name") else None
    return (camera.name if camera is not None else "") or getattr(thing, "name", "") or getattr(thing, "label", "") or key


# values


def value_words(text: str) -> str:
    fixed = {
        "": tr("not set"),
        "True": tr("yes"),
        "False": tr("no"),
        "in this order": tr("in this order"),
        "in another order": tr("in another order"),
    }
    if text in fixed:
        return fixed[text]
    if text[0] in "[{":
        return _list_or_size(text)
    return written_number_text(text)


def _list_or_size(text: str) -> str:
    """A list of plain things as it is, anything larger as how much it is."""
    try:
        value: object = literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return tr("many entries") if text.endswith("…") else text
    if not isinstance(value, list):
        return tr("set")
    items = cast("list[object]", value)
    if not items:
        return tr("none")
    if all(isinstance(each, (int, float)) for each in items):
        return numbers_text(cast("list[float]", items), ".10g")
    if all(isinstance(each, str) for each in items):
        return ", ".join(map(str, items))
    return tr("one entry") if len(items) == 1 else tr("{0} entries").format(number_text(len(items)))
