"""Cameras take turns where many pictures are to be decoded, and never wait for a few."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.recording.footage.cache import PictureCache
from engine.recording.footage.footage import Footage
from engine.recording.footage.plan import FootagePlan
from engine.recording.footage.turns import Turns, decoding_threads
from tests.engine.recording.footages import Encoding, at, number, row, write
from tests.fakes.waiting import until


class Asked(Turns):
    """`asked` is set when somebody wants to decode many pictures."""

    def __init__(self, at_once: int) -> None:
        super().__init__(at_once)
        self.asked = threading.Event()

    @contextmanager
    def turn(self, pictures: int) -> Iterator[None]:
        if pictures > 8:
            self.asked.set()
        with super().turn(pictures):
            yield


def made(folder: Path, turns: Turns) -> Footage:
    footage = Footage(lambda file: folder / file.id, PictureCache(), turns)
    footage.plan = FootagePlan([row("a.mp4", 0, 60)], at(0), at(60))
    return footage


def test_a_jump_waits_for_its_turn_and_single_pictures_do_not(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", 60, encoding=Encoding(gop=60))
    turns = Asked(1)
    near, far = made(tmp_path, turns), made(tmp_path, turns)
    shown: list[int] = []
    with turns.turn(50):
        turns.asked.clear()
        assert number(near.at(at(3.5))) == 3
        assert number(near.at(at(4.5))) == 4
        jump = threading.Thread(target=lambda: shown.append(number(far.at(at(40.5)))))
        jump.start()
        assert turns.asked.wait(60)
        assert number(near.at(at(5.5))) == 5
        assert not shown and far.decoded == 0
    jump.join()
    assert shown == [40]
    near.close()
    far.close()


def test_a_turn_ends_with_whatever_happens_in_it(tmp_path: Path) -> None:
    turns = Turns(1)
    try:
        with turns.turn(50):
            raise ValueError
    except ValueError:
        pass
    ready: list[bool] = []

    def take() -> None:
        with turns.turn(50):
            ready.append(True)

    thread = threading.Thread(target=take)
    thread.start()
    until(lambda: bool(ready), "the next one has its turn")
    thread.join()


def test_a_camera_shown_alone_is_decoded_by_all_cores_and_many_by_one_each() -> None:
    assert [decoding_threads(cores, 1) for cores in (1, 2, 3, 8)] == [1, 3, 4, 4]
    assert [decoding_threads(8, cameras) for cameras in (0, 2, 3, 4, 9)] == [4, 4, 2, 2, 1]
    assert decoding_threads(2, 4) == 1
