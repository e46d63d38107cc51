"""S5: at most one attempt per track and half second."""

from itertools import pairwise

from engine.model.time import SECOND
from engine.vision.faces.attempts import FaceAttempts


def test_once_per_half_second_until_a_face_is_seen() -> None:
    """Ten seconds at 30 frames a second."""
    attempts = FaceAttempts()
    times = [frame * SECOND // 30 for frame in range(300) if attempts.due(["a"], [], frame * SECOND // 30, 4)]
    assert len(times) == 20
    assert min(b - a for a, b in pairwise(times)) >= SECOND // 2


def test_named_people_are_looked_at_less_often() -> None:
    attempts = FaceAttempts()
    counts = {"a": 0, "b": 0}
    for frame in range(300):
        for track_id in attempts.due(["a"], ["b"], frame * SECOND // 30, 4):
            counts[track_id] += 1
    assert counts == {"a": 20, "b": 2}


def test_when_time_is_short_everybody_has_a_turn() -> None:
    """Five people and time for two: the first two are not looked at again before the last ones were."""
    attempts = FaceAttempts()
    tracks = ["a", "b", "c", "d", "e"]
    turns = [attempts.due(tracks, [], number * SECOND // 2, 2) for number in range(5)]
    assert [len(turn) for turn in turns] == [2, 2, 2, 2, 2]
    assert set(turns[0] + turns[1] + turns[2]) == set(tracks)


def test_no_time_no_attempt() -> None:
    attempts = FaceAttempts()
    assert attempts.due(["a"], [], 0, 0) == ()
    assert attempts.due(["a"], [], 0, 1) == ("a",)


def test_ended_tracks_are_forgotten() -> None:
    attempts = FaceAttempts()
    attempts.due(["a", "b"], [], 0, 5)
    attempts.forget("a")
    attempts.forget("never seen")
    assert len(attempts) == 1
    assert attempts.due(["a", "b"], [], 1, 5) == ("a",)


def test_a_clock_set_back_does_not_stop_the_attempts() -> None:
    attempts = FaceAttempts()
    attempts.due(["a"], [], 3600 * SECOND, 1)
    assert attempts.due(["a"], [], 10 * SECOND, 1) == ("a",)
    assert attempts.due(["a"], [], 10 * SECOND + 1, 1) == ()
