"""Rolling updates, through the hub as nodes see them."""

import pytest

from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.radio.radio import Firmware, UpdateState
from engine.sources.node import orders
from tests.fakes.node_peer import Bench, NodePeer

NEW = Firmware("0.3.0", "0.3.0-abc.bin", "ab" * 32, 1000)
MACS = tuple(f"AA:BB:CC:00:00:0{index}" for index in range(4))


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def nodes(bench: Bench) -> dict[str, NodePeer]:
    return {mac: bench.node(mac) for mac in MACS}


def told(nodes: dict[str, NodePeer]) -> list[str]:
    """Who was told to update."""
    return [mac for mac, node in nodes.items() if "ota" in node.types()]


def states(bench: Bench) -> list[UpdateState]:
    return [view.update for view in bench.hub.views()]


def report(node: NodePeer, *reported: str, **fields: object) -> None:
    for state in reported:
        node.say({"type": "ota_status", "mac": node.mac, "state": state, **fields})


def pass_time(bench: Bench, nodes: dict[str, NodePeer], seconds: float) -> None:
    for _ in range(int(seconds)):
        bench.wait(1)
        for node in nodes.values():
            node.session.text("{}")
        bench.hub.tick()


def reboot(bench: Bench, nodes: dict[str, NodePeer], mac: str, version: str = NEW.version, measures: bool = True) -> None:
    report(nodes[mac], "downloading", "writing", "rebooting")
    nodes[mac].session.closed()
    nodes[mac] = bench.node(mac, firmware_version=version)
    if measures:
        nodes[mac].measure(peer="02:00:00:00:00:99")
    bench.hub.tick()


def test_the_order_says_what_the_node_needs_to_fetch_and_check_it(bench: Bench) -> None:
    node = bench.peer(token=bench.tokens.token(MACS[0]), reached_at="http://192.0.2.1:8740").hello()
    bench.hub.update(NEW)
    assert node.heard[-1] == {"type": "ota", "url": f"http://192.0.2.1:8740/firmware/{NEW.file}", "sha256": NEW.sha256, "version": "0.3.0"}


def test_one_node_after_the_other_with_a_gap_until_all_are_verified(bench: Bench, nodes: dict[str, NodePeer]) -> None:
    bench.hub.update(NEW)
    for index, mac in enumerate(MACS):
        assert told(nodes) == [mac]
        assert states(bench)[index] is UpdateState.DOWNLOADING
        reboot(bench, nodes, mac)
        assert states(bench)[index] is UpdateState.VERIFIED
        pass_time(bench, nodes, 20)
        assert not told(nodes)
        pass_time(bench, nodes, 12)
    progress = bench.hub.update_progress()
    assert (progress.version, progress.running, progress.halted) == ("0.3.0", False, "")
    assert {update.state for update in progress.nodes} == {UpdateState.VERIFIED}


def test_progress_follows_what_the_node_says(bench: Bench, nodes: dict[str, NodePeer]) -> None:
    bench.hub.update(NEW, [MACS[0]])
    report(nodes[MACS[0]], "downloading", progress_pct=40)
    view = bench.hub.views()[0]
    assert (view.update, view.update_percent) == (UpdateState.DOWNLOADING, 40)
    report(nodes[MACS[0]], "verifying")
    assert states(bench) == [UpdateState.VERIFYING, UpdateState.IDLE, UpdateState.IDLE, UpdateState.IDLE]
    report(nodes[MACS[1]], "rebooting")  # whose turn it is not
    assert states(bench)[1] is UpdateState.IDLE


def test_new_firmware_is_verified_by_its_frames_or_by_staying(bench: Bench, nodes: dict[str, NodePeer]) -> None:
    bench.hub.update(NEW, [MACS[0]])
    reboot(bench, nodes, MACS[0], measures=False)
    assert states(bench)[0] is UpdateState.REBOOTING
    pass_time(bench, nodes, 67)
    assert states(bench)[0] is UpdateState.VERIFIED


def test_a_node_that_comes_back_with_the_old_firmware_has_rolled_back_and_halts_the_rest(bench: Bench, nodes: dict[str, NodePeer]) -> None:
    bench.hub.update(NEW)
    reboot(bench, nodes, MACS[0], version="0.2.72")
    pass_time(bench, nodes, 100)
    assert states(bench) == [UpdateState.ROLLBACK, UpdateState.IDLE, UpdateState.IDLE, UpdateState.IDLE]
    assert not told(nodes)
    assert "went back to firmware 0.2.72" in bench.hub.update_progress().halted


