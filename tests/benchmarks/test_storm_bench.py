"""`bench storm`, small: nothing is lost, nothing is there twice, and the figures are those of what was really sent."""

import argparse
from pathlib import Path

import pytest

from benchmarks.cases import BENCHES
from benchmarks.incidents import storm
from benchmarks.incidents.storm_load import AT_A_PLACE, Storm, body, plan
from console.site import running
from engine.gateway.border.bind import Bind
from engine.model.errors import InputError
from engine.runtime.command_line_settings import CommandLineSettings

WHOLE = pytest.param(10_000, 60.0, id="all", marks=pytest.mark.soak)


@pytest.mark.parametrize(("reports", "seconds"), [pytest.param(500, 0.0, id="few"), WHOLE])
def test_nothing_is_lost_and_nothing_doubled(tmp_path: Path, reports: int, seconds: float) -> None:
    with running(tmp_path / "data", Bind(), CommandLineSettings(), gateway_needed=True) as site:
        metrics = storm._storm(site, reports, seconds, connections=50)["metrics"]
    assert (metrics["acknowledged"], metrics["stored"], metrics["lost"], metrics["doubled"]) == (reports, reports, 0, 0)
    assert (metrics["incidents"], metrics["wrong_incidents"], metrics["asks_failed"]) == (reports // AT_A_PLACE, 0, 0)
    assert metrics["pipeline_settled_s"] is not None and metrics["statuses"]["201"] >= metrics["incidents"]


def test_every_report_is_sent_and_some_twice() -> None:
    numbers = [number for _, number in plan(Storm("http://x", "t", reports=1000))]
    assert len(numbers) == 1050 and set(numbers) == set(range(1000))
    assert b"secret" not in body(Storm("http://x", "secret"), 1) and "secret" not in repr(Storm("http://x", "secret"))


def test_arguments_out_of_range_are_refused() -> None:
    for given in (["--reports", "4"], ["--reports", "12"], ["--connections", "0"], ["--seconds", "-1"]):
        parser = argparse.ArgumentParser()
        BENCHES["storm"][0](parser)
        with pytest.raises(InputError, match="reports"):
            BENCHES["storm"][1](parser.parse_args(given))
