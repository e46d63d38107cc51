"""What every engine port must do, wherever its engine runs, and over several sites as over one.

A port over several sites is asked about the one called `here`: `at` and `said` put that before ids, `of` chooses it for what is one
site's matter.
"""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import httpx
import numpy as np
import pytest

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.gateway.federation.port import FederatedPort
from engine.gateway.federation.port import Site as FederatedSite
from engine.gateway.federation.rewriting import Qualifier, rewrite
from engine.gateway.remote import port as remote
from engine.gateway.remote.port import RemoteDoor, RemotePort
from engine.model.accounts.access import ROLE_VERBS, Role, Verb
from engine.model.accounts.audit import AuditVerb
from engine.model.cameras.instant_replay import ReplayCamera
from engine.model.command import (
    CancelJob,
    ChangeSettings,
    CreateUser,
    Credentials,
    InstallModels,
    PutCamera,
    RemoveAnchor,
    RemoveCamera,
    RemoveUser,
    TestCamera,
)
from engine.model.errors import InputError, NotFound, NotSignedIn, PermissionDenied, SessionLapsed, WatchroomError
from engine.model.event import EventKind
from engine.model.health import CameraState
from engine.model.incidents.filing import FileReport
from engine.model.incidents.incident import IncidentCategory
from engine.model.incidents.report_page import CreateReportLink, GetReportPage, RevokeReportLink
from engine.model.port import EnginePort, PictureWant
from engine.model.question import GetIncident, ListAudit, ListClips, ListDecisions, ListEvents, ListSequences
from engine.model.settings import CameraSettings, GateSettings
from engine.model.site import SiteAnchor
from engine.model.sites import SiteReach
from engine.model.snapshot import Job, JobState
from engine.model.time import SECOND
from engine.recording.jpeg import decode_jpeg
from engine.runtime.access import held_tokens
from engine.runtime.cameras import instant_replay
from engine.runtime.command_line_settings import CommandLineSettings
from tests.engine.gateway.conftest import ADMIN, PASSWORD
from tests.fakes.media import jpeg
from tests.fakes.waiting import until

T = TypeVar("T")
HERE = "here"
EXTRA = CameraSettings("extra", "Extra", "rtsp://192.0.2.9/stream", enabled=False)


@pytest.fixture(params=["local", "remote", "federated-local", "federated-remote"])
def port(request: pytest.FixtureRequest, site: Site, other_site: Site) -> Iterator[EnginePort]:
    """An admin's port: here, over the network, over two engines here, over one here and one over the network."""
    port = signed_in(request.param, site, other_site)
    yield port
    port.close()


def signed_in(kind: str, site: Site, other: Site) -> EnginePort:
    if not kind.startswith("federated"):
        return (site.door if kind == "local" else RemoteDoor(site.url)).sign_in(ADMIN, PASSWORD)
    far = kind == "federated-remote"

    def connect() -> EnginePort:
        return (RemoteDoor(site.url) if far else site.door).sign_in(ADMIN, PASSWORD)

    sites = [FederatedSite(HERE, "Here", connect), FederatedSite("there", "There", lambda: other.door.sign_in(ADMIN, PASSWORD))]
    port = FederatedPort(sites, home=HERE)
    until(lambda: all(site.reach is SiteReach.ONLINE for site in port.snapshot().sites), "both are reached")
    return port


@pytest.fixture(scope="session")
def other_site(video: Path, tmp_path_factory: pytest.TempPathFactory, site: Site) -> Iterator[Site]:
    """A second engine, with a camera of the same id."""
    camera = CameraSettings("door", "Back door", str(video), min_person_share=1.0)
    with running(tmp_path_factory.mktemp("other") / "data", Bind(), CommandLineSettings((camera,)), gateway_needed=True) as other:
        other.door.set_up("Test site", ADMIN, PASSWORD).close()
        until(lambda: other.door.overview().cameras[0].health.state is CameraState.LIVE, "its camera is live")
        yield other


def at(port: EnginePort, id_: str) -> str:
    """What an id of the site is to this port."""
    return f"{HERE}/{id_}" if isinstance(port, FederatedPort) else id_


