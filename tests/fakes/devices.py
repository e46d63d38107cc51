"""A site with radio nodes, phones and people: `FakeEngine` with the commands of the Devices page, and a cable with a node at its end."""

import json
import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from console.dialogs.devices.provision_cable import CableStep, Tell
from engine.model.command import (
    AddFirmware,
    CalibrateScanner,
    CancelJob,
    ChangeSettings,
    Command,
    IdentifyNode,
    ProvisionNode,
    PutBleDevice,
    PutNode,
    RebootNode,
    RemoveBleDevice,
    RemoveNode,
    SetPairing,
    UpdateNodes,
)
from engine.model.errors import EnvironmentFault, InputError
from engine.model.people.commands import PutPerson
from engine.model.radio.blob import RadioPicture
from engine.model.radio.radio import BleDeviceView, Firmware, LinkState, NodeState, NodeView, Pairing, UpdateState, link_id
from engine.model.site import BleDeviceSettings, NodeSettings, ScannerCalibration
from engine.model.snapshot import Job, JobState, RadioView
from engine.model.time import SECOND
from engine.sources.node.serial_port import SerialPort
from tests.fakes.engine import FakeEngine

NAMES = ("Hall, over the door", "Window", "Kitchen shelf", "Stairs", "Store room")
PLACES = ((0.1, 0.2, 2.2), (5.9, 0.2, 1.1), (5.8, 4.7, 2.2), (0.2, 4.8, 1.0), (3.0, 2.4, 2.4))
PHONE, WATCH, TAG = "A4:C1:38:00:00:01", "A4:C1:38:00:00:02", "A4:C1:38:00:00:03"
STRANGERS = (
    ("Galaxy Buds", "Samsung"),
    ("", "Apple"),
    ("", "Apple"),
    ("LE-Bose QC", "Bose"),
    ("", ""),
    ("TV living", "LG"),
    ("", "Microsoft"),
)
_STAGES = (UpdateState.DOWNLOADING, UpdateState.VERIFYING, UpdateState.REBOOTING, UpdateState.VERIFIED)


def node_mac(number: int) -> str:
    return f"7C:DF:A1:00:{number >> 8:02X}:{number & 255:02X}"


