"""What comes often is handed on less often, the first at once and the newest always."""

from pytestqt.qtbot import QtBot

from console.pace import Pace


def test_the_first_comes_at_once_and_then_only_the_newest(qtbot: QtBot) -> None:
    pace, came = Pace(30), list[object]()
    pace.due.connect(came.append)
    for number in range(5):
        pace.put(number)
    assert came == [0]
    qtbot.waitUntil(lambda: came == [0, 4])
    pace.put(5)
    qtbot.waitUntil(lambda: came == [0, 4, 5])


def test_after_a_rest_the_next_comes_at_once(qtbot: QtBot) -> None:
    pace, came = Pace(10), list[object]()
    pace.due.connect(came.append)
    pace.put(None)
    qtbot.waitUntil(lambda: not pace._timer.isActive())
    pace.put(1)
    assert came == [None, 1]


def test_what_waits_when_it_stops_does_not_come(qtbot: QtBot) -> None:
    pace, came = Pace(10), list[object]()
    pace.due.connect(came.append)
    pace.put(1)
    pace.put(2)
    pace.stop()
    qtbot.wait(30)
    assert came == [1]
