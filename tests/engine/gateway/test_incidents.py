"""Reports over HTTP to a whole engine: H1–H13, H27–H29 of the reference's scenarios, and what would break them."""

import json
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from console.site import Site
from engine.model.time import SECOND, to_iso
from tests.engine.gateway.reporting import BEGAN_NS, PATH, filed, place, report
from tests.fakes.waiting import until

CONTRACT = {
    "id",
    "status",
    "category",
    "severity",
    "confidence",
    "degraded_reason",
    "reporter_count",
    "corroborating_reports",
    "video_ids",
    "atlas_threat_id",
}
NORTH = 0.0001  # degrees, 11.1 m


def further(at: tuple[float, float], north: float, **more: Any) -> dict[str, Any]:
    return report((at[0] + north, at[1]), **more)


def test_a_report_is_answered_as_the_contract_says(client: httpx.Client) -> None:
    first = filed(client, report(place(), reporter_id="ann", video_id="v-1"), 201)
    assert set(first) >= CONTRACT
    assert (first["status"], first["category"], first["severity"], first["reporter_count"]) == ("created", "theft", 3, 1)
    assert (first["corroborating_reports"], first["video_ids"], first["atlas_threat_id"]) == ([], ["v-1"], None)
    assert 0 < first["confidence"] <= 1 and first["degraded_reason"]
    again = client.get(f"{PATH}/{first['id']}").json()
    assert again == {name: value for name, value in first.items() if name in again}
    assert client.get(f"{PATH}/no-such").status_code == 404


def test_a_report_is_found_by_its_words_at_once(client: httpx.Client) -> None:
    first = filed(client, report(place(), description="A piebald dachshund was taken"), 201)
    hits = client.get("/api/v1/search", params={"text": "piebald dachshund"}).json()["hits"]
    assert {(hit["kind"], hit["id"]) for hit in hits} == {("incident", first["id"]), ("report", first["report_id"])}


