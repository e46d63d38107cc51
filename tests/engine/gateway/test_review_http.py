"""Review items over HTTP: filtered, in pages, and marked as reviewed by one user and not by another."""

from collections.abc import Iterator

import httpx
import pytest

from console.site import Site
from engine.model.event import EventKind, Severity
from engine.model.review.review import ListReview, PutReviewed, ReviewCause, ReviewItem
from engine.model.time import SECOND, to_iso
from tests.engine.gateway.answers import assert_problem
from tests.engine.gateway.conftest import ADMIN, PASSWORD

BEGIN_S = 1_740_000_000  # before what other tests save here, yet young enough to be kept


def item(number: int, severity: Severity = Severity.LOW, **more) -> ReviewItem:
    at_ns = (BEGIN_S + 60 * number) * SECOND
    common = (f"rv-test{number}", ReviewCause.ACTIVITY, "door", at_ns, at_ns + SECOND, severity)
    fields = {"best_event_id": f"ev-r{number}", "people": number} | more
    return ReviewItem(*common, (f"ev-r{number}",), (EventKind.PERSON,), **fields)


@pytest.fixture(scope="module", autouse=True)
def told(site: Site) -> Iterator[None]:
    grave = item(2, Severity.HIGH, alert_ids=("al-1",), person_ids=("pe-1", "pe-2"), persons=("Ada", "Bo"))
    site.engine.record.store.save([item(0), item(1), grave, item(3)])
    yield


def listed(client: httpx.Client, **params) -> list[str]:
    ask = {"since": to_iso(BEGIN_S * SECOND), "until": to_iso((BEGIN_S + 3_600) * SECOND)} | params
    return [each["id"] for each in client.get("/api/v1/review", params=ask).json()["items"]]


def test_items_are_listed_newest_first_with_what_they_hold(client: httpx.Client, stranger: httpx.Client) -> None:
    assert listed(client) == ["rv-test3", "rv-test2", "rv-test1", "rv-test0"]
    ask = {"min_severity": 4, "until": to_iso((BEGIN_S + 3_600) * SECOND)}
    (grave,) = client.get("/api/v1/review", params=ask).json()["items"]
    assert grave["persons"] == ["Ada", "Bo"] and grave["alerts"] == ["al-1"] and grave["people"] == 2
    assert (grave["severity"], grave["kinds"], grave["picture_event_id"], grave["reviewed"]) == (4, ["person"], "ev-r2", False)
    assert_problem(stranger.get("/api/v1/review"), 401, "not_signed_in")


def test_filters(client: httpx.Client) -> None:
    assert listed(client, person="pe-2") == listed(client, alerts_only=True) == ["rv-test2"]
    assert listed(client, camera="elsewhere") == listed(client, cause="outage") == listed(client, person="pe") == []
    assert listed(client, until=to_iso((BEGIN_S + 60) * SECOND)) == ["rv-test0"]
    assert_problem(client.get("/api/v1/review", params={"cause": "weather"}), 422, "bad_input", "cause.0")
    assert_problem(client.get("/api/v1/review", params={"limit": 0}), 422, "bad_input", "limit")


def test_pages_go_on_where_the_last_one_ended(client: httpx.Client) -> None:
    ask = {"since": to_iso(BEGIN_S * SECOND), "until": to_iso((BEGIN_S + 3_600) * SECOND), "limit": 3}
    first = client.get("/api/v1/review", params=ask).json()
    rest = client.get("/api/v1/review", params=ask | {"before": first["next"]}).json()
    assert (first["next"], [each["id"] for each in rest["items"]], rest["next"]) == ("rv-test1", ["rv-test0"], None)
    assert_problem(client.get("/api/v1/review", params={"before": "rv-none"}), 422, "bad_input", "before")


def test_a_mark_is_its_users_until_the_item_grows_graver_or_something_begins_in_it(client: httpx.Client, site: Site) -> None:
    assert client.post("/api/v1/review/marks", json={"items": ["rv-test0", "rv-test2"]}).status_code == 204
    assert listed(client, reviewed=True) == ["rv-test2", "rv-test0"]
    assert listed(client, reviewed=False) == ["rv-test3", "rv-test1"]
    site.engine.accounts.create_user("other", site.engine.accounts.users()[0].role, PASSWORD)
    other = site.door.sign_in("other", PASSWORD)
    assert other.ask(ListReview(reviewed=True)).rows == ()
    other.close()
    site.engine.record.store.save([item(0, Severity.HIGH)])
    assert listed(client, reviewed=True) == ["rv-test2"], "what it became, the user has not seen"
    assert client.post("/api/v1/review/marks", json={"items": ["rv-test3"]}).status_code == 204
    site.engine.record.store.save([item(3, newest_ns=site.engine.clock.now_ns() + SECOND)])
    assert listed(client, reviewed=True) == ["rv-test2"], "nor what began in it later"
    assert client.post("/api/v1/review/marks", json={"items": ["rv-test2"], "reviewed": False}).status_code == 204
    assert listed(client, reviewed=True) == []
    assert_problem(client.post("/api/v1/review/marks", json={"items": ["rv-none"]}), 404, "not_found")
    assert_problem(client.post("/api/v1/review/marks", json={"items": []}), 422, "bad_input", "items")


def test_the_snapshot_has_the_newest_items_and_whether_its_user_reviewed_them(site: Site) -> None:
    port = site.door.sign_in(ADMIN, PASSWORD)
    newest = port.snapshot().reviews
    assert newest == () or newest[0].started_ns >= newest[-1].started_ns
    if newest:
        port.command(PutReviewed((newest[0].id,)))
        assert newest[0].id in port.snapshot().reviewed
        port.command(PutReviewed((newest[0].id,), reviewed=False))
        assert newest[0].id not in port.snapshot().reviewed
    port.close()