def said(port: EnginePort, value: T) -> T:
    """A question or command about the site, as this port takes it."""
    return rewrite(value, Qualifier(HERE)) if isinstance(port, FederatedPort) else value


def of(port: EnginePort) -> EnginePort:
    """For what is one site's matter."""
    return port.of(HERE) if isinstance(port, FederatedPort) else port


def finished(port: EnginePort, job_id: str) -> Job:
    def state() -> Job | None:
        return next((job for job in port.snapshot().jobs if job.id == job_id and job.state is not JobState.RUNNING), None)

    until(lambda: state() is not None, f"{job_id} ends")
    job = state()
    assert job is not None
    return job


def test_the_session_says_who_and_what(port: EnginePort):
    assert (port.session.user.name, port.session.user.role) == (ADMIN, Role.ADMIN)
    assert port.session.verbs == ROLE_VERBS[Role.ADMIN]


def test_the_snapshot_shows_cameras_users_and_models(port: EnginePort):
    snapshot = port.snapshot()
    view = snapshot.camera(at(port, "door"))
    assert view is not None and view.settings.name == "Front door" and view.health.state is CameraState.LIVE
    assert (view.health.width, view.health.height) == (320, 180)
    assert ADMIN in [user.name for user in snapshot.users]
    assert {"detector", "face_detection"} <= {entry.role for entry in snapshot.models}
    assert snapshot.settings.site_name == "Test site"


def test_snapshots_move_on(port: EnginePort):
    first = port.snapshot().number
    until(lambda: port.snapshot().number > first, "something was taken in")


def test_pictures_come_in_the_wanted_size(port: EnginePort):
    came = threading.Event()
    feed = port.watch(at(port, "door"), PictureWant(160, 160), came.set)
    assert came.wait(60)
    picture = feed.latest()
    assert picture is not None and picture.camera_id == at(port, "door")
    assert picture.pixels.shape == (90, 160, 4) and (picture.frame_width, picture.frame_height) == (320, 180)
    assert (picture.pixels[..., 3] == 255).all() and picture.pixels[..., :3].std() > 5
    feed.change(PictureWant(4000, 4000))
    until(lambda: (newest := feed.latest()) is not None and newest.pixels.shape == (180, 320, 4), "the full size comes, not enlarged")
    feed.close()


def test_pictures_of_an_unknown_camera_are_not_found(port: EnginePort):
    with pytest.raises(NotFound):
        port.watch("nobody", PictureWant(64, 64), lambda: None)


