"""The People page as an administrator and as an operator work with it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QLabel, QWidget
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.cameras.recognition import RecognitionDialog
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.people.enrol import EnrolClipDialog, EnrolPictureDialog
from console.dialogs.people.person import PersonDialog
from console.dialogs.people.person_edits import DetailsDialog, MergeDialog, PickPersonDialog, SplitDialog, SureEraseDialog
from console.pages.page import PageContext
from console.pages.people.people import PeoplePage
from console.session.remembered import Remembered
from engine.model.accounts.access import Role
from engine.model.command import ChangeSettings, CreateUser
from engine.model.errors import EnvironmentFault, InputError, PermissionDenied
from engine.model.history.timeline import SearchFilter
from engine.model.people.commands import (
    DenyFace,
    EnrolFace,
    EnrolFromClip,
    ErasePerson,
    MergePersons,
    PutPerson,
    RenamePerson,
    SplitPerson,
    UndoSpokenName,
)
from engine.model.people.person import Consent, NameSource
from engine.model.question import ListEvents
from engine.model.time import SECOND, SystemClock
from tests.console.gallery_people import LONG, remembered_site
from tests.fakes.engine import FakeEngine
from tests.fakes.media import jpeg
from tests.fakes.people import add_people, face_picture
from widgets.marks.toast import ToastArea

Opener = Callable[..., PeoplePage]


@pytest.fixture
def engine() -> FakeEngine:
    fake = remembered_site()
    fake.execute(CreateUser("bo", Role.OPERATOR, "long enough"))
    fake.commands.clear()
    return fake


class Host(QWidget):
    """A window with the page alone."""

    def __init__(self, bridge: EngineBridge, remembered: Remembered) -> None:
        super().__init__()
        self.toasts = ToastArea(self)
        self.page = PeoplePage(PageContext(bridge, SystemClock(), remembered, self.toasts))
        self.bridge = bridge
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.page)
        self.resize(1360, 860)
        bridge.snapshot_changed.connect(self.page.show_snapshot)
        bridge.start()

    def end(self) -> None:
        self.page.shutdown()
        self.bridge.close()
        self.close()


@pytest.fixture
def open_page(engine: FakeEngine, remembered: Remembered, qtbot: QtBot) -> Iterator[Opener]:
    hosts: list[Host] = []

    def open_for(user: str = "ada", site: FakeEngine | None = None) -> PeoplePage:
        host = Host(EngineBridge((site or engine).port(user)), remembered)
        hosts.append(host)
        with qtbot.waitActive(host):
            host.show()
            host.activateWindow()
        qtbot.waitUntil(host.page.has_content)
        return host.page

    yield open_for
    for host in hosts:
        host.end()
        host.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def dialog_of(page: PeoplePage, kind: type[QDialog]) -> QDialog:
    return next(one for one in page.findChildren(kind) if one.isVisible())


def told(page: PeoplePage) -> list[str]:
    host = page.window()
    assert isinstance(host, Host)
    return [toast.text() for toast in host.toasts.toasts()]


def test_everybody_is_listed_newest_first_and_the_first_is_shown(open_page: Opener) -> None:
    page = open_page()
    assert page.table.shown_keys() == ("ada", "x1", "sarah", "grace", "new"), "who is archived is kept aside"
    assert page.headline.text() == "6 people on file" and "laboratory at night" in page.summary.text()
    assert page.card.person_id() == "ada" and page.card.name.text() == "Ada Lovelace"
    facts = {what: page.card.facts.fact_text(what) for what in ("Where", "Consent", "Faces", "Note")}
    assert facts == {"Where": "Yard", "Consent": "Given", "Faces": "7 faces", "Note": "Works in the laboratory. Knows the alarm code."}
    assert "61 visits" in page.card.source.text() and "s ago" in page.card.facts.fact_text("Last seen")


def test_how_long_somebody_is_kept_is_said_with_its_days(engine: FakeEngine, open_page: Opener) -> None:
    page = open_page()
    page.table.select_row("sarah")
    kept = page.card.facts.fact_text("Kept")
    assert kept.startswith("Archived after 20") and "erased after 20" in kept
    page.table.select_row("grace")
    assert "Locked" in page.card.facts.fact_text("Kept") and any("Locked" in text for text in page.card.notices.texts())
    page.archived_button.click()
    page.table.select_row("old")
    assert page.card.facts.fact_text("Kept").startswith("Archived since") and len(page.card.notices.texts()) == 2


def test_photos_come_from_the_engine_and_are_asked_for_once(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    qtbot.waitUntil(lambda: page.album.photo("ada-f0") is not None)
    first = page.album.photo("ada-f0")
    engine.face_photos.clear()
    assert page.album.photo("ada-f0") is first


def test_rows_show_the_photo_of_a_face(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    assert page.table.model.cell("ada", 0).photo == "ada-f0" and page.table.model.cell("ada", 0).mark == ""
    qtbot.waitUntil(lambda: page.album.photo("ada-f0") is not None)
    with_photo = page.table.view.grab().toImage()
    engine.face_photos.clear()
    page.album.forget()
    page.table.photo_came()
    assert page.table.view.grab().toImage() != with_photo


def test_a_photo_that_is_damaged_or_gone_leaves_the_figure(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    engine.face_photos["sarah-f0"] = b"\xff\xd8 torn"
    del engine.face_photos["x1-f0"]
    page = open_page()
    qtbot.waitUntil(page.has_content)
    page.table.view.viewport().repaint()
    qtbot.waitUntil(page.has_content)
    assert page.album.photo("sarah-f0") is None and page.album.photo("x1-f0") is None


def test_faces_that_may_not_be_seen_are_refused_once_and_shown_after_unmasking(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    for _ in range(8):
        engine.fail("face_photo", PermissionDenied("unmask"))
    page = open_page()
    qtbot.waitUntil(page.has_content)
    page.table.view.viewport().repaint()
    assert page.album.photo("ada-f0") is None
    engine._faults.clear()
    engine.people = replace(engine.people, unmasked_until_ns=engine.now_ns + SECOND)
    engine.tick()
    qtbot.waitUntil(lambda: page.album.photo("ada-f0") is not None)
    for _ in range(40):
        engine.fail("face_photo", PermissionDenied("unmask"))
    for _ in range(16):
        engine.tick()
    qtbot.waitUntil(lambda: page.album.photo("ada-f0") is None)


def put_aside(engine: FakeEngine, *person_ids: str) -> None:
    people = engine.people
    persons = tuple(replace(each, archived_ns=engine.now_ns) if each.id in person_ids else each for each in people.persons)
    engine.people = replace(people, persons=persons)
    engine.publish()


def test_who_is_kept_aside_is_hidden_until_asked_for(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    assert "old" not in page.table.shown_keys() and page.archived_button.text() == "Archi&ved (1)"
    put_aside(engine, "old", "sarah")
    qtbot.waitUntil(lambda: "sarah" not in page.table.shown_keys())
    assert page.archived_button.text() == "Archi&ved (2)" and len(page.table.shown_keys()) == 4
    page.archived_button.click()
    assert len(page.table.shown_keys()) == 6
    page.archived_button.click()
    page.visit("sarah")
    assert page.archived_button.isChecked() and page.selected_person() == "sarah", "whoever is led here sees them"


def test_where_nobody_is_kept_aside_there_is_nothing_to_press(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    persons = tuple(replace(each, archived_ns=None) for each in engine.people.persons)
    engine.people = replace(engine.people, persons=persons)
    engine.publish()
    page = open_page()
    assert not page.archived_button.isVisible() and len(page.table.shown_keys()) == 6


def test_all_kept_aside_is_not_nobody_known(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    put_aside(engine, *(each.id for each in engine.people.persons))
    qtbot.waitUntil(lambda: not page.table.shown_keys())
    assert page.table.empty.isVisible() and "Archived" in page.table.empty.accessibleDescription() + repr(
        [label.text() for label in page.table.empty.findChildren(QLabel)]
    )


def test_search_is_by_every_word_and_says_how_many(open_page: Opener) -> None:
    page = open_page()
    page.search.setText("hopper grace")
    assert page.table.shown_keys() == ("grace",) and page.count.text() == "1 of 5" and page.card.name.text() == LONG
    page.search.setText("nobody like that")
    assert page.table.shown_keys() == () and not page.card.isVisible()
    page.search.setText("")
    assert len(page.table.shown_keys()) == 5 and page.count.text() == "" and page.card.isVisible()


def test_two_hundred_people_are_sorted_by_what_is_clicked(open_page: Opener, qtbot: QtBot) -> None:
    site = FakeEngine()
    site.add_camera("gate", "North gate")
    add_people(site, 200)
    page = open_page(site=site)
    page.table.sort_by(3)
    visits = [page.table.known_person(key).person.visits for key in page.table.shown_keys()]  # type: ignore[union-attr]
    assert len(visits) == 200 and visits == sorted(visits, reverse=True)
    page.table.sort_by(0)
    generated = [page.table.known_person(key).person.name_source is NameSource.GENERATED for key in page.table.shown_keys()]  # type: ignore[union-attr]
    assert generated == sorted(generated), "those with a name come first"


def test_nobody_yet_says_how_people_get_here(open_page: Opener) -> None:
    site = FakeEngine()
    page = open_page(site=site)
    assert page.table.empty._title.text() == "Recognition is off" and page.table.empty._button.text() == "Switch recognition on…"
    page.table.empty.action_requested.emit()
    assert dialog_of(page, RecognitionDialog)


def test_an_operator_reads_why_and_is_offered_nothing_he_may_not(engine: FakeEngine, open_page: Opener) -> None:
    page = open_page("bo")
    for button in (page.add_button, page.settings_button, page.merge_button, page.details_button, page.film_button, page.picture_button):
        assert not button.isEnabled() and "administrator" in button.toolTip()
    assert page.card.rename_button.isEnabled()
    enabled = [action.text() for action in page.actions_of.menu("sarah", page).actions() if action.isEnabled()]
    assert enabled == ["&Remove the spoken name"]
    page.actions_of.erase("sarah")
    page.actions_of.settings()
    assert not page.findChildren(QDialog) and not engine.commands


def test_recognition_off_with_people_says_who_can_switch_it_on(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, recognition=replace(engine.settings.recognition, biometrics=False))
    engine.publish()
    page = open_page("bo")
    qtbot.waitUntil(lambda: bool(page.notices.texts()))
    assert "An administrator can switch it on." in page.notices.texts()[0]


def test_a_name_is_changed_where_it_stands(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page("bo")
    page.table.select_row("x1")
    qtbot.keyClick(page.table.view, Qt.Key.Key_F2)
    assert page.card.renaming() and page.card.editor.selectedText() == "Person_4F1A09BC"
    qtbot.keyClicks(page.card.editor, "  Katherine ")
    qtbot.keyClick(page.card.editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.card.name.text() == "Katherine")
    assert engine.commands == [RenamePerson("x1", "Katherine")] and "Named by an operator" in page.card.source.text()


def test_leaving_the_name_as_it_is_or_empty_tells_nothing(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    for keys in ("", "   "):
        page.card.begin_rename()
        if keys:
            qtbot.keyClicks(page.card.editor, keys)
        qtbot.keyClick(page.card.editor, Qt.Key.Key_Return)
    page.card.begin_rename()
    qtbot.keyClicks(page.card.editor, "Other")
    qtbot.keyClick(page.card.editor, Qt.Key.Key_Escape)
    assert not page.card.renaming() and not engine.commands


def test_a_name_that_is_refused_says_so(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    engine.fail("command", InputError("name", "is already in use"))
    page.card.renamed.emit("Sarah")
    qtbot.waitUntil(lambda: bool(told(page)))
    assert "already in use" in told(page)[0] and page.card.name.text() == "Ada Lovelace"


def test_a_spoken_name_is_taken_back(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page("bo")
    page.table.select_row("sarah")
    action = next(one for one in page.actions_of.menu("sarah", page).actions() if "spoken name" in one.text())
    action.trigger()
    qtbot.waitUntil(lambda: page.card.name.text().startswith("Person_"))
    assert engine.commands == [UndoSpokenName("sarah")] and "Not named yet" in page.card.source.text()


def test_faces_that_are_somebody_elses_are_denied_or_split_off(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    page.card.tabs.setCurrentIndex(1)
    assert not page.deny_button.isEnabled() and not page.split_button.isEnabled()
    page.card.faces.choose_face("ada-f6")
    page.deny_button.click()
    qtbot.waitUntil(lambda: page.card.tabs.tabText(1) == "Faces (6)")
    assert engine.commands == [DenyFace("ada-f6")]
    page.card.faces.choose_face("ada-f1")
    page.card.faces.choose_face("ada-f4")
    page.split_button.click()
    dialog = dialog_of(page, SplitDialog)
    assert isinstance(dialog, SplitDialog) and not dialog.save.isEnabled()
    dialog.fields.field("name").edit().setText("Sarah")
    assert not dialog.save.isEnabled(), "two people with one name cannot be told apart"
    dialog.fields.field("name").edit().setText("Byron")
    dialog.save.click()
    qtbot.waitUntil(lambda: page.card.name.text() == "Byron")
    assert engine.commands[-1] == SplitPerson(("ada-f1", "ada-f4"), "Byron") and page.card.tabs.tabText(1) == "Faces (2)"


def test_all_faces_cannot_be_split_off(open_page: Opener) -> None:
    page = open_page()
    page.table.select_row("sarah")
    page.card.faces.choose_face("sarah-f0")
    assert page.split_button.isEnabled()
    page.card.faces.choose_face("sarah-f1")
    assert not page.split_button.isEnabled() and page.deny_button.isEnabled()


def test_faces_that_were_chosen_stay_chosen_while_others_come(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    page.card.faces.choose_face("ada-f2")
    engine.execute(EnrolFace("ada", "x"))
    for _ in range(8):
        engine.tick()
    qtbot.waitUntil(lambda: page.card.tabs.tabText(1) == "Faces (8)")
    assert page.card.faces.selected_faces() == ("ada-f2",)


def test_two_who_are_one_are_seen_beside_each_other_first(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    page.table.select_row("x1")
    page.merge_button.click()
    pick = dialog_of(page, PickPersonDialog)
    assert isinstance(pick, PickPersonDialog) and pick.choice.count() == 5
    pick.choice.setCurrentIndex(pick.choice.findData("ada"))
    pick.save.click()
    merge = dialog_of(page, MergeDialog)
    assert isinstance(merge, MergeDialog) and not engine.commands
    assert merge.command() == MergePersons("ada", "x1"), "the one with a name is kept"
    merge.sides[0].choice.setChecked(True)
    assert merge.command() == MergePersons("x1", "ada")
    merge.sides[1].choice.setChecked(True)
    merge.save.click()
    qtbot.waitUntil(lambda: "x1" not in page.table.shown_keys() and page.card.person_id() == "ada")
    assert engine.commands == [MergePersons("ada", "x1")]


def test_a_face_is_learned_from_a_picture(engine: FakeEngine, open_page: Opener, qtbot: QtBot, tmp_path: Path) -> None:
    page = open_page()
    page.table.select_row("new")
    page.picture_button.click()
    dialog = dialog_of(page, EnrolPictureDialog)
    assert isinstance(dialog, EnrolPictureDialog) and not dialog.learn.isEnabled()
    picture = tmp_path / "face.jpg"
    picture.write_bytes(jpeg(face_picture(3)))
    dialog.open_file(picture)
    dialog.learn.click()
    with engine.running():
        qtbot.waitUntil(lambda: "learned" in dialog.outcome.text())
    command = engine.commands[-1]
    assert isinstance(command, EnrolFace) and command.person_id == "new" and command.picture.startswith("/9j/")
    qtbot.waitUntil(lambda: page.card.tabs.tabText(1) == "Faces (1)")


@pytest.mark.parametrize("content", [b"", b"GIF89a nothing", b"\xff\xd8\xff\xe0 torn"])
def test_what_is_no_picture_is_refused_before_it_is_sent(engine: FakeEngine, open_page: Opener, tmp_path: Path, content: bytes) -> None:
    page = open_page()
    page.picture_button.click()
    dialog = dialog_of(page, EnrolPictureDialog)
    assert isinstance(dialog, EnrolPictureDialog)
    file = tmp_path / "face.jpg"
    file.write_bytes(content)
    dialog.open_file(file)
    assert "face.jpg" in dialog.trouble.text() and not dialog.learn.isEnabled()
    dialog.open_file(tmp_path / "gone.png")
    assert "cannot be read" in dialog.trouble.text() and not engine.commands


def test_why_no_face_was_learned_is_said(engine: FakeEngine, open_page: Opener, qtbot: QtBot, tmp_path: Path) -> None:
    engine.enrol_trouble = "Two faces are in the picture. Cut it to one."
    page = open_page()
    page.actions_of.enrol_picture("ada")
    dialog = dialog_of(page, EnrolPictureDialog)
    assert isinstance(dialog, EnrolPictureDialog)
    picture = tmp_path / "face.jpg"
    picture.write_bytes(jpeg(face_picture(3)))
    dialog.open_file(picture)
    dialog.learn.click()
    with engine.running():
        qtbot.waitUntil(lambda: "Two faces" in dialog.trouble.text())
    assert dialog.learn.isEnabled() and not dialog.outcome.text()


def test_a_face_is_learned_from_a_clip_of_theirs(engine: FakeEngine, open_page: Opener, qtbot: QtBot, clip_file: Path) -> None:
    clip = engine.add_clip(engine.events[2], clip_file)
    page = open_page()
    page.film_button.click()
    dialog = dialog_of(page, EnrolClipDialog)
    assert isinstance(dialog, EnrolClipDialog)
    qtbot.waitUntil(lambda: dialog.choice.feed.count() == 1)
    dialog.choice.feed.select_event(engine.events[2].id)
    dialog.learn.click()
    qtbot.waitUntil(lambda: EnrolFromClip("ada", clip.id) in engine.commands)


def test_erasing_needs_a_reason_and_the_name(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    qtbot.waitUntil(lambda: page.album.photo("sarah-f0") is not None)
    page.actions_of.erase("sarah")
    dialog = dialog_of(page, SureEraseDialog)
    assert isinstance(dialog, SureEraseDialog) and not dialog.save.isEnabled()
    dialog.fields.field("reason").edit().setText("Asked to be forgotten")
    assert not dialog.save.isEnabled()
    dialog.fields.field("typed").edit().setText("sara")
    assert not dialog.save.isEnabled()
    dialog.fields.field("typed").edit().setText(" sarah ")
    dialog.save.click()
    qtbot.waitUntil(lambda: "sarah" not in page.table.shown_keys())
    assert engine.commands == [ErasePerson("sarah", "Asked to be forgotten")]
    engine.face_photos.pop("sarah-f0")
    assert page.album.photo("sarah-f0") is None, "the console keeps nothing of them either"


def test_who_is_locked_cannot_be_erased_only_unlocked(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    page.actions_of.erase("grace")
    assert not [one for one in page.findChildren(SureEraseDialog) if one.isVisible()]
    dialog = dialog_of(page, ConfirmDialog)
    assert isinstance(dialog, ConfirmDialog)
    dialog.go.click()
    qtbot.waitUntil(lambda: bool(engine.commands))
    command = engine.commands[0]
    assert isinstance(command, PutPerson) and command.person_id == "grace" and not command.locked and command.name == LONG


def test_consent_and_note_keep_what_else_is_known(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    page.table.select_row("grace")
    page.details_button.click()
    dialog = dialog_of(page, DetailsDialog)
    assert isinstance(dialog, DetailsDialog)
    dialog.note.setPlainText("x" * 2001)
    assert not dialog.save.isEnabled() and "1 characters too long" in dialog.trouble.text()
    dialog.note.setPlainText("Signed on paper.")
    dialog.consent.setCurrentIndex(list(Consent).index(Consent.GIVEN))
    dialog.save.click()
    qtbot.waitUntil(lambda: page.card.facts.fact_text("Consent") == "Given")
    assert engine.commands == [PutPerson(LONG, "#cc79a7", "grace", Consent.GIVEN, "Signed on paper.", True)]


def test_their_timeline_is_asked_for_when_it_is_looked_at(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    assert page.past.events == ()
    page.card.tabs.setCurrentIndex(2)
    qtbot.waitUntil(lambda: page.card.timeline.count() == 6)
    times = [event.started_ns for event in page.past.events]
    assert times == sorted(times, reverse=True)
    person = engine.people.person("ada")
    engine.add_event("gate", age_s=1, person=person)
    qtbot.waitUntil(lambda: page.card.timeline.count() == 7)
    page.card.timeline.bar.set_limits(SearchFilter(camera_ids=("gate",)))
    assert 0 < page.card.timeline.count() < 7
    page.chips.row.chips[0].click()  # what is chosen in a box stands there, and goes again
    assert page.card.timeline.count() == 7 and not page.chips.row.chips
    page.table.select_row("sarah")
    qtbot.waitUntil(lambda: page.card.timeline.count() == 0)


def test_older_events_come_a_page_at_a_time_and_none_twice(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    person = engine.people.person("x1")
    for number in range(100):
        engine.add_event("hall", age_s=5000 - number, person=person)
    page = open_page()
    page.table.select_row("x1")
    page.card.tabs.setCurrentIndex(2)
    qtbot.waitUntil(lambda: len(page.past.events) == 60)
    assert page.card.older.isVisible()
    page.card.older.click()
    qtbot.waitUntil(lambda: len(page.past.events) == 100)
    assert not page.card.older.isVisible()
    engine.add_event("hall", age_s=1, person=person)
    qtbot.waitUntil(lambda: len(page.past.events) == 101)
    ids = [event.id for event in page.past.events]
    assert len(set(ids)) == 101


def test_a_record_that_does_not_answer_is_said_on_the_timeline(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    engine.fail("ask", EnvironmentFault("disk", "The record cannot be read."), ListEvents)
    page.card.tabs.setCurrentIndex(2)
    qtbot.waitUntil(lambda: "cannot be read" in page.card.past_trouble.text())


def test_an_event_of_theirs_opens_its_clip(engine: FakeEngine, open_page: Opener, qtbot: QtBot, clip_file: Path) -> None:
    event = engine.events[0]
    engine.add_clip(event, clip_file)
    page = open_page()
    page.card.tabs.setCurrentIndex(2)
    qtbot.waitUntil(lambda: page.card.timeline.count() == 6)
    page.card.timeline.event_activated.emit(event.id)
    qtbot.waitUntil(lambda: page.clip.player.isVisible() and page.clip.player.position_s() > 0)
    page.clip.closed.emit()
    assert not page.clip.isVisible()


def test_the_last_sighting_is_shown_boxed_and_plays(engine: FakeEngine, open_page: Opener, qtbot: QtBot, clip_file: Path) -> None:
    theirs = [event for event in engine.events if event.person_id == "ada" and event.camera_id]
    del engine.thumbnails[theirs[0].id]  # the newest with a picture is shown
    engine.add_clip(theirs[1], clip_file)
    page = open_page()
    view = page.card.sighting
    qtbot.waitUntil(view.has_picture)
    camera = engine.settings.camera(theirs[1].camera_id)
    assert camera is not None and view.text().startswith(f"{camera.name} · ") and "ago" in view.text() and view._marks.box is not None
    view.click()
    qtbot.waitUntil(lambda: page.clip.player.isVisible() and page.clip.player.position_s() > 0)
    for person_id, why in (("new", "Not seen yet"), ("grace", "holds no picture")):
        page.table.select_row(person_id)
        qtbot.waitUntil(lambda why=why: why in view.text())
        assert not view.has_picture() and not view.isEnabled()


def test_recognition_needs_a_purpose(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, recognition=type(engine.settings.recognition)())
    engine.publish()
    page = open_page()
    qtbot.waitUntil(lambda: "Recognition is off" in page.summary.text())
    page.settings_button.click()
    dialog = dialog_of(page, RecognitionDialog)
    assert isinstance(dialog, RecognitionDialog) and dialog.save.isEnabled() and not dialog.learn_names.isEnabled()
    dialog.on.setChecked(True)
    assert not dialog.save.isEnabled() and "Required to switch recognition on" in dialog.purpose_trouble.text()
    dialog.purpose.setPlainText("Who works alone at night")
    dialog.fields.field("face_threshold").edit().setText("0,42")
    dialog.blur.setChecked(True)
    dialog.save.click()
    qtbot.waitUntil(lambda: bool(engine.commands))
    command = engine.commands[0]
    assert isinstance(command, ChangeSettings) and command.recognition is not None
    assert (command.recognition.biometrics, command.recognition.face_threshold, command.recognition.blur_faces) == (True, 0.42, True)


def test_figures_that_cannot_be_are_refused_at_their_field(engine: FakeEngine, open_page: Opener) -> None:
    page = open_page()
    page.actions_of.settings()
    dialog = dialog_of(page, RecognitionDialog)
    assert isinstance(dialog, RecognitionDialog)
    for name, text in (
        ("face_threshold", "1.5"),
        ("face_margin", "lots"),
        ("archive_days", "0"),
        ("erase_days", "4000"),
        ("face_margin", "nan"),
    ):
        field = dialog.fields.field(name)
        before = field.value()
        field.edit().setText(text)
        assert not dialog.save.isEnabled() and field.message(), (name, text)
        field.edit().setText(before)
    dialog.fields.field("archive_days").edit().setText("800")
    dialog.save.click()
    assert "archived" in dialog.fields.field("erase_days").message() and not engine.commands


def test_what_is_missing_is_said_with_the_way_to_install_it(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    why = "Faces are not recognised: the model is not installed. Install it on the System page."
    engine.people = replace(engine.people, face_trouble=why)
    engine.publish()
    page = open_page("bo")
    qtbot.waitUntil(lambda: page.missing.notice.text() == why)
    assert not page.missing.install.isVisible()


def test_a_photo_that_is_written_later_is_asked_for_again_but_not_for_ever(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    late = engine.face_photos.pop("ada-f0")
    page = open_page()
    qtbot.waitUntil(page.has_content)
    engine.face_photos["ada-f0"] = late
    for _ in range(16):
        engine.tick()
    qtbot.waitUntil(lambda: page.album.photo("ada-f0") is not None)
    asked: list[str] = []
    page.album.came.connect(asked.append)
    assert page.album.photo("never") is None
    qtbot.waitUntil(lambda: asked == ["never"])
    for _ in range(10):
        page.album.try_missing()
        qtbot.waitUntil(page.has_content)
    assert len(asked) == 8


def test_why_there_are_no_photos_is_said(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, recognition=replace(engine.settings.recognition, blur_faces=True))
    engine.publish()
    operator, admin = open_page("bo"), open_page("ada")
    qtbot.waitUntil(lambda: any("no photos are shown" in text for text in operator.notices.texts()))
    assert admin.notices.texts() == ()


def test_somebody_new_is_given_their_next_step(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    page = open_page()
    page.table.select_row("new")
    assert page.steps.clip_button.isVisible() and page.steps.file_button.isVisible() and not page.steps.name_button.isVisible()
    assert any("No face is stored" in text for text in page.card.notices.texts())
    page.steps.clip_button.click()
    assert isinstance(dialog_of(page, EnrolClipDialog), EnrolClipDialog)
    page.table.select_row("x1")
    assert page.steps.name_button.isVisible() and not page.steps.clip_button.isVisible()
    page.steps.name_button.click()
    assert page.card.renaming()
    page.table.select_row("ada")
    assert not page.steps.isVisible()


def test_the_empty_page_leads_from_step_to_step(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    engine.people = replace(engine.people, persons=(), photos=())
    page = open_page()
    qtbot.waitUntil(lambda: page.table.empty._button.text() == "Add person…")
    page.table.empty._button.click()
    assert isinstance(dialog_of(page, PersonDialog), PersonDialog)
    engine.settings = replace(engine.settings, cameras=())
    engine.publish()
    qtbot.waitUntil(lambda: page.table.empty._button.text() == "Add camera…")


def test_who_looks_alike_is_looked_for_from_where_they_were_seen_last(engine: FakeEngine, open_page: Opener, qtbot: QtBot) -> None:
    def similar(person_id: str) -> QAction:
        return next(action for action in page.menu_of(person_id).actions() if action.text() == "Find si&milar people")

    page = open_page()
    assert not similar("sarah").isEnabled(), "of somebody else than on the card nothing is known"
    qtbot.waitUntil(lambda: page.last.sighting is not None and bool(page.last.sighting.events))
    action, visits = similar(page.selected_person()), list[tuple[str, str]]()
    page.visit_requested.connect(lambda *visit: visits.append(visit))
    action.trigger()
    assert page.last.sighting is not None and action.isEnabled()
    assert visits == [("investigate", f"similar:{page.last.sighting.events[0].id}")]
