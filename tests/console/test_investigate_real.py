"""The investigator's path on the real engine and real video: timeline, replay, other settings, why, evidence pack, checked."""

from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from console.dialogs.evidence.packs import EvidencePacksDialog
from console.pages.investigate.investigate import InvestigatePage
from engine.model.command import ChangeSettings, PutCamera
from engine.model.history.timeline import LaneKind, SpanState
from engine.model.settings import CameraSettings
from engine.model.time import SECOND
from tests.console.real_engine import ADMIN, PASSWORD, Stage, set_up, stage, write_street
from widgets.playback.playback import TileKind

LONG_MS = 240_000


def page_of(at: Stage) -> InvestigatePage:
    page = at.window.page("investigate")
    assert isinstance(page, InvestigatePage)
    return page


@pytest.mark.soak
def test_from_the_timeline_to_a_pack_that_stands(shared: Path, tmp_path: Path, qtbot: QtBot) -> None:
    film = write_street(shared / "data/video/vtest_480x360.avi", tmp_path / "street.mp4")
    with stage(tmp_path / "data", qtbot, "investigate", prepare=set_up) as at:
        port = at.site.door.sign_in(ADMIN, PASSWORD)
        recording = replace(port.snapshot().settings.recording, continuous=True, segment_s=5.0)
        port.command(ChangeSettings(recording=recording))
        port.command(PutCamera(CameraSettings("street", "Street", str(film))))
        at.console.open_window(port)
        at.wait_window()
        at.until(lambda: len([each for each in at.snapshot.events if each.ended_ns]) >= 2, "people have come and gone", LONG_MS)
        began_ns = min(each.started_ns for each in at.snapshot.events)
        at.until(lambda: at.snapshot.at_ns - began_ns > 30 * SECOND, "there is something to look back at", LONG_MS)
        at.window.show_page("investigate")
        page = page_of(at)
        looks_back(at, page, began_ns)
        tries_settings(at, page)
        makes_pack(at, page)
        finds_pack_again(at, page)


def looks_back(at: Stage, page: InvestigatePage, began_ns: int) -> None:
    def video() -> bool:
        rows = [row for row in page.timeline.canvas.lane_rows() if row.lane.kind is LaneKind.CAMERA and not row.group]
        return any(span.state is SpanState.VIDEO for row in rows for span in row.lane.spans)

    at.until(video, "the lane has continuous video", LONG_MS)
    page.jump(began_ns + 5 * SECOND)
    at.until(lambda: page.playback.tile("street").kind is TileKind.PICTURE, "the picture of then is shown", LONG_MS)
    page.timeline.canvas.set_range((began_ns - SECOND, began_ns + 20 * SECOND))
    page.start_replay()
    at.until(lambda: page.floor.view() is not None, "the replay shows the floor of then", LONG_MS)
    assert page.floor.mark.isVisible()
    page.replay.stop()
    page.question.setText("person")
    page.ask()
    at.until(lambda: page.found.list.model().rowCount() > 0, "the search has found somebody", LONG_MS)
    at.shot("found")


def tries_settings(at: Stage, page: InvestigatePage) -> None:
    page.try_settings()
    page.trying.form.seen.setValue(8.0)
    page.trying.run()
    at.until(lambda: page.trying.difference() is not None, "the difference is there", LONG_MS)
    difference = page.trying.difference()
    assert difference is not None
    assert [name for name, _, _ in difference.changed] == ["gates.min_seen_s"]
    assert difference.lost, "who was in view for less than eight seconds is lost"
    view = page.trying.lost
    view.clicked.emit(view.model().index(0, 0))
    at.until(lambda: page.why.decision is not None, "the decision of then says why", LONG_MS)
    assert page.why.ladder.gate_rows()
    at.shot("difference")


def makes_pack(at: Stage, page: InvestigatePage) -> None:
    dialog = page.make_pack()
    dialog.form.name.set_value("Somebody in the street")
    dialog.make()
    at.until(lambda: dialog.verify_button.isVisible() or bool(dialog.trouble.text()), "the pack is made", LONG_MS)
    assert dialog.trouble.text() == ""
    dialog.verify()
    at.until(lambda: not dialog.busy_now(), "the pack is checked", LONG_MS)
    said = " ".join(dialog.outcome.texts())
    assert "All files match the manifest." in said
    assert "the same" in said
    at.shot("pack", dialog)
    dialog.all_button.click()


def finds_pack_again(at: Stage, page: InvestigatePage) -> None:
    dialog = next(each for each in page.findChildren(EvidencePacksDialog) if each.isVisible())
    at.until(lambda: dialog.current() is not None, "the pack is in the list", LONG_MS)
    dialog.verify()
    at.until(lambda: bool(dialog.details.checked.texts()), "the pack is checked", LONG_MS)
    assert any("the same" in text for text in dialog.details.checked.texts())
    at.shot("packs", dialog)
    dialog.reject()
