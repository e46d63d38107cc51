"""What somebody has to do with their hands, done and counted; and how long that takes a person, by the keystroke-level model.

Card, Moran and Newell, "The keystroke-level model for user performance time with interactive systems", CACM 23(7), 1980: the time of a task
is the sum of its operators. Their times for an average typist who is no secretary (40 words a minute) are used, and their rule that a
person thinks once before each unit: here before each field, each thing that is pointed at, and each Enter. Waiting for the machine is
measured.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from tests.console.real_engine import D, Stage, click

KEY_S, POINT_S, HOME_S, THINK_S = 0.28, 1.1, 0.4, 1.35  # K, P, H, M
_SHIFTED = frozenset('~!@#$%^&*()_+{}|:"<>?')  # on a keyboard of the United States


@dataclass
class Counted:
    """typed: characters; shifts: those that need Shift, which is a key of its own; keys: Tab, Enter and arrows; homings: of the hand from
    keyboard to mouse or back."""

    clicks: int = 0
    typed: int = 0
    shifts: int = 0
    keys: int = 0
    homings: int = 0
    thoughts: int = 0
    waited_s: float = 0.0

    @property
    def person_s(self) -> float:
        """Pressing the mouse's button is a key as well."""
        pressed = self.clicks + self.typed + self.shifts + self.keys
        return pressed * KEY_S + self.clicks * POINT_S + self.homings * HOME_S + self.thoughts * THINK_S

    @property
    def hands(self) -> tuple[int, int, int]:
        """Clicks, characters typed, other keys."""
        return self.clicks, self.typed, self.keys

    def told(self) -> str:
        hands = f"{self.clicks} clicks, {self.typed} characters ({self.shifts} with Shift), {self.keys} other keys, {self.homings} homings"
        total_s = self.person_s + self.waited_s
        return f"{hands}, {self.thoughts} thoughts: person {self.person_s:.1f} s, machine {self.waited_s:.1f} s, together {total_s:.1f} s"


class Person:
    """Somebody before a console, with their hands on the keyboard. UI thread. `by_mouse`: who knows neither Tab nor Enter."""

    def __init__(self, stage: Stage, by_mouse: bool = False) -> None:
        self.stage, self.did, self._by_mouse = stage, Counted(), by_mouse
        self._at_mouse = False

    def type(self, edit: QLineEdit, text: str) -> None:
        """Into a field that has the keyboard; otherwise it has to be clicked first. What stands in it selected is replaced."""
        if QApplication.focusWidget() is not edit:
            self.click(edit)
        self._to_keyboard()
        QTest.keyClicks(edit, text)
        self.did.typed += len(text)
        self.did.shifts += sum(letter.isupper() or letter in _SHIFTED for letter in text)
        self.did.thoughts += 1
        assert edit.text() == text

    def tab(self) -> None:
        """On to the next field; no thought of its own."""
        if not self._by_mouse:
            self._press(Qt.Key.Key_Tab)

    def enter(self, button: QWidget) -> None:
        """Do what the button does, which Enter does as well."""
        if self._by_mouse:
            self.click(button)
        else:
            self.did.thoughts += 1
            self._press(Qt.Key.Key_Return)

    def leave(self, button: QWidget) -> None:
        """Leave a dialog by its button, which Escape does as well."""
        if self._by_mouse:
            self.click(button)
        else:
            self.did.thoughts += 1
            self._press(Qt.Key.Key_Escape)

    def click(self, widget: QWidget) -> None:
        if not self._at_mouse:
            self._at_mouse, self.did.homings = True, self.did.homings + 1
        self.did.clicks += 1
        self.did.thoughts += 1
        click(widget)

    def wait(self, holds: Callable[[], bool], what: str) -> None:
        """For the machine."""
        begun_s = time.monotonic()
        self.stage.until(holds, what)
        self.did.waited_s += time.monotonic() - begun_s

    def wait_for(self, shown: Callable[[], D]) -> D:
        begun_s = time.monotonic()
        widget = shown()
        self.did.waited_s += time.monotonic() - begun_s
        return widget

    def _press(self, key: Qt.Key) -> None:
        self._to_keyboard()
        self.did.keys += 1
        focused = QApplication.focusWidget()
        assert focused is not None, "nothing has the keyboard"
        QTest.keyClick(focused, key)

    def _to_keyboard(self) -> None:
        if self._at_mouse:
            self._at_mouse, self.did.homings = False, self.did.homings + 1
