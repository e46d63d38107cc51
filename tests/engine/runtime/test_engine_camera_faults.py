"""A camera fails in all the ways that cameras do, under a running engine: it is lost where it gives no picture any more, it comes back by
itself, and its neighbour never notices. How long that takes is measured in `tests/soak/test_faults_soak.py`."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.command import Credentials, PutCamera, RestartCamera
from engine.model.health import CameraState
from engine.model.port import PictureWant
from engine.model.time import SECOND
from engine.runtime.catalogue import execute
from tests.fakes.http_login import Login
from tests.fakes.rtsp import RtspServer
from tests.fakes.video import Clip, write_clip
from tests.fakes.waiting import until
from tests.fakes.watched_site import BESIDE, VICTIM, WatchedSite, heal, watched_site

ADMIN = Session("test-session", User("us-1", "rita", Role.ADMIN), ROLE_VERBS[Role.ADMIN])
LOGIN = Login("viewer", "first-secret")
SMALL, LARGE = (160, 96), (320, 192)
HOUR_S = 3600.0


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("videos")
    sizes = {"small": SMALL, "large": LARGE}
    return {name: write_clip(folder / f"{name}.mp4", Clip(width=w, height=h, gop=10)) for name, (w, h) in sizes.items()}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory, videos: dict[str, Path]) -> Iterator[WatchedSite]:
    folder = tmp_path_factory.mktemp("site")
    with watched_site(folder / "site", videos["small"], folder / "models", LOGIN) as watched:
        yield watched


@pytest.fixture
def site(watched: WatchedSite) -> Iterator[WatchedSite]:
    """Both cameras are live, and all that was lost is back; whatever a test does to the server is undone after it."""
    watched.wait_state(VICTIM, CameraState.LIVE)
    yield watched
    watched.server.login = LOGIN
    heal(watched.server)


@dataclass(frozen=True, slots=True)
class Beside:
    """The neighbour, which is to go on as if nothing were."""

    site: WatchedSite

    def goes_on(self, do: Callable[[], None]) -> None:
        before, told = self.site.health(BESIDE), self.site.losses(BESIDE)
        do()
        self.site.wait_pictures(BESIDE, 10)
        after = self.site.health(BESIDE)
        assert (after.state, after.since_ns, after.reconnects) == (CameraState.LIVE, before.since_ns, before.reconnects)
        assert self.site.losses(BESIDE) == told == []


def shown(site: WatchedSite) -> tuple[int, int]:
    health = site.health(VICTIM)
    return health.width, health.height


def drop(server: RtspServer) -> None:
    """Connections end; new ones are taken."""
    server.kill()
    server.restart()


def set_fault(name: str, value: object) -> Callable[[RtspServer], None]:
    return lambda server: setattr(server.faults, name, value)


def refuse(server: RtspServer) -> None:
    server.faults.refusing = True
    drop(server)


def revoke(server: RtspServer) -> None:
    server.login = Login("viewer", "another-secret")
    drop(server)


def grant(server: RtspServer) -> None:
    server.login = LOGIN


@dataclass(frozen=True, slots=True)
class Fault:
    begin: Callable[[RtspServer], None]
    end: Callable[[RtspServer], None]
    reason: str
    word: str


FAULTS = {
    "killed": Fault(RtspServer.kill, RtspServer.restart, "Nothing answers", "refused"),
    "frozen": Fault(RtspServer.freeze, RtspServer.thaw, "sent nothing", "stalled"),
    "corrupt": Fault(set_fault("damaged_share", 1.0), heal, "No whole picture", "damaged"),
    "slow": Fault(set_fault("slowness", 1000.0), heal, "sent nothing", "stalled"),
    "refusing": Fault(refuse, heal, "nothing that can be read", "unreadable"),
    "revoked": Fault(revoke, grant, "refuses the user name or password", "credentials"),
}


def test_each_is_lost_says_why_and_comes_back_and_their_neighbour_never_notices(tmp_path: Path, videos: dict[str, Path]) -> None:
    """All at once, each camera in its own way."""
    with watched_site(tmp_path / "site", videos["small"], tmp_path / "models", LOGIN, tuple(FAULTS)) as site:

        def fail() -> None:
            for name, fault in FAULTS.items():
                fault.begin(site.servers[name])
            for name, fault in FAULTS.items():
                site.wait_reason(name, fault.reason, fault.word)
                until(lambda name=name: len(site.losses(name)) == 1, f"that {name} is lost is an event")

        Beside(site).goes_on(fail)
        for name, fault in FAULTS.items():
            assert site.health(name).state is CameraState.LOST and site.losses(name)[0].ended_ns is None, name
            fault.end(site.servers[name])
        for name in FAULTS:
            site.wait_state(name, CameraState.LIVE)
            site.wait_pictures(name, 10)
            until(lambda name=name: site.losses(name)[0].ended_ns is not None, f"that {name} is lost is over")
            assert site.health(name).reconnects == 1, name


def test_a_restarted_camera_shows_pictures_again_to_who_watched_before(tmp_path: Path, videos: dict[str, Path]) -> None:
    with watched_site(tmp_path / "site", videos["small"], tmp_path / "models", LOGIN) as site:
        site.wait_state(VICTIM, CameraState.LIVE)
        rung: list[float] = []
        before = site.engine.sight.cameras.unit(VICTIM)
        feed = before.watch(PictureWant(64, 36), lambda: rung.append(1.0), lambda: False)
        Beside(site).goes_on(lambda: execute(site.engine, RestartCamera(VICTIM), ADMIN) and None)
        assert site.engine.sight.cameras.unit(VICTIM) is not before
        rung.clear()
        until(lambda: len(rung) > 3, "pictures come to the feed of before")
        assert site.health(VICTIM).state is CameraState.LIVE and site.losses(VICTIM) == []
        feed.close()


def test_pictures_of_another_size_in_mid_stream_are_shown_at_once(site: WatchedSite, videos: dict[str, Path]) -> None:
    """What is recorded and looked at follows too; nothing is lost."""
    before = site.health(VICTIM)

    def resize() -> None:
        for name, size in (("large", LARGE), ("small", SMALL)):
            site.server.show("yard", videos[name])
            until(lambda size=size: shown(site) == size, f"pictures of {size} are shown")
            site.wait_pictures(VICTIM, 10)

    Beside(site).goes_on(resize)
    after = site.health(VICTIM)
    assert (after.state, after.since_ns, after.reconnects) == (CameraState.LIVE, before.since_ns, before.reconnects)


@pytest.mark.parametrize("jumps_s", [(HOUR_S, -HOUR_S, 0.0), (0.7, 0.0, 1.4, 0.0), (-13 * HOUR_S, 13 * HOUR_S)])
def test_times_run_on_while_the_cameras_clock_jumps(site: WatchedSite, jumps_s: tuple[float, ...]) -> None:
    before = site.health(VICTIM)
    stamps: list[int] = []

    def jump() -> None:
        for jump_s in jumps_s:
            site.server.faults.stamps_ahead_s = site.server.faults.clock_ahead_s = jump_s
            site.wait_pictures(VICTIM, 12, lambda: stamps.append(site.health(VICTIM).last_picture_ns or 0))
            assert stamps == sorted(stamps), "they never go back"
            assert abs(site.engine.clock.now_ns() - stamps[-1]) < 5 * SECOND

    Beside(site).goes_on(jump)
    after = site.health(VICTIM)
    assert (after.state, after.since_ns, after.reconnects) == (CameraState.LIVE, before.since_ns, before.reconnects)


def test_a_new_password_is_used_at_once(tmp_path: Path, videos: dict[str, Path]) -> None:
    """Whoever changes it on the camera changes it here; nobody waits for the next attempt."""
    with watched_site(tmp_path / "site", videos["small"], tmp_path / "models", LOGIN) as site:
        revoke(site.server)
        site.wait_reason(VICTIM, "refuses the user name or password", "credentials")
        camera = site.engine.settings.camera(VICTIM)
        assert camera is not None
        execute(site.engine, PutCamera(camera, Credentials("viewer", "another-secret")), ADMIN)
        site.wait_state(VICTIM, CameraState.LIVE)
        site.wait_pictures(VICTIM, 5)
