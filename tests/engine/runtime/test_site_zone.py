"""The time zone of a site: this machine's at the first set-up, the one that was chosen, and what is refused."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfoNotFoundError

import pytest

from console import site as console_site
from engine.model.alerts.commands import ChangeAlerting
from engine.model.alerts.settings import AlertSettings
from engine.model.command import ChangeSettings
from engine.model.errors import InputError
from engine.model.settings import Settings
from engine.model.time import SystemClock
from engine.runtime.command_line_settings import CommandLineSettings, first_settings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import LocalDoor, demo_port
from engine.runtime.settings import machine_zone as machine
from engine.runtime.settings import site_zone
from engine.runtime.settings.machine_zone import machine_zone
from engine.runtime.settings.settings_file import load_settings
from engine.vision.models import ModelStore

PASSWORD = "correct horse battery"


# this machine's


@pytest.mark.parametrize(
    ("variable", "zone"),
    [
        ("Europe/Stockholm", "Europe/Stockholm"),
        (":America/Argentina/Ushuaia", "America/Argentina/Ushuaia"),
        ("Etc/UTC", "UTC"),
        ("UTC", "UTC"),
        ("CET", "UTC"),
        ("EST5EDT", "UTC"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "UTC"),
        ("Mars/Base", "UTC"),
        ("/etc/no/such/file", "UTC"),
        ("../../etc/passwd", "UTC"),
    ],
)
def test_a_variable_goes_before_the_files_and_abbreviations_are_not_guessed(
    variable: str, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine.tzlocal, "get_localzone_name", lambda: "Asia/Tokyo")
    assert machine_zone({"TZ": variable}) == zone


def test_a_variable_may_name_a_file_also_by_a_link(tmp_path: Path) -> None:
    file = tmp_path / "zoneinfo" / "Europe" / "Berlin"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"TZif")
    (tmp_path / "localtime").symlink_to(file)
    assert machine_zone({"TZ": str(file)}) == machine_zone({"TZ": f":{tmp_path / 'localtime'}"}) == "Europe/Berlin"


def _fails() -> str:
    raise ZoneInfoNotFoundError("Multiple conflicting time zone configurations found")


@pytest.mark.parametrize(
    ("told", "zone"),
    [
        (lambda: "America/New_York", "America/New_York"),
        (lambda: "Etc/UTC", "UTC"),
        (lambda: "CET", "UTC"),
        (lambda: None, "UTC"),
        (_fails, "UTC"),
    ],
)
def test_what_the_system_is_set_to(told: Callable[[], str | None], zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine.tzlocal, "get_localzone_name", told)
    assert machine_zone({}) == machine_zone({"TZ": ""}) == zone


# a site's


@pytest.fixture(autouse=True)
def in_kathmandu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_zone, "machine_zone", lambda: "Asia/Kathmandu")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    data = DataFolder(tmp_path / "site")
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(tmp_path / "models"))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


def test_nothing_is_taken_before_anybody_sets_the_site_up(engine: Engine) -> None:
    assert engine.settings == Settings()


def test_a_site_that_is_set_up_takes_this_machines(engine: Engine) -> None:
    LocalDoor(engine).set_up("Harbour", "ada", PASSWORD).close()
    assert engine.settings == replace(Settings(), site_name="Harbour", alerts=AlertSettings(time_zone="Asia/Kathmandu"))
    assert load_settings(engine.data.settings).alerts.time_zone == "Asia/Kathmandu"


def test_or_the_one_that_is_chosen(engine: Engine) -> None:
    LocalDoor(engine).set_up("Harbour", "ada", PASSWORD, time_zone="Europe/Stockholm").close()
    assert engine.settings.alerts.time_zone == "Europe/Stockholm"


def test_or_keeps_what_its_settings_say(engine: Engine) -> None:
    engine.update_settings(lambda now: replace(now, alerts=AlertSettings(time_zone="Europe/Oslo")), "test")
    LocalDoor(engine).set_up("Harbour", "ada", PASSWORD).close()
    assert engine.settings.alerts.time_zone == "Europe/Oslo"


def test_an_unknown_zone_is_refused_before_there_is_an_account(engine: Engine) -> None:
    door = LocalDoor(engine)
    with pytest.raises(InputError) as refused:
        door.set_up("Harbour", "ada", PASSWORD, time_zone="Mars/Base")
    assert refused.value.field == "time_zone" and door.needs_setup() and engine.settings == Settings()


def test_it_is_changed_later_and_nobody_saves_rules_of_the_zone_before(engine: Engine) -> None:
    port, before = demo_port(engine), engine.settings.alerts
    port.command(ChangeSettings(time_zone="America/New_York"))
    assert engine.settings.alerts == replace(before, time_zone="America/New_York", version=before.version + 1)
    with pytest.raises(InputError) as stale:
        port.command(ChangeAlerting(before))
    assert stale.value.field == "version"
    port.command(ChangeSettings(time_zone="America/New_York", site_name="Harbour"))
    assert (engine.settings.site_name, engine.settings.alerts.version) == ("Harbour", before.version + 1)
    now = engine.settings
    with pytest.raises(InputError) as refused:
        port.command(ChangeSettings(time_zone="Mars/Base", site_name="Olympus"))
    assert refused.value.field == "time_zone" and engine.settings is now


def test_the_demo_which_nobody_sets_up_takes_it_with_its_first_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console_site, "machine_zone", lambda: "Asia/Tokyo")
    added = console_site.demo_added()
    assert first_settings(Settings(), added).alerts.time_zone == "Asia/Tokyo"
    assert first_settings(Settings(site_name="Demo site"), added).alerts.time_zone == "UTC", "it was there before"
    assert first_settings(Settings(), CommandLineSettings()) == Settings()
