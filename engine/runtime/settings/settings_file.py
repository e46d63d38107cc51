"""The settings as a TOML file that a person may edit. What is wrong in it is told by file, line and field; nothing is guessed."""

import re
import tomllib
from pathlib import Path
from typing import Any, cast

import tomli_w

from engine.model.errors import EnvironmentFault, InputError
from engine.model.people.person import Person
from engine.model.plain_text import check_texts
from engine.model.settings import Settings
from engine.model.wire import read_as, read_record, to_plain
from engine.runtime.atomic_file import write_atomically
from engine.runtime.settings.toml_places import line_of, places

_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")
_AT_END = " (at end of document)"
_PEOPLE = "people"  # who is known is in the record now
_VERSION = "written_for"
_END = "# End of the settings"
_ENDS = f"# The last line is: {_END}"
VERSION = 7  # goes up when a field goes or changes its meaning: what another version wrote is then not held against whoever starts this one


def copy_of(path: Path) -> Path:
    """Where the settings before the last change are."""
    return path.with_name(f"{path.name}.bak")


def is_lost(path: Path) -> bool:
    """There is no such file, or nothing in it, as after a crash of the machine or a full disk. Raises EnvironmentFault."""
    return _is_blank(_read_file(path))


class SettingsFileError(InputError):
    """Reads `settings.toml, line 12: cameras[1].url: is empty …`. `field` is the dotted path alone."""

    def __init__(self, path: Path, line: int, field: str, message: str) -> None:
        named = f"{field}: {message}" if field else message
        kept = copy_of(path)
        hint = f" The settings before the last change are in {kept.name}." if kept.exists() else ""
        super().__init__("", f"{path.name}, line {line}: {named}{'' if named.endswith('.') else '.'}{hint}")
        self.field = field
        self.path = path
        self.line = line


def people_before(path: Path) -> tuple[Person, ...]:
    """People of a settings file that was written before the record had them. Raises like `load_settings`."""
    try:
        plain = _parsed(path, _decoded(path, path.read_bytes().strip(b"\0")))
    except FileNotFoundError:
        return ()
    rows = plain.get(_PEOPLE, [])
    try:
        return read_as(tuple[Person, ...], rows, _PEOPLE)
    except InputError as error:
        raise SettingsFileError(path, line_of(places(path.read_text("utf-8-sig")), error.field), error.field, error.message) from None


def load_settings(path: Path) -> Settings:
    """The settings in a file; the usual ones where there is none, or an empty one that never was another. Of a file that another version
    wrote (it says so: `written_for`), what is not known here is left out, and the log says what.

    Raises:
        InputError: not TOML, empty or cut off, or a wrong, missing or unknown field (a `SettingsFileError`, which also has the line).
        EnvironmentFault: `settings_unreadable`.
    """
    content = _read_file(path)
    if _is_blank(content) and copy_of(path).exists():
        raise SettingsFileError(path, 1, "", "the file is gone or empty")
    if _is_blank(content):
        return Settings()
    text = _decoded(path, content)
    if _is_cut_off(text):
        raise SettingsFileError(path, text.count("\n") + 1, "", f"the file is cut off: its last line, “{_END}”, is missing")
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
    """Replace the file at once; the one before is kept as `settings.toml.bak`, unless it is empty or damaged: then that stays as it is.

    Raises:
        EnvironmentFault: `not_written`, `settings_unreadable`; the file is as it was.
    """
    content = f"{_VERSION} = {VERSION}  {_ENDS}\n{write_text(settings)}{_END}\n".encode()
    previous = _read_file(path)
    if previous == content:
        return
    if _is_sound(path):
        write_atomically(copy_of(path), previous)
    write_atomically(path, content)


def _is_sound(path: Path) -> bool:
    if is_lost(path):
        return False
    try:
        load_settings(path)
    except InputError:
        return False
    return True


def _read_file(path: Path) -> bytes:
    """Nothing where there is no file."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise EnvironmentFault("settings_unreadable", f"{path} cannot be read ({error.strerror}). Check its permissions.") from None


def _is_blank(content: bytes) -> bool:
    """Also of a file whose blocks were never written."""
    return not content.strip(b"\0 \t\r\n")


def _is_cut_off(text: str) -> bool:
    """It says in its first line how it ends, and does not. A person's file need say neither."""
    return _ENDS in text.partition("\n")[0] and text.rstrip().rpartition("\n")[2] != _END


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