def test_the_last_seconds_of_a_camera_are_replayed_without_a_file(port: EnginePort, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(instant_replay, "WORK_S", 60.0)  # a busy machine would give fewer pictures at once
    until(lambda: len(port.ask(said(port, ReplayCamera("door", 0, pictures=10))).pictures) == 10, "a second is held")
    part = port.ask(said(port, ReplayCamera("door", 0, pictures=5, width=160, height=160)))
    times = [picture.at_ns for picture in part.pictures]
    assert len(times) == 5 and times == sorted(set(times)) and times[0] == part.held_from_ns
    assert part.held_until_ns is not None and part.held_until_ns >= times[-1]
    assert {(picture.width, picture.height) for picture in part.pictures} == {(320, 180)}
    assert decode_jpeg(part.pictures[0].jpeg.tobytes()).shape == (90, 160, 4)
    following = port.ask(said(port, ReplayCamera("door", times[-1], pictures=2, after=True)))
    assert following.pictures[0].at_ns > times[-1]

    def same_again() -> bool:  # of the newest: a slow machine lets go of older ones between two questions
        newest_ns = port.ask(said(port, ReplayCamera("door", 0))).held_until_ns or 0
        return [picture.at_ns for picture in port.ask(said(port, ReplayCamera("door", newest_ns))).pictures] == [newest_ns]

    until(same_again, "a moment that is held shows its own picture")
    assert AuditVerb.VIEW_FOOTAGE in [row.verb for row in of(port).ask(ListAudit(limit=3))]
    for wrong in ("nobody", "../door"):
        with pytest.raises(NotFound):
            port.ask(ReplayCamera(wrong, 0))


def test_events_can_be_asked_for_and_paged(port: EnginePort, lost_event: str):
    lost = port.ask(ListEvents(kinds=(EventKind.CAMERA_LOST,)))
    assert at(port, lost_event) in [event.id for event in lost]
    assert port.ask(ListEvents(camera_id="nobody")) == ()
    everything = port.ask(ListEvents(limit=1000))
    paged, before = [], None
    while page := port.ask(ListEvents(limit=2, before_id=before)):
        paged += page
        before = page[-1].id
    assert [event.id for event in paged][: len(everything)] == [event.id for event in everything]


def test_decisions_and_sequences_can_be_asked_for(port: EnginePort, lost_event: str):
    event = next(event for event in port.ask(ListEvents(limit=1000)) if event.id == at(port, lost_event))
    decisions = {decision.id: decision for decision in port.ask(ListDecisions(limit=1000))}
    assert decisions[event.decision_id].event_id == at(port, lost_event) and decisions[event.decision_id].gates
    assert port.ask(ListSequences(camera_id="nobody")) == ()


def test_the_audit_can_be_asked_for_and_paged(port: EnginePort, lost_event: str):
    (clip,) = port.ask(said(port, ListClips(event_id=lost_event)))
    of(port).command(PutCamera(EXTRA))
    port.command(said(port, RemoveCamera("extra")))
    for _ in range(2):
        port.clip_file(clip.id)
    newest = of(port).ask(ListAudit())
    assert [(row.verb, row.subject, row.by) for row in newest[:3]] == [
        (AuditVerb.VIEW_CLIP, clip.id.removeprefix(at(port, "")), ADMIN),
        (AuditVerb.REMOVE_CAMERA, "extra", ADMIN),
        (AuditVerb.PUT_CAMERA, "extra", ADMIN),
    ]
    signed_in = next(row for row in newest if row.verb == AuditVerb.SIGN_IN)
    assert (signed_in.by, signed_in.subject) == (ADMIN, of(port).session.user.id) and signed_in.detail == newest[0].detail
    assert [row.seq for row in newest] == list(range(newest[0].seq, newest[0].seq - len(newest), -1)) and len(newest[0].hash) == 64
    page = of(port).ask(ListAudit(limit=1, before_seq=newest[0].seq, verbs=(AuditVerb.PUT_CAMERA, AuditVerb.SIGN_IN)))
    assert page == (newest[2],)


def test_a_clip_comes_whole_with_its_thumbnail(port: EnginePort, lost_event: str):
    (clip,) = port.ask(said(port, ListClips(event_id=lost_event)))
    content = port.clip_file(clip.id).read_bytes()
    assert len(content) == clip.size_bytes and hashlib.sha256(content).hexdigest() == clip.sha256
    thumbnail = port.thumbnail(at(port, lost_event))
    assert thumbnail is not None and thumbnail.startswith(b"\xff\xd8")
    assert at(port, lost_event) in port.snapshot().clip_events


def test_unknown_clips_and_thumbnails(port: EnginePort):
    for clip_id in ("cl-0", "../watchroom.db", ""):
        for asked in (clip_id, at(port, clip_id)):
            with pytest.raises(NotFound):
                port.clip_file(asked)
    for id_ in ("ev-000000000000-0", "../../engine.lock"):
        assert port.thumbnail(id_) is None and port.thumbnail(at(port, id_)) is None
    assert port.job_picture("job-0") is None and port.job_picture(at(port, "job-0")) is None
    assert port.face_photo("fa-0") is None and port.face_photo(at(port, "fa-0")) is None


def test_a_report_is_filed_with_a_picture(port: EnginePort):
    media_id = of(port).send_report_media(jpeg(np.full((40, 60, 4), 120, np.uint8)))
    assert of(port).send_report_media(jpeg(np.full((40, 60, 4), 120, np.uint8))) == media_id
    key = f"conformance-{id(port)}"
    words, north = "A bicycle was taken at the gate.", 10.0 + id(port) % 1000 / 50
    filed = FileReport(IncidentCategory.THEFT, words, north, 20.0, media=(media_id,), key=key)
    incident_id = port.command(said(port, filed))
    assert port.command(said(port, filed)) == incident_id, "the same key is the same report"
    answer = port.ask(GetIncident(incident_id))
    assert [each.media for each in answer.reports] == [(at(port, media_id),)] and answer.incident.category is IncidentCategory.THEFT
    picture = port.report_picture(at(port, media_id))
    assert picture is not None and picture.startswith(b"\xff\xd8\xff")
    assert port.report_picture("md-none") is None and port.report_picture("../../engine.lock") is None
    with pytest.raises(InputError) as refused:
        of(port).send_report_media(b"no picture and no video")
    assert refused.value.field == "file"
    with pytest.raises(InputError) as future:
        port.command(said(port, replace(filed, occurred_ns=7_000_000_000 * SECOND, key="")))
    assert future.value.field == "occurred_at"


def test_links_to_the_report_page_are_created_and_revoked(port: EnginePort):
    token = of(port).command(CreateReportLink("Gate", 1.0))
    page = of(port).ask(GetReportPage())
    assert page.address.startswith("http://127.0.0.1:") and page.links[0].label == "Gate" and token not in str(page)
    assert port.command(said(port, RevokeReportLink(page.links[0].id))) == at(port, page.links[0].id)
    with pytest.raises(NotFound):
        port.command(said(port, RevokeReportLink(page.links[0].id)))


def test_cameras_are_added_changed_and_removed(port: EnginePort):
    assert of(port).command(PutCamera(EXTRA)) == "extra"
    until(lambda: port.snapshot().camera(at(port, "extra")) is not None, "the camera is listed")
    assert port.command(said(port, PutCamera(replace(EXTRA, name="Renamed")))) == at(port, "extra")
    until(
        lambda: (view := port.snapshot().camera(at(port, "extra"))) is not None and view.settings.name == "Renamed", "it has its new name"
    )
    assert port.snapshot().camera(at(port, "extra")).health.state is CameraState.PAUSED  # type: ignore[union-attr]
    port.command(said(port, RemoveCamera("extra")))
    until(lambda: port.snapshot().camera(at(port, "extra")) is None, "it is gone")
    with pytest.raises(NotFound):
        port.command(said(port, RemoveCamera("extra")))


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"url": "rtsp://192.0.2.9/a\r\nX-Injected: yes"}, "url"), ({"name": "Yard\x1b[2J"}, "name"), ({"group": "a\nb"}, "group")],
)
def test_control_characters_are_refused_with_their_field(port: EnginePort, changed: dict[str, str], field: str) -> None:
    before = port.snapshot().settings
    with pytest.raises(InputError, match="control characters") as refused:
        port.command(said(port, PutCamera(replace(EXTRA, **changed))))
    assert refused.value.field == field
    assert port.snapshot().settings == before


