"""What sessions tell the radio side to do, carried out on the caller's thread."""

import base64
import binascii
import math
import threading

from engine.model.command import (
    AddFirmware,
    CalibrateScanner,
    IdentifyNode,
    ProvisionNode,
    PutBleDevice,
    PutNode,
    RadioCommand,
    RebootNode,
    RemoveBleDevice,
    RemoveNode,
    SetPairing,
    SimulateFall,
    UpdateNodes,
)
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.radio import UpdateState
from engine.model.settings import Settings
from engine.model.site import read_mac
from engine.runtime import registry
from engine.runtime.engine import Engine
from engine.runtime.jobs import Progress
from engine.sources.simulated import staged_fall, world_time_s

LOOK_S = 0.25
DONE = frozenset({UpdateState.VERIFIED, UpdateState.FAILED, UpdateState.ROLLBACK})


def execute_radio(engine: Engine, command: RadioCommand, by: str) -> str:
    """The id that the command made or concerned, or what it made. The caller has checked the verb."""
    match command:
        case PutNode(node):
            engine.update_settings(registry.with_node(node), by)
            return node.mac
        case RemoveNode(mac):
            engine.radio.hub.remove(mac)
            engine.update_settings(registry.without_node(mac), by)
            return mac
        case SetPairing(is_open, minutes):
            engine.radio.pairing.open(by, minutes) if is_open else engine.radio.pairing.close(by)
            return ""
        case ProvisionNode(mac, ssid, password):
            return engine.radio.provisioner.line(read_mac(mac), ssid, password)
        case IdentifyNode(mac, seconds):
            engine.radio.hub.identify(mac, _blinking_s(seconds))
            return mac
        case RebootNode(mac):
            engine.radio.hub.reboot(mac)
            return mac
        case AddFirmware(version, data):
            return engine.radio.firmware.add(_bytes(data), version).version
        case UpdateNodes(version, macs):
            return update_nodes(engine, version, macs)
        case SimulateFall(lies_s):
            return simulate_fall(engine, lies_s)
        case PutBleDevice() | RemoveBleDevice() | CalibrateScanner():
            return _register(engine, command, by)


def _register(engine: Engine, command: PutBleDevice | RemoveBleDevice | CalibrateScanner, by: str) -> str:
    match command:
        case PutBleDevice(device, irk):
            key = None if irk is None else registry.checked_irk(irk) if irk else ""
            engine.update_settings(registry.with_device(device, engine.people.persons), by)
            if key is not None:
                engine.radio.ble.keep_key(device.address, key)
            return device.address
        case RemoveBleDevice(address):
            engine.update_settings(registry.without_device(address), by)
            engine.radio.ble.keep_key(address, "")
            return address
        case CalibrateScanner(scanner, calibration):
            engine.update_settings(registry.calibrated(scanner, calibration), by)
            return scanner


def simulate_fall(engine: Engine, lies_s: float) -> str:
    """As soon as radio can tell it, in a round or two of the walkers; gives who. Raises NotFound where nobody is simulated."""
    if not engine.staged.walkers:
        raise NotFound("Nobody is simulated here. Open the demo site to see a fall.")
    falls = engine.staged.stage.falls
    fall = staged_fall(falls, world_time_s(engine.clock.now_ns()), lies_s)
    falls.add(fall)
    return fall.walker_id


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


def update_nodes(engine: Engine, version: str, macs: tuple[str, ...]) -> str:
    """Start the update and a job that follows it; gives the job's id."""
    hub = engine.radio.hub
    hub.update(engine.radio.firmware.version(version), macs)

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
