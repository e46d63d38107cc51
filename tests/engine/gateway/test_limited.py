"""Somebody who may see one camera of two learns nothing of the other: not over the port, not over HTTP, whatever they ask."""

import json
import typing
import zlib
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.gateway.live.deflated import TAIL
from engine.gateway.remote.port import RemoteDoor
from engine.model import wire
from engine.model.accounts.access import OF_GROUP, Role, Verb
from engine.model.accounts.commands import ChangeUser, CreateToken, ListTokens, ResetPassword, RevokeToken
from engine.model.alerts.alert import Alert, AlertState
from engine.model.alerts.commands import ChangeAlert, SeeAlert
from engine.model.alerts.decision import EvidencePart, Outcome
from engine.model.cameras.segment import EvidenceLock, KeepStill, LockEvidence, Segment
from engine.model.command import CancelJob, Command, CreateUser, PutCamera, RemoveCamera, RemoveUser, RestartCamera
from engine.model.errors import BeyondCameras, EnvironmentFault, InputError, NotFound, NotSignedIn, PermissionDenied, WatchroomError
from engine.model.event import EventKind, Severity
from engine.model.health import CameraState
from engine.model.history.chat import AskRecord, ListChat
from engine.model.history.evidence import Case, ListCases, ListPacks, MakePack, Pack, PackRequest, PutCase, RemovePack
from engine.model.history.timeline import Bookmark, PutBookmark, RemoveBookmark, SavedSearch, SearchFilter
from engine.model.people.commands import PrepareClip
from engine.model.people.person import Person
from engine.model.port import EnginePort, PictureWant
from engine.model.ptz.commands import PtzCommand
from engine.model.question import AnyQuestion, ListEvents
from engine.model.review.review import CameraPart, ListReview, PutReviewed, ReviewCause, ReviewItem
from engine.model.settings import CameraSettings, DetectionSettings
from engine.model.snapshot import JobState
from engine.model.time import SECOND
from engine.runtime.access.machine_tokens import TokenWanted
from engine.runtime.catalogue import QUESTIONS, load
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.operations.spec import QuestionScope
from tests.engine.store.records import clip, decision, event, sequence
from tests.fakes.durable.settings import STEERING
from tests.fakes.waiting import until

load()

ADMIN, GUARD, PASSWORD = "ada", "gil", "correct horse battery"
SEEN, HIDDEN, HIDDEN_NAME = "door", "strongroom-7", "Hidden vault"
BEGUN_S = 1_790_000_000


@dataclass(frozen=True)
class Ground:
    site: Site
    forbidden: tuple[str, ...]  # words and ids that must not be told
    own: tuple[str, ...]  # ids that are


@pytest.fixture(scope="module")
def ground(video: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path_factory.mktemp("models")))
    cameras = (
        CameraSettings(SEEN, "Front door", str(video), group="Yard/North", min_person_share=1.0),  # nobody is in it
        CameraSettings(HIDDEN, HIDDEN_NAME, str(video), group="Inside", min_person_share=1.0),
    )
    with running(tmp_path_factory.mktemp("limited") / "data", Bind(), CommandLineSettings(cameras), gateway_needed=True) as site:
        site.door.set_up("Test site", ADMIN, PASSWORD).close()
        site.engine.change_settings(replace(site.engine.settings, detection=DetectionSettings(rate_hz=0.2)), "test")
        site.engine.accounts.create_user(GUARD, Role.OPERATOR, PASSWORD, (f"{OF_GROUP}Yard",))
        site.engine.accounts.create_user("lima", Role.ADMIN, PASSWORD, (SEEN,))
        until(lambda: all(view.health.state is CameraState.LIVE for view in site.door.overview().cameras), "both are live")
        yield Ground(site, *fill(site))
    monkeypatch.undo()


