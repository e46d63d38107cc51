"""*Picture in picture* of a tile's menu: which camera stands small in it, and in which corner."""

from collections.abc import Callable, Sequence
from typing import TypeVarTuple

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from console.wall.desk import WallDesk
from engine.model.settings import CameraSettings
from widgets.camera_name import numbered_name
from widgets.icons import icon
from widgets.signals import on
from widgets.translation import tr
from widgets.wall.corner_pictures import Corner

A = TypeVarTuple("A")
_FLAT = 20  # more cameras than these stand in the menus of their groups


def corner_menu(desk: WallDesk, camera_id: str, parent: QMenu) -> QMenu:
    """Of the tile of this camera. Cameras that the account may not see are not in it."""
    menu = QMenu(tr("Pict&ure in picture"), parent)
    menu.setIcon(icon("picture-in-picture-2"))
    small = desk.wall.corner_of(camera_id)
    chosen = small.camera_id if small is not None else ""
    group = QActionGroup(menu)
    _add(menu, group, tr("&None"), not chosen, desk.wall.arranging.put_in_corner, camera_id, "")
    menu.addSeparator()
    _add_cameras(menu, group, desk, camera_id, chosen)
    if small is not None:
        menu.addSeparator()
        swap = menu.addAction(tr("&Swap with the large picture") + "\tP")
        on(swap.triggered, desk.wall.arranging.exchange, camera_id)
        swap.setIcon(icon("maximize-2"))
        _add_corners(menu.addMenu(tr("&Corner")), desk, camera_id, small.corner)
    return menu


def _add_cameras(menu: QMenu, group: QActionGroup, desk: WallDesk, camera_id: str, chosen: str) -> None:
    others = [camera for camera in desk.cameras() if camera.id != camera_id]
    into = _group_menus(menu, others) if len(others) > _FLAT else {}
    for camera in others:
        name, act = numbered_name(camera).replace("&", "&&"), desk.wall.arranging.put_in_corner
        _add(into.get(camera.group, menu), group, name, camera.id == chosen, act, camera_id, camera.id)


def _group_menus(menu: QMenu, cameras: Sequence[CameraSettings]) -> dict[str, QMenu]:
    groups = sorted({camera.group for camera in cameras if camera.group}, key=str.casefold)
    return {group: menu.addMenu(group.replace("/", " / ").replace("&", "&&")) for group in groups}


def _add_corners(menu: QMenu, desk: WallDesk, camera_id: str, now: Corner) -> None:
    group = QActionGroup(menu)
    for corner, text in (
        (Corner.TOP_LEFT, tr("Top &left")),
        (Corner.TOP_RIGHT, tr("Top &right")),
        (Corner.BOTTOM_LEFT, tr("&Bottom left")),
        (Corner.BOTTOM_RIGHT, tr("B&ottom right")),
    ):
        _add(menu, group, text, corner is now, desk.wall.arranging.move_corner, camera_id, corner)


def _add(menu: QMenu, group: QActionGroup, text: str, checked: bool, act: Callable[[*A], object], *about: *A) -> None:
    action = QAction(text, menu, checkable=True, checked=checked)
    on(action.triggered, act, *about)
    group.addAction(action)
    menu.addAction(action)
