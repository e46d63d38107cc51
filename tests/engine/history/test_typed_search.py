"""Filters typed in a search: what they become, what stays words, and what is offered while typing."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.history.typed_search import FilterField, SearchSite, chips_of, offered_chips, read_typed, with_chips, without_chip
from engine.model.history.timeline import SearchFilter
from engine.model.time import SECOND

NOW = int(datetime(2026, 11, 13, 12, tzinfo=UTC).timestamp()) * SECOND
SITE = SearchSite(
    NOW,
    ZoneInfo("UTC"),
    (("c1", "Gate"), ("c2", "Front door"), ("c3", "Front yard")),
    (("p1", "Zoë Lind"),),
    (("z1", "Road"),),
    (("r1", "Armed zone at night"),),
)


def ns(day: int, hour: int) -> int:
    return int(datetime(2026, 11, day, hour, tzinfo=UTC).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("text", "words", "wanted"),
    [
        ("camera:Gate ladder", "ladder", SearchFilter(camera_ids=("c1",))),
        ("ladder kamera:gate", "ladder", SearchFilter(camera_ids=("c1",))),
        ("camera:Front door ladder", "ladder", SearchFilter(camera_ids=("c2",))),
        ('camera:"front yard"', "", SearchFilter(camera_ids=("c3",))),
        ("camera:gate camera:front d", "d", SearchFilter(camera_ids=("c1",))),
        ("person:zoe", "", SearchFilter(person_id="p1")),
        ("zone:road severity:high", "", SearchFilter(zone_id="z1", min_severity=4)),
        ("zone:road schweregrad:hoch", "", SearchFilter(zone_id="z1", min_severity=4)),
        ("rule:armed", "", SearchFilter(rule_id="r1")),
        ("kind:zone entered wet", "wet", SearchFilter(event_kinds=("zone_visit",))),
        ("state:acknowledged", "", SearchFilter(state="acknowledged")),
        ("time:last night dog", "dog", SearchFilter(since_ns=ns(12, 18), until_ns=ns(13, 6))),
        ("zeit:letzte nacht", "", SearchFilter(since_ns=ns(12, 18), until_ns=ns(13, 6))),
        ("camera:nowhere", "camera:nowhere", SearchFilter()),
        ("camera:front", "camera:front", SearchFilter()),
        ("at 12:30 a note: dog", "at 12:30 a note: dog", SearchFilter()),
        ("camera:", "camera:", SearchFilter()),
        ("", "", SearchFilter()),
    ],
)
def test_what_is_typed_becomes_filters_and_words(text: str, words: str, wanted: SearchFilter) -> None:
    read = read_typed(text, SITE)
    if text == "camera:gate camera:front d":
        assert [chip.value for chip in read.chips] == ["c1", "c2"] and read.words == ""
        return
    assert (read.words, with_chips(SearchFilter(), read.chips)) == (words, wanted)


@pytest.mark.parametrize(
    ("text", "first", "left"),
    [
        ("camera:", (FilterField.CAMERA, "c1"), ""),
        ("dog camera:fro", (FilterField.CAMERA, "c2"), "dog"),
        ("gat", (FilterField.CAMERA, "c1"), ""),
        ("ladder front y", (FilterField.CAMERA, "c3"), "ladder"),
        ("zone Road", (FilterField.ZONE, "z1"), ""),
        ("zoe l", (FilterField.PERSON, "p1"), ""),
        ("last night", (FilterField.TIME, "last night"), ""),
        ("dog letzte na", (FilterField.TIME, "letzte Nacht"), "dog"),
        ("since n", (FilterField.TIME, "since noon"), ""),
        ("seit Mi", (FilterField.TIME, "seit Mittag"), ""),
        ("sever", None, ""),
    ],
)
def test_names_and_times_are_offered(text: str, first: tuple[FilterField, str] | None, left: str) -> None:
    found = offered_chips(text, SITE)
    if first is None:
        assert not found
        return
    assert ((found[0][0].field, found[0][0].value), found[0][1]) == (first, left)


@pytest.mark.parametrize(
    ("text", "language", "names"),
    [
        ("letzte n", "en", ["last night"]),
        ("last n", "de", ["letzte Nacht"]),
        ("last n", "", ["last night"]),
        ("kind:stur", "en", ["Fall detected"]),
        ("kind:fall det", "de", ["Sturz erkannt"]),
        ("state:ackn", "de", ["Quittiert"]),
        ("severity:hoch", "en", ["High"]),
        ("gat", "de", ["Gate"]),
    ],
)
def test_offers_are_in_one_language_and_found_by_the_words_of_every(text: str, language: str, names: list[str]) -> None:
    found = [chip.name for chip, _ in offered_chips(text, replace(SITE, language=language))]
    assert found == names


def test_chips_come_back_from_a_filter_and_go_one_by_one() -> None:
    wanted = SearchFilter(
        "dog", (), ("zone_visit",), ("c1", "c2"), "p1", "z1", "", NOW - 1, NOW, 4, rule_id="r1", state="new", rejected=True
    )
    chips = chips_of(wanted, SITE)
    assert [chip.name for chip in chips[:4]] == ["Gate", "Front door", "Zoë Lind", "Road"]
    assert with_chips(SearchFilter("dog"), chips) == wanted
    for chip in chips:
        wanted = without_chip(wanted, chip)
    assert wanted == SearchFilter("dog")