def fill(site: Site) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Much of the camera that is hidden, newer than the little of the one that is seen."""
    values: list[Any] = []
    ids: dict[str, list[str]] = {SEEN: [], HIDDEN: []}
    for number in range(BEGUN_S, BEGUN_S + 40):
        camera = SEEN if number < BEGUN_S + 4 else HIDDEN
        told = event(number, camera=camera)
        told = replace(told, person="Zenobia" if camera == HIDDEN else "", person_id="pe-zenobia" if camera == HIDDEN else "")
        why = replace(decision(number, camera=camera, outcome=Outcome.HELD), evidence=(EvidencePart("camera", HIDDEN, HIDDEN_NAME, 1.0),))
        alert = Alert(f"al-{number}", why.id, "rule", told.kind, Severity.HIGH, number * SECOND, number * SECOND)
        alert = replace(alert, event_id=told.id, camera_id=camera, event_ids=(told.id, event(BEGUN_S + 39).id))
        kept = replace(clip(number, camera=camera), thumbnail="")
        footage = Segment(f"sg-{number}", camera, number * SECOND, (number + 1) * SECOND, f"segments/{number}.mp4", 9, "h264", 320, 180)
        span = (number * SECOND, None)
        row = ReviewItem(f"rv-{number}", ReviewCause.ACTIVITY, camera, *span, Severity.LOW, (told.id,), (told.kind,), told.id)
        row = replace(row, alert_ids=(alert.id,), person_ids=(told.person_id,), persons=(told.person,))
        if camera == SEEN:  # a sensor of the floor told more of it
            part = CameraPart(Severity.LOW, row.event_ids, row.kinds, row.alert_ids)
            more = (told.id, event(BEGUN_S + 39).id)
            row = replace(row, event_ids=more, alert_ids=(alert.id, f"al-{BEGUN_S + 39}"), zone_ids=("bm-hidden",), camera_part=part)
        own = [told, why, alert, sequence(number, camera=camera), kept, footage, row]
        values += own
        ids[camera] += [each.id for each in own]
        (site.engine.data.path / "clips").mkdir(exist_ok=True)
        (site.engine.data.path / kept.file).write_bytes(b"a film")
    values.append(replace(event(BEGUN_S + 50, camera=SEEN), kind=EventKind.TWO_PLACES, reason=f"At the door and at {HIDDEN_NAME}"))
    values.append(Person("pe-zenobia", "Zenobia", "#4cc2ff", created_ns=0, last_camera_id=HIDDEN))
    site.engine.record.writer.submit(None, values)
    assert site.engine.record.writer.flush(20)
    store = site.engine.record.store
    store.bookmarks.put(Bookmark("bm-hidden", BEGUN_S * SECOND, "look here", ADMIN, 1, None, HIDDEN))
    store.bookmarks.save_search(SavedSearch("se-hidden", "of the vault", ADMIN, SearchFilter(camera_ids=(HIDDEN,))))
    store.segments.put_lock(EvidenceLock("lo-hidden", BEGUN_S * SECOND, (BEGUN_S + 9) * SECOND, "why", ADMIN, 1, (HIDDEN, SEEN)))
    request = PackRequest(BEGUN_S * SECOND, (BEGUN_S + 60) * SECOND, "Of the vault", camera_ids=(HIDDEN,), case_id="case-hidden")
    store.cases.put_case(Case("case-hidden", "The vault case", "", ADMIN, 1, by_id="u-1"))
    store.cases.put_pack(Pack("pack-hidden", request, ADMIN, 1, "packs/hidden.zip", 9, "", by_id="u-1"))
    named = HIDDEN, HIDDEN_NAME, "Zenobia", "bm-hidden", "se-hidden", "lo-hidden"
    return (*named, *ids[HIDDEN], "case-hidden", "pack-hidden", "vault case"), tuple(ids[SEEN])


@pytest.fixture(params=["local", "remote"])
def guard(request: pytest.FixtureRequest, ground: Ground) -> Iterator[EnginePort]:
    door = ground.site.door if request.param == "local" else RemoteDoor(ground.site.url)
    port = door.sign_in(GUARD, PASSWORD)
    yield port
    port.close()


@pytest.fixture(scope="module")
def port(ground: Ground) -> Iterator[EnginePort]:
    port = ground.site.door.sign_in(GUARD, PASSWORD)
    yield port
    port.close()


@pytest.fixture(scope="module")
def client(ground: Ground) -> Iterator[httpx.Client]:
    token = ground.site.door.sign_in_for_token(GUARD, PASSWORD)[0]
    with httpx.Client(base_url=ground.site.url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False) as client:
        yield client


def leaks(ground: Ground, said: str) -> list[str]:
    return [word for word in ground.forbidden if word in said]


def questions() -> list[type]:
    return sorted(typing.get_args(AnyQuestion), key=lambda kind: kind.__name__)


def asked(ground: Ground, kind: type) -> Iterator[Any]:
    """The question as wide as it can be; and for each of its fields that take an id, with every id that is not to be known."""
    hints = typing.get_type_hints(kind)
    wide = {"since_ns": 0, "until_ns": (BEGUN_S + 1_000) * SECOND, "at_ns": (BEGUN_S + 20) * SECOND, "message": "What happened?"}
    wide |= {"year": 2026, "month": 9, "time_zone": "UTC", "forward": False, "within_s": 1e6, "columns": 8, "picture": True}
    wide |= {"blob": "1", "latitude": 0.0, "longitude": 0.0, "person_id": "pe-zenobia"}
    given = {each.name: wide[each.name] for each in fields(kind) if each.name in wide}
    needed = [each.name for each in fields(kind) if each.default is MISSING and each.default_factory is MISSING and each.name not in given]
    some = given | {name: ground.forbidden[6] for name in needed}
    try:
        yield kind(**some)
        for each in fields(kind):
            for word in (HIDDEN, HIDDEN_NAME, *ground.forbidden[3:12]):
                if each.name.endswith("_id") and "str" in str(hints[each.name]):
                    yield kind(**some | {each.name: word})
                if each.name == "camera_ids":
                    yield kind(**some | {each.name: (word,)})
                if each.name in ("text", "message"):
                    yield kind(**some | {each.name: word})
    except (TypeError, InputError):
        return


@pytest.mark.parametrize("kind", questions(), ids=lambda kind: kind.__name__)
def test_no_question_brings_out_anything(ground: Ground, port: EnginePort, kind: type) -> None:
    answered = 0
    for question in asked(ground, kind):
        given = json.dumps(wire.to_plain(question), ensure_ascii=False)
        try:
            answer = port.ask(question)
            said = json.dumps(wire.to_plain(answer), ensure_ascii=False)
            chats = answer if kind is ListChat else (answer,) if kind is AskRecord else ()
            given += "".join(chat.question for chat in chats)  # what they asked themselves is no news
            answered += 1
        except WatchroomError as error:
            said = str(error)
        told = [word for word in leaks(ground, said) if word not in given]
        assert not told, (question, told)
    assert answered == 0 or QUESTIONS[kind].scope is QuestionScope.LIMITED, "what is answered is named as what may be asked"


def test_what_may_be_asked_is_answered_with_full_pages(ground: Ground, guard: EnginePort) -> None:
    assert [each.camera_id for each in guard.ask(ListEvents(limit=4))] == [SEEN] * 4
    assert len(guard.ask(ListEvents(limit=3))) == 3
    answer = guard.ask(AskRecord("How many people were there at the Front door in September 2026?"))
    assert not leaks(ground, answer.answer)


def test_the_picture_of_now(ground: Ground, guard: EnginePort) -> None:
    until(lambda: bool(guard.snapshot().cameras), "there is a picture of now")
    now = guard.snapshot()
    assert [view.settings.id for view in now.cameras] == [SEEN] and [camera.id for camera in now.settings.cameras] == [SEEN]
    assert not leaks(ground, json.dumps(wire.to_plain(now), ensure_ascii=False))
    assert now.radio.picture is None and now.radio.nodes == () and now.users == ()
    assert guard.session.cameras == (f"{OF_GROUP}Yard",)


def test_no_pictures_files_or_stills(ground: Ground, guard: EnginePort) -> None:
    with pytest.raises(NotFound, match="There is no camera"):
        guard.watch(HIDDEN, PictureWant(64, 64), lambda: None)
    guard.watch(SEEN, PictureWant(64, 64), lambda: None).close()
    hidden = [word for word in ground.forbidden if word.startswith(("cl-", "sg-", "ev-"))]
    for kind, get in (("cl-", guard.clip_file), ("sg-", guard.segment_file)):
        with pytest.raises(NotFound):
            get(next(word for word in hidden if word.startswith(kind)))
    shown = next(each for each in ground.own if each.startswith("cl-"))
    assert guard.clip_file(shown).read_bytes() == b"a film"
    assert guard.thumbnail(next(word for word in hidden if word.startswith("ev-"))) is None


def test_commands_on_what_is_hidden_are_refused(ground: Ground, guard: EnginePort) -> None:
    alert = next(word for word in ground.forbidden if word.startswith("al-"))
    film = next(word for word in ground.forbidden if word.startswith("cl-"))
    for command in (
        ChangeAlert((alert,), AlertState.ACKNOWLEDGED),
        SeeAlert(alert),
        PrepareClip(film),
        RemoveBookmark("bm-hidden"),
        PutBookmark(1, "mine now", bookmark_id="bm-hidden"),
        PutReviewed((next(word for word in ground.forbidden if word.startswith("rv-")),)),
    ):
        with pytest.raises(NotFound):
            guard.command(command)
    for command in (
        PutBookmark(1, "x", camera_id=HIDDEN),
        LockEvidence(1, 2, "why", (HIDDEN,)),
        LockEvidence(1, 2, "why"),
        KeepStill(HIDDEN, 1),
    ):
        with pytest.raises(PermissionDenied):
            guard.command(command)
    mine = guard.command(PutBookmark(BEGUN_S * SECOND, "seen", camera_id=SEEN))
    guard.command(RemoveBookmark(mine))


def test_review_items_of_hidden_cameras_are_not_there_and_marks_are_ones_own(ground: Ground, guard: EnginePort) -> None:
    own = {each for each in ground.own if each.startswith("rv-")}
    rows = guard.ask(ListReview(until_ns=(BEGUN_S + 60) * SECOND)).rows
    assert {row.item.id for row in rows} == own
    assert guard.ask(ListReview(person_id="pe-zenobia")).rows == () and guard.ask(ListReview(camera_ids=(HIDDEN,))).rows == ()
    guard.command(PutReviewed((min(own),)))
    assert [row.item.id for row in guard.ask(ListReview(reviewed=True)).rows] == [min(own)]
    admin = ground.site.door.sign_in(ADMIN, PASSWORD)
    assert admin.ask(ListReview(reviewed=True)).rows == () and len(admin.ask(ListReview(limit=500)).rows) >= 40
    guard.command(PutReviewed((min(own),), reviewed=False))
    assert guard.ask(ListReview(reviewed=True)).rows == ()


def test_every_command_is_refused_unless_it_is_known_not_to_reach_further(ground: Ground) -> None:
    """Whatever is added one day is refused to limited sessions until somebody has thought of them."""
    port = ground.site.door.sign_in("lima", PASSWORD)
    free = {"ChangePassword", "ConfirmPassword", "ForgetChat", "UnmaskFaces", "StartReplay", "MoveReplay", "ChangeReplay", "StopReplay"}
    looked_at = {"CreateUser", "ChangeUser", "ResetPassword", "RemoveUser", "CreateToken", "RevokeToken", "SaveSearch", "RemoveSearch"}
    looked_at |= {
        "PutCamera",
        "RemoveCamera",
        "RestartCamera",
        "PutBookmark",
        "RemoveBookmark",
        "PutReviewed",
        "LockEvidence",
        "KeepStill",
        "PrepareClip",
        "WriteHandover",
        "UndoRemoval",
        "ReadHandover",
        "MakePack",
        "RemovePack",
        "PutCase",
        "CancelJob",
    }
    looked_at |= {kind.__name__ for kind in typing.get_args(PtzCommand)}
    looked_at |= {"ChangeAlert", "ShelveAlert", "AssignAlert", "NoteAlert", "DoStep", "SeeAlert", "PromoteHeld", "JudgeEvent"}
    looked_at |= {"FileReport"}  # its own report, and no word of others: test_reports_of_limited_senders
    for kind in typing.get_args(Command):
        if kind.__name__ in free | looked_at:
            continue
        command = object.__new__(kind)
        with pytest.raises(PermissionDenied) as refused:
            port.command(command)
        assert isinstance(refused.value, BeyondCameras), kind


def test_cameras_of_others_are_not_steered_and_not_known(ground: Ground) -> None:
    port = ground.site.door.sign_in("lima", PASSWORD)
    for command in STEERING:
        with pytest.raises(NotFound, match=f"There is no camera {HIDDEN}"):
            port.command(replace(command, camera_id=HIDDEN))
        with pytest.raises(EnvironmentFault, match="has no ONVIF address"):
            port.command(replace(command, camera_id=SEEN))
    assert {view.camera_id for view in port.snapshot().ptz} <= {SEEN}


def test_packs_of_whoever_is_limited_hold_what_their_cameras_saw(ground: Ground) -> None:
    accounts, door = ground.site.engine.accounts, ground.site.door
    user = accounts.create_user("ivo", Role.ADMIN, PASSWORD, (SEEN,))
    ivo, lima = door.sign_in("ivo", PASSWORD), door.sign_in("lima", PASSWORD)
    assert ivo.ask(ListPacks()) == () and ivo.ask(ListCases()) == ()
    since_ns, until_ns = (BEGUN_S - 5) * SECOND, (BEGUN_S + 60) * SECOND
    for command in (
        RemovePack("pack-hidden"),
        PutCase("Mine now", case_id="case-hidden"),
        MakePack(PackRequest(since_ns, until_ns, "x", case_id="case-hidden")),
    ):
        with pytest.raises(NotFound):
            ivo.command(command)
    with pytest.raises(NotFound):
        ivo.pack_file("pack-hidden")
    with pytest.raises(BeyondCameras):
        ivo.command(MakePack(PackRequest(since_ns, until_ns, "x", camera_ids=(SEEN, HIDDEN))))
    case_id = ivo.command(PutCase("The door"))
    job_id = ivo.command(MakePack(PackRequest(since_ns, until_ns, "Front door", case_id=case_id)))
    with pytest.raises(NotFound):
        lima.command(CancelJob(job_id))
    until(lambda: [job.state for job in ivo.snapshot().jobs if job.id == job_id] == [JobState.DONE], "the pack is made")
    assert not [job for job in lima.snapshot().jobs if job.id == job_id]
    (pack,) = ivo.ask(ListPacks(case_id))
    assert pack.request.camera_ids == (SEEN,) and any("cannot be run again" in each for each in pack.missing)
    with ZipFile(ivo.pack_file(pack.id)) as file:
        told = {name: file.read(name).decode("utf-8", "replace") for name in file.namelist()}
    assert not {name: found for name, text in told.items() if (found := leaks(ground, text + name))}
    assert not [name for name in told if name.startswith("raw/")]
    events = json.loads(next(text for name, text in told.items() if name.endswith("record/events.json")))
    assert {each["id"] for each in events} == {each for each in ground.own if each.startswith("ev-")}
    assert json.loads(next(text for name, text in told.items() if name.endswith("record/audit.json"))) == []
    assert lima.ask(ListPacks()) == () and lima.ask(ListCases()) == ()
    with pytest.raises(NotFound):
        lima.pack_file(pack.id)
    accounts.change_user(user.id, Role.ADMIN, ())
    again = door.sign_in("ivo", PASSWORD)
    assert again.ask(ListPacks()) == () and [case.title for case in again.ask(ListCases())] == ["The door"]
    accounts.remove_user(user.id)


def routes(ground: Ground) -> list[tuple[str, list[dict[str, Any]]]]:
    paths = httpx.get(f"{ground.site.url}/openapi.json", trust_env=False, timeout=60).json()["paths"]
    return [(path, item["get"].get("parameters", [])) for path, item in paths.items() if "get" in item]


def queries(parameters: list[dict[str, Any]]) -> Iterator[dict[str, str]]:
    wide = {"since": "2020-01-01T00:00:00Z", "until": "2030-01-01T00:00:00Z", "limit": "1000", "columns": "8", "at": "2026-09-21T14:13:40Z"}
    wide |= {"year": "2026", "month": "9", "time_zone": "UTC", "forward": "false", "q": "people", "person": "pe-zenobia", "mark": ""}
    names = [each["name"] for each in parameters if each["in"] == "query"]
    needed = {each["name"]: wide.get(each["name"], "1") for each in parameters if each["in"] == "query" and each.get("required")}
    yield needed
    yield needed | {name: wide[name] for name in names if name in wide and name != "person"}
    for name in names:
        if name in ("camera", "camera_id", "event", "before", "text", "q", "message", "person"):
            yield needed | {name: HIDDEN}


def test_no_route_brings_out_anything(ground: Ground, client: httpx.Client) -> None:
    tried = 0
    for path, parameters in routes(ground):
        inside = [each["name"] for each in parameters if each["in"] == "path"]
        for word in ground.forbidden[:10] if inside else ("",):
            url = path
            for name in inside:
                url = url.replace("{" + name + "}", word)
            for query in queries(parameters):
                answer = client.get(url, params=query)
                tried += 1
                given = f"{url} {query}"
                told = [each for each in leaks(ground, answer.text) if each not in given]
                assert not told, (answer.status_code, given, told)
                if word and answer.status_code == 200:
                    assert not answer.content or word not in answer.text, (given, answer.text[:200])
    assert tried > 100


def test_files_of_what_is_hidden_are_not_found_as_if_they_were_not_there(ground: Ground, client: httpx.Client) -> None:
    for kind, path in (("cl-", "/api/v1/clips/{}"), ("sg-", "/api/v1/segments/{}/file"), ("ev-", "/api/v1/events/{}/thumbnail")):
        hidden = next(word for word in ground.forbidden if word.startswith(kind))
        there, nowhere = client.get(path.format(hidden)), client.get(path.format("zz-1"))
        assert there.status_code == nowhere.status_code == 404
        assert there.text.replace(hidden, "") == nowhere.text.replace("zz-1", "")


def test_sockets(ground: Ground, client: httpx.Client) -> None:
    headers, base = {"Authorization": client.headers["Authorization"]}, ground.site.url.replace("http", "ws", 1)
    with pytest.raises(InvalidStatus) as refused, connect(f"{base}/ws/camera/{HIDDEN}", proxy=None, additional_headers=headers):
        pass
    assert refused.value.response.status_code == 404
    with connect(f"{base}/ws/camera/{SEEN}", proxy=None, additional_headers=headers) as socket:
        assert json.loads(socket.recv(60))["camera_id"] == SEEN
    with connect(f"{base}/ws/dashboard", proxy=None, additional_headers=headers) as socket:
        assert not leaks(ground, str(socket.recv(60)))
    with connect(f"{base}/ws/changes", proxy=None, additional_headers=headers) as socket:
        data = socket.recv(60)
        assert isinstance(data, bytes)
        told = zlib.decompressobj(-15).decompress(data + TAIL).decode()
        assert SEEN in told and not leaks(ground, told)


def test_a_socket_ends_when_the_camera_is_taken_away(ground: Ground) -> None:
    engine = ground.site.engine
    user = engine.accounts.create_user("sid", Role.OPERATOR, PASSWORD, (SEEN,))
    token = ground.site.door.sign_in_for_token("sid", PASSWORD)[0]
    url = f"{ground.site.url.replace('http', 'ws', 1)}/ws/camera/{SEEN}"
    with connect(url, proxy=None, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
        socket.recv(60)
        engine.accounts.change_user(user.id, Role.OPERATOR, ())
        with pytest.raises(Exception, match="no camera"):
            while True:
                socket.recv(60)
    engine.accounts.remove_user(user.id)


def test_an_open_feed_ends_when_the_camera_is_taken_away(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.local.RENEW_S", 0.0)
    accounts = ground.site.engine.accounts
    user = accounts.create_user("una", Role.OPERATOR, PASSWORD, (SEEN, HIDDEN))
    port = ground.site.door.sign_in("una", PASSWORD)
    seen, hidden = (port.watch(camera, PictureWant(64, 64), lambda: None) for camera in (SEEN, HIDDEN))
    until(lambda: seen.latest() is not None and hidden.latest() is not None, "both show pictures")
    accounts.change_user(user.id, Role.OPERATOR, (SEEN,))
    port.snapshot()
    until(lambda: hidden.latest() is None, "the hidden one has ended")
    until(lambda: seen.latest() is not None, "the other goes on")
    port.close()
    accounts.remove_user(user.id)


def test_nobody_gives_more_than_they_have(ground: Ground) -> None:
    site = ground.site
    lima = site.door.sign_in("lima", PASSWORD)
    gil = next(user for user in site.engine.accounts.users() if user.name == GUARD)
    ada = next(user for user in site.engine.accounts.users() if user.name == ADMIN)
    wide: tuple[Command, ...] = (
        CreateUser("mallory", Role.OPERATOR, PASSWORD),
        CreateUser("mallory", Role.OPERATOR, PASSWORD, (HIDDEN,)),
        CreateUser("mallory", Role.OPERATOR, PASSWORD, (f"{OF_GROUP}Yard",)),
        CreateToken("m", Role.OPERATOR),
        CreateToken("m", Role.OPERATOR, (SEEN, HIDDEN)),
        ChangeUser(gil.id, Role.OPERATOR, (SEEN,)),
        ChangeUser(lima.session.user.id, Role.ADMIN, None),
        ResetPassword(ada.id, "another password of mine"),
        RemoveUser(ada.id),
        PutCamera(CameraSettings(HIDDEN, "Mine", "usb:0")),
        PutCamera(CameraSettings("new", "New", "usb:0")),
        RemoveCamera(HIDDEN),
        RestartCamera(HIDDEN),
    )
    for command in wide:
        with pytest.raises(PermissionDenied):
            lima.command(command)
    site.engine.record.store.save([event(BEGUN_S + 70, camera="gone")])
    of_yard = site.door.enter(site.engine.accounts.create_token(Role.ADMIN, "yard", TokenWanted((), (f"{OF_GROUP}Yard",))))
    with pytest.raises(PermissionDenied):  # its past would come with the id
        of_yard.command(PutCamera(CameraSettings("gone", "Mine", "usb:0", group="Yard", enabled=False)))
    of_yard.command(PutCamera(CameraSettings("fresh", "Mine", "usb:0", group="Yard", enabled=False)))
    of_yard.command(RemoveCamera("fresh"))
    of_yard.close()
    made = lima.command(CreateUser("mona", Role.OPERATOR, PASSWORD, (SEEN,)))
    lima.command(ChangeUser(made, Role.INVESTIGATOR, ()))
    assert {user.name for user in lima.snapshot().users} >= {"lima", "mona"} and ADMIN not in {user.name for user in lima.snapshot().users}
    lima.command(RemoveUser(made))
    site.engine.accounts.create_token(Role.OPERATOR, "sees all")
    token = lima.command(CreateToken("gate post", Role.OPERATOR, (SEEN,), (Verb.SEE_LIVE,), 1.0))
    assert [each.label for each in lima.ask(ListTokens())] == ["gate post"]
    wide_token = next(each for each in site.engine.accounts.machine_tokens() if each.label == "sees all")
    with pytest.raises(NotFound):
        lima.command(RevokeToken(wide_token.id))
    machine = site.door.enter(token)
    assert [view.settings.id for view in machine.snapshot().cameras] == [SEEN]
    with pytest.raises(PermissionDenied):
        machine.ask(ListEvents())
    lima.command(RevokeToken(lima.ask(ListTokens())[0].id))
    with pytest.raises(NotSignedIn):
        site.door.enter(token)


def test_a_token_cannot_make_a_stronger_one(ground: Ground) -> None:
    """One that administers but sees no past makes none that does."""
    door = ground.site.door
    admin = door.sign_in(ADMIN, PASSWORD)
    weak = door.enter(admin.command(CreateToken("weak", Role.ADMIN, None, (Verb.ADMINISTER, Verb.SEE_LIVE))))
    with pytest.raises(PermissionDenied):
        weak.command(CreateToken("strong", Role.ADMIN))
    with pytest.raises(PermissionDenied):
        weak.command(CreateUser("strong", Role.ADMIN, PASSWORD))
    with pytest.raises(PermissionDenied):
        weak.command(ResetPassword(admin.session.user.id, "another password of mine"))
    assert door.enter(weak.command(CreateToken("as weak", Role.ADMIN, None, (Verb.SEE_LIVE,)))).session.verbs == {Verb.SEE_LIVE}


def test_tokens_over_http(ground: Ground) -> None:
    url, door = ground.site.url, ground.site.door
    admin = {"Authorization": f"Bearer {door.sign_in_for_token(ADMIN, PASSWORD)[0]}"}
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as http:
        body = {"label": "gate post", "role": "operator", "cameras": [SEEN], "verbs": ["see_live"], "days": 1}
        made = http.post("/api/v1/tokens", json=body, headers=admin)
        assert made.status_code == 201
        mine = {"Authorization": f"Bearer {made.json()['token']}"}
        who = http.get("/api/v1/session", headers=mine).json()
        assert (who["verbs"], who["cameras"]) == (["see_live"], [SEEN])
        assert [each["id"] for each in http.get("/api/v1/cameras", headers=mine).json()] == [SEEN]
        assert http.get("/api/v1/events", headers=mine).status_code == 403
        listed = http.get("/api/v1/tokens", headers=admin)
        assert made.json()["token"] not in listed.text
        (told,) = [each for each in listed.json()["tokens"] if each["label"] == "gate post"]
        assert told["by"] == ADMIN and told["last_used"] is not None
        for headers in (mine, {}):
            assert http.get("/api/v1/tokens", headers=headers).status_code in (401, 403)
            assert http.post("/api/v1/tokens", json=body, headers=headers).status_code in (401, 403)
            assert http.delete(f"/api/v1/tokens/{told['id']}", headers=headers).status_code in (401, 403)
        assert http.delete(f"/api/v1/tokens/{told['id']}", headers=admin).status_code == 204
        assert http.delete(f"/api/v1/tokens/{told['id']}", headers=admin).status_code == 404
        for spoilt in (mine["Authorization"], mine["Authorization"][:-1], "Bearer x", f"Bearer {told['id']}", "Bearer " + "a" * 9_000):
            assert http.get("/api/v1/session", headers={"Authorization": spoilt}).status_code in (400, 401, 431)
        for wrong in (
            {"cameras": ["no/id"]},
            {"days": 0},
            {"verbs": ["fly"]},
            {"label": ""},
            {"role": "operator", "verbs": ["administer"]},
        ):
            assert http.post("/api/v1/tokens", json=body | wrong, headers=admin).status_code == 422


def test_guessing_at_a_locked_console_closes_that_console_and_not_the_name_elsewhere(ground: Ground) -> None:
    site = ground.site
    site.engine.accounts.create_user("guessed", Role.OPERATOR, PASSWORD)
    token = site.door.sign_in_for_token("guessed", PASSWORD)[0]
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False) as http:

        def unlock(password: str) -> httpx.Response:
            return http.post("/api/v1/port/command", json={"type": "ConfirmPassword", "password": password})

        assert unlock(PASSWORD).status_code == 200
        said = [unlock("guess").json() for _ in range(5)]
        assert {each["field"] for each in said} == {"password"} and "Too many" in said[-1]["message"]
        assert unlock(PASSWORD).status_code == 422
        assert http.post("/api/v1/session", json={"name": "guessed", "password": PASSWORD}).status_code == 200
        assert unlock(PASSWORD).status_code == 422, "signing in elsewhere does not open it"
        assert http.get("/api/v1/session").status_code == 200, "whoever is signed in stays so"
