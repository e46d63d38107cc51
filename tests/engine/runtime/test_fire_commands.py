"""Fire weather on a real engine: set up by command, told to the pipeline, in the audit; the password is never told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from engine.fire.places import utc_day
from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.errors import InputError, PermissionDenied
from engine.model.fire.commands import ChangeFire, ImportFireWeather, RefreshFire
from engine.model.fire.fire import ClassBounds, FireClass, FireRiskPolicy, FireSettings
from engine.model.settings import CameraSettings
from engine.model.site import SiteAnchor
from engine.model.snapshot import Snapshot
from engine.model.time import SystemClock
from engine.model.wire import read_as, to_plain
from engine.pipeline.pipeline import Pipeline
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.fire.fire_commands import check_fire
from engine.runtime.local import LocalPort, demo_port
from engine.runtime.settings.settings_file import load_settings
from engine.vision.models import ModelStore
from engine.vision.tracking import Tracker
from tests.fakes.risk_service import LOGIN, PASSWORD, FakeRiskService, risk_service, row
from tests.fakes.waiting import until

CAMERA = CameraSettings("hill", "Hill", "rtsp://192.0.2.1/hill", enabled=False)


@contextmanager
def running(folder: Path) -> Iterator[Engine]:
    data = DataFolder(folder)
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(folder.parent / "models"), CommandLineSettings((CAMERA,)))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with running(tmp_path / "site") as engine:
        yield engine


@pytest.fixture
def port(engine: Engine) -> LocalPort:
    return demo_port(engine)


@pytest.fixture
def fake() -> Iterator[FakeRiskService]:
    with risk_service() as fake:
        yield fake


def wanted(fake: FakeRiskService) -> FireSettings:
    return FireSettings(service_url=fake.url, login=LOGIN, organization_id=2, service_ids=(("hill", 1),))


def known(engine: Engine) -> FireClass | None:
    risk = engine.snapshot(True).fire.risk("hill")
    return None if risk is None else risk.fire_class


def say(fake: FakeRiskService, engine: Engine, word: str) -> None:
    today = utc_day(engine.clock.now_ns())
    fake.scores[today] = [row(1, today, None, word)]


def test_a_service_is_set_up_and_its_classes_reach_lists_and_pipeline(engine: Engine, port: LocalPort, fake: FakeRiskService) -> None:
    say(fake, engine, "low")
    port.command(ChangeFire(wanted(fake), PASSWORD))
    until(lambda: known(engine) is FireClass.LOW, "the class is known")
    assert not engine.fire.policy().keeps("hill", 0.449)
    until(lambda: not engine.record.pipeline.alerts.fire.keeps("hill", 0.449), "the pipeline knows it")
    assert engine.record.pipeline.alerts.fire.keeps("hill", 0.45)
    say(fake, engine, "high")
    port.command(RefreshFire())
    until(lambda: engine.record.pipeline.alerts.fire.keeps("hill", 0.1), "the pipeline knows that it changed")


def test_what_is_set_is_kept_and_in_the_audit_without_the_password(engine: Engine, port: LocalPort, fake: FakeRiskService) -> None:
    fire = replace(wanted(fake), bounds=ClassBounds((4.0, 8.4, 17.2, 24.6, 38.3)), thresholds=((FireClass.LOW, 0.5),), filtering=False)
    port.command(ChangeFire(fire, PASSWORD))
    assert load_settings(engine.data.settings).fire == fire
    assert ("change_fire", "", "") in [(told.verb, told.subject, told.detail) for told in engine.record.store.audit(5)]
    everything = b"".join(
        path.read_bytes() for path in engine.data.path.rglob("*") if path.is_file() and not path.name.startswith("secrets.json")
    )
    assert PASSWORD.encode() not in everything
    until(lambda: engine.snapshot(True).fire.password_stored, "the password is there")
    plain = to_plain(engine.snapshot(True).fire)
    assert PASSWORD not in str(plain)
    assert PASSWORD not in repr(ChangeFire(fire, PASSWORD))


def test_a_snapshot_comes_through_the_wire(engine: Engine, port: LocalPort, fake: FakeRiskService) -> None:
    say(fake, engine, "very_high")
    port.command(ChangeFire(wanted(fake), PASSWORD))
    until(lambda: known(engine) is FireClass.VERY_HIGH, "the class is known")
    snapshot = engine.snapshot(True)
    assert read_as(type(snapshot.fire), to_plain(snapshot.fire)) == snapshot.fire
    assert read_as(Snapshot, to_plain(snapshot)).fire == snapshot.fire


def test_a_password_is_never_sent_elsewhere(engine: Engine, port: LocalPort, fake: FakeRiskService) -> None:
    port.command(ChangeFire(wanted(fake), PASSWORD))
    for other in (replace(wanted(fake), service_url="http://192.0.2.7"), replace(wanted(fake), login="somebody")):
        with pytest.raises(InputError) as refused:
            port.command(ChangeFire(other))
        assert refused.value.field == "password"
    port.command(ChangeFire(replace(wanted(fake), service_url=f"{fake.url}/", refresh_hour_utc=5)))
    assert engine.fire_password.get() == PASSWORD
    port.command(ChangeFire(wanted(fake), ""))
    assert engine.fire_password.get() is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"service_url": "risk"}, "service_url"),
        ({"service_url": "ftp://risk"}, "service_url"),
        ({"service_url": "http://"}, "service_url"),
        ({"service_url": "http://[::1"}, "service_url"),
        ({"service_url": "http://risk:0"}, "service_url"),
        ({"service_url": "http://risk/?a=1"}, "service_url"),
        ({"service_url": "http://me:secret@risk"}, "service_url"),
        ({"weather_url": "weather"}, "weather_url"),
        ({"login": "a:b"}, "login"),
        ({"login": "a\nb"}, "login"),
    ],
)
def test_settings_that_make_no_sense_are_refused(change: dict[str, str], field: str) -> None:
    with pytest.raises(InputError) as refused:
        check_fire(replace(FireSettings(), **change))
    assert refused.value.field == field
    assert "secret" not in str(refused.value)


def test_only_an_admin_changes_it(engine: Engine) -> None:
    operator = LocalPort(engine, lambda: Session("s", User("us-2", "otto", Role.OPERATOR), ROLE_VERBS[Role.OPERATOR]))
    for command in (ChangeFire(FireSettings()), ImportFireWeather(""), RefreshFire()):
        with pytest.raises(PermissionDenied):
            operator.command(command)


def test_weather_is_imported_by_command(engine: Engine, port: LocalPort) -> None:
    today = utc_day(engine.clock.now_ns())
    text = f"date,temperature,humidity,wind,rain\n{today},30,20,40,0\n"
    with pytest.raises(InputError) as refused:
        port.command(ImportFireWeather(text))
    assert refused.value.field == "anchor"
    engine.update_settings(lambda now: replace(now, anchor=SiteAnchor(46.0, 5.0), fire=FireSettings(spin_up_days=1)), "test")
    assert port.command(ImportFireWeather(text)) == "1 days: 1 ok"
    until(lambda: known(engine) is not None, "the class is known")
    assert ("import_fire_weather", "", "1 days: 1 ok") in [(told.verb, told.subject, told.detail) for told in engine.record.store.audit(5)]


def test_trouble_is_shown_and_ends(engine: Engine, port: LocalPort, fake: FakeRiskService) -> None:
    def troubles() -> str:
        engine.condition.vitals.sample()
        return " ".join(engine.condition.vitals.health.troubles)

    port.command(ChangeFire(wanted(fake), "wrong"))
    until(lambda: "rejects the login" in troubles(), "it is shown")
    say(fake, engine, "low")
    port.command(ChangeFire(wanted(fake), PASSWORD))
    until(lambda: "risk service" not in troubles(), "it is gone")


def test_a_restart_knows_the_classes_though_the_service_is_gone(tmp_path: Path) -> None:
    with risk_service() as fake, running(tmp_path / "site") as engine:
        say(fake, engine, "low")
        demo_port(engine).command(ChangeFire(wanted(fake), PASSWORD))
        until(lambda: known(engine) is FireClass.LOW, "the class is known")
    with running(tmp_path / "site") as engine:
        until(lambda: known(engine) is FireClass.LOW, "the class is known again")
        until(lambda: engine.snapshot(True).fire.trouble != "", "the failure is shown")
        assert known(engine) is FireClass.LOW


def test_the_environment_is_honoured(tmp_path: Path, fake: FakeRiskService, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("URL", fake.url), ("LOGIN", LOGIN), ("PWD", PASSWORD)):
        monkeypatch.setenv(f"RISK_API_{name}", value)
    fake.cameras = [{"id": 7, "name": "hill"}]
    with running(tmp_path / "site") as engine:
        today = utc_day(engine.clock.now_ns())
        fake.scores[today] = [row(7, today, 1.0, " Very Low ")]
        engine.fire.refresh()
        until(lambda: known(engine) is FireClass.VERY_LOW, "the class is known by the camera's name")
        assert engine.snapshot(True).fire.overridden == ("service_url", "login", "password")
    monkeypatch.setenv("RISK_REFRESH_HOUR_UTC", "dawn")
    with pytest.raises(InputError, match="RISK_REFRESH_HOUR_UTC"), running(tmp_path / "other"):
        pass


def test_a_pipeline_goes_on_with_the_classes_it_knew(engine: Engine, port: LocalPort, fake: FakeRiskService) -> None:
    say(fake, engine, "very_low")
    port.command(ChangeFire(wanted(fake), PASSWORD))
    until(lambda: not engine.record.pipeline.alerts.fire.keeps("hill", 0.599), "the pipeline knows it")
    again = Pipeline(Tracker)
    assert again.alerts.fire == FireRiskPolicy(thresholds=())
    again.restore(engine.record.pipeline.state())
    assert again.alerts.fire == engine.record.pipeline.alerts.fire
