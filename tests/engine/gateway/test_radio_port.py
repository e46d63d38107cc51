"""What every engine port must do for radio, wherever its engine runs: each command, what it refuses, and the view of now."""

import base64
import json
import math
from collections.abc import Iterator
from dataclasses import replace

import pytest

from console.site import Site
from engine.gateway.live.cadence import RULES, Rule, is_near, rounded
from engine.gateway.remote import looks
from engine.gateway.remote.port import RemoteDoor
from engine.model import wire
from engine.model.accounts.access import Role
from engine.model.alerts.notify_settings import WebhookSettings
from engine.model.command import (
    AddFirmware,
    CalibrateScanner,
    ChangeSettings,
    Command,
    CreateUser,
    IdentifyNode,
    ProvisionNode,
    PutBleDevice,
    PutNode,
    RebootNode,
    RemoveBleDevice,
    RemoveNode,
    RemoveUser,
    SetPairing,
    SimulateFall,
    UpdateNodes,
)
from engine.model.errors import EnvironmentFault, InputError, NotFound, PermissionDenied
from engine.model.people.commands import ErasePerson, PutPerson
from engine.model.port import EnginePort
from engine.model.question import ExplainBlob
from engine.model.radio.radio import NodeState, NodeView, UpdateState
from engine.model.radio.scanner_survey import FitSurvey, SurveyPlace, SurveyReadings
from engine.model.site import BleDeviceSettings, Floor, NodeSettings, RadioSettings, ScannerCalibration, Zone
from engine.model.snapshot import Job, JobState, RadioView, Snapshot
from engine.model.time import SystemClock
from tests.engine.gateway.conftest import ADMIN, PASSWORD
from tests.fakes.node_peer import NodePeer
from tests.fakes.waiting import until

MAC, OTHER = "AA:BB:CC:0F:00:01", "AA:BB:CC:0F:00:02"
PHONE = "02:0A:00:00:00:77"
IRK = "ec0234a357c8ad05341010a60a397d9b"
IMAGE = b"\xe9" + bytes(4095)
SURVEYED = {f"AA:BB:CC:0F:01:0{number}": (x, y, 2.2) for number, (x, y) in enumerate(((0.2, 0.2), (5.8, 0.2), (5.8, 4.8), (0.2, 4.8)))}
FLOOR = Floor((0.0, 0.0, 6.0, 5.0), 2.6, zones=(Zone("hall", "Hall", 0.0, 0.0, 3.0, 5.0),))


@pytest.fixture
def node(site: Site) -> Iterator[NodePeer]:
    """A node with a token that is connected and has its place."""
    hub = site.engine.radio.hub
    peer = NodePeer(hub, MAC, hub.tokens.token(MAC)).hello(pos_x=0.0, pos_y=1.0, pos_z=2.0)
    assert peer.types()[0] == "role"
    yield peer
    if peer.ended is None:
        peer.session.closed()


@pytest.fixture(autouse=True)
def as_before(site: Site) -> Iterator[None]:
    """The site is shared: nodes, people and floor are put back."""
    before = site.engine.settings
    yield
    for mac in (MAC, OTHER):
        site.engine.radio.hub.remove(mac)
    site.engine.change_settings(before, "test")
    site.engine.radio.pairing.close("test")


def now(port: EnginePort) -> Snapshot:
    """A snapshot that was taken after this call: a remote port fetches them a few times a second."""
    since = port.snapshot()
    began_ns, taken = SystemClock().now_ns(), [since]

    def newer() -> bool:
        taken.append(port.snapshot())
        return taken[-1].at_ns > began_ns

    until(newer, "there is a newer snapshot")
    return taken[-1]


def view(port: EnginePort, mac: str = MAC) -> NodeView | None:
    return now(port).radio.node(mac)


def finished(port: EnginePort, job_id: str) -> Job:
    def ended() -> list[Job]:
        return [job for job in port.snapshot().jobs if job.id == job_id and job.state is not JobState.RUNNING]

    until(lambda: bool(ended()), f"{job_id} ends")
    return ended()[0]


def test_a_node_is_named_placed_and_switched_off(port: EnginePort, node: NodePeer) -> None:
    assert view(port) is not None and view(port).position_source == "announced"  # type: ignore[union-attr]
    placed = NodeSettings(MAC, "Door", (1.0, 0.0, 2.2))
    assert port.command(PutNode(placed)) == MAC
    shown = view(port)
    assert shown is not None and (shown.name, shown.position, shown.position_source) == ("Door", (1.0, 0.0, 2.2), "plan")
    assert now(port).settings.node(MAC) == placed
    port.command(PutNode(replace(placed, enabled=False)))
    assert node.ended is not None and node.reasons()
    assert view(port).state is NodeState.OFFLINE  # type: ignore[union-attr]


