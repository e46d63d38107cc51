"""Of several pictures the most alike pair counts; what could not be compared is never a match."""

import pytest

from engine.incidents.likeness import ALIKE, compare
from engine.model.errors import InputError
from engine.model.incidents.incident import Report
from tests.fakes.reports import look, report

OTHER = (0.0, 1.0, 0.0, 0.0)


def seen(number: int, *looks: tuple[float, ...], trouble: str = "", by: str = "net/1") -> Report:
    together = tuple(value for each in looks for value in each)
    return report(number, media=("a",), look=together, look_count=max(len(looks), 1), look_trouble=trouble, look_by=by)


def test_of_several_pictures_the_most_alike_pair_counts() -> None:
    first = seen(1, look(1.0), look(-1.0))
    assert compare(seen(2, look(0.2), look(0.7)), [first]).similarity == pytest.approx(0.7)
    assert compare(seen(2, look(0.2), look(-0.3)), [first]).similarity == pytest.approx(0.3)
    assert compare(seen(2, look(0.2)), [seen(1, look(-1.0)), first]).similarity == pytest.approx(0.2)


def test_exactly_seventy_hundredths_is_alike() -> None:
    assert compare(seen(2, look(0.70)), [seen(1, look(1.0))]).is_at_least(ALIKE)
    assert compare(seen(2, look(0.69)), [seen(1, look(1.0))]).is_below(ALIKE)


def test_a_picture_that_could_not_be_looked_at_leaves_it_open_unless_another_one_is_alike() -> None:
    first = seen(1, look(1.0))
    unsure = compare(seen(2, look(0.2), trouble="The other one is damaged."), [first])
    assert (unsure.similarity, unsure.trouble) == (None, "The other one is damaged.")
    assert not unsure.is_at_least(ALIKE) and not unsure.is_below(ALIKE)
    assert compare(seen(2, look(0.9), trouble="The other one is damaged."), [first]).is_at_least(ALIKE)
    assert compare(seen(2, trouble="It is damaged."), [first]).trouble == "It is damaged."


def test_looks_of_different_makers_are_not_compared() -> None:
    first = seen(1, look(1.0))
    assert compare(seen(2, look(1.0), by="net/2"), [first]).trouble == "The pictures were looked at by different models."
    assert compare(seen(2, OTHER), [first]).trouble == "The pictures were looked at by different models."
    assert compare(seen(2, (float("nan"), 0.0), look(1.0)), [first]).similarity is None


@pytest.mark.parametrize("count", [0, -1, 2])
def test_a_look_is_of_so_many_pictures_as_it_says(count: int) -> None:
    with pytest.raises(InputError, match="pictures"):
        report(1, look=(1.0, 0.0, 0.0), look_count=count)
