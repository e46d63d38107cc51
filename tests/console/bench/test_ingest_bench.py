"""`bench ingest`, small: the figures come from what was really sent and received."""

import argparse

import pytest

from console.bench import ingest, node_load
from console.commands.bench import BENCHES
from engine.model.errors import InputError
from engine.sources.node.frame import refusal


def test_the_border_takes_in_what_the_nodes_send() -> None:
    case = ingest._case("border", ingest._border, nodes=3, rate_hz=20, seconds=1.0)
    assert case["metrics"]["lost_percent"] == 0
    assert case["metrics"]["shed_percent"] == 0
    assert case["metrics"]["sent_hz"] > 60


def test_the_frames_that_are_played_are_good_ones() -> None:
    messages = node_load.frames(0, 3)
    assert len(messages) == 2 * node_load.VARIANTS
    for message in messages[:4]:
        key, data = message[4:8], message[8:]
        frame = bytes(byte ^ key[index % 4] for index, byte in enumerate(data))
        assert refusal(frame) is None
        assert frame[:6].hex(":").upper() == node_load.mac(0)


def test_nodes_stand_on_the_wall() -> None:
    places = [node_load._on_the_wall(index / 16) for index in range(16)]
    width, depth = node_load.ROOM_M
    assert len(set(places)) == 16
    assert all(x in (0, width) or y in (0, depth) for x, y in places)
    assert all(0 <= x <= width and 0 <= y <= depth for x, y in places)


def test_impossible_loads_are_refused() -> None:
    add, measure, _ = BENCHES["ingest"]
    parser = argparse.ArgumentParser()
    add(parser)
    with pytest.raises(InputError):
        measure(parser.parse_args(["--nodes", "1"]))
