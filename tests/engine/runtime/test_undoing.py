"""What was removed comes back as it was: on a real engine, one removal of each kind."""

import base64
import typing
from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest

from engine.model import command
from engine.model.accounts.access import Role, Session, User, Verb
from engine.model.accounts.audit import AuditVerb
from engine.model.accounts.commands import ChangeUser, CreateToken, ListTokens, RevokeToken
from engine.model.accounts.undo import RemovedKind, Undoable, UndoRemoval
from engine.model.alerts.commands import ChangeAlerting
from engine.model.alerts.notify_settings import WebhookSettings
from engine.model.cameras.floor_image import PutFloorImage, RemoveFloorImage
from engine.model.cameras.picture_zone import PictureZone
from engine.model.cameras.segment import ListLocks, LockEvidence, UnlockEvidence
from engine.model.command import (
    ChangeSettings,
    Command,
    CreateUser,
    Credentials,
    PutBleDevice,
    PutCamera,
    PutNode,
    PutWebhook,
    RemoveAnchor,
    RemoveBleDevice,
    RemoveCamera,
    RemoveNode,
    RemoveUser,
    RemoveWebhook,
)
from engine.model.errors import InputError, NotFound, NotSignedIn, PermissionDenied
from engine.model.history.chat import AskRecord, ForgetChat, ListChat
from engine.model.history.timeline import (
    ListBookmarks,
    ListSearches,
    PutBookmark,
    RemoveBookmark,
    RemoveSearch,
    SavedSearch,
    SaveSearch,
    SearchFilter,
)
from engine.model.people.commands import ErasePerson, PutPerson, RemoveGesture, TeachGesture
from engine.model.people.gesture import GestureMode
from engine.model.settings import CameraSettings
from engine.model.site import BleDeviceSettings, NodeSettings, SiteAnchor, Zone
from engine.model.snapshot import JobState
from engine.model.time import SECOND
from engine.runtime.catalogue import COMMANDS, execute, load
from engine.runtime.jobs.jobs import Progress
from engine.runtime.local import LocalDoor, LocalPort
from engine.runtime.operations.spec import NotUndoable
from engine.runtime.undoing import MOST_PER_SESSION, UNDO_FOR_S, Removal, UndoShelf
from tests.engine.vision.gestures.performances import raise_right, take
from tests.fakes.people_site import ADMIN, PeopleSite, people_site

load()

AREA = ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5))
MAC = "AA:BB:CC:00:00:01"


class SetClock:
    def __init__(self) -> None:
        self.now = 1_000 * SECOND

    def now_ns(self) -> int:
        return self.now


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleSite]:
    with people_site(tmp_path_factory.mktemp("undoing") / "site") as site:
        yield site


@pytest.fixture(autouse=True)
def nothing_left(site: PeopleSite) -> None:
    site.engine.undo.clear()


def left(site: PeopleSite) -> tuple[Undoable, ...]:
    return LocalPort(site.engine, lambda: ADMIN).snapshot().undoable


def undone(site: PeopleSite, removal: Command, kind: RemovedKind, name: str) -> None:
    site.tell(removal)
    assert [(each.kind, each.name) for each in left(site)] == [(kind, name)]
    assert site.tell(UndoRemoval(left(site)[0].id)) == name
    assert left(site) == ()


def newest_audit(site: PeopleSite, rows: int) -> list[tuple[str, str, str]]:
    return [(row.verb, row.subject, row.detail) for row in site.engine.record.store.audit(rows)]


def test_a_camera_comes_back_in_its_place_with_its_login_and_its_zones(site: PeopleSite) -> None:
    zone = PictureZone("zn-gate", "Gate", AREA)
    camera = CameraSettings("yard", "Yard", "rtsp://192.0.2.7/yard", enabled=False, zones=(zone,), privacy=(AREA,))
    site.tell(PutCamera(camera, Credentials("root", "secret")))
    site.tell(PutCamera(CameraSettings("last", "Last", "rtsp://192.0.2.8/last", enabled=False)))
    before = site.engine.settings
    undone(site, RemoveCamera("yard"), RemovedKind.CAMERA, "Yard")
    assert site.engine.settings == before
    assert site.engine.logins.get(camera) == Credentials("root", "secret")
    rows = newest_audit(site, 4)
    assert rows[0] == (AuditVerb.UNDO_REMOVAL, "yard", "camera") and (AuditVerb.REMOVE_CAMERA, "yard", "") in rows


