"""A fall on the demo site, from the command to the alert, with all of its cameras and nodes at work."""

from pathlib import Path

import pytest

from console.site import demo_added, running
from engine.gateway.border.bind import Bind
from engine.model.alerts.alert import Alert
from engine.model.command import SimulateFall
from engine.model.event import EventKind
from engine.runtime.local import LocalPort, demo_port
from tests.fakes.waiting import until

pytestmark = pytest.mark.soak

LONGEST_S = 300.0  # two rounds of the walkers


def falls(port: LocalPort) -> list[Alert]:
    return [alert for alert in port.snapshot().alerts.alerts if alert.kind is EventKind.FALL]


def test_a_fall_that_was_asked_for_is_an_alert(tmp_path: Path) -> None:
    with running(tmp_path / "demo", Bind(), demo_added(), gateway_needed=False) as site:
        port = demo_port(site.engine)
        until(lambda: (picture := port.snapshot().radio.picture) is not None and bool(picture.blobs), "radio finds somebody", 120)
        asked_ns = site.engine.clock.now_ns()
        port.command(SimulateFall())
        fallen_s = site.engine.demo_stage.stage.falls()[-1]
        until(lambda: any(alert.raised_ns > asked_ns for alert in falls(port)), f"{fallen_s} is told", LONGEST_S)
        alert = falls(port)[0]
        assert alert.simulated and alert.position is not None and alert.severity >= 4