def test_a_removed_node_is_gone_and_its_token_revoked(port: EnginePort, node: NodePeer, site: Site) -> None:
    hub = site.engine.radio.hub
    token = hub.tokens.token(MAC)
    port.command(PutNode(NodeSettings(MAC, "Door")))
    assert port.command(RemoveNode(MAC)) == MAC
    assert node.ended is not None and view(port) is None and now(port).settings.node(MAC) is None
    again = NodePeer(hub, MAC, token).hello()
    assert again.reasons() == ["invalid_token"] and again.ended is not None
    assert not hub.tokens.check(MAC, token)


def test_pairing_is_opened_for_a_while_and_closed(port: EnginePort, site: Site) -> None:
    assert NodePeer(site.engine.radio.hub, OTHER).hello().ended is not None
    before_ns = now(port).at_ns
    port.command(SetPairing(True, 2.0))
    pairing = now(port).radio.pairing
    assert pairing.open and pairing.until_ns is not None and 0 < pairing.until_ns - before_ns < 180 * 10**9
    stranger = NodePeer(site.engine.radio.hub, OTHER).hello()
    assert view(port, OTHER).state is NodeState.UNPAIRED and stranger.ended is None  # type: ignore[union-attr]
    port.command(SetPairing(False))
    assert not now(port).radio.pairing.open
    until(lambda: stranger.ended is not None, "who has no token is sent away")


@pytest.mark.parametrize("minutes", [0.0, -1.0, 1e9])
def test_pairing_for_no_time_or_ever_is_refused(port: EnginePort, minutes: float) -> None:
    with pytest.raises(InputError) as refused:
        port.command(SetPairing(True, minutes))
    assert refused.value.field == "minutes" and not now(port).radio.pairing.open


def test_a_provisioning_line_holds_a_token_that_is_let_in(port: EnginePort, site: Site) -> None:
    line = port.command(ProvisionNode(OTHER.lower(), "Home", "wifi password"))
    assert "\n" not in line.strip()
    told = json.loads(line.partition("{")[1] + line.partition("{")[2])
    told = told.get("provision", told)
    assert told["wifi_ssid"] == "Home" and told["ms_port"] == int(site.url.rsplit(":", 1)[1])
    node = NodePeer(site.engine.radio.hub, OTHER, told["node_token"]).hello()
    assert view(port, OTHER).state is NodeState.ONLINE and node.ended is None  # type: ignore[union-attr]
    assert told["node_token"] not in repr(now(port)) and "wifi password" not in site.engine.data.settings.read_text()
    node.session.closed()


@pytest.mark.parametrize(("mac", "ssid", "field"), [("nonsense", "Home", "mac"), (OTHER, "x" * 40, "wifi_ssid")])
def test_a_wrong_provisioning_names_the_field(port: EnginePort, mac: str, ssid: str, field: str) -> None:
    with pytest.raises(InputError) as refused:
        port.command(ProvisionNode(mac, ssid, "wifi password"))
    assert refused.value.field == field and "wifi password" not in str(refused.value)


def test_a_node_blinks_and_reboots(port: EnginePort, node: NodePeer) -> None:
    port.command(IdentifyNode(MAC, 3.0))
    port.command(RebootNode(MAC))
    orders = {message["type"]: message for message in node.heard}
    assert orders["identify"]["duration_ms"] == 3000 and "reboot" in orders


@pytest.mark.parametrize("command", [IdentifyNode, RebootNode])
def test_who_is_unknown_or_away_cannot_be_told_anything(port: EnginePort, command: type[IdentifyNode | RebootNode]) -> None:
    with pytest.raises(NotFound, match=OTHER):
        port.command(command(OTHER))
    port.command(PutNode(NodeSettings(OTHER, "Away")))
    with pytest.raises(EnvironmentFault, match=r"not connected\. Check its power"):
        port.command(command(OTHER))


def test_a_lamp_blinks_for_a_number_of_seconds_only(port: EnginePort, node: NodePeer) -> None:
    for seconds in (-5.0, 1e9):
        port.command(IdentifyNode(MAC, seconds))
    told = [message["duration_ms"] for message in node.heard if message["type"] == "identify"]
    assert told == [200, 60_000]


