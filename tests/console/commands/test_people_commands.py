"""`watchroom people` and `watchroom hub people`, as administrators type them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from console.__main__ import BAD_INPUT, main
from console.commands.hub import POSTGRES
from engine.model.people.person_links import PersonPair
from engine.model.people.purposes import Purpose
from engine.model.time import SystemClock
from engine.runtime.data_folder import DataFolder
from engine.store import open_store
from engine.store.shared.galleries import GalleryEntry
from engine.store.shared.record import SharedRecord
from tests.fakes.postgres import new_record, postgres_or_skip

MISSING = Purpose("missing", "Missing persons", "Find where a missing person was seen", "Consent of the family", 30)
PUT = ("put-purpose", "missing", "Missing persons", "--words", MISSING.words, "--basis", MISSING.basis, "--keep-days")
PAIR = PersonPair("missing", "north/pe-1", "south/pe-2", "north/pe-1", 0.71, "sface-0ba9fbfa", (3, 1), "Ada", 1)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield new_record(url, "people_commands")


@pytest.fixture
def record(database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SharedRecord]:
    monkeypatch.setenv(POSTGRES, database)
    record = SharedRecord(database)
    yield record
    record.close()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    data = DataFolder(tmp_path / "site")
    store = open_store(data.database, SystemClock())
    store.purposes.offer((MISSING,), {"missing": 2})
    store.close()
    return data.path


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """By a command that does what it is told to."""
    assert main([*words]) == 0
    return capsys.readouterr().out


def test_a_site_agrees_and_withdraws(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = ("people", "purposes", "--data", str(site))
    assert "not agreed" in printed(capsys, *listed) and "2 with links" in printed(capsys, *listed)
    assert "agrees to “Missing persons”" in printed(capsys, "people", "agree", "missing", "--data", str(site))
    shown = printed(capsys, *listed)
    assert "by command line" in shown and "Lawful basis: Consent of the family" in shown
    assert json.loads(printed(capsys, *listed, "--json"))["agreed_by"] == "command line"
    printed(capsys, "people", "withdraw", "missing", "--data", str(site))
    assert "not agreed" in printed(capsys, *listed)
    store = open_store(site / "watchroom.db", SystemClock())
    assert [row.verb for row in store.audit(9)] == ["withdraw_from_purpose", "agree_to_purpose"]
    store.close()


def test_a_site_agrees_to_what_was_read_and_is_shown_to_what(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A hub that lies has other words between the reading and the agreement."""
    agree = ("people", "agree", "missing", "--data", str(site))
    assert f"terms {MISSING.digest}" in printed(capsys, "people", "purposes", "--data", str(site))
    store = open_store(site / "watchroom.db", SystemClock())
    store.purposes.offer((replace(MISSING, words="Recognise anybody"),), {})
    assert main([*agree, "--terms", MISSING.digest]) == BAD_INPUT
    assert "are others by now" in capsys.readouterr().err and store.purposes.one("missing", 0).agreed_ns is None
    assert "Recognise anybody" in printed(capsys, *agree)
    store.close()


def test_a_purpose_that_the_hub_does_not_offer(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["people", "agree", "nothing", "--data", str(site)]) == BAD_INPUT
    assert "There is no purpose 'nothing'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ((*PUT, "0"), "keep_days"),
        (("put-purpose", "Missing", "x", "--words", "x", "--basis", "x", "--keep-days", "1"), "id"),
        (("put-purpose", "missing", " ", "--words", "x", "--basis", "x", "--keep-days", "1"), "name"),
    ],
)
def test_terms_that_are_none_are_named(
    words: tuple[str, ...], field: str, record: SharedRecord, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hub", "people", *words]) == BAD_INPUT
    assert capsys.readouterr().err.startswith(f"watchroom: {field}: ")


def test_purposes_links_and_reviews_of_a_hub(record: SharedRecord, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed(capsys, "hub", "people", *PUT, "30")
    assert "agreed: no site" in printed(capsys, "hub", "people", "purposes")
    record.add_site("north", "North")
    record.person_links.settle("north", {"missing": MISSING.digest}, {"missing": ["north/pe-1"]}, (), 1)
    assert json.loads(printed(capsys, "hub", "people", "purposes", "--json"))["sites"] == ["north"]
    record.person_links.propose([PAIR])
    assert "likeness 0.71" in printed(capsys, "hub", "people", "review") and printed(capsys, "hub", "people", "links") == ""
    judge = ("hub", "people", "judge", "--data", str(tmp_path / "hub"), "missing", "south/pe-2", "north/pe-1")
    printed(capsys, *judge, "same")
    assert json.loads(printed(capsys, "hub", "people", "links", "--json"))["verdict"] == "same"
    assert printed(capsys, "hub", "people", "review") == ""
    printed(capsys, *judge, "open")
    assert json.loads(printed(capsys, "hub", "people", "review", "--json"))["judged_by"] == "command line"
    assert main([*judge[:-1], "north/pe-9", "same"]) == BAD_INPUT
    assert "no such pair" in capsys.readouterr().err
    assert printed(capsys, "hub", "people", "remove-purpose", "missing").startswith("1 links and proposals")
    verbs = [row.verb for row in reversed(record.audit.rows(9))]
    assert verbs == ["put_purpose", "judge_pair", "judge_pair", "remove_purpose"]
    assert record.audit.rows(9)[2].subject.count("p-") == 2 and "pe-1" not in record.audit.rows(9)[2].subject


def test_who_holds_an_entry_of_a_gallery_is_listed_until_it_is_forgotten(record: SharedRecord, capsys: pytest.CaptureFixture[str]) -> None:
    printed(capsys, "hub", "people", *PUT[:1], "watched", *PUT[2:], "30", "--gallery")
    purpose = record.person_links.purpose("watched")
    assert purpose.gallery and "30 days  gallery" in printed(capsys, "hub", "people", "purposes")
    record.galleries.put(GalleryEntry("el-000000000001", "watched", "north/pe-1", "d", 9 * 10**18, b"sealed"))
    record.galleries.settle("south", {}, {"el-000000000001": "d"}, 1)
    assert printed(capsys, "hub", "people", "gallery") == "el-000000000001  removed, still held by: south\n", "north does not agree"
    record.galleries.settle("south", {}, {}, 2)
    assert printed(capsys, "hub", "people", "gallery", "--json") == ""


def test_terms_that_change_are_agreed_to_by_no_site(record: SharedRecord, capsys: pytest.CaptureFixture[str]) -> None:
    printed(capsys, "hub", "people", *PUT, "30")
    record.person_links.settle("north", {"missing": MISSING.digest}, {}, (), 1)
    assert len(record.person_links.agreed()) == 1
    printed(capsys, "hub", "people", *PUT, "31")
    assert record.person_links.agreed() == frozenset()
    assert record.person_links.purpose("missing") == replace(MISSING, keep_days=31)
