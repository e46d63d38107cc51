"""Instant replay: what is held is decoded for whoever asks; faces and private areas stay hidden; nothing is decoded for nobody."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from engine.model.accounts.access import Role, Session, User, Verb
from engine.model.cameras.frame import Bytes2D, EncodedPacket, StreamInfo
from engine.model.cameras.instant_replay import ReplayCamera, ReplayPart
from engine.model.cameras.privacy import NOTHING, Cover
from engine.model.errors import InputError, PermissionDenied
from engine.model.geometry import Box
from engine.model.observation import Tick
from engine.model.result import StepResult
from engine.model.settings import RecordingSettings
from engine.model.time import SECOND, ManualClock
from engine.recording.clips.clips import ClipRecorder
from engine.recording.jpeg import decode_jpeg
from engine.recording.sightings import Sighting
from engine.runtime.access.scopes import check_verb
from engine.runtime.cameras.clip_side import ClipSide
from engine.runtime.cameras.instant_replay import IDLE_S, NOTHING_YET, OFF, InstantReplay
from engine.runtime.cameras.masking import Masking
from tests.engine.recording.streams import FRAME_NS, START_NS, seen, stream
from tests.fakes.frames import FlatFrame
from tests.fakes.waiting import until

LEFT_HALF: Box = (0.0, 0.0, 0.5, 1.0)


@dataclass
class FakeMasking:
    hidden: bool = False
    cover: Cover = NOTHING
    looked: list[tuple[Box, ...]] = field(default_factory=list)

    def hides(self, session_id: str) -> bool:
        return self.hidden

    def cover_of_held(self, *_: object) -> Cover:
        return self.cover

    def look(self, picture_bgr: Bytes2D, people: Sequence[Box]) -> tuple[Box, ...]:
        self.looked.append(tuple(people))
        return (LEFT_HALF,)


@dataclass
class FakeClips:
    recorder: ClipRecorder

    def people_between(self, camera_id: str, since_ns: int, until_ns: int) -> list[Sighting]:
        return [Sighting((since_ns + until_ns) // 2, ((0.1, 0.2, 0.3, 0.9),))]


class Rig:
    def __init__(self, folder: Path) -> None:
        self.recorder = ClipRecorder(folder, ManualClock(START_NS), lambda clip: None, lambda trouble: None, RecordingSettings())
        self.masking, self.steady_s = FakeMasking(), 100.0
        clips = cast(ClipSide, FakeClips(self.recorder))
        self.replay = InstantReplay(clips, cast(Masking, self.masking), lambda: self.steady_s)

    def send(self, info: StreamInfo, packets: Sequence[EncodedPacket], camera_id: str = "yard") -> None:
        self.recorder.on_stream(camera_id, info)
        for packet in packets:
            self.recorder.on_packet(camera_id, packet)

    def ask(self, at_ns: int = 0, pictures: int = 1, after: bool = False, session: str = "s") -> ReplayPart:
        return self.replay.part(ReplayCamera("yard", at_ns, pictures, 96, 64, after), session)


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    rig = Rig(tmp_path)
    rig.send(*stream())
    return rig


def pixels(part: ReplayPart, index: int = 0) -> Bytes2D:
    return decode_jpeg(part.pictures[index].jpeg.tobytes())[:, :, :3]


def numbers(part: ReplayPart) -> list[int]:
    return [seen(np.ascontiguousarray(pixels(part, index)))[1] for index in range(len(part.pictures))]


def test_it_plays_on_from_part_to_part(rig: Rig) -> None:
    first = rig.ask(START_NS + 20 * FRAME_NS, 6)
    assert numbers(first) == list(range(20, 26))
    second = rig.ask(first.pictures[-1].at_ns, 4, after=True)
    assert numbers(second) == list(range(26, 30))
    assert numbers(rig.ask(START_NS + 5 * FRAME_NS)) == [5], "and back"
    assert (first.held_from_ns, first.held_until_ns) == (START_NS, START_NS + 79 * FRAME_NS)


def test_nothing_is_open_before_somebody_asks_and_soon_after(rig: Rig) -> None:
    assert rig.replay.decoders == 0
    rig.ask()
    rig.ask(session="other")
    assert rig.replay.decoders == 2
    rig.replay.on_session_ended("other")
    assert rig.replay.decoders == 1
    rig.steady_s += IDLE_S + 1
    rig.replay.on_step(StepResult(1), Tick(START_NS))
    assert rig.replay.decoders == 0


def test_who_waits_for_nothing_is_told_why(rig: Rig) -> None:
    rig.recorder.forget_camera("yard")  # it was removed, or is being set up anew
    assert rig.ask().reason == NOTHING_YET
    rig.recorder.settings = replace(RecordingSettings(), enabled=False)
    part = rig.ask()
    assert (part.reason, part.pictures, part.held_from_ns) == (OFF, (), None)


def test_a_camera_that_begins_anew_shows_nothing_of_before(rig: Rig) -> None:
    info, packets = stream()
    rig.ask(START_NS + 10 * FRAME_NS)
    rig.recorder.begin_anew("yard", info)  # its privacy areas changed
    assert rig.ask(START_NS + 10 * FRAME_NS).reason == NOTHING_YET
    assert rig.replay.decoders == 0
    for packet in packets[40:]:
        rig.recorder.on_packet("yard", packet)
    assert numbers(rig.ask(START_NS + 10 * FRAME_NS)) == [40]


def test_what_was_held_stays_when_the_camera_is_lost_and_goes_on_when_it_is_back(rig: Rig) -> None:
    info, packets = stream()
    last = rig.ask(START_NS + 79 * FRAME_NS)
    assert numbers(last) == [79]
    assert rig.ask(last.pictures[0].at_ns, 5, after=True).pictures == ()
    later_ns = 20 * SECOND
    back = [replace(p, captured_ns=p.captured_ns + later_ns) for p in packets[:10]]
    rig.send(info, back)
    part = rig.ask(last.pictures[0].at_ns, 5, after=True)
    assert numbers(part) == [0, 1, 2, 3, 4] and part.pictures[0].at_ns == START_NS + later_ns
    assert numbers(rig.ask(START_NS + 70 * FRAME_NS)) == [70], "before the loss is held too"


def test_faces_are_hidden_by_who_was_in_view_and_pictures_are_fewer(rig: Rig) -> None:
    striped_ns = START_NS + 42 * FRAME_NS  # its tiles differ from their neighbours
    plain = pixels(rig.ask(striped_ns))
    rig.masking.hidden = True
    part = rig.ask(striped_ns, 8)
    hidden = pixels(part)
    assert rig.masking.looked[0] == ((0.1, 0.2, 0.3, 0.9),), "who was in view then is told"
    assert np.abs(hidden[:, :44].astype(int) - plain[:, :44]).mean() > 10
    assert np.abs(hidden[:, 52:].astype(int) - plain[:, 52:]).mean() < 4
    times = [picture.at_ns for picture in part.pictures]
    assert all(later - earlier >= SECOND // 5 - 1_000_000 for earlier, later in pairwise(times))
    following = rig.ask(times[-1], 2, after=True)
    assert following.pictures[0].at_ns - times[-1] >= SECOND // 5 - 1_000_000


def test_areas_that_became_private_are_covered(rig: Rig) -> None:
    corner = ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5))
    rig.masking.cover = Cover((corner,), ((96, 64),))
    for part in (rig.ask(START_NS + 42 * FRAME_NS), rig.ask(START_NS + 43 * FRAME_NS)):
        covered = pixels(part)
        assert covered[2:28, 2:44].std() < 6 and covered[:, 60:].std() > 10


def test_pictures_that_are_made_here_are_held_as_long_as_the_others(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.recorder.on_stream("yard", StreamInfo("", 64, 48, 10.0))
    rig.recorder.start()
    try:
        for index in range(80):
            rig.recorder.on_raw_frame("yard", FlatFrame(index, START_NS + index * SECOND // 2, 64, 48))
            if index % 16 == 15:
                until(lambda at=index: (rig.ask(0).held_until_ns or 0) == START_NS + at * SECOND // 2, "it is encoded")
    finally:
        rig.recorder.stop()
    part = rig.ask(0)
    assert part.held_from_ns is not None and part.held_until_ns is not None
    assert 29 * SECOND <= part.held_until_ns - part.held_from_ns <= 31 * SECOND


def test_it_takes_the_verb_of_recorded_video() -> None:
    live_only = Session("s", User("u", "Guard", Role.OPERATOR), frozenset({Verb.SEE_LIVE}))
    with pytest.raises(PermissionDenied):
        check_verb(live_only, ReplayCamera.verb)
    assert ReplayCamera.verb is Verb.SEE_PAST


@pytest.mark.parametrize(("field_name", "value"), [("pictures", 0), ("pictures", 31), ("width", 4), ("height", 5000)])
def test_it_is_asked_in_bounds(field_name: str, value: int) -> None:
    with pytest.raises(InputError, match="must be"):
        ReplayCamera("yard", 0, **{field_name: value})