@pytest.mark.parametrize(("data", "words"), [("%%%", "base64"), ("é", "base64"), (base64.b64encode(b"MZ" + bytes(99)).decode(), "ESP32")])
def test_what_is_no_firmware_is_refused(port: EnginePort, data: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as refused:
        port.command(AddFirmware("9.9.9", data))
    assert refused.value.field in ("data", "firmware")
    assert "9.9.9" not in [each.version for each in now(port).radio.firmware]


def test_firmware_is_kept_and_rolled_out_until_the_job_ends(port: EnginePort, node: NodePeer, site: Site) -> None:
    assert port.command(AddFirmware("0.9.1", base64.b64encode(IMAGE).decode())) == "0.9.1"
    (kept,) = [each for each in now(port).radio.firmware if each.version == "0.9.1"]
    assert kept.size_bytes == len(IMAGE)
    job_id = port.command(UpdateNodes("0.9.1", (MAC,)))
    until(lambda: "ota" in node.types(), "the node is told")
    assert kept.file in next(message for message in node.heard if message["type"] == "ota")["url"]
    for state in ("downloading", "verifying", "rebooting"):
        node.say({"type": "ota_status", "mac": MAC, "state": state, "progress_pct": 50})
    node.session.closed()
    back = NodePeer(site.engine.radio.hub, MAC, site.engine.radio.hub.tokens.token(MAC)).hello(firmware_version="0.9.1")

    def verified() -> bool:
        back.measure(3)
        return view(port).update is UpdateState.VERIFIED  # type: ignore[union-attr]

    until(verified, "the update is verified")
    job = finished(port, job_id)
    assert (job.state, job.message) == (JobState.DONE, "1 of 1 nodes run 0.9.1.")
    back.session.closed()


def test_an_update_that_fails_ends_its_job_with_the_reason(port: EnginePort, node: NodePeer) -> None:
    port.command(AddFirmware("0.9.2", base64.b64encode(IMAGE + b"2").decode()))
    job_id = port.command(UpdateNodes("0.9.2", (MAC,)))
    until(lambda: "ota" in node.types(), "the node is told")
    node.say({"type": "ota_status", "mac": MAC, "state": "failed", "error": "image hash is wrong"})
    job = finished(port, job_id)
    assert job.state is JobState.FAILED or "0 of 1" in job.message
    assert view(port).update is UpdateState.FAILED  # type: ignore[union-attr]


def test_an_update_calls_nodes_by_their_names(port: EnginePort, node: NodePeer, site: Site) -> None:
    port.command(PutNode(NodeSettings(MAC, "Kitchen shelf")))
    other = NodePeer(site.engine.radio.hub, OTHER, site.engine.radio.hub.tokens.token(OTHER)).hello()
    port.command(AddFirmware("0.9.4", base64.b64encode(IMAGE + b"4").decode()))
    job_id = port.command(UpdateNodes("0.9.4", ()))

    def said() -> list[str]:
        return [job.message for job in port.snapshot().jobs if job.id == job_id]

    until(lambda: "ota" in node.types(), "the first node is told")
    until(lambda: said() == ["Kitchen shelf: downloading"], "the job names it")
    node.say({"type": "ota_status", "mac": MAC, "state": "failed", "error": "image hash is wrong"})
    job = finished(port, job_id)
    assert job.state is JobState.FAILED and job.message.startswith("Node Kitchen shelf: ")
    assert MAC not in job.message
    other.session.closed()


def test_updates_of_nothing_are_refused(port: EnginePort, node: NodePeer) -> None:
    with pytest.raises(NotFound, match=r"no firmware 7\.7\.7"):
        port.command(UpdateNodes("7.7.7"))
    port.command(AddFirmware("0.9.3", base64.b64encode(IMAGE + b"3").decode()))
    with pytest.raises(NotFound, match=OTHER):
        port.command(UpdateNodes("0.9.3", (OTHER,)))


def test_people_are_added_changed_and_removed(port: EnginePort) -> None:
    person_id = port.command(PutPerson("Alice", "#4488ff"))
    port.command(PutBleDevice(BleDeviceSettings(PHONE, "Alice's phone", "person", person_id)))
    assert port.command(PutPerson("Alice B.", "#112233", person_id)) == person_id
    assert [(each.name, each.color) for each in now(port).people.persons if each.id == person_id] == [("Alice B.", "#112233")]
    with pytest.raises(InputError) as refused:
        port.command(PutPerson("alice b."))
    assert refused.value.field == "name"
    assert finished(port, port.command(ErasePerson(person_id, "asked for it"))).state is JobState.DONE
    assert now(port).people.person(person_id) is None and now(port).settings.ble_device(PHONE).person_id == ""  # type: ignore[union-attr]
    with pytest.raises(NotFound):
        port.command(ErasePerson(person_id, "again"))
    with pytest.raises(InputError, match="no person"):
        port.command(PutBleDevice(BleDeviceSettings(PHONE, "Phone", "person", person_id)))


@pytest.mark.parametrize(("name", "color", "field"), [("  ", "#112233", "name"), ("Bob", "red", "color")])
def test_a_wrong_person_names_the_field(port: EnginePort, name: str, color: str, field: str) -> None:
    with pytest.raises(InputError) as refused:
        port.command(PutPerson(name, color))
    assert refused.value.field == field


def test_an_identity_key_is_kept_apart_and_taken_away_again(port: EnginePort, site: Site) -> None:
    device = BleDeviceSettings(PHONE, "Phone")
    assert port.command(PutBleDevice(device, IRK.upper())) == PHONE
    keys = site.engine.basis.secrets
    assert keys.get(f"ble/{PHONE}") == IRK
    for text in (site.engine.data.settings.read_text(), repr(now(port)), repr(PutBleDevice(device, IRK))):
        assert IRK not in text.lower()
    port.command(PutBleDevice(replace(device, label="Renamed")))
    assert keys.get(f"ble/{PHONE}") == IRK and now(port).settings.ble_device(PHONE).label == "Renamed"  # type: ignore[union-attr]
    port.command(PutBleDevice(device, ""))
    assert keys.get(f"ble/{PHONE}") is None
    port.command(PutBleDevice(device, IRK))
    port.command(RemoveBleDevice(PHONE))
    assert keys.get(f"ble/{PHONE}") is None and now(port).settings.ble_device(PHONE) is None
    with pytest.raises(NotFound):
        port.command(RemoveBleDevice(PHONE))


def test_a_wrong_identity_key_changes_nothing_and_is_not_repeated(port: EnginePort, site: Site) -> None:
    with pytest.raises(InputError) as refused:
        port.command(PutBleDevice(BleDeviceSettings(PHONE, "Phone"), "secret-of-alice"))
    assert refused.value.field == "irk" and "secret-of-alice" not in str(refused.value)
    assert now(port).settings.ble_device(PHONE) is None and site.engine.basis.secrets.get(f"ble/{PHONE}") is None


def test_a_device_of_nobody_known_names_the_field_and_keeps_no_key(port: EnginePort, site: Site) -> None:
    with pytest.raises(InputError) as refused:
        port.command(PutBleDevice(BleDeviceSettings(PHONE, "Phone", "person", "pe-nobody"), IRK))
    assert refused.value.field.endswith("person_id") and site.engine.basis.secrets.get(f"ble/{PHONE}") is None


def test_a_scanner_is_calibrated_and_as_usual_again(port: EnginePort) -> None:
    calibration = ScannerCalibration(MAC, -59.0, 2.4, 4.0)
    assert port.command(CalibrateScanner(MAC, calibration)) == MAC
    assert now(port).settings.radio.calibrations == (calibration,)
    with pytest.raises(InputError) as refused:
        port.command(CalibrateScanner("local", calibration))
    assert refused.value.field == "scanner"
    port.command(CalibrateScanner(MAC, None))
    assert now(port).settings.radio.calibrations == ()


def survey() -> tuple[SurveyPlace, ...]:
    """What four nodes would hear of a phone at six places of the floor, whose path losses are unlike each other."""
    places: list[SurveyPlace] = []
    for x, y in ((0.8, 0.8), (5.2, 0.8), (5.2, 4.2), (0.8, 4.2), (3.0, 1.5), (2.2, 3.4)):
        levels = (round(-45 - 6 * number - 32 * math.log10(math.dist((x, y, 1.2), spot))) for number, spot in enumerate(SURVEYED.values()))
        readings = zip(SURVEYED, levels, strict=True)
        places.append(SurveyPlace(x, y, tuple(SurveyReadings(mac, (level, level + 1, level - 1)) for mac, level in readings)))
    return tuple(places)


def test_a_survey_is_fitted_and_saved_with_the_settings(port: EnginePort, site: Site) -> None:
    for mac, position in SURVEYED.items():
        port.command(PutNode(NodeSettings(mac, mac[-2:], position)))
    try:
        fit = port.ask(FitSurvey(survey()))
        assert fit.is_better and {each.scanner for each in fit.calibrations} == set(SURVEYED) and len(fit.after_m) == 6
        assert now(port).settings.radio.calibrations == ()
        port.command(ChangeSettings(radio=replace(now(port).settings.radio, calibrations=fit.calibrations)))
        assert now(port).settings.radio.calibrations == fit.calibrations
        assert port.ask(FitSurvey(survey())).mean_before_m < fit.mean_before_m
        with pytest.raises(InputError) as refused:
            port.ask(FitSurvey(survey()[:4]))
        assert refused.value.field == "places" and "needs 5 to 100 places, got 4" in str(refused.value)
    finally:
        port.command(ChangeSettings(radio=replace(now(port).settings.radio, calibrations=())))
        for mac in SURVEYED:
            port.command(RemoveNode(mac))


def test_nodes_that_are_switched_off_take_no_part_in_a_survey(port: EnginePort, site: Site) -> None:
    for number, (mac, position) in enumerate(SURVEYED.items()):
        port.command(PutNode(NodeSettings(mac, mac[-2:], position, enabled=number > 0)))
    try:
        assert {each.scanner for each in port.ask(FitSurvey(survey())).calibrations} == set(SURVEYED) - {next(iter(SURVEYED))}
    finally:
        for mac in SURVEYED:
            port.command(RemoveNode(mac))


def test_floor_radio_and_webhooks_are_settings_like_others(port: EnginePort, site: Site) -> None:
    radio = RadioSettings(cell_m=0.25, most_people=3, fall_still_s=8.0, fall_escalate_s=(30.0,))
    webhooks = (WebhookSettings("duty", "https://example.invalid/hook", ("fall",)),)
    port.command(ChangeSettings(floor=FLOOR, radio=radio, webhooks=webhooks))
    settings = now(port).settings
    assert (settings.floor, settings.radio, settings.webhooks) == (FLOOR, radio, webhooks)
    assert settings.site_name == "Test site"
    port.command(ChangeSettings(webhooks=()))
    assert now(port).settings.webhooks == () and now(port).settings.floor == FLOOR
    until(lambda: site.engine.record.pipeline.settings.floor == FLOOR, "the pipeline works with it")


def test_who_does_not_exist_explains_nothing(port: EnginePort) -> None:
    for blob, at_ns, said in (("blob-nobody", None, "There is no blob"), ("1", 5, "is not known any more"), ("", None, "There is no blob")):
        with pytest.raises(NotFound, match=said):
            port.ask(ExplainBlob(blob, at_ns))


def test_falls_are_simulated_on_the_demo_site_only(port: EnginePort) -> None:
    with pytest.raises(NotFound, match="demo site"):
        port.command(SimulateFall())


COMMANDS: tuple[Command, ...] = (
    PutNode(NodeSettings(MAC)),
    RemoveNode(MAC),
    SetPairing(True),
    ProvisionNode(MAC),
    IdentifyNode(MAC),
    RebootNode(MAC),
    AddFirmware("1.0.0", ""),
    UpdateNodes("1.0.0"),
    PutPerson("Eve"),
    ErasePerson("pe-1", "x"),
    PutBleDevice(BleDeviceSettings(PHONE, "Phone")),
    RemoveBleDevice(PHONE),
    CalibrateScanner(MAC, None),
    SimulateFall(),
    ChangeSettings(floor=FLOOR),
)


def test_operators_see_radio_and_change_nothing(port: EnginePort, node: NodePeer, site: Site, request: pytest.FixtureRequest) -> None:
    user_id = port.command(CreateUser("rita", Role.OPERATOR, PASSWORD))
    operator = (site.door if "local" in request.node.name else RemoteDoor(site.url)).sign_in("rita", PASSWORD)
    before = site.engine.settings
    try:
        for command in COMMANDS:
            with pytest.raises(PermissionDenied):
                operator.command(command)
        port.command(ChangeSettings(webhooks=(WebhookSettings("alarm", "https://example.org/a-secret-in-the-path"),)))
        assert operator.snapshot().radio.node(MAC) is not None and operator.snapshot().settings.webhooks == ()
        port.command(ChangeSettings(webhooks=()))
        with pytest.raises(NotFound):
            operator.ask(ExplainBlob("nobody"))
        with pytest.raises(PermissionDenied):
            operator.ask(FitSurvey(survey()))
    finally:
        operator.close()
        port.command(RemoveUser(user_id))
    assert site.engine.settings == before and node.ended is None and not site.engine.radio.pairing.is_open


NODE_FIGURES, VIEW_FIGURES = ("rate_hz", "health"), ("frames_hz", "shedding", "step_ms")


def is_told(told: object, full: object, names: tuple[str, ...]) -> bool:
    """Whether no figure differs by more than its rule withholds: what the console had of the node before may stay."""
    rules = RULES[type(full).__name__]
    return all(_is_figure_told(getattr(told, name), getattr(full, name), rules[name]) for name in names)


def _is_figure_told(had: float | None, has: float | None, rule: Rule) -> bool:
    if had is None or has is None:
        return had is has
    told = rounded(has, rule.digits or 0)
    return had in (has, told) or is_near(had, told, rule)


def with_figures_of(told: RadioView, full: RadioView) -> RadioView:
    """Figures that waver are told as exactly as they can be seen, and the glow of the floor to those who show it (see `test_deltas`)."""
    ours, theirs = told.picture, full.picture
    if ours is None or theirs is None or len(told.nodes) != len(full.nodes):
        return told
    pairs = list(zip(told.nodes, full.nodes, strict=True))
    if not (is_told(told, full, VIEW_FIGURES) and all(is_told(one, other, NODE_FIGURES) for one, other in pairs)):
        return told
    nodes = tuple(replace(one, rate_hz=other.rate_hz, health=other.health) for one, other in pairs)
    picture = replace(ours, voxels=theirs.voxels.astype(ours.voxels.dtype))
    return replace(told, picture=picture, nodes=nodes, **{name: getattr(full, name) for name in VIEW_FIGURES})


def test_the_radio_view_comes_over_whole(port: EnginePort, node: NodePeer, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A view with everything in it, as an engine in a full room has."""
    full = everything()
    wanted, radio = json.dumps(wire.to_plain(full)), site.engine.radio
    almost = replace(full, picture=None, nodes=(replace(full.nodes[0], health=0.6505, rate_hz=19.7),))
    radio.view = lambda: almost  # type: ignore[method-assign]
    monkeypatch.setattr(looks, "MOVING_LOOKS", 0)  # as a page that shows what moves: others are told less of it

    def is_shown() -> bool:
        return json.dumps(wire.to_plain(with_figures_of(port.snapshot().radio, full))) == wanted

    try:
        until(
            lambda: [node.name for node in port.snapshot().radio.nodes] == ["Door"] and len(port.snapshot().radio.firmware) == 1,
            "a view before it is shown",
        )
        radio.view = lambda: full  # type: ignore[method-assign]
        until(is_shown, "the full view is shown")
        told = with_figures_of(port.snapshot().radio, full)
    finally:
        del radio.view
    assert told.picture is not None and told.picture.voxels.dtype == full.picture.voxels.dtype  # type: ignore[union-attr]
    assert (told.nodes, told.devices, told.firmware, told.pairing) == (full.nodes, full.devices, full.firmware, full.pairing)


def everything() -> RadioView:
    """What the pipeline says of a room with somebody named in it, and some of all else."""
    from engine.model.radio.radio import Firmware, Pairing
    from tests.fakes.radio_runs import in_order, new_pipeline, played, room_run

    results = played(new_pipeline(), in_order(room_run(1, 12.0, 1, 6)))
    picture = next(result.radio for result in reversed(results) if result.radio is not None and result.radio.blobs)
    node = NodeView(MAC, "Door", NodeState.ONLINE, position=(0.1, 1 / 3, 2.0), rate_hz=19.999, health=2 / 3, capabilities=("csi", "ble"))
    return RadioView(
        picture=replace(picture, evidence=()),
        nodes=(node, replace(node, mac=OTHER, state=NodeState.OFFLINE, reason="Gone.", health=None, position=None)),
        devices=picture.devices,
        firmware=(Firmware("1.0.0", "1.0.0-abc.bin", "abc", 4096, 17),),
        pairing=Pairing(True, 1_790_000_000_000_000_001),
        frames_hz=1 / 7,
        shedding=3.0,
        shed_level=2,
        step_ms=0.1 + 0.2,
        ble_trouble="No adapter.",
        node_trouble="The engine serves no network.",
    )


@pytest.mark.parametrize("seconds", [float("nan"), float("inf")])
def test_a_lamp_blinks_for_no_time_that_is_none(site: Site, node: NodePeer, seconds: float) -> None:
    port = site.door.sign_in(ADMIN, PASSWORD)
    with pytest.raises(InputError, match="seconds"):
        port.command(IdentifyNode(MAC, seconds))
    port.close()
