"""Guided help: rules over what the engine shows, each with what is wrong, why, and what to try. Pure; the ten commonest faults and some."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from engine.model.health import CameraState
from engine.model.radio import NodeState
from engine.model.snapshot import CameraView, Snapshot
from engine.model.time import SECOND
from engine.model.upkeep import UpkeepView
from widgets.marked import marked
from widgets.number_text import number_text
from widgets.size_text import size_text
from widgets.time_text import duration_text

SLOW_FPS = 3.0
LONG_CONNECTING_NS = 15 * SECOND
FEW_DAYS = 3.0
LOW_BYTES = 2 << 30
MANY_WAITING = 1_000
MANY_MESSAGES = 20
_LOGIN_WORDS = ("login", "password", "401", "403", "credential", "unauthor", "sign in")
_CONTEXT = "Troubleshooting"

Found = Iterator[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`look`: for each time it holds, what its words name. `because` and `tries` are sentences."""

    id: str
    title: str
    because: str
    tries: tuple[str, ...]
    look: Callable[[Snapshot, UpkeepView], Found]


@dataclass(frozen=True, slots=True)
class Advice:
    """In words. `subject`: id of the camera, empty where it is about the whole."""

    rule_id: str
    title: str
    because: str
    tries: tuple[str, ...]
    subject: str = ""


def advice(snapshot: Snapshot, upkeep: UpkeepView) -> tuple[Advice, ...]:
    """What is wrong now, in the order of the rules."""
    return tuple(_told(rule, words) for rule in RULES for words in rule.look(snapshot, upkeep))


def _told(rule: Rule, words: dict[str, str]) -> Advice:
    def said(text: str) -> str:
        return QCoreApplication.translate(_CONTEXT, text).format(**words).strip()

    return Advice(rule.id, said(rule.title), said(rule.because), tuple(map(said, rule.tries)), words.get("id", ""))


def _named(view: CameraView, **more: str) -> dict[str, str]:
    return {"camera": view.settings.name, "id": view.settings.id, "reason": view.health.reason, **more}


def _is_login(view: CameraView) -> bool:
    return any(word in view.health.reason.casefold() for word in _LOGIN_WORDS)


def _login_refused(snapshot: Snapshot, _: UpkeepView) -> Found:
    return (_named(view) for view in snapshot.cameras if view.health.state is CameraState.LOST and _is_login(view))


def _out_of_reach(snapshot: Snapshot, _: UpkeepView) -> Found:
    return (_named(view) for view in snapshot.cameras if view.health.state is CameraState.LOST and not _is_login(view))


