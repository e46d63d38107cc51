"""Questions on what a live engine wrote a moment ago: a site whose engine has run before, and the simulated demo site with all its sensors,
whose truth comes from its own world. A half-hour of that one is in `tests/soak/test_demo_chat.py`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from console.site import demo_added, running
from engine.gateway.border.bind import Bind
from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.accounts.user_ref import NamedUser
from engine.model.alerts.alert import Alert, AlertState, Disposition
from engine.model.alerts.commands import ChangeAlert
from engine.model.event import EventKind, Severity
from engine.model.history.chat import AskRecord, ChatAnswer, ClaimStatus
from engine.model.history.event_query import EventWant
from engine.model.incidents.incident import IncidentCategory, Report
from engine.model.question import ListAlerts
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND, SystemClock
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import demo_port
from engine.vision.models import ModelStore
from tests.engine.history.chat_live import judged_by
from tests.fakes.waiting import until

EVERY = 17  # of the questions of the sets
BUSY_S = 600.0  # the demo runs in real time: where other tests take the processor, its detector looks at few pictures
HOUR_NS, MINUTE_NS = 3_600 * SECOND, 60 * SECOND
SESSION = Session("test-session", User("us-1", "rita", Role.ADMIN), ROLE_VERBS[Role.ADMIN])


class SetClock(SystemClock):
    """Goes on from a time of its own: questions on "today" are about the same hours whenever the tests run."""

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self._ahead_ns = int(now.timestamp()) * SECOND - super().now_ns()

    def now_ns(self) -> int:
        return super().now_ns() + self._ahead_ns


@contextmanager
def engine_on(folder: Path, clock: SystemClock) -> Iterator[Engine]:
    data = DataFolder(folder)
    with data.lock():
        door = CameraSettings("door", "Door", "rtsp://192.0.2.1/door", enabled=False)
        engine = Engine(data, clock, ModelStore(folder.parent / "models"), CommandLineSettings((door,)))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


def in_utc(now: Settings) -> Settings:
    return replace(now, alerts=replace(now.alerts, time_zone="UTC"))


def ask(engine: Engine, question: str, *before: ChatAnswer) -> ChatAnswer:
    return engine.chat.ask(AskRecord(question, conversation=before[-1].id if before else ""), SESSION)


def at(now_ns: int, minutes_ago: int) -> str:
    return f"{datetime.fromtimestamp((now_ns - minutes_ago * MINUTE_NS) / SECOND, UTC):%Y-%m-%d %H:%M}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Its engine ran an hour ago for a moment, and runs again; since then there is a second camera."""
    folder = tmp_path_factory.mktemp("site") / "data"
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    with engine_on(folder, SetClock(noon - timedelta(hours=1))) as engine:
        engine.update_settings(in_utc, "test")
        until(lambda: engine.record.store.asked.watched_since_ns("door") is not None, "the door is watched")
    with engine_on(folder, SetClock(noon)) as engine:
        new = CameraSettings("new-cam", "NewCam", "rtsp://192.0.2.1/new", enabled=False)
        engine.update_settings(lambda now: now.with_camera(new), "test")
        until(lambda: engine.record.store.asked.watched_since_ns("new-cam") is not None, "the new camera is watched")
        gate = CameraSettings("gate", "Gate", "rtsp://127.0.0.1:9/gate")
        engine.update_settings(lambda now: now.with_camera(gate), "test")
        lost = EventWant(kinds=(EventKind.CAMERA_LOST,))
        until(lambda: engine.record.store.asked.count(lost) == 1, "the gate is lost")
        yield engine


def test_before_a_camera_was_there_it_was_not_watched(site: Engine) -> None:
    now_ns = site.clock.now_ns()
    answer = ask(site, f"Was NewCam observed between {at(now_ns, 30)} and {at(now_ns, 25)}?")
    assert answer.sentences[0].text.startswith("No, it was not observed"), answer.answer
    assert "the camera NewCam was not watched before 12:00" in answer.answer
    nobody = ask(site, f"Was anyone at NewCam between {at(now_ns, 30)} and {at(now_ns, 25)}?")
    assert nobody.sentences[0].status is ClaimStatus.NOT_OBSERVED, nobody.answer


def test_a_report_about_a_time_before_the_record_makes_no_record_of_that_time(site: Engine) -> None:
    now_ns = site.clock.now_ns()
    past_ns = now_ns - 5 * HOUR_NS
    text = "Somebody took a bicycle"
    site.reports.file(Report("rp-1", IncidentCategory.THEFT, text, 59.33, 18.06, past_ns, received_ns=now_ns, reporter="user:1"))
    incidents = EventWant(kinds=(EventKind.INCIDENT,))
    until(lambda: site.record.store.asked.count(incidents) > 0, "the report is an event of the record")
    answer = ask(site, f"Was anyone at the door between {at(now_ns, 240)} and {at(now_ns, 230)}?")
    assert answer.sentences[0].status is ClaimStatus.NOT_OBSERVED and "because there is no record before 11:00" in answer.answer
    watched = ask(site, f"Was the Door observed between {at(now_ns, 240)} and {at(now_ns, 230)}?")
    assert watched.answer.startswith("No, it was not observed"), watched.answer


