"""Rules and settings for several sites: what sites answered is shown by site and field, and only what a dry run allows can be applied."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QTableWidget
from pytestqt.qtbot import QtBot

from console.dialogs.sites import template_edit
from console.dialogs.sites.template_edit import EditTemplateDialog, TakeTemplateDialog
from console.dialogs.sites.templates import TemplatesDialog
from engine.model.errors import EnvironmentFault
from engine.model.templates import OrderAct, OrderOutcome, OrderState, TemplateVersion
from engine.model.time import ManualClock
from tests.console.dialogs.conftest import Show
from tests.fakes.templates_at_hub import LONG, NOW_NS, SITES, TemplatesAtHub

Open = Callable[[TemplatesAtHub], TemplatesDialog]


@pytest.fixture
def open_dialog(show: Show, qtbot: QtBot) -> Open:
    def opened(hub: TemplatesAtHub) -> TemplatesDialog:
        dialog = TemplatesDialog(hub, SITES, clock=ManualClock(NOW_NS))
        show(dialog)
        if hub.kept:
            qtbot.waitUntil(dialog.try_button.isEnabled)
        return dialog

    return opened


def texts(table: QTableWidget) -> list[tuple[str, ...]]:
    """Of the columns that are shown."""
    columns = [column for column in range(table.columnCount()) if not table.isColumnHidden(column)]
    items = [[table.item(row, column) for column in columns] for row in range(table.rowCount())]
    return [tuple(item.text() for item in row if item is not None) for row in items]


def tried(dialog: TemplatesDialog, qtbot: QtBot) -> None:
    dialog.try_button.click()
    qtbot.waitUntil(dialog.apply_button.isEnabled)


def test_drift_is_marked_with_when_it_was_known_and_whose_change_it_was(open_dialog: Open) -> None:
    dialog = open_dialog(TemplatesAtHub())
    assert [row[:3] for row in texts(dialog.sites)] == [
        ("North gate", "Version 2 · as applied", "14:13:20"),
        (LONG, "Version 1 (older) · 2 differences", "14:12:20"),
        ("West yard", "Does not accept settings", "20 Sep 14:13:20"),
    ]
    north, south = dialog.sites.item(0, 1), dialog.sites.item(1, 1)
    assert north is not None and south is not None and north.icon().isNull() and not south.icon().isNull()
    assert dialog.sites.ticked() == ("north", "south"), "not those that accept nothing"
    assert texts(dialog.changes) == [
        (LONG, "Event thresholds › Minimum confidence", "0.3", "0.5", "13:13:20 · rita"),
        (LONG, "Alerts › Rules › Unidentified person in an armed zone › Severity of the alert", "2", "4", "Not in the audit"),
    ]
    assert not dialog.apply_button.isEnabled()


def test_a_dry_run_is_a_table_by_site_and_field(open_dialog: Open, qtbot: QtBot) -> None:
    hub = TemplatesAtHub()
    dialog = open_dialog(hub)
    dialog.sites.tick("west", True)
    tried(dialog, qtbot)
    assert hub.asked == [(OrderAct.DRY_RUN, "tp-1", 2, ("north", "south", "west"))]
    assert [row[3:] for row in texts(dialog.sites)] == [
        ("2 changes", "14 → 11 (+0 −3)"),
        ("1 field refused", "–"),
        ("Waiting for the site…", "–"),
    ]
    assert texts(dialog.changes) == [
        ("North gate", "Event thresholds › Minimum confidence", "0.45", "0.6"),
        ("North gate", "Alerts › Flood limit, alerts in 10 min", "10", "12"),
        (LONG, "Alerts › Rules › Somebody in the yard at night › Zones\nRefused: there is no zone 'yard'; known are gate, hall", "–", "–"),
        (LONG, "Event thresholds › Minimum confidence", "0.45", "0.6"),
    ]


def test_only_sites_that_take_all_of_it_are_applied_to(open_dialog: Open, qtbot: QtBot) -> None:
    hub = TemplatesAtHub()
    dialog = open_dialog(hub)
    tried(dialog, qtbot)
    assert dialog.apply_button.text() == "&Apply to 1 site"
    dialog.apply_button.click()
    qtbot.waitUntil(lambda: texts(dialog.sites)[0][3] == "Applied")
    assert hub.asked[-1] == (OrderAct.APPLY, "tp-1", 2, ("north",))
    assert texts(dialog.sites)[1][3] == "1 field refused" and not dialog.apply_button.isEnabled()


def test_a_site_that_went_away_is_said_to_get_it_later(open_dialog: Open, qtbot: QtBot) -> None:
    hub = TemplatesAtHub()
    dialog = open_dialog(hub)
    tried(dialog, qtbot)
    del hub.answers["north", OrderAct.APPLY]
    dialog.apply_button.click()
    qtbot.waitUntil(lambda: texts(dialog.sites)[0][3] == "Not reached; applied when the site is back")
    hub.answers["north", OrderAct.APPLY] = OrderOutcome(OrderState.CHANGED)
    qtbot.waitUntil(lambda: texts(dialog.sites)[0][3] == "Not applied: run the dry run again", timeout=10_000)


def test_another_version_or_a_cleared_tick_needs_another_dry_run(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog(TemplatesAtHub())
    tried(dialog, qtbot)
    dialog.sites.tick("north", False)
    assert not dialog.apply_button.isEnabled()
    dialog.sites.tick("north", True)
    assert dialog.apply_button.isEnabled()
    dialog.version.setCurrentIndex(1)
    assert not dialog.apply_button.isEnabled() and texts(dialog.sites)[0][3] == "–"
    for key in SITES:
        dialog.sites.tick(key, False)
    assert not dialog.try_button.isEnabled()


def test_versions_are_compared_and_their_contents_shown(open_dialog: Open, qtbot: QtBot) -> None:
    dialog = open_dialog(TemplatesAtHub())
    assert dialog.version.itemText(0) == "Version 2 · 12:13:20 · Ana · less repeats"
    assert texts(dialog.against) == [
        ("Event thresholds › Minimum confidence", "0.5", "0.6"),
        ("Alerts › Rules › Unidentified person in an armed zone › Suppress repeats for, in s", "60", "900"),
    ]
    assert dialog.tabs.isTabVisible(1) and "min_confidence = 0.6" in dialog.text.toPlainText()
    dialog.version.setCurrentIndex(1)
    assert not dialog.tabs.isTabVisible(1) and "min_confidence = 0.5" in dialog.text.toPlainText()
    dialog.list.setCurrentRow(1)
    qtbot.waitUntil(lambda: "before_s = 10.0" in dialog.text.toPlainText())


def test_without_templates_the_first_is_offered(open_dialog: Open, qtbot: QtBot) -> None:
    hub = TemplatesAtHub(empty=True)
    dialog = open_dialog(hub)
    assert dialog.pages.currentWidget() is dialog.empty and not dialog.try_button.isEnabled()
    qtbot.waitUntil(lambda: dialog.sites.rowCount() == 3)
    dialog.empty.action_requested.emit()
    take = next(each for each in dialog.findChildren(QDialog) if isinstance(each, TakeTemplateDialog))
    take.fields.field("name").set_value("Night rules")
    with qtbot.waitSignal(take.saved):
        take.submit()
    qtbot.waitUntil(lambda: dialog.pages.currentWidget() is not dialog.empty)
    assert len(hub.kept["tp-1"][0].values) > 20


def test_what_the_hub_refuses_is_said(open_dialog: Open, qtbot: QtBot) -> None:
    hub = TemplatesAtHub()
    hub.trouble = EnvironmentFault("unreachable", "The hub does not answer.")
    dialog = open_dialog(TemplatesAtHub(empty=True))
    dialog.show_error(hub.trouble)
    assert dialog.trouble.text() == "The hub does not answer."
    broken = TemplatesAtHub(empty=True)
    broken.trouble = hub.trouble
    other = open_dialog(broken)
    qtbot.waitUntil(lambda: other.trouble.text() == "The hub does not answer.")


def test_parts_of_a_site_become_a_template(show: Show, qtbot: QtBot) -> None:
    hub = TemplatesAtHub(empty=True)
    dialog = TakeTemplateDialog(hub, SITES)
    show(dialog)
    dialog.submit()
    assert not hub.asked, "it has no name yet"
    dialog.fields.field("name").set_value("Night")
    for row in range(dialog.parts.count()):
        item = dialog.parts.item(row)
        item.setCheckState(Qt.CheckState.Checked if item.text() == "Alert rules" else Qt.CheckState.Unchecked)
    saved: list[TemplateVersion] = []
    dialog.saved.connect(saved.append)
    with qtbot.waitSignal(dialog.saved):
        dialog.submit()
    assert saved[0].values and all(name.startswith("alerts.rules[") for name in saved[0].values)


@pytest.mark.parametrize(("site", "said"), [("south", "This site does not accept settings."), ("west", "The site did not answer.")])
def test_a_site_that_gives_no_values_is_said(show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, site: str, said: str) -> None:
    monkeypatch.setattr(template_edit, "LOOK_MS", 1)
    monkeypatch.setattr(template_edit, "LOOKS", 2)
    hub = TemplatesAtHub(empty=True)
    dialog = TakeTemplateDialog(hub, SITES)
    show(dialog)
    dialog.fields.field("name").set_value("Night")
    dialog.site.setCurrentIndex(list(SITES).index(site))
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.trouble.text() == said)
    assert not hub.kept and dialog.fields.isEnabled()


def test_an_edited_text_is_the_next_version(show: Show, qtbot: QtBot) -> None:
    hub = TemplatesAtHub()
    dialog = EditTemplateDialog(hub, "Night rules", hub.versions("tp-1")[0])
    show(dialog)
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.trouble.text() == "Nothing differs from version 2.")
    dialog.text.setPlainText(dialog.text.toPlainText().replace("min_confidence = 0.6", "min_confidence = 6"))
    dialog.submit()
    qtbot.waitUntil(lambda: dialog.trouble.text() == "Event thresholds › Minimum confidence: 6.0 is outside 0–1.")
    dialog.text.setPlainText(dialog.text.toPlainText().replace("min_confidence = 6", "min_confidence = 0.7 x"))
    dialog.submit()
    assert "not TOML" in dialog.trouble.text()
    dialog.text.setPlainText(dialog.text.toPlainText().replace("0.7 x", "0.7"))
    dialog.fields.field("note").set_value("surer")
    with qtbot.waitSignal(dialog.saved):
        dialog.submit()
    assert (hub.versions("tp-1")[0].number, hub.versions("tp-1")[0].note) == (3, "surer")
    assert hub.versions("tp-1")[0].values["gates.min_confidence"] == 0.7
