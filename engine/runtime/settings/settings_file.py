"""The settings as a TOML file that a person may edit. What is wrong in it is told by file, line and field; nothing is guessed."""

import re
import tomllib
from pathlib import Path
from typing import Any, cast

import tomli_w

from engine.model.errors import EnvironmentFault, InputError
from engine.model.person import Person
from engine.model.plain_text import check_texts
from engine.model.settings import Settings
from engine.model.wire import read_as, read_record, to_plain
from engine.runtime.atomic_file import write_atomically
from engine.runtime.settings.toml_places import line_of, places

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_AT_END = " (at end of document)"
_PEOPLE = "people"  # who is known is in the record now
_VERSION = "written_for"
VERSION = 7  # goes up when a field goes or changes its meaning: what another version wrote is then not held against whoever starts this one


class SettingsFileError(InputError):
    """Reads `settings.toml, line 12: cameras[1].url: is empty …`. `field` is the dotted path alone."""

    def __init__(self, path: Path, line: int, field: str, message: str) -> None:
        named = f"{field}: {message}" if field else message
        kept = path.with_name(f"{path.name}.bak")
        hint = f" The settings before the last change are in {kept.name}." if kept.exists() else ""
        super().__init__("", f"{path.name}, line {line}: {named}{'' if named.endswith('.') else '.'}{hint}")
        self.field = field
        self.path = path
        self.line = line


def people_before(path: Path) -> tuple[Person, ...]:
    """People of a settings file that was written before the record had them. Raises like `load_settings`."""
    try:
        plain = _parsed(path, _decoded(path, path.read_bytes()))
    except FileNotFoundError:
        return ()
    rows = plain.get(_PEOPLE, [])
    try:
        return read_as(tuple[Person, ...], rows, _PEOPLE)
    except InputError as error:
        raise SettingsFileError(path, line_of(places(path.read_text("utf-8-sig")), error.field), error.field, error.message) from None


def load_settings(path: Path) -> Settings:
    """The settings in a file; the usual ones where there is none. Of a file that another version wrote (it says so: `written_for`), what
    is not known here is left out, and the log says what.

    Raises:
        InputError: not TOML, or a wrong, missing or unknown field (a `SettingsFileError`, which also has the line).
        EnvironmentFault: `settings_unreadable`.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise EnvironmentFault("settings_unreadable", f"{path} cannot be read ({error.strerror}). Check its permissions.") from None
    text = _decoded(path, content)
    plain = _parsed(path, text)
    plain.pop(_PEOPLE, None)
    version = plain.pop(_VERSION, VERSION)
    try:
        settings = read_as(Settings, plain) if version == VERSION else read_record(Settings, plain)
        check_texts(settings)
        return settings
    except InputError as error:
        raise SettingsFileError(path, line_of(places(text), error.field), error.field, error.message) from None


def save_settings(path: Path, settings: Settings) -> None:
    """Replace the file at once; the one before is kept as `settings.toml.bak`.

    Raises:
        EnvironmentFault: `not_written`; the file is as it was.
    """
    content = f"{_VERSION} = {VERSION}\n{write_text(settings)}".encode()
    if path.exists():
        previous = path.read_bytes()
        if previous == content:
            return
        write_atomically(path.with_name(f"{path.name}.bak"), previous)
    write_atomically(path, content)


def write_text(settings: Settings) -> str:
    return tomli_w.dumps(_without_none(to_plain(settings)))


def _without_none(plain: Any) -> Any:
    """TOML has no null: what is not set is left out, and its default is None."""
    if isinstance(plain, dict):
        return {key: _without_none(value) for key, value in cast("dict[str, Any]", plain).items() if value is not None}
    return [_without_none(item) for item in cast("list[Any]", plain)] if isinstance(plain, list) else plain


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SettingsFileError(path, line, _field_at(content.decode("utf-8", "replace"), line), "is not UTF-8 text") from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise SettingsFileError(path, 1, "", "is nested too deeply") from None
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        match = _AT_LINE.search(said)
        line = int(match.group(1)) if match else max(1, text.rstrip().count("\n") + 1)
        message = _AT_LINE.sub("", said).removesuffix(_AT_END)
        raise SettingsFileError(path, line, _field_at(text, line), f"{message[:1].lower()}{message[1:]}") from None


def _field_at(text: str, line: int) -> str:
    """The last field that begins on this line or before it."""
    begun = [field for field, at in places(text) if at <= line]
    return begun[-1] if begun else ""
