"""Who says what kind an incident is: the reporter, the words of the report, or an operator, and how sure the words are."""

from typing import Any

import httpx

from console.site import Site
from engine.model.accounts.access import Verb
from tests.engine.gateway.reporting import filed, place, report
from tests.engine.gateway.test_reports_of_limited_senders import sender

INCIDENTS = "/api/v1/incidents"


def untyped(at: tuple[float, float], description: str, **more: Any) -> dict[str, Any]:
    said = report(at, description=description, **more)
    del said["incident_type"]
    return said


def source(told: dict[str, Any]) -> tuple[str, str, float | None]:
    return told["category"], told["category_by"], told["category_confidence"]


def test_words_say_it_and_the_answer_says_so(client: httpx.Client) -> None:
    told = filed(client, untyped(place(), "Gunshots heard behind the school"), 201)
    assert source(told) == ("weapons", "words", 0.5)
    assert (told["classified_by"], told["classification_confidence"]) == ("local", 0.5)
    assert source(client.get(f"{INCIDENTS}/{told['id']}").json()) == ("weapons", "words", 0.5)
    listed = client.get(INCIDENTS, params={"limit": 500}).json()["incidents"]
    assert source(next(each for each in listed if each["id"] == told["id"])) == ("weapons", "words", 0.5)


def test_a_reporter_an_operator_and_nobody_have_no_confidence_of_words(client: httpx.Client) -> None:
    by_reporter = filed(client, report(place(), description="Gunshots heard behind the school"), 201)
    assert source(by_reporter) == ("theft", "reporters", None)
    assert by_reporter["classification_confidence"] == 0.5, "what the words say is told too, and is not in force"
    by_nobody = filed(client, untyped(place(), "Please come here and have a look"), 201)
    assert source(by_nobody) == ("other", "nobody", None)
    by_words = filed(client, untyped(place(), "Gunshots heard behind the school"), 201)
    edited = client.patch(f"{INCIDENTS}/{by_words['id']}", json={"category": "disturbance"}).json()
    assert source(edited) == ("disturbance", "operator", None)


def test_a_reporter_who_names_it_later_goes_before_the_words(client: httpx.Client) -> None:
    at = place()
    first = filed(client, untyped(at, "A bicycle was stolen from the rack", reporter_id="ann"), 201)
    assert source(first) == ("theft", "words", 0.5)
    joined = filed(client, report(at, reporter_id="bob"), 200)
    assert joined["id"] == first["id"] and source(joined) == ("theft", "reporters", None)


def test_who_may_only_report_is_told_what_its_own_words_say(client: httpx.Client, site: Site) -> None:
    at = place()
    with sender(site, Verb.SEE_LIVE) as http:
        first = filed(http, untyped(at, "Gunshots heard behind the school"), 201, key="k-1")
        assert source(first) == ("weapons", "words", 0.5)
        client.patch(f"{INCIDENTS}/{first['id']}", json={"category": "disturbance"})
        again = filed(http, untyped(at, "Gunshots heard behind the school"), 201, key="k-1")
        assert source(again) == source(first), "what an operator made of it is not told"
        assert source(filed(http, report(place()), 201)) == ("theft", "reporters", None)
