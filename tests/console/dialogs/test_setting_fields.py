"""Form fields have the range, decimals, unit and help of the descriptions of settings."""

import pytest
from pytestqt.qtbot import QtBot

from console.dialogs.cameras.camera_form import _NUMBERS, CameraForm
from console.dialogs.setting_fields import length_trouble, number_box, number_field, number_trouble, range_hint, typed_value, whole_box
from engine.model.cameras.picture_zone import PictureZone
from engine.model.errors import InputError
from engine.model.incidents.settings import IncidentSettings
from engine.model.people.settings import PeopleSettings
from engine.model.risk.risk import RiskSettings
from engine.model.setting import settings_of
from engine.model.settings import CameraSettings, GateSettings
from engine.model.site import NodeSettings, RadioSettings
from engine.model.upkeep import UpkeepSettings


def test_a_box_has_the_described_range_step_unit_and_help(qtbot: QtBot) -> None:
    box, likeness = number_box(IncidentSettings, "radius_m", 50.0), number_box(IncidentSettings, "min_likeness")
    for each in (box, likeness):
        qtbot.addWidget(each)
    assert (box.minimum(), box.maximum(), box.singleStep(), box.text()) == (5.0, 1000.0, 5.0, "50 m")
    assert (likeness.decimals(), likeness.singleStep(), likeness.text()) == (2, 0.05, "0.3")
    assert likeness.toolTip() == settings_of(IncidentSettings)["min_likeness"].help


def test_a_whole_number_has_its_range_too(qtbot: QtBot) -> None:
    box, zone = whole_box(UpkeepSettings, "keep_hourly", 24), whole_box(PictureZone, "most")
    for each in (box, zone):
        qtbot.addWidget(each)
    assert (box.minimum(), box.maximum(), box.value()) == (1, 200, 24) and zone.maximum() == 1000


def test_a_setting_without_an_upper_limit_is_given_one_where_it_is_used(qtbot: QtBot) -> None:
    box = number_box(GateSettings, "min_seen_s", most=60)
    qtbot.addWidget(box)
    assert (box.minimum(), box.maximum()) == (0.0, 60.0)
    with pytest.raises(ValueError, match="limits"):
        number_box(GateSettings, "min_seen_s")


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("7", ""),
        ("3650", ""),
        ("6", "Has to be between 7 and 3650."),
        ("30.5", "Enter a whole number."),
        ("soon", "A number from 7 to 3650."),
    ],
)
def test_a_typed_number_is_judged_by_its_description(text: str, trouble: str) -> None:
    assert number_trouble(RiskSettings, "window_days", text) == trouble


def test_a_limit_that_is_not_allowed_itself_is_refused() -> None:
    assert number_trouble(PeopleSettings, "archive_days", "0") and not number_trouble(PeopleSettings, "archive_days", "0.01")
    assert range_hint(PeopleSettings, "archive_days") == "Up to 3650" and range_hint(RadioSettings, "cell_m") == "0.05 to 1"


def test_what_is_typed_comes_as_its_type_or_is_refused_by_field() -> None:
    assert (days := typed_value(RiskSettings, "window_days", "30")) == 30 and isinstance(days, int)
    assert typed_value(RiskSettings, "half_life_h", "1,5") == 1.5
    with pytest.raises(InputError) as refused:
        typed_value(RiskSettings, "half_life_h", "0")
    assert refused.value.field == "half_life_h"


def test_a_text_has_its_longest_length() -> None:
    assert length_trouble(NodeSettings, "name", "n" * 121) == "Use at most 120 characters." and not length_trouble(
        NodeSettings, "name", "n" * 120
    )


def test_a_field_begins_with_the_default(qtbot: QtBot) -> None:
    field = number_field(RiskSettings, "half_life_h")
    qtbot.addWidget(field)
    assert field.value() == "12" and field.message() == settings_of(RiskSettings)["half_life_h"].help


@pytest.mark.parametrize("name", _NUMBERS)
def test_every_number_of_a_camera_is_shown_checked_and_kept(qtbot: QtBot, name: str) -> None:
    camera = CameraSettings("dock", "Dock", "rtsp://10.0.0.9/main")
    form, setting = CameraForm(camera), settings_of(CameraSettings)[name]
    qtbot.addWidget(form)
    field = form.more_fields.field(name)
    assert form.settings() == camera and field.edit().accessibleName() == setting.label
    assert setting.low is not None and setting.high is not None
    for text in (f"{setting.low - 1:.10g}", f"{setting.high + 1:.10g}", "many"):
        field.edit().setText(text)
        assert not form.is_valid(), text
    field.edit().setText(f"{setting.high:.10g}")
    assert getattr(form.settings(), name) == setting.high
