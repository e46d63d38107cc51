"""Commands that are sent again, because nobody knows whether they arrived."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.gateway.remote import sending
from engine.gateway.remote.port import RemoteDoor, RemotePort
from engine.model.accounts.access import Role
from engine.model.command_terms import CommandTerms
from engine.model.errors import EnvironmentFault, InputError
from engine.model.history.timeline import ListBookmarks, PutBookmark
from engine.model.port import EnginePort
from engine.model.ptz.commands import SteerCamera
from engine.model.time import SECOND, to_iso
from engine.model.vocabulary import EngineRelease
from engine.runtime.command_line_settings import CommandLineSettings
from tests.engine.gateway.answers import assert_problem
from tests.engine.gateway.conftest import ADMIN, PASSWORD
from tests.engine.gateway.relay import Relay
from tests.fakes.waiting import until

AT_NS = 1_760_000_000 * SECOND


@pytest.fixture
def remote(site: Site) -> Iterator[RemotePort]:
    port = RemoteDoor(site.url).sign_in(ADMIN, PASSWORD)
    yield port
    port.close()


def notes(port: EnginePort, note: str) -> int:
    return sum(mark.note == note for mark in port.ask(ListBookmarks()))


def test_under_one_id_it_is_done_once(port: EnginePort) -> None:
    note = f"once, {type(port).__name__}"
    terms = CommandTerms(f"key-{type(port).__name__}")
    made = [port.command(PutBookmark(AT_NS, note), terms) for _ in range(3)]
    assert len(set(made)) == 1 and notes(port, note) == 1
    with pytest.raises(InputError) as refused:
        port.command(PutBookmark(AT_NS, "another"), terms)
    assert refused.value.field == "key" and notes(port, "another") == 0


def test_without_an_id_each_is_another(port: EnginePort) -> None:
    note = f"twice, {type(port).__name__}"
    assert len({port.command(PutBookmark(AT_NS, note)) for _ in range(2)}) == notes(port, note) == 2


def lose_answers(port: RemotePort, monkeypatch: pytest.MonkeyPatch, times: int) -> list[str]:
    """The engine gets what is sent, and the line is cut before so many of its answers. Which ids were sent."""
    caller, sent = port._caller, []
    request = caller._request

    def cut(method: str, path: str, **given: Any) -> httpx.Response:
        answer = request(method, path, **given)
        if path == sending.PATH:
            sent.append(given["headers"]["Idempotency-Key"])
            if len(sent) <= times:
                caller._no_answer(httpx.ReadError("cut"))
        return answer

    monkeypatch.setattr(caller, "_request", cut)
    return sent


def test_what_lost_its_answer_is_sent_again_and_done_once(remote: RemotePort, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = lose_answers(remote, monkeypatch, 2)
    made = remote.command(PutBookmark(AT_NS, "the answer was lost"))
    assert made and len(sent) == 3 and len(set(sent)) == 1 and notes(remote, "the answer was lost") == 1


def test_a_camera_is_not_moved_later(remote: RemotePort, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = lose_answers(remote, monkeypatch, 9)
    with pytest.raises(EnvironmentFault) as fault:
        remote.command(SteerCamera("door", 1.0))
    assert fault.value.reason == "unreachable" and len(sent) == 1


def test_an_engine_that_does_not_know_ids_is_sent_nothing_again(remote: RemotePort, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote._engine, "release", EngineRelease())
    sent = lose_answers(remote, monkeypatch, 1)
    with pytest.raises(EnvironmentFault) as fault:
        remote.command(PutBookmark(AT_NS, "an older engine"))
    assert fault.value.reason == "unreachable" and len(sent) == 1 and notes(remote, "an older engine") == 1


def test_where_no_answer_comes_back_it_says_so(remote: RemotePort, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "REPEAT_S", 0.5)
    lose_answers(remote, monkeypatch, 10_000)
    with pytest.raises(EnvironmentFault, match="not known whether") as fault:
        remote.command(PutBookmark(AT_NS, "no answer ever"))
    assert fault.value.reason == "outcome_unknown"


def test_through_a_line_that_is_cut_and_mended(site: Site) -> None:
    with Relay(urlsplit(site.url).port or 0) as relay:
        port = RemoteDoor(relay.url).sign_in(ADMIN, PASSWORD)
        try:
            relay.freeze()
            made: list[str] = []
            sender = threading.Thread(target=lambda: made.append(port.command(PutBookmark(AT_NS, "through a cut"))))
            sender.start()
            relay.cut()
            relay.mend()
            sender.join(60)
            assert len(made) == 1
            until(lambda: notes(port, "through a cut") == 1, "it is there once")
        finally:
            port.close()


def test_an_engine_that_started_again_meanwhile_gives_the_same_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "REPEAT_S", 300.0)  # a busy machine takes long to start an engine
    nothing, made, lost = CommandLineSettings(), [], threading.Event()
    with running(tmp_path / "data", Bind(), nothing, gateway_needed=True) as site:
        port = RemotePort(site.url, site.engine.accounts.create_token(Role.ADMIN, "test"))
        request = port._caller._request

        def lose_answer(method: str, path: str, **given: Any) -> httpx.Response:
            answer = request(method, path, **given)
            if path == sending.PATH and not lost.is_set():
                lost.set()
                port._caller._no_answer(httpx.ReadError("cut"))
            return answer

        monkeypatch.setattr(port._caller, "_request", lose_answer)
        sender = threading.Thread(target=lambda: made.append(port.command(PutBookmark(AT_NS, "over a restart"))))
        sender.start()
        assert lost.wait(60)
        address = Bind("127.0.0.1", urlsplit(site.url).port or 0)
    with running(tmp_path / "data", address, nothing, gateway_needed=True) as site:
        sender.join(120)
        [kept] = site.engine.record.store.answer(ListBookmarks())
        assert made == [kept.id]
        port.close()


def test_programs_send_ids_on_ordinary_routes(client: httpx.Client) -> None:
    body = {"at": to_iso(AT_NS), "note": "by a program"}
    made = [client.post("/api/v1/bookmarks", json=body, headers={"Idempotency-Key": "p-1"}).json()["id"] for _ in range(2)]
    assert made[0] == made[1]
    other = client.post("/api/v1/bookmarks", json=body | {"note": "another"}, headers={"Idempotency-Key": "p-1"})
    assert_problem(other, 422, "bad_input", "key")
    assert_problem(client.post("/api/v1/bookmarks", json=body, headers={"Idempotency-Key": "k" * 201}), 422, "bad_input", "Idempotency-Key")
