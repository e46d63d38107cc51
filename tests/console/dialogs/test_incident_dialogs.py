"""Atlas settings, the place of the site, importing reports: what is typed is checked, and secrets go one way."""

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.confirm import ConfirmDialog
from console.dialogs.floor.site_anchor import SiteAnchorDialog, degree_trouble
from console.dialogs.incidents.atlas import AtlasDialog, rounding_text
from console.dialogs.incidents.import_reports import ImportReportsDialog, refused_rows, result_words
from console.dialogs.incidents.incident_settings import IncidentSettingsDialog
from engine.model.alerts.commands import ChangeAtlas
from engine.model.command import CancelJob, ChangeSettings, RemoveAnchor
from engine.model.errors import InputError
from engine.model.incidents.atlas import AtlasHealth, AtlasSettings, AtlasState
from engine.model.incidents.atlas_call import PatternAnswer
from engine.model.incidents.imported import ImportResult, RefusedRow
from engine.model.incidents.settings import IncidentSettings
from engine.model.site import SiteAnchor
from engine.model.snapshot import Job, JobState
from tests.fakes.engine import FakeEngine

GOOD = "incident_type,description,latitude,longitude,occurred_at\n"
ROW = "theft,A bag was taken from a table,{},18.0699,2026-01-01T12:00:0{}Z\n"


def knows(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.publish()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and bridge.snapshot.number == engine.snapshot.number)


def type_in(dialog: AtlasDialog | SiteAnchorDialog, **texts: str) -> None:
    for name, text in texts.items():
        dialog.fields.field(name).edit().setText(text)


# Where the site lies


@pytest.fixture
def anchor(bridge: EngineBridge, qtbot: QtBot) -> SiteAnchorDialog:
    made = SiteAnchorDialog(bridge)
    qtbot.addWidget(made)
    made.show()
    return made


def test_the_place_is_saved_as_typed(anchor: SiteAnchorDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    type_in(anchor, latitude="59,3293", longitude="−18.0686", heading_deg="271.5")
    anchor.submit()
    qtbot.waitUntil(anchor.isHidden)
    assert engine.commands == [ChangeSettings(anchor=SiteAnchor(59.3293, -18.0686, 271.5))]
    assert engine.settings.anchor == SiteAnchor(59.3293, -18.0686, 271.5) and engine.settings.site_name == "Harbour office"


def test_the_place_is_removed_after_one_question(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, anchor=SiteAnchor(59.3, 18.1))
    knows(bridge, engine, qtbot)
    made = SiteAnchorDialog(bridge)
    qtbot.addWidget(made)
    made.show()
    made.remove.click()
    asked = made.findChild(ConfirmDialog)
    assert isinstance(asked, ConfirmDialog) and not engine.commands
    asked.accept()
    qtbot.waitUntil(made.isHidden)
    assert engine.commands == [RemoveAnchor()] and engine.settings.anchor is None


def test_both_numbers_can_be_pasted_at_once(anchor: SiteAnchorDialog) -> None:
    type_in(anchor, latitude="59.32930, 18.06860")
    assert anchor.fields.values()["latitude"] == "59.32930" and anchor.fields.values()["longitude"] == "18.06860"
    assert anchor.is_valid()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("latitude", "90.1"),
        ("latitude", ""),
        ("latitude", "north"),
        ("longitude", "-181"),
        ("heading_deg", "360"),
        ("latitude", "nan"),
        ("longitude", "inf"),
    ],
)
def test_what_is_no_place_is_not_saved(anchor: SiteAnchorDialog, engine: FakeEngine, name: str, text: str) -> None:
    type_in(anchor, latitude="59.3", longitude="18.1", heading_deg="0")
    assert anchor.save.isEnabled()
    type_in(anchor, **{name: text})
    assert not anchor.save.isEnabled() and anchor.fields.field(name).message()
    anchor.submit()
    assert not engine.commands


def test_the_place_that_is_set_stands_in_the_fields(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, anchor=SiteAnchor(-33.8567844, 151.213108, 12.25))
    knows(bridge, engine, qtbot)
    made = SiteAnchorDialog(bridge)
    qtbot.addWidget(made)
    assert made.command() == ChangeSettings(anchor=SiteAnchor(-33.8567844, 151.213108, 12.25))
    assert degree_trouble("91", SiteAnchor, "latitude") == "Has to be between -90 and 90."


# Atlas


