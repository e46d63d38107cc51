"""The client against a fake Atlas that speaks both contracts and fails in every way."""

import asyncio
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from engine.incidents.atlas import fault as faults
from engine.incidents.atlas.atlas_case import Around, Verdict
from engine.incidents.atlas.fault import AtlasFault
from engine.incidents.atlas.media import MIB, checked
from engine.incidents.atlas.transport import HttpTransport, Place, Reply, Request
from engine.model.event import Severity
from engine.model.incidents.incident import IncidentCategory
from engine.model.time import SECOND
from engine.runtime.atlas.atlas_address import atlas_address
from tests.engine.incidents.atlas.calling import NOW_NS, SHOTS, Caller, caller, scripted
from tests.engine.runtime.webhook_receiver import listening
from tests.fakes.atlas import HANG, HTML, KEY, RESET, STOCKHOLM, TRICKLE, FakeAtlas, Fault, atlas, changed, failing
from tests.fakes.certificates import write_certificate
from tests.fakes.waiting import until

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 100
VERDICT = Verdict("pr-1", "threat-2", 0.7, "weapons", "theft", "burglary")
CONTRACTS = ("planned", "real")
GOOD = json.dumps({"threat_id": "t-1", "classification": {"threat_category": "theft", "severity": 2, "confidence": 0.5}}).encode()


@pytest.fixture(scope="module")
def fakes() -> Iterator[dict[str, FakeAtlas]]:
    with atlas("planned") as planned, atlas("real") as real:
        yield {"planned": planned, "real": real}


@pytest.fixture
def fake(fakes: dict[str, FakeAtlas], request: pytest.FixtureRequest) -> Iterator[FakeAtlas]:
    """Of the contract `planned` unless the test asks for another."""
    chosen = fakes[getattr(request, "param", "planned")]
    chosen.forget()
    yield chosen


def classify(calling: Caller, key: str = "wr-1") -> Any:
    return asyncio.run(calling.client.classify(SHOTS, key))


def refused(calling: Caller) -> AtlasFault:
    with pytest.raises(AtlasFault) as raised:
        classify(calling)
    return raised.value


@pytest.mark.parametrize("fake", CONTRACTS, indirect=True)
def test_shots_fired_are_weapons_of_severity_5_and_an_emergency(fake: FakeAtlas) -> None:  # H18
    said = classify(caller(fake.url, fake.contract))
    assert (said.category, said.severity) == (IncidentCategory.WEAPONS, Severity.CRITICAL)
    assert said.as_classification(False, NOW_NS).emergency
    assert dict(said.products) == {"atlas": "weapons", "halo": "weapon_possession", "polisen": "Vapenbrott", "sait": "critical"}
    assert fake.of("halo/classify-incident") == []  # which would have said: other, 1


@pytest.mark.parametrize("fake", CONTRACTS, indirect=True)
def test_what_is_sent_has_key_and_product_and_rounded_coordinates(fake: FakeAtlas) -> None:
    classify(caller(fake.url, fake.contract, coordinate_digits=2))
    [call] = fake.calls
    assert (call.headers["x-api-key"], call.headers["x-product"], call.key) == (KEY, "halo", "wr-1")
    context, names = call.body["context"], ("latitude", "longitude") if fake.contract == "planned" else ("lat", "lon")
    assert context == {names[0]: 59.33, names[1]: 18.06} | {
        name: context[name] for name in ("timestamp", "source_product", "incident_type")
    }
    assert call.body["context"]["source_product"] == "halo"
    assert call.headers["host"] == fake.url.removeprefix("http://")


def test_a_planned_answer_has_a_name_and_a_real_one_is_named_by_its_call(fakes: dict[str, FakeAtlas]) -> None:
    assert classify(caller(fakes["real"].url, "real"), "wr-7").threat_id == "wr-7"
    assert len(classify(caller(fakes["planned"].url), "wr-7").threat_id) == 36
    assert refused(caller(fakes["real"].url, "planned")).reason == faults.MALFORMED  # the wrong contract is found out


