"""`bench ingest`, small: the figures come from what was really sent and received."""

import argparse

import pytest

from benchmarks.cases import BENCHES
from benchmarks.radio import ingest, node_load
from engine.model.errors import InputError
from engine.sources.node.frame import refusal


def test_the_border_takes_in_what_the_nodes_send() -> None:
    case = ingest._case("border", ingest._border, nodes=3, rate_hz=20, seconds=1.0)
    assert case["metrics"]["lost_percent"] == 0
    assert case["metrics"]["shed_percent"] == 0
    assert case["metrics"]["sent_hz"] > 60


def test_the_frames_that_are_played_are_good_ones_and_walk_back_where_they_came_from() -> None:
    sent = node_load.frames(3, 20, seconds=1.0)
    assert len(sent) == 3 and all(len(messages) >= 2 * 2 * 15 and messages == messages[::-1] for messages in sent)
    for mac, messages in zip(node_load.macs(3), sent, strict=True):
        for message in messages[:4]:
            key, data = message[4:8], message[8:]
            frame = bytes(byte ^ key[index % 4] for index, byte in enumerate(data))
            assert refusal(frame) is None
            assert frame[:6].hex(":").upper() == mac


def test_the_engine_takes_in_what_the_nodes_send_and_finds_who_walks() -> None:
    case = ingest._case("engine", ingest._engine, nodes=4, rate_hz=20, seconds=8.0)
    metrics = case["metrics"]
    assert metrics["lost_percent"] == 0 and metrics["taken"] + metrics["shed_percent"] > 1_000
    assert metrics["ticks_with_blobs"] > 0 and metrics["step_median_ms"] > 0


def test_with_radio_off_frames_are_taken_in_and_nobody_is_found() -> None:
    case = ingest._case("engine, radio off", ingest._engine_without, nodes=3, rate_hz=20, seconds=1.0)
    assert case["metrics"]["lost_percent"] == 0 and case["metrics"]["taken"] > 60 and case["metrics"]["ticks_with_blobs"] == 0


def test_impossible_loads_are_refused() -> None:
    add, measure, _ = BENCHES["ingest"]
    parser = argparse.ArgumentParser()
    add(parser)
    with pytest.raises(InputError):
        measure(parser.parse_args(["--nodes", "1"]))
