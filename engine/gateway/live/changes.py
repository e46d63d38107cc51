"""A snapshot as what is other than in an earlier one: its long lists travel as what is new in them, everything else as it is.

In a flood a thousand alerts are open and some of them change with every answer: sending all of them ten times a second would take the
processor from the alerts themselves. Both ends of the wire are here.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from engine.model import wire
from engine.model.alerts.alert import Alert
from engine.model.alerts.decision import Decision
from engine.model.errors import InputError
from engine.model.event import Event
from engine.model.incidents.incident import Incident
from engine.model.snapshot import Snapshot

KEPT = 256  # snapshots that a caller may have: those of some seconds, for as many consoles as there may be
KINDS: Mapping[str, type["Item"]] = {"events": Event, "alerts": Alert, "held": Decision, "shadows": Decision, "incidents": Incident}

_HOLDERS: Mapping[str, str] = {"alerts": "alerts", "held": "alerts", "shadows": "alerts", "incidents": "incidents"}

Plain = dict[str, Any]
ReadAs = Callable[..., Any]


class Item(Protocol):
    @property
    def id(self) -> str: ...


Lists = Mapping[str, Sequence[Item]]


def lists_of(snapshot: Snapshot) -> dict[str, tuple[Item, ...]]:
    alerts = snapshot.alerts
    found = snapshot.events, alerts.alerts, alerts.held, alerts.shadows, snapshot.incidents.incidents
    return dict(zip(KINDS, found, strict=True))


def with_lists(snapshot: Snapshot, lists: Mapping[str, Any]) -> Snapshot:
    alerts = replace(snapshot.alerts, alerts=lists["alerts"], held=lists["held"], shadows=lists["shadows"])
    incidents = replace(snapshot.incidents, incidents=lists["incidents"])
    return replace(snapshot, events=lists["events"], alerts=alerts, incidents=incidents)


_EMPTY: Mapping[str, tuple[Item, ...]] = dict.fromkeys(KINDS, ())


class ChangesTold:
    """The engine's end. Any thread. A mark stands for the lists of one answer; one that is not known (any more) is answered as a whole."""

    def __init__(self) -> None:
        self._run = secrets.token_hex(4)  # marks of another run mean nothing
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Lists] = OrderedDict()
        self._made = 0

    def answer(self, now: Snapshot, mark: str) -> Plain:
        """`snapshot`, and the `mark` to ask with the next time. With a known mark also `changes` of lists, empty in `snapshot` then."""
        lists = lists_of(now)
        known, fresh = self._lists_and_mark(mark, lists)
        if known is None:
            return {"snapshot": wire.to_plain(now), "mark": fresh}
        changes = {name: _changed_items(known[name], items) for name, items in lists.items() if items is not known[name]}
        return {"snapshot": wire.to_plain(with_lists(now, _EMPTY)), "mark": fresh, "changes": changes}

    def _lists_and_mark(self, mark: str, lists: Lists) -> tuple[Lists | None, str]:
        """What the caller has, and the mark of what it will have: the newest one where nothing is new."""
        with self._lock:
            known = self._kept.get(mark)
            newest = next(reversed(self._kept), "")
            if not newest or any(self._kept[newest][name] is not items for name, items in lists.items()):
                self._made += 1
                newest = f"{self._run}-{self._made}"
                self._kept[newest] = lists
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return known, newest


class ChangesTaken:
    """The console's end: gives each answer as a whole snapshot. One thread at a time.

    Args:
        read: plain data as a class; it may leave out members of lists that are of another version.
    """

    def __init__(self, read: ReadAs = wire.read_as) -> None:
        self.mark = ""
        self._read = read
        self._lists: Lists = _EMPTY
        self._with_gaps: set[str] = set()  # lists of which something was left out

    def take(self, answer: Plain) -> Snapshot:
        """Raises InputError: it is not understood. Then what is asked for next is a whole one."""
        mark, self.mark = str(answer.get("mark")), ""
        plain, changes = answer.get("snapshot"), answer.get("changes")
        snapshot = self._read(Snapshot, plain)
        if changes is None:
            self._lists = lists_of(snapshot)
            self._with_gaps = {name for name, items in self._lists.items() if len(items) < _length(plain, name)}
        else:
            self._lists = {**self._lists, **{name: self._changed(name, change) for name, change in dict(changes).items() if name in KINDS}}
        self.mark = mark
        return with_lists(snapshot, self._lists)

    def _changed(self, name: str, change: Any) -> tuple[Item, ...]:
        items = {item.id: item for item in self._lists[name]}
        try:
            changed: list[Any] = change["changed"]
            read = self._read(tuple[KINDS[name], ...], changed, f"changes.{name}")
            if len(read) < len(changed):
                self._with_gaps.add(name)
            items.update((item.id, item) for item in read)
            ids: list[str] = change["ids"]
            return tuple(items[each] for each in ids if each in items or name not in self._with_gaps)
        except (KeyError, TypeError) as error:
            raise InputError(f"changes.{name}", f"are no changes of what was told before ({error})") from None


def _changed_items(before: Sequence[Item], now: Sequence[Item]) -> Plain:
    """Values are the same ones as long as nothing about them changes."""
    had = {id(item) for item in before}
    return {"ids": [item.id for item in now], "changed": [wire.to_plain(item) for item in now if id(item) not in had]}


def _length(plain: Any, name: str) -> int:
    """Of one of the long lists, as it was sent."""
    held = plain.get(_HOLDERS[name], {}) if name in _HOLDERS else plain
    return len(held.get(name, ()))
