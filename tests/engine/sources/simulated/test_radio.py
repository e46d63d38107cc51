"""The channel model: what it must share with real radio links, and that it is the same every time."""

import numpy as np
import numpy.typing as npt
import pytest

from engine.sources.node.frame import decode, refusal
from engine.sources.simulated.nodes.node import Wire
from engine.sources.simulated.pictures.bodies import Bodies, Body, person
from engine.sources.simulated.pictures.body import skeleton
from engine.sources.simulated.pictures.itinerary import Moment
from engine.sources.simulated.pictures.surroundings import Surroundings
from engine.sources.simulated.waves.radio import CELL_S, Airwaves, Packets, RadioNode
from engine.sources.simulated.waves.receiver import USED
from engine.sources.simulated.waves.room import Room, Scenario, Space, Truth

Array = npt.NDArray[np.float64]
SPACE = Space(6.0, 5.0, 2.6)
NODES = (RadioNode("02:00:00:00:00:01", (0.0, 2.5, 1.2)), RadioNode("02:00:00:00:00:02", (6.0, 2.5, 1.2)))


class Standing(Bodies):
    """Somebody who stands at a place, or paces there by so many metres each way."""

    def __init__(self, x: float, y: float, pace_m: float = 0.0) -> None:
        self._x, self._y, self._pace = x, y, pace_m

    def at(self, t_s: float) -> tuple[Body, ...]:
        moment = Moment(self._x, self._y + self._pace * np.sin(1.2 * t_s), 0.4, t_s, 1.0 if self._pace else 0.0, 1.0)
        joints, _, shoulders = skeleton(moment, 1.75, 0.0, 0.0)
        return (person("somebody", joints, shoulders, 1.0, t_s, 0.0),)


class Nobody(Bodies):
    def at(self, t_s: float) -> tuple[Body, ...]:
        return ()


def air(bodies: Bodies, nodes: tuple[RadioNode, ...] = NODES, seed: int = 3) -> Airwaves:
    return Airwaves(nodes, Surroundings.of_room(SPACE.width_m, SPACE.depth_m, SPACE.height_m, seed), bodies, seed)


def listen(waves: Airwaves, seconds: float, rate_hz: float = 20.0, start_s: float = 0.0) -> Packets:
    first = round(start_s / CELL_S)
    cells = [waves.cell(first + number, [rate_hz] * len(waves.nodes)) for number in range(round(seconds / CELL_S))]
    return Packets(*(np.concatenate([getattr(cell, name) for cell in cells]) for name in Packets.__dataclass_fields__))


def amplitudes(packets: Packets) -> Array:
    """(F, used) with the gain undone by the RSSI, as any receiver has to."""
    levels = np.hypot(packets.iq[..., 0].astype(float), packets.iq[..., 1].astype(float))[:, USED]
    norm = np.sqrt((levels**2).mean(axis=1, keepdims=True))
    return levels / norm * 10 ** (packets.rssi_dbm[:, None] / 20)


def liveliness(packets: Packets) -> float:
    """How much the shape over the band moves from packet to packet, relative; single packets that somebody else disturbed do not count."""
    shape = amplitudes(packets)[packets.reader == 1]
    shape /= np.sqrt((shape**2).mean(axis=1, keepdims=True))
    return 1.48 * float(np.median(np.abs(shape - np.median(shape, axis=0)), axis=0).mean())


def test_the_same_arguments_give_the_same_packets_in_any_order() -> None:
    first, second = (air(Room(SPACE, 2, 5)) for _ in range(2))
    for number in (40, 41, 7, 41):
        before = first.cell(number, [20, 20])
    after = second.cell(41, [20, 20])
    assert np.array_equal(before.iq, after.iq)
    assert np.array_equal(before.sent_s, after.sent_s)
    assert not np.array_equal(before.iq[:2], first.cell(42, [20, 20]).iq[:2])


def test_times_before_the_epoch_work_too() -> None:
    assert len(air(Nobody()).cell(-12, [20, 20])) > 0


def test_the_gain_control_keeps_the_size_and_rssi_tells_it() -> None:
    """Eight bits of a body that comes and goes: their norm says nothing, the RSSI does."""
    near, far = (listen(air(Nobody(), (NODES[0], RadioNode("02:00:00:00:00:03", (x, 2.5, 1.2))), seed=9), 5) for x in (1.0, 5.9))
    for packets in (near, far):
        norm = np.sqrt((packets.iq.astype(float) ** 2).sum(axis=(1, 2)))
        assert norm.std() / norm.mean() < 0.1
        assert 20 < np.abs(packets.iq.astype(int)).max() <= 127
    assert 5 < np.median(near.rssi_dbm) - np.median(far.rssi_dbm) < 27


def test_there_is_a_static_path_on_every_used_tone_and_nothing_on_guards() -> None:
    packets = listen(air(Nobody()), 5)
    levels = np.hypot(packets.iq[..., 0].astype(float), packets.iq[..., 1].astype(float))
    assert np.all(np.median(levels[:, USED], axis=0) > 3)
    assert not packets.iq[:, ~USED].any()


def test_phases_are_random_from_packet_to_packet() -> None:
    packets = listen(air(Nobody()), 10)
    first = packets.iq[:, 5, 0] + 1j * packets.iq[:, 5, 1]
    assert abs(np.exp(1j * np.angle(first)).mean()) < 0.2


