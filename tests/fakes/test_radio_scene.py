"""The pretended floor keeps the promises of the model: otherwise what is tested with it proves nothing."""

from dataclasses import replace

import pytest

from engine.model.command import ChangeSettings, PutNode
from engine.model.errors import NotFound
from engine.model.port import EnginePort
from engine.model.question import ExplainBlob
from engine.model.site import Floor, NodeSettings
from tests.fakes.radio_scene import WALKERS, RadioEngine, RadioScene, mac


@pytest.fixture
def engine() -> RadioEngine:
    return RadioEngine(radio_scene=RadioScene(walkers=WALKERS))


def test_reasons_add_up_for_everybody_at_any_time(engine: RadioEngine) -> None:
    port: EnginePort = engine.port()
    for _ in range(5):
        picture = port.snapshot().radio.picture
        assert picture is not None and len(picture.blobs) == 6
        for blob in picture.blobs:
            why = port.ask(ExplainBlob(blob.id))
            assert why is not None and why.fused_value == blob.fused_value
            assert sum(link.contribution for link in why.links) == pytest.approx(why.fused_value, rel=1e-9)
            assert {zone.link for zone in why.zones} <= {link.link for link in why.links if link.contributing}
        engine.tick()


def test_everybody_begins_where_they_began_before(engine: RadioEngine) -> None:
    later = RadioEngine(radio_scene=RadioScene(walkers=WALKERS))
    for _ in range(3):
        here, there = engine.snapshot.radio.picture, later.snapshot.radio.picture
        assert here is not None and there is not None and here.at_ns != there.at_ns
        assert [blob.position for blob in here.blobs] == [blob.position for blob in there.blobs]
        engine.tick()
        later.tick()


def test_nobody_else_is_explained(engine: RadioEngine) -> None:
    with pytest.raises(NotFound):
        engine.port().ask(ExplainBlob("blob-99"))


def test_voxels_are_the_strongest_first_and_not_too_many(engine: RadioEngine) -> None:
    picture = engine.snapshot.radio.picture
    assert picture is not None and 0 < len(picture.voxels) <= 4000
    assert (picture.voxels[:-1, 3] >= picture.voxels[1:, 3]).all()


def test_commands_change_what_is_shown(engine: RadioEngine) -> None:
    port = engine.port()
    port.command(PutNode(NodeSettings(mac(1), "Elsewhere", (5.0, 5.0, 1.0))))
    node = port.snapshot().radio.node(mac(1))
    assert node is not None and node.position == (5.0, 5.0, 1.0)
    port.command(ChangeSettings(floor=Floor(extent=(0, 0, 3, 3))))
    assert port.snapshot().settings.floor.extent == (0, 0, 3, 3)
    port.command(ChangeSettings(radio=replace(port.snapshot().settings.radio, enabled=False)))
    assert port.snapshot().radio.picture is None
