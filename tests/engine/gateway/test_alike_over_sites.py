"""A person of one site is found at others: described there, compared here, and only where both may be searched."""

import logging
import math
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine import __version__
from engine.gateway.border.bind import Bind
from engine.gateway.federation.port import FederatedPort, Site
from engine.gateway.federation.rewriting import unchecked_copy
from engine.gateway.remote.known_engine import KnownEngine
from engine.gateway.remote.port import RemoteDoor
from engine.gateway.server import GatewayServer
from engine.model.accounts.access import Role, Session
from engine.model.accounts.audit import AuditRow
from engine.model.errors import EnvironmentFault, InputError, NotFound, PermissionDenied, WatchroomError
from engine.model.history.timeline import DescribeLook, HitKind, LookDescription, LookHits, SearchAlike, SearchHit
from engine.model.people.settings import PeopleSettings
from engine.model.question import ListAudit
from engine.model.sites import SiteReach
from engine.model.vocabulary import EngineRelease, own_vocabulary
from engine.model.wire import read_as, to_plain
from engine.runtime.access.setup_code import SetupCode
from engine.runtime.local import LocalDoor, LocalPort
from tests.fakes.engine import FakeEngine
from tests.fakes.look_site import LookSite, look, look_site, model_store
from tests.fakes.waiting import until

PERSON, SOMEBODY = look(1), look(2)
SEEN_AGAIN = look(3, towards=PERSON)
DIGEST = "ab" * 32
UNIT = (1.0, *[0.0] * 511)
DESCRIBED = LookDescription(DIGEST, UNIT)
NOBODY = LookHits()


# Two real engines, one of them over HTTP


@pytest.fixture(scope="module")
def north(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LookSite]:
    with look_site(tmp_path_factory.mktemp("north")) as site:
        site.put(**{"t-1": PERSON, "t-2": SOMEBODY})
        yield site


@pytest.fixture(scope="module")
def south(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LookSite]:
    with look_site(tmp_path_factory.mktemp("south")) as site:
        site.put(**{"t-1": look(4), "t-7": SEEN_AGAIN, "t-8": look(5)})
        yield site


@pytest.fixture(scope="module")
def south_url(south: LookSite) -> Iterator[str]:
    server = GatewayServer(LocalDoor(south.engine), SetupCode(), Bind.parse("127.0.0.1:0"), __version__)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@contextmanager
def console(**ports: Callable[[], Any]) -> Iterator[FederatedPort]:
    port = FederatedPort(Site(key, key.capitalize(), connect) for key, connect in ports.items())
    try:
        until(lambda: all(site.reach is SiteReach.ONLINE for site in port.snapshot().sites), "all are reached")
        yield port
    finally:
        port.close()


@pytest.fixture
def port(north: LookSite, south: LookSite, south_url: str) -> Iterator[FederatedPort]:
    token = south.engine.accounts.create_token(Role.OPERATOR, "console")
    with console(north=north.port, south=lambda: RemoteDoor(south_url).enter(token)) as port:
        yield port


def rows(site: LookSite) -> tuple[AuditRow, ...]:
    """The newest first."""
    return tuple(row for row in site.port(Role.ADMIN).ask(ListAudit()) if row.verb in ("search_alike", "describe_look"))


def test_a_person_of_one_site_is_found_at_the_other_the_most_alike_first(port: FederatedPort) -> None:
    found = port.answer(SearchAlike(like_id="north/t-1"))
    assert [(hit.id, hit.camera_id) for hit in found.value.hits[:2]] == [("north/t-1", "north/yard"), ("south/t-7", "south/yard")]
    likeness = [hit.likeness or 0.0 for hit in found.value.hits]
    assert likeness[0] == pytest.approx(1, abs=1e-3) and likeness[1] == pytest.approx(float(PERSON @ SEEN_AGAIN), abs=1e-3)
    assert likeness == sorted(likeness, reverse=True) and (found.value.compared, len(likeness)) == (5, 5)
    assert (found.missing, found.value.left_out, found.value.banner) == ((), (), "")


def test_the_other_way_round_and_only_at_the_chosen_cameras(port: FederatedPort) -> None:
    found = port.ask(SearchAlike(like_id="south/t-7", camera_ids=("north/yard",), limit=1))
    assert [hit.id for hit in found.hits] == ["north/t-1"] and found.compared == 2