def test_what_was_made_meanwhile_is_not_written_over(site: PeopleSite) -> None:
    site.tell(PutCamera(CameraSettings("shed", "Shed", "rtsp://192.0.2.9/old", enabled=False), Credentials("old", "old")))
    site.tell(RemoveCamera("shed"))
    new = CameraSettings("shed", "New shed", "rtsp://192.0.2.10/new", enabled=False)
    site.tell(PutCamera(new, Credentials("new", "new")))
    with pytest.raises(InputError, match="made it anew"):
        site.tell(UndoRemoval(left(site)[0].id))
    now = site.engine.settings.camera("shed")
    assert now is not None and now.number and replace(now, number=0) == new and site.engine.logins.get(new) == Credentials("new", "new")
    assert len(left(site)) == 1, "it can be tried again once the new one is away"


def test_zones_lines_and_areas_of_a_picture(site: PeopleSite) -> None:
    drawn = CameraSettings("hall", "Hall", "rtsp://192.0.2.11/hall", enabled=False)
    zones = PictureZone("zn-1", "Counter", AREA), PictureZone("zn-2", "Safe", AREA)
    site.tell(PutCamera(replace(drawn, zones=zones, masks=(AREA,))))
    site.tell(PutCamera(replace(drawn, zones=zones[1:], masks=(AREA,), name="Great hall")))
    assert [(each.kind, each.name) for each in left(site)] == [(RemovedKind.ZONE, "Counter")]
    site.tell(UndoRemoval(left(site)[0].id))
    now = site.engine.settings.camera("hall")
    assert now is not None and now.zones == zones and now.name == "Great hall", "what else was changed stays changed"
    site.tell(PutCamera(replace(now, masks=())))
    assert [(each.kind, each.name) for each in left(site)] == [(RemovedKind.AREA, "Great hall")]
    site.tell(UndoRemoval(left(site)[0].id))
    assert site.engine.settings.camera("hall") == now


def test_a_change_that_drops_nothing_is_nothing_to_undo(site: PeopleSite) -> None:
    site.tell(PutCamera(CameraSettings("hall-2", "Hall", "rtsp://192.0.2.12/hall", enabled=False, masks=(AREA,))))
    site.tell(PutCamera(CameraSettings("hall-2", "Hall 2", "rtsp://192.0.2.12/hall", enabled=False, masks=((*AREA, (0.1, 0.4)),))))
    site.tell(ChangeSettings(site_name="Elsewhere"))
    assert left(site) == ()


def test_zones_of_the_floor_rules_and_the_anchor(site: PeopleSite) -> None:
    floor = replace(site.engine.settings.floor, zones=(Zone("z1", "Kitchen", 0, 0, 2, 2), Zone("z2", "Hall", 2, 0, 4, 2)))
    site.tell(ChangeSettings(floor=floor, anchor=SiteAnchor(48.2, 16.4, 0.0)))
    undone(site, ChangeSettings(floor=replace(floor, zones=())), RemovedKind.ZONE, "Kitchen, Hall")
    assert site.engine.settings.floor == floor
    undone(site, RemoveAnchor(), RemovedKind.ANCHOR, "")
    assert site.engine.settings.anchor == SiteAnchor(48.2, 16.4, 0.0)
    rules = site.engine.settings.alerts
    undone(site, ChangeAlerting(replace(rules, rules=rules.rules[1:])), RemovedKind.RULE, rules.rules[0].name)
    assert site.engine.settings.alerts == replace(rules, version=rules.version + 2), "whoever edits them now is told"