def test_logins_are_kept_apart_and_never_shown(port: EnginePort, site: Site):
    secret = "hunter2-very-secret"
    of(port).command(PutCamera(replace(EXTRA, url=f"rtsp://root:{secret}@192.0.2.9/stream")))
    camera = site.engine.settings.camera("extra")
    assert camera is not None and site.engine.logins.get(camera) == Credentials("root", secret)
    assert secret not in repr(port.snapshot())
    assert secret not in site.engine.data.settings.read_text()
    port.command(said(port, RemoveCamera("extra")))
    assert site.engine.logins.get(camera) is None
    assert site.engine.record.writer.flush(10)
    for path in (site.engine.data.path / "journal").iterdir():
        assert secret.encode() not in path.read_bytes()


def test_wrong_settings_name_the_field(port: EnginePort):
    with pytest.raises(InputError) as refused:
        of(port).command(CreateUser("bob", Role.OPERATOR, "short"))
    assert refused.value.field == "password" and "short" not in str(refused.value).replace("shorter", "")
    with pytest.raises(InputError) as refused:
        of(port).command(InstallModels(("no-such-model",), "/nowhere"))
        finished(port, at(port, "job-1"))
        raise InputError("ids", "the job failed instead, which is as good")
    assert refused.value.field


def test_settings_change_in_part(port: EnginePort):
    before = port.snapshot().settings.gates
    of(port).command(ChangeSettings(gates=GateSettings(min_confidence=0.5)))
    until(lambda: port.snapshot().settings.gates.min_confidence == 0.5, "the gate is set")
    assert port.snapshot().settings.site_name == "Test site"
    of(port).command(ChangeSettings(gates=before))


