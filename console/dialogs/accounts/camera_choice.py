"""Which cameras somebody may see: all, or some, as a tree of groups with boxes to tick."""

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QTreeWidget, QTreeWidgetItem, QWidget

from engine.model.accounts.access import OF_GROUP, Grants
from engine.model.settings import CameraSettings
from widgets.icons import icon
from widgets.layout.boxes import NO_MARGINS, make_column
from widgets.theme import set_role
from widgets.translation import tr

_GRANT = Qt.ItemDataRole.UserRole
_HEIGHT = 220


class _Tree(QTreeWidget):
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.doItemsLayout()  # rows that were laid out before the style sheet held are too low


class CameraChoice(QWidget):
    """A ticked group holds the cameras that come to it later too, which are shown ticked and cannot be taken out one by one.

    Signals: changed().
    """

    changed = Signal()

    def __init__(
        self, cameras: Iterable[CameraSettings], grants: Grants | None, may_all: bool = True, parent: QWidget | None = None
    ) -> None:
        """`may_all`: whether who chooses sees all; otherwise they cannot give that."""
        super().__init__(parent)
        self.all = QRadioButton(self.tr("&All cameras, and data of no camera"))
        self.some = QRadioButton(self.tr("Only se&lected cameras"))
        self._both = QButtonGroup(self)
        for button in (self.all, self.some):
            self._both.addButton(button)
        self.all.setEnabled(may_all)
        if not may_all:
            self.all.setToolTip(self.tr("Your own account is limited to some cameras."))
        self.tree = _Tree(self)
        self.tree.setHeaderHidden(True)
        self.tree.setFixedHeight(_HEIGHT)
        self.tree.setAccessibleName(self.tr("Groups and cameras"))
        self._hint = QLabel(self.tr("Access to these cameras only: no radio, people, incidents or risk."))
        self._hint.setWordWrap(True)
        set_role(self._hint, "secondary")
        column = make_column(self, spacing=6, margins=NO_MARGINS)
        for widget in (self.all, self.some, self.tree, self._hint):
            column.addWidget(widget)
        self._groups: dict[str, QTreeWidgetItem] = {}
        self._fill_tree(tuple(cameras), () if grants is None else grants)
        limited = grants is not None or not may_all
        (self.some if limited else self.all).setChecked(True)
        self.tree.itemChanged.connect(self._ticked)
        self._both.buttonToggled.connect(self._show_tree)
        self._show_tree()

    def grants(self) -> Grants | None:
        """None: all. Groups first."""
        if self.all.isChecked():
            return None
        ticked = [item for item in self._items() if item.checkState(0) is Qt.CheckState.Checked and not _above_ticked(item)]
        given = [str(item.data(0, _GRANT)) for item in ticked]
        return tuple(sorted(given, key=lambda grant: (not grant.startswith(OF_GROUP), given.index(grant))))

    def _fill_tree(self, cameras: tuple[CameraSettings, ...], grants: Grants) -> None:
        known = {camera.id for camera in cameras}
        for camera in sorted(cameras, key=lambda each: (not each.group, each.group.casefold(), each.name.casefold())):
            parent = self._group(camera.group) if camera.group else self.tree.invisibleRootItem()
            _add_tick_row(parent, camera.name, camera.id, "video", camera.id in grants)
        for grant in grants:
            if grant.startswith(OF_GROUP):
                self._group(grant.removeprefix(OF_GROUP)).setCheckState(0, Qt.CheckState.Checked)
            elif grant not in known:
                _add_tick_row(self.tree.invisibleRootItem(), self.tr("{0} (removed; its record)").format(grant), grant, "video-off", True)
        self.tree.expandAll()
        self._show_held()

    def _group(self, path: str) -> QTreeWidgetItem:
        if path not in self._groups:
            above, _, name = path.rpartition("/")
            parent = self._group(above) if above else self.tree.invisibleRootItem()
            self._groups[path] = _add_tick_row(parent, name, f"{OF_GROUP}{path}", "folder-open", False)
        return self._groups[path]

    def _items(self) -> list[QTreeWidgetItem]:
        waiting, found = [self.tree.invisibleRootItem()], list[QTreeWidgetItem]()
        while waiting:
            item = waiting.pop(0)
            below = [child for row in range(item.childCount()) if (child := item.child(row)) is not None]
            found += below
            waiting += below
        return found

    def _ticked(self, _: QTreeWidgetItem) -> None:
        self._show_held()
        self.changed.emit()

    def _show_held(self) -> None:
        """What lies in a ticked group is ticked with it."""
        with QSignalBlocker(self.tree):
            for item in self._items():
                held = _above_ticked(item)
                if held:
                    item.setCheckState(0, Qt.CheckState.Checked)
                elif item.isDisabled():  # it was held until now
                    item.setCheckState(0, Qt.CheckState.Unchecked)
                item.setDisabled(held)

    def _show_tree(self) -> None:
        self.tree.setVisible(self.some.isChecked())
        self._hint.setVisible(self.some.isChecked())
        self.changed.emit()


def _add_tick_row(parent: QTreeWidgetItem, text: str, grant: str, picture: str, ticked: bool) -> QTreeWidgetItem:
    item = QTreeWidgetItem(parent, [text])
    item.setData(0, _GRANT, grant)
    item.setIcon(0, icon(picture))
    item.setCheckState(0, Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
    return item


def _above_ticked(item: QTreeWidgetItem) -> bool:
    above = item.parent()
    while above is not None:
        if above.checkState(0) is Qt.CheckState.Checked:
            return True
        above = above.parent()
    return False


def grants_text(grants: Grants | None, cameras: Iterable[CameraSettings]) -> str:
    """`All cameras`, `No camera`, `Yard`, `Yard, Gate`, `Yard and 3 more`."""
    if grants is None:
        return tr("All cameras")
    names = {camera.id: camera.name for camera in cameras}
    shown = [grant.removeprefix(OF_GROUP) if grant.startswith(OF_GROUP) else names.get(grant, grant) for grant in grants]
    if not shown:
        return tr("No camera")
    return ", ".join(shown) if len(shown) <= 2 else tr("{0} and {1} more").format(shown[0], len(shown) - 1)
