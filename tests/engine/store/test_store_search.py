"""Finding by words, marks and regions: what is found, in which order, and that nothing typed is read as syntax."""

from dataclasses import replace
from typing import Any

import pytest

from engine.incidents.correlation import correlate
from engine.incidents.editing import edit_incident
from engine.model.alerts.decision import Outcome
from engine.model.cameras.clip import Clip
from engine.model.errors import InputError
from engine.model.event import Event, EventKind, Severity
from engine.model.history.timeline import Bookmark, HitKind, SearchFilter, SearchRecord
from engine.model.people.person import Person
from engine.model.time import SECOND
from engine.store import Store
from engine.store.search.polygon_box import touches
from engine.store.search.text_query import pieces
from tests.engine.store.records import clip, decision, event
from tests.engine.store.test_store_alerts import ALERT
from tests.fakes.reports import report

WALL = (0.0, 0.0, 1.0, 1.0)


def said(number: int, reason: str, **more: Any) -> Event:
    return replace(event(number), reason=reason, **more)


def ids(store: Store, text: str = "", limit: int = 50, **wanted: Any) -> list[str]:
    return [hit.id for hit in store.answer(SearchRecord(SearchFilter(text, **wanted), limit)).hits]


def numbers(*several: int) -> list[str]:
    return [event(number).id for number in several]


@pytest.fixture
def told(store: Store) -> Store:
    store.save(
        [
            said(1, "Somebody walked through the gate"),
            said(2, "The Gate was left open", person="José Müller", person_id="pe-1"),
            said(3, "A gatecrasher ran away", kind=EventKind.ZONE_VISIT, severity=Severity.CRITICAL, zone_id="kitchen"),
            said(4, "Straße: 冷蔵庫 was opened", camera_id="kitchen-2", label="wave"),
        ]
    )
    return store


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("gate", (2, 1)),
        ("GATE", (2, 1)),
        ("gate open", (2,)),
        ('"the gate"', (2, 1)),
        ('"gate the"', ()),
        ("gate*", (3, 2, 1)),
        ('"through the ga"*', (1,)),
        ('"through the ga*"', ()),
        ("jose", (2,)),
        ("MÜLLER", (2,)),
        ("muller", (2,)),
        ("zone visit", (3,)),
        ("straße", (4,)),
        ("冷蔵庫", (4,)),
        ("wave", (4,)),
        ("nothing-like-it", ()),
        ("", (4, 3, 2, 1)),
    ],
)
def test_words_phrases_and_beginnings(told: Store, text: str, found: tuple[int, ...]) -> None:
    assert ids(told, text) == numbers(*found)


@pytest.mark.parametrize(
    "text",
    [
        *(
            '"',
            '""',
            '"""',
            "gate AND",
            "gate OR",
            "NOT gate",
            "NEAR(gate open)",
            "gate^",
            "^gate",
            "words:gate",
            "marks:hevent",
            "{words}:gate",
        ),
        *("(gate", "gate)", "gate + open", "-gate", "gate'", "'; DROP TABLE events; --", 'a"b"c', '"gate" "', "gate\x00open", "g\ud800ate"),
        *("hevent", "k706572736F6E", "* gate", "** gate", "gate \\", "gate\n\topen", "found_words", "rank", "gate:open", "é́́ gate"),
    ],
)
def test_whatever_is_typed_is_words(told: Store, text: str) -> None:
    try:
        found = ids(told, text)
    except InputError as refused:
        assert refused.field == "text"
    else:
        assert set(found) <= set(numbers(1, 2, 3))


@pytest.mark.parametrize("text", ["--- !!!", "x" * 201, "a b c d e f g h i", "g*"])
def test_what_cannot_be_found_is_refused_with_the_field(told: Store, text: str) -> None:
    with pytest.raises(InputError) as refused:
        ids(told, text)
    assert refused.value.field == "text"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"camera_ids": ("kitchen-2", "roof")}, (4,)),
        ({"person_id": "pe-1"}, (2,)),
        ({"zone_id": "kitchen"}, (3,)),
        ({"label": "wave"}, (4,)),
        ({"event_kinds": ("zone_visit",)}, (3,)),
        ({"min_severity": 4}, (3,)),
        ({"min_severity": 1}, (4, 3, 2, 1)),
        ({"min_severity": 6}, ()),
        ({"since_ns": 2 * SECOND, "until_ns": 4 * SECOND}, (3, 2)),
        ({"since_ns": 2 * SECOND + 1}, (4, 3)),
        ({"until_ns": 2 * SECOND + 1}, (2, 1)),
        ({"kinds": (HitKind.EVENT,), "camera_ids": ("yard",), "min_severity": 5}, (3,)),
        ({"kinds": (HitKind.ALERT,)}, ()),
        ({"kinds": (HitKind.MOTION,)}, ()),
    ],
)
def test_filters_alone_and_with_words(told: Store, wanted: dict[str, Any], found: tuple[int, ...]) -> None:
    assert ids(told, **wanted) == numbers(*found)
    assert ids(told, "gate", **wanted) == numbers(*(number for number in found if number < 3))