def test_an_empty_room_is_quiet_and_a_walker_is_not() -> None:
    """Whatever the room; and the nearer to the link, the livelier."""
    scene = {"nobody": Nobody(), "near": Standing(3.0, 2.5, 0.7), "far": Standing(1.0, 4.2, 0.7)}
    alive = {name: np.array([liveliness(listen(air(bodies, seed=seed), 4)) for seed in range(8)]) for name, bodies in scene.items()}
    assert alive["nobody"].max() < 0.04
    assert alive["near"].min() > 1.3 * alive["nobody"].max()
    assert np.median(alive["near"]) > np.median(alive["far"]) > 1.05 * np.median(alive["nobody"])


def test_a_body_on_the_line_of_sight_changes_more_than_one_far_away() -> None:
    """In each room alone chance decides (fading), so over a dozen rooms."""
    shapes = [{name: amplitudes(listen(air(bodies, seed=seed), 2)).mean(axis=0) for name, bodies in BODIES.items()} for seed in range(12)]
    change = {name: np.array([np.abs(np.log(room[name] / room["nobody"])).mean() for room in shapes]) for name in ("on", "corner")}
    assert np.median(change["on"]) > 1.4 * np.median(change["corner"])
    assert change["on"].max() < 2.5


BODIES: dict[str, Bodies] = {"nobody": Nobody(), "on": Standing(3.0, 2.5), "corner": Standing(0.5, 4.6)}


def test_both_directions_of_a_link_feel_the_same_body() -> None:
    packets = listen(air(Room(SPACE, 1, 4)), 30)
    shapes = amplitudes(packets).mean(axis=1)
    there, back = (
        np.interp(np.arange(1, 29, 0.25), packets.sent_s[packets.reader == end], shapes[packets.reader == end]) for end in (0, 1)
    )
    assert np.corrcoef(there, back)[0, 1] > 0.6


def test_rates_losses_and_silent_nodes() -> None:
    packets = listen(air(Nobody()), 30, rate_hz=40)
    assert 0.95 < len(packets) / (2 * 40 * 30) < 1.0
    assert np.all(np.diff(packets.sent_s) >= -CELL_S)
    waves = air(Nobody())
    one = waves.cell(0, [100, 0])
    assert set(one.sender.tolist()) == {0}
    assert set(one.reader.tolist()) == {1}
    assert len(waves.cell(0, [0, 0])) == 0


def test_slow_rates_come_evenly() -> None:
    packets = listen(air(Nobody()), 40, rate_hz=2)
    own = packets.sent_s[packets.sender == 0]
    assert np.allclose(np.diff(own) / 0.5, np.rint(np.diff(own) / 0.5), atol=0.03)


def test_a_single_node_hears_nothing() -> None:
    assert len(listen(air(Nobody(), NODES[:1]), 1)) == 0


def test_temperature_drifts_slowly() -> None:
    """Within a minute nothing to see, over an hour something, but no jump."""
    waves = air(Nobody())
    means = np.array([amplitudes(listen(waves, 1.0, start_s=t)).mean(axis=0) for t in range(0, 3600, 120)])
    change = np.abs(np.diff(means, axis=0)).mean(axis=1) / means.mean()
    assert change.max() < 0.12
    assert np.abs(means[0] - means).mean(axis=1).max() / means.mean() > 0.01


def test_walls_weaken() -> None:
    ends = [RadioNode("02:00:00:00:00:09", (x, 2.5, 1.2)) for x in (6.0, 6.3)]
    rssi = [[np.median(listen(air(Nobody(), (NODES[0], end), seed), 1).rssi_dbm) for seed in range(12)] for end in ends]
    assert 1.5 < np.mean(rssi[0]) - np.mean(rssi[1]) < 8


def test_frames_on_the_wire_are_what_the_node_border_reads() -> None:
    waves = air(Room(SPACE, 1, 4))
    packets = listen(waves, 0.5)
    frames = Wire([node.mac for node in NODES], waves.channel).frames(packets, np.arange(len(packets), dtype=np.uint64) + (1 << 40))
    assert [refusal(frame) for frame in frames] == [None] * len(packets)
    table = decode(frames)
    assert np.array_equal(table.rssi_dbm, packets.rssi_dbm)
    assert np.array_equal(table.noise_dbm, packets.noise_dbm)
    assert np.array_equal(table.iq, packets.iq)
    assert set(table.channel.tolist()) == {6}
    assert frames[0][:6] == bytes.fromhex(NODES[packets.reader[0]].mac.replace(":", ""))
    assert frames[0][6:12] == bytes.fromhex(NODES[packets.sender[0]].mac.replace(":", ""))
    assert int.from_bytes(frames[1][12:20], "little") == (1 << 40) + 1


def test_a_lying_person_is_quieter_than_a_walking_one_but_still_breathes() -> None:
    room = Room(SPACE, 1, 8, Scenario.FALL, event_at_s=5.0)
    chest = np.array([room.at(t)[0].points_m for t in np.arange(10, 14, 0.1)])
    moved = np.ptp(chest, axis=0).max(axis=1)
    assert 0.005 < moved.max() < 0.012
    assert np.sort(moved)[-2] < 1e-9


@pytest.mark.parametrize("scenario", list(Scenario))
def test_every_scenario_gives_frames(scenario: Scenario) -> None:
    room = Room(SPACE, 1, 8, scenario, event_at_s=1.0)
    truths: list[tuple[Truth, ...]] = [room.truth(t) for t in (0.5, 3.0)]
    assert all(len(truth) == (0 if scenario is Scenario.EMPTY else 1) for truth in truths)
    assert len(listen(air(room), 2)) > 60
