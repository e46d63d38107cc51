"""Questions in words over HTTP and over both ports: S26, S27, S28."""

import httpx
import pytest

from console.site import Site
from engine.model.errors import NotFound
from engine.model.history.chat import AskRecord, ClaimStatus
from engine.model.port import EnginePort


def test_a_clip_that_an_answer_names_opens_with_the_same_token(client: httpx.Client, lost_event: str) -> None:
    answer = client.post("/api/v1/chat", json={"message": "Show me the clip of the last event", "include_clips": True}).json()
    assert answer["understood"]
    clip = next(clip for clip in answer["video_clips"] if clip["event_id"] == lost_event)
    assert set(clip) >= {"clip_url", "person_id", "timestamp", "event_type"}
    assert clip["event_type"] == "camera_lost"
    opened = client.get(clip["clip_url"])
    assert opened.status_code == 200
    assert opened.headers["content-type"].startswith("video/")
    assert {source["id"] for source in answer["sources"]} >= {lost_event}


def test_without_clips_none_are_named(client: httpx.Client, lost_event: str) -> None:
    answer = client.post("/api/v1/chat", json={"message": "Show me the clip of the last event", "include_clips": False}).json()
    assert answer["video_clips"] == []
    assert answer["sources"]


def test_every_sentence_has_its_sources(client: httpx.Client, lost_event: str) -> None:
    answer = client.post("/api/v1/chat", json={"message": "when was the front door camera last lost?"}).json()
    told = [sentence for sentence in answer["sentences"] if sentence["citations"]]
    assert told
    assert {sentence["status"] for sentence in told} == {"verified"}
    assert lost_event in {citation["id"] for citation in told[0]["citations"]}
    assert answer["query"]["scope"]["kinds"] == ["camera_lost"]


def test_a_conversation_goes_on_by_the_id_of_the_answer_before(client: httpx.Client, lost_event: str) -> None:
    first = client.post("/api/v1/chat", json={"message": "How many events were there today?"}).json()
    second = client.post("/api/v1/chat", json={"message": "and yesterday?", "conversation": first["id"]}).json()
    assert second["query"]["ask"] == "count"
    assert second["query"]["scope"]["spans"] != first["query"]["scope"]["spans"]


def test_a_conversation_of_somebody_else_is_not_there(client: httpx.Client, site: Site, admin: str) -> None:
    first = client.post("/api/v1/chat", json={"message": "How many events were there today?"}).json()
    other = {"Authorization": f"Bearer {admin}"}
    refused = client.post("/api/v1/chat", json={"message": "and yesterday?", "conversation": first["id"]}, headers=other)
    unknown = client.post("/api/v1/chat", json={"message": "and yesterday?", "conversation": "ch-nothing"})
    assert (refused.status_code, unknown.status_code) == (404, 404)


def test_nobody_asks_without_a_token(stranger: httpx.Client) -> None:
    assert stranger.post("/api/v1/chat", json={"message": "Who was here?"}).status_code == 401


@pytest.mark.parametrize(
    "body", [{}, {"message": ""}, {"message": "a" * 2_001}, {"message": "   "}, {"message": "hi", "planner": "oracle"}]
)
def test_what_is_no_question_is_refused(client: httpx.Client, body: dict[str, str]) -> None:
    assert client.post("/api/v1/chat", json=body).status_code == 422


def test_both_ports_answer_alike(port: EnginePort, lost_event: str) -> None:
    answer = port.ask(AskRecord("How many times was the Front door camera lost?"))
    assert answer.understood
    assert all(sentence.status is ClaimStatus.VERIFIED for sentence in answer.sentences)
    with pytest.raises(NotFound):
        port.ask(AskRecord("and yesterday?", conversation="ch-nothing"))
