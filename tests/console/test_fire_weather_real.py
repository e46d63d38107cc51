"""Fire weather and lookouts as they are set up on the real engine, beside it and over the network, against a risk service."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.dialogs.cameras.lookouts import LookoutsDialog
from console.dialogs.fire.fire_weather import FireWeatherDialog
from console.dialogs.saving import SavingDialog
from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.gateway.remote.port import RemoteDoor
from engine.model.command import PutCamera
from engine.model.fire.smoke import Lookout, LookoutView
from engine.model.port import EngineDoor
from engine.model.settings import CameraSettings
from engine.runtime.command_line_settings import CommandLineSettings
from tests.console.real_engine import ADMIN, PASSWORD, SITE_NAME
from tests.fakes import risk_service
from tests.fakes.risk_service import FakeRiskService, row

TOWER = CameraSettings("tower", "Tower", "rtsp://127.0.0.1:9/none", enabled=False)
DOORS: dict[str, Callable[[Site], EngineDoor]] = {"beside": lambda site: site.door, "network": lambda site: RemoteDoor(site.url)}
LONGEST_MS = 120_000
D = TypeVar("D", bound=SavingDialog)


class Opened(Protocol):
    def __call__(self, kind: type[D]) -> D: ...


@pytest.fixture
def service() -> Iterator[FakeRiskService]:
    with risk_service.risk_service() as fake:
        today = datetime.now(UTC).date()
        fake.scores[today] = [row(12, today, 7.4, "low")]
        fake.cameras = [{"id": 12, "name": "Tower"}]
        yield fake


@pytest.fixture(params=DOORS)
def bridge(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> Iterator[EngineBridge]:
    for name in ("RISK_API_URL", "RISK_API_LOGIN", "RISK_API_PWD", "RISK_REFRESH_HOUR_UTC"):
        monkeypatch.delenv(name, raising=False)
    with running(tmp_path / "data", Bind(port=0), CommandLineSettings(), gateway_needed=True) as site:
        site.door.set_up(SITE_NAME, ADMIN, PASSWORD).close()
        port = DOORS[request.param](site).sign_in(ADMIN, PASSWORD)
        port.command(PutCamera(TOWER))
        made = EngineBridge(port)
        made.start()
        qtbot.waitUntil(lambda: made.snapshot is not None and bool(made.snapshot.settings.cameras), timeout=LONGEST_MS)
        yield made
        made.close()


@pytest.fixture
def opened(bridge: EngineBridge, qtbot: QtBot) -> Iterator[Opened]:
    shown: list[SavingDialog] = []

    def make(kind: type[D]) -> D:
        dialog = kind(bridge)
        shown.append(dialog)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    yield make
    for dialog in shown:
        dialog.close()


def test_fire_weather_and_a_lookout_are_set_up(
    bridge: EngineBridge, opened: Opened, service: FakeRiskService, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = opened(FireWeatherDialog)
    assert dialog.state.text().startswith("No fire weather source") and not dialog.ask.isEnabled()
    dialog.fields.field("service_url").edit().setText(service.url)
    dialog.fields.field("login").edit().setText(risk_service.LOGIN)
    dialog.password.edit().setText("wrong")
    dialog.submit()
    qtbot.waitUntil(dialog.isHidden, timeout=LONGEST_MS)
    qtbot.waitUntil(lambda: bridge.snapshot.fire.trouble != "" and bridge.snapshot.fire.password_stored, timeout=LONGEST_MS)
    again = opened(FireWeatherDialog)
    assert again.state.text().startswith("Fire risk unknown since ") and " Next try at " in again.state.text()
    again.password.edit().setText(risk_service.PASSWORD)
    again.submit()
    qtbot.waitUntil(again.isHidden, timeout=LONGEST_MS)
    qtbot.waitUntil(lambda: bridge.snapshot.fire.trouble == "" and bridge.snapshot.fire.fetched_ns > 0, timeout=LONGEST_MS)
    last = opened(FireWeatherDialog)
    assert "; 1 of 1 camera. Next update at " in last.state.text()
    assert risk_service.PASSWORD not in "".join(file.read_text("utf-8", "ignore") for file in (tmp_path / "data").glob("settings.toml"))
    asked = len(service.of("/scores/"))
    last.ask.click()
    qtbot.waitUntil(lambda: len(service.of("/scores/")) > asked, timeout=LONGEST_MS)
    (tmp_path / "noon.csv").write_text("date,temperature,humidity,wind,rain\n2026-07-01,26,35,12,0\n", "utf-8")
    last.import_weather(tmp_path / "noon.csv")
    qtbot.waitUntil(lambda: last.outcome.text().startswith("Import failed. Site location is not set"), timeout=LONGEST_MS)
    _set_up_a_lookout(bridge, opened, qtbot)


def _set_up_a_lookout(bridge: EngineBridge, opened: Opened, qtbot: QtBot) -> None:
    dialog = opened(LookoutsDialog)
    dialog.list.item(0).setCheckState(Qt.CheckState.Checked)
    for name, text in (("latitude", "59.3512"), ("longitude", "18.0211"), ("angle_of_view_deg", "54")):
        dialog.fields.field(name).edit().setText(text)
    dialog.views.set_text(0, 1, "120.5")
    dialog.submit()
    qtbot.waitUntil(dialog.isHidden, timeout=LONGEST_MS)
    kept = (Lookout("tower", 59.3512, 18.0211, 54.0, (LookoutView("0", 120.5),)),)
    qtbot.waitUntil(lambda: bridge.snapshot.settings.lookouts == kept, timeout=LONGEST_MS)