def test_who_is_not_signed_in_reports_nothing(stranger: httpx.Client) -> None:
    at = place()
    assert stranger.post(PATH, json=report(at)).status_code == 401
    assert stranger.post(PATH, json=report(at), headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_h1_a_second_reporter_joins(client: httpx.Client) -> None:
    at = place()
    first = filed(client, report(at, reporter_id="ann"), 201)
    second = filed(client, further(at, 4 * NORTH, after_s=120, reporter_id="bob", video_id="v-b"), 200)
    assert (second["id"], second["status"], second["reporter_count"]) == (first["id"], "corroborated", 2)
    assert second["video_ids"] == ["v-b"]
    (link,) = second["corroborating_reports"]
    assert link["reported_by"] == "user" and link["id"] == second["report_id"]
    assert link["distance_m"] == pytest.approx(44.5, abs=0.3) and link["gap_s"] == 120
    assert second["confidence"] > first["confidence"]


def test_h2_too_far_is_apart(client: httpx.Client) -> None:
    at = place()
    first = filed(client, report(at, reporter_id="ann"), 201)
    assert filed(client, further(at, 5 * NORTH, reporter_id="bob"), 201)["id"] != first["id"]


@pytest.mark.parametrize(("after_s", "status"), [(300, 200), (301, 201)])
def test_h3_five_minutes_and_not_a_second_more(client: httpx.Client, after_s: int, status: int) -> None:
    at = place()
    filed(client, report(at, reporter_id="ann"), 201)
    filed(client, report(at, after_s=after_s, reporter_id="bob"), status)


def test_h4_h5_nobody_counts_twice(client: httpx.Client) -> None:
    at = place()
    filed(client, report(at, reporter_id="ann"), 201)
    same = filed(client, report(at, after_s=5, description="It is a blue bicycle", reporter_id="ann"), 200)
    assert (same["status"], same["reporter_count"]) == ("duplicate", 1)
    filed(client, report(at, reporter_id="bob"), 200)
    for _ in range(3):
        repeated = filed(client, report(at, after_s=9, reporter_id="bob"), 200)
        assert (repeated["status"], repeated["reporter_count"]) == ("duplicate", 2)


def test_h6_two_devices_that_say_no_name(client: httpx.Client, site: Site) -> None:
    at = place()
    filed(client, report(at, device_id="phone-of-somebody-1"), 201)
    joined = filed(client, report(at, device_id="phone-of-somebody-2"), 200)
    assert joined["reporter_count"] == 2 and joined["corroborating_reports"][0]["reported_by"] == "device"
    assert "phone-of-somebody" not in client.get(f"{PATH}/{joined['id']}/reports").text
    assert site.engine.record.writer.flush(10)
    kept = [file.read_bytes() for file in site.engine.data.path.rglob("*") if file.is_file()]
    assert kept and not any(b"phone-of-somebody" in each for each in kept)


def test_h7_pictures_that_cannot_be_compared_wait_for_somebody(client: httpx.Client) -> None:
    at = place()
    first = filed(client, report(at, reporter_id="ann", media=["a.jpg"]), 201)
    second = filed(client, report(at, reporter_id="bob", media=["b.jpg"]), 201)
    assert second["status"] == "pending_review" and second["id"] != first["id"] and second["review_ids"] == [first["id"]]
    assert filed(client, report(at, reporter_id="cyd"), 200)["status"] == "corroborated"  # has no pictures: nothing to compare


def test_h8_a_chain_does_not_grow(client: httpx.Client) -> None:
    at = place()
    first = filed(client, report(at, reporter_id="ann"), 201)
    assert filed(client, further(at, 3.6 * NORTH, reporter_id="bob"), 200)["id"] == first["id"]
    assert filed(client, further(at, 7.2 * NORTH, reporter_id="cyd"), 201)["id"] != first["id"]


def test_h9_twenty_at_once_are_one_incident(client: httpx.Client) -> None:
    at, start = place(), threading.Barrier(20)

    def send(number: int) -> dict[str, Any]:
        start.wait(30)
        answer = client.post(PATH, json=report(at, reporter_id=f"p-{number}"))
        return answer.json() | {"code": answer.status_code}

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))
    assert sorted(each["code"] for each in answers) == [200] * 19 + [201]
    assert len({each["id"] for each in answers}) == 1
    assert client.get(f"{PATH}/{answers[0]['id']}").json()["reporter_count"] == 20


def test_h10_times_of_any_zone(client: httpx.Client) -> None:
    at = place()
    first = filed(client, report(at, reporter_id="ann"), 201)
    local = to_iso(BEGAN_NS + 7200 * SECOND).replace("Z", "+02:00")
    second = filed(client, report(at, reporter_id="bob", occurred_at=local), 200)
    assert second["id"] == first["id"] and second["corroborating_reports"][0]["gap_s"] == 0


def test_h10_the_future_is_refused(client: httpx.Client, site: Site) -> None:
    now_ns = site.engine.clock.now_ns()
    refused(client, report(place(), occurred_at=to_iso(now_ns + 600 * SECOND)), "occurred_at")
    filed(client, report(place(), occurred_at=to_iso(now_ns + 240 * SECOND)), 201)


def test_h11_what_most_say_and_h13_what_may_be_the_same(client: httpx.Client) -> None:
    at = place()
    first = filed(client, report(at, reporter_id="ann"), 201)
    filed(client, report(at, reporter_id="bob"), 200)
    other = filed(client, report(at, reporter_id="cyd", incident_type="assault"), 201)
    assert other["related_ids"] == [first["id"]] and client.get(f"{PATH}/{first['id']}").json()["related_ids"] == [other["id"]]
    merged = client.post(f"{PATH}/{first['id']}/merge", json={"other_id": other["id"]}).json()
    assert merged["category"] == "theft" and "2 of 3" in merged["category_reason"]