def test_cameras_go_by_their_numbers(site: Engine) -> None:
    by_number = ask(site, "What happened at camera 2 today?")
    assert by_number.understood and "“camera 2” is the camera NewCam." in by_number.answer
    for question in ("What happened at camera 7 today?", "Who was seen while camera 7 was down?"):
        unknown = ask(site, question)
        assert not unknown.understood and "“7”" in unknown.answer, unknown.answer


def test_an_outage_that_goes_on_is_seen_and_is_of_its_own_camera(site: Engine) -> None:
    """The gate never gave a picture; the others are paused."""
    for question in ("Is any camera down right now?", "Is the Gate working?", "When was the Gate offline today?"):
        answer = ask(site, question)
        assert "Gate was offline" in answer.answer and "still ongoing" in answer.answer, answer.answer
    other = ask(site, "When was the Door offline today?")
    assert "no camera offline event at Door" in other.answer and "Gate" not in other.answer, other.answer
    nobody = ask(site, "Was anyone at the Gate today?")
    assert nobody.sentences[0].status is ClaimStatus.NOT_OBSERVED and nobody.answer.startswith("Not known at Gate"), nobody.answer


@pytest.mark.parametrize(
    "question", ["How many cars were there today?", "Were there any cars at the door today?", "How many red cars came today?"]
)
def test_what_is_not_known_here_is_named_and_counts_nothing(site: Engine, question: str) -> None:
    answer = ask(site, question)
    assert not answer.understood and "“cars”" in answer.answer and "not understood" in answer.answer, answer.answer


def test_what_is_wrong_now_is_what_is_open_now(site: Engine) -> None:
    now_ns = site.clock.now_ns()
    said = Report(
        "rp-2",
        IncidentCategory.VIOLENCE,
        "Two men fight",
        59.4,
        18.1,
        now_ns,
        received_ns=now_ns,
        severity=Severity.HIGH,
        reporter="user:2",
    )
    incident_id = site.reports.file(said).incident.id
    until(lambda: any(each.incident_id == incident_id for each in open_alerts(site)), "the report is an alert")
    (alert,) = (each for each in open_alerts(site) if each.incident_id == incident_id)
    until(lambda: is_kept(site, alert.id, AlertState.NEW), "the alert is in the record")
    before = ask(site, "What is wrong right now?")
    assert alert.id in cited(before) and before.sentences[0].status is ClaimStatus.VERIFIED, before.answer
    site.alerts.enter(ChangeAlert((alert.id,), AlertState.CLOSED, Disposition.FALSE), NamedUser("rita"), site.clock.now_ns())
    until(lambda: is_kept(site, alert.id, AlertState.CLOSED), "it is closed in the record too")
    after = ask(site, "What is wrong right now?")
    assert alert.id not in cited(after), after.answer


def test_a_follow_up_keeps_the_day_and_a_weekday_off_is_not_a_weekday_there(site: Engine) -> None:
    day = datetime.fromtimestamp(site.clock.now_ns() / SECOND, UTC) - timedelta(days=2)
    first = ask(site, f"How many people were seen on {day:%Y-%m-%d}?")
    second = ask(site, "And at the door?", first)
    named = f"{day:%a} {day.day} {day:%b %Y}"
    for answer in (first, second):
        assert named in answer.answer and answer.sentences[0].status is ClaimStatus.NOT_OBSERVED, answer.answer
    assert "Door" in second.sentences[0].text
    unknown = ask(site, "Which weekday was Zoe off?")
    assert not unknown.understood and "“zoe”" in unknown.answer


def cited(answer: ChatAnswer) -> set[str]:
    return {each.id for sentence in answer.sentences for each in sentence.citations}


def is_kept(site: Engine, alert_id: str, state: AlertState) -> bool:
    return any(each.id == alert_id and each.state is state for each in demo_port(site).ask(ListAlerts()).alerts)


def open_alerts(site: Engine) -> tuple[Alert, ...]:
    return demo_port(site).snapshot().alerts.alerts


@pytest.mark.timeout(900)
def test_what_is_said_of_the_demo_site_is_so(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody was overlooked or watched for who was not; who is named, and what radio finds, is the sensors' affair."""
    models = tmp_path / "models"
    ModelStore(models).install(("yolox-nano",), shared / "data" / "models")
    monkeypatch.setenv("WATCHROOM_MODELS", str(models))
    with running(tmp_path / "demo", Bind(), replace(demo_added(), time_zone="UTC"), gateway_needed=False) as live:
        seen = EventWant(kinds=(EventKind.PERSON,))
        until(lambda: live.engine.record.store.asked.count(seen) >= 4, "people are in the record", BUSY_S)
        judge = judged_by(live.engine, lambda question, *before: ask(live.engine, question, *before), EVERY)
    assert judge.questions > 40 and judge.verified > 40 and judge.judged > 10
    assert not judge.of("told")
