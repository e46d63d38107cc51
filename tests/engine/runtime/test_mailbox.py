import threading

from engine.model.health import CameraState
from engine.model.observation import CameraStateChanged, FrameSeen, Motion, Tick
from engine.runtime.mailbox import Mailbox


def frame(index: int) -> FrameSeen:
    return FrameSeen("door", index, index, 64, 48, Motion.none())


def test_what_is_posted_is_taken_in_order():
    mailbox = Mailbox()
    posted = [frame(0), Tick(1), frame(2)]
    for observation in posted:
        mailbox.post(observation)
    assert mailbox.take(0) == posted and mailbox.take(0) == []


def test_a_full_mailbox_sheds_frames_only_and_counts_them():
    mailbox = Mailbox(limit=3)
    for index in range(5):
        mailbox.post(frame(index))
    change = CameraStateChanged("door", 9, CameraState.LOST)
    mailbox.post(change)
    mailbox.post(Tick(10))
    assert mailbox.shed == 2
    assert mailbox.take(0)[3:] == [change, Tick(10)]


def test_a_closed_mailbox_wakes_its_taker_and_takes_nothing_more():
    mailbox = Mailbox()
    taken: list[object] = []
    taker = threading.Thread(target=lambda: taken.extend(mailbox.take(60)))
    taker.start()
    mailbox.close()
    taker.join(60)
    assert not taker.is_alive() and taken == []
    mailbox.post(Tick(1))
    assert mailbox.take(0) == []