def test_h12_merged_and_split_again(client: httpx.Client) -> None:
    at = place()
    one = filed(client, report(at, reporter_id="ann"), 201)
    two = filed(client, further(at, 6 * NORTH, reporter_id="bob"), 201)
    merged = client.post(f"{PATH}/{one['id']}/merge", json={"other_id": two["id"]})
    assert merged.status_code == 200 and merged.json()["reporter_count"] == 2
    gone = client.get(f"{PATH}/{two['id']}").json()
    assert (gone["state"], gone["merged_into"]) == ("merged", one["id"])
    reports = client.get(f"{PATH}/{one['id']}/reports").json()["reports"]
    assert {each["id"] for each in reports} == {one["report_id"], two["report_id"]}
    again = client.post(f"{PATH}/{one['id']}/split", json={"report_ids": [two["report_id"]]})
    assert again.status_code == 200 and (again.json()["id"], again.json()["state"]) == (two["id"], "open")
    assert client.get(f"{PATH}/{one['id']}").json()["reporter_count"] == 1


@pytest.mark.parametrize("path", ["merge", "split", "validate", ""])
def test_acts_on_what_is_not_there(client: httpx.Client, path: str) -> None:
    bodies: dict[str, Any] = {
        "merge": {"other_id": "in-0"},
        "split": {"report_ids": ["rp-0"]},
        "validate": {"actual_category": "fire"},
        "": {},
    }
    method = "PATCH" if path in ("validate", "") else "POST"
    answer = client.request(method, f"{PATH}/no-such/{path}".rstrip("/"), json=bodies.get(path, {}))
    assert answer.status_code == 404


def test_an_incident_with_itself(client: httpx.Client) -> None:
    one = filed(client, report(place()), 201)
    answer = client.post(f"{PATH}/{one['id']}/merge", json={"other_id": one["id"]})
    assert answer.status_code == 422 and answer.json()["field"] == "other_id"


def test_validated(client: httpx.Client) -> None:
    one = filed(client, report(place()), 201)
    said = client.patch(f"{PATH}/{one['id']}/validate", json={"actual_category": "burglary", "validated_by": "Officer Berg"})
    assert said.status_code == 200, said.text
    done = said.json()
    assert (done["category"], done["validated_category"], done["validated_by"]) == ("burglary", "burglary", "Officer Berg")
    assert client.patch(f"{PATH}/{one['id']}/validate", json={"actual_category": "arson"}).status_code == 422
    own = client.patch(f"{PATH}/{one['id']}/validate", json={"actual_category": "fire"}).json()
    assert own["validated_by"] == client.get("/api/v1/session").json()["user"]


def test_edited(client: httpx.Client) -> None:
    one = filed(client, report(place()), 201)
    edited = client.patch(f"{PATH}/{one['id']}", json={"severity": 5, "state": "closed"}).json()
    assert (edited["severity"], edited["state"], edited["edited"]) == (5, "closed", ["severity"])
    assert client.patch(f"{PATH}/{one['id']}", json={"state": "merged"}).status_code == 422


def refused(client: httpx.Client, said: dict[str, Any], field: str) -> None:
    answer = client.post(PATH, json=said)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field


@pytest.mark.parametrize(("length", "status"), [(9, 422), (10, 201), (2000, 201), (2001, 422)])
def test_h27_lengths(client: httpx.Client, length: int, status: int) -> None:
    said = report(place(), description="é" * length)
    if status == 422:
        refused(client, said, "description")
    else:
        assert filed(client, said, status)["description"] == "é" * length


WRONG: list[tuple[str, Any]] = [
    ("latitude", 90.1),
    ("latitude", "59"),
    ("latitude", None),
    ("longitude", -180.1),
    ("severity", 0),
    ("severity", 6),
    ("severity", 3.5),
    ("severity", True),
    ("incident_type", "arson"),
    ("incident_type", ""),
    ("occurred_at", "2026-01-02T03:04:05"),
    ("occurred_at", "yesterday"),
    ("occurred_at", 1_790_000_000),
    ("description", " " * 30),
    ("description", "a\x00" * 10),
    ("reporter_id", ""),
    ("reporter_id", "x" * 191),
    ("device_id", ""),
    ("media.0", [""]),
    ("media", ["x"] * 21),
    ("video_id", "x" * 201),
]


