"""No text that people or programs give ends a line of a request or a log, at whatever depth of a value it stands."""

import dataclasses
import typing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.errors import InputError
from engine.model.plain_text import check_line, check_texts, escaped
from engine.model.settings import CameraSettings, Settings

BREAKS = ["\n", "\r", "\r\n", "\t", "\x00", "\x1b[2J", "\x7f", "\x85", "\u2028", "\u2029", "\u202e"]


@pytest.mark.parametrize("broken", BREAKS)
def test_every_kind_of_break_is_refused_and_named(broken: str) -> None:
    with pytest.raises(InputError, match=rf"U\+{ord(broken[0]):04X} at position 4") as refused:
        check_line("url", f"abc{broken}d")
    assert refused.value.field == "url"


@pytest.mark.parametrize("text", ["", "Yard", "Straße 7", "Двор", "田中", "Zoë\u200d", "\u0627\u0644\u0633\u0627\u062d\u0629", "a\\nb"])
def test_letters_of_any_script_are_plain(text: str) -> None:
    check_line("name", text)
    assert escaped(text) == text


def test_a_field_deep_in_the_settings_is_named_by_its_path() -> None:
    cameras = (CameraSettings("a", "A", "rtsp://192.0.2.1/"), CameraSettings("b", "B", "rtsp://192.0.2.2/\r\nX: 1"))
    with pytest.raises(InputError) as refused:
        check_texts(Settings(cameras=cameras))
    assert refused.value.field == "cameras[1].url"


def test_notes_have_lines_and_nothing_that_moves_a_cursor() -> None:
    @dataclasses.dataclass
    class Told:
        note: str
        name: str = ""

    check_texts(Told("one\ntwo\tthree\r\n"))
    for value in (Told("one\x1b[2J"), Told("", "one\ntwo")):
        with pytest.raises(InputError):
            check_texts(value)


def test_texts_of_settings_are_all_looked_at() -> None:
    """Whatever a field is called and however it is nested, a text in it is found."""

    def holders(kind: Any) -> set[type]:
        found = {kind} if dataclasses.is_dataclass(kind) else set()
        hints = typing.get_type_hints(kind).values() if dataclasses.is_dataclass(kind) else typing.get_args(kind)
        return found.union(*(holders(each) for each in hints))

    hints = [hint for holder in holders(Settings) for hint in typing.get_type_hints(holder).values()]
    containers = {typing.get_origin(hint) for hint in hints} - {None}
    known = {tuple, frozenset, dict, typing.Union, type(int | None), typing.ClassVar, typing.Literal}
    assert {each for each in containers if "Mapping" not in str(each)} <= known, "check_texts does not look into this container"


@given(st.text())
def test_escaped_text_is_one_line_and_plain(text: str) -> None:
    check_line("text", escaped(text))
    assert len(escaped(text).splitlines()) <= 1
