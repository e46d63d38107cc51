"""The wall: every layout, upright cells, tree, hot tile, the whole picture while zoomed, further windows, a shift's offer."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QWidget

from console.dialogs.cameras.camera import CameraDialog
from console.dialogs.save_wall import SaveWallDialog
from console.pages.live.live import LivePage
from console.wall.book import NamedWall
from console.wall.shift import Shift
from console.window import MainWindow
from engine.model.event import EventKind, Severity
from engine.model.health import CameraState
from engine.model.history.finding import FoundUsb
from tests.fakes.engine import FakeEngine
from tests.fakes.sound import FakeLoudspeaker
from widgets.wall.arrangement.layouts import LAYOUT_IDS, Cell, free_layout
from widgets.wall.corner_pictures import Corner

_GROUPS = ("Yard", "Yard/North", "House/Ground floor", "House/Upstairs", "")


def many_cameras(count: int) -> FakeEngine:
    engine = FakeEngine()
    names = ("Yard", "North gate", "Loading dock", "Hall", "Stairs", "Office", "Workshop", "Store", "Car park")
    for number in range(count):
        name = names[number % len(names)] + ("" if number < len(names) else f" {number // len(names) + 1}")
        engine.add_camera(f"cam-{number}", name, f"rtsp://10.0.1.{number}/main")
        camera = engine.settings.camera(f"cam-{number}")
        assert camera is not None
        engine.settings = engine.settings.with_camera(replace(camera, group=_GROUPS[number % len(_GROUPS)]))
    engine.publish()
    return engine


class WallGallery:
    window: Callable[..., MainWindow]
    save: Callable[[QWidget, str], None]
    _folder: Path

    def _live(self, engine: FakeEngine) -> tuple[MainWindow, LivePage]:
        window = self.window(engine)
        window.show_page("live")
        page = window.page("live")
        assert isinstance(page, LivePage)
        return window, page

    def show_wall_layouts(self) -> None:
        engine = many_cameras(18)
        with engine.running():
            window, page = self._live(engine)
            for layout_id in LAYOUT_IDS:
                page.desk.choose_layout(layout_id)
                self.save(window, f"wall-layout-{layout_id}")
            window.resize(1024, 640)
            page.toolbar.tree_button.setChecked(True)
            self.save(window, "wall-small-window")
            window.close()

    def show_listening(self) -> None:
        """The camera that is heard, waited for, muted and on a small tile; and where an administrator allows it."""
        engine = many_cameras(9)
        gate = engine.settings.camera("cam-1")
        assert gate is not None
        engine.settings = engine.settings.with_camera(replace(gate, listen=True, listen_purpose="To hear calls for help at the gate"))
        engine.publish()
        with engine.running():
            window, page = self._live(engine)
            hearing, loudspeaker = page.listening.hearing, FakeLoudspeaker()
            hearing._loudspeaker = loudspeaker
            page.desk.choose_layout("4")
            self.save(window, "listening-before")
            hearing.listen("cam-1")
            self.save(window, "listening-waiting")
            engine.sounds[-1].say((np.sin(np.arange(9_600) / 9) * 4_000).astype(np.int16))
            hearing.play()
            hearing._timer.stop()
            self.save(window, "listening")
            page.desk.choose_layout("16")
            self.save(window, "listening-small-tiles")
            hearing.choose(replace(hearing.choice, muted=True))
            page.desk.choose_layout("4")
            self.save(window, "listening-muted")
            menu = page.menu_of("cam-1")
            menu.popup(window.mapToGlobal(QPoint(300, 200)))
            self.save(menu, "listening-menu")
            menu.close()
            dialog = CameraDialog(page._bridge, engine.settings.camera("cam-1"), window)
            dialog.show()
            self.save(dialog, "listening-allowed")
            dialog.form.listening.fields.field("listen_purpose").edit().setText("x")
            dialog.form.reveal()
            self.save(dialog, "listening-purpose-missing")
            dialog.close()
            engine.usb_cameras = (
                FoundUsb("usb:by-id/usb-046d_HD_Pro_Webcam_C920_8A3B-video-index0", "HD Pro Webcam C920"),
                FoundUsb("usb:2", "Frame grabber"),
            )
            dialog = CameraDialog(page._bridge, None, window)
            dialog.show()
            usb = dialog.form.source.menu()
            usb.popup(window.mapToGlobal(QPoint(300, 200)))
            self.save(usb, "usb-cameras")
            usb.close()
            dialog.close()
            window.close()

    def show_wall_free(self) -> None:
        engine = many_cameras(6)
        engine.set_state("cam-4", CameraState.LOST, "No answer from 10.0.1.4.")
        with engine.running():
            window, page = self._live(engine)
            page.desk.choose_layout("free")
            cells = (Cell(0, 0, 5, 16), Cell(5, 0, 14, 16), Cell(19, 0, 5, 8), Cell(19, 8, 5, 8), Cell(0, 16, 8, 8), Cell(8, 16, 11, 8))
            page.wall.set_layout(free_layout(cells))
            page.wall.select_camera("cam-1")
            self.save(window, "wall-free")
            page.wall.show_carried(page.wall.cells.rect(3))
            self.save(window, "wall-free-carried")
            page.wall.show_carried(None)
            page.wall.select_camera("cam-2")
            menu = page.menu_of("cam-2")
            menu.popup(page.mapToGlobal(page.rect().center()))
            self.save(menu, "wall-tile-menu")
            menu.close()
            window.close()

    def show_wall_hot(self) -> None:
        engine = many_cameras(6)
        engine.set_state("cam-4", CameraState.LOST, "No answer from 10.0.1.4.")
        with engine.running():
            window, page = self._live(engine)
            page.desk.choose_layout("1+5")
            page.desk.set_hot(True)
            self.save(window, "wall-hot-empty")
            page.toolbar.tree_button.setChecked(True)
            engine.alerts.add(EventKind.PERSON, Severity.HIGH, "cam-2")
            engine.publish()
            self.save(window, "wall-hot-alarm-tree")
            page.desk.toggle_hot_lock()
            page.desk.tree.search.setText("house")
            self.save(window, "wall-hot-locked-found")
            page.toolbar.wall_button.menu().popup(page.mapToGlobal(page.rect().topLeft()))
            self.save(page.toolbar.wall_button.menu(), "wall-menu")
            page.toolbar.wall_button.menu().close()
            page.toolbar.layout_button.menu().popup(page.mapToGlobal(page.rect().topLeft()))
            self.save(page.toolbar.layout_button.menu(), "wall-layout-menu")
            page.toolbar.layout_button.menu().close()
            window.close()

    def show_wall_zoomed(self) -> None:
        engine = many_cameras(4)
        with engine.running():
            window, page = self._live(engine)
            page.wall.select_camera("cam-1")
            page.wall.zoom(1, 2.4, QPointF(page.wall.cells.rect(1).center()))
            self.save(window, "wall-zoomed")
            page.wall.set_maximised("cam-1")
            self.save(window, "wall-zoomed-maximised")
            window.close()

    def show_wall_corners(self) -> None:
        """Second cameras small in corners: live, lost, simulated, beside the overview of a zoomed tile, in small tiles; and the menu."""
        engine = many_cameras(9)
        engine.set_state("cam-4", CameraState.LOST, "No answer from 10.0.1.4.")
        with engine.running():
            window, page = self._live(engine)
            for large, small, corner in (("cam-0", "cam-5", Corner.BOTTOM_RIGHT), ("cam-1", "cam-4", Corner.TOP_LEFT)):
                page.wall.arranging.put_in_corner(large, small)
                page.wall.arranging.move_corner(large, corner)
            page.wall.arranging.put_in_corner("cam-2", "cam-6")
            page.wall.arranging.move_corner("cam-2", Corner.BOTTOM_LEFT)
            page.wall.select_camera("cam-0")
            self.save(window, "wall-corners")
            page.desk.choose_layout("9")
            self.save(window, "wall-corners-nine")
            page.wall.set_maximised("cam-0")
            page.wall.zoom(0, 2.4, QPointF(page.wall.cells.rect(0).center()))
            self.save(window, "wall-corners-zoomed")
            menu = page.menu_of("cam-1")
            part = next(action for action in menu.actions() if action.menu() is not None)
            part.menu().popup(window.mapToGlobal(QPoint(300, 100)))
            self.save(part.menu(), "wall-corners-menu")
            part.menu().close()
            menu.popup(window.mapToGlobal(QPoint(300, 100)))
            self.save(menu, "wall-corners-tile-menu")
            menu.close()
            window.close()

    def show_wall_numbers(self) -> None:
        """Numbers of cameras in the tree and on tiles, and one that is typed: of a cell, of a camera, of neither."""
        engine = many_cameras(18)
        engine.settings = engine.settings.numbered()
        engine.publish()
        with engine.running():
            window, page = self._live(engine)
            page.toolbar.tree_button.setChecked(True)
            page.desk.choose_layout("16")
            numbers = page.desk.numbers
            for name, of_cameras, digits in (("cell", False, (1,)), ("camera", True, (1,)), ("nothing", True, (2, 5)), ("sign", True, ())):
                if of_cameras:
                    numbers.begin_camera()
                for digit in digits:
                    numbers.type(digit)
                numbers._pause.stop()
                self.save(window, f"wall-number-{name}")
                numbers.cancel()
            dialog = CameraDialog(page._bridge, engine.settings.camera("cam-1"), window)
            dialog.show()
            dialog.form.fields.field("number").set_value("0")
            dialog.form.reveal()
            self.save(dialog, "wall-number-dialog")
            dialog.close()
            window.close()

    def show_wall_windows(self) -> None:
        engine = many_cameras(9)
        with engine.running():
            window, page = self._live(engine)
            frame = page.walls.open_another()
            assert frame is not None
            frame.desk.choose_layout("1+7")
            self.save(frame, "wall-second-window")
            frame.toggle_full()
            self.save(frame, "wall-second-full")
            self.save(window, "wall-first-window")
            window.close()

    def show_wall_shift(self) -> None:
        engine = many_cameras(4)
        with engine.running():
            window, page = self._live(engine)
            page.book.put(NamedWall("Night", page.desk.plan(), Shift(0, 12 * 60)))
            page.book.put(NamedWall("Afternoon", page.desk.plan(), Shift(12 * 60, 0)))
            self.save(window, "wall-shift-offer")
            dialog = SaveWallDialog(page.book, page.desk, window)
            dialog.show()
            dialog.name.setText("Night")
            dialog.for_shift.setChecked(True)
            self.save(dialog, "wall-keep")
            dialog.ends.setTime(dialog.begins.time())
            dialog.submit()
            self.save(dialog, "wall-keep-wrong")
            dialog.close()
            window.close()