@pytest.mark.parametrize("fake", CONTRACTS, indirect=True)
def test_feedback_has_what_either_contract_wants(fake: FakeAtlas) -> None:  # H24
    asyncio.run(caller(fake.url, fake.contract).client.feedback(VERDICT, "wr-2"))
    [call] = fake.calls
    assert call.body["prediction_id"] == "pr-1"
    more = {name: call.body[name] for name in ("model_version", "confidence_score") if name in call.body}
    assert more == ({} if fake.contract == "planned" else {"model_version": "threat-2", "confidence_score": 0.7})
    assert call.body["user_correction"] is True


@pytest.mark.parametrize("fake", CONTRACTS, indirect=True)
def test_a_photo_is_analysed_under_a_name_that_tells_nothing(fake: FakeAtlas) -> None:
    found = asyncio.run(caller(fake.url, fake.contract).client.analyse(checked("photo", JPEG)))
    assert (found.category, found.severity, found.confidence) == (IncidentCategory.WEAPONS, Severity.CRITICAL, 0.8)
    assert found.found == ((("person", 0.9),) if fake.contract == "planned" else (("knife", 0.8),))
    [call] = fake.calls
    assert (call.body["file_name"], call.body["content_type"], call.body["media_type"]) == ("photo.jpg", "image/jpeg", "photo")


@pytest.mark.parametrize("fake", ["real"], indirect=True)
def test_a_placeholder_is_no_analysis(fake: FakeAtlas) -> None:
    calling = caller(fake.url, "real")
    with pytest.raises(AtlasFault) as raised:
        asyncio.run(calling.client.analyse(checked("audio", b"ID3" + b"0" * 50)))
    assert raised.value.reason == faults.NOT_ANALYSED
    assert not calling.client.breaker.is_open
    assert len(fake.calls) == 1


def around(latitude: float, longitude: float) -> Around:
    return Around(latitude, longitude)


@pytest.mark.parametrize("fake", ["real"], indirect=True)
def test_patterns_far_away_are_not_nearby_whatever_the_server_says(fake: FakeAtlas) -> None:
    calling = caller(fake.url, "real")
    near = asyncio.run(calling.client.patterns(around(59.32, 18.07)))
    assert [pattern.id for pattern in near.patterns] == [STOCKHOLM["pattern_id"]]
    assert near.patterns[0].categories == ("violence", "weapons")  # `assault` is none of its own words
    assert 100 < near.patterns[0].distance_m < 300
    assert len(near.recommendations) == 1
    in_kiruna = asyncio.run(calling.client.patterns(around(67.85, 20.22)))
    assert (in_kiruna.available, in_kiruna.patterns, in_kiruna.recommendations) == (True, (), ())


def test_patterns_less_significant_than_asked_for_are_left_out(fake: FakeAtlas) -> None:
    fake.patterns += [STOCKHOLM, STOCKHOLM | {"pattern_id": "weak", "statistical_significance": 0.5}]
    found = asyncio.run(caller(fake.url).client.patterns(around(59.32, 18.07)))
    assert [pattern.id for pattern in found.patterns] == [STOCKHOLM["pattern_id"]]
    assert fake.calls[0].query["min_significance"] == "0.7"


def test_patterns_nearby_come_with_the_classification(fake: FakeAtlas) -> None:
    fake.patterns += [STOCKHOLM, STOCKHOLM | {"pattern_id": "alone", "sources": {"halo_incidents": 3}}]
    said = classify(caller(fake.url))
    assert said.pattern_ids == ("uuid-example-1", "alone")
    assert said.links == ("uuid-example-1",)


# ---------------------------------------------------------------------------------------------------------------- failing and trying again