@pytest.mark.parametrize(("field", "value"), WRONG, ids=lambda value: str(value)[:20])
def test_h27_what_is_wrong_is_named(client: httpx.Client, field: str, value: Any) -> None:
    refused(client, report(place(), **{field.partition(".")[0]: value}), field)


@pytest.mark.parametrize("field", ["description", "latitude", "longitude"])
def test_what_is_missing_is_named(client: httpx.Client, field: str) -> None:
    said = report(place())
    del said[field]
    refused(client, said, field)


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{", b"\xff\xfe", b'{"latitude": NaN}', b'{"description": "\\ud800\\ud800aaaaaaaaaa"}']
)
def test_bodies_that_are_no_report(client: httpx.Client, body: bytes) -> None:
    answer = client.post(PATH, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422) and answer.json()["error"] == "bad_input"


def test_half_a_character_is_refused(client: httpx.Client) -> None:
    content = json.dumps(report(place(), description="half a character \ud83d"))
    answer = client.post(PATH, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422 and answer.json()["field"] == "description"


def test_h28_nobody_sets_what_the_record_decides(client: httpx.Client) -> None:
    system = {
        "id": "in-mine",
        "status": "corroborated",
        "state": "closed",
        "confidence": 1.0,
        "reporter_count": 99,
        "validated_by": "me",
        "validated_category": "fire",
        "atlas_threat_id": "t-1",
        "received_at": "2001-01-01T00:00:00Z",
        "reporter": "user:somebody",
        "look": [1.0],
        "simulated": True,
    }
    got = filed(client, report(place(), metadata=system | {"user_id": "root"}, **system), 201)
    assert got["id"] != "in-mine" and (got["status"], got["state"], got["reporter_count"]) == ("created", "open", 1)
    assert got["validated_by"] is got["validated_category"] is got["atlas_threat_id"] is None
    assert got["simulated"] is False and got["confidence"] < 1 and not got["received_at"].startswith("2001")


def test_the_same_key_is_the_same_report(client: httpx.Client) -> None:
    at = place()
    said = report(at, reporter_id="ann")
    first = client.post(PATH, json=said, headers={"Idempotency-Key": "k-1"})
    again = client.post(PATH, json=said, headers={"Idempotency-Key": "k-1"})
    assert (first.status_code, again.status_code) == (201, 201) and first.json()["report_id"] == again.json()["report_id"]
    assert "idempotent-replayed" not in first.headers and again.headers["idempotent-replayed"] == "true"
    other = client.post(PATH, json=report(at, reporter_id="ann", severity=5), headers={"Idempotency-Key": "k-1"})
    assert other.status_code == 422 and other.json()["field"] == "Idempotency-Key"
    for key in ("", "x" * 201, "a b"):
        answer = client.post(PATH, json=said, headers={"Idempotency-Key": key})
        assert answer.status_code == 422 and answer.json()["field"] == "Idempotency-Key"


def test_two_programs_may_make_up_the_same_key(client: httpx.Client, site: Site, admin: str) -> None:
    at = place()
    one = filed(client, report(at), 201, key="1")
    answer = client.post(PATH, json=report(at, after_s=1), headers={"Idempotency-Key": "1", "Authorization": f"Bearer {admin}"})
    assert answer.status_code == 200 and answer.json()["report_id"] != one["report_id"] and answer.json()["reporter_count"] == 2


def test_the_same_request_many_times_at_once(client: httpx.Client) -> None:
    said = report(place())
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: filed(client, said, 201, key="burst"), range(10)))
    assert len({each["report_id"] for each in answers}) == 1
    assert client.get(f"{PATH}/{answers[0]['id']}").json()["reporter_count"] == 1