def test_the_place_of_the_site_is_set_and_removed(port: EnginePort):
    of(port).command(ChangeSettings(anchor=SiteAnchor(59.3, 18.1)))
    until(lambda: of(port).snapshot().settings.anchor == SiteAnchor(59.3, 18.1), "it is known where the site lies")
    of(port).command(RemoveAnchor())
    until(lambda: of(port).snapshot().settings.anchor is None, "it is not known any more")


def test_a_camera_is_tried_without_being_kept(port: EnginePort, site: Site):
    door = site.engine.settings.camera("door")
    assert door is not None
    job = finished(port, port.command(said(port, TestCamera(replace(door, id="trial")))))
    assert job.state is JobState.DONE and "320 × 180" in job.message
    jpeg = port.job_picture(job.id)
    assert jpeg is not None and jpeg.startswith(b"\xff\xd8")
    assert port.snapshot().camera(at(port, "trial")) is None


def test_a_failed_trial_says_why(port: EnginePort):
    job = finished(port, port.command(said(port, TestCamera(CameraSettings("trial", "Trial", "/nowhere/at-all.mp4")))))
    assert job.state is JobState.FAILED and "at-all.mp4" in job.message
    port.command(CancelJob(job.id))
    with pytest.raises(NotFound):
        port.command(said(port, CancelJob("job-999999")))


def test_roles_are_held_to_their_verbs(port: EnginePort, site: Site, request: pytest.FixtureRequest):
    user_id = of(port).command(CreateUser("olga", Role.OPERATOR, PASSWORD))
    door = RemoteDoor(site.url) if "remote" in request.node.name else site.door
    operator = door.sign_in("olga", PASSWORD)
    try:
        assert operator.session.verbs == ROLE_VERBS[Role.OPERATOR] and not operator.session.may(Verb.ADMINISTER)
        assert operator.snapshot().users == ()
        for command in (PutCamera(EXTRA), RemoveCamera("door"), CreateUser("eve", Role.ADMIN, PASSWORD), RemoveUser(user_id)):
            with pytest.raises(PermissionDenied):
                operator.command(command)
        with pytest.raises(PermissionDenied):
            operator.job_picture("job-1")
        with pytest.raises(PermissionDenied):
            operator.ask(ListAudit())
        assert operator.ask(ListEvents(limit=1)) is not None
        port.command(said(port, RemoveUser(user_id)))
        until(lambda: _refused(operator), "a removed user is out")
    finally:
        operator.close()


def _refused(port: EnginePort) -> bool:
    try:
        port.ask(ListEvents(limit=1))
        return False
    except NotSignedIn:
        return True


def test_an_admin_cannot_remove_the_account_in_use(port: EnginePort):
    with pytest.raises(InputError):
        port.command(RemoveUser(port.session.user.id))


def test_wrong_passwords_are_refused(site: Site):
    for door in (site.door, RemoteDoor(site.url)):
        with pytest.raises(NotSignedIn):
            door.sign_in(ADMIN, "wrong password")
        assert not door.needs_setup()
        with pytest.raises(WatchroomError):
            door.set_up("Mine now", "mallory", "a long enough password", "AAAA-AAAA")


def test_a_closed_port_gives_no_more_pictures(port: EnginePort):
    came = threading.Event()
    feed = port.watch(at(port, "door"), PictureWant(64, 64), came.set)
    assert came.wait(60)
    port.close()
    last = feed.latest()
    assert last is not None
    came.clear()
    assert not came.wait(0.5)


