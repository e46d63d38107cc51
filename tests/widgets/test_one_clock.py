"""Clock times are formatted in two modules, one of the screen and one of the engine; nothing else makes its own, and none reads the zone
of the machine."""

import ast
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from engine.model.clock_text import clock_text as engine_clock_text
from engine.model.clock_text import local_time as engine_local_time
from engine.model.clock_text import zone_names
from engine.model.time import SECOND, from_iso
from widgets.engine_text import in_site_time
from widgets.look import set_site_zone
from widgets.time_text import clock_text, hour_of_clock_text, offset_text, short_clock_text, tick_text, time_span_text, zone_note, zone_text

ROOT = Path(__file__).resolve().parents[2]
FORMATTERS = {"widgets/time_text.py", "engine/model/clock_text.py"}
# What is for programs, files and the past: ISO 8601 in UTC, names of files, and forms in which others write times.
FOR_PROGRAMS = {
    "engine/model/time.py",
    "engine/gateway/alerts/cap.py",
    "engine/runtime/storage/backup_folder.py",
    "engine/runtime/storage/restore.py",
    "engine/history/claude/plan_reader.py",
}
TIME_FIELDS = {"widgets/fields/time_edits.py"}
_ANY = re.compile(  # a module without any of these need not be parsed, which takes its time
    r"%[HIMSpXc]|:mm|time\(|isoformat|SinceEpoch|fromtimestamp|currentDateTime|currentTime|astimezone|02d"
)
_CLOCK_FORM = re.compile(r"%[HIMSpXc]|\b[hH]{1,2}:mm")
_SUMMER, _FIRST, _SECOND = from_iso("2026-07-01T10:00:00Z"), from_iso("2026-10-25T00:30:00Z"), from_iso("2026-10-25T01:30:00Z")


def modules() -> list[Path]:
    return [path for folder in ("console", "widgets", "engine") for path in sorted((ROOT / folder).rglob("*.py"))]