def test_nodes_and_devices_with_their_keys(site: PeopleSite) -> None:
    site.tell(PutNode(NodeSettings(MAC, "Corridor", (1.0, 2.0, 1.0))))
    token = site.engine.radio.hub.tokens.token(MAC)
    site.tell(RemoveNode(MAC))
    assert not site.engine.radio.hub.tokens.check(MAC, token)
    site.tell(UndoRemoval(left(site)[0].id))
    assert site.engine.radio.hub.tokens.check(MAC, token), "the token that the node holds is good again"
    assert [node.name for node in site.engine.settings.nodes] == ["Corridor"]
    site.tell(PutBleDevice(BleDeviceSettings("C4:7C:8D:6A:1B:2C", "Phone"), "0123456789abcdef0123456789abcdef"))
    undone(site, RemoveBleDevice("C4:7C:8D:6A:1B:2C"), RemovedKind.DEVICE, "Phone")
    assert site.engine.radio.ble.key("C4:7C:8D:6A:1B:2C") == "0123456789abcdef0123456789abcdef"
    who = site.engine.auditor.pseudonym("C4:7C:8D:6A:1B:2C")
    assert newest_audit(site, 1) == [(AuditVerb.UNDO_REMOVAL, who, "device")], "the audit holds no address"


def test_a_webhook_with_its_secret(site: PeopleSite) -> None:
    site.tell(PutWebhook(WebhookSettings("wh-1", "https://192.0.2.20/hook"), "signed with this"))
    site.tell(RemoveWebhook("wh-1"))
    assert site.engine.messages.webhook_secret("wh-1") is None
    site.tell(UndoRemoval(left(site)[0].id))
    assert site.engine.messages.webhook_secret("wh-1") == "signed with this"


def test_bookmarks_searches_and_locks(site: PeopleSite) -> None:
    store = site.engine.record.store
    mark = site.tell(PutBookmark(5 * SECOND, "the van", 9 * SECOND, "door"))
    rows = store.answer(ListBookmarks())
    undone(site, RemoveBookmark(mark), RemovedKind.BOOKMARK, "the van")
    assert store.answer(ListBookmarks()) == rows
    search = site.tell(SaveSearch("vans", SearchFilter("van")))
    searches = store.answer(ListSearches())
    undone(site, RemoveSearch(search), RemovedKind.SEARCH, "vans")
    assert store.answer(ListSearches()) == searches
    lock = site.tell(LockEvidence(5 * SECOND, 9 * SECOND, "theft of the van", ("door",)))
    locks = store.answer(ListLocks())
    undone(site, UnlockEvidence(lock), RemovedKind.LOCK, "theft of the van")
    assert store.answer(ListLocks()) == locks
    assert {row[0] for row in newest_audit(site, 7)} >= {AuditVerb.REMOVE_BOOKMARK, AuditVerb.REMOVE_SEARCH, AuditVerb.UNLOCK_EVIDENCE}


def test_a_gesture_with_all_it_learned(site: PeopleSite) -> None:
    side = site.engine.people.taught
    ids = [side.drawer.begin("door") for _ in range(3)]
    for number, take_id in enumerate(ids):
        side.drawer.ready(take_id, take(raise_right, number))
    gesture = site.tell(TeachGesture("wave", tuple(ids), mode=GestureMode.SHADOW))
    known = side.gestures
    undone(site, RemoveGesture(gesture), RemovedKind.GESTURE, "wave")
    assert [(each.id, each.threshold, len(each.takes)) for each in side.gestures] == [(gesture, known[0].threshold, 3)]


def test_an_account_with_its_password_and_its_questions_but_signed_out(site: PeopleSite) -> None:
    user_id = site.tell(CreateUser("olga", Role.OPERATOR, "correct horse battery"))
    olga = LocalDoor(site.engine).sign_in("olga", "correct horse battery")
    olga.ask(AskRecord("how many people were seen yesterday?"))
    asked = olga.ask(ListChat())
    undone(site, RemoveUser(user_id), RemovedKind.USER, "olga")
    again = LocalDoor(site.engine).sign_in("olga", "correct horse battery")
    assert again.session.user.id == user_id and again.ask(ListChat()) == asked != ()
    again.command(ForgetChat())
    assert again.ask(ListChat()) == () and [each.kind for each in again.snapshot().undoable] == [RemovedKind.CHAT]
    again.command(UndoRemoval(again.snapshot().undoable[0].id))
    assert again.ask(ListChat()) == asked


def test_the_name_of_a_removed_account_may_be_somebody_elses_by_then(site: PeopleSite) -> None:
    user_id = site.tell(CreateUser("piet", Role.OPERATOR, "correct horse battery"))
    site.tell(RemoveUser(user_id))
    site.tell(CreateUser("Piet", Role.OPERATOR, "another horse battery"))
    with pytest.raises(InputError, match="taken by another account"):
        site.tell(UndoRemoval(left(site)[0].id))


