"""The picture under the floor plan: kept as a file, laid by settings, given back whole, and gone when it is taken away."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.model.accounts.audit import AuditVerb
from engine.model.cameras.floor_image import FloorImage, GetFloorImage, PutFloorImage, RemoveFloorImage
from engine.model.command import ChangeSettings
from engine.model.errors import InputError
from engine.model.site import Floor, Zone
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import LocalPort, demo_port
from engine.runtime.settings.settings_file import load_settings
from engine.vision.models import ModelStore
from tests.fakes.media import jpeg


def plan(shade: int = 200) -> bytes:
    return jpeg(np.full((60, 120, 4), shade, np.uint8))


def as_text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    data = DataFolder(tmp_path / "site")
    with data.lock():
        made = Engine(data, SystemClock(), ModelStore(tmp_path / "models"))
        made.start()
        try:
            yield made
        finally:
            made.stop()


@pytest.fixture
def port(engine: Engine) -> LocalPort:
    return demo_port(engine)


def test_a_picture_is_laid_kept_and_given_back(port: LocalPort, engine: Engine) -> None:
    assert port.ask(GetFloorImage()) == ""
    digest = port.command(PutFloorImage(0.05, -1.0, 2.0, as_text(plan())))
    assert digest == hashlib.sha256(plan()).hexdigest()
    image = engine.settings.floor.image
    assert image == FloorImage(digest, 120, 60, 0.05, -1.0, 2.0) and image.bounds_m() == pytest.approx((-1.0, 2.0, 5.0, 5.0))
    assert base64.b64decode(port.ask(GetFloorImage())) == plan()
    assert load_settings(engine.data.settings).floor.image == image, "also after a restart"
    newest = engine.record.store.audit(1)[0]
    assert (newest.verb, newest.subject) == (AuditVerb.CHANGE_SETTINGS, digest)


def test_another_picture_takes_its_place_and_the_old_file_goes(port: LocalPort, engine: Engine) -> None:
    for shade in (100, 200):
        port.command(PutFloorImage(0.05, picture=as_text(plan(shade))))
    files = [file.name for file in (engine.data.path / "floor").iterdir()]
    assert files == [hashlib.sha256(plan(200)).hexdigest()]
    port.command(RemoveFloorImage())
    assert engine.settings.floor.image is None and not list((engine.data.path / "floor").iterdir())
    assert port.ask(GetFloorImage()) == ""


def test_it_is_laid_otherwise_without_sending_it_again(port: LocalPort, engine: Engine) -> None:
    with pytest.raises(InputError, match="none yet"):
        port.command(PutFloorImage(0.05))
    port.command(PutFloorImage(0.05, picture=as_text(plan())))
    port.command(PutFloorImage(0.1, 1.0, 1.0))
    image = engine.settings.floor.image
    assert image is not None and (image.metres_per_px, image.left_m) == (0.1, 1.0) and port.ask(GetFloorImage())


@pytest.mark.parametrize("picture", ["%%%", as_text(b"GIF89a no picture of ours"), as_text(plan()[:40])])
def test_what_is_no_picture_is_refused_and_nothing_changes(port: LocalPort, engine: Engine, picture: str) -> None:
    with pytest.raises(InputError):
        port.command(PutFloorImage(0.05, picture=picture))
    assert engine.settings.floor.image is None and not (engine.data.path / "floor").exists()


@pytest.mark.parametrize("metres_per_px", [0.0, -1.0, float("nan"), 11.0])
def test_a_scale_that_cannot_be_is_refused(port: LocalPort, engine: Engine, metres_per_px: float) -> None:
    with pytest.raises(InputError):
        port.command(PutFloorImage(metres_per_px, picture=as_text(plan())))
    assert engine.settings.floor.image is None


def test_a_file_taken_away_by_hand_is_no_error(port: LocalPort, engine: Engine) -> None:
    digest = port.command(PutFloorImage(0.05, picture=as_text(plan())))
    (engine.data.path / "floor" / digest).unlink()
    assert port.ask(GetFloorImage()) == ""


def test_the_floor_is_edited_without_losing_it(port: LocalPort, engine: Engine) -> None:
    port.command(PutFloorImage(0.05, picture=as_text(plan())))
    floor: Floor = replace(engine.settings.floor, image=None, zones=(Zone("hall", "Hall", 0, 0, 2, 2),))
    port.command(ChangeSettings(floor=floor))
    assert engine.settings.floor.image is not None and len(engine.settings.floor.zones) == 1