def own_clocks(source: str, screen: bool) -> list[str]:
    """Where a module formats a clock time or reads a zone by itself. `screen`: not even days are."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)) if _ANY.search(source) else ():
        match node:
            case ast.FormattedValue(format_spec=ast.JoinedStr(values=parts)) if any(
                isinstance(part, ast.Constant) and _CLOCK_FORM.search(str(part.value)) for part in parts
            ):
                found.append(f"line {node.lineno}: a clock time in a format")
            case ast.Call(func=ast.Attribute(attr="strftime" | "ctime" | "localtime" | "isoformat" | "fromSecsSinceEpoch" as name)) if (
                screen or name in ("strftime", "ctime", "localtime")
            ):
                found.append(f"line {node.lineno}: {name}")
            case ast.Call(func=ast.Attribute(attr="fromtimestamp" | "currentDateTime" | "currentTime" as name)) if screen:
                found.append(f"line {node.lineno}: {name}")
            case ast.Call(func=ast.Attribute(attr="astimezone"), args=[], keywords=[]):
                found.append(f"line {node.lineno}: the zone of this machine")
            case ast.Call(func=ast.Attribute(attr="setDisplayFormat" | "toString" | "strptime"), args=args) if any(
                isinstance(arg, ast.Constant) and isinstance(arg.value, str) and _CLOCK_FORM.search(arg.value) for arg in args
            ):
                found.append(f"line {node.lineno}: a clock time by Qt")
            case ast.JoinedStr(values=parts) if _pads_minutes(parts):
                found.append(f"line {node.lineno}: hours and minutes by hand")
            case _:
                pass
    return found


def _pads_minutes(parts: list[ast.expr]) -> bool:
    """`{hour:02d}:{minute:02d}`, and `{hour:02d}:00`."""
    for part, after in pairwise(parts):
        if isinstance(part, ast.FormattedValue) and isinstance(after, ast.Constant) and str(after.value).startswith(":"):
            spec = part.format_spec
            if isinstance(spec, ast.JoinedStr) and any(isinstance(each, ast.Constant) and each.value == "02d" for each in spec.values):
                return True
    return False


def test_no_other_module_formats_clock_times() -> None:
    faults: list[str] = []
    for path in modules():
        name = path.relative_to(ROOT).as_posix()
        if name not in FORMATTERS | FOR_PROGRAMS | TIME_FIELDS:
            screen = not name.startswith("engine/") and not name.startswith("console/commands/")
            faults += [f"{name} {fault}" for fault in own_clocks(path.read_text(encoding="utf-8"), screen)]
    assert not faults, "use widgets.time_text, or engine.model.clock_text in the engine:\n" + "\n".join(faults)


@pytest.mark.parametrize(
    "line",
    [
        "f'{moment:%H:%M}'",
        "moment.strftime('%X')",
        "moment.astimezone()",
        "f'{hour:02d}:{minute:02d}'",
        "f'{hour:02d}:00'",
        "edit.setDisplayFormat('HH:mm')",
        "time.ctime()",
        "datetime.fromtimestamp(1)",
        "QDateTime.fromSecsSinceEpoch(1)",
    ],
)
def test_the_rule_sees_each_way(line: str) -> None:
    assert own_clocks(line, screen=True)


def test_what_is_excused_is_there_and_needs_it() -> None:
    for name in FOR_PROGRAMS | TIME_FIELDS | FORMATTERS:
        assert own_clocks((ROOT / name).read_text(encoding="utf-8"), screen=not name.startswith("engine/")), name


# the site's clock on a machine that stands elsewhere


@pytest.fixture
def in_tokyo(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    set_site_zone("Europe/Berlin")
    yield
    set_site_zone("UTC")
    monkeypatch.undo()
    time.tzset()


def test_every_text_is_by_the_clock_of_the_site(in_tokyo: None) -> None:
    assert clock_text(_SUMMER) == "2026-07-01 12:00:00 CEST"
    assert short_clock_text(_SUMMER, _SUMMER) == "12:00:00"
    assert hour_of_clock_text(_SUMMER) == "12:00–13:00"
    assert time_span_text(_SUMMER, _SUMMER + 90 * SECOND) == "Wed 2026-07-01 12:00:00–12:01:30 CEST"


def test_the_hour_that_comes_twice_is_told_apart(in_tokyo: None) -> None:
    assert [tick_text(at, False) for at in (_FIRST, _SECOND)] == ["02:30 CEST", "02:30 CET"]
    assert [short_clock_text(at, _SECOND) for at in (_FIRST, _SECOND)] == ["02:30:00 CEST", "02:30:00 CET"]
    assert time_span_text(_FIRST, _SECOND) == "Sun 2026-10-25 02:30:00 CEST–02:30:00 CET"
    assert hour_of_clock_text(_FIRST) == "02:00–02:00 CEST"


def test_times_of_another_site_name_its_zone(in_tokyo: None) -> None:
    assert short_clock_text(_SUMMER, _SUMMER, ZoneInfo("America/New_York")) == "06:00:00 EDT"


def test_a_computer_elsewhere_says_so(in_tokyo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert zone_note(_SUMMER) == "Times are site time (CEST). This computer is in UTC+9."
    monkeypatch.setenv("TZ", "Europe/Rome")
    time.tzset()
    assert zone_note(_SUMMER) == ""


def test_a_zone_without_an_abbreviation_says_how_far_it_is_from_utc(in_tokyo: None) -> None:
    there = datetime.fromtimestamp(_SUMMER // SECOND, UTC).astimezone(ZoneInfo("Asia/Kathmandu"))
    assert zone_text(there) == "UTC+5:45" and offset_text(there.utcoffset()) == "UTC+5:45"


def test_times_in_sentences_of_the_engine_are_the_sites(in_tokyo: None) -> None:
    said = "2026-07-01T10:00:00.000Z – 2026-07-01T10:05:00.000Z: the log of observations has a gap"
    assert in_site_time(said) == "2026-07-01 12:00:00 CEST – 2026-07-01 12:05:00 CEST: the log of observations has a gap"
    assert in_site_time("the backup of 2026-07-01 10:00 UTC and the log") == "the backup of 2026-07-01 12:00:00 CEST and the log"
    assert in_site_time("2026-99-01T10:00:00Z is no time") == "2026-99-01T10:00:00Z is no time"


def test_the_engine_names_the_zone_where_an_hour_comes_twice() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert [engine_clock_text(engine_local_time(at, berlin)) for at in (_FIRST, _SECOND, _SUMMER)] == ["02:30 CEST", "02:30 CET", "12:00"]
    assert all(set(zone_names(berlin, _SUMMER + month * 30 * 86_400 * SECOND)) == {"CET", "CEST"} for month in range(12))
