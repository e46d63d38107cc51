"""H12: merge keeps every report, split takes it back, and history stays."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.incidents.merging import keep_apart, merge_incidents, split
from engine.model.errors import InputError, NotFound
from engine.model.incidents.incident import IncidentCategory, IncidentEdit, IncidentState, IncidentStatus
from tests.engine.incidents.record import Record
from tests.fakes.reports import NOW_NS, look, report

FAR = 0.01
LATER_NS = NOW_NS + 10**12


def merged(record: Record, kept: str, gone: str) -> IncidentEdit:
    return record.change(partial(merge_incidents, kept_id=kept, gone_id=gone, now_ns=LATER_NS))


def parted(record: Record, incident_id: str, *report_ids: str) -> IncidentEdit:
    said = [record.reports[each] for each in report_ids]
    return record.change(partial(split, incident_id=incident_id, reports=said, now_ns=LATER_NS))


@pytest.fixture
def record() -> Record:
    """in-1 with reports 1 and 2, in-3 with 3 and 4, in-5 with 5; of in-3 one reporter is in in-1 too."""
    record = Record()
    for number, place, reporter in ((1, 0, "user:1"), (2, 0, "user:2"), (3, 1, "user:3"), (4, 1, "user:1"), (5, 2, "user:5")):
        record.file(report(number, north_deg=place * FAR, reporter=reporter, after_s=number))
    return record


def links(record: Record, incident_id: str) -> set[str]:
    return {link.id for link in record.load(incident_id).corroborations}


def test_a_merge_keeps_every_report_and_counts_each_reporter_once(record: Record) -> None:
    done = merged(record, "in-1", "in-3")
    kept, gone = record.incidents["in-1"], record.incidents["in-3"]
    assert done.concerned_id == "in-1"
    assert (kept.reporter_count, links(record, "in-1")) == (3, {"rp-1", "rp-2", "rp-3", "rp-4"})
    assert (gone.state, gone.merged_into, len(gone.corroborations)) == (IncidentState.MERGED, "in-1", 2)
    assert (kept.latitude, kept.occurred_ns) == (record.reports["rp-1"].latitude, record.reports["rp-1"].occurred_ns)


def test_what_was_merged_comes_back_as_it_was(record: Record) -> None:
    before = record.incidents["in-1"], record.incidents["in-3"]
    merged(record, "in-1", "in-3")
    done = parted(record, "in-1", "rp-3", "rp-4")
    assert done.concerned_id == "in-3"
    for old, now in zip(before, (record.incidents["in-1"], record.incidents["in-3"]), strict=True):
        assert (now.corroborations, now.state, now.status, now.confidence) == (old.corroborations, old.state, old.status, old.confidence)
        assert now.revision > old.revision and now.merged_into == ""


def test_a_merge_can_be_taken_back_in_parts(record: Record) -> None:
    merged(record, "in-1", "in-3")
    parted(record, "in-1", "rp-4")
    assert (links(record, "in-3"), record.incidents["in-3"].state) == ({"rp-4"}, IncidentState.OPEN)
    parted(record, "in-1", "rp-3")
    assert links(record, "in-3") == {"rp-3", "rp-4"} and links(record, "in-1") == {"rp-1", "rp-2"}


def test_merges_of_merges_come_apart_at_either_seam(record: Record) -> None:
    merged(record, "in-3", "in-5")
    merged(record, "in-1", "in-3")
    assert {record.incidents[each].merged_into for each in ("in-3", "in-5")} == {"in-1"}
    parted(record, "in-1", "rp-5")
    assert links(record, "in-5") == {"rp-5"} and record.incidents["in-3"].state is IncidentState.MERGED
    parted(record, "in-1", "rp-3", "rp-4")
    assert links(record, "in-3") == {"rp-3", "rp-4"}


def test_a_report_that_joined_by_mistake_begins_an_incident_of_its_own(record: Record) -> None:
    done = parted(record, "in-1", "rp-2")
    new = record.incidents[done.concerned_id]
    assert (new.id, new.reporter_count, new.occurred_ns) == ("in-2", 1, record.reports["rp-2"].occurred_ns)
    assert record.incidents["in-1"].status is IncidentStatus.CREATED
    merged(record, "in-1", "in-2")
    assert parted(record, "in-1", "rp-2").concerned_id == "in-2"


def test_the_first_report_can_leave_too_and_gets_an_id_that_is_free(record: Record) -> None:
    done = parted(record, "in-1", "rp-1")
    assert done.concerned_id == "in-1-2"
    assert links(record, "in-1") == {"rp-2"} and links(record, "in-1-2") == {"rp-1"}


def test_what_cannot_be_is_refused_and_changes_nothing(record: Record) -> None:
    merged(record, "in-1", "in-3")
    before = dict(record.incidents)
    for act in (
        lambda: merged(record, "in-1", "in-1"),
        lambda: merged(record, "in-1", "in-3"),
        lambda: merged(record, "in-3", "in-5"),
        lambda: parted(record, "in-1", "rp-5"),
        lambda: parted(record, "in-1"),
        lambda: parted(record, "in-5", "rp-5"),
        lambda: parted(record, "in-3", "rp-3"),
    ):
        with pytest.raises(InputError):
            act()
    with pytest.raises(NotFound):
        merged(record, "in-1", "in-9")
    assert record.incidents == before


def test_a_merge_answers_what_waited_for_review() -> None:
    record = Record()
    record.file(report(1, media=("a.jpg",)))
    record.file(report(2, media=("b.jpg",)))
    assert record.incidents["in-2"].status is IncidentStatus.PENDING_REVIEW
    merged(record, "in-2", "in-1")
    assert (record.incidents["in-2"].status, record.incidents["in-2"].review_ids) == (IncidentStatus.CORROBORATED, ())


def test_categories_that_disagree_after_a_merge_are_settled() -> None:
    record = Record()
    record.file(report(1))
    record.file(report(2, category=IncidentCategory.ASSAULT))
    merged(record, "in-1", "in-2")
    kept = record.incidents["in-1"]
    assert (kept.category, kept.category_flagged) == (IncidentCategory.ASSAULT, True) and "disagree" in kept.category_reason
    assert kept.related_ids == ()
    record.file(report(3, after_s=5))
    assert (record.incidents["in-1"].category, record.incidents["in-1"].category_flagged) == (IncidentCategory.THEFT, False)


def test_what_lived_on_in_reports_that_go_elsewhere_lives_on_there() -> None:
    record = Record()
    for number in range(4):
        record.file(report(number, north_deg=(number % 2) * FAR, after_s=number))
    merged(record, "in-1", "in-0")
    other = parted(record, "in-1", "rp-0", "rp-2", "rp-1").concerned_id
    assert (other, record.incidents["in-0"].merged_into) == ("in-0-2", other)
    merged(record, other, "in-1")
    assert (record.incidents["in-0"].merged_into, record.incidents["in-1"].merged_into) == (other, other)
    parted(record, other, "rp-0", "rp-2")
    assert record.incidents["in-0"].state is not IncidentState.MERGED and set(links(record, "in-0")) == {"rp-0", "rp-2"}


@given(st.data())
def test_no_report_is_ever_lost_or_in_two(data: st.DataObject) -> None:
    record = Record()
    for number in range(8):
        record.file(report(number, north_deg=(number % 4) * FAR, after_s=number))
    for _ in range(data.draw(st.integers(1, 6))):
        own = sorted(each.id for each in record.incidents.values() if each.state is not IncidentState.MERGED)
        first, second = data.draw(st.sampled_from(own)), data.draw(st.sampled_from(own))
        try:
            if data.draw(st.booleans()):
                merged(record, first, second)
            else:
                parted(record, first, *data.draw(st.sets(st.sampled_from(sorted(links(record, first))), min_size=1)))
        except InputError:
            continue
    living = [each for each in record.incidents.values() if each.state is not IncidentState.MERGED]
    inside = [link.id for each in living for link in each.corroborations]
    assert sorted(inside) == sorted(record.reports)
    assert all(each.corroborations for each in living)
    assert all(
        record.incidents[each.merged_into].state is not IncidentState.MERGED for each in record.incidents.values() if each.merged_into
    )


def apart(record: Record, one: str, other: str) -> IncidentEdit:
    return record.change(partial(keep_apart, incident_id=one, other_id=other, now_ns=LATER_NS))


def test_what_is_said_to_be_another_is_offered_no_more_on_either_side() -> None:
    record = Record()
    for number, category in ((1, IncidentCategory.THEFT), (2, IncidentCategory.ASSAULT), (3, IncidentCategory.BURGLARY)):
        record.file(report(number, category=category))
    assert record.incidents["in-1"].related_ids == ("in-2", "in-3")
    assert apart(record, "in-2", "in-1").concerned_id == "in-2"
    assert record.incidents["in-1"].related_ids == ("in-3",) and "in-1" not in record.incidents["in-2"].related_ids
    before = dict(record.incidents)
    apart(record, "in-1", "in-2")
    assert record.incidents == before


def test_nothing_waits_for_review_once_every_doubt_is_settled() -> None:
    record = Record()
    for number, trouble in ((1, ""), (2, "The picture was damaged.")):
        record.file(report(number, media=("a.jpg",), look=() if trouble else look(1.0), look_trouble=trouble))
    assert record.incidents["in-2"].status is IncidentStatus.PENDING_REVIEW
    apart(record, "in-2", "in-1")
    assert (record.incidents["in-2"].status, record.incidents["in-2"].review_ids) == (IncidentStatus.CREATED, ())


def test_only_different_incidents_that_stand_for_themselves_are_kept_apart(record: Record) -> None:
    merged(record, "in-1", "in-3")
    for one, other, field in (("in-1", "in-1", "other_id"), ("in-3", "in-1", "incident_id")):
        with pytest.raises(InputError) as refused:
            apart(record, one, other)
        assert refused.value.field == field
    with pytest.raises(NotFound):
        apart(record, "in-1", "in-9")
    assert apart(record, "in-1", "in-3").incidents[0].id == "in-1"