class DevicesEngine(FakeEngine):
    """Nothing happens by itself: `tick` moves figures and updates; `come`, `change_node` and `hear` are for tests."""

    def __post_init__(self) -> None:
        self.radio = RadioView()
        self.provisioned: list[str] = []
        self.rolls_back: set[str] = set()
        self.rejects_devices: Exception | None = None
        super().__post_init__()

    def publish(self) -> None:
        with self.lock:
            super().publish()
            self._snapshot = replace(self._snapshot, radio=self.radio)

    # What a test sets up

    def come(self, number: int, state: NodeState = NodeState.ONLINE, **facts: object) -> NodeView:
        """A node connects."""
        view = NodeView(
            mac=node_mac(number),
            name="",
            state=state,
            address=f"192.168.4.{20 + number}",
            since_ns=self.now_ns - 7_380 * SECOND,
            last_seen_ns=self.now_ns,
            firmware="0.2.72",
            chip="ESP32-S3",
            capabilities=("csi", "ble", "tx", "rx"),
            role="tx_rx",
            channel=6,
            rate_hz=19.8,
            configured_hz=20,
            reported_hz=20.0,
            frames=1_482_220 + 991 * number,
            malformed=3,
            rssi_dbm=-52 - 5 * (number % 6),
            temperature_c=41.5 + number % 7,
            free_heap_bytes=151_300,
            uptime_ms=7_400_000,
            health=0.93 - 0.06 * (number % 5),
            last_health_ns=self.now_ns - 4 * SECOND,
        )
        view = replace(view, **facts)  # type: ignore[arg-type]
        with self.lock:
            others = tuple(node for node in self.radio.nodes if node.mac != view.mac)
            self._set_nodes((*others, self._placed(view)))
        return view

    def change_node(self, number: int, **facts: object) -> None:
        with self.lock:
            mac = node_mac(number)
            self._set_nodes(tuple(replace(node, **facts) if node.mac == mac else node for node in self.radio.nodes))  # type: ignore[arg-type]

    def hear(self, device: str, rssi_dbm: int, scanner: str = "", **facts: object) -> None:
        """A scanner (the first node where none is given) hears a device now."""
        scanner = scanner or node_mac(0)
        with self.lock:
            known = next((view for view in self.radio.devices if view.device == device), None)
            view = known or BleDeviceView(device, device if ":" in device else "", first_seen_ns=self.now_ns - 900 * SECOND)
            heard = tuple(sorted({**dict(view.heard), scanner: rssi_dbm}.items(), key=lambda pair: -pair[1]))
            best, strongest = heard[0]
            now = {"rssi_dbm": strongest, "best_scanner": best, "scanners": len(heard), "heard": heard, "last_seen_ns": self.now_ns}
            view = replace(view, **(now | facts))  # type: ignore[arg-type]
            others = tuple(one for one in self.radio.devices if one.device != device)
            self.radio = replace(self.radio, devices=(*others, view))
            self.publish()

    def set_radio(self, **facts: object) -> None:
        with self.lock:
            self.radio = replace(self.radio, **facts)  # type: ignore[arg-type]
            self.publish()

    def _set_nodes(self, nodes: tuple[NodeView, ...]) -> None:
        self.radio = replace(self.radio, nodes=nodes, frames_hz=sum(node.rate_hz for node in nodes))
        self.publish()

    def _placed(self, view: NodeView) -> NodeView:
        known = self.settings.node(view.mac)
        if known is not None and known.position is not None:
            return replace(view, name=known.name, position=known.position, position_source="plan")
        announced = view.position if view.position_source == "announced" else None
        return replace(view, name=known.name if known else "", position=announced, position_source="announced" if announced else "")

    # What passes

    def tick(self) -> None:
        with self.lock:
            self._update_nodes()
            super().tick()

    def _progress(self, job: Job) -> None:
        if job.kind != "update_nodes":
            super()._progress(job)

    def _update_nodes(self) -> None:
        """One stage of one node per tick; a node in `rolls_back` ends the update."""
        job = next((job for job in self.jobs.values() if job.kind == "update_nodes" and job.state is JobState.RUNNING), None)
        if job is None:
            return
        node = next((node for node in self.radio.nodes if node.update in (UpdateState.PENDING, *_STAGES[:3])), None)
        if node is None:
            self.jobs[job.id] = replace(job, state=JobState.DONE, done=job.total, message=f"{job.total} nodes run {self._version}.")
        elif node.mac in self.rolls_back and node.update is UpdateState.REBOOTING:
            self._halt(job, node)
        else:
            self._advance(job, node)

    def _advance(self, job: Job, node: NodeView) -> None:
        if node.update is UpdateState.DOWNLOADING and (node.update_percent or 0) < 75:
            after = replace(node, update_percent=(node.update_percent or 0) + 25)
        elif node.update is UpdateState.PENDING:
            after = replace(node, update=UpdateState.DOWNLOADING, update_percent=0)
        else:
            after = replace(node, update=_STAGES[_STAGES.index(node.update) + 1], update_percent=None)
        if after.update is UpdateState.VERIFIED:
            after = replace(after, firmware=self._version)
            self.jobs[job.id] = replace(job, done=job.done + 1)
        self._set_nodes(tuple(after if one.mac == node.mac else one for one in self.radio.nodes))

    def _halt(self, job: Job, node: NodeView) -> None:
        why = "It came back with its old firmware."
        after = replace(node, update=UpdateState.ROLLBACK, update_message=why)
        waiting = "Not begun: the update was halted."
        idle = [
            replace(one, update=UpdateState.IDLE, update_message=waiting) if one.update is UpdateState.PENDING else one
            for one in self.radio.nodes
        ]
        self._set_nodes(tuple(after if one.mac == node.mac else one for one in idle))
        self.jobs[job.id] = replace(job, state=JobState.FAILED, message=f"Node {node.mac}: {why}")

    # What commands do

    def _dispatch(self, command: Command) -> str:
        match command:
            case SetPairing(is_open, minutes):
                self.radio = replace(self.radio, pairing=Pairing(is_open, self.now_ns + round(minutes * 60 * SECOND) if is_open else None))
            case ProvisionNode(mac, ssid, password):
                self.provisioned.append(mac)
                document = {"version": 1, "wifi_ssid": ssid, "wifi_pass": password, "node_token": "4f2d" * 16, "ms_port": 8080}
                return json.dumps({"provision": document}, separators=(",", ":"))
            case AddFirmware(version, data):
                size = len(data) * 3 // 4
                item = Firmware(version, f"{version}-9f86d081884c.bin", "9f86d081884c" + "0" * 52, size, self.now_ns)
                self.radio = replace(self.radio, firmware=(item, *self.radio.firmware))
                return version
            case UpdateNodes(version, macs):
                return self._start_update(version, macs)
            case CancelJob(job_id) if self.jobs[job_id].kind == "update_nodes":
                self.jobs[job_id] = replace(self.jobs[job_id], state=JobState.CANCELLED, message="1 of the nodes was updated.")
                return job_id
            case IdentifyNode(mac) | RebootNode(mac):
                return mac
            case PutNode() | RemoveNode():
                return self._node_command(command)
            case PutBleDevice() | RemoveBleDevice():
                return self._ble_command(command)
            case CalibrateScanner(scanner, calibration):
                others = tuple(one for one in self.settings.radio.calibrations if one.scanner != scanner)
                new = (*others, calibration) if calibration is not None else others
                self.settings = replace(self.settings, radio=replace(self.settings.radio, calibrations=new))
            case ChangeSettings(radio=radio) if radio is not None:
                self.settings = replace(self.settings, radio=radio)
            case _:
                return super()._dispatch(command)
        return ""

    def _start_update(self, version: str, macs: tuple[str, ...]) -> str:
        self._version = version
        nodes = tuple(replace(node, update=UpdateState.PENDING) if node.mac in macs else node for node in self.radio.nodes)
        self._set_nodes(nodes)
        return self.start_job("update_nodes", f"Updating {len(macs)} nodes to {version}", len(macs), message="")

    def _node_command(self, command: PutNode | RemoveNode) -> str:
        mac = command.mac if isinstance(command, RemoveNode) else command.node.mac
        kept = tuple(node for node in self.settings.nodes if node.mac != mac)
        if isinstance(command, RemoveNode):
            self.settings = replace(self.settings, nodes=kept)
            self._set_nodes(tuple(node for node in self.radio.nodes if node.mac != mac))
        else:
            self.settings = replace(self.settings, nodes=(*kept, command.node))
            self._set_nodes(tuple(self._placed(node) for node in self.radio.nodes))
        return mac

    def _ble_command(self, command: PutBleDevice | RemoveBleDevice) -> str:
        devices = self.settings.ble_devices
        match command:
            case PutBleDevice(device):
                if self.rejects_devices is not None:
                    raise self.rejects_devices
                others = tuple(one for one in devices if one.address != device.address)
                self.settings = replace(self.settings, ble_devices=(*others, device))
                return device.address
            case RemoveBleDevice(address):
                self.settings = replace(self.settings, ble_devices=tuple(one for one in devices if one.address != address))
                return address


