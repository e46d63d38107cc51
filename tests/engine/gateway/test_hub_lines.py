"""A console reaches the sites of a hub by one sign-in: through lines, as if it were there, and no further than its account."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from engine.gateway.remote.hub import HubSite, HubVisit, RemoteHub, SiteCopyAtHub
from engine.gateway.remote.port import RemoteDoor, RemotePort
from engine.model.accounts.access import Role, Verb
from engine.model.errors import EnvironmentFault, InputError, NotFound, NotSignedIn
from engine.model.event import Event
from engine.model.history.timeline import CountDays, HitKind, ListBookmarks, SearchFilter, SearchRecord
from engine.model.port import PictureWant
from engine.model.question import ListEvents
from engine.model.time import SystemClock
from engine.runtime.access.lockout import HERE
from engine.runtime.access.machine_tokens import TokenWanted
from engine.runtime.hub.clip_messages import ClipPiece, pack_piece
from engine.store.shared.record import SharedRecord
from tests.engine.store.records import clip, event
from tests.engine.store.test_shared_record import at, batch
from tests.engine.store.test_store_alerts import ALERT
from tests.fakes.engine_process import EngineProcess
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.site_at_hub import enter_site, set_up_at_hub
from tests.fakes.small_site import small_site
from tests.fakes.waiting import until
from tests.fakes.whole_hub import WholeHub, empty_record, whole_hub

ADMIN, PASSWORD = "ada", "correct horse battery"


@pytest.fixture(scope="module")
def record() -> Iterator[SharedRecord]:
    with postgres_or_skip() as url, empty_record(url) as record:
        yield record


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, record: SharedRecord) -> Iterator[WholeHub]:
    with whole_hub(tmp_path_factory.mktemp("hub") / "own", record) as hub:
        hub.door.accounts.create_user("Ben", Role.ADMIN, PASSWORD)
        hub.door.accounts.create_user("Cleo", Role.OPERATOR, PASSWORD, ("south",))
        yield hub


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, hub: WholeHub) -> Iterator[str]:
    """Its address; `north` at the hub."""
    folder = tmp_path_factory.mktemp("site")
    small_site(folder)
    engine = EngineProcess(folder)
    try:
        set_up_at_hub(folder, engine, hub, ADMIN, PASSWORD)
        until(lambda: _answers(hub.hub.port_to("north")), "the tunnel leads to the site")
        yield engine.url
    finally:
        engine.stop()


@pytest.fixture
def ben(hub: WholeHub) -> Iterator[HubVisit]:
    visit = RemoteHub(hub.url).sign_in("Ben", PASSWORD)
    yield visit
    visit.close()


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/v1/setup", timeout=3).is_success
    except httpx.HTTPError:
        return False


def test_a_hub_is_told_from_an_engine(hub: WholeHub, site: str) -> None:
    assert RemoteHub(hub.url).answers()
    assert not RemoteHub(site).answers()


def test_a_site_is_seen_through_the_hub_as_if_one_were_there(ben: HubVisit, site: str) -> None:
    assert ben.sites() == (HubSite("north", "North gate"),)
    port = enter_site(ben)
    try:
        assert (port.session.user.name, port.session.user.role) == ("Ben", Role.OPERATOR), "no more than the site lets its hub's people be"
        camera = port.snapshot().settings.cameras[0].id
        feed = port.watch(camera, PictureWant(640, 360), lambda: None)
        until(lambda: feed.latest() is not None, "pictures come")
        feed.close()
        until(lambda: port.snapshot().at_ns > 0 and port.link.latency_ms is not None, "and what changes")
        with pytest.raises(InputError, match="password"):
            port.confirm("wrong")
        before_ns = port.session.ends_ns or 0
        port.confirm(PASSWORD)
        assert (port.session.ends_ns or 0) > before_ns and port.session.may(Verb.SEE_LIVE), "another session, by the hub's word"
        assert port.snapshot().settings.cameras
    finally:
        port.close()


def test_the_way_ends_with_the_account(hub: WholeHub, site: str) -> None:
    user = hub.door.accounts.create_user("Dora", Role.OPERATOR, PASSWORD)
    visit = RemoteHub(hub.url).sign_in("Dora", PASSWORD)
    port = enter_site(visit)
    hub.door.accounts.remove_user(user.id)
    with pytest.raises(NotSignedIn):
        visit.sites()
    with pytest.raises(NotSignedIn):
        visit.enter("north")
    port.close()
    visit.close()


def test_who_is_not_for_a_site_is_not_led_there(hub: WholeHub, site: str) -> None:
    cleo = RemoteHub(hub.url).sign_in("Cleo", PASSWORD)
    try:
        assert cleo.sites() == ()
        for key in ("north", "nowhere"):
            with pytest.raises(NotFound, match=f"There is no site {key}."):
                cleo.enter(key)
        with pytest.raises(EnvironmentFault):
            RemoteDoor(cleo._address("north")).needs_setup()
    finally:
        cleo.close()


def test_who_is_for_single_cameras_sees_no_other(hub: WholeHub, site: str, ben: HubVisit) -> None:
    whole = enter_site(ben)
    first, second = (camera.id for camera in whole.snapshot().settings.cameras[:2])
    whole.close()
    user = hub.door.accounts.create_user("Emil", Role.OPERATOR, PASSWORD, (f"north/{first}",))
    visit = RemoteHub(hub.url).sign_in("Emil", PASSWORD)
    try:
        assert visit.sites() == (HubSite("north", "North gate"),)
        port = enter_site(visit)
        assert port.session.cameras == (first,)
        assert [camera.id for camera in port.snapshot().settings.cameras] == [first]
        port.close()
        hub.door.accounts.change_user(user.id, Role.OPERATOR, (f"north/{second}", "south"))
        port = enter_site(visit)
        assert [camera.id for camera in port.snapshot().settings.cameras] == [second], "at the site it is as the hub says now"
        port.close()
    finally:
        visit.close()


def test_a_line_without_a_sign_in_is_none(hub: WholeHub, site: str) -> None:
    key = "dGhlIHNhbXBsZSBub25jZQ=="
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key}
    for token in ("", "Bearer wrong"):
        answer = httpx.get(f"{hub.url}/api/v1/hub/sites/north/line", headers={**upgrade, "Authorization": token} if token else upgrade)
        assert answer.status_code == 401
    assert httpx.get(f"{hub.url}/api/v1/hub/sites").status_code == 401


def test_a_wrong_password_is_told_as_everywhere(hub: WholeHub) -> None:
    with pytest.raises(NotSignedIn):
        RemoteHub(hub.url).sign_in("Ben", "wrong")


def test_how_it_does_for_prometheus(hub: WholeHub, ben: HubVisit, site: str) -> None:
    accounts = hub.door.accounts
    machine = {"Authorization": f"Bearer {accounts.create_token(Role.OPERATOR, 'watch', TokenWanted((Verb.SEE_LIVE,)))}"}
    port = enter_site(ben)
    until(lambda: port.link.latency_ms is not None, "changes are told")
    text = httpx.get(f"{hub.url}/metrics", headers=machine).raise_for_status().text
    port.close()
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(figures["watchroom_hub_lines"]) >= 1 and figures["watchroom_hub_nats_reached"] == "1.0"
    north = 'name="North gate",site="north"'
    assert 0 <= float(figures[f"watchroom_hub_site_heard_seconds{{{north}}}"]) < 60
    assert float(figures[f"watchroom_hub_site_changes{{{north}}}"]) >= 0
    assert httpx.get(f"{hub.url}/metrics").status_code == 401
    refused = httpx.post(f"{hub.url}/api/v1/hub/sites/north/word", headers=machine)
    assert refused.status_code == 403, "a machine goes to no site"


def test_the_hub_answers_of_the_past_of_a_site_as_the_site_does(ben: HubVisit, site: str) -> None:
    port = enter_site(ben)
    copy = ben.copy_of("north")
    try:
        until(lambda: _ended(port) != () and _ended(port) == _ended(copy), "the hub has what the site has")
        some = _ended(port)[0]
        assert copy.ask(ListEvents(camera_id=some.camera_id))[0].camera_id == some.camera_id
        hits = copy.ask(SearchRecord(SearchFilter(kinds=(HitKind.EVENT,)), limit=200)).hits
        assert some.id in {hit.id for hit in hits}
        assert sum(day.events for day in copy.ask(CountDays(*_month_of(some.started_ns), "UTC"))) > 0
    finally:
        port.close()


def _ended(port: RemotePort | SiteCopyAtHub) -> tuple[Event, ...]:
    """Those that change no more."""
    return tuple(event for event in port.ask(ListEvents(limit=50)) if event.ended_ns is not None)[-2:]


def _month_of(at_ns: int) -> tuple[int, int]:
    at = datetime.fromtimestamp(at_ns / 1e9, UTC)
    return at.year, at.month


def test_the_copy_is_asked_by_whom_the_site_is_for_and_of_the_past_only(hub: WholeHub, ben: HubVisit, site: str) -> None:
    cleo = RemoteHub(hub.url).sign_in("Cleo", PASSWORD)
    with pytest.raises(NotFound, match="There is no site north"):
        cleo.copy_of("north").ask(ListEvents())
    cleo.close()
    with pytest.raises(EnvironmentFault, match="Only the site itself"):
        ben.copy_of("north").ask(ListBookmarks())
    asked = f"{hub.url}/api/v1/hub/sites/north/ask"
    assert httpx.post(asked, json={"type": "ListEvents"}).status_code == 401
    machine = {"Authorization": f"Bearer {hub.door.accounts.create_token(Role.OPERATOR, 'm', TokenWanted((Verb.SEE_PAST,)))}"}
    assert httpx.post(asked, json={"type": "ListEvents"}, headers=machine).status_code == 403, "a machine goes to no site"
    ada = {"Authorization": f"Bearer {hub.door.sign_in('Ben', PASSWORD, HERE)[0]}"}
    user = hub.door.accounts.create_user("Fay", Role.OPERATOR, PASSWORD, ("north/nowhere",))
    fay = RemoteHub(hub.url).sign_in("Fay", PASSWORD)
    assert ben.copy_of("north").ask(ListEvents()) and fay.copy_of("north").ask(ListEvents()) == ()
    fay.close()
    hub.door.accounts.remove_user(user.id)
    wrong = ({}, {"type": "Nothing"}, {"type": "ListEvents", "limit": "many"}, {"type": "ListEvents", "limit": 0}, {"type": "GetTimeline"})
    for body in wrong:
        refused = httpx.post(asked, json=body, headers=ada)
        assert refused.status_code == 422, (body, refused.text)
    assert httpx.post(asked, json={"type": "ListBookmarks"}, headers=ada).status_code == 503


def test_video_that_a_site_sent_is_seen_while_it_is_away(hub: WholeHub, record: SharedRecord, ben: HubVisit) -> None:
    record.add_site("filmed", "Filmed")
    record.begin_stream("filmed", "s1")
    about = event(1)
    values = (about, replace(ALERT, event_id=about.id), clip(1))
    record.keep("filmed", batch(0, *(at("filmed", each) for each in values)), 1)
    piece = ClipPiece(clip(1).id, 3, hashlib.sha256(b"abc").hexdigest(), 0, b"abc")
    hub.hub.clips.take("filmed", pack_piece(piece))
    copy = ben.copy_of("filmed")
    assert copy.clip_file(clip(1).id).read_bytes() == b"abc"
    assert copy.clip_file(clip(1).id) == copy.clip_file(clip(1).id), "it is fetched once"
    seen = [row for row in record.audit.rows(50) if row.verb == "see_clip"]
    assert [(row.by, row.subject, row.detail) for row in seen] == [("Ben", "filmed", clip(1).id)]
    user = hub.door.accounts.create_user("Gil", Role.OPERATOR, PASSWORD, ("filmed/other",))
    gil = RemoteHub(hub.url).sign_in("Gil", PASSWORD)
    with pytest.raises(NotFound):
        gil.copy_of("filmed").clip_file(clip(1).id)
    gil.close()
    hub.door.accounts.remove_user(user.id)
    with pytest.raises(NotFound, match="It is at the site"):
        record.keep("filmed", batch(3, at("filmed", clip(2))), 1)
        copy.clip_file(clip(2).id)
    record.retire_site("filmed", SystemClock().now_ns())


def test_a_site_that_is_away_is_told(hub: WholeHub, record: SharedRecord, ben: HubVisit) -> None:
    record.add_site("ghost", "Ghost")
    assert HubSite("ghost", "Ghost") in ben.sites()
    with pytest.raises(EnvironmentFault, match="does not answer the hub"):
        ben.enter("ghost")
    record.retire_site("ghost", SystemClock().now_ns())
    with pytest.raises(NotFound):
        ben.enter("ghost")
