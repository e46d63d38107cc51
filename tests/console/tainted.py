"""Every name and word that people and devices give, with tags in it, as the console gets them from its engine."""

import copy
import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import Qt as Text
from PySide6.QtWidgets import QAbstractItemView, QComboBox, QLabel, QMenu, QWidget

from tests.fakes.engine import FakePort

GIVEN = {
    "name",
    "site_name",
    "description",
    "label",
    "title",
    "note",
    "reason",
    "words",
    "message",
    "detail",
    "text",
    "person",
    "gesture",
    "trouble",
    "cause",
    "comment",
    "by",
    "camera_name",
    "user_name",
    "firmware",
    "chip",
    "hint",
    "category_reason",
    "procedure",
}
MARK = "<img"


class Tainter:
    """Gives copies of values in which every such field carries a picture from a file, bold letters and an entity."""

    def __init__(self, picture: Path) -> None:
        self.tail = f'<img src="file://{picture}"><b>x</b> &amp;'
        self._known: dict[int, tuple[object, Any]] = {}

    def __call__(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return self._once(value, lambda: self._tuple(value))
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._once(value, lambda: self._copy(value))
        if isinstance(value, Mapping) and type(value) is dict:
            return {key: self(each) for key, each in value.items()}
        return value

    def _tuple(self, value: tuple[Any, ...]) -> tuple[Any, ...]:
        made = tuple(map(self, value))
        return type(value)(*made) if hasattr(value, "_fields") else made

    def _once(self, value: object, make: Callable[[], Any]) -> Any:
        known = self._known.get(id(value))
        if known is None or known[0] is not value:
            known = self._known[id(value)] = value, make()
        return known[1]

    def _copy(self, value: Any) -> Any:
        made = copy.copy(value)
        for field in dataclasses.fields(value):
            before = getattr(value, field.name)
            given = field.name in GIVEN and type(before) is str and before
            after = f"{before} {self.tail}" if given else self(before)
            if after is not before:
                object.__setattr__(made, field.name, after)
        return made


def taint(monkeypatch: pytest.MonkeyPatch, picture: Path) -> None:
    """From now on all that an engine says carries tags."""
    tainter = Tainter(picture)
    for name in ("snapshot", "tally", "ask"):
        said = getattr(FakePort, name)
        monkeypatch.setattr(FakePort, name, lambda port, *given, said=said: tainter(said(port, *given)))
    session = FakePort.session.fget
    monkeypatch.setattr(FakePort, "session", property(lambda port: tainter(session(port))))


def taken_for_html(root: QWidget) -> list[str]:
    """What Qt would show as HTML, with tags that were given: texts, tips, and tips of rows."""
    found: list[str] = []
    for widget in (root, *root.findChildren(QWidget)):
        if isinstance(widget, QLabel) and MARK in widget.text() and widget.textFormat() is not Qt.TextFormat.PlainText:
            found.append(f"{_path(widget)}: the text {widget.text()!r}")
        for kind, tip in (("tip", widget.toolTip()), ("what's this", widget.whatsThis()), ("status tip", widget.statusTip())):
            if _is_html(tip):
                found.append(f"{_path(widget)}: the {kind} {tip!r}")
        if isinstance(widget, QAbstractItemView | QComboBox) and widget.model() is not None:
            found += [f"{_path(widget)}: the row's tip {tip!r}" for tip in _tips(widget.model())]
        if not isinstance(widget, QMenu) or widget.toolTipsVisible():
            found += [f"{_path(widget)}: the action's tip {act.toolTip()!r}" for act in QWidget.actions(widget) if _is_html(act.toolTip())]
    return found


def _is_html(tip: str) -> bool:
    return MARK in tip and Text.mightBeRichText(tip)


def _tips(model: QAbstractItemModel, above: QModelIndex | None = None) -> list[str]:
    above = above or QModelIndex()
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(above)
    cells = (model.index(row, column, above) for row in range(min(model.rowCount(above), 30)) for column in range(columns))
    told = (model.data(cell, Qt.ItemDataRole.ToolTipRole) for cell in cells)
    return [tip for tip in told if isinstance(tip, str) and _is_html(tip)]


def _path(widget: QWidget) -> str:
    names: list[str] = []
    each: QWidget | None = widget
    while each is not None and len(names) < 4:
        names.append(type(each).__name__)
        each = each.parentWidget()
    return " in ".join(names)
