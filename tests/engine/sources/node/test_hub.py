"""The hub as nodes and the engine see it, without a network."""

from collections.abc import Sequence

import pytest

from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.radio.radio import BleSighting, BleSightings, CsiBatch, NodeChanged, NodeState
from engine.model.settings import Settings
from engine.model.site import NodeSettings
from engine.sources.node.hub import MOST_CONNECTIONS, MOST_UNPAIRED, NodeHub
from engine.sources.node.messages import BleAdvert
from engine.sources.node.rates import RatePolicy
from engine.sources.node.registry import MOST_KNOWN
from engine.sources.node.session import EXCESSIVE
from tests.fakes.node_peer import MAC, OTHER, Bench, NodePeer, frame


@pytest.fixture
def bench() -> Bench:
    return Bench()


def changes(bench: Bench) -> list[NodeChanged]:
    return [each for each in bench.hub.drain(bench.clock.now_ns()) if isinstance(each, NodeChanged)]


def states(bench: Bench) -> list[NodeState]:
    return [change.state for change in changes(bench)]


def batch(bench: Bench) -> CsiBatch:
    (only,) = [each for each in bench.hub.drain(bench.clock.now_ns()) if isinstance(each, CsiBatch)]
    return only


def test_a_hello_with_a_token_is_answered_by_role_then_config(bench: Bench) -> None:
    node = bench.node()
    assert node.heard == [{"type": "role", "role": "tx_rx"}, {"type": "config", "rate_hz": 20, "variance_threshold": 0.02}]
    assert node.ended is None
    (change,) = changes(bench)
    assert (change.mac, change.state, change.announced) == (MAC, NodeState.ONLINE, None)


def test_the_token_may_be_in_the_hello(bench: Bench) -> None:
    node = bench.peer().hello(token=bench.tokens.token(MAC))
    assert node.types() == ["role", "config"]


@pytest.mark.parametrize("token", [None, "", "0" * 64, "é" * 64, "x"])
def test_without_a_valid_token_it_is_rejected_and_hung_up_on(bench: Bench, token: str | None) -> None:
    node = bench.peer(token=token).hello()
    assert node.heard == [{"type": "reject", "reason": "invalid_token"}]
    assert node.ended == (0, "")
    assert not changes(bench)
    assert not bench.hub.views()


def test_another_nodes_token_is_not_valid(bench: Bench) -> None:
    assert bench.peer(MAC, bench.tokens.token(OTHER)).hello().reasons() == ["invalid_token"]


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        ("garbage", "invalid hello format"),
        ("[]", "invalid hello format"),
        ('{"type":"hello"}', "invalid hello format"),
        ('{"type":"hello","mac":17}', "invalid hello format"),
        ('{"type":"health","mac":"AA:BB:CC:00:00:00"}', "expected hello first"),
        ("{}", "expected hello first"),
    ],
)
def test_what_is_no_hello_is_rejected_with_the_reason_that_nodes_know(bench: Bench, first: str, reason: str) -> None:
    node = bench.peer(token=bench.tokens.token(MAC)).say(first)
    assert (node.reasons(), node.ended) == ([reason], (0, ""))


def test_a_frame_before_the_hello_is_no_hello(bench: Bench) -> None:
    assert bench.peer().measure().reasons() == ["invalid hello format"]


def test_while_pairing_is_open_a_node_without_a_token_is_let_in_as_unpaired(bench: Bench) -> None:
    bench.pairing.open("ada", 10)
    node = bench.peer().hello()
    assert node.types() == ["role", "config"]
    assert states(bench) == [NodeState.UNPAIRED]
    assert bench.hub.views()[0].state is NodeState.UNPAIRED


def test_when_pairing_ends_unpaired_nodes_are_sent_away_and_paired_ones_stay(bench: Bench) -> None:
    bench.pairing.open("ada", 10)
    unpaired, paired = bench.peer(OTHER).hello(), bench.node()
    for _ in range(30):
        bench.wait(21)
        unpaired.measure()
        paired.measure()
        bench.hub.tick()
    assert unpaired.reasons() == ["invalid_token"]
    assert paired.ended is None


