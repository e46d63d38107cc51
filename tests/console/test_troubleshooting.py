"""Guided help against what the engine really says of cameras: its own words and sentences, for every way in which they fail."""

import inspect
import re
import socket
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import av.error
import pytest
from pytestqt.qtbot import QtBot

from console.dialogs.cameras.camera_form import CameraForm
from console.dialogs.cameras.camera_sources import SourceButton
from console.help.camera_advice import CAMERA_RULES, OTHER, RULE_OF, advice_about, advice_for_test
from console.help.troubleshooting import RULES, advice
from engine.model.errors import EnvironmentFault, InputError, WatchroomError, fault_word
from engine.model.health import CameraHealth, CameraState, EngineHealth
from engine.model.settings import CameraKind, CameraSettings, Settings
from engine.model.snapshot import CameraView, Snapshot
from engine.model.time import SECOND, ManualClock
from engine.model.upkeep import UpkeepView
from engine.sources.camera import capture, faults, file, folder, stream, usb
from engine.sources.camera.file import FileSource
from engine.sources.camera.find import reach
from engine.sources.camera.folder import FolderSource
from engine.sources.camera.usb import UsbSource
from engine.sources.simulated import source as simulated
from engine.sources.simulated import stage_process

NOW_NS = 1_700_000_000 * SECOND
STREAM = "rtsp://192.0.2.9:554/login/Streaming/Channels/401"  # words of an address say nothing about what is wrong
SAFE_STREAM = STREAM.replace("rtsp:", "rtsps:")
FILE = "/videos/forbidden login/403.mp4"
USB, SIMULATED = "usb:0", "simulated:yard"

OF_STREAMS = {
    av.error.HTTPUnauthorizedError: "login",
    av.error.HTTPForbiddenError: "rights",
    av.error.HTTPNotFoundError: "no-stream",
    av.error.HTTPClientError: "error-answer",
    av.error.HTTPBadRequestError: "error-answer",
    av.error.HTTPTooManyRequestsError: "error-answer",
    av.error.HTTPOtherClientError: "error-answer",
    av.error.HTTPError: "error-answer",
    av.error.HTTPServerError: "error-answer",
    av.error.ConnectionRefusedError: "no-answer",
    av.error.ConnectionResetError: "broke-off",
    av.error.BrokenPipeError: "broke-off",
    av.error.EOFError: "broke-off",
    av.error.TimeoutError: "unreachable",
    av.error.ExitError: "unreachable",
    av.error.ProtocolNotFoundError: "no-video",
    av.error.InvalidDataError: "no-video",
    av.error.PermissionError: "unreachable",
    av.error.OSError: "unreachable",
}
OF_FILES = {
    av.error.FileNotFoundError: "no-file",
    av.error.IsADirectoryError: "file-no-video",
    av.error.PermissionError: "no-access",
    av.error.EOFError: "file-no-video",
    av.error.InvalidDataError: "file-no-video",
    av.error.ProtocolNotFoundError: "file-no-video",
    av.error.TimeoutError: "file-slow",
    av.error.OSError: "file-slow",
}
ROWS = [(STREAM, kind, rule) for kind, rule in OF_STREAMS.items()] + [(FILE, kind, rule) for kind, rule in OF_FILES.items()]


def lost(url: str, fault: WatchroomError, sub_url: str = "") -> Snapshot:
    """A site whose one camera the engine has lost in this way."""
    camera = CameraSettings("gate", "Gate", url, sub_url)
    health = CameraHealth(CameraState.LOST, str(fault), fault=fault_word(fault))
    return Snapshot(1, NOW_NS, Settings(), (CameraView(camera, health),), health=EngineHealth(threads=9))


def rule_for(url: str, fault: WatchroomError, sub_url: str = "") -> str:
    """The one rule that speaks, on System, at the camera and after a test alike."""
    found = advice(lost(url, fault, sub_url), UpkeepView())
    assert advice_about(lost(url, fault, sub_url), "gate") == found and len(found) == 1
    if not sub_url:
        assert advice_for_test(CameraSettings("gate", "Gate", url), fault_word(fault), str(fault)) == found[0]
    told = found[0]
    assert "Gate" in told.title and str(fault) in told.because and told.tries and told.subject == "gate"
    assert "{" not in told.title + told.because + "".join(told.tries)
    return told.rule_id


def raised(act: Callable[[], object]) -> WatchroomError:
    with pytest.raises(WatchroomError) as caught:
        act()
    return caught.value


@pytest.mark.parametrize(("url", "kind", "rule"), ROWS, ids=lambda value: getattr(value, "__name__", value))
def test_every_error_of_a_camera_has_its_advice(url: str, kind: type[av.error.FFmpegError], rule: str) -> None:
    assert rule_for(url, faults.explain(kind(5, "Input/output error"), url)) == rule


def test_no_error_that_is_told_apart_was_left_out_above() -> None:
    assert {kind for kind, _, _ in faults._BY_TYPE} <= OF_STREAMS.keys() | OF_FILES.keys()