def test_the_password_again_carries_a_port_on_as_another_session(port: EnginePort, site: Site, monkeypatch: pytest.MonkeyPatch):
    """Pictures, what can be taken back and faces that are shown go on; the session before is signed out."""
    monkeypatch.setattr(remote, "LEFT_S", 0.0)
    came = threading.Event()
    feed = port.watch(at(port, "door"), PictureWant(160, 90), came.set)
    assert came.wait(60)
    of(port).command(PutCamera(EXTRA))
    port.command(said(port, RemoveCamera(EXTRA.id)))
    until(lambda: len(port.snapshot().undoable) == 1, "it can be taken back")
    ends_ns, before = port.session.ends_ns, ended(site)
    with pytest.raises(InputError, match="not right"):
        port.confirm("guess")
    assert port.session.ends_ns == ends_ns
    port.confirm(PASSWORD)
    assert (port.session.ends_ns or 0) > (ends_ns or 0) and port.session.user.name == ADMIN
    until(lambda: ended(site) > before, "the session before is over")
    index = feed.latest().index if feed.latest() is not None else 0
    until(lambda: (newest := feed.latest()) is not None and newest.index != index, "pictures go on")
    until(lambda: len(port.snapshot().undoable) == 1, "it can still be taken back")  # a snapshot that was under way has none
    port.ask(ListEvents())
    feed.close()


def test_as_old_as_a_session_may_become_it_counts_alerts_and_takes_the_password(
    port: EnginePort, site: Site, monkeypatch: pytest.MonkeyPatch
):
    came = threading.Event()
    feed = port.watch(at(port, "door"), PictureWant(160, 90), came.set)
    assert came.wait(60)
    monkeypatch.setattr(held_tokens, "LONGEST_NS", 0)
    site.engine.accounts._held.forget()
    until(lambda: lapsed(port), "it is that old")
    tally = port.tally()
    assert (tally.settings.site_name, tally.cameras, tally.events, tally.users) == ("Test site", (), (), ())
    put, clip_id = said(port, PutCamera(EXTRA)), at(port, "cl-1")
    for refused in (lambda: port.ask(ListEvents()), lambda: port.command(put), lambda: port.clip_file(clip_id)):
        with pytest.raises(NotSignedIn):
            refused()
    if isinstance(port, RemotePort):
        headers = {"Authorization": f"Bearer {port._token}"}
        for path in ("/api/v1/session", "/api/v1/snapshot", "/api/v1/port/snapshot", "/api/v1/alerts"):
            assert httpx.get(f"{site.url}{path}", headers=headers, trust_env=False).status_code == 401, path
        assert httpx.get(f"{site.url}/api/v1/port/tally", headers=headers, trust_env=False).status_code == 200
    feed.close()


def test_who_proves_the_password_goes_on_and_who_does_not_stays_out(port: EnginePort, site: Site, monkeypatch: pytest.MonkeyPatch):
    signed_in_ns = site.engine.clock.now_ns()
    until(lambda: site.engine.clock.now_ns() > signed_in_ns + SECOND, "the next session is younger")
    monkeypatch.setattr(held_tokens, "is_open", lambda token, now_ns: token.machine or token.created_ns > signed_in_ns + SECOND // 2)
    site.engine.accounts._held.forget()
    until(lambda: lapsed(port), "it is as old as one may become")
    with pytest.raises(InputError, match="not right"):
        port.confirm("guess")
    assert lapsed(port)
    port.confirm(PASSWORD)
    until(lambda: not lapsed(port) and port.snapshot().cameras[0].health.state is CameraState.LIVE, "it goes on")
    port.ask(ListEvents())


def test_a_session_that_was_ended_counts_nothing(port: EnginePort, site: Site, monkeypatch: pytest.MonkeyPatch):
    site.engine.accounts.sign_out(of(port)._token)  # type: ignore[attr-defined]
    until(lambda: over(port), "it is known")
    with pytest.raises(NotSignedIn) as refused:
        port.tally()
    assert not isinstance(refused.value, SessionLapsed)


def lapsed(port: EnginePort) -> bool:
    try:
        port.snapshot()
    except SessionLapsed:
        return True
    return False


def over(port: EnginePort) -> bool:
    try:
        port.snapshot()
    except NotSignedIn as error:
        return not isinstance(error, SessionLapsed)
    return False


def ended(site: Site) -> int:
    """How many sessions were signed out."""
    assert site.engine.record.writer.flush(10)
    rows = site.engine.record.store.answer(ListAudit(limit=500))
    return sum(row.verb == AuditVerb.SIGN_OUT for row in rows)
