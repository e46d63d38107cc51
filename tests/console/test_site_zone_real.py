"""The time zone of a site on the real engine: this machine's at the first start, changed by an admin, and when "yesterday" began."""

from datetime import UTC, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pytestqt.qtbot import QtBot

from console.dialogs.accounts import setup
from console.dialogs.accounts.setup import SetupDialog
from console.dialogs.site import SiteDialog
from engine.model.accounts.audit import AuditVerb
from engine.model.history.chat import AskRecord, ChatAnswer
from engine.model.history.query_text import from_text
from engine.model.time import SECOND
from tests.console.real_engine import ADMIN, PASSWORD, SITE_NAME, Stage, click, stage, type_into


def yesterday(at: Stage) -> ChatAnswer:
    port = at.site.door.sign_in(ADMIN, PASSWORD)
    try:
        return port.ask(AskRecord("How many events were there yesterday?"))
    finally:
        port.close()


def begins(answer: ChatAnswer) -> time:
    """On clocks of the zone that it was counted in."""
    (span,) = from_text(answer.query).scope.spans
    return datetime.fromtimestamp(span.since_ns // SECOND, UTC).astimezone(ZoneInfo(answer.time_zone)).time()


def test_a_new_site_counts_days_as_this_machine_until_somebody_says_otherwise(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup, "machine_zone", lambda: "Asia/Kathmandu")
    with stage(tmp_path / "data", qtbot, "zone") as at:
        at.console.enter()
        dialog = at.dialog(SetupDialog)
        assert dialog.zone.zone() == "Asia/Kathmandu"
        at.shot("set-up", dialog)
        for name, text in (("site_name", SITE_NAME), ("name", ADMIN), ("password", PASSWORD)):
            type_into(dialog.fields.field(name).edit(), text)
        click(dialog.button)
        window = at.wait_window()
        at.put_off_camera()
        first = yesterday(at)
        assert (first.time_zone, begins(first)) == ("Asia/Kathmandu", time())

        window.show_page("system")
        click(at.system.site_button)
        changing = at.over(at.system, SiteDialog)
        assert changing.zone.zone() == "Asia/Kathmandu" and changing.fields.field("site_name").value() == SITE_NAME
        at.shot("change", changing)
        changing.zone.set_zone("Pacific/Chatham")
        click(changing.save)
        at.until(lambda: at.site.engine.settings.alerts.time_zone == "Pacific/Chatham", "the zone is another")
        then = yesterday(at)
        assert (then.time_zone, begins(then)) == ("Pacific/Chatham", time())
        assert from_text(then.query).scope.spans != from_text(first.query).scope.spans
        rows = at.site.engine.record.store.audit(20)
        assert [row.detail for row in rows if row.verb == AuditVerb.CHANGE_SETTINGS] == ["time_zone"]