def test_a_machine_with_a_revoked_token_is_let_in_again(site: PeopleSite) -> None:
    token = site.tell(CreateToken("the gate", role=Role.OPERATOR))
    token_id = LocalDoor(site.engine).enter(token).session.id
    tokens = LocalPort(site.engine, lambda: ADMIN).ask(ListTokens())
    held = next(each.id for each in tokens if each.label == "the gate")
    undone(site, RevokeToken(held), RemovedKind.TOKEN, "the gate")
    assert LocalDoor(site.engine).enter(token).session.id == token_id


def test_the_picture_under_the_plan(site: PeopleSite) -> None:
    png = cv2.imencode(".png", np.full((40, 60, 3), 200, np.uint8))[1].tobytes()
    site.tell(PutFloorImage(0.05, 1.0, 2.0, base64.b64encode(png).decode()))
    image = site.engine.settings.floor.image
    undone(site, RemoveFloorImage(), RemovedKind.FLOOR_IMAGE, "")
    assert site.engine.settings.floor.image == image is not None


def test_only_whoever_removed_it_and_may_still_remove_it_takes_it_back(site: PeopleSite) -> None:
    site.tell(PutCamera(CameraSettings("mine", "Mine", "rtsp://192.0.2.13/mine", enabled=False)))
    site.tell(RemoveCamera("mine"))
    removal = left(site)[0].id
    other = replace(ADMIN, id="another-session")
    assert LocalPort(site.engine, lambda: other).snapshot().undoable == ()
    with pytest.raises(NotFound, match="cannot be undone any more"):
        execute(site.engine, UndoRemoval(removal), other)
    demoted = Session(ADMIN.id, User("us-1", "rita", Role.OPERATOR), frozenset({Verb.SEE_LIVE}))
    with pytest.raises(PermissionDenied):
        execute(site.engine, UndoRemoval(removal), demoted)
    site.tell(UndoRemoval(removal))
    with pytest.raises(NotFound):
        site.tell(UndoRemoval(removal))


def test_whose_view_was_narrowed_since_takes_back_only_what_they_still_see(site: PeopleSite) -> None:
    password, door = "correct horse battery", LocalDoor(site.engine)
    site.tell(CreateUser("nick", Role.ADMIN, password))  # somebody has to see all
    nora = site.tell(CreateUser("nora", Role.ADMIN, password))
    other = site.tell(CreateUser("otto", Role.OPERATOR, password))
    for camera_id in ("seen", "hidden", "drawn"):
        zone = PictureZone(f"zn-{camera_id}", camera_id, AREA)
        site.tell(PutCamera(CameraSettings(camera_id, camera_id, f"rtsp://192.0.2.30/{camera_id}", enabled=False, zones=(zone,))))
    token, port = door.sign_in_for_token("nora", password)
    site.tell(PutWebhook(WebhookSettings("wh-9", "https://192.0.2.20/hook"), "signed with this"))
    bare = replace(site.engine.settings.camera("drawn"), zones=())  # type: ignore[type-var]
    lock = port.command(LockEvidence(5 * SECOND, 9 * SECOND, "theft", ("hidden",)))
    marks = [port.command(PutBookmark(5 * SECOND, f"of {camera}", 9 * SECOND, camera)) for camera in ("seen", "hidden")]
    machine = port.command(CreateToken("the gate", role=Role.OPERATOR))
    held = next(each.id for each in port.ask(ListTokens()) if each.label == "the gate")
    port.ask(AskRecord("how many people were seen yesterday?"))
    removed: tuple[Command, ...] = (
        *(RemoveBookmark(mark) for mark in marks),
        *(RemoveCamera("seen"), RemoveCamera("hidden"), PutCamera(bare), RemoveWebhook("wh-9")),
        *(RevokeToken(held), UnlockEvidence(lock), RemoveUser(other), ForgetChat()),
    )
    for command_ in removed:
        port.command(command_)
    before = port.snapshot().undoable
    assert len(before) == len(removed)

    site.tell(ChangeUser(nora, Role.ADMIN, ("seen",)))
    narrowed = door.enter(token)
    assert {(each.kind, each.name) for each in narrowed.snapshot().undoable} == {
        (RemovedKind.CAMERA, "seen"),
        (RemovedKind.BOOKMARK, "of seen"),
    }
    for each in before:
        if each.name in ("seen", "of seen"):
            assert narrowed.command(UndoRemoval(each.id)) == each.name
        else:
            with pytest.raises(NotFound, match="cannot be undone any more"):
                narrowed.command(UndoRemoval(each.id))
    settings = site.engine.settings
    assert settings.camera("seen") is not None and settings.camera("hidden") is None
    assert not any(each.id == "wh-9" for each in settings.webhooks)
    assert all(user.name != "otto" for user in site.engine.accounts.users())
    assert narrowed.ask(ListChat()) == ()
    with pytest.raises(NotSignedIn):
        door.enter(machine)
    site.tell(RemoveUser(nora))