def test_nobody_without_a_token_takes_the_place_of_a_node_that_has_one(bench: Bench) -> None:
    node = bench.node()
    bench.pairing.open("ada", 10)
    thief = bench.peer().hello()
    assert thief.reasons() == ["invalid_token"]
    assert node.ended is None


def test_the_newest_connection_of_a_mac_wins_and_the_old_ones_end_changes_nothing(bench: Bench) -> None:
    old = bench.node()
    new = bench.node()
    assert old.ended == (0, "")
    old.session.closed()  # its own clean-up comes late
    assert bench.hub.views()[0].state is NodeState.ONLINE
    bench.hub.identify(MAC, 3)
    assert new.heard[-1] == {"type": "identify", "duration_ms": 3000}
    assert NodeState.OFFLINE not in states(bench)
    new.measure()
    assert len(batch(bench)) == 1
    old.measure()
    assert not bench.hub.drain(bench.clock.now_ns())


def test_an_abrupt_end_takes_the_node_offline_and_a_return_brings_it_back(bench: Bench) -> None:
    bench.node().session.closed()
    bench.node()
    assert states(bench) == [NodeState.ONLINE, NodeState.OFFLINE, NodeState.ONLINE]


def test_frames_of_all_nodes_come_as_one_batch_in_order_of_arrival(bench: Bench) -> None:
    one, other = bench.node(), bench.node(OTHER)
    for rssi in (-41, -42, -43):
        one.measure(rssi=rssi)
        bench.wait(0.01)
        other.measure(rssi=rssi - 10, peer=MAC)
        bench.wait(0.01)
    csi = batch(bench)
    assert csi.links == ((MAC, OTHER), (OTHER, MAC))
    assert csi.link.tolist() == [0, 1] * 3
    assert csi.rssi_dbm.tolist() == [-41, -51, -42, -52, -43, -53]
    assert csi.arrival_ns.tolist() == sorted(csi.arrival_ns.tolist())
    assert csi.iq.shape == (6, 64, 2)
    assert csi.iq[0, :2].tolist() == [[0, 1], [2, 3]]
    assert (csi.shed, csi.simulated) == (0, False)


def test_nothing_came_nothing_is_drained(bench: Bench) -> None:
    bench.node()
    changes(bench)
    assert bench.hub.drain(bench.clock.now_ns()) == ()


def test_a_node_speaks_for_its_own_mac_only(bench: Bench) -> None:
    node = bench.node()
    node.session.binary(frame(OTHER, MAC))
    node.say({"type": "health", "mac": OTHER, "temperature_c": 99})
    view = bench.hub.views()[0]
    assert (view.frames, view.malformed, view.temperature_c) == (0, 2, None)
    assert not [each for each in bench.hub.drain(bench.clock.now_ns()) if isinstance(each, CsiBatch)]


def test_the_1001st_malformed_frame_within_a_minute_closes_1008(bench: Bench) -> None:
    node = bench.node()
    for _ in range(1000):
        node.session.binary(b"short")
    assert node.ended is None
    node.session.binary(b"short")
    assert node.ended == (1008, EXCESSIVE)
    assert EXCESSIVE == "Excessive malformed frames — possible firmware bug"
    assert states(bench) == [NodeState.ONLINE, NodeState.OFFLINE]


def test_malformed_frames_of_an_earlier_minute_are_forgiven(bench: Bench) -> None:
    node = bench.node()
    for _ in range(1000):
        node.session.binary(b"short")
    bench.wait(61)
    node.session.binary(b"short")
    assert node.ended is None