@pytest.mark.parametrize(
    ("url", "rules"),
    [
        (STREAM, ("unreachable", "broke-off", "broke-off", "begun-anew")),
        (FILE, ("file-slow", "file-slow", "file-no-video", "begun-anew")),
        (USB, ("usb-hangs", "usb-hangs", "unplugged", "begun-anew")),
    ],
)
def test_what_breaks_off_or_takes_too_long_has_its_advice(url: str, rules: tuple[str, ...]) -> None:
    told = (faults.timed_out(url), faults.stalled(url, 1.8), faults.closed(url), faults.interrupted(url))
    assert tuple(rule_for(url, fault) for fault in told) == rules


def test_what_is_missing_here_gets_no_advice_about_networks(tmp_path: Path) -> None:
    clock, missing, empty = ManualClock(NOW_NS), tmp_path / "missing.mp4", tmp_path / "empty"
    empty.mkdir()
    assert rule_for(str(missing), raised(FileSource(missing, clock, True, True).open)) == "no-file"
    assert rule_for(f"folder:{missing}", raised(FolderSource(missing, 5.0, clock, True, True).open)) == "no-file"
    assert rule_for(f"folder:{empty}", raised(FolderSource(empty, 5.0, clock, True, True).open)) == "file-no-video"
    assert rule_for("usb:63", raised(UsbSource(63, clock).open)) == "unplugged"


def test_names_and_encryption_that_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    assert rule_for(SAFE_STREAM, faults.explain(av.error.OSError(5, "Input/output error"), SAFE_STREAM)) == "encryption"
    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    assert rule_for(STREAM, raised(lambda: reach.check_reach(STREAM))) == "unknown-name"
    assert rule_for(STREAM, InputError("url", "leads to 169.254.169.254, which is no camera's address")) == "address"


WORDS: tuple[tuple[ModuleType, tuple[CameraKind, ...]], ...] = (
    (capture, (CameraKind.RTSP, CameraKind.MJPEG, CameraKind.FILE, CameraKind.FOLDER, CameraKind.USB)),
    (stream, (CameraKind.RTSP, CameraKind.MJPEG, CameraKind.FILE)),
    (reach, (CameraKind.RTSP, CameraKind.MJPEG)),
    (file, (CameraKind.FILE,)),
    (folder, (CameraKind.FOLDER,)),
    (usb, (CameraKind.USB,)),
    (simulated, (CameraKind.SIMULATED,)),
    (stage_process, (CameraKind.SIMULATED,)),
)


@pytest.mark.parametrize(("module", "kinds"), WORDS, ids=lambda value: getattr(value, "__name__", ""))
def test_every_word_of_every_kind_of_camera_has_a_rule(module: ModuleType, kinds: tuple[CameraKind, ...]) -> None:
    words = set(re.findall(r'EnvironmentFault\(\s*"(\w+)"', inspect.getsource(module)))
    assert words
    for kind in kinds:
        assert words | {"bug", "input", "interrupted"} <= RULE_OF[kind].keys(), kind


def test_a_word_that_is_not_known_here_has_advice_too() -> None:
    assert rule_for(STREAM, EnvironmentFault("", "An engine of before says so.")) == OTHER
    assert rule_for(SIMULATED, EnvironmentFault("of_tomorrow", "A newer engine says so.")) == OTHER


def test_of_two_streams_the_one_that_is_watched_decides() -> None:
    assert rule_for(FILE, faults.timed_out(STREAM), sub_url=STREAM) == "unreachable"
    assert rule_for(STREAM, faults.timed_out(FILE), sub_url=FILE) == "file-slow"


@pytest.mark.parametrize("kind", [CameraKind.FILE, CameraKind.FOLDER, CameraKind.USB, CameraKind.SIMULATED])
def test_what_is_on_this_machine_is_not_looked_for_in_the_network(kind: CameraKind) -> None:
    for rule in CAMERA_RULES:
        if rule.id in RULE_OF[kind].values():
            said = " ".join(rule.tries)
            assert not re.search(r"web page|router|Wi-Fi|TCP|Login|network plug", said), rule.id


def test_every_rule_is_told_of_something_and_only_once() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert {rule_id for rules in RULE_OF.values() for rule_id in rules.values()} | {OTHER} <= set(ids)


def test_a_camera_that_is_well_or_switched_off_needs_no_advice() -> None:
    for health in (CameraHealth(CameraState.LIVE, fps=15), CameraHealth(CameraState.PAUSED)):
        view = CameraView(CameraSettings("gate", "Gate", STREAM), health)
        assert advice_about(Snapshot(1, NOW_NS, Settings(), (view,)), "gate") == ()


def test_advice_calls_things_as_the_screen_does(qtbot: QtBot) -> None:
    """Somebody looks for what is named."""
    form, source = CameraForm(None), SourceButton()
    for widget in (form, source):
        qtbot.addWidget(widget)
    source.menu().aboutToShow.emit()
    names = {form.more.text(), source.text(), *(action.text() for action in source.menu().actions())}
    names |= {form.more_fields.field("sub_url").edit().accessibleName()}
    known = {name.replace("&", "") for name in names}
    assert {"Login and stream", "Choose…", "Find a camera on the network…", "Sub-stream address"} <= known
    said = " ".join(text for rule in RULES for text in rule.tries)
    assert "under Login and stream" in said and "Choose…, Find a camera on the network lists" in said
    assert "Login and stream, Sub-stream address" in said and "Smaller stream" not in said