def test_everything_that_can_be_found(store: Store) -> None:
    store.save(
        [
            replace(ALERT, reason="Ada fell"),
            replace(decision(3, outcome=Outcome.HELD), reason="Ada was expected"),
            Person("pe-1", "Ada", created_ns=2 * SECOND),
        ]
    )
    store.bookmarks.put(Bookmark("bm-1", 5 * SECOND, "Ada again", "ben", 1, camera_id="yard"))
    store.incidents.file([report(1, description="Ada lost a bicycle")], correlate)
    store.save([said(1, "Ada came in")])
    hits = store.answer(SearchRecord(SearchFilter("ada"))).hits
    assert {hit.kind for hit in hits} == {
        HitKind.ALERT,
        HitKind.DECISION,
        HitKind.PERSON,
        HitKind.BOOKMARK,
        HitKind.INCIDENT,
        HitKind.REPORT,
        HitKind.EVENT,
    }
    assert [hit.at_ns for hit in hits] == sorted((hit.at_ns for hit in hits), reverse=True)
    by_kind = {hit.kind: hit for hit in hits}
    assert (by_kind[HitKind.BOOKMARK].id, by_kind[HitKind.BOOKMARK].camera_id) == ("bm-1", "yard")
    assert by_kind[HitKind.EVENT].text == "Person detected · Ada came in" and by_kind[HitKind.EVENT].simulated
    assert by_kind[HitKind.REPORT].text == "Theft · Ada lost a bicycle"
    assert store.answer(SearchRecord(SearchFilter("ada", kinds=(HitKind.PERSON, HitKind.BOOKMARK)))).hits == (
        by_kind[HitKind.BOOKMARK],
        by_kind[HitKind.PERSON],
    )


def test_a_report_is_found_once_it_is_filed_though_nothing_else_is_saved(store: Store) -> None:
    store.incidents.file([report(1, description="A lost bicycle")], correlate)
    filed = store.answer(SearchRecord(SearchFilter("bicycle"))).hits
    assert {hit.kind for hit in filed} == {HitKind.INCIDENT, HitKind.REPORT}
    (incident_id,) = (hit.id for hit in filed if hit.kind is HitKind.INCIDENT)
    store.incidents.change(lambda load: edit_incident(load, incident_id, 9 * SECOND, description="A tricycle"))
    assert [hit.kind for hit in store.answer(SearchRecord(SearchFilter("tricycle"))).hits] == [HitKind.INCIDENT]
    assert {hit.kind for hit in store.answer(SearchRecord(SearchFilter("bicycle"))).hits} == {HitKind.REPORT}


