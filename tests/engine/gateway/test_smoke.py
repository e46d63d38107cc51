"""Smoke for programs: what edge devices send, lists that fire weather filters, and what operators make of them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest

from console.site import Site
from engine.fire.places import utc_day
from engine.gateway.remote.port import RemoteDoor
from engine.model.fire.fire import FireClass, FireRisk, FireRiskPolicy, FireSettings
from engine.model.fire.smoke import Lookout, LookoutView, SmokeLabel, SmokePage
from engine.model.fire.smoke_commands import LabelSmoke, RemoveSmoke
from engine.model.fire.smoke_questions import CountPlumes, GetPlume, GetSmokeSequence, ListPlumes, ListSmokeSequences
from engine.model.port import EnginePort
from engine.model.time import SECOND, to_iso
from tests.engine.gateway.answers import assert_problem
from tests.engine.gateway.conftest import ADMIN, PASSWORD
from tests.fakes.smoke import azimuth, sequence
from tests.fakes.waiting import until

FIRE, A, B = (45.050879, 5.071808), (45.0, 5.0), (44.99993, 5.126828)
DETECTIONS, LATEST, OF_DAY = "/api/v1/detections", "unlabeled/latest", "all/fromdate"
MS = 1_000_000
_number = count()


@pytest.fixture(scope="module")
def lookouts(site: Site) -> Iterator[None]:
    """Three cameras: two that see the fire in the middle of their pictures, and one of which nobody knows where it looks."""
    before = site.engine.settings
    where = {"ridge": A, "mast": B, "hill": (44.0, 5.0)}
    found = tuple(Lookout(name, *at, 54.0, (LookoutView("0", azimuth(FIRE, at)),)) for name, at in where.items())
    site.engine.update_settings(lambda now: replace(now, lookouts=found), "test")
    weather_asked(site)
    yield
    site.engine.update_settings(lambda now: replace(now, lookouts=before.lookouts), "test")


@pytest.fixture(autouse=True)
def clean(site: Site, lookouts: None) -> Iterator[None]:
    """No sequences, and weather that leaves nothing out, after each."""
    yield
    table = site.engine.record.store.smoke
    for each in table.sequences(everything()):
        site.engine.smoke.remove(each.id)
    weather(site, FireClass.HIGH, "ridge", "mast", "hill")


def everything() -> SmokePage:
    return SmokePage(limit=1000, policy=FireRiskPolicy(thresholds=()))


def now_ns(site: Site) -> int:
    return site.engine.clock.now_ns() // SECOND * SECOND


def told(site: Site, camera: str = "ridge", ago_s: float = 60.0, bboxes: str = "[(0.45,0.4,0.55,0.5,0.7)]") -> dict[str, Any]:
    return {"camera_id": camera, "bboxes": bboxes, "recorded_at": to_iso(now_ns(site) - round(ago_s * SECOND) - next(_number) * MS)}


def sent(client: httpx.Client, body: dict[str, Any], status: int = 201) -> list[str]:
    answer = client.post(DETECTIONS, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()["sequence_ids"] if status == 201 else []


def watched(client: httpx.Client, site: Site, camera: str, confidence: float = 0.7) -> str:
    """A sequence that is shown, at another height of the picture each time."""
    ids, top = list[str](), 0.02 + 0.16 * (next(_number) % 6)
    for index in range(4):
        ids = sent(client, told(site, camera, 60 - 10 * index, f"[(0.45,{top:.2f},0.55,{top + 0.08:.2f},{confidence})]"))
    return ids[0]


def put(site: Site, *confidences: float | None, camera: str = "hill", days_ago: int = 0) -> list[str]:
    """Sequences that are shown, into the record; each a plume of its own; oldest first."""
    began_ns = now_ns(site) - 3600 * SECOND - days_ago * 86_400 * SECOND
    times = [began_ns + i * SECOND for i in range(len(confidences))]
    rows = [
        sequence(f"put-{next(_number)}", camera=camera, max_conf=conf, started_ns=at_ns, last_seen_ns=at_ns + 60 * SECOND)
        for conf, at_ns in zip(confidences, times, strict=True)
    ]
    keeper = site.engine.smoke_keeper
    site.engine.record.store.smoke.rearrange(rows, keeper.arrange)
    return [row.id for row in rows]


def weather(site: Site, word: FireClass, *cameras: str, days_ago: int = 0) -> None:
    """The class of a day, as if a service had told it."""
    engine = site.engine
    now_ns = engine.clock.now_ns()
    days = {utc_day(at_ns) - timedelta(days=days_ago) for at_ns in (now_ns, now_ns - 3600 * SECOND)}  # of `put` too, shortly after midnight
    engine.record.store.fire.keep_risks(tuple(FireRisk(camera, day, word, fetched_ns=now_ns) for camera in cameras for day in sorted(days)))
    engine.fire.recall()


def weather_asked(site: Site) -> None:
    """Other settings had weather asked for anew, in vain: what was known goes with that."""
    until(lambda: site.engine.fire.view().next_ns > 0, "it was asked for")


def listed(client: httpx.Client, rows: str, path: str = LATEST, **query: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/{rows}/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()["plumes" if rows == "alerts" else "sequences"]


def counted(client: httpx.Client, rows: str, path: str = LATEST, **query: Any) -> int:
    return client.get(f"/api/v1/{rows}/{path}/count", params=query).json()["count"]


def ids_of(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


def test_pictures_become_a_sequence_and_a_plume(client: httpx.Client, site: Site) -> None:
    assert [sent(client, told(site, ago_s=60 - 10 * index)) for index in range(2)] == [[], []]
    (begun,) = sent(client, told(site, ago_s=40))
    assert [row["validation"] for row in listed(client, "sequences")] == ["waiting"]  # and listed from its first picture
    fourth = told(site, ago_s=30)
    assert sent(client, fourth) == [begun]
    (row,) = listed(client, "sequences")
    assert (row["id"], row["camera_id"], row["max_conf"], row["validation"]) == (begun, "ridge", 0.7, "validated")
    (plume,) = listed(client, "alerts")
    assert ids_of(plume["sequences"]) == [begun] and plume["place"] is None and plume["hidden"] == 0
    assert sent(client, fourth) == [] and len(listed(client, "alerts")) == 1  # the same picture again


def test_p14_no_smoke_is_nothing_or_goes_on(client: httpx.Client, site: Site) -> None:
    assert sent(client, told(site, bboxes="[]", ago_s=100), 204) == []
    begun = watched(client, site, "ridge")
    before = listed(client, "sequences")[0]["last_seen_at"]
    assert sent(client, told(site, bboxes="[]", ago_s=5)) == [begun]
    assert listed(client, "sequences")[0]["last_seen_at"] == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"bboxes": "[(0.6,0.1,0.5,0.2,0.5)]"}, "bboxes"),
        ({"bboxes": "[(0.1,0.1,0.5,0.2,1.2)]"}, "bboxes"),
        ({"bboxes": "[" + ",".join(["(0.1,0.1,0.2,0.2,0.5)"] * 6) + "]"}, "bboxes"),
        ({"bboxes": "smoke"}, "bboxes"),
        ({"bboxes": None}, "bboxes"),
        ({"recorded_at": "yesterday"}, "recorded_at"),
        ({"recorded_at": "2031-01-01T00:00:00Z"}, "recorded_at"),
        ({"recorded_at": "2001-01-01T00:00:00Z"}, "recorded_at"),
        ({"camera_id": "nowhere"}, "camera_id"),
        ({"view_id": "7"}, "view_id"),
        ({"colour": "grey"}, "colour"),
    ],
)
def test_p14_what_is_no_picture_of_smoke_is_refused_by_its_field(
    client: httpx.Client, site: Site, change: dict[str, Any], field: str
) -> None:
    assert_problem(client.post(DETECTIONS, json=told(site) | change), 422, "bad_input", field)


def test_p14_spaces_and_decimals_are_taken(client: httpx.Client, site: Site) -> None:
    for index in range(4):
        ids = sent(client, told(site, ago_s=60 - 10 * index, bboxes="[ ( 0.4500, 0.4, 0.55, 1.0, 0.70004 ) , ]"))
    row = client.get(f"/api/v1/sequences/{ids[0]}").json()
    assert (row["max_conf"], row["box"]) == (0.7, [0.45, 0.4, 0.55, 1.0])


def test_p17_a_time_without_a_zone_is_utc(client: httpx.Client, site: Site) -> None:
    at_ns = now_ns(site)
    for index, (zone, ahead_s) in enumerate((("", 0), ("+02:00", 7200), ("-05:00", -18_000))):
        words = to_iso(at_ns + (ahead_s - 10 * index) * SECOND)[:19] + zone
        ids = sent(client, told(site) | {"recorded_at": words})
    row = client.get(f"/api/v1/sequences/{ids[0]}").json()
    assert (row["started_at"], row["last_seen_at"]) == (to_iso(at_ns - 20 * SECOND), to_iso(at_ns))
    site.engine.smoke.remove(ids[0])  # no list has it, as it is not validated


def test_p6_p13_what_a_class_hides_reappears_with_another(client: httpx.Client, site: Site) -> None:
    (weak,) = put(site, 0.3)
    assert ids_of(listed(client, "sequences")) == [weak]
    weather(site, FireClass.LOW, "hill")
    assert listed(client, "sequences") == [] and counted(client, "sequences") == counted(client, "alerts") == 0
    weather(site, FireClass.HIGH, "hill")
    assert ids_of(listed(client, "sequences")) == [weak] and counted(client, "alerts") == 1


@pytest.mark.parametrize("word", [FireClass.MODERATE, FireClass.HIGH, FireClass.VERY_HIGH, FireClass.EXTREME, None])
def test_p2_p4_everything_that_cameras_sent_is_in_the_lists(client: httpx.Client, site: Site, word: FireClass | None) -> None:
    """From a camera to the list, past the second scorer: nothing is put into the record here."""
    if word is not None:
        weather(site, word, "ridge")
    sent_ids = {watched(client, site, "ridge", confidence) for confidence in (0.10, 0.40, 0.70)}
    assert set(ids_of(listed(client, "sequences"))) == sent_ids and counted(client, "sequences") == 3
    assert {row["id"] for plume in listed(client, "alerts") for row in plume["sequences"]} == sent_ids and counted(client, "alerts") == 3
    assert {row["max_conf"]: row["validation"] for row in listed(client, "sequences")} == {
        0.1: "declined",
        0.4: "declined",
        0.7: "validated",
    }
    until(lambda: client.get("/api/v1/smoke/status").json()["left_out"] == 0, "nothing is left out")


def test_p1_the_rule_of_a_low_day_acts_on_what_cameras_send(client: httpx.Client, site: Site) -> None:
    weather(site, FireClass.LOW, "ridge")
    below, at = watched(client, site, "ridge", 0.449), watched(client, site, "ridge", 0.45)
    assert ids_of(listed(client, "sequences")) == [at] and counted(client, "alerts") == 1
    until(lambda: client.get("/api/v1/smoke/status").json()["left_out"] == 1, "it is counted")
    assert set(ids_of(listed(client, "sequences", risk_score="moderate"))) == {below, at}  # the kill switch
    assert counted(client, "alerts", risk_score="moderate") == 2
    row = client.get(f"/api/v1/sequences/{below}").json()
    assert row["validation"] == "declined" and "in which smoke needs a confidence of 0.45" in row["banner"]


def test_p7_an_override_is_its_own_word(client: httpx.Client, site: Site) -> None:
    (weak,) = put(site, 0.3)
    weather(site, FireClass.LOW, "hill")
    for rows, path, query in (("sequences", LATEST, {}), ("alerts", LATEST, {}), ("sequences", OF_DAY, {"from_date": today(site)})):
        assert listed(client, rows, path, **query) == []
        assert len(listed(client, rows, path, risk_score="moderate", **query)) == 1
        for word in ("Moderate", "foo", ""):
            bad = client.get(f"/api/v1/{rows}/{path}", params=query | {"risk_score": word})
            assert_problem(bad, 422, "bad_input", "risk_score")
    assert listed(client, "sequences", risk_score="very_low") == [] and weak


def today(site: Site, days_ago: int = 0) -> str:
    return (utc_day(now_ns(site) - 3600 * SECOND) - timedelta(days=days_ago)).isoformat()


def test_the_kill_switch_shows_everything(client: httpx.Client, site: Site) -> None:
    put(site, 0.3)
    weather(site, FireClass.LOW, "hill")
    assert listed(client, "alerts") == []
    site.engine.update_settings(lambda now: replace(now, fire=FireSettings(filtering=False)), "test")
    weather_asked(site)
    weather(site, FireClass.LOW, "hill")
    assert len(listed(client, "alerts")) == 1 and len(listed(client, "alerts", risk_score="very_low")) == 1
    site.engine.update_settings(lambda now: replace(now, fire=FireSettings()), "test")
    weather_asked(site)


def test_p8_of_a_mixed_plume_the_others_are_counted(client: httpx.Client, site: Site) -> None:
    weather(site, FireClass.LOW, "ridge", "mast")
    weak, strong = watched(client, site, "ridge", 0.46), watched(client, site, "mast", 0.7)
    (whole,) = listed(client, "alerts", risk_score="moderate")
    assert whole["hidden"] == 0 and whole["place"]["accurate"]
    assert abs(whole["place"]["latitude"] - FIRE[0]) < 0.001 and whole["incident_id"]
    weather(site, FireClass.VERY_LOW, "ridge", "mast")
    (mixed,) = listed(client, "alerts")
    assert ids_of(mixed["sequences"]) == [strong] and mixed["hidden"] == 1 and mixed["partial"]
    assert ids_of(listed(client, "sequences")) == [strong] and weak


def test_p9_what_is_left_out_opens_by_its_id_and_says_so(client: httpx.Client, site: Site) -> None:
    (weak,) = put(site, 0.3)
    weather(site, FireClass.LOW, "hill")
    row = client.get(f"/api/v1/sequences/{weak}").json()
    assert "0.45" in row["banner"] and "0.30" in row["banner"] and "low" in row["banner"]
    plume = client.get(f"/api/v1/plumes/{row['plume_id']}").json()
    assert plume["banner"] == row["banner"] and ids_of(plume["sequences"]) == [weak]
    weather(site, FireClass.HIGH, "hill")
    assert client.get(f"/api/v1/sequences/{weak}").json()["banner"] is None
    assert_problem(client.get("/api/v1/sequences/none"), 404, "not_found")
    assert_problem(client.get("/api/v1/plumes/none"), 404, "not_found")


@pytest.mark.parametrize("rows", ["sequences", "alerts"])
def test_p10_pages_are_full(client: httpx.Client, site: Site, rows: str) -> None:
    put(site, 0.10, 0.20, 0.50, 0.60, 0.80)
    weather(site, FireClass.LOW, "hill")
    assert len(listed(client, rows, limit=3)) == 3
    assert listed(client, rows, limit=3, offset=3) == []
    assert counted(client, rows) == 3 == counted(client, rows, OF_DAY, from_date=today(site))
    first = listed(client, rows, limit=2) + listed(client, rows, limit=2, offset=2)
    assert ids_of(first) == ids_of(listed(client, rows)) and len(set(ids_of(first))) == 3


@pytest.mark.parametrize("rows", ["sequences", "alerts"])
def test_p11_a_day_has_its_own_class(client: httpx.Client, site: Site, rows: str) -> None:
    put(site, 0.3, days_ago=2), put(site, 0.3)
    weather(site, FireClass.HIGH, "hill", days_ago=2)
    weather(site, FireClass.LOW, "hill")
    assert len(listed(client, rows, OF_DAY, from_date=today(site, 2))) == 1 == counted(client, rows, OF_DAY, from_date=today(site, 2))
    assert listed(client, rows, OF_DAY, from_date=today(site)) == []
    assert listed(client, rows, OF_DAY, from_date=today(site, 5)) == []
    for wrong in ("tomorrow", "0001-01-01", "9999-12-31"):
        assert_problem(client.get(f"/api/v1/{rows}/{OF_DAY}", params={"from_date": wrong}), 422, "bad_input", "from_date")
    assert_problem(client.get(f"/api/v1/{rows}/{OF_DAY}"), 422, "bad_input", "from_date")


def test_p26_over_http(client: httpx.Client, site: Site) -> None:
    one, two = watched(client, site, "ridge"), watched(client, site, "mast")
    (plume,) = listed(client, "alerts")
    labelled = client.patch(f"/api/v1/sequences/{two}/label", json={"label": "other_smoke"}).json()
    assert labelled["label"] == "other_smoke" and labelled["plume_id"] != plume["id"]
    assert ids_of(listed(client, "sequences")) == [one]
    client.patch(f"/api/v1/sequences/{two}/label", json={"label": None})
    (plume,) = listed(client, "alerts")
    apart = client.delete(f"/api/v1/plumes/{plume['id']}/sequences/{two}")
    assert apart.status_code == 200 and ids_of(apart.json()["sequences"]) == [two]
    again = client.delete(f"/api/v1/plumes/{apart.json()['id']}/sequences/{two}")
    assert again.status_code == 400 and "only one" in again.json()["message"]
    assert client.delete(f"/api/v1/plumes/{plume['id']}/sequences/{two}").status_code == 404
    joined = client.post(f"/api/v1/plumes/{plume['id']}/merge", json={"other_id": apart.json()["id"]}).json()
    assert {*ids_of(joined["sequences"])} == {one, two}
    assert_problem(client.patch(f"/api/v1/sequences/{two}/label", json={"label": "fog"}), 422, "bad_input", "label")
    assert_problem(client.patch("/api/v1/sequences/none/label", json={"label": None}), 404, "not_found")
    assert client.delete(f"/api/v1/sequences/{two}").status_code == 403  # an operator


def test_the_document_says_that_lists_are_filtered(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for rows in ("alerts", "sequences"):
        for path in (LATEST, f"{LATEST}/count", OF_DAY, f"{OF_DAY}/count"):
            said = paths[f"/api/v1/{rows}/{path}"]["get"]["description"]
            assert "Filtered by default" in said and "Fire Weather Index (FWI)" in said
    row = client.get("/openapi.json").json()["components"]["schemas"]["SequenceOut"]
    assert "only rises" in row["properties"]["max_conf"]["description"]


def test_the_questions_are_the_same_here_and_over_the_network(port: EnginePort, site: Site) -> None:
    (weak,) = put(site, 0.3)
    weather(site, FireClass.LOW, "hill")
    assert port.ask(ListPlumes()) == () and port.ask(CountPlumes()) == 0
    (row,) = port.ask(ListSmokeSequences(risk_score=FireClass.MODERATE, day=utc_day(now_ns(site) - 3600 * SECOND)))
    answer = port.ask(GetSmokeSequence(weak))
    assert answer.sequence == row and "0.45" in answer.banner
    assert port.command(LabelSmoke(weak, SmokeLabel.WILDFIRE_SMOKE)) == row.plume_id
    assert port.ask(GetPlume(row.plume_id)).listed.sequences[0].label is SmokeLabel.WILDFIRE_SMOKE
    port.command(RemoveSmoke(weak))
    assert port.ask(ListPlumes(risk_score=FireClass.MODERATE)) == ()


def test_the_snapshot_shows_smoke_and_who_is_heard(client: httpx.Client, site: Site) -> None:
    begun = watched(client, site, "ridge")
    remote = RemoteDoor(site.url).sign_in(ADMIN, PASSWORD)
    try:
        until(lambda: [each.sequences[0].id for each in remote.snapshot().smoke.plumes] == [begun], "it comes over the network")
        heard = {each.camera_id: each for each in remote.snapshot().smoke.watches}
        assert heard["ridge"].detector == "edge" and heard["ridge"].heard_ns and heard["ridge"].silent_since_ns is None
    finally:
        remote.close()
    (ridge,) = [each for each in client.get("/api/v1/smoke/status").json()["watches"] if each["camera_id"] == "ridge"]
    assert ridge["heard_at"] and ridge["silent_since"] is None and not ridge["own"]


def test_nothing_without_a_token(stranger: httpx.Client, site: Site) -> None:
    assert_problem(stranger.post(DETECTIONS, json=told(site)), 401, "not_signed_in")
    for path in ("alerts/unlabeled/latest", "sequences/unlabeled/latest/count", "sequences/x", "plumes/x", "smoke/status"):
        assert_problem(stranger.get(f"/api/v1/{path}"), 401, "not_signed_in")


def test_where_smoke_is_seen_from_a_lookout(client: httpx.Client, site: Site) -> None:
    begun = watched(client, site, "ridge")
    row = client.get(f"/api/v1/sequences/{begun}").json()
    assert abs(row["azimuth_deg"] - azimuth(FIRE, A)) < 0.06 and row["cone_deg"] == pytest.approx(5.4, abs=0.05)
