"""Standing at a place with a phone: which readings belong to it, when it is over, and which places say nothing."""

from console.dialogs.devices.survey_walk import LONGEST_NS, SETTLE_NS, STAND_NS, Standing, Stop, number_too_near
from engine.model.radio.radio import BleDeviceView
from engine.model.radio.scanner_survey import SurveyPlace, SurveyReadings
from engine.model.time import SECOND

PHONE = "A4:C1:38:00:00:01"


def view(*heard: tuple[str, int]) -> tuple[BleDeviceView, ...]:
    return (BleDeviceView("other", "", heard=(("a", -40),)), BleDeviceView(PHONE, PHONE, heard=heard))


def standing(*scanners: str) -> Standing:
    return Standing(PHONE, scanners, (2.0, 3.0), 0)


def test_what_was_heard_on_the_way_does_not_count() -> None:
    here = standing("a", "b")
    here.take(view(("a", -60), ("b", -70)), 1)
    here.take(view(("a", -61), ("b", -70)), SETTLE_NS - 1)
    assert here.readings == {}
    here.take(view(("a", -61), ("b", -70)), SETTLE_NS)  # as before: reported again, or not at all
    assert here.readings == {}
    here.take(view(("a", -62), ("b", -70), ("c", -50)), SETTLE_NS + 1)
    assert here.readings == {"a": [-62]}


def test_a_strength_that_stands_unchanged_is_one_reading() -> None:
    here = standing("a")
    for number in range(20):
        here.take(view(("a", -60)), SETTLE_NS + number)
    here.take((), SETTLE_NS + 30)
    here.take(view(("a", -61)), SETTLE_NS + 31)
    here.take(view(("a", -60)), SETTLE_NS + 32)
    assert here.readings == {"a": [-60, -61, -60]}


def test_it_ends_when_enough_scanners_have_enough_and_not_for_ever() -> None:
    here = standing("a", "b", "c", "d")
    for number in range(3):
        here.take(view(("a", -60 - number), ("b", -70 - number)), SETTLE_NS + number)
    assert not here.is_over(STAND_NS) and here.is_over(LONGEST_NS) and here.share(LONGEST_NS) < 1.0
    for number in range(3):
        here.take(view(("c", -60 - number)), SETTLE_NS + 10 + number)
    assert here.is_over(STAND_NS) and not here.is_over(STAND_NS - 1) and here.share(STAND_NS) == 1.0
    assert 0.0 < here.share(STAND_NS // 2) < 1.0 and here.share(-SECOND) == 0.0


def test_one_scanner_alone_makes_no_place() -> None:
    here = standing("a", "b")
    here.take(view(("a", -60)), SETTLE_NS)
    assert here.stop() is None
    here.take(view(("a", -60), ("b", -70)), SETTLE_NS + 1)
    stop = here.stop()
    assert stop == Stop((2.0, 3.0), {"a": (-60,), "b": (-70,)})
    assert stop is not None
    assert stop.place() == SurveyPlace(2.0, 3.0, (SurveyReadings("a", (-60,)), SurveyReadings("b", (-70,))))


def test_the_place_that_is_too_near_is_named() -> None:
    stops = [Stop((1.0, 1.0), {}), Stop((4.0, 1.0), {})]
    assert number_too_near((4.5, 1.5), stops) == 2
    assert number_too_near((2.5, 1.0), stops) == 0