def test_pages_go_on_where_the_last_one_ended(store: Store) -> None:
    store.save([replace(event(number), started_ns=5 * SECOND + number // 3) for number in range(10)])
    for text in ("", "gate"):
        found: list[str] = []
        before: str | None = ""
        while before is not None:
            page = store.answer(SearchRecord(SearchFilter(text), 4, before))
            found += [hit.id for hit in page.hits]
            before = page.next_id
        assert sorted(found) == sorted(numbers(*range(10)))


@pytest.mark.parametrize("before", ["x", "1e9", "9" * 30, "-" + "9" * 19, "1;--"])
def test_a_page_that_was_never_answered_is_refused(told: Store, before: str) -> None:
    for wanted in (SearchFilter(), SearchFilter(camera_ids=("yard",), region=((0, 0), (1, 0), (1, 1)))):
        with pytest.raises(InputError):
            told.search(SearchRecord(wanted, before=before), {}, (100, 100))


def test_words_that_name_something_find_what_has_to_do_with_it(told: Store) -> None:
    names = {"Back kitchen": ("kitchen-2",), "José Müller": ("pe-1",), "Küche": ("kitchen",)}

    def found(text: str) -> list[str]:
        return [hit.id for hit in told.search(SearchRecord(SearchFilter(text)), names, None).hits]

    assert found("back") == found('"back kitchen"') == found("Kitch*") == found("opened BACK") == numbers(4)
    assert found("kuche") == numbers(3)
    assert found("kitchen back gate") == found('"kitchen back"') == []


def test_pieces_of_what_is_typed() -> None:
    assert [(piece.text, piece.open) for piece in pieces('gate "left open" cam* "a be"*')] == [
        ("gate", False),
        ("left open", False),
        ("cam", True),
        ("a be", True),
    ]


def boxed(number: int, box: tuple[float, float, float, float], **more: Any) -> Event:
    return replace(event(number), box_xyxy=box, **more)


CORNER = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5))  # upper left, cut off diagonally


def region(store: Store, limit: int = 50, before: str = "", **wanted: Any) -> tuple[list[tuple[str, str]], str | None]:
    ask = SearchRecord(SearchFilter(camera_ids=("yard",), region=CORNER, **wanted), limit, before)
    answer = store.search(ask, {}, (200, 100))
    return [(hit.kind.value, hit.id) for hit in answer.hits], answer.next_id


def test_what_was_in_a_part_of_the_picture(store: Store) -> None:
    inside, beside, motion = (10, 10, 20, 20), (80, 40, 190, 90), EventKind.MOTION
    store.save(
        [
            boxed(1, inside),
            boxed(2, beside),
            boxed(3, inside, kind=motion),
            boxed(4, inside, camera_id="gate"),
            replace(event(5), box_xyxy=None),
        ]
    )
    store.save([boxed(6, (-50, -50, 500, 500)), boxed(7, inside, person_id="pe-1", severity=Severity.CRITICAL)])
    one, three, six, seven = numbers(1, 3, 6, 7)
    assert region(store) == ([("event", seven), ("event", six), ("motion", three), ("event", one)], None)
    assert region(store, kinds=(HitKind.MOTION,))[0] == [("motion", three)]
    assert region(store, person_id="pe-1", min_severity=5, since_ns=0, until_ns=1 << 60)[0] == [("event", seven)]
    page, before = region(store, limit=3)
    assert before is not None and page + region(store, before=before)[0] == region(store)[0]


def test_a_region_looks_at_so_many_boxes_and_goes_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.search.region_search.SCANNED", 7)
    monkeypatch.setattr("engine.store.search.region_search._AT_ONCE", 3)
    store.save([boxed(number, (10, 10, 20, 20) if number == 1 else (80, 40, 190, 90)) for number in range(10)])
    none, before = region(store)
    assert none == [] and before is not None
    assert region(store, before=before) == ([("event", numbers(1)[0])], None)


def test_the_size_of_a_picture_is_that_of_a_clip_where_nothing_better_is_known(store: Store) -> None:
    large: Clip = replace(clip(1), width=2000, height=1000)
    store.save([boxed(1, (400, 100, 410, 110)), large])
    ask = SearchRecord(SearchFilter(camera_ids=("yard",), region=CORNER))
    assert [hit.id for hit in store.search(ask, {}, None).hits] == numbers(1)
    assert store.search(ask, {}, (200, 100)).hits == ()


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"camera_ids": ()}, "region"),
        ({"camera_ids": ("a", "b")}, "region"),
        ({"camera_ids": ("unknown",)}, "region"),
        ({"camera_ids": ("yard",), "region": ((0.0, 0.0), (1.0, 1.0))}, "region"),
        ({"camera_ids": ("yard",), "region": ((0.0, 0.0), (1.0, 1.0), (2.0, 0.0))}, "region"),
        ({"camera_ids": ("yard",), "kinds": (HitKind.REPORT,)}, "kinds"),
    ],
)
def test_regions_that_cannot_be_looked_for(told: Store, wanted: dict[str, Any], field: str) -> None:
    with pytest.raises(InputError) as refused:
        told.answer(SearchRecord(SearchFilter(**({"region": CORNER} | wanted))))
    assert refused.value.field == field


def test_a_box_and_a_polygon_that_touch() -> None:
    triangle = ((0.0, 0.0), (100.0, 0.0), (0.0, 50.0))
    assert touches((10, 10, 20, 20), triangle) and touches((-5, -5, 200, 200), triangle) and touches((60, 10, 90, 40), triangle)
    assert not touches((80, 40, 90, 45), triangle) and not touches((101, 0, 120, 10), triangle)