def test_pages_and_filters(client: httpx.Client) -> None:
    at = (-33.0, 151.0)
    ids = [filed(client, report((at[0] + 0.01 * n, at[1]), incident_type="fire", after_s=n), 201)["id"] for n in range(5)]
    around = {"near": f"{at[0]},{at[1]},20"}
    got: list[str] = []
    before: dict[str, str] = {}
    while True:
        page = client.get(PATH, params={"limit": 2, **around, **before}).json()
        got += [each["id"] for each in page["incidents"]]
        if page["next"] is None:
            break
        before = {"before": page["next"]}
    assert got == ids[::-1]
    assert [each["id"] for each in client.get(PATH, params={"near": f"{at[0]},{at[1]},1.5"}).json()["incidents"]] == ids[1::-1]
    assert client.get(PATH, params={**around, "category": "theft"}).json()["incidents"] == []
    assert len(client.get(PATH, params={**around, "category": "fire", "status": "created"}).json()["incidents"]) == 5
    assert client.get(PATH, params={**around, "status": "corroborated"}).json()["incidents"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"near": "59,18"}, "near"),
        ({"near": "91,18,1"}, "near"),
        ({"near": "nan,18,1"}, "near"),
        ({"near": "59,18,0"}, "near"),
        ({"category": "arson"}, "category"),
        ({"status": "verified"}, "status"),
        ({"limit": "0"}, "limit"),
        ({"before": "no-such"}, "before"),
    ],
)
def test_filters_that_make_no_sense(client: httpx.Client, query: dict[str, str], field: str) -> None:
    answer = client.get(PATH, params=query)
    assert answer.status_code == 422 and answer.json()["field"] == field


def test_h29_statistics_are_counted(client: httpx.Client, site: Site) -> None:
    filed(client, report(place(), severity=5), 201)
    told = client.get("/api/v1/statistics/incidents").json()
    (database,) = site.engine.data.path.glob("*.db")
    with sqlite3.connect(database) as connection:
        own = "FROM incidents WHERE state != 'merged'"
        assert told["incidents"] == connection.execute(f"SELECT count(*) {own}").fetchone()[0]
        for name in ("category", "severity", "status", "state"):
            counted = {str(value): count for value, count in connection.execute(f"SELECT {name}, count(*) {own} GROUP BY {name}")}
            assert told[f"by_{name}"] == counted, name
    connection.close()
    nothing = client.get("/api/v1/statistics/incidents", params={"since": "2199-01-01T00:00:00Z"}).json()
    assert (nothing["incidents"], nothing["reports"], nothing["by_category"], nothing["by_severity"]) == (0, 0, {}, {})


CSV = """incident_type,description,latitude,longitude,occurred_at,reporter_id,status
theft,Somebody took a bicycle,{0},{1},2026-01-02T03:04:05Z,ann,closed
theft,My bicycle is gone,{0},{1},2026-01-02T03:05:05Z,bob,closed
arson,It burns here a lot,{0},{1},2026-01-02T03:05:05Z,cyd,closed
"""


def imported(client: httpx.Client, content: bytes, headers: dict[str, str]) -> dict[str, Any]:
    """The job, once it has ended."""
    began = client.post(f"{PATH}/import", content=content, headers=headers)
    assert began.status_code == 202, began.text
    address = began.headers["Location"]
    assert address == f"{PATH}/imports/{began.json()['id']}"
    told: dict[str, Any] = {}

    def ended() -> bool:
        told.update(client.get(address, headers=headers).json())
        return told["state"] != "running"

    until(ended, "the import has ended")
    return told


