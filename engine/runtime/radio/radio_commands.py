"""Commands and questions: nodes, their firmware, and BLE devices."""

import base64
import binascii
import math
import threading
from typing import Protocol

from engine.model.accounts.access import Session
from engine.model.accounts.audit import AuditVerb
from engine.model.command import (
    AddFirmware,
    CalibrateScanner,
    IdentifyNode,
    ProvisionNode,
    PutBleDevice,
    PutNode,
    RebootNode,
    RemoveBleDevice,
    RemoveNode,
    SetPairing,
    SimulateFall,
    UpdateNodes,
)
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.radio.radio import UpdateState
from engine.model.radio.staged_fall import StagedFall
from engine.model.settings import Settings
from engine.model.site import read_mac
from engine.model.time import SECOND, Clock
from engine.runtime import registry
from engine.runtime.demo.demo_stage import DemoStage
from engine.runtime.hosts import SettingsHost
from engine.runtime.jobs.jobs import Jobs, Progress
from engine.runtime.operations.spec import (
    OUTCOME,
    AuditEntry,
    Commands,
    CommandSpec,
    NotUndoable,
    Pseudonym,
    audited,
    audited_as,
    not_audited,
    site_wide,
)
from engine.runtime.people.people_side import PeopleSide
from engine.runtime.radio.radio_side import RadioSide
from engine.runtime.settings.current_settings import current_settings
from engine.runtime.settings.settings_undo import Restore, settings_undo
from engine.sources.simulated import WORLD_EPOCH_NS, staged_fall, world_time_s

LOOK_S = 0.25
DONE = frozenset({UpdateState.VERIFIED, UpdateState.FAILED, UpdateState.ROLLBACK})


class RadioHost(SettingsHost, Protocol):
    """What these operations need of the engine."""

    @property
    def clock(self) -> Clock: ...

    @property
    def jobs(self) -> Jobs: ...

    @property
    def people(self) -> PeopleSide: ...

    @property
    def radio(self) -> RadioSide: ...

    @property
    def demo_stage(self) -> DemoStage: ...


def _put_node(engine: RadioHost, command: PutNode, session: Session) -> str:
    engine.update_settings(registry.with_node(command.node), session.user.name)
    return command.node.mac


def _remove_node(engine: RadioHost, command: RemoveNode, session: Session) -> str:
    engine.radio.hub.remove(command.mac)
    engine.update_settings(registry.without_node(command.mac), session.user.name)
    return command.mac


def _token(engine: RadioHost, command: RemoveNode) -> Restore:
    generation = engine.radio.hub.tokens.generation(command.mac)
    return lambda: engine.radio.hub.tokens.reinstate(command.mac, generation)


def _set_pairing(engine: RadioHost, command: SetPairing, session: Session) -> str:
    pairing, by = engine.radio.pairing, session.user.name
    pairing.open(by, command.minutes) if command.open else pairing.close(by)
    return ""


def _pairing_set(command: SetPairing, _: str, __: Pseudonym) -> tuple[AuditEntry, ...]:
    return ((AuditVerb.OPEN_PAIRING, "", f"{command.minutes:g} min") if command.open else (AuditVerb.CLOSE_PAIRING, "", ""),)


def _provision(engine: RadioHost, command: ProvisionNode, _: Session) -> str:
    return engine.radio.provisioner.line(read_mac(command.mac), command.wifi_ssid, command.wifi_password)


def _identify(engine: RadioHost, command: IdentifyNode, _: Session) -> str:
    engine.radio.hub.identify(command.mac, _blinking_s(command.seconds))
    return command.mac


def _reboot(engine: RadioHost, command: RebootNode, _: Session) -> str:
    engine.radio.hub.reboot(command.mac)
    return command.mac


def _add_firmware(engine: RadioHost, command: AddFirmware, _: Session) -> str:
    return engine.radio.firmware.add(_bytes(command.data), command.version).version


def _put_device(engine: RadioHost, command: PutBleDevice, session: Session) -> str:
    device, irk = command.device, command.irk
    key = None if irk is None else registry.checked_irk(irk) if irk else ""
    engine.update_settings(registry.with_device(device, engine.people.persons), session.user.name)
    if key is not None:
        engine.radio.ble.keep_key(device.address, key)
    return device.address


def _remove_device(engine: RadioHost, command: RemoveBleDevice, session: Session) -> str:
    engine.update_settings(registry.without_device(command.address), session.user.name)
    engine.radio.ble.keep_key(command.address, "")
    return command.address


def _resolving_key(engine: RadioHost, command: RemoveBleDevice) -> Restore:
    key = engine.radio.ble.key(command.address)
    return lambda: engine.radio.ble.keep_key(command.address, key)


def _calibrate(engine: RadioHost, command: CalibrateScanner, session: Session) -> str:
    engine.update_settings(registry.calibrated(command.scanner, command.calibration), session.user.name)
    return command.scanner


def _simulate_fall(engine: RadioHost, command: SimulateFall, _: Session) -> str:
    """As soon as sensors can tell it, in a round of the walkers; gives a `StagedFall`. Raises NotFound where nobody is simulated."""
    if not engine.demo_stage.walkers:
        raise NotFound("No simulation at this site. Open the demo site to stage a fall.")
    falls = engine.demo_stage.stage.falls
    fall = staged_fall(falls, world_time_s(engine.clock.now_ns()), command.lies_s)
    falls.add(fall)
    return StagedFall(fall.walker_id, fall.room, WORLD_EPOCH_NS + round(fall.at_s * SECOND)).to_text()


