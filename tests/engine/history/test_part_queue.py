"""Parts are handed out so that nobody waits long for the last one, and their results are given out in order."""

import pytest

from engine.history.replay.part_queue import PartJob, PartQueue, divided_places


def test_the_last_parts_are_divided_unless_they_are_short() -> None:
    assert divided_places([30, 60, 60, 60, 1], 2) == [2, 3]
    assert divided_places([30, 60], 4) == [0, 1]
    assert divided_places([], 2) == []


def test_whole_parts_come_first_then_links_then_what_goes_by_them() -> None:
    queue: PartQueue[str, str, str] = PartQueue("abc", [10, 10, 10], 2)
    first = [_taken(queue) for _ in range(3)]
    assert first == [PartJob(0, "a"), PartJob(1, "b", links_only=True), PartJob(2, "c", links_only=True)]
    queue.put(first[2], "links of c")
    queue.put(first[1], "links of b")
    rest = [_taken(queue) for _ in range(2)]
    assert rest == [PartJob(1, "b", links="links of b"), PartJob(2, "c", links="links of c")]
    assert queue.take() is None
    queue.put(rest[1], "C")
    assert list(queue.in_order()) == []
    queue.put(first[0], "A")
    assert list(queue.in_order()) == ["A"]
    queue.put(rest[0], "B")
    queue.wait()
    assert list(queue.in_order()) == ["B", "C"]


def test_what_went_wrong_is_raised_and_nobody_goes_on() -> None:
    queue: PartQueue[str, str, str] = PartQueue("abc", [10, 10, 10], 1)
    queue.fail(OSError("gone"))
    assert queue.take() is None
    queue.wait()
    with pytest.raises(OSError, match="gone"):
        list(queue.in_order())


def _taken(queue: PartQueue[str, str, str]) -> PartJob[str, str]:
    job = queue.take()
    assert job is not None
    return job
