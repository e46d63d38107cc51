"""Links to a moment: what they say, and what they are kept from saying."""

from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from pytestqt.qtbot import QtBot

from console.app import Console
from console.pages.investigate.investigate import InvestigatePage
from console.session.remembered import Remembered
from console.shell.jump_links import Jump, is_link, link_of, read_link, read_moment
from engine.model.errors import InputError
from engine.model.time import SECOND, SystemClock, from_iso
from tests.fakes.engine import FakeDoor, FakeEngine

AT_NS = from_iso("2026-01-02T03:04:05.678Z")
STOCKHOLM = ZoneInfo("Europe/Stockholm")


@pytest.mark.parametrize("jump", [Jump(AT_NS), Jump(AT_NS, "yard"), Jump(AT_NS, "yard", "ev-00000000002a-0"), Jump(0)])
def test_a_link_leads_back_to_what_it_was_made_of(jump: Jump) -> None:
    assert read_link(link_of(jump)) == jump


def test_a_link_reads_as_a_person_would_write_it() -> None:
    assert link_of(Jump(AT_NS, "yard", "ev-1")) == "watchroom://at/2026-01-02T03:04:05.678Z?camera=yard&event=ev-1"
    assert read_link(" WATCHROOM://AT/2026-01-02T04:04:05.678+01:00/ ").at_ns == AT_NS
    assert read_link("watchroom://at/2026-01-02T03%3A04%3A05Z").at_ns == from_iso("2026-01-02T03:04:05Z")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "watchroom://",
        "watchroom://at/",
        "watchroom://at/yesterday",
        "watchroom://at/2026-01-02T03:04:05",  # no zone
        "watchroom://delete/2026-01-02T03:04:05Z",
        "https://at/2026-01-02T03:04:05Z",
        "watchroom://at/1960-01-02T03:04:05Z",
        "watchroom://at/9999-01-02T03:04:05Z",
        "watchroom://[at/2026-01-02T03:04:05Z",
        "watchroom://at/2026-01-02T03:04:05Z?" + "x" * 700,
    ],
)
def test_anything_else_is_refused_in_words(text: str) -> None:
    with pytest.raises(InputError, match=r"watchroom://at/|1970"):
        read_link(text)


@pytest.mark.parametrize("what", ["../../etc/passwd", "a b", "<b>yard</b>", "x" * 200, "yard;rm"])
def test_what_cannot_be_an_id_is_left_out(what: str) -> None:
    assert read_link(f"watchroom://at/2026-01-02T03:04:05Z?camera={quote(what)}&do=delete") == Jump(from_iso("2026-01-02T03:04:05Z"))


def test_links_are_told_from_words() -> None:
    assert is_link(" watchroom://at/x")
    assert not is_link("what happened at the gate")


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("21:04", "2026-01-01T20:04:00Z"),  # still to come today: yesterday's
        ("04:04:05", "2026-01-02T03:04:05Z"),
        ("2026-01-01", "2025-12-31T23:00:00Z"),
        ("2026-01-01  21:04", "2026-01-01T20:04:00Z"),
        ("2026-01-01T21:04:05.250Z", "2026-01-01T21:04:05.250Z"),
    ],
)
def test_times_are_read_by_the_clock_on_the_wall(text: str, iso: str) -> None:
    assert read_moment(text, AT_NS + 60 * SECOND, STOCKHOLM) == from_iso(iso)


@pytest.mark.parametrize("text", ["", "van", "20260101", "25:00", "2026-13-01", "21", "van at 21:04", "0001-01-01"])
def test_words_are_no_times(text: str) -> None:
    assert read_moment(text, AT_NS, STOCKHOLM) is None


def test_a_link_given_at_the_start_is_what_the_first_window_shows(engine: FakeEngine, tmp_path: Path, qtbot: QtBot) -> None:
    at_ns = (engine.now_ns - 3600 * SECOND) // 1_000_000 * 1_000_000
    console = Console(FakeDoor(engine), Remembered.in_folder(tmp_path), SystemClock(), lambda: None, link_of(Jump(at_ns)))
    console.open_window(engine.port())
    assert console.window is not None
    qtbot.addWidget(console.window)
    assert console.window.current_page_id() == "investigate"
    page = console.window.page("investigate")
    assert isinstance(page, InvestigatePage)
    qtbot.waitUntil(lambda: page.playback.position_ns == at_ns)
    console.close()