def test_both_audits_keep_it_without_the_numbers(port: FederatedPort, north: LookSite, south: LookSite) -> None:
    before = len(rows(north)), len(rows(south))
    port.ask(SearchAlike(like_id="north/t-1", camera_ids=("south/yard",)))
    (described,) = rows(north)[: len(rows(north)) - before[0]]
    (searched,) = rows(south)[: len(rows(south)) - before[1]]
    assert (described.verb, described.subject, described.detail) == ("describe_look", "t-1", "for a search at South, session s-operator")
    assert (searched.verb, searched.subject) == ("search_alike", "")
    told = "by a description of a person from site North, cameras yard, from ever until ever, 3 compared, 3 found, session "
    assert searched.detail.startswith(told)


def test_where_the_audit_keeps_nothing_nobody_is_described(port: FederatedPort, north: LookSite, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: AuditRow) -> None:
        raise EnvironmentFault("disk_full", "The disk is full.")

    monkeypatch.setattr(north.engine.auditor, "keep", full)
    with pytest.raises(EnvironmentFault, match="The disk is full"):
        port.ask(SearchAlike(like_id="north/t-1"))


def test_the_receiving_site_keeps_and_logs_nothing_of_it(
    port: FederatedPort, north: LookSite, south: LookSite, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = look(99)  # whom only the north has seen
    north.put(**{"t-99": stranger})
    with caplog.at_level(logging.DEBUG):
        assert port.ask(SearchAlike(like_id="north/t-99", camera_ids=("south/yard",))).compared == 3
    assert south.engine.record.writer.flush(60)
    text = repr(round(float(stranger[0]), 6))[:9]
    vectors = [np.asarray(stranger, kind)[:8].tobytes() for kind in (np.float16, np.float32, np.float64)]
    kept = [file.read_bytes() for file in south.engine.data.path.rglob("*") if file.is_file()]
    assert len(kept) > 3 and not any(vector in content or text.encode() in content for content in kept for vector in vectors)
    assert text not in caplog.text and text not in repr(north.port().ask(DescribeLook(("South",), like_id="t-99")))


def test_another_model_is_told_and_compares_nothing(
    port: FederatedPort, south: LookSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(south.engine.alike, "_models", model_store(tmp_path / "models", b"another model"))
    found = port.ask(SearchAlike(like_id="north/t-1"))
    assert {hit.id for hit in found.hits} >= {"north/t-1"} and not [hit for hit in found.hits if hit.id.startswith("south/")]
    assert [site.name for site in found.left_out] == ["South"] and "described by another model" in found.left_out[0].reason
    monkeypatch.setattr(south.engine.alike, "_models", model_store(tmp_path / "none", b"gone"))
    shutil.rmtree(tmp_path / "none")
    assert "is not installed" in port.ask(SearchAlike(like_id="north/t-1")).left_out[0].reason


def test_a_site_that_keeps_no_looks_is_told_nothing(port: FederatedPort, south: LookSite) -> None:
    south.recognise(on=False)
    try:
        found = port.ask(SearchAlike(like_id="north/t-1"))
        assert [site.name for site in found.left_out] == ["South"] and "biometrics are off" in found.left_out[0].reason
        assert len(found.hits) >= 2, "its own are found"
        with pytest.raises(WatchroomError, match="biometrics are off"):
            south.port().ask(SearchAlike(look=DESCRIBED, from_site="North"))
    finally:
        south.recognise()
        south.put(**{"t-1": look(4), "t-7": SEEN_AGAIN, "t-8": look(5)})


def test_the_engine_itself_refuses_who_may_not_search(south: LookSite) -> None:
    asked = SearchAlike(look=LookDescription(south.digest, UNIT), from_site="North")
    assert south.port().ask(asked).compared == 3
    for question in (asked, DescribeLook(("North",), like_id="t-7")):
        with pytest.raises(PermissionDenied):
            south.port(cameras=("yard",)).ask(question)
    with pytest.raises(InputError, match="those of its model have 512"):
        south.port().ask(replace(asked, look=LookDescription(south.digest, (1.0, 0.0))))


def test_whoever_may_not_search_there_sends_nothing_there(north: LookSite, south: LookSite, monkeypatch: pytest.MonkeyPatch) -> None:
    blind = south.port(without=SearchAlike.verb)
    for other, why in ((blind, "may not see past"), (south.port(cameras=("yard",)), "limited to some cameras")):
        asked = spied(other, monkeypatch)
        of_north = spied(mine := north.port(), monkeypatch)
        with console(north=lambda mine=mine: mine, south=lambda other=other: other) as port:
            found = port.ask(SearchAlike(like_id="north/t-1"))
        assert [site.name for site in found.left_out] == ["South"] and why in found.left_out[0].reason
        assert found.hits and not asked and [type(each) for each in of_north] == [SearchAlike], "nobody was described"


def spied(port: LocalPort, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    asked: list[Any] = []
    ask = port.ask
    monkeypatch.setattr(port, "ask", lambda question: (asked.append(question), ask(question))[1])
    return asked


def test_a_site_that_is_away_is_named_and_one_that_has_the_person_is_needed(north: LookSite, south: LookSite) -> None:
    def away() -> Any:
        raise EnvironmentFault("unreachable", "It cannot be reached.")

    port = FederatedPort([Site("north", "North", north.port), Site("south", "South", away)])
    try:
        port.wait_for_sites(60)
        found = port.answer(SearchAlike(like_id="north/t-1"))
        assert [site.key for site in found.missing] == ["south"] and found.value.hits
        assert [(site.name, site.reason) for site in found.value.left_out] == [("South", "It cannot be reached.")]
        with pytest.raises(EnvironmentFault, match="cannot be reached"):
            port.ask(SearchAlike(like_id="south/t-7"))
    finally:
        port.close()


def test_nobody_of_no_site(port: FederatedPort) -> None:
    for question in (SearchAlike(like_id="t-1"), SearchAlike(like_id="west/t-1"), SearchAlike(like_id="north/t-1", camera_ids=("x/y",))):
        with pytest.raises(NotFound):
            port.ask(question)
    with pytest.raises(NotFound, match="No look of them is kept"):
        port.ask(SearchAlike(like_id="north/t-none"))


# What a question may be


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": "reid"},
        {"vector": ()},
        {"vector": (2.0, 0.0)},
        {"vector": (math.nan, 1.0)},
        {"vector": (math.inf, 0.0)},
        {"vector": (1.0, *[0.0] * 4_096)},
        {"note": "two\nlines"},
    ],
)
def test_descriptions_that_are_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        replace(DESCRIBED, **wrong)


def test_numbers_beyond_all_bounds_are_refused_as_input() -> None:
    plain = to_plain(SearchAlike(look=DESCRIBED, from_site="North"))
    assert read_as(SearchAlike, plain).look == DESCRIBED
    plain["look"]["vector"][0] = 10**400
    with pytest.raises(InputError, match="too large"):
        read_as(SearchAlike, plain)


@pytest.mark.parametrize(
    "wrong",
    [
        {"like_id": "t-1", "look": DESCRIBED, "from_site": "North"},
        {"look": DESCRIBED},
        {"like_id": "t-1", "from_site": "North"},
        {"look": DESCRIBED, "from_site": "N" * 81},
        {"look": DESCRIBED, "from_site": "No\x1brth"},
    ],
)
def test_questions_with_descriptions_that_make_no_sense(wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        SearchAlike(**wrong)
    with pytest.raises(InputError):
        DescribeLook((), like_id="t-1")


def test_an_older_engine_is_told_to_be_older() -> None:
    members = dict(own_vocabulary().members())
    members["SearchAlike"] -= {"look", "from_site"}
    del members["DescribeLook"]
    older = KnownEngine("http://127.0.0.1:1", EngineRelease("0.0.9", 1), members)
    assert older.form(SearchAlike(like_id="t-1"))["like_id"] == "t-1"
    for question in (SearchAlike(look=DESCRIBED, from_site="North"), DescribeLook(("South",), like_id="t-1")):
        with pytest.raises(EnvironmentFault, match="older than this console") as fault:
            older.form(question)
        assert fault.value.reason == "engine_older"


# Sites that say what they like


class Told:
    """A site whose answers to questions about looks are what a test says."""

    def __init__(self, described: Any = DESCRIBED, found: Any = NOBODY) -> None:
        self._engine = FakeEngine()
        self._engine.settings = replace(self._engine.settings, recognition=PeopleSettings(True, purpose="To find who was in view"))
        self._engine.tick()
        self._port = self._engine.port()
        self.described, self.found = described, found
        self.asked: list[Any] = []

    @property
    def session(self) -> Session:
        return self._port.session

    def snapshot(self) -> Any:
        return self._port.snapshot()

    def ask(self, question: Any) -> Any:
        self.asked.append(question)
        answer = self.described if isinstance(question, DescribeLook) else self.found
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        self._port.close()


def hits(*likeness: Any, name: str = "t") -> LookHits:
    found = [SearchHit(HitKind.LOOKS, f"{name}-{n}", n, "Similar person", likeness=each) for n, each in enumerate(likeness)]
    return LookHits(tuple(found), len(found))


def asked(one: Told, other: Told, question: SearchAlike | None = None) -> LookHits:
    with console(one=lambda: one, other=lambda: other) as port:
        return port.ask(question or SearchAlike(like_id="one/t-0", limit=4))


@pytest.mark.parametrize(
    "answer",
    [
        hits(math.nan),
        hits(7.0),
        hits(None),
        hits("1.0"),
        hits(*[0.5] * 5),
        LookHits(hits(0.5).hits, 0),
        LookHits((), 10**12),
        LookHits((replace(hits(0.5).hits[0], kind=HitKind.EVENT),), 1),
        unchecked_copy(hits(0.5), hits=None),
        DESCRIBED,
        None,
        ValueError("a bug"),
    ],
)
def test_an_answer_that_can_be_none_leaves_its_site_out(answer: Any) -> None:
    found = asked(Told(found=hits(1.0, 0.4)), Told(found=answer))
    assert [hit.id for hit in found.hits] == ["one/t-0", "one/t-1"]
    assert [site.name for site in found.left_out] == ["Other"] and "not understood" in found.left_out[0].reason


@pytest.mark.parametrize(
    "described",
    [
        None,
        LookHits(),
        unchecked_copy(DESCRIBED, vector=(math.nan,) * 512),
        unchecked_copy(DESCRIBED, vector=(0.0,) * 512),
        unchecked_copy(DESCRIBED, vector="x"),
        unchecked_copy(DESCRIBED, vector=(1.0, *[0.0] * 10_000)),
        unchecked_copy(DESCRIBED, model="of ours"),
        EnvironmentFault("engine_older", "It is older than this console."),
    ],
)
def test_a_description_that_can_be_none_goes_nowhere(described: Any) -> None:
    other = Told(found=hits(0.9))
    found = asked(Told(described, hits(1.0)), other)
    assert [hit.id for hit in found.hits] == ["one/t-0"] and other.asked == []
    assert [site.name for site in found.left_out] == ["Other"] and found.left_out[0].reason.startswith("One does not describe the person: ")


def test_a_site_that_claims_too_much_takes_nobody_elses_rows_away() -> None:
    found = asked(Told(found=hits(0.9, 0.8, 0.3)), Told(found=hits(1.0, 1.0, 1.0, 1.0)))
    assert [hit.id for hit in found.hits] == ["other/t-0", "other/t-1", "one/t-0", "one/t-1"] and found.compared == 7


def test_what_a_site_says_of_itself_is_not_said_of_others() -> None:
    lie = replace(hits(0.5), banner="x" * 5_000, left_out=asked(Told(), Told(found=None)).left_out)
    found = asked(Told(found=hits(1.0)), Told(found=lie))
    assert found.left_out == () and len(found.banner) <= 300


# A picture is described once


PICTURE = SearchAlike("bm90aGluZw==", box=(0.0, 0.0, 1.0, 1.0), limit=4)


def test_a_picture_is_described_by_one_site_for_all() -> None:
    noted = replace(DESCRIBED, note="2 people are in the picture. The tallest was compared.")
    one, other = Told(noted, hits(0.5)), Told(found=hits(0.9))
    found = asked(one, other, PICTURE)
    assert [hit.id for hit in found.hits] == ["other/t-0", "one/t-0"] and found.banner == noted.note
    searched = replace(PICTURE, jpeg="", box=None, look=noted, from_site="One")
    assert one.asked == [DescribeLook(("One", "Other"), PICTURE.jpeg, PICTURE.box), searched] and other.asked == [searched]


def test_where_a_site_cannot_describe_a_picture_the_next_one_does() -> None:
    one, other = Told(NotFound("The model is not installed."), hits(0.5)), Told(found=hits(0.9))
    assert len(asked(one, other, PICTURE).hits) == 2 and isinstance(other.asked[0], DescribeLook)
    nobody, unasked = Told(InputError("jpeg", "shows nobody that could be found")), Told()
    with pytest.raises(InputError, match="shows nobody"):
        asked(nobody, unasked, PICTURE)
    assert unasked.asked == []


def test_a_picture_for_one_site_alone_is_no_description() -> None:
    one = Told(found=hits(0.5))
    with console(one=lambda: one) as port:
        assert len(port.ask(PICTURE).hits) == 1
    assert one.asked == [PICTURE]
