"""H1–H10, H13: which incident a report belongs to."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine._geodesic import distance_m
from engine.incidents.correlation import correlate
from engine.incidents.reporters import device_reporter, user_reporter
from engine.model.errors import InputError
from engine.model.incidents.incident import IncidentCategory, IncidentStatus, Nearby
from engine.model.time import SECOND, from_iso
from tests.engine.incidents.record import Record
from tests.fakes.reports import HERE, NOW_NS, look, report, reporters

M_NORTH = 1 / 111_412.0  # degrees a metre, at this latitude
CREATED, CORROBORATED, DUPLICATE = IncidentStatus.CREATED, IncidentStatus.CORROBORATED, IncidentStatus.DUPLICATE


@pytest.fixture
def record() -> Record:
    return Record()


def test_h1_near_in_place_and_time_is_the_same(record: Record) -> None:
    record.file(report(1))
    done = record.file(report(2, north_deg=0.00040, after_s=120))
    assert (done.status, done.incident.status, done.incident.reporter_count) == (CORROBORATED, CORROBORATED, 2)
    assert done.link.distance_m == pytest.approx(44.56, abs=0.05)
    assert (done.incident.confidence, done.incident.revision) == (0.75, 2)


def test_h2_further_than_50_m_is_another(record: Record) -> None:
    record.file(report(1))
    assert record.file(report(2, north_deg=0.00050, after_s=120)).status is CREATED


def test_h3_five_minutes_are_inclusive_either_way(record: Record) -> None:
    record.file(report(1))
    assert record.file(report(2, after_s=300)).status is CORROBORATED
    assert record.file(report(3, after_s=-300)).status is CORROBORATED
    assert record.file(report(4, after_s=301)).status is CREATED
    assert record.file(report(5, after_s=-301)).status is CREATED


@given(st.floats(0, 0.0009), st.floats(-0.0018, 0.0018), st.floats(-600, 600))
def test_what_joins_is_within_the_bounds_and_what_does_not_is_beyond(north_deg: float, east_deg: float, after_s: float) -> None:
    record = Record()
    record.file(report(1))
    second = report(2, north_deg=north_deg, east_deg=east_deg, after_s=after_s)
    within = distance_m(*HERE, second.latitude, second.longitude) <= 50 and abs(second.occurred_ns - NOW_NS) <= 300 * SECOND
    assert record.file(second).status is (CORROBORATED if within else CREATED)


def test_h4_h5_a_reporter_counts_once(record: Record) -> None:
    record.file(report(1, reporter="user:ada"))
    assert record.file(report(2, reporter="user:ada", after_s=10)).status is DUPLICATE
    record.file(report(3, reporter="user:bo"))
    for number in range(4, 8):
        done = record.file(report(number, reporter="user:bo" if number % 2 else "user:ada", after_s=number))
        assert (done.status, done.incident.reporter_count, done.incident.confidence) == (DUPLICATE, 2, 0.75)


def test_h6_two_devices_are_two_reporters_and_neither_is_kept(record: Record) -> None:
    salt = b"s" * 32
    first, second = device_reporter("phone-1", salt), device_reporter("phone-2", salt)
    record.file(report(1, reporter=first))
    done = record.file(report(2, reporter=second))
    assert (done.status, done.incident.reporter_count) == (CORROBORATED, 2)
    assert "phone" not in str(done) and "user" not in str(done.incident)
    assert device_reporter("phone-1", salt) == first != device_reporter("phone-1", b"t" * 32)


def test_reporters_without_a_name_count_one_each_and_for_less(record: Record) -> None:
    for number in range(1, 4):
        done = record.file(report(number, reporter=""))
    assert done.incident.reporter_count == 3
    assert done.incident.confidence == pytest.approx(1 - 0.7**3)


@pytest.mark.parametrize(("similarity", "status"), [(1.0, CORROBORATED), (0.70, CORROBORATED), (0.69, CREATED), (-1.0, CREATED)])
def test_h7_pictures_have_to_be_alike(record: Record, similarity: float, status: IncidentStatus) -> None:
    record.file(report(1, media=("a.jpg",), look=look(1.0)))
    done = record.file(report(2, video_id="v2", look=look(similarity)))
    assert done.status is status
    if status is CORROBORATED:
        assert done.link.similarity == pytest.approx(similarity) and done.incident.video_ids == ("v2",)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"look": look(1.0)}, {"look_trouble": "The comparison took too long."}),
        ({"look_trouble": "The picture is damaged."}, {"look": look(1.0)}),
        ({"look": look(1.0)}, {"look": (1.0, 0.0, 0.0)}),
        ({"look": look(1.0)}, {"look": (float("nan"), 0.0)}),
        ({}, {}),
    ],
)
def test_h7_what_cannot_be_compared_is_never_a_match(record: Record, first: dict[str, object], second: dict[str, object]) -> None:
    record.file(report(1, media=("a.jpg",), **first))
    done = record.file(report(2, media=("b.jpg",), **second))
    assert (done.status, done.incident.status) == (IncidentStatus.PENDING_REVIEW, IncidentStatus.PENDING_REVIEW)
    assert done.incident.review_ids == ("in-1",) and done.incident.reporter_count == 1
    assert record.load("in-1").reporter_count == 1


def test_a_picture_and_none_need_no_comparison(record: Record) -> None:
    record.file(report(1, media=("a.jpg",), look=look(1.0)))
    assert record.file(report(2)).status is CORROBORATED
    assert record.file(report(3, media=("c.jpg",), look=look(0.9))).status is CORROBORATED


def test_one_of_several_pictures_alike_is_enough_and_one_that_fails_leaves_it_open(record: Record) -> None:
    record.file(report(1, media=("a.jpg",), look=look(1.0)))
    record.file(report(2))
    record.file(report(3, media=("c.jpg",), look=look(0.8)))
    assert record.file(report(4, media=("d.jpg",), look=look(0.75))).status is CORROBORATED
    broken = replace(report(1), media=("a.jpg",), look=(), look_trouble="It is damaged.")
    near = Nearby(record.load("in-1"), (broken, report(3, media=("c.jpg",), look=look(1.0))))
    assert correlate(report(5, media=("e.jpg",), look=look(0.9)), (near,)).status is CORROBORATED
    assert correlate(report(5, media=("e.jpg",), look=look(0.1)), (near,)).status is IncidentStatus.PENDING_REVIEW


def test_h8_chains_do_not_grow(record: Record) -> None:
    record.file(report(1))
    record.file(report(2, north_deg=40 * M_NORTH))
    done = record.file(report(3, north_deg=80 * M_NORTH))
    assert done.status is CREATED and record.load("in-1").reporter_count == 2


@given(st.lists(st.tuples(st.floats(0, 0.004), st.floats(0, 1200)), min_size=1, max_size=12))
def test_h8_no_report_is_ever_further_from_its_anchor(steps: list[tuple[float, float]]) -> None:
    record = Record()
    for number, (north_deg, after_s) in enumerate(steps):
        record.file(report(number, north_deg=north_deg, after_s=after_s))
    for report_id, (incident_id, link) in record.links.items():
        anchor, said = record.incidents[incident_id], record.reports[report_id]
        assert distance_m(anchor.latitude, anchor.longitude, said.latitude, said.longitude) <= 50
        assert abs(anchor.occurred_ns - said.occurred_ns) <= 300 * SECOND
        assert link.gap_s <= 300
    assert sum(each.reporter_count for each in record.incidents.values()) == len(steps)


def test_the_nearest_wins_not_the_newest(record: Record) -> None:
    record.file(report(1))
    record.file(report(2, north_deg=60 * M_NORTH, after_s=30))
    assert record.file(report(3, north_deg=20 * M_NORTH, after_s=30)).incident.id == "in-1"
    assert record.file(report(4, north_deg=40 * M_NORTH, after_s=30)).incident.id == "in-2"


def test_the_most_similar_wins_over_one_a_little_nearer(record: Record) -> None:
    record.file(report(1, media=("a.jpg",), look=look(1.0)))
    record.file(report(2, north_deg=4 * M_NORTH, media=("b.jpg",), look=look(0.5)))
    assert len(record.incidents) == 2
    between = look(math.cos(math.radians(18)))  # 0.95 to the first, 0.74 to the second
    done = record.file(report(3, north_deg=3 * M_NORTH, media=("c.jpg",), look=between))
    assert (done.status, done.incident.id) == (CORROBORATED, "in-1")


def test_equal_scores_go_to_the_one_that_occurred_first(record: Record) -> None:
    record.file(report(2, north_deg=-40 * M_NORTH, after_s=-1))
    record.file(report(1, north_deg=40 * M_NORTH, after_s=1))
    middle = Nearby(record.load("in-1")), Nearby(record.load("in-2"))
    same = tuple(replace(each, incident=replace(each.incident, latitude=HERE[0])) for each in middle)
    assert correlate(report(3), same).incident.id == "in-2"
    assert correlate(report(3), same[::-1]).incident.id == "in-2"


def test_h10_times_have_a_zone_and_the_future_is_refused(record: Record) -> None:
    assert from_iso("2026-11-21T14:00:00+02:00") == from_iso("2026-11-21T12:00:00Z")
    ahead = report(1, after_s=300, received_ns=NOW_NS)
    assert record.file(ahead).status is CREATED
    with pytest.raises(InputError) as refused:
        record.file(report(2, after_s=300.001, received_ns=NOW_NS))
    assert refused.value.field == "occurred_at" and "rp-2" not in record.reports


def test_h13_another_category_is_related_and_offered_both_ways(record: Record) -> None:
    record.file(report(1, category=IncidentCategory.VIOLENCE))
    done = record.file(report(2, category=IncidentCategory.ASSAULT, after_s=60))
    assert done.status is CREATED and done.incident.related_ids == ("in-1",)
    assert record.load("in-1").related_ids == ("in-2",)
    assert record.file(report(3, category=IncidentCategory.FIRE)).incident.related_ids == ()


def test_offers_are_bounded(record: Record) -> None:
    record.file(report(0, category=IncidentCategory.VIOLENCE))
    for number in range(1, 20):
        record.file(report(number, category=IncidentCategory.ASSAULT, media=(f"{number}.jpg",)))
    assert all(len(each.related_ids) <= 5 and len(each.review_ids) <= 5 for each in record.incidents.values())


def test_what_an_operator_made_of_it_does_not_part_those_who_say_the_same(record: Record) -> None:
    record.file(report(1))
    record.incidents["in-1"] = replace(record.load("in-1"), category=IncidentCategory.BURGLARY, edited=("category",))
    done = record.file(report(2))
    assert done.status is CORROBORATED and done.incident.category is IncidentCategory.BURGLARY


def test_many_reporters_are_counted_and_twenty_listed(record: Record) -> None:
    for number in range(200):
        done = record.file(report(number))
    assert done.incident.reporter_count == 200 and len(done.incident.corroborations) == 20
    assert done.incident.unlisted == (("theft", 180),) and reporters(done.incident) == {f"user:{n}" for n in range(20)}
    assert done.incident.confidence == 0.99


def test_who_reports_has_to_be_said_or_left_out() -> None:
    assert user_reporter(" ada ") == "user:ada"
    with pytest.raises(InputError) as refused:
        user_reporter(" ")
    assert refused.value.field == "reporter_id"
    with pytest.raises(InputError) as refused:
        device_reporter("x" * 191, b"s")
    assert refused.value.field == "device_id"


@pytest.mark.parametrize("simulated", [False, True])
def test_what_is_simulated_and_what_is_real_never_meet(simulated: bool) -> None:
    first = correlate(report(1, simulated=simulated), ()).incident
    other = correlate(report(2, simulated=not simulated), (Nearby(first),))
    assert (first.simulated, other.incident.simulated) == (simulated, not simulated)
    assert other.status is IncidentStatus.CREATED and not other.others and not other.incident.related_ids
    assert correlate(report(3, simulated=simulated), (Nearby(first),)).status is IncidentStatus.CORROBORATED
    assert correlate(report(1, simulated=not simulated), (Nearby(first, has_reporter=True),)).status is IncidentStatus.CREATED
