"""People on every screen, for the gallery: the People page and its dialogs, names on tiles and on the floor."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog, QWidget

from console.bridge import EngineBridge
from console.dialogs.accounts.unmask import UnmaskDialog
from console.dialogs.cameras.recognition import RecognitionDialog
from console.dialogs.people.enrol import EnrolClipDialog, EnrolPictureDialog
from console.dialogs.people.person_edits import DetailsDialog, MergeDialog, SplitDialog, SureEraseDialog
from console.pages.live.live import LivePage
from console.pages.people.people import PeoplePage
from console.pages.space.space import SpacePage
from console.window import MainWindow
from engine.model.accounts.access import Role
from engine.model.command import CreateUser
from engine.model.event import EventKind, Severity
from engine.model.people.person import Consent, NameSource, Person
from engine.model.time import SECOND, SystemClock
from engine.recording.clips.masked_still import with_subject
from tests.fakes.engine import FakeEngine
from tests.fakes.media import jpeg
from tests.fakes.people import DAY, add_people, add_person, face_picture, in_view, recognising
from tests.fakes.radio_scene import WALKERS, RadioEngine, RadioScene
from tests.fakes.scene import Scene

LONG = "Grace Brewster Murray Hopper-Wellington of the night shift, second floor"


def remembered_site() -> FakeEngine:
    """Cameras and six people: named, heard, made up, locked, archived, with a long name."""
    engine = FakeEngine()
    for camera_id, name in (("yard", "Yard"), ("gate", "North gate"), ("hall", "Hall"), ("dock", "Loading dock by the river")):
        engine.add_camera(camera_id, name)
    now = engine.now_ns
    recognising(engine)
    ada = Person(
        "ada", "Ada Lovelace", "#E69F00", NameSource.OPERATOR, now - 90 * DAY, now - 90 * DAY, now - 4 * SECOND, "yard", 61, Consent.GIVEN
    )
    add_person(engine, replace(ada, note="Works in the laboratory. Knows the alarm code."), 7)
    grace = Person(
        "grace", LONG, "#CC79A7", NameSource.OPERATOR, now - 40 * DAY, now - 40 * DAY, now - 3 * 3600 * SECOND, "dock", 12, locked=True
    )
    add_person(engine, grace, 3)
    add_person(
        engine, Person("sarah", "Sarah", "#56B4E9", NameSource.VOICE, now - 2 * DAY, now - 2 * DAY, now - 600 * SECOND, "gate", 2), 2
    )
    made = Person("x1", "Person_4F1A09BC", "#009E73", NameSource.GENERATED, now - DAY, now - DAY, now - 30 * SECOND, "hall", 3)
    add_person(engine, made, 1)
    old = Person("old", "Bo from the bakery", "#F0E442", NameSource.OPERATOR, now - 300 * DAY, now - 300 * DAY, now - 201 * DAY, "gate", 4)
    add_person(engine, replace(old, archived_ns=now - 21 * DAY, consent=Consent.REFUSED), 0)
    add_person(engine, Person("new", "Charles", "#0072B2", NameSource.OPERATOR, now - 60 * SECOND), 0)
    for number, camera_id in enumerate(("hall", "dock", "gate", "yard", "hall", "yard")):
        engine.add_event(camera_id, EventKind.NAMED if number == 1 else EventKind.PERSON, age_s=9000 - 1400 * number, person=ada)
    return engine


def wait(until: Callable[[], bool], seconds: float = 6.0) -> None:
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.01)


class PeopleGallery:
    _folder: Path
    _clip: Path

    def save(self, widget: QWidget, name: str) -> None: ...
    def save_now(self, widget: QWidget, name: str) -> None: ...
    def window(self, engine: FakeEngine, user: str = "ada") -> MainWindow: ...

    def people(self, engine: FakeEngine, user: str = "ada") -> tuple[MainWindow, PeoplePage]:
        window = self.window(engine, user)
        window.show_page("people")
        page = window.page("people")
        assert isinstance(page, PeoplePage)
        wait(page.has_content)
        return window, page

    def show_people(self) -> None:
        engine = remembered_site()
        scene = Scene(people=2, width=640, height=360)
        seen = next(event for event in engine.events if event.person_id == "ada" and event.kind is EventKind.PERSON)
        box = tuple(share / side for share, side in zip(scene.boxes_at(2.0)[0], (640, 360, 640, 360), strict=True))
        engine.thumbnails[seen.id] = with_subject(jpeg(scene.picture_at(2.0, 640, 360)), box)
        window, page = self.people(engine)
        page.table.select_row("ada")
        wait(page.card.sighting.has_picture)
        self.save(window, "people")
        page.card.tabs.setCurrentIndex(1)
        page.card.faces.choose_face("ada-f1")
        page.card.faces.choose_face("ada-f4")
        self.save(window, "people-faces")
        page.card.tabs.setCurrentIndex(2)
        self.save(window, "people-timeline")
        engine.add_clip(engine.events[0], self._clip)
        page.open_event(engine.events[0].id)
        wait(lambda: page.clip.player.isVisible(), 2)
        page.clip.player.pause()
        self.save(window, "people-clip")
        page.clip.hide()
        page.card.tabs.setCurrentIndex(0)
        page.table.select_row("grace")
        self.save(window, "people-long-name")
        page.card.begin_rename()
        self.save(window, "people-rename")
        page.table.select_row("old")
        self.save(window, "people-archived")
        menu = page.actions_of.menu("sarah", page)
        menu.popup(page.mapToGlobal(page.rect().center()))
        self.save(menu, "people-menu")
        menu.close()
        page.search.setText("gra")
        window.resize(1024, 640)
        self.save(window, "people-small-window")
        window.close()

    def show_people_numbers(self) -> None:
        for count in (0, 1, 200):
            engine = FakeEngine()
            engine.add_camera("gate", "North gate")
            engine.add_camera("yard", "Yard")
            recognising(engine)
            add_people(engine, count)
            window, _ = self.people(engine)
            self.save(window, f"people-{count}")
            window.close()
        for user in ("ada", "bo"):
            engine = FakeEngine()
            engine.execute(_operator())
            window, _ = self.people(engine, user)
            self.save(window, f"people-off-{user}")
            window.close()
        engine = remembered_site()
        engine.execute(_operator())
        why = "Faces are not recognised: the model sface is not installed. Install it on the System page or with watchroom models install."
        engine.people = replace(engine.people, face_trouble=why)
        engine.publish()
        window, _ = self.people(engine, "bo")
        self.save(window, "people-operator-trouble")
        window.close()

    def show_people_dialogs(self) -> None:
        engine = remembered_site()
        engine.add_clip(engine.events[1], self._clip)
        window, page = self.people(engine)
        photos, act = page.album.photo, page.actions_of
        ada, grace, sarah, made = (act.known_person(one) for one in ("ada", "grace", "sarah", "x1"))
        assert ada and grace and sarah and made
        bridge = window._bridge
        assert isinstance(bridge, EngineBridge)
        picture = self._folder / "face.jpg"
        picture.write_bytes(jpeg(face_picture(5, 480)))
        enrol = EnrolPictureDialog(bridge, ada.person, window)
        self._show(enrol, "people-enrol-empty")
        enrol.open_file(picture)
        self._show(enrol, "people-enrol-picture", close=False)
        enrol.start()
        with engine.running():
            wait(lambda: bool(enrol.outcome.text()))
        self._show(enrol, "people-enrol-learned")
        picture.unlink()
        for name, dialog in {
            "people-enrol-clip": EnrolClipDialog(bridge, SystemClock(), ada.person, window),
            "people-details": DetailsDialog(bridge, ada.person, window),
            "people-merge": MergeDialog(bridge, photos, grace, made, window),
            "people-split": SplitDialog(bridge, photos, ada, ada.faces[:2], window),
            "people-erase": SureEraseDialog(bridge, sarah.person, "Sarah's phone", window),
            "people-recognition": RecognitionDialog(bridge, window),
        }.items():
            self._show(dialog, name)
        window.close()

    def show_people_asked(self) -> None:
        """Events of every kind about people, and the question who somebody is."""
        engine = remembered_site()
        ada = next(person for person in engine.people.persons if person.id == "ada")
        with engine.running():
            window = self.window(engine)
            page = window.page("live")
            assert isinstance(page, LivePage)
            wait(page.has_content)
            kinds = (
                (EventKind.FIGHT, Severity.HIGH),
                (EventKind.TWO_PLACES, Severity.MODERATE),
                (EventKind.BADGE_WITHOUT_OWNER, Severity.MODERATE),
                (EventKind.PHONE_LEFT, Severity.LOW),
                (EventKind.GESTURE, Severity.MODERATE),
                (EventKind.LOITERING, Severity.LOW),
                (EventKind.RUNNING, Severity.LOW),
                (EventKind.CROWD, Severity.MODERATE),
            )
            for kind, severity in kinds:
                made = engine.add_event("yard", kind, age_s=30, person=ada if severity != Severity.HIGH else None)
                engine.events[0] = replace(made, severity=severity, label="wave" if kind is EventKind.GESTURE else "")
            in_view(engine, ())
            track = next(track for view in engine.snapshot.cameras for track in view.tracks)
            made = engine.add_event(track.camera_id, EventKind.WHO_IS_IT, ended=False, age_s=3, reason=f"This could be {LONG} or Sarah.")
            alike = tuple((one.id, 0.6) for one in engine.people.persons if one.name in (LONG, "Sarah"))
            engine.events[0] = replace(made, subject_id=track.id, candidates=alike)
            wait(lambda: in_view(engine, ()) is not None, 1.5)
            self.save(window, "people-asked")
            window.close()

    def show_people_live(self) -> None:
        engine = remembered_site()
        by_id = {person.id: person for person in engine.people.persons}
        persons = tuple(by_id[one] for one in ("ada", "grace", "sarah", "x1"))
        with engine.running():
            window = self.window(engine)
            page = window.page("live")
            assert isinstance(page, LivePage)
            wait(page.has_content)

            def follow() -> bool:
                in_view(engine, persons, conflict="the phone says it is somebody else")
                return False

            page.toolbar.overlay_actions["poses"].trigger()
            wait(follow, 2)
            self.save_now(window, "people-live")
            engine.settings = replace(engine.settings, recognition=replace(engine.settings.recognition, blur_faces=True))
            wait(follow, 1)
            self.save_now(window, "people-live-blurred")
            page.show_blurred_faces()
            self.save(next(dialog for dialog in page.findChildren(UnmaskDialog)), "people-unmask")
            next(dialog for dialog in page.findChildren(UnmaskDialog)).close()
            track = next(track for view in engine.snapshot.cameras for track in view.tracks)
            menu = page.menu_of(track.camera_id, track)
            menu.popup(page.mapToGlobal(page.rect().center()))
            self.save(menu, "people-live-menu")
            menu.close()
            window.close()

    def show_people_space(self) -> None:
        engine = RadioEngine(radio_scene=RadioScene(walkers=WALKERS[:5]), fusing=True)
        for camera_id, name in (("yard", "Yard"), ("gate", "North gate")):
            engine.add_camera(camera_id, name)
        with engine.running():
            window = self.window(engine)
            window.show_page("space")
            page = window.page("space")
            assert isinstance(page, SpacePage)
            wait(page.has_content)
            page.layers.buttons["blobs"].click()
            page.layers.buttons["glow"].click()
            page.select("fu-0")
            wait(lambda: bool(page.panel.bars.bar_rows()))
            wait(lambda: False, 1)
            self.save(window, "people-space")
            page.select("fu-1")
            wait(lambda: False, 1)
            page.show_solid(False)
            self.save(window, "people-space-plan")
            page.select("fu-3")
            self.save(window, "people-space-unknown")
            menu = page.menu_of("fu-1")
            assert menu is not None
            menu.popup(page.mapToGlobal(page.rect().center()))
            self.save(menu, "people-space-menu")
            menu.close()
            window.close()

    def _show(self, dialog: QDialog, name: str, close: bool = True) -> None:
        dialog.show()
        wait(lambda: False, 0.3)
        self.save(dialog, name)
        if close:
            dialog.close()
        QApplication.processEvents()


def _operator() -> CreateUser:
    return CreateUser("bo", Role.OPERATOR, "long enough")