def test_a_removal_that_is_refused_leaves_nothing_to_undo(site: PeopleSite) -> None:
    for wrong in (RemoveCamera("none"), RemoveUser("us-none"), RevokeToken("none"), RemoveBookmark("bm-none"), RemoveSearch("se-none")):
        with pytest.raises(NotFound):
            site.tell(wrong)
    assert left(site) == ()


def test_who_is_erased_does_not_come_back_by_an_undo(site: PeopleSite) -> None:
    mark = site.tell(PutBookmark(5 * SECOND, "Ada at the door"))
    site.tell(RemoveBookmark(mark))
    ada = site.tell(PutPerson("Ada"))
    site.job(site.tell(ErasePerson(ada, "asked for it")))
    assert left(site) == ()


def test_nor_does_what_is_removed_while_they_are_erased(site: PeopleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = site.tell(PutBookmark(5 * SECOND, "Ada at the gate"))
    ada = site.tell(PutPerson("Ada"))
    begin_anew = site.engine.erasing._begin_anew

    def after_somebody_removed_it(progress: Progress) -> list[str]:
        site.tell(RemoveBookmark(mark))
        assert [each.kind for each in left(site)] == [RemovedKind.BOOKMARK]
        return begin_anew(progress)

    monkeypatch.setattr(site.engine.erasing, "_begin_anew", after_somebody_removed_it)
    assert site.job(site.tell(ErasePerson(ada, "asked for it"))).state is JobState.DONE
    assert left(site) == ()


def test_what_is_kept_to_be_undone_is_bounded_and_ends() -> None:
    clock = SetClock()
    shelf = UndoShelf(clock)
    for number in range(MOST_PER_SESSION + 5):
        shelf.put(Removal(RemovedKind.CAMERA, str(number), str(number), lambda: None), Verb.ADMINISTER, ADMIN)
    assert [each.name for each in shelf.of(ADMIN)] == [str(number) for number in range(MOST_PER_SESSION + 4, 4, -1)]
    clock.now += UNDO_FOR_S * SECOND
    assert shelf.of(ADMIN) == ()
    with pytest.raises(NotFound):
        shelf.undo("un-any", ADMIN)


def test_every_command_that_removes_is_undone_or_known_to_be_final() -> None:
    final = {"RemovePack", "RemovePreset", "RemoveSmoke", "RevokeReportLink"}  # the console asks first, and says so
    names = {member.__name__ for member in typing.get_args(command.Command)}
    removing = {name for name in names if name.startswith(("Remove", "Revoke", "Unlock", "Forget"))}
    assert removing - {kind.__name__ for kind, spec in COMMANDS.items() if not isinstance(spec.undo, NotUndoable)} == final


def test_saved_searches_of_that_name_meanwhile(site: PeopleSite) -> None:
    search = site.tell(SaveSearch("doors", SearchFilter("door")))
    site.tell(RemoveSearch(search))
    site.tell(SaveSearch("doors", SearchFilter("gate")))
    with pytest.raises(InputError, match="another search"):
        site.tell(UndoRemoval(left(site)[0].id))
    kept: list[SavedSearch] = [each for each in site.engine.record.store.answer(ListSearches()) if each.name == "doors"]
    assert [each.filter.text for each in kept] == ["gate"]