@pytest.fixture
def atlas(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> AtlasDialog:
    engine.settings = replace(engine.settings, atlas=AtlasSettings(True, "https://atlas.example.org", rollout_percent=25, retries=4))
    engine.incidents.atlas = AtlasHealth(AtlasState.WORKING, key_stored=True)
    knows(bridge, engine, qtbot)
    made = AtlasDialog(bridge)
    qtbot.addWidget(made)
    made.show()
    return made


def test_what_is_set_is_shown_but_never_the_key(atlas: AtlasDialog) -> None:
    assert atlas.rollout.currentData() == 25 and atlas.fields.values()["url"] == "https://atlas.example.org"
    assert [atlas.rollout.itemData(n) for n in range(atlas.rollout.count())] == [10, 25, 50, 100]
    assert atlas.key.value() == "" and "A key is stored" in atlas.key.message() and not atlas.forget.isHidden()


def test_what_is_changed_is_saved_and_the_rest_stays(atlas: AtlasDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    atlas.contract.setCurrentIndex(atlas.contract.findData("real"))
    atlas.rollout.setCurrentIndex(atlas.rollout.findData(50))
    atlas.digits.setCurrentIndex(atlas.digits.findData(2))
    atlas.submit()
    qtbot.waitUntil(atlas.isHidden)
    (told,) = engine.commands
    wanted = AtlasSettings(True, "https://atlas.example.org", contract="real", rollout_percent=50, coordinate_digits=2, retries=4)
    assert told == ChangeAtlas(wanted, None)


@pytest.mark.parametrize(("typed", "forget", "kept"), [("", False, None), ("s3cret-key", False, "s3cret-key"), ("", True, "")])
def test_a_key_is_kept_changed_or_forgotten(atlas: AtlasDialog, typed: str, forget: bool, kept: str | None) -> None:
    atlas.key.edit().setText(typed)
    atlas.forget.setChecked(forget)
    assert atlas.command().key == kept and "s3cret" not in repr(atlas.command())


def test_what_makes_no_sense_is_not_saved(atlas: AtlasDialog, engine: FakeEngine) -> None:
    for text in ("", "atlas.example.org", "ftp://atlas"):
        type_in(atlas, url=text)
        assert not atlas.save.isEnabled() and not atlas.test.isEnabled()
    atlas.enabled.setChecked(False)
    type_in(atlas, url="")
    assert atlas.save.isEnabled() and not atlas.test.isEnabled()
    atlas.key.edit().setText("with space")
    assert not atlas.save.isEnabled() and not engine.commands


def test_what_the_engine_refuses_stands_at_its_field(atlas: AtlasDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.fail("command", InputError("url", "must not hold a login. The key goes into its own field"))
    atlas.submit()
    qtbot.waitUntil(lambda: "must not hold a login" in atlas.fields.field("url").message().lower())
    engine.fail("command", InputError("key", "has to be 1 to 500 plain signs without spaces"))
    type_in(atlas, url="https://atlas-2.example.org")
    atlas.submit()
    qtbot.waitUntil(lambda: "plain signs" in atlas.key.message())
    assert atlas.isVisible()


def test_a_test_saves_and_says_whether_atlas_answered(atlas: AtlasDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.incidents.patterns = PatternAnswer(True)
    atlas.test.click()
    qtbot.waitUntil(lambda: atlas.outcome.text() == "Atlas answered; API contract: Planned.")
    engine.incidents.contract = "real"
    atlas.test.click()
    qtbot.waitUntil(lambda: "another API contract. Select: Real." in atlas.outcome.text())
    engine.incidents.patterns = PatternAnswer(False, reason="The key is wrong.")
    atlas.test.click()
    qtbot.waitUntil(lambda: "did not answer. The key is wrong." in atlas.outcome.text())
    assert atlas.isVisible() and len(engine.commands) == 3


def test_what_the_environment_decides_cannot_be_changed_here(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.incidents.atlas = AtlasHealth(AtlasState.WORKING, overridden=("url", "key"))
    knows(bridge, engine, qtbot)
    made = AtlasDialog(bridge)
    qtbot.addWidget(made)
    assert not made.fields.field("url").isEnabled() and not made.key.isEnabled() and made.contract.isEnabled()
    assert "ATLAS_URL, ATLAS_API_KEY" in made.overridden.text()


def test_rounding_is_said_on_the_ground() -> None:
    assert rounding_text(3) == "3 decimals, up to 56 m off" and rounding_text(1) == "1 decimal, up to 5.6 km off"


# Importing


@pytest.fixture
def importing(bridge: EngineBridge, qtbot: QtBot) -> ImportReportsDialog:
    made = ImportReportsDialog(bridge)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_file_is_filed_and_each_refused_line_is_named(
    importing: ImportReportsDialog, engine: FakeEngine, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "reports.csv"
    file.write_text(GOOD + ROW.format(59.33, 1) + ROW.format(159.33, 2) + ROW.format(59.35, 3) + ROW.format("north", 4), "utf-8")
    importing.file.edit().setText(str(file))
    importing.start()
    with engine.running():
        qtbot.waitUntil(lambda: importing.rows.count() == 2)
    assert importing.outcome.text() == "2 filed: 2 new incidents, 0 joined; 2 rejected"
    assert importing.rows.item(0).text().startswith("Line 3, latitude:") and importing.rows.item(1).text().startswith("Line 5, latitude:")
    assert importing.isVisible() and len(engine.incidents.record.incidents) == 2 and importing.go.isEnabled()


@pytest.mark.parametrize("name", ["", "reports.txt", "nothing.csv"])
def test_what_is_no_file_of_reports_is_not_sent(importing: ImportReportsDialog, engine: FakeEngine, tmp_path: Path, name: str) -> None:
    (tmp_path / "reports.txt").write_text(GOOD, "utf-8")
    importing.file.edit().setText(str(tmp_path / name) if name else "")
    assert not importing.go.isEnabled()
    importing.start()
    assert importing.file.message() and not engine.commands


def test_a_file_that_cannot_be_read_is_said(importing: ImportReportsDialog, engine: FakeEngine, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "gone.csv"
    file.write_text(GOOD, "utf-8")
    importing.file.edit().setText(str(file))
    file.unlink()
    importing.start()
    qtbot.waitUntil(lambda: "cannot be read" in importing.outcome.text())
    assert importing.go.isEnabled() and not engine.commands


def test_what_became_of_a_file_is_said_in_words_and_rows() -> None:
    result = ImportResult(
        known=3, left_out=5, refused=(RefusedRow("line 7", "latitude", "91 is\noutside"), RefusedRow("feature 9", "", "is no point"))
    )
    assert result_words(result) == "0 filed: 0 new incidents, 0 joined; 3 already recorded; 5 rejected"
    assert refused_rows(result) == ["Line 7, latitude: 91 is outside", "Feature 9: is no point", "… and 3 more"]


def test_an_import_that_runs_already_is_shown_and_stopped(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    job = Job("job-7", "import_reports", "Import reports", JobState.RUNNING, 400, 1000, "", ImportResult(began=390, left_out=10))
    engine.jobs["job-7"] = job
    engine.publish()
    qtbot.waitUntil(lambda: bridge.snapshot is not None and job in bridge.snapshot.jobs)
    with engine.running():
        made = ImportReportsDialog(bridge)
        qtbot.addWidget(made)
        made.show()
        assert made.outcome.text() == "390 filed: 390 new incidents, 0 joined; 10 rejected"
        assert made.progress.isVisible() and made.progress.value() == 400 and not made.file.isEnabled()
        made.stop.click()
        assert not made.stop.isEnabled()
        qtbot.waitUntil(lambda: CancelJob("job-7") in engine.commands)
        engine.jobs["job-7"] = replace(job, state=JobState.CANCELLED, message="Cancelled.")
        engine.publish()
        qtbot.waitUntil(lambda: made.outcome.text().startswith("Stopped. 390 filed"))
    assert not made.stop.isVisible() and made.file.isEnabled()


def test_when_reports_are_one_incident_is_shown_changed_and_set_back(bridge: EngineBridge, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.settings = replace(engine.settings, incidents=IncidentSettings(radius_m=75.0, window_s=600.0, min_likeness=0.65))
    knows(bridge, engine, qtbot)
    shown = IncidentSettingsDialog(bridge)
    qtbot.addWidget(shown)
    shown.show()
    assert (shown.radius.value(), shown.window_s.value(), shown.likeness.value()) == (75.0, 600.0, 0.65)
    for end in ("minimum", "maximum"):  # what can be typed is what the engine takes
        IncidentSettings(*(getattr(box, end)() for box in (shown.radius, shown.window_s, shown.likeness)))
    shown.default.click()
    shown.radius.setValue(120.5)
    shown.save.click()
    qtbot.waitUntil(lambda: engine.settings.incidents == IncidentSettings(radius_m=120.5))
