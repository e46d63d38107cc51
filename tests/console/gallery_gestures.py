"""The Gestures page for the gallery."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from console.dialogs.people.take_from_clip import TakeFromClipDialog
from console.pages.teach.teach import TeachPage
from console.window import MainWindow
from engine.model.accounts.access import Role
from engine.model.command import CreateUser
from engine.model.people.gesture import GestureMode
from engine.model.people.view import GestureScore, TakeState
from tests.console.gallery_incidents import wait
from tests.fakes.engine import FakeEngine
from tests.fakes.gestures import GestureEngine

LONG = "Both arms crossed over the head, slowly, as at the crane of the old dock"


class GesturesGallery:
    save: Callable[[QWidget, str], None]
    window: Callable[..., MainWindow]

    def gestures(self, engine: FakeEngine, user: str = "ada") -> tuple[MainWindow, TeachPage]:
        window = self.window(engine, user)
        window.show_page("gestures")
        page = window.page("gestures")
        assert isinstance(page, TeachPage)
        wait(lambda: page.cameras.count() > 0, 1)
        return window, page

    def show_gestures(self) -> None:
        engine = GestureEngine()
        engine.add_camera("yard", "Yard")
        engine.add_camera("dock", "Loading dock behind the old warehouse, second gate by the river")
        engine.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
        with engine.running():
            window, _ = self.gestures(engine)
            self.save(window, "gestures-none")
            wave = engine.add_gesture("Wave", GestureMode.ARMED)
            engine.add_gesture(LONG, GestureMode.SHADOW, takes=5)
            for number in range(2):
                engine.add_take("yard", TakeState.READY, scores=(GestureScore(wave, "Wave", 0.4 + number / 5),))
            failed = engine.add_take("yard", TakeState.RECORDING)
            engine.finish(failed, trouble="Nobody was seen from head to hands. Step back, so that the camera sees you whole.")
            engine.would_have_raised(LONG, 300.0)
            self.save(window, "gestures")
            engine.add_take("yard", TakeState.RECORDING)
            self.save(window, "gestures-recording")
            window.close()
            window, page = self.gestures(engine, "bo")
            self.save(window, "gestures-operator")
            window.close()
            window, page = self.gestures(engine)
            dialog = TakeFromClipDialog(page._bridge, page._clock, "yard", page)
            dialog.open()
            self.save(dialog, "gestures-from-clip")
            dialog.close()
            window.close()
        off = FakeEngine()
        window, _ = self.gestures(off)
        self.save(window, "gestures-no-camera")
        window.close()