def test_a_failure_is_tried_again_twice_with_growing_pauses(fake: FakeAtlas) -> None:  # H19
    fake.faults.extend([failing(500), RESET])
    calling = caller(fake.url)
    assert classify(calling).category is IncidentCategory.WEAPONS
    assert calling.pauses == [0.5, 1.0]
    assert {call.key for call in fake.calls} == {"wr-1"}


def test_after_two_retries_the_failure_is_told(fake: FakeAtlas) -> None:
    fake.always = failing(503)
    told = refused(caller(fake.url))
    assert told.reason == faults.SERVER
    assert len(fake.calls) == 3
    assert "503" in str(told)


@pytest.mark.parametrize("fault", [HANG, TRICKLE], ids=["hang", "trickle"])
def test_an_attempt_ends_after_its_time_however_the_server_stalls(fake: FakeAtlas, fault: Fault) -> None:
    fake.always = fault
    told = refused(caller(fake.url, timeout_s=0.3, retries=1))
    assert told.reason == faults.TIMEOUT
    until(lambda: len(fake.calls) == 2, "both attempts had come")


def test_each_attempt_may_take_ten_seconds() -> None:
    calling, transport = scripted(AtlasFault(faults.TIMEOUT, "late"))
    assert refused(calling).reason == faults.TIMEOUT
    assert transport.times_s == [10.0, 10.0, 10.0]


def test_who_waits_for_an_answer_waits_for_all_attempts_together_no_longer_than_for_one() -> None:
    calling, transport = scripted(AtlasFault(faults.SERVER, "no"), timeout_s=1.2)
    with pytest.raises(AtlasFault):
        asyncio.run(calling.client.patterns(around(0, 0)))
    assert transport.times_s == [1.2, pytest.approx(0.7)]  # the second pause would have been too long
    assert calling.pauses == [0.5]


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured(fake: FakeAtlas, status: int) -> None:
    fake.faults.append(failing(status, Retry_After="3"))
    calling = caller(fake.url)
    classify(calling)
    assert calling.pauses == [3.0]


