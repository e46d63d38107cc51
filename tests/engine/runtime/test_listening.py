"""Who may listen to what, for how long, and what the audit says of it. The source is made of nothing but tones."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.cameras.sound import LONGEST_WAITING_S, SOUND_HZ
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.health import CameraState
from engine.model.people.speech import SoundChunk
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND, ManualClock
from engine.runtime.microphones import listening
from engine.runtime.microphones.listening import CHANGED, Ear, Listening
from tests.fakes.ports import SettingsOf
from tests.fakes.waiting import until

PURPOSE = "To hear calls for help in the yard"
YARD = CameraSettings("yard", "Yard", "rtsp://192.0.2.1/a", listen=True, listen_purpose=PURPOSE)
GATE = CameraSettings("gate", "Gate", "rtsp://192.0.2.2/a", listen=True, listen_purpose=PURPOSE)


class Tone:
    """Gives a piece whenever a test lets it. `open_now`: how many are open."""

    def __init__(self, site: "Site", camera: CameraSettings) -> None:
        self._site, self._camera = site, camera
        self._gone = threading.Event()

    def open(self) -> None:
        if self._site.refuses:
            raise EnvironmentFault("no_sound", "It carries no sound.")
        self._site.opened.append(self._camera.id)

    def read(self) -> SoundChunk | None:
        if not self._site.gate.acquire(timeout=0.01):
            return None
        return SoundChunk(self._camera.id, 0, SOUND_HZ, np.full(SOUND_HZ // 50, 7, np.int16))

    def interrupt(self) -> None:
        self._gone.set()

    def close(self) -> None:
        self._site.closed.append(self._camera.id)


class Site:
    def __init__(self) -> None:
        self.clock = ManualClock(SECOND)
        self.settings = Settings(cameras=(YARD, GATE))
        self.rows: list[AuditRow] = []
        self.opened: list[str] = []
        self.closed: list[str] = []
        self.gate = threading.Semaphore(0)
        self.refuses = self.full = False
        self.listening = Listening(self.clock, SettingsOf(lambda: self.settings), lambda camera: Tone(self, camera), self)

    def note(self, *rows: AuditRow) -> None:
        self.rows.extend(rows)

    def keep(self, row: AuditRow) -> None:
        if self.full:
            raise EnvironmentFault("disk", "The disk is full.")
        self.rows.append(row)

    def hear(self, ear: Ear, pieces: int) -> int:
        """So many are sent; how many samples came."""
        found = 0
        for _ in range(pieces):
            self.gate.release()
        until(lambda: self.gate._value == 0 and bool(ear._pieces), "they have come")
        found += len(ear.take())
        return found

    def told(self) -> list[tuple[str, str, str, str]]:
        return [(row.by, row.verb, row.subject, row.detail) for row in self.rows]


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.listening.stop()


def session(name: str) -> Session:
    return Session(f"s-{name}", User(name, name, Role.OPERATOR), ROLE_VERBS[Role.OPERATOR])


def test_sound_comes_while_somebody_listens_and_nothing_is_open_before_or_after(site: Site) -> None:
    assert site.opened == [] and site.listening.cameras == ()
    ear = site.listening.listen("yard", session("ada"))
    assert site.hear(ear, 3) > 0
    assert ear.state.state is CameraState.LIVE
    ear.close()
    ear.close()
    until(lambda: site.closed == ["yard"], "the connection is closed")
    assert site.listening.cameras == () and ear.state.ended and len(ear.take()) == 0


def test_each_start_and_end_is_in_the_audit(site: Site) -> None:
    ear = site.listening.listen("yard", session("ada"))
    site.clock.advance_to(13 * SECOND)
    ear.close()
    assert site.told() == [
        ("ada", AuditVerb.LISTEN, "yard", "session s-ada"),
        ("ada", AuditVerb.STOP_LISTENING, "yard", "session s-ada, 12 s"),
    ]


def test_what_cannot_be_kept_is_not_begun(site: Site) -> None:
    site.full = True
    with pytest.raises(EnvironmentFault, match="full"):
        site.listening.listen("yard", session("ada"))
    assert site.opened == [] and site.listening.cameras == ()


def test_a_session_listens_to_one_camera_and_two_sessions_share_a_connection(site: Site) -> None:
    first = site.listening.listen("yard", session("ada"))
    second = site.listening.listen("yard", session("bob"))
    until(lambda: site.opened == ["yard"], "the connection is open")
    other = site.listening.listen("gate", session("ada"))
    assert first.over and not second.over and not other.over
    until(lambda: site.opened == ["yard", "gate"], "the other is open")
    site.listening.end_session("s-bob")
    until(lambda: site.closed == ["yard"], "nobody listens to the first any more")
    assert site.listening.cameras == ("gate",)


@pytest.mark.parametrize(
    ("change", "reason"), [({"listen": False}, "not_allowed"), ({"url": "usb:0"}, "no_sound"), ({"enabled": False}, "paused")]
)
def test_what_may_not_be_listened_to_says_why(site: Site, change: dict[str, object], reason: str) -> None:
    site.settings = Settings(cameras=(replace(YARD, **change),))  # type: ignore[arg-type]
    with pytest.raises(EnvironmentFault) as raised:
        site.listening.listen("yard", session("ada"))
    assert raised.value.reason == reason and site.rows == []
    with pytest.raises(NotFound):
        site.listening.listen("nobody", session("ada"))


@pytest.mark.parametrize("change", [{"listen": False}, {"enabled": False}, {"url": "rtsp://192.0.2.9/b"}, None])
def test_who_listens_is_cut_off_when_that_changes(site: Site, change: dict[str, object] | None) -> None:
    ear = site.listening.listen("yard", session("ada"))
    site.settings = Settings(cameras=() if change is None else (replace(YARD, **change),))  # type: ignore[arg-type]
    site.listening.settle(site.settings)
    assert ear.state.ended and ear.state.reason == CHANGED
    assert site.listening.cameras == () and site.rows[-1].verb == AuditVerb.STOP_LISTENING


def test_another_name_or_purpose_changes_nothing(site: Site) -> None:
    ear = site.listening.listen("yard", session("ada"))
    site.settings = Settings(cameras=(replace(YARD, name="The yard", listen_purpose="To hear whether the machine runs"),))
    site.listening.settle(site.settings)
    assert not ear.over


def test_a_listener_that_fetches_nothing_is_gone(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "UNHEARD_S", 0.05)
    ear = site.listening.listen("yard", session("ada"))
    until(lambda: site.gate.release() is None and ear.over, "it is dropped")
    until(lambda: site.closed == ["yard"], "and the connection with it")
    assert site.rows[-1].verb == AuditVerb.STOP_LISTENING


def test_one_that_never_had_sound_is_dropped_too(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "UNHEARD_S", 0.05)
    site.refuses = True
    ear = site.listening.listen("yard", session("ada"))
    until(lambda: "no sound" in ear.state.reason or ear.over, "it says why")
    until(lambda: ear.over, "it is dropped")


def test_what_waits_is_bounded_and_the_newest_stays(site: Site) -> None:
    ear = Ear("yard", session("ada"), 0, lambda *_: None)
    for number in range(100):
        ear.put(np.full(SOUND_HZ // 50, number, np.int16))
    waiting = ear.take()
    assert len(waiting) <= LONGEST_WAITING_S * SOUND_HZ and waiting[-1] == 99
    assert ear.dropped + len(waiting) == 2 * SOUND_HZ


def test_a_purpose_is_needed() -> None:
    for purpose in ("", "  short ", "x" * 501):
        with pytest.raises(InputError, match="listen_purpose"):
            replace(YARD, listen_purpose=purpose)
    assert replace(YARD, listen=False, listen_purpose="").reads_like(YARD)