def lively_site(nodes: int = 5, strangers: int = 23) -> DevicesEngine:
    """A believable site: placed nodes, one offline, one unpaired without a place, phones of two people, a tag left behind, strangers."""
    engine = DevicesEngine()
    engine.add_camera("yard", "Yard")
    for number in range(nodes):
        name = NAMES[number] if number < len(NAMES) else f"Corridor {number - len(NAMES) + 1}"
        place = PLACES[number] if number < len(PLACES) else (1.5 * number, 0.3, 2.2)
        engine.execute(PutNode(NodeSettings(node_mac(number), name, place)))
        engine.come(number, rate_hz=19.8 * (nodes - 1))
    engine.execute(PutPerson("Ada Lovelace", "#e69f00"))
    engine.execute(PutPerson("Grace Hopper", "#56b4e9"))
    engine.execute(PutBleDevice(BleDeviceSettings(PHONE, "Ada's phone", "person", "person-1")))
    engine.execute(PutBleDevice(BleDeviceSettings(WATCH, "Grace's watch", "person", "person-2")))
    engine.execute(PutBleDevice(BleDeviceSettings(TAG, "Forklift keys", "object", "", "#cc79a7")))
    engine.hear(PHONE, -55, position=(2.1, 1.4, 1.1), sigma_m=0.7, method="least_squares", company="Apple", name="iPhone")
    engine.hear(PHONE, -63, node_mac(1))
    engine.hear(PHONE, -71, node_mac(2))
    engine.hear(WATCH, -68, node_mac(1), company="Garmin", left_behind=True)
    engine.hear(TAG, -80, node_mac(2))
    for number in range(strangers):
        name, company = STRANGERS[number % len(STRANGERS)]
        hard = f"anon-{number:016x}"
        address = f"{0x40 + number % 64:02X}:1B:77:{number * 7 % 256:02X}:0A:{number % 256:02X}"
        engine.hear(
            hard,
            -58 - number * 13 % 40,
            node_mac(number % max(1, nodes)),
            name=name,
            company=company,
            address=address,
            rotates=number % 3 == 1,
        )
    engine.set_radio(picture=RadioPicture(engine.now_ns, links=site_links(nodes)), step_ms=3.1)
    engine.radio = replace(
        engine.radio,
        firmware=(
            Firmware("0.2.72", "0.2.72-1b4f0e985197.bin", "1b4f0e985197" + "0" * 52, 1_183_744, engine.now_ns - 86_400 * SECOND * 9),
        ),
    )
    engine.publish()
    engine.commands.clear()
    return engine


