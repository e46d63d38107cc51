"""What can be done, as one list: menus, the palette and the shortcuts window all read it.

A page says what it offers with `Page.actions()`; `bind` gives each its key on the widgets where it works. Which key that is, a user may
choose (`KeyChoices`): the shortcut knows its action by name, so that another key is set without asking the page.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from console.session.remembered import Remembered
from console.words import denied_text
from engine.model.accounts.access import Session, Verb
from engine.model.value_class import dataclass
from widgets.signals import on

EVERYWHERE = "everywhere"
_NAME = "key:"
_SIGNS = {"←": "Left", "→": "Right", "↑": "Up", "↓": "Down", "−": "-"}


@dataclass(frozen=True, slots=True)
class Action:
    """Attributes:
    id: `<page>.<what>`, or `everywhere.<what>`; stable, for it is what a user's key is remembered by.
    keys: default key in portable text (`Ctrl+K`), "" for none. verb: what a session needs for it.
    hosts: where the key works, with everything inside. only_there: only while the host itself has the focus.
    words: more that it can be found by. why_not: why it is not possible just now, "" when it is.
    about: what `act` is told.
    """

    id: str
    title: str
    section: str
    act: Callable[..., object]
    keys: str = ""
    verb: Verb | None = None
    hosts: tuple[QWidget, ...] = ()
    only_there: bool = False
    words: str = ""
    why_not: Callable[[], str] | None = None
    about: tuple[object, ...] = ()

    def run(self) -> None:
        self.act(*self.about)

    @property
    def place(self) -> str:
        """Where its key works: a page, or everywhere."""
        return self.id.split(".")[0]


def keyed(
    page_id: str, section: str, listed: Iterable[tuple[Any, ...]], hosts: tuple[QWidget, ...], only_there: bool = False
) -> tuple[Action, ...]:
    """Of (what, title, keys, what to do, and what that is told)."""
    return tuple(
        Action(f"{page_id}.{what}", title, section, act, keys, hosts=hosts, only_there=only_there, about=tuple(about))
        for what, title, keys, act, *about in listed
    )


def blocked(action: Action, session: Session) -> str:
    """Why this session cannot do it now; "" when it can."""
    if action.verb is not None and not session.may(action.verb):
        return denied_text(action.verb)
    return action.why_not() if action.why_not is not None else ""


def bind(actions: Iterable[Action]) -> None:
    """Give each action its default key, on each of its hosts."""
    context = Qt.ShortcutContext
    for action in actions:
        for host in action.hosts:
            shortcut = QShortcut(QKeySequence(action.keys), host)
            shortcut.setContext(context.WidgetShortcut if action.only_there else context.WidgetWithChildrenShortcut)
            shortcut.setObjectName(_NAME + action.id)
            on(shortcut.activated, action.run)


def set_keys(root: QObject, keys: Mapping[str, str]) -> None:
    """Give the shortcuts below `root` the keys of their actions. `keys`: action id → portable text, "" for none."""
    for shortcut in root.findChildren(QShortcut):
        action_id = shortcut.objectName().removeprefix(_NAME)
        if shortcut.objectName().startswith(_NAME) and action_id in keys:
            shortcut.setKey(QKeySequence(keys[action_id]))


def shown_keys(portable: str) -> str:
    """As they are written on this system's keyboards; without spaces, for one cap."""
    return QKeySequence(portable).toString(QKeySequence.SequenceFormat.NativeText)


class KeyChoices:
    """Which keys one user has given to what. Only what differs from the default is kept."""

    def __init__(self, remembered: Remembered, user_id: str) -> None:
        self._remembered, self._prefix = remembered, f"keys-{user_id}"

    def of(self, action: Action) -> str:
        kept = self._remembered.text(self._name(action.id), action.keys)
        return QKeySequence(kept).toString(QKeySequence.SequenceFormat.PortableText) if kept else ""

    def all(self, actions: Iterable[Action]) -> dict[str, str]:
        return {action.id: self.of(action) for action in actions}

    def choose(self, action: Action, keys: str) -> None:
        if keys == action.keys:
            self._remembered.forget(self._name(action.id))
        else:
            self._remembered.put(self._name(action.id), keys)

    def is_own(self, action: Action) -> bool:
        return self.of(action) != action.keys

    def _name(self, action_id: str) -> str:
        return f"{self._prefix}/{action_id}"


@dataclass(frozen=True, slots=True)
class FixedKeys:
    """Keys that something answers by itself, such as a player: they cannot be changed, and clash all the same."""

    place: str
    keys: tuple[str, ...]
    does: str


def written_keys(note: str) -> tuple[str, ...]:
    """The single keys of a note such as `J K L`, `O, R, S`, `1–9` or `Ctrl+←`, in portable text."""
    found: list[str] = []
    for part in note.split():
        key = part[:-1] if len(part) > 1 and part.endswith(",") else part
        first, dash, last = key.partition("–")
        if dash and first.isdigit() and last.isdigit():
            found += [str(digit) for digit in range(int(first), int(last) + 1)]
        else:
            head, plus, tail = key.rpartition("+") if len(key) > 1 else ("", "", key)
            found.append(head + plus + _SIGNS.get(tail, tail))
    return tuple(found)


def clashes(action: Action, keys: str, chosen: Mapping[str, str], actions: Iterable[Action], fixed: Iterable[FixedKeys]) -> list[str]:
    """Titles of what answers these keys already where `action` would answer them. `chosen`: the keys in use, by action id."""
    if not keys:
        return []
    wanted = QKeySequence(keys)
    others = [each.title for each in actions if each.id != action.id and _meet(each.place, action.place) and _same(chosen[each.id], wanted)]
    return others + [each.does for each in fixed if _meet(each.place, action.place) and any(_same(one, wanted) for one in each.keys)]


def _same(keys: str, wanted: QKeySequence) -> bool:
    """Also where one begins with the other: the longer would never be reached."""
    none = QKeySequence.SequenceMatch.NoMatch
    return bool(keys) and (QKeySequence(keys).matches(wanted) != none or wanted.matches(QKeySequence(keys)) != none)


def _meet(one: str, other: str) -> bool:
    return one == other or EVERYWHERE in (one, other)