def _blinking_s(seconds: float) -> float:
    """The hub keeps it within what nodes take."""
    if not math.isfinite(seconds):
        raise InputError("seconds", f"{seconds} is no time")
    return seconds


def _bytes(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (ValueError, binascii.Error):
        raise InputError("data", "is not base64") from None


def _update(engine: RadioHost, command: UpdateNodes, _: Session) -> str:
    """Start the update and a job that follows it; gives the job's id."""
    hub, version = engine.radio.hub, command.version
    hub.update(engine.radio.firmware.version(version), command.macs)

    def body(_: str, progress: Progress) -> str:
        tick = threading.Event()
        while True:
            rollout = hub.update_progress()
            ended = [node for node in rollout.nodes if node.state in DONE]
            now = next((f"{node.mac}: {node.state.value}" for node in rollout.nodes if node.state not in DONE), "")
            progress.at(len(ended), len(rollout.nodes), _called(now, engine.settings))
            if not rollout.running:
                break
            tick.wait(LOOK_S)
        if rollout.halted:
            raise EnvironmentFault("update_halted", _called(rollout.halted, engine.settings))
        verified = sum(node.state is UpdateState.VERIFIED for node in rollout.nodes)
        return f"{verified} of {len(rollout.nodes)} nodes run {rollout.version}."

    return engine.jobs.start("update_nodes", f"Update nodes to {version}", body)


def _called(text: str, settings: Settings) -> str:
    """With nodes by the names that they were given."""
    for node in settings.nodes:
        if node.name:
            text = text.replace(node.mac, node.name)
    return text


def _how_many(command: UpdateNodes, _: str) -> str:
    return f"{len(command.macs)} nodes" if command.macs else "all nodes"


PROVISION_NODE = CommandSpec(
    ProvisionNode,
    handler=_provision,
    scope=site_wide,
    audit=audited(AuditVerb.PROVISION_NODE, "mac"),
    undo=NotUndoable("the node is removed instead"),
    durable=True,
    secret_outcome=True,
)
ADD_FIRMWARE = CommandSpec(
    AddFirmware,
    handler=_add_firmware,
    scope=site_wide,
    audit=audited(AuditVerb.ADD_FIRMWARE, OUTCOME),
    undo=NotUndoable("an image that no node asks for does nothing"),
    durable=True,
    unchecked_text=("data",),
)
UPDATE_NODES = CommandSpec(
    UpdateNodes,
    handler=_update,
    scope=site_wide,
    audit=audited(AuditVerb.UPDATE_NODES, "version", _how_many),
    undo=NotUndoable("another version is installed instead"),
    durable=False,
)
_NOTHING_CHANGES = not_audited("nothing changes that anybody answers for")
COMMANDS: Commands[RadioHost] = (
    PROVISION_NODE,
    ADD_FIRMWARE,
    UPDATE_NODES,
    CommandSpec(
        PutNode,
        handler=_put_node,
        scope=site_wide,
        audit=audited(AuditVerb.PUT_NODE, "node.mac"),
        undo=NotUndoable("the node is changed back, or removed"),
        durable=True,
        current=current_settings,
    ),
    CommandSpec(
        RemoveNode,
        handler=_remove_node,
        scope=site_wide,
        audit=audited(AuditVerb.REMOVE_NODE, "mac"),
        undo=settings_undo(_token),
        durable=True,
    ),
    CommandSpec(
        SetPairing,
        handler=_set_pairing,
        scope=site_wide,
        audit=audited_as(_pairing_set),
        undo=NotUndoable("pairing is closed, or opened again"),
        durable=False,
    ),
    CommandSpec(
        IdentifyNode,
        handler=_identify,
        scope=site_wide,
        audit=_NOTHING_CHANGES,
        undo=NotUndoable("the lamp stops by itself"),
        durable=False,
    ),
    CommandSpec(
        RebootNode,
        handler=_reboot,
        scope=site_wide,
        audit=_NOTHING_CHANGES,
        undo=NotUndoable("the node comes back by itself"),
        durable=False,
    ),
    CommandSpec(
        SimulateFall,
        handler=_simulate_fall,
        scope=site_wide,
        audit=_NOTHING_CHANGES,
        undo=NotUndoable("they get up by themselves"),
        durable=False,
    ),
    CommandSpec(
        PutBleDevice,
        handler=_put_device,
        scope=site_wide,
        audit=audited(AuditVerb.PUT_DEVICE, "device.address", pseudonymous=True),
        undo=NotUndoable("the device is changed back, or removed"),
        durable=True,
    ),
    CommandSpec(
        RemoveBleDevice,
        handler=_remove_device,
        scope=site_wide,
        audit=audited(AuditVerb.REMOVE_DEVICE, "address", pseudonymous=True),
        undo=settings_undo(_resolving_key),
        durable=True,
    ),
    CommandSpec(
        CalibrateScanner,
        handler=_calibrate,
        scope=site_wide,
        audit=audited(AuditVerb.CALIBRATE_SCANNER, "scanner"),
        undo=NotUndoable("the scanner is calibrated again"),
        durable=True,
    ),
)
