"""What a risk service answers, and what of it is believed."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from engine.fire.fetching import Login, Reply
from engine.fire.service import OurCamera, RiskService, Score, Scores, class_named, risks_of
from engine.model.errors import EnvironmentFault
from engine.model.fire.fire import ClassBounds, FireClass, FireRisk
from tests.fakes.risk_service import row

DAY = date(2026, 7, 14)
LOGIN = Login("us", "secret")


class Answering:
    """A fetch that answers as it is told and notes what it was asked."""

    def __init__(self, answer: object, status: int = 200) -> None:
        self.content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.status = status
        self.asked: list[tuple[str, dict[str, str], Login | None]] = []

    def __call__(self, url: str, query: dict[str, str], login: Login | None) -> Reply:
        self.asked.append((url, query, login))
        return Reply(self.status, self.content)


def service(fetch: Answering, organization_id: int | None = 2) -> RiskService:
    return RiskService(fetch, "http://risk/", LOGIN, organization_id, ClassBounds())


def scores(answer: object, status: int = 200) -> Scores:
    return service(Answering(answer, status)).scores(DAY)


def test_it_asks_as_the_contract_says() -> None:
    fetch = Answering([])
    service(fetch).scores(DAY)
    service(fetch, organization_id=None).scores(DAY)
    assert fetch.asked == [("http://risk/scores/2026-07-14", {"organization_id": "2"}, LOGIN), ("http://risk/scores/2026-07-14", {}, LOGIN)]
    assert "secret" not in repr(fetch.asked)


def test_good_rows_are_kept_and_others_counted() -> None:
    bad: list[Any] = [
        None,
        "row",
        {},
        {"camera_id": 1.5, "fwi_class": "low"},
        {"camera_id": True, "fwi_class": "low"},
        {"camera_id": "", "fwi_class": "low"},
        row(2, DAY, 7.0, "lowish"),
        row(2, DAY, -1.0, "low"),
        row(2, DAY, 201.0, "extreme"),
        row(2, DAY, True, "low"),
        {**row(2, DAY, 7.0, "low"), "fwi": "7"},
        {**row(2, DAY, 7.0, "low"), "fwi_class": 3},
        row(2, date(2026, 7, 13), 7.0, "low"),
    ]
    found = scores([row(1, DAY, 7.0, "low"), *bad, row(3, DAY, None, "high"), row(4, DAY, 0.0, "very_low")])
    assert found.skipped == len(bad)
    assert found.scores == (Score("1", 7.0, FireClass.LOW), Score("3", None, FireClass.HIGH), Score("4", 0.0, FireClass.VERY_LOW))


@pytest.mark.parametrize("word", ["Very High", " very_high ", "VERY  HIGH", "very high"])
def test_classes_are_known_however_they_are_written(word: str) -> None:
    assert class_named(word) is FireClass.VERY_HIGH


@pytest.mark.parametrize("word", ["", "veryhigh", "very-high", "1", "medium", None, 3])
def test_other_words_are_no_class(word: object) -> None:
    assert class_named(word) is None


def test_a_value_without_a_class_gets_one_by_the_bounds() -> None:
    assert scores([row(1, DAY, 11.2, None), {"camera_id": 2, "date": "2026-07-14", "fwi": 0}]).scores == (
        Score("1", 11.2, FireClass.MODERATE),
        Score("2", 0, FireClass.VERY_LOW),
    )


def test_p30_neither_value_nor_class_is_unknown_and_not_very_low() -> None:
    """What the service has for a raster that is all zero: it cannot tell no coverage from no danger."""
    found = scores([row(1, DAY, None, None), row(2, DAY, 0.0, None)])
    risks = risks_of(found, [OurCamera("a", "A", 1), OurCamera("b", "B", 2)], dict, DAY, 5)
    assert (risks[0].fire_class, risks[0].fwi) == (None, None)
    assert risks[0].trouble == "The risk service has no value for this place: no coverage, or nothing but zeros."
    assert (risks[1].fire_class, risks[1].fwi, risks[1].trouble) == (FireClass.VERY_LOW, 0.0, "")


def test_an_empty_list_is_an_answer() -> None:
    assert scores([]) == Scores(())


@pytest.mark.parametrize(
    ("answer", "status", "reason", "said"),
    [
        ({"detail": []}, 200, "malformed", "no list"),
        (None, 200, "malformed", "no list"),
        (b"<html>", 200, "malformed", "no JSON"),
        (b"\xff\xfe", 200, "malformed", "no JSON"),
        (b"[" * 100_000, 200, "malformed", "JSON"),
        ([row(1, DAY, 7.0, "lowish"), 3], 200, "malformed", "2 rows, none of which makes sense"),
        (b"", 500, "failed", "answers with 500."),
        ({"detail": "EFFIS"}, 503, "failed", 'answers with 503 ({"detail": "EFFIS"}).'),
        (b"<html>oops", 502, "failed", "answers with 502."),
        ([], 204, "failed", "answers with 204"),
        ([], 302, "failed", "answers with 302"),
        ({}, 401, "refused", "rejects the login (401)"),
        ({}, 403, "refused", "rejects the login (403)"),
    ],
)
def test_p4_everything_else_is_a_failure(answer: object, status: int, reason: str, said: str) -> None:
    with pytest.raises(EnvironmentFault) as failed:
        scores(answer, status)
    assert failed.value.reason == reason
    assert said in str(failed.value)


def risks(cameras: list[OurCamera], told: Mapping[int, FireClass], names: Mapping[str, str]) -> dict[str, FireClass | None]:
    found = Scores(tuple(Score(str(key), None, value) for key, value in told.items()))
    return {risk.camera_id: risk.fire_class for risk in risks_of(found, cameras, lambda: names, DAY, 1)}


def test_cameras_are_known_by_number_id_or_name() -> None:
    told = {7: FireClass.LOW, 8: FireClass.HIGH, 9: FireClass.EXTREME, 10: FireClass.MODERATE}
    names = {"7": "External ID", "9": " north Ridge ", "10": "Twice", "11": "Twice"}
    cameras = [
        OurCamera("hill", "Hill", 7),
        OurCamera("8", "East"),
        OurCamera("n", "North ridge"),
        OurCamera("t", "Twice"),
        OurCamera("o", "Other"),
    ]
    assert risks(cameras, told, names) == {"hill": FireClass.LOW, "8": FireClass.HIGH, "n": FireClass.EXTREME, "t": None, "o": None}


def test_names_are_asked_for_only_where_they_are_needed() -> None:
    def never() -> dict[str, str]:
        raise AssertionError("nobody needs them")

    found = Scores((Score("1", 7.0, FireClass.LOW),))
    assert risks_of(found, [OurCamera("hill", "Hill", 1)], never, DAY, 9) == (FireRisk("hill", DAY, FireClass.LOW, 7.0, fetched_ns=9),)
    assert risks_of(Scores(()), [OurCamera("x", "X")], never, DAY, 9)[0].fire_class is None


def test_a_number_that_the_settings_name_goes_before_a_name() -> None:
    assert risks([OurCamera("a", "North", 99)], {1: FireClass.LOW}, {"1": "North"}) == {"a": None}


def test_names_come_from_the_list_of_cameras() -> None:
    fetch = Answering([{"id": 1, "name": "North"}, {"id": None, "name": "x"}, {"id": 2}, "x"])
    assert service(fetch).names() == {"1": "North"}
    assert fetch.asked[0][0] == "http://risk/cameras"
