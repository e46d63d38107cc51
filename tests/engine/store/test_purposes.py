"""What a site agreed to, and who is under it, for as long as the terms are those that it agreed to."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.errors import InputError, NotFound
from engine.model.people.purposes import Purpose, SitePurpose
from engine.model.time import SECOND, ManualClock
from engine.store import open_store
from engine.store.people.purposes import PurposeTable

DAY_NS = 86_400 * SECOND
MISSING = Purpose("missing", "Missing persons", "Find them", "Consent of the family", 30)
BANNED = Purpose("banned", "Banned", "Recognise them", "Legitimate interest", 90)


@pytest.fixture
def table(tmp_path: Path) -> Iterator[PurposeTable]:
    store = open_store(tmp_path / "watchroom.db", ManualClock(0))
    store.purposes.offer((MISSING, BANNED), {"missing": 2})
    yield store.purposes
    store.close()


def test_what_is_offered_is_not_agreed_to(table: PurposeTable) -> None:
    assert table.all(0) == (SitePurpose(BANNED), SitePurpose(MISSING, links=2))
    with pytest.raises(InputError, match="not agreed"):
        table.put_person("missing", "pe-1", 0)
    with pytest.raises(NotFound):
        table.put_person("nothing", "pe-1", 0)


def test_who_is_under_it_is_so_for_as_long_as_it_says(table: PurposeTable) -> None:
    table.agree(MISSING, "Rita", 5)
    table.put_person("missing", "pe-1", 10)
    assert table.one("missing", 30 * DAY_NS) == SitePurpose(MISSING, 5, "Rita", ("pe-1",), 2)
    assert table.one("missing", 31 * DAY_NS).person_ids == ()
    table.take_person("missing", "pe-1")
    assert table.one("missing", 20).person_ids == ()


def test_other_terms_were_not_agreed_to_and_nobody_is_under_them(table: PurposeTable) -> None:
    table.agree(MISSING, "Rita", 5)
    table.put_person("missing", "pe-1", 10)
    wider = replace(MISSING, words="Find anybody")
    table.offer((wider,), {})
    assert table.all(20) == (SitePurpose(wider),)
    table.offer((MISSING,), {})
    assert table.one("missing", 20).person_ids == (), "nor when the old ones are back"


def test_withdrawn_nobody_is_under_it(table: PurposeTable) -> None:
    table.agree(MISSING, "Rita", 5)
    table.put_person("missing", "pe-1", 10)
    table.withdraw("missing")
    assert table.one("missing", 20) == SitePurpose(MISSING, links=2)


def test_merged_and_erased(table: PurposeTable) -> None:
    for purpose in (MISSING, BANNED):
        table.agree(purpose, "Rita", 5)
    table.put_person("missing", "pe-1", 0)
    table.put_person("banned", "pe-1", 0)
    table.put_person("missing", "pe-2", DAY_NS)
    table.move_person("pe-1", "pe-2")
    assert [each.person_ids for each in table.all(2 * DAY_NS)] == [("pe-2",), ("pe-2",)]
    assert table.one("missing", 30 * DAY_NS + 1).person_ids == (), "no longer than the one who was there first"
    table.forget_person("pe-2")
    assert [each.person_ids for each in table.all(20)] == [(), ()]


def test_a_site_that_leaves_knows_of_none(table: PurposeTable) -> None:
    table.agree(MISSING, "Rita", 5)
    table.clear()
    assert table.all(0) == ()
