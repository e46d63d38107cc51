"""Listening to one camera of a real engine, in its process and from elsewhere: what is heard, who may, and what the audit keeps."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import httpx
import numpy as np
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.gateway.remote.port import RemoteDoor
from engine.model.accounts.access import Role
from engine.model.accounts.audit import AuditVerb
from engine.model.cameras.sound import SOUND_HZ, SoundFeed
from engine.model.command import PutCamera
from engine.model.errors import EnvironmentFault, NotFound
from engine.model.health import CameraState
from engine.model.port import EnginePort
from engine.model.settings import CameraSettings
from engine.runtime.command_line_settings import CommandLineSettings
from tests.fakes.sound_film import write_film
from tests.fakes.waiting import until

ADMIN, GUARD, PASSWORD = "ada", "gil", "correct horse battery"
PURPOSE = "To hear calls for help at the gate"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    film = str(write_film(tmp_path_factory.mktemp("film") / "gate.mp4", seconds=3.0))
    names = {"gate": "Gate", "hall": "Hall"}
    cameras = tuple(CameraSettings(each, name, film, min_person_share=1.0) for each, name in names.items())  # nobody is in the film
    with running(tmp_path_factory.mktemp("sound") / "data", Bind(), CommandLineSettings(cameras), gateway_needed=True) as made:
        made.door.set_up("Test site", ADMIN, PASSWORD).close()
        made.engine.accounts.create_user(GUARD, Role.OPERATOR, PASSWORD, ("hall",))
        until(lambda: all(view.health.state is CameraState.LIVE for view in made.door.overview().cameras), "both are live")
        yield made


@pytest.fixture(params=["local", "remote"])
def remote(request: pytest.FixtureRequest) -> bool:
    return request.param == "remote"


@pytest.fixture
def port(site: Site, remote: bool) -> Iterator[EnginePort]:
    with closing(enter(site, remote, ADMIN)) as made:
        allow(site, made, True)
        yield made


def enter(site: Site, remote: bool, name: str) -> EnginePort:
    return (RemoteDoor(site.url) if remote else site.door).sign_in(name, PASSWORD)


def allow(site: Site, port: EnginePort, listen: bool) -> None:
    camera = site.engine.settings.camera("gate")
    assert camera is not None
    port.command(PutCamera(replace(camera, listen=listen, listen_purpose=PURPOSE)))
    until(lambda: (now := port.snapshot().settings.camera("gate")) is not None and now.listen is listen, "the port knows")


def heard(feed: SoundFeed, samples: int) -> np.ndarray:
    found: list[np.ndarray] = []

    def enough() -> bool:
        found.append(feed.take())
        return sum(map(len, found)) >= samples

    until(enough, f"sound comes ({feed.state})")
    return np.concatenate(found)


def rows(site: Site, verb: AuditVerb) -> list[tuple[str, str, str]]:
    site.engine.record.writer.flush(5)
    return [(row.by, row.subject, row.detail) for row in site.engine.record.store.audit() if row.verb == verb]


def test_what_the_camera_hears_is_heard(site: Site, port: EnginePort) -> None:
    before = len(rows(site, AuditVerb.LISTEN))
    feed = port.listen("gate")
    samples = heard(feed, SOUND_HZ // 2)
    assert samples.dtype == np.int16 and np.abs(samples).max() > 5_000
    assert feed.state.state is CameraState.LIVE
    assert len(rows(site, AuditVerb.LISTEN)) == before + 1
    feed.close()
    until(lambda: site.engine.hearing.listening.cameras == (), "nothing is read any more")
    until(lambda: len(rows(site, AuditVerb.STOP_LISTENING)) == len(rows(site, AuditVerb.LISTEN)), "each end is in the audit")


def test_it_ends_with_the_permission_and_that_is_in_the_audit(site: Site, port: EnginePort) -> None:
    feed = port.listen("gate")
    heard(feed, 1)
    allow(site, port, False)
    until(lambda: feed.state.ended, "it is cut off")
    assert site.engine.hearing.listening.cameras == ()
    with pytest.raises(EnvironmentFault, match="Nobody may listen to Gate") as raised:
        port.listen("gate")
    assert raised.value.reason == "not_allowed"
    changed = rows(site, AuditVerb.CHANGE_LISTENING)
    assert {(ADMIN, "gate", f"on, for: {PURPOSE}"), (ADMIN, "gate", "off")} <= set(changed)


def test_it_ends_with_the_session(site: Site, remote: bool, port: EnginePort) -> None:
    with closing(enter(site, remote, ADMIN)) as other:
        feed = other.listen("gate")
        heard(feed, 1)
    until(lambda: site.engine.hearing.listening.cameras == (), "nobody listens after closing")


def test_another_camera_ends_the_one_before(site: Site, port: EnginePort) -> None:
    first = port.listen("gate")
    heard(first, 1)
    second = port.listen("gate")
    heard(second, 1)
    until(lambda: len(site.engine.hearing.listening.ears("gate")) == 1, "one listener is left")
    assert first.state.ended or len(first.take()) == 0
    second.close()


def test_who_may_not_see_a_camera_cannot_listen_to_it(site: Site, port: EnginePort, remote: bool) -> None:
    with closing(enter(site, remote, GUARD)) as guard:
        with pytest.raises(NotFound):
            guard.listen("gate")
        with pytest.raises(EnvironmentFault, match="Nobody may listen to Hall"):
            guard.listen("hall")
    with pytest.raises(NotFound):
        port.listen("nobody")


def test_the_socket_refuses_before_the_handshake(site: Site) -> None:
    def refused(path: str, token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        with pytest.raises(InvalidStatus) as raised, connect(f"ws{site.url[4:]}/ws/sound/{path}", additional_headers=headers):
            pass
        return raised.value.response.status_code

    with httpx.Client(base_url=site.url, trust_env=False) as client:
        guard = client.post("/api/v1/session", json={"name": GUARD, "password": PASSWORD}).json()["token"]
    before = len(rows(site, AuditVerb.LISTEN))
    assert refused("gate", "") == 401
    assert refused("gate", "forged") == 401
    assert refused("gate", guard) == 404
    assert refused("nobody", guard) == 404
    assert refused("hall", guard) == 503  # nobody may, so far
    assert len(rows(site, AuditVerb.LISTEN)) == before


def test_a_listener_elsewhere_whose_account_is_narrowed_hears_no_more(site: Site) -> None:
    with closing(site.door.sign_in(ADMIN, PASSWORD)) as admin:
        hall = site.engine.settings.camera("hall")
        assert hall is not None
        admin.command(PutCamera(replace(hall, listen=True, listen_purpose=PURPOSE)))
        with closing(RemoteDoor(site.url).sign_in(GUARD, PASSWORD)) as guard:
            feed = guard.listen("hall")
            heard(feed, 1)
            user = next(user for user in site.engine.accounts.users() if user.name == GUARD)
            site.engine.accounts.change_user(user.id, Role.OPERATOR, ())
            until(lambda: feed.state.ended, "it is cut off")
            until(lambda: site.engine.hearing.listening.cameras == (), "and nothing is read")
            site.engine.accounts.change_user(user.id, Role.OPERATOR, ("hall",))
