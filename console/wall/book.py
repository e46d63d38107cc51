"""The walls of one user at this workplace: those kept by name, some of them for a shift, and what each window showed last."""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import cast

from console.wall.screens import Place, place_json, place_of
from console.wall.shift import Shift, shift_of
from engine.model.errors import InputError
from engine.model.value_class import dataclass
from widgets.wall.arrangement.plan import WallPlan, plan_json, plan_of

_LOG = logging.getLogger(__name__)
_VERSION = 1
MOST_NAMED = 50
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class NamedWall:
    """`shift`: during which it is for; None: for none."""

    name: str
    plan: WallPlan
    shift: Shift | None = None

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > LONGEST_NAME:
            raise InputError("name", f"has to have 1 to {LONGEST_NAME} characters")


@dataclass(frozen=True, slots=True)
class WallWindow:
    """What one window showed last. `name`: of the named wall that it came from. `place`: None for the wall in the main window."""

    plan: WallPlan = field(default_factory=WallPlan)
    name: str = ""
    place: Place | None = None


class WallBook:
    """Kept in a file per user, written at each change. A damaged one is set aside: it costs the arrangement and nothing else."""

    def __init__(self, folder: Path, user_id: str) -> None:
        self._file = folder / f"walls-{re.sub(r'[^A-Za-z0-9_-]', '_', user_id)}.json"
        self._named: dict[str, NamedWall] = {}
        self._windows: dict[str, WallWindow] = {}
        self._load()

    @property
    def named_walls(self) -> tuple[NamedWall, ...]:
        """By name."""
        return tuple(self._named[name] for name in sorted(self._named, key=str.casefold))

    def wall(self, name: str) -> NamedWall | None:
        return self._named.get(name)

    def put(self, wall: NamedWall) -> None:
        """Keep a wall, instead of one of the same name. Raises InputError (`name`) when there are too many."""
        if wall.name not in self._named and len(self._named) >= MOST_NAMED:
            raise InputError("name", f"there are {MOST_NAMED} walls already; delete one first")
        self._named[wall.name] = wall
        self._save()

    def remove(self, name: str) -> None:
        self._named.pop(name, None)
        self._save()

    @property
    def windows(self) -> Mapping[str, WallWindow]:
        return self._windows

    def window(self, window_id: str) -> WallWindow | None:
        return self._windows.get(window_id)

    def keep_window(self, window_id: str, window: WallWindow) -> None:
        if self._windows.get(window_id) != window:
            self._windows[window_id] = window
            self._save()

    def keep_place(self, window_id: str, place: Place) -> None:
        known = self._windows.get(window_id, WallWindow())
        self.keep_window(window_id, replace(known, place=place))

    def forget_window(self, window_id: str) -> None:
        if self._windows.pop(window_id, None) is not None:
            self._save()

    def _load(self) -> None:
        try:
            read = json.loads(self._file.read_text("utf-8"))
            self._named, self._windows = _read_wall(read)
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError, InputError) as error:
            aside = self._file.with_suffix(".damaged")
            _LOG.warning("The walls in %s cannot be read (%s). They are set aside as %s.", self._file, error, aside.name)
            self._put_aside(aside)

    def _put_aside(self, aside: Path) -> None:
        try:
            self._file.replace(aside)
        except OSError as error:
            _LOG.warning("%s cannot be set aside: %s", self._file, error)

    def _save(self) -> None:
        text = json.dumps(_to_json(self._named, self._windows), indent=1)
        part = self._file.with_suffix(".part")
        try:
            part.write_text(text, "utf-8")
            part.replace(self._file)
        except OSError as error:
            _LOG.warning("The walls cannot be kept in %s: %s", self._file, error)


def _to_json(named: Mapping[str, NamedWall], windows: Mapping[str, WallWindow]) -> dict[str, object]:
    return {
        "version": _VERSION,
        "walls": [
            {"name": wall.name, "plan": plan_json(wall.plan), "shift": [wall.shift.begins, wall.shift.ends] if wall.shift else None}
            for wall in named.values()
        ],
        "windows": {
            window_id: {"plan": plan_json(window.plan), "name": window.name, "place": place_json(window.place) if window.place else None}
            for window_id, window in windows.items()
        },
    }


def _read_wall(value: object) -> tuple[dict[str, NamedWall], dict[str, WallWindow]]:
    fields = _object(value)
    if fields.get("version") != _VERSION:
        raise InputError("version", f"{fields.get('version')!r} is not {_VERSION}")
    walls = fields.get("walls")
    if not isinstance(walls, list):
        raise InputError("walls", "is no list")
    named = [_wall_from_json(each) for each in cast("list[object]", walls)[:MOST_NAMED]]
    windows = {window_id: _window(each) for window_id, each in _object(fields.get("windows")).items()}
    return {wall.name: wall for wall in named}, windows


def _wall_from_json(value: object) -> NamedWall:
    fields = _object(value)
    shift = fields.get("shift")
    return NamedWall(str(fields.get("name", "")), plan_of(fields.get("plan")), shift_of(shift) if shift is not None else None)


def _window(value: object) -> WallWindow:
    fields = _object(value)
    place = fields.get("place")
    return WallWindow(plan_of(fields.get("plan")), str(fields.get("name", "")), place_of(place) if place is not None else None)


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise InputError("walls", "are not kept as an object")
    return cast("dict[str, object]", value)
