from engine.model.result import StepResult
from engine.runtime.board import Board


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