def test_more_than_a_hundred_malformed_frames_are_warned_of_once(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    node = bench.node()
    for _ in range(300):
        node.session.binary(b"short")
    assert len([record for record in caplog.records if "malformed" in record.message]) == 1


def test_a_config_is_sent_before_45_seconds_are_over(bench: Bench) -> None:
    node = bench.node()
    for _ in range(45):
        bench.wait(1)
        node.measure()
        bench.hub.drain(bench.clock.now_ns())
    assert node.types() == ["role", "config", "config"]


def test_a_node_that_says_nothing_for_a_minute_is_hung_up_on(bench: Bench) -> None:
    node = bench.node()
    bench.wait(61)
    bench.hub.tick()
    assert node.ended == (0, "")
    assert bench.hub.views()[0].reason == "It sent nothing for 60 s."


def test_who_says_no_hello_within_a_minute_is_hung_up_on(bench: Bench) -> None:
    silent = bench.peer()
    bench.wait(61)
    bench.hub.tick()
    assert (silent.ended, silent.heard) == ((0, ""), [])


def test_the_operators_position_goes_before_the_announced_one(bench: Bench) -> None:
    bench.node(pos_x=1.0, pos_y=2.0, pos_z=2.5)
    view = bench.hub.views()[0]
    assert (view.position, view.position_source) == ((1.0, 2.0, 2.5), "announced")
    bench.hub.configure(Settings(nodes=(NodeSettings(MAC, "Hall", (4.0, 5.0, 2.0)), NodeSettings(OTHER))))
    hall, other = bench.hub.views()
    assert (hall.name, hall.position, hall.position_source) == ("Hall", (4.0, 5.0, 2.0), "plan")
    assert (other.state, other.position, other.position_source) == (NodeState.OFFLINE, None, "")
    assert changes(bench)[0].announced == (1.0, 2.0, 2.5)


def test_a_node_that_is_switched_off_is_sent_away_and_not_let_in(bench: Bench) -> None:
    node = bench.node()
    bench.hub.configure(Settings(nodes=(NodeSettings(MAC, enabled=False),)))
    assert node.reasons() == ["node_disabled"]
    assert bench.node().reasons() == ["node_disabled"]
    assert bench.hub.views()[0].state is NodeState.OFFLINE


def test_a_removed_nodes_token_is_good_for_nothing_until_it_is_provisioned_anew(bench: Bench) -> None:
    stolen = bench.tokens.token(MAC)
    node = bench.node()
    bench.hub.remove(MAC)
    assert node.reasons() == ["invalid_token"]
    assert not bench.hub.views()
    assert bench.peer(token=stolen).hello().reasons() == ["invalid_token"]
    assert bench.node().types() == ["role", "config"]
    assert bench.peer(token=stolen).hello().reasons() == ["invalid_token"]


def test_commands_to_who_is_not_there_say_so(bench: Bench) -> None:
    with pytest.raises(NotFound):
        bench.hub.reboot(MAC)
    bench.node().session.closed()
    with pytest.raises(EnvironmentFault, match="not connected"):
        bench.hub.reboot(MAC)


def test_health_is_shown_and_a_change_of_channel_is_told(bench: Bench) -> None:
    node = bench.node(ap_channel=6, chip="ESP32-S3", uptime_ms=5)
    changes(bench)
    node.say(
        {"type": "health", "mac": MAC, "wifi_rssi_dbm": -61, "csi_rate_hz": 19, "wifi_channel": 11, "uptime_ms": 7, "free_heap_bytes": 9}
    )
    view = bench.hub.views()[0]
    assert (view.rssi_dbm, view.reported_hz, view.channel, view.uptime_ms, view.free_heap_bytes) == (-61, 19.0, 11, 7, 9)
    assert (view.chip, view.temperature_c, view.last_health_ns) == ("ESP32-S3", None, bench.clock.now_ns())
    assert [change.channel for change in changes(bench)] == [11]


def test_rates_are_measured_here(bench: Bench) -> None:
    node = bench.node()
    for _ in range(60):
        bench.wait(0.1)
        node.measure(3)
        bench.hub.drain(bench.clock.now_ns())
    assert bench.hub.views()[0].rate_hz == pytest.approx(30)
    assert bench.hub.frames_hz == pytest.approx(30)


def test_ble_reports_are_named_by_whoever_knows_the_devices() -> None:
    bench = Bench()

    def naming(scanner: str, adverts: object, now_ns: int) -> tuple[BleSighting, ...]:
        return tuple(BleSighting(f"known-{advert.address[-2:]}", advert.rssi_dbm, advert.name) for advert in adverts)  # type: ignore[attr-defined]

    bench.hub = NodeHub(bench.clock, bench.tokens, bench.pairing, naming, steady_s=bench.now_s)
    node = bench.node()
    devices = [{"addr": "00:11:22:33:44:55", "rssi_dbm": -70, "name": "phone"}, {"addr": "nonsense", "rssi_dbm": -1}, {"rssi_dbm": 3}, 7]
    node.say({"type": "ble", "mac": MAC, "devices": devices})
    _, sightings = bench.hub.drain(bench.clock.now_ns())
    assert sightings == BleSightings(bench.clock.now_ns(), MAC, (BleSighting("known-55", -70, "phone"),))


def test_the_rate_follows_motion_and_falls_back_after_half_a_minute() -> None:
    bench = Bench(RatePolicy(idle_hz=10, active_hz=50))
    node = bench.node()
    assert node.heard[-1]["rate_hz"] == 50  # what was before is not known
    for _ in range(32):
        bench.wait(1)
        node.measure()
        bench.hub.tick()
    assert node.heard[-1]["rate_hz"] == 10
    node.say({"type": "motion_hint", "mac": MAC, "variance": 0.5})
    bench.hub.tick()
    assert node.heard[-1]["rate_hz"] == 50
    assert bench.hub.views()[0].configured_hz == 50


@pytest.mark.parametrize(("idle_hz", "active_hz"), [(2, 50), (20, 10), (20, 101)])
def test_rates_at_which_somebody_would_be_missed_are_refused(idle_hz: int, active_hz: int) -> None:
    with pytest.raises(InputError):
        RatePolicy(idle_hz, active_hz)


def test_simulated_nodes_need_no_token_and_are_marked(bench: Bench) -> None:
    bench.peer(simulated=True).hello()
    node = bench.node(OTHER)
    node.measure(peer=MAC)
    NodePeer(bench.hub, MAC, simulated=True).hello().measure(2)
    batches = [each for each in bench.hub.drain(bench.clock.now_ns()) if isinstance(each, CsiBatch)]
    assert [(each.simulated, len(each)) for each in batches] == [(False, 1), (True, 2)]
    assert [view.simulated for view in bench.hub.views()] == [True, False]
    assert bench.peer(OTHER, simulated=True).hello().reasons() == ["invalid_token"]


def test_the_end_is_told_and_nobody_is_let_in_any_more(bench: Bench) -> None:
    node, silent = bench.node(), bench.peer(OTHER)
    bench.hub.shutdown()
    assert node.heard[-1] == {"type": "shutdown", "reconnect_in_ms": 30000}
    assert node.ended == silent.ended == (1000, "")
    assert not bench.hub.accepting
    with pytest.raises(EnvironmentFault):
        bench.peer()


def test_too_many_connections_are_refused(bench: Bench) -> None:
    nodes = [bench.node(f"02:00:00:00:00:{index:02X}") for index in range(MOST_CONNECTIONS)]
    with pytest.raises(EnvironmentFault, match="already"):
        bench.peer()
    nodes[0].session.closed()
    bench.peer()


def test_however_many_nodes_without_a_token_there_are_paired_ones_have_their_places() -> None:
    bench = Bench(pairing=True)
    strangers = [bench.peer(f"06:00:00:00:00:{index:02X}").hello() for index in range(2 * MOST_CONNECTIONS)]
    assert [peer.reasons() for peer in strangers] == [[]] * MOST_UNPAIRED + [["too_many_nodes"]] * (len(strangers) - MOST_UNPAIRED)
    paired = [bench.node(f"02:00:00:00:00:{index:02X}") for index in range(MOST_CONNECTIONS - MOST_UNPAIRED - 1)]
    assert all(node.ended is None and node.types() == ["role", "config"] for node in paired)
    again = bench.peer(strangers[0].mac).hello()  # reconnected, as nodes do
    assert again.reasons() == [] and strangers[0].ended is not None


def test_a_hub_that_is_drained_late_gathers_less_and_says_so() -> None:
    bench = Bench(capacity=160)
    node, sizes = bench.node(), list[int]()
    for late_s in (0.1, 0.5, 0.5, 0.5):
        bench.wait(late_s)
        node.measure(1000)
        sizes.append(len(batch(bench)))
    assert sizes == [160, 160, 160, 80]
    assert bench.hub.shed_level == 3


def test_who_says_nothing_gives_way_to_who_comes_later(bench: Bench) -> None:
    """128 silent connections from anywhere would keep every node out for a minute, again and again."""
    silent = []
    for _ in range(2 * MOST_CONNECTIONS):
        silent.append(bench.peer())
        bench.wait(0.01)
    assert [peer.ended is not None for peer in silent] == [True] * MOST_CONNECTIONS + [False] * MOST_CONNECTIONS
    node = bench.node()
    assert node.types() == ["role", "config"] and node.ended is None


def test_ten_thousand_macs_leave_room_for_who_comes_after_them(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    bench.pairing.open("ada", None)
    bench.node(OTHER).session.closed()
    for index in range(10_000):
        bench.peer(f"02:00:00:00:{index >> 8:02X}:{index & 255:02X}").hello().session.closed()
    assert len(bench.hub.views()) == MOST_KNOWN
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) < 300
    bench.wait(61)
    late = bench.peer("06:00:00:00:00:01").hello()
    assert late.types() == ["role", "config"]
    assert {OTHER, late.mac} <= {view.mac for view in bench.hub.views()}, "who had a token is forgotten last"


def test_a_flood_of_ble_reports_is_thinned(bench: Bench) -> None:
    """Each address costs the engine's thread time; the firmware reports once in five seconds."""
    heard: list[int] = []

    def naming(scanner: str, adverts: Sequence[BleAdvert], now_ns: int) -> tuple[BleSighting, ...]:
        heard.append(len(adverts))
        return ()

    hub = NodeHub(bench.clock, bench.tokens, bench.pairing, naming, steady_s=bench.now_s)
    node = NodePeer(hub, MAC, bench.tokens.token(MAC)).hello()
    for second in range(3):
        for _ in range(50):
            node.say({"type": "ble", "mac": MAC, "devices": [{"addr": OTHER, "rssi_dbm": -50}] * 500})
        hub.drain(bench.clock.now_ns())
        assert heard == [128] * 2 * (second + 1)
        bench.wait(1)


def test_a_flood_of_texts_is_not_even_read(bench: Bench) -> None:
    node = bench.node()
    for _ in range(500):
        node.say({"type": "motion_hint", "mac": MAC, "variance": 1.0})
    node.say({"type": "health", "mac": MAC, "wifi_rssi_dbm": -61})
    assert bench.hub.views()[0].rssi_dbm is None
    bench.wait(1)
    node.say({"type": "health", "mac": MAC, "wifi_rssi_dbm": -61})
    assert bench.hub.views()[0].rssi_dbm == -61


def test_a_rejected_node_that_tries_again_and_again_is_told_of_once(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(5):
        bench.peer().hello()
    bench.node().session.closed()
    bench.peer().hello()
    assert [record.message for record in caplog.records if "rejected" in record.message] == [
        f"node {MAC} at 192.0.2.7 was rejected: invalid_token",
        f"node {MAC} at 192.0.2.7 was rejected: invalid_token",
    ]


def test_strangers_do_not_push_known_nodes_out(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.sources.node.registry.MOST_KNOWN", 3)
    bench.pairing.open("ada", 10)
    bench.node().session.closed()
    strangers = [bench.peer(f"02:00:00:00:00:{index:02X}").hello() for index in range(4)]
    assert [stranger.reasons() for stranger in strangers] == [[], [], ["too_many_nodes"], ["too_many_nodes"]]
    assert MAC in {view.mac for view in bench.hub.views()}
    assert bench.node(OTHER).types() == ["role", "config"]  # one with a token takes the place of who left longest ago