def test_a_file_of_reports(client: httpx.Client, admin: str) -> None:
    at = place()
    content, headers = CSV.format(*at).encode(), {"Authorization": f"Bearer {admin}", "Content-Type": "text/csv; charset=utf-8"}
    assert client.post(f"{PATH}/import", content=content, headers={"Content-Type": "text/csv"}).status_code == 403
    told = imported(client, content, headers)
    assert {name: told[name] for name in ("state", "kept", "began", "joined", "left_out", "known", "done", "total")} == dict(
        state="done", kept=2, began=1, joined=1, left_out=1, known=0, done=2, total=2
    )
    (refused,) = told["refused"]
    assert (refused["place"], refused["field"]) == ("line 4", "incident_type") and "arson" in refused["message"]
    again = imported(client, content, headers)
    unlike = ("id", "message", "kept", "began", "joined", "known")
    assert {name: again[name] for name in unlike[2:]} == dict(kept=0, began=0, joined=0, known=2)
    assert {name: value for name, value in again.items() if name not in unlike} == {
        name: value for name, value in told.items() if name not in unlike
    }
    near = client.get(PATH, params={"near": f"{at[0]},{at[1]},1"}).json()["incidents"]
    assert [(each["reporter_count"], each["state"]) for each in near] == [(2, "open")]
    assert [each["id"] for each in client.get(f"{PATH}/imports", headers=headers).json()][:2] == [again["id"], told["id"]]


def test_a_file_that_is_being_filed_is_stopped_and_a_third_is_refused(client: httpx.Client, admin: str, site: Site) -> None:
    """The desk is held, so that nothing can be filed meanwhile."""
    headers = {"Authorization": f"Bearer {admin}", "Content-Type": "text/csv"}
    content = [CSV.format(*place()).encode() for _ in range(3)]
    with site.engine.reports._writing:
        first, second = (client.post(f"{PATH}/import", content=each, headers=headers).headers["Location"] for each in content[:2])
        refused = client.post(f"{PATH}/import", content=content[2], headers=headers)
        assert refused.status_code == 503 and "2 jobs like this" in refused.json()["message"]
        assert client.delete(first, headers={}).status_code == 403
        assert client.delete(first, headers=headers).status_code == 202
    for address, ends in ((first, {"cancelled"}), (second, {"done"})):
        until(lambda address=address, ends=ends: client.get(address, headers=headers).json()["state"] in ends, "it has ended")
    assert client.delete(second, headers=headers).json()["state"] == "done"


def test_files_that_are_none(client: httpx.Client, admin: str, site: Site) -> None:
    path, token = f"{PATH}/import", {"Authorization": f"Bearer {admin}"}
    assert client.post(path, content=b"a", headers=token).status_code == 415
    for kind, content, said in (
        ("text/csv", b"a,b\n1,2", "has no column"),
        ("text/csv", b"\xff\xfe", "UTF-8"),
        ("application/geo+json", b"{", "JSON"),
        ("application/geo+json", b"[]", "FeatureCollection"),
    ):
        told = imported(client, content, token | {"Content-Type": kind})
        assert told["state"] == "failed" and said in told["message"] and told["kept"] == told["total"] == 0
    points = {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": None, "properties": {}}]}
    told = imported(client, json.dumps(points).encode(), token | {"Content-Type": "application/json"})
    assert (told["kept"], told["left_out"]) == (0, 1)
    assert client.get(f"{PATH}/imports/job-0", headers=token).status_code == 404
    assert client.get(f"{PATH}/imports").status_code == 403


def test_two_that_may_be_the_same_are_kept_apart(client: httpx.Client) -> None:
    at = place()
    one = filed(client, report(at), 201)["id"]
    other = filed(client, report((at[0] + 0.0006, at[1])), 201)["id"]
    offered = client.get(f"{PATH}/{one}").json()["related_ids"]
    apart = client.post(f"{PATH}/{one}/apart", json={"other_id": other})
    assert apart.status_code == 200, apart.text
    assert apart.json()["id"] == one and other not in apart.json()["related_ids"] and offered in ([], [other])
    assert client.post(f"{PATH}/{one}/apart", json={"other_id": one}).json()["field"] == "other_id"
    assert client.post(f"{PATH}/{one}/apart", json={"other_id": "no-such"}).status_code == 404