def test_a_node_that_goes_back_after_it_seemed_well_has_rolled_back(bench: Bench, nodes: dict[str, NodePeer]) -> None:
    bench.hub.update(NEW)
    reboot(bench, nodes, MACS[0])
    assert states(bench)[0] is UpdateState.VERIFIED
    nodes[MACS[0]].session.closed()
    nodes[MACS[0]] = bench.node(MACS[0])
    assert states(bench)[0] is UpdateState.ROLLBACK
    pass_time(bench, nodes, 60)
    assert not told(nodes)


def test_a_failure_is_said_in_words_and_halts_the_rest(bench: Bench, nodes: dict[str, NodePeer]) -> None:
    bench.hub.update(NEW)
    report(nodes[MACS[0]], "downloading", progress_pct=12)
    report(nodes[MACS[0]], "failed", error="sha256_mismatch")
    view = bench.hub.views()[0]
    assert (view.update, view.update_message) == (UpdateState.FAILED, "The file arrived damaged.")
    pass_time(bench, nodes, 60)
    assert told(nodes) == [MACS[0]]
    assert not bench.hub.update_progress().running


def test_a_node_whose_firmware_is_stuck_after_a_failure_is_restarted(bench: Bench, nodes: dict[str, NodePeer]) -> None:
    bench.hub.update(NEW, [MACS[0]])
    report(nodes[MACS[0]], "failed", error="boot_partition_failed")
    bench.hub.tick()
    assert nodes[MACS[0]].types()[-1] == "reboot"


def test_silence_ends_an_update(bench: Bench, nodes: dict[str, NodePeer]) -> None:
    bench.hub.update(NEW)
    pass_time(bench, nodes, 305)
    assert states(bench)[0] is UpdateState.FAILED
    assert "5 minutes" in bench.hub.update_progress().halted


def test_a_short_loss_of_the_connection_during_the_download_is_no_failure(bench: Bench, nodes: dict[str, NodePeer]) -> None:
    bench.hub.update(NEW, [MACS[0]])
    report(nodes[MACS[0]], "downloading")
    nodes[MACS[0]].session.closed()
    nodes[MACS[0]] = bench.node(MACS[0])
    assert states(bench)[0] is UpdateState.DOWNLOADING
    reboot(bench, nodes, MACS[0])
    assert states(bench)[0] is UpdateState.VERIFIED


def test_it_halts_when_less_than_half_of_the_nodes_are_connected(bench: Bench, nodes: dict[str, NodePeer]) -> None:
    bench.hub.update(NEW)
    reboot(bench, nodes, MACS[0])
    for mac in MACS[1:]:
        nodes.pop(mac).session.closed()
    pass_time(bench, nodes, 40)
    assert bench.hub.update_progress().halted == "Only 1 of 4 nodes are connected."
    assert not told(nodes)


def test_who_is_not_connected_at_its_turn_is_passed_over(bench: Bench, nodes: dict[str, NodePeer]) -> None:
    bench.hub.update(NEW)
    nodes.pop(MACS[1]).session.closed()
    reboot(bench, nodes, MACS[0])
    pass_time(bench, nodes, 40)
    assert told(nodes) == [MACS[2]]
    assert states(bench)[1] is UpdateState.FAILED


def test_who_has_it_already_is_left_in_peace(bench: Bench) -> None:
    node, other = bench.node(MACS[0], firmware_version=NEW.version), bench.node(MACS[1])
    bench.hub.update(NEW, MACS[:2])
    assert states(bench) == [UpdateState.VERIFIED, UpdateState.DOWNLOADING]
    assert ("ota" in node.types(), "ota" in other.types()) == (False, True)


def test_another_version_waits_until_this_one_is_done(bench: Bench, nodes: dict[str, NodePeer]) -> None:
    bench.hub.update(NEW, MACS[:2])
    with pytest.raises(EnvironmentFault, match=r"0\.3\.0 is being installed"):
        bench.hub.update(Firmware("0.4.0", "f.bin", "cd" * 32, 10))
    bench.hub.update(NEW, MACS[2:])
    assert states(bench) == [UpdateState.DOWNLOADING, UpdateState.PENDING, UpdateState.PENDING, UpdateState.PENDING]


def test_unknown_and_absent_nodes_are_named(bench: Bench, nodes: dict[str, NodePeer]) -> None:
    with pytest.raises(NotFound, match="02:00"):
        bench.hub.update(NEW, ["02:00:00:00:00:00"])
    nodes[MACS[3]].session.closed()
    with pytest.raises(EnvironmentFault, match="connected"):
        bench.hub.update(NEW, [MACS[3]])


def test_an_address_that_nodes_have_no_room_for_is_refused() -> None:
    with pytest.raises(InputError):
        orders.ota("http://" + 250 * "a", NEW)
