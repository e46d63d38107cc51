"""The client against an Atlas that refuses what the planned contract does not name."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine.incidents.atlas.atlas_case import Around, Verdict
from engine.incidents.atlas.media import checked
from engine.model.incidents.incident import IncidentCategory
from tests.engine.incidents.atlas.calling import NOW_NS, SHOTS, caller
from tests.fakes.atlas import STOCKHOLM, FakeAtlas, atlas


@pytest.fixture
def fake() -> Iterator[FakeAtlas]:
    with atlas(strict=True) as fake:
        yield fake


@pytest.mark.parametrize("category", ["theft", ""])
def test_a_report_is_classified(fake: FakeAtlas, category: str) -> None:
    said = asyncio.run(caller(fake.url).client.classify(replace(SHOTS, category=category), "wr-1"))
    assert (said.category, said.severity, said.subcategory) == (IncidentCategory.WEAPONS, 5, "weapon_possession")
    assert dict(said.products)["polisen"] == "Vapenbrott"
    assert fake.calls[0].body["context"]["incident_type"] == (category or None)


@pytest.mark.parametrize("incident_id", ["", "in-7"])
def test_media_are_analysed(fake: FakeAtlas, incident_id: str) -> None:
    calling = caller(fake.url)
    for kind, data in (("photo", b"\xff\xd8\xff\xe0" + bytes(100)), ("audio", b"ID3" + bytes(50))):
        assert asyncio.run(calling.client.analyse(checked(kind, data), incident_id)).category is IncidentCategory.WEAPONS
    assert all(("in-7" in call.body["context"]) == bool(incident_id) for call in fake.calls)


@pytest.mark.parametrize("actual", ["theft", "weapons"])
def test_an_operators_word_is_taken(fake: FakeAtlas, actual: str) -> None:
    verdict = Verdict("t-1", "threat-2", 0.7, "weapons", actual, actual)
    asyncio.run(caller(fake.url).client.feedback(verdict, "wr-2"))  # as an older version wrote it
    asyncio.run(caller(fake.url).client.feedback(replace(verdict, corrected_by="op-1", corrected_ns=NOW_NS), "wr-3"))
    assert [call.body["correction_metadata"]["corrected_by"] for call in fake.calls] == ["operator", "op-1"]


@pytest.mark.parametrize("categories", [(), (IncidentCategory.THEFT,)])
def test_patterns_are_told_and_those_of_other_categories_left_out(fake: FakeAtlas, categories: tuple[IncidentCategory, ...]) -> None:
    fake.patterns.append(STOCKHOLM)
    told = asyncio.run(caller(fake.url).client.patterns(Around(59.3183, 18.0686, categories=categories)))
    assert (told.available, len(told.patterns)) == (True, 0 if categories else 1)
    assert fake.calls[0].query["time_range"] == "7d"
