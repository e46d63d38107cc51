"""The sets of questions that were written without looking at the planner and frozen before it was asked, from the fourth on."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.engine.history.chat_eighth_forms import eighth
from tests.engine.history.chat_eleventh_forms import eleventh
from tests.engine.history.chat_fifth_forms import fifth
from tests.engine.history.chat_fourth import Fourth
from tests.engine.history.chat_fourth_forms import fourth
from tests.engine.history.chat_ninth_forms import ninth
from tests.engine.history.chat_seventh_forms import seventh
from tests.engine.history.chat_sixth_forms import sixth
from tests.engine.history.chat_tenth_forms import tenth
from tests.engine.history.chat_twelfth_forms import twelfth
from tests.fakes.week import Week


@dataclass(frozen=True, slots=True)
class FrozenSet:
    """Attributes:
    digest: of its questions and of all that is expected of them. german: how many are in German. backs: of how many a question back is
        right. right: how many are answered right.
    """

    rows: Callable[[Week], list[Fourth]]
    digest: str
    german: int
    backs: int
    right: int


FROZEN = {
    "fourth": FrozenSet(fourth, "445e9598fa0d1849b459a7c0474e215467276b88934a86fad73a794282fc3f78", 40, 36, 157),
    "fifth": FrozenSet(fifth, "5d5e18b4ee7fa091312fb9cb1ba0905b91628690ccce28ac871d529fca574c66", 60, 33, 77),
    "sixth": FrozenSet(sixth, "b7ea203d7dbfba741d64ae0de1a957cb28ab4cd3deab9eab9d236cdb5bc89995", 60, 35, 84),
    "seventh": FrozenSet(seventh, "ed530a9fd79a976f5069ef71056fdc1b9e7d6446777c14b42cb4df827d4ee3fb", 60, 5, 102),
    "eighth": FrozenSet(eighth, "e140b53426ad777c007129c6b8df0cb3323be655239e8d770a1cb0d71b0ea612", 50, 2, 82),
    "ninth": FrozenSet(ninth, "d4caa77838891b7db0ff144388297d7b4c5a5a856a5c15d9caa465c2584da753", 60, 2, 95),
    "tenth": FrozenSet(tenth, "fe8399e36b7bcde0a61054ef580dadbd37fafb60dc654a1dce537d94faebdfbd", 60, 1, 90),
    "eleventh": FrozenSet(eleventh, "ec34c263ec5095860d87bec056a6b73e5ae586544e84daeeef9052308e2cf7e2", 60, 3, 71),
    "twelfth": FrozenSet(twelfth, "b6f77bb2b6285a1cea4d37a8717da52517e054483dbdc3ab931337f3564f23c5", 60, 3, 77),
}


def frozen(week: Week) -> list[Fourth]:
    """The questions of all of them."""
    return [each for one in FROZEN.values() for each in one.rows(week)]
