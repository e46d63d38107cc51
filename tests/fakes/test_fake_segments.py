"""The made segments play, one after the other without a gap, and say what they hold."""

from pathlib import Path

import numpy as np

from engine.model.cameras.segment import ListSegments
from engine.model.time import SECOND, ManualClock
from engine.recording.footage.playback import ClipReader
from engine.store import open_store
from tests.fakes.segments import Recorded, numbered_video, record_segments
from tests.fakes.video import picture_number

START_NS = 1_790_000_000 * SECOND


def test_segments_follow_one_another_and_play(tmp_path: Path) -> None:
    source = numbered_video(tmp_path / "source.mp4", seconds=4)
    made = record_segments(tmp_path, source, Recorded("yard", START_NS, 25.0, 10.0))
    assert [(one.started_ns - START_NS, one.ended_ns - START_NS) for one in made] == [
        (0, 10 * SECOND),
        (10 * SECOND, 20 * SECOND),
        (20 * SECOND, 25 * SECOND),
    ]
    assert {one.keyframe_ms for one in made} == {1000}
    with ClipReader(tmp_path / made[1].file) as reader:
        picture = reader.picture_at(2 * SECOND + 5 * SECOND // 25)
        assert picture is not None
        assert picture_number(np.asarray(picture.bgr()[:, :, 0])) == (12 * 25 + 5) % 100
    store = open_store(tmp_path / "watchroom.db", ManualClock(START_NS))
    store.save(made)
    assert store.answer(ListSegments(START_NS + 10 * SECOND, START_NS + 20 * SECOND)) == made[1:2]
    store.close()
