"""Looks are kept stay by stay, only while biometrics are on; who asks is told why where there are none."""

import base64
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.model.cameras.detection import Category
from engine.model.cameras.look import StayLook
from engine.model.cameras.track import Track, TrackStatus
from engine.model.errors import InputError, NotFound
from engine.model.history.timeline import HitKind, SearchAlike
from engine.model.observation import LooksSeen, SettingsChanged, Tick
from engine.model.people.settings import PeopleSettings
from engine.model.radio.fused import FusedIdentity
from engine.model.result import StepResult
from engine.model.settings import CameraSettings, Settings
from engine.model.time import SECOND, ManualClock
from engine.runtime.people.looks_side import LooksSide
from engine.store import Store, open_store
from engine.vision.models import ModelStore
from tests.fakes.media import jpeg
from tests.fakes.ports import SettingsOf, WriterOf

ON = Settings(cameras=(CameraSettings("yard", "Yard", "simulated://yard"),), recognition=PeopleSettings(True, purpose="To find the lost"))
OFF = replace(ON, recognition=PeopleSettings())
TRACK = Track("t-1", 1, "yard", Category.PERSON, TrackStatus.CONFIRMED, (0, 0, 20, 50), 0.9, 0.9, SECOND, SECOND)


class Site:
    """A side whose writer writes at once."""

    def __init__(self, folder: Path) -> None:
        self.store: Store = open_store(folder / "watchroom.db", ManualClock(0))
        self.settings = ON
        self.side = LooksSide(self.store.looks, ModelStore(folder / "models"), SettingsOf(lambda: self.settings), WriterOf())
        self.use(ON)

    def use(self, settings: Settings) -> None:
        self.settings = settings
        self.side.on_step(StepResult(0), SettingsChanged(0, settings, "test"))

    def see(self, *tracks: Track) -> None:
        self.side.on_step(StepResult(1, tracks=(("yard", tracks),)), Tick(0))

    def look(self, at_s: float, *numbers: float, track: str = "t-1") -> None:
        vector = np.array(numbers, np.float32) / np.linalg.norm(numbers)
        self.side.on_step(StepResult(1), LooksSeen("yard", round(at_s * SECOND), (track,), vector[None], "osnet"))

    def tick(self, at_s: float, **more: object) -> None:
        self.side.on_step(replace(StepResult(1), **more), Tick(round(at_s * SECOND)))

    def stays(self) -> list[StayLook]:
        with self.store._read() as connection:  # pyright: ignore[reportPrivateUsage]
            rows = connection.exec_driver_sql(
                "SELECT id, since_ns, until_ns, best_ns, count, person_id, closed, simulated FROM looks"
            ).all()
        return [tuple(row) for row in rows]  # type: ignore[misc]


@pytest.fixture
def site(tmp_path: Path):  # type: ignore[no-untyped-def]
    made = Site(tmp_path)
    yield made
    made.store.close()


def tall(height: float, seen_s: float, **more: object) -> Track:
    return replace(TRACK, box_xyxy=(0, 0, 20, height), last_seen_ns=round(seen_s * SECOND), **more)


def test_a_stay_is_the_mean_of_its_best_looks_and_is_closed_when_its_track_is_gone(site: Site) -> None:
    site.see(tall(50, 1))
    site.look(1, 0, 1)  # small: not among the best
    for second, height in ((2, 200), (3, 300), (4, 250), (5, 220), (6, 210)):
        site.see(tall(height, second))
        site.look(second, 1, 0)
    site.tick(30, names=(("t-1", FusedIdentity("pe-1", "Ada", "#fff", 1.0, 0.9, (), ())),))
    assert site.stays() == [("t-1", SECOND, 6 * SECOND, 3 * SECOND, 5, "pe-1", 0, 1)]
    site.see()
    assert site.stays() == [("t-1", SECOND, 6 * SECOND, 3 * SECOND, 5, "pe-1", 1, 1)]
    known = site.store.looks.look_of("t-1")
    assert known is not None and known.vector.tolist() == [1, 0]


def test_alike_by_a_stay_and_only_on_cameras_that_may_be_seen(site: Site) -> None:
    for number, numbers in enumerate(((1.0, 0.0), (0.9, 0.1), (0.0, 1.0))):
        track = replace(TRACK, id=f"t-{number}")
        site.see(track)
        site.look(1, *numbers, track=track.id)
        site.see()
    answer = site.side.ask(SearchAlike(like_id="t-0"))
    assert [(hit.id, hit.kind, hit.likeness) for hit in answer.hits] == [
        ("t-0", HitKind.LOOKS, pytest.approx(1.0, abs=1e-3)),
        ("t-1", HitKind.LOOKS, pytest.approx(0.9939, abs=1e-3)),
        ("t-2", HitKind.LOOKS, pytest.approx(0.0, abs=1e-3)),
    ]
    assert answer.compared == 3
    assert site.side.ask(SearchAlike(like_id="t-0", camera_ids=("gate",))).hits == ()
    with pytest.raises(NotFound):
        site.side.ask(SearchAlike(like_id="t-0"), ("gate",))
    assert site.side.ask(SearchAlike(like_id="t-0", camera_ids=("gate",)), ("yard",)).hits == ()


def test_nothing_is_kept_while_biometrics_are_off_and_the_question_says_so(site: Site) -> None:
    site.see(TRACK)
    site.look(1, 1, 0)
    site.tick(30)
    assert len(site.stays()) == 1
    site.use(OFF)
    assert site.stays() == []
    site.see(TRACK)
    site.look(2, 1, 0)
    site.tick(60)
    site.side.stays.finish()
    assert site.stays() == []
    with pytest.raises(InputError, match="biometrics are off"):
        site.side.ask(SearchAlike(like_id="t-1"))


def test_what_is_open_when_the_engine_ends_is_closed(site: Site) -> None:
    site.see(TRACK)
    site.look(1, 1, 0)
    site.side.stays.finish()
    assert [stay[6] for stay in site.stays()] == [1]


def test_questions_that_cannot_be_answered_say_why(site: Site) -> None:
    with pytest.raises(NotFound, match="No look of them is kept"):
        site.side.ask(SearchAlike(like_id="ev-none"))
    picture = base64.b64encode(jpeg(np.zeros((240, 320, 4), np.uint8))).decode()
    with pytest.raises(NotFound, match="System page"):
        site.side.ask(SearchAlike(picture, box=(0.0, 0.0, 1.0, 1.0)))
    with pytest.raises(InputError, match="shows nobody"):
        site.side.ask(SearchAlike(picture))
    with pytest.raises(InputError, match="JPEG"):
        site.side.ask(SearchAlike(base64.b64encode(b"no picture").decode()))


@pytest.mark.parametrize(
    "wanted", [{}, {"jpeg": "x", "like_id": "y"}, {"jpeg": "x", "box": (0.5, 0.0, 0.4, 1.0)}, {"jpeg": "x", "limit": 0}]
)
def test_questions_that_make_no_sense(wanted: dict[str, object]) -> None:
    with pytest.raises(InputError):
        SearchAlike(**wanted)  # type: ignore[arg-type]
