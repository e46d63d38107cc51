"""The settings of now: what a change has to go through before it holds."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.alerts.notify_settings import WebhookSettings
from engine.model.errors import EnvironmentFault
from engine.model.settings import CameraSettings, Settings
from engine.runtime.settings.settings_file import load_settings
from engine.runtime.settings.site_settings import SiteSettings

FIRST = Settings(site_name="Mill")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def renamed(settings: Settings) -> Settings:
    return replace(settings, site_name="Barn")


def test_a_change_is_allowed_then_kept_then_applied(path: Path) -> None:
    settings, seen = SiteSettings(path, FIRST), list[tuple[str, str, str, bool]]()

    def told(step: str, before: Settings, then: Settings) -> None:
        seen.append((step, before.site_name, then.site_name, path.exists()))

    settings.change(renamed, lambda before, then: told("allow", before, then), lambda before, then: told("apply", before, then))
    assert seen == [("allow", "Mill", "Barn", False), ("apply", "Mill", "Barn", True)]
    assert settings.now() == load_settings(path) == renamed(FIRST)


def test_what_is_not_allowed_changes_nothing(path: Path) -> None:
    settings, applied = SiteSettings(path, FIRST), list[Settings]()

    def refuse(before: Settings, then: Settings) -> None:
        raise EnvironmentFault("not_written", "The audit cannot be written.")

    with pytest.raises(EnvironmentFault):
        settings.change(renamed, refuse, lambda before, then: applied.append(then))
    assert settings.now() is FIRST and not path.exists() and not applied


def test_changes_follow_one_another_each_on_what_the_one_before_left(path: Path) -> None:
    settings = SiteSettings(path, FIRST)
    for _ in range(3):
        settings.change(lambda now: replace(now, site_name=f"{now.site_name}!"), lambda before, then: None, lambda before, then: None)
    assert settings.now().site_name == "Mill!!!"


def test_for_all_leaves_out_where_messages_go_and_is_the_same_value_until_something_changes(path: Path) -> None:
    settings = SiteSettings(path, replace(FIRST, webhooks=(WebhookSettings("nurse", "https://example.org/secret"),)))
    shown = settings.for_all()
    assert shown.webhooks == () and shown.site_name == "Mill" and settings.for_all() is shown
    settings.change(renamed, lambda before, then: None, lambda before, then: None)
    assert settings.for_all() == renamed(FIRST) and settings.for_all() is settings.for_all()


def test_cameras_have_numbers_from_the_start_and_after_every_change(path: Path) -> None:
    gate, yard = CameraSettings("gate", "Gate", "film.mp4"), CameraSettings("yard", "Yard", "film.mp4")
    settings = SiteSettings(path, replace(FIRST, cameras=(gate,)))
    assert [camera.number for camera in settings.for_all().cameras] == [1]
    settings.change(lambda now: now.with_camera(yard), lambda before, then: None, lambda before, then: None)
    assert [camera.number for camera in settings.now().cameras] == [1, 2] and load_settings(path) == settings.now()