def test_a_long_retry_after_is_handed_on_instead_of_waited_for() -> None:
    date = format_datetime(datetime.fromtimestamp(NOW_NS // SECOND + 90, UTC), usegmt=True)
    for text, seconds in (("120", 120.0), (date, 90.0), ("99999999", 3600.0)):
        calling, transport = scripted(Reply(429, b"", retry_after=text))
        assert refused(calling).retry_after_s == seconds
        assert len(transport.requests) == 1
        assert not calling.client.breaker.is_open


@pytest.mark.parametrize("text", ["soon", "-1", "1e3", "٣", "Wed, 99 Foo 2026 00:00:00 GMT", ""])
def test_a_senseless_retry_after_is_none(text: str) -> None:
    calling, _ = scripted(Reply(429, b"", retry_after=text), retries=0)
    assert refused(calling).retry_after_s is None


@pytest.mark.parametrize(
    ("status", "reason"),
    [(400, faults.REFUSED), (422, faults.REFUSED), (401, faults.KEY_REFUSED), (404, faults.WRONG_PLACE), (302, faults.WRONG_PLACE)],
)
def test_what_would_not_change_is_not_tried_again(status: int, reason: str) -> None:
    calling, transport = scripted(Reply(status, b"{}"))
    assert refused(calling).reason == reason
    assert len(transport.requests) == 1


# ------------------------------------------------------------------------------------------------------------------------------ the breaker


def test_five_failures_open_the_breaker_for_a_minute_then_one_probe_passes(fake: FakeAtlas) -> None:  # H21
    fake.always = failing(500)
    calling = caller(fake.url, retries=0)
    for _ in range(5):
        assert refused(calling).reason == faults.INTERNAL
    assert refused(calling).reason == faults.OPEN
    calling.now_s += 59.9
    assert refused(calling).reason == faults.OPEN
    assert len(fake.calls) == 5
    calling.now_s += 0.2
    assert refused(calling).reason == faults.INTERNAL  # the probe
    assert refused(calling).reason == faults.OPEN  # for another minute
    assert len(fake.calls) == 6
    calling.now_s += 60
    fake.always = None
    assert classify(calling).severity is Severity.CRITICAL
    assert not calling.client.breaker.is_open


def test_only_one_probe_is_under_way(fake: FakeAtlas) -> None:
    fake.always = failing(500)
    calling = caller(fake.url, retries=0)
    for _ in range(5):
        refused(calling)
    calling.now_s += 60
    fake.always = None
    fake.calls.clear()

    async def both() -> list[Any]:
        return await asyncio.gather(*(calling.client.classify(SHOTS, "k") for _ in range(5)), return_exceptions=True)

    outcomes = asyncio.run(both())
    assert sum(isinstance(outcome, AtlasFault) and outcome.reason == faults.OPEN for outcome in outcomes) == 4
    assert len(fake.calls) == 1


def test_retries_stop_when_the_breaker_opens(fake: FakeAtlas) -> None:
    fake.always = failing(500)
    calling = caller(fake.url)
    refused(calling)
    refused(calling)
    assert len(fake.calls) == 5


def test_a_probe_that_is_broken_off_lets_the_next_one_pass() -> None:
    calling, _ = scripted(*[AtlasFault(faults.SERVER, "no")] * 5, Reply(200, GOOD), retries=0)
    for _ in range(5):
        refused(calling)
    calling.now_s += 60
    calling.client.breaker.enter()
    calling.client.breaker.abandoned()
    assert classify(calling).category is IncidentCategory.THEFT


def test_refused_calls_do_not_open_the_breaker() -> None:
    calling, transport = scripted(Reply(422, b"{}"))
    for _ in range(10):
        assert refused(calling).reason == faults.REFUSED
    assert len(transport.requests) == 10


# --------------------------------------------------------------------------------------------------------------------------- broken answers


def without(*path: str) -> Callable[[dict[str, Any]], Any]:
    def change(plain: dict[str, Any]) -> Any:
        inner = plain
        for name in path[:-1]:
            inner = inner[name]
        del inner[path[-1]]
        return plain

    return change


def set_to(value: Any, *path: str) -> Callable[[dict[str, Any]], Any]:
    def change(plain: dict[str, Any]) -> Any:
        inner = plain
        for name in path[:-1]:
            inner = inner[name]
        inner[path[-1]] = value
        return plain

    return change


SAID = "classification"
MALFORMED = {
    "no severity": without(SAID, "severity"),
    "severity 9": set_to(9, SAID, "severity"),
    "severity 0": set_to(0, SAID, "severity"),
    "severity true": set_to(True, SAID, "severity"),
    "severity 4.0": set_to(4.0, SAID, "severity"),
    "severity as text": set_to("high", SAID, "severity"),
    "confidence 1.7": set_to(1.7, SAID, "confidence"),
    "confidence -0.1": set_to(-0.1, SAID, "confidence"),
    "confidence 10**400": set_to(10**400, SAID, "confidence"),
    "no confidence": without(SAID, "confidence"),
    "confidence null": set_to(None, SAID, "confidence"),
    "no category": without(SAID, "threat_category"),
    "unknown category": set_to("piracy", SAID, "threat_category"),
    "our own category": set_to("drug_related", SAID, "threat_category"),
    "category a list": set_to(["weapons"], SAID, "threat_category"),
    "no classification": without(SAID),
    "classification a list": set_to([], SAID),
    "no name": without("threat_id"),
    "empty name": set_to("", "threat_id"),
    "blank name": set_to(" \n", "threat_id"),
    "name a number": set_to(7, "threat_id"),
    "mappings a text": set_to("Vapenbrott", "product_mappings"),
    "recommendations a text": set_to("run", "recommendations"),
    "recommendations of numbers": set_to([1], "recommendations"),
    "patterns of texts": set_to(["a"], "nearby_patterns"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_an_answer_that_breaks_the_contract_is_a_failure(fake: FakeAtlas, name: str) -> None:  # H22
    fake.always = changed(MALFORMED[name])
    calling = caller(fake.url, retries=0)
    told = refused(calling)
    assert told.reason == faults.MALFORMED
    assert "It is not used." in str(told)
    assert calling.tallies[0][0].answered == 0


NOT_JSON = {
    "html": HTML,
    "empty": Fault(body=b""),
    "a list": Fault(body=b"[]"),
    "null": Fault(body=b"null"),
    "nan": Fault(body=GOOD.replace(b"0.5", b"NaN")),
    "infinity": Fault(body=GOOD.replace(b"0.5", b"Infinity")),
    "not utf-8": Fault(body=b'{"threat_id": "\xff"}'),
    "very deep": Fault(body=b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "cut": Fault(body=GOOD[:-3]),
    "endless digits": Fault(body=GOOD.replace(b"2", b"2" * 5000)),
}


@pytest.mark.parametrize("name", NOT_JSON)
def test_what_is_not_json_is_a_failure(fake: FakeAtlas, name: str) -> None:
    fake.always = NOT_JSON[name]
    assert refused(caller(fake.url, retries=0)).reason == faults.NOT_JSON


def test_a_number_too_large_for_a_float_is_a_failure(fake: FakeAtlas) -> None:
    fake.always = Fault(body=GOOD.replace(b"0.5", b"1e999"))
    assert refused(caller(fake.url, retries=0)).reason == faults.MALFORMED


def test_a_huge_answer_is_not_read_to_its_end(fake: FakeAtlas) -> None:
    fake.always = Fault(body=b" " * (2 * MIB))
    assert refused(caller(fake.url, retries=0)).reason == faults.TOO_LARGE


def test_a_packed_answer_is_not_unpacked(fake: FakeAtlas) -> None:
    fake.always = Fault(headers={"Content-Encoding": "gzip"}, body=b"\x1f\x8b...")
    assert refused(caller(fake.url, retries=0)).reason == faults.WRONG_PLACE


def test_texts_of_an_answer_are_cut_and_cleaned(fake: FakeAtlas) -> None:
    fake.always = changed(set_to(["a\x00b\ud800c", "x" * 9000], "recommendations"))
    assert [len(text) for text in classify(caller(fake.url)).recommendations] == [5, 500]
    for text in classify(caller(fake.url)).recommendations:
        text.encode()  # what cannot be written would break the record


# ------------------------------------------------------------------------------------------------------------------- remembered, not leaked


def test_an_answer_is_remembered_for_five_minutes(fake: FakeAtlas) -> None:
    calling = caller(fake.url)
    first = classify(calling, "a")
    calling.now_s += 299
    assert classify(calling, "b") == first
    assert len(fake.calls) == 1
    calling.now_s += 2
    assert classify(calling, "b") != first  # another name
    assert len(fake.calls) == 2


def test_failures_and_feedback_are_not_remembered(fake: FakeAtlas) -> None:
    calling = caller(fake.url, retries=0)
    fake.faults.append(failing(500))
    refused(calling)
    classify(calling)
    for _ in range(2):
        asyncio.run(calling.client.feedback(VERDICT, "f"))
    assert len(fake.calls) == 4


def test_another_address_does_not_get_old_answers(fake: FakeAtlas) -> None:
    calling = caller(fake.url)
    classify(calling)
    calling.change(product="other")
    classify(calling)
    assert len(fake.calls) == 2


def test_nothing_is_sent_when_it_is_switched_off(fake: FakeAtlas) -> None:
    calling = caller(fake.url)
    calling.change(enabled=False)
    assert refused(calling).reason == faults.OFF
    assert fake.calls == []


@pytest.mark.parametrize("key", ["", "with space", "line\nbreak", "åäö", "k" * 501])
def test_a_key_that_cannot_be_sent_is_told_without_being_shown(fake: FakeAtlas, key: str) -> None:
    calling = caller(fake.url)
    calling.key = key
    told = refused(calling)
    assert told.reason == faults.NO_KEY
    assert not key or key not in str(told)
    assert fake.calls == []
    assert calling.tallies == [(type(calling.tallies[0][0])(), told)]  # no call was made, so none is counted
    assert not calling.client.breaker.is_open


def test_a_wrong_key_is_said_so_once(fake: FakeAtlas) -> None:
    calling = caller(fake.url)
    calling.key = "wrong-key"
    assert refused(calling).reason == faults.KEY_REFUSED
    assert len(fake.calls) == 1


def test_the_key_is_in_no_log(fake: FakeAtlas, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    fake.faults.extend([failing(500), HTML])
    classify(caller(fake.url))
    assert caplog.records
    assert KEY not in caplog.text
    assert KEY not in repr(Place(fake.url, "p", False, KEY))


# ------------------------------------------------------------------------------------------------------------------------- where it may go


@pytest.mark.parametrize(
    ("host", "address", "allowed"),
    [
        ("atlas.example", "169.254.169.254", True),
        ("169.254.169.254", "169.254.169.254", True),
        ("atlas.example", "fe80::1", True),
        ("atlas.example", "127.0.0.1", True),  # a public name that leads home
        ("atlas.example", "10.0.0.7", False),
        ("10.0.0.7", "10.0.0.7", False),
        ("localhost", "127.0.0.1", False),
        ("atlas.example", "::ffff:169.254.169.254", True),
        ("atlas.example", "0.0.0.0", True),
    ],
)
def test_nothing_is_sent_where_it_must_not_go(host: str, address: str, allowed: bool) -> None:
    async def resolve(name: str, port: int) -> list[str]:
        return [address]

    transport = HttpTransport(lambda name, port, private: atlas_address(name, port, private, resolve))
    with pytest.raises(AtlasFault) as raised:
        asyncio.run(transport.exchange(Request("GET", "x"), Place(f"https://{host}", "p", allowed, KEY), 5))
    assert raised.value.reason == faults.ADDRESS_REFUSED


def test_the_key_does_not_cross_the_internet_in_clear() -> None:
    async def judge(name: str, port: int, private: bool) -> str:
        return "93.184.216.34"

    with pytest.raises(AtlasFault) as raised:
        asyncio.run(HttpTransport(judge).exchange(Request("GET", "x"), Place("http://atlas.example", "p", False, KEY), 5))
    assert raised.value.reason == faults.ADDRESS_REFUSED
    assert "https://" in str(raised.value)


def test_who_does_not_prove_to_be_atlas_is_told_nothing(tmp_path: Path) -> None:
    certificate = write_certificate(tmp_path / "impostor.pem", "localhost")
    with listening(200, certificate=certificate) as impostor:
        calling = caller(impostor.url)
        told = refused(calling)
        assert impostor.calls.empty()
    assert told.reason == faults.UNPROVEN
    assert "does not prove" in str(told)


def test_a_private_address_is_called_when_the_admin_allows_it(fake: FakeAtlas) -> None:
    calling = Caller(caller(fake.url, allow_private=True).settings, transport=HttpTransport(atlas_address))
    assert classify(calling).category is IncidentCategory.WEAPONS


def test_a_redirect_is_not_followed(fake: FakeAtlas) -> None:
    fake.always = failing(307, Location="http://169.254.169.254/latest")
    assert refused(caller(fake.url)).reason == faults.WRONG_PLACE
    assert len(fake.calls) == 1


def test_an_address_may_be_entered_with_the_root_of_the_interface(fake: FakeAtlas) -> None:
    classify(caller(f"{fake.url}/api/v1/"))
    assert fake.calls[0].path == "/api/v1/classify/threat"
