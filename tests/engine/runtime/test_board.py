from dataclasses import replace

from engine.model.result import StepResult
from engine.runtime.recorder.board import NEWEST, Board
from tests.engine.store.records import clip, event


def test_tracks_of_cameras_that_are_gone_are_forgotten():
    board = Board()
    board.take(StepResult(1, tracks=(("a", ()), ("b", ()))), 5)
    board.keep_cameras({"b"})
    assert board.tracks("a") == ((), 0) and board.tracks("b") == ((), 5)


def test_a_look_at_an_earlier_frame_does_not_take_the_time_back():
    board = Board()
    for at_ns in (100, 60):
        board.take(StepResult(1, tracks=(("a", ()),)), at_ns)
    assert board.tracks("a")[1] == 100


def test_the_newest_events_are_shown_and_little_more_is_kept():
    board = Board()
    for number in range(3 * NEWEST):
        board.take(StepResult(number, events=(event(number),)), 0)
        assert len(board._events) <= 2 * NEWEST
    shown = board.events()
    assert [each.id for each in shown] == [event(number).id for number in reversed(range(2 * NEWEST, 3 * NEWEST))]
    assert board.events() is shown
    board.remove({shown[0].id})
    assert board.events() == shown[1:]
    board.rewrite(lambda each: replace(each, reason="other"))
    assert {each.reason for each in board.events()} == {"other"}


def test_only_events_that_are_shown_have_clips():
    board = Board([event(number) for number in range(NEWEST)])
    for number in (0, NEWEST - 1):
        board.add_clip(clip(number, of_event=number))
    assert board.clip_events() == {event(0).id, event(NEWEST - 1).id}
    board.take(StepResult(1, events=(event(NEWEST),)), 0)
    assert board.clip_events() == {event(NEWEST - 1).id}