def site_links(nodes: int, at_s: float = 0.0) -> tuple[LinkState, ...]:
    """One link for every pair; the first ones are crossed by somebody."""
    pairs = [(one, other) for one in range(nodes) for other in range(one + 1, nodes)]
    return tuple(_link(one, other, number, at_s) for number, (one, other) in enumerate(pairs))


def _link(one: int, other: int, number: int, at_s: float) -> LinkState:
    crossed = number % 4 == 0
    activity = (7.4 if crossed else 0.6) + 0.5 * math.sin(at_s + number)
    return LinkState(
        link_id(node_mac(one), node_mac(other)),
        activity,
        0.31 if crossed else 0.02,
        crossed,
        0.95 - 0.08 * (number % 6),
        39.0 - number % 3,
        1.0,
        0.4 if number == 1 else 0.02,
    )


class FakeCable:
    """A serial port with a node at its end. `trouble`: the next provisioning fails with it. `gate`: the node says READY once it is set."""

    def __init__(
        self, mac: str = "", ports: Sequence[SerialPort] = (SerialPort("/dev/ttyACM0", "USB JTAG/serial debug unit", True),)
    ) -> None:
        self.mac = mac or node_mac(9)
        self.found = tuple(ports)
        self.trouble: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()
        self.lines: list[str] = []

    def ports(self) -> tuple[SerialPort, ...]:
        return self.found

    def provision(self, device: str, line_for: Callable[[str], str], tell: Tell, stop: threading.Event) -> str:
        tell(CableStep.WAITING, "")
        while not self.gate.wait(0.01):
            if stop.is_set():
                raise EnvironmentFault("cancelled", "Stopped. Nothing was changed on the node.")
        tell(CableStep.READY, self.mac)
        line = line_for(self.mac)
        tell(CableStep.SENT, self.mac)
        if self.trouble is not None:
            raise self.trouble
        self.lines.append(line)
        return self.mac


def simple_fit(distances_m: Sequence[float], rssi_dbm: Sequence[float], scanner: str = "") -> ScannerCalibration:
    """Least squares of a straight line over the logarithm of distance."""
    x = [-10 * math.log10(distance) for distance in distances_m]
    mean_x, mean_y = sum(x) / len(x), sum(rssi_dbm) / len(rssi_dbm)
    spread = sum((one - mean_x) ** 2 for one in x)
    exponent = sum((one - mean_x) * (y - mean_y) for one, y in zip(x, rssi_dbm, strict=True)) / spread
    power = mean_y - exponent * mean_x
    if exponent <= 0.5:
        raise InputError("", "The signal does not get weaker with distance. Check that the right scanner and phone are chosen.")
    errors = [y - power - exponent * one for one, y in zip(x, rssi_dbm, strict=True)]
    return ScannerCalibration(scanner, power, exponent, max(0.5, math.sqrt(sum(e * e for e in errors) / len(errors))))