def _connecting(snapshot: Snapshot, _: UpkeepView) -> Found:
    for view in snapshot.cameras:
        since = snapshot.at_ns - view.health.since_ns
        if view.health.state is CameraState.CONNECTING and view.health.since_ns and since > LONG_CONNECTING_NS:
            yield _named(view, since=duration_text(since // SECOND * SECOND))


def _switched_off(snapshot: Snapshot, _: UpkeepView) -> Found:
    return (_named(view) for view in snapshot.cameras if view.health.state is CameraState.PAUSED)


def _slow(snapshot: Snapshot, _: UpkeepView) -> Found:
    for view in snapshot.cameras:
        if view.health.state is CameraState.LIVE and 0 < view.health.fps < SLOW_FPS:
            yield _named(view, fps=number_text(view.health.fps, ".1f"))


def _wrong_clock(snapshot: Snapshot, _: UpkeepView) -> Found:
    for view in snapshot.cameras:
        if view.health.state is CameraState.LIVE and view.health.clock_wrong:
            yield _named(view, ahead=f"{number_text(view.health.clock_ahead_s or 0, '+.0f')} s")


def _no_cameras(snapshot: Snapshot, _: UpkeepView) -> Found:
    if not snapshot.cameras:
        yield {}


def _no_model(snapshot: Snapshot, _: UpkeepView) -> Found:
    if snapshot.cameras and snapshot.health.detector.basic:
        yield {}


def _disk(snapshot: Snapshot, upkeep: UpkeepView) -> Found:
    known = upkeep.disk.total_bytes > 0
    if known and (upkeep.disk.free_bytes < LOW_BYTES or (upkeep.disk.days_left is not None and upkeep.disk.days_left < FEW_DAYS)):
        yield {"free": size_text(upkeep.disk.free_bytes)}


def _behind(snapshot: Snapshot, _: UpkeepView) -> Found:
    if snapshot.health.writer_backlog > MANY_WAITING:
        yield {"count": number_text(snapshot.health.writer_backlog)}


def _overloaded(snapshot: Snapshot, upkeep: UpkeepView) -> Found:
    lost = sum(count for name, count in upkeep.losses if name == "mailbox")
    if lost and any("The engine is behind" in said for said in snapshot.health.troubles):
        yield {"count": number_text(lost)}


def _not_recording(snapshot: Snapshot, _: UpkeepView) -> Found:
    if snapshot.cameras and not snapshot.settings.recording.enabled:
        yield {}


def _nodes(snapshot: Snapshot, _: UpkeepView) -> Found:
    lost = [node for node in snapshot.radio.nodes if node.state is NodeState.OFFLINE]
    if lost:
        yield {"count": str(len(lost)), "all": str(len(snapshot.radio.nodes))}


def _messages(_: Snapshot, upkeep: UpkeepView) -> Found:
    if upkeep.outbox > MANY_MESSAGES:
        yield {"count": number_text(upkeep.outbox)}


def _backups(_: Snapshot, upkeep: UpkeepView) -> Found:
    if upkeep.backup_trouble:
        yield {"reason": upkeep.backup_trouble}


RULES: tuple[Rule, ...] = (
    Rule(
        "login",
        marked("No picture of {camera}: it refuses the login"),
        marked("The camera answers, but not with this name and password. {reason}"),
        (
            marked("Edit the camera and enter its login anew; Test shows at once whether it is right."),
            marked("Many cameras have an account of their own for RTSP or ONVIF: look at its web page, under users."),
            marked("Some lock an account after wrong tries: wait some minutes, or restart the camera."),
        ),
        _login_refused,
    ),
    Rule(
        "unreachable",
        marked("No picture of {camera}: it cannot be reached"),
        marked("Nothing comes from its address. {reason}"),
        (
            marked("See whether it has power, and whether the lamp at its network plug is lit."),
            marked("Open its web page from this machine. If that works, compare the address of the stream; Edit, then Test."),
            marked("It may have got another address from the router: give it a fixed one."),
            marked("Choose TCP instead of UDP where a firewall or Wi-Fi is between."),
        ),
        _out_of_reach,
    ),
    Rule(
        "connecting",
        marked("No picture of {camera} yet: it has been connecting for {since}"),
        marked("It takes the connection and then sends no picture."),
        (
            marked("Too many may be watching it: most cameras serve four to six streams. Close other viewers."),
            marked("Try its smaller stream, or H.264 instead of H.265, in the camera's own settings."),
        ),
        _connecting,
    ),
    Rule(
        "off",
        marked("No picture of {camera}: it is switched off here"),
        marked("Somebody paused it; nothing of it is seen or recorded."),
        (marked("Edit the camera and switch it on."),),
        _switched_off,
    ),
    Rule(
        "no-cameras",
        marked("No picture at all: there are no cameras"),
        marked("Nothing can be seen before a camera is added."),
        (marked("Add camera, below: the address of its stream, or a USB camera of this machine."),),
        _no_cameras,
    ),
    Rule(
        "slow",
        marked("The picture of {camera} stutters: {fps} pictures a second"),
        marked("Pictures come late or not at all: the network, or the camera, is too slow."),
        (
            marked("Lower its resolution or its rate of data; 2 to 4 Mbit/s are enough for most."),
            marked("Use a cable instead of Wi-Fi, or TCP instead of UDP."),
            marked("See whether the processor, above, is near its limit."),
        ),
        _slow,
    ),
    Rule(
        "clock",
        marked("{camera} shows the wrong time ({ahead})"),
        marked("Watchroom goes by this machine's clock; but what the camera writes into its pictures misleads."),
        (marked("Set the same time server (NTP) in the camera as on this machine, and its time zone."),),
        _wrong_clock,
    ),
    Rule(
        "model",
        marked("People are missed: no model is installed"),
        marked("Without one a built-in detector looks for people who stand upright and are seen whole."),
        (marked("Install models, below. Without internet: take the files from another machine, Install from folder."),),
        _no_model,
    ),
    Rule(
        "disk",
        marked("The disk is nearly full: {free} left"),
        marked("When nothing is left, the oldest recordings go first, and then nothing new is recorded."),
        (
            marked("Tidy now, below, shows what can go at once."),
            marked("Recording…: keep recordings for a shorter time, or move old ones to an archive on another disk."),
            marked("Backups…: choose a folder on another disk."),
        ),
        _disk,
    ),
    Rule(
        "behind",
        marked("Events appear late: {count} values wait to be written"),
        marked("The disk is slower than what has to be written; nothing is lost yet."),
        (
            marked("See whether another program uses the disk: a virus scanner, a backup, a copy."),
            marked("Put the data folder on a disk of its own, best an SSD; not on a network drive or an SD card."),
        ),
        _behind,
    ),
    Rule(
        "overloaded",
        marked("The machine is too slow: {count} pictures were not looked at"),
        marked("More comes than the processor can look at, so some pictures are left out."),
        (
            marked("Give cameras their smaller stream for looking (Edit, Smaller stream)."),
            marked("Use a smaller detector, fewer cameras, or a faster machine."),
        ),
        _overloaded,
    ),
    Rule(
        "not-recording",
        marked("Events have no clips: nothing is recorded"),
        marked("Recording is switched off."),
        (marked("Recording…, below: record clips of events."),),
        _not_recording,
    ),
    Rule(
        "nodes",
        marked("The radio sees less: {count} of {all} nodes are offline"),
        marked("They have no power, no Wi-Fi, or cannot reach this machine."),
        (
            marked("See whether their lamps are lit; take the plug out and in again."),
            marked("Devices shows when each was heard last, and why it was refused."),
            marked("Allow the engine's port in this machine's firewall."),
        ),
        _nodes,
    ),
    Rule(
        "messages",
        marked("Messages do not get out: {count} wait"),
        marked("A server that they go to does not answer, or refuses them."),
        (marked("Notifications, below: choose a channel and Send a test; it says what the server answered."),),
        _messages,
    ),
    Rule(
        "backups",
        marked("The record is not backed up"),
        "{reason}",
        (marked("Connect the disk of the backups, or choose another folder: Backups…, below."), marked("Then Back up now.")),
        _backups,
    ),
)
