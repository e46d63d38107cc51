"""Guided help: rules over what the engine shows, each with what is wrong, why, and what to try. Pure; the ten commonest faults and some."""

from console.help.advice import Advice, Found, Rule, build_advice
from console.help.camera_advice import CAMERA_RULES
from engine.model.radio.radio import NodeState
from engine.model.snapshot import Snapshot
from engine.model.upkeep import UpkeepView
from widgets.engine_text import translate_engine_text
from widgets.fields.marked import marked
from widgets.number_text import number_text
from widgets.size_text import size_text

FEW_DAYS = 3.0
LOW_BYTES = 2 << 30
MANY_WAITING = 1_000
MANY_MESSAGES = 20


def advice(snapshot: Snapshot, upkeep: UpkeepView) -> tuple[Advice, ...]:
    """What is wrong now, in the order of the rules."""
    return tuple(build_advice(rule, words) for rule in RULES for words in rule.look(snapshot, upkeep))


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
    if lost and any(translate_engine_text("The engine is behind") in trouble for trouble in snapshot.health.troubles):
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
    *CAMERA_RULES,
    Rule(
        "no-cameras",
        marked("No cameras"),
        marked("Add a camera to see pictures."),
        (marked("Add camera: the address of its stream, or a USB camera of this machine."),),
        _no_cameras,
    ),
    Rule(
        "model",
        marked("People missed: no detection model installed"),
        marked("The built-in detector finds only upright people who are fully visible."),
        (marked("Detection: Install person detector. Without internet: copy the files from another machine, then Install from folder."),),
        _no_model,
    ),
    Rule(
        "disk",
        marked("The disk is nearly full: {free} left"),
        marked("On a full disk the oldest recordings are removed first; then recording stops."),
        (
            marked("Recording and storage: Clean up now… counts what can be removed at once."),
            marked("Recording…: keep recordings for a shorter time, or move old ones to an archive on another disk."),
            marked("Backups…: choose a folder on another disk."),
        ),
        _disk,
    ),
    Rule(
        "behind",
        marked("Events are delayed: {count} values waiting to be written"),
        marked("The disk is too slow for the data; nothing is lost yet."),
        (
            marked("Check whether another program uses the disk, such as a virus scanner or a backup."),
            marked("Move the data folder to a separate disk, preferably an SSD; not a network drive or SD card."),
        ),
        _behind,
    ),
    Rule(
        "overloaded",
        marked("The computer is too slow: {count} frames were not processed"),
        marked("The processor cannot process all frames, so some are dropped."),
        (
            marked("Set a sub-stream for detection: Edit camera, Login and stream, Sub-stream address."),
            marked("Use a smaller detector, fewer cameras or a faster computer."),
        ),
        _overloaded,
    ),
    Rule(
        "not-recording",
        marked("Events have no clips: recording is off"),
        marked("Recording is switched off."),
        (marked("Recording and storage, Recording…: record clips of events."),),
        _not_recording,
    ),
    Rule(
        "nodes",
        marked("Radio coverage reduced: {count} of {all} nodes offline"),
        marked("The nodes have no power or Wi-Fi, or cannot reach this computer."),
        (
            marked("Check their lights; disconnect and reconnect the power."),
            marked("Devices shows when each was last seen, and why it was refused."),
            marked("Allow the engine's port in the firewall of this computer."),
        ),
        _nodes,
    ),
    Rule(
        "messages",
        marked("Notifications are not delivered: {count} queued"),
        marked("A server does not answer or refuses them."),
        (marked("Notifications: choose a channel and Send a test; the answer of the server is shown."),),
        _messages,
    ),
    Rule(
        "backups",
        marked("No current backup"),
        "{reason}",
        (
            marked("Connect the disk of the backups, or choose another folder: Recording and storage, Backups…."),
            marked("Then Back up now."),
        ),
        _backups,
    ),
)
