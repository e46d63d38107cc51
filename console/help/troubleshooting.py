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
        marked("No picture at all: there are no cameras"),
        marked("Nothing can be seen before a camera is added."),
        (marked("Add camera, below: the address of its stream, or a USB camera of this machine."),),
        _no_cameras,
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
            marked("Give cameras a smaller picture for looking: Edit camera, Login and stream, Sub-stream address."),
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
