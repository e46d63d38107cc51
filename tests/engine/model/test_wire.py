import contextlib
import json
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from typing_extensions import TypeAliasType

from engine.model import wire
from engine.model.cameras.detection import Detections
from engine.model.cameras.track import Track
from engine.model.command import Command, CreateUser, PutCamera
from engine.model.errors import InputError
from engine.model.event import Event
from engine.model.health import CameraHealth, CameraState
from engine.model.observation import DetectionsMade, FrameSeen, Motion, Numbered, SettingsChanged
from engine.model.settings import CameraSettings, Settings

TEXT = st.text(min_size=1, max_size=8).filter(lambda text: bool(text.strip()))
POINT = st.tuples(st.floats(0, 1), st.floats(0, 1))
CAMERAS = st.builds(
    CameraSettings,
    id=st.from_regex(r"[a-z0-9_-]{1,12}", fullmatch=True),
    name=TEXT,
    url=st.just("rtsp://192.0.2.1/a"),
    masks=st.lists(st.lists(POINT, min_size=3, max_size=4).map(tuple), max_size=2).map(tuple),
    min_person_share=st.floats(0.01, 1),
)


@given(CAMERAS)
def test_settings_come_back_as_they_were(camera: CameraSettings):
    value = SettingsChanged(5, Settings(cameras=(camera,)), "ada")
    plain = json.loads(json.dumps(wire.to_plain(Numbered(1, 2, value))))
    again = wire.read_as(Numbered, plain)
    assert (again.number, again.received_ns, again.observation) == (1, 2, value)


@given(npst.arrays(np.float32, st.tuples(st.integers(0, 5), st.just(4))))
def test_arrays_come_back_bit_for_bit(boxes):
    found = Detections(boxes, np.zeros(len(boxes), np.float32), np.zeros(len(boxes), np.int8))
    plain = json.loads(json.dumps(wire.to_plain(DetectionsMade("a", 1, 2, 3, 4, found, "x"))))
    again = wire.read_as(DetectionsMade, plain).detections
    assert again.boxes_xyxy.tobytes() == boxes.tobytes() and again.boxes_xyxy.dtype == np.float32
    assert again.boxes_xyxy.shape == boxes.shape


def test_why_a_camera_is_lost_reaches_another_console():
    health = CameraHealth(CameraState.LOST, "Nothing answers.", fault="refused")
    plain = json.loads(json.dumps(wire.to_plain(health)))
    assert wire.read_as(CameraHealth, plain) == health
    assert wire.read_as(CameraHealth, {key: value for key, value in plain.items() if key != "fault"}).fault == ""  # of an older engine


def test_a_member_of_a_union_says_what_it_is():
    plain = wire.to_plain(CreateUser("bob", "operator", "secret"), tagged=True)  # type: ignore[arg-type]
    assert plain["type"] == "CreateUser"
    assert isinstance(wire.from_plain(Command, plain), CreateUser)
    with pytest.raises(InputError) as refused:
        wire.from_plain(Command, {"type": "os.system"})
    assert refused.value.field == "type"


@pytest.mark.parametrize(
    ("plain", "field"),
    [
        ({"cameras": [{"id": "a", "name": "A"}]}, "cameras[0].url"),
        ({"cameras": [{"id": "a", "name": "A", "url": "ftp://x"}]}, "cameras[0].url"),
        ({"cameras": [{"id": "a", "name": "A", "url": "x", "masks": [[[0, 2]]]}]}, "cameras[0].masks"),
        ({"cameras": "none"}, "cameras"),
        ({"gates": {"min_confidence": "high"}}, "gates.min_confidence"),
        ({"gates": {"min_confidence": True}}, "gates.min_confidence"),
        ({"recording": {"ring_mib": 1.5}}, "recording.ring_mib"),
        ({"site_nmae": "x"}, "site_nmae"),
        ({"cameras": [{"id": "a", "name": "A", "url": "x"}] * 2}, "cameras[1].id"),
    ],
)
def test_what_does_not_fit_names_its_field(plain: dict[str, object], field: str):
    with pytest.raises(InputError) as refused:
        wire.read_as(Settings, plain)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "array", [{"dtype": "O", "shape": [1], "data": ""}, {"dtype": "<f4", "shape": [9], "data": "AAAA"}, {"shape": []}, 7]
)
def test_arrays_that_are_none_are_refused(array: object):
    with pytest.raises(InputError):
        wire.read_as(Motion, {"share": 0.1, "regions_xyxy": array})


KEYS = st.sampled_from(["type", "id", "box_xyxy", "camera", "cameras", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("kind", [Settings, Command, Event, Track, FrameSeen, Numbered, PutCamera])
@given(plain=JSON)
def test_anything_that_is_read_is_either_a_value_or_refused(kind: object, plain: object):
    with contextlib.suppress(InputError):
        wire.from_plain(kind, plain)


def test_what_has_no_plain_form_says_so():
    with pytest.raises(TypeError, match="no plain form for object"):
        wire.to_plain(object())


def test_an_array_is_read_also_where_its_type_is_an_alias() -> None:
    """As NumPy declares `NDArray` on Python 3.12 and later."""
    item = TypeVar("item", bound=np.generic)
    alias: Any = TypeAliasType("alias", np.ndarray[Any, np.dtype[item]], type_params=(item,))
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    read = wire.from_plain(alias[np.float32], wire.to_plain(values))
    assert read.dtype == np.float32 and np.array_equal(read, values)
