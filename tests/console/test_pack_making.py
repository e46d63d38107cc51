"""An evidence pack in the making: followed to its end, cancelled, and its new case made once."""

import pytest
from pytestqt.qtbot import QtBot

from console.bridge import EngineBridge
from console.feeds.pack_making import PackMaking
from engine.model.command import CancelJob
from engine.model.errors import EnvironmentFault
from engine.model.history.evidence import MakePack, Pack, PackRequest, PutCase
from engine.model.time import SECOND
from tests.fakes.engine import FakeEngine


class Told:
    """What a making said."""

    def __init__(self, making: PackMaking) -> None:
        self.made: list[Pack] = []
        self.failed: list[str] = []
        making.made.connect(self.made.append)
        making.failed.connect(self.failed.append)


@pytest.fixture
def request_(engine: FakeEngine) -> PackRequest:
    return PackRequest(engine.now_ns - 60 * SECOND, engine.now_ns, "Break-in")


def wait_until_ended(engine: FakeEngine, making: PackMaking, qtbot: QtBot) -> None:
    def ended() -> bool:
        engine.tick()
        return not making.running

    qtbot.waitUntil(ended)


def test_it_ends_with_the_pack(bridge: EngineBridge, engine: FakeEngine, request_: PackRequest, qtbot: QtBot) -> None:
    making = PackMaking(bridge)
    told = Told(making)
    making.start(request_)
    assert making.running
    assert making.title == "Break-in"
    wait_until_ended(engine, making, qtbot)
    assert [pack.id for pack in told.made] == [engine.past.packs[0].id]
    assert told.failed == []


def test_it_is_cancelled(bridge: EngineBridge, engine: FakeEngine, request_: PackRequest, qtbot: QtBot) -> None:
    making = PackMaking(bridge)
    told = Told(making)
    making.start(request_)
    making.cancel()
    qtbot.waitUntil(lambda: any(isinstance(each, CancelJob) for each in engine.commands))
    wait_until_ended(engine, making, qtbot)
    assert told.made == []
    assert told.failed == ["Cancelled. Nothing was kept."]


def test_cancelled_while_its_case_is_made_nothing_is_begun(
    bridge: EngineBridge, engine: FakeEngine, request_: PackRequest, qtbot: QtBot
) -> None:
    gate = engine.hold("command")
    making = PackMaking(bridge)
    told = Told(making)
    making.start(request_, "Warehouse")
    making.cancel()
    gate.set()
    qtbot.waitUntil(lambda: bool(told.failed))
    assert not any(isinstance(each, MakePack) for each in engine.commands)


def test_trying_again_puts_it_into_the_case_that_is_there(
    bridge: EngineBridge, engine: FakeEngine, request_: PackRequest, qtbot: QtBot
) -> None:
    making = PackMaking(bridge)
    told = Told(making)
    making.start(request_, "Warehouse")
    making.cancel()
    wait_until_ended(engine, making, qtbot)
    making.start(request_, "Warehouse")
    wait_until_ended(engine, making, qtbot)
    assert [type(each) for each in engine.commands].count(PutCase) == 1
    assert told.made[0].request.case_id == engine.past.cases[0].id


def test_what_is_refused_is_said(bridge: EngineBridge, engine: FakeEngine, request_: PackRequest, qtbot: QtBot) -> None:
    making = PackMaking(bridge)
    told = Told(making)
    engine.fail("command", EnvironmentFault("audit", "The audit cannot be kept, so nothing leaves the house."))
    making.start(request_)
    qtbot.waitUntil(lambda: bool(told.failed))
    assert told.failed == ["The audit cannot be kept, so nothing leaves the house."]
    assert not making.running
