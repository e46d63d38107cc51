"""A hub vouches again where somebody may something else now, or it is some minutes ago; and no more often."""

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import pytest

from engine.gateway.hub.vouching import AGAIN_NS, Vouching
from engine.model.accounts.access import Role, User
from engine.model.errors import EnvironmentFault
from engine.model.time import SECOND, ManualClock

ADA = User("oidc-4711", "Ada", Role.OPERATOR)


class SiteThatListens:
    def __init__(self) -> None:
        self.heard: list[str] = []
        self.status = 204
        self.wait = Event()
        self.length: int | None = None  # of what it goes on to say
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                assert self.path == "/api/v1/session/hub"
                site.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["word"])
                self.send_response(site.status)
                if site.length is not None:
                    self.send_header("Content-Length", str(site.length))
                self.end_headers()
                if site.length:
                    site.wait.wait(10)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture
def site() -> Iterator[SiteThatListens]:
    made = SiteThatListens()
    thread = Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield made
    made.wait.set()
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def test_a_site_is_told_when_there_is_something_to_tell(site: SiteThatListens) -> None:
    clock = ManualClock(1_790_000_000 * SECOND)
    vouching = Vouching(clock)

    def tell(user: User) -> None:
        vouching.tell(user, "north", lambda: (site.server.server_port, f"{user.role}"))

    vouching.note(ADA, "north")
    tell(ADA)
    assert site.heard == []
    tell(replace(ADA, role=Role.INVESTIGATOR))
    tell(replace(ADA, role=Role.INVESTIGATOR))
    assert site.heard == ["investigator"], "what changed is said once"
    clock.advance_to(clock.now_ns() + AGAIN_NS)
    tell(replace(ADA, role=Role.INVESTIGATOR))
    assert len(site.heard) == 2
    for status, more in ((500, 2), (404, 1)):  # 404: a site of a version before, which is not asked in vain
        site.status = status
        clock.advance_to(clock.now_ns() + AGAIN_NS)
        before = len(site.heard)
        for _ in range(2):
            tell(ADA)
        assert len(site.heard) - before == more


def test_what_a_site_goes_on_to_say_is_not_waited_for(site: SiteThatListens, monkeypatch: pytest.MonkeyPatch) -> None:
    """It could have no end, and the hub would keep all of it."""
    monkeypatch.setattr("engine.gateway.hub.vouching._ANSWER_S", 1.0)
    site.status, site.length = 200, 1 << 40
    vouching = Vouching(ManualClock(1_790_000_000 * SECOND))
    for _ in range(2):
        vouching.tell(ADA, "north", lambda: (site.server.server_port, "a word"))
    assert site.heard == ["a word"]


def test_a_site_that_cannot_be_reached_is_told_the_next_time() -> None:
    vouching, asked = Vouching(ManualClock(1_790_000_000 * SECOND)), []

    def away() -> tuple[int, str]:
        asked.append(1)
        raise EnvironmentFault("unreachable", "NATS is away.")

    for _ in range(2):
        with pytest.raises(EnvironmentFault):
            vouching.tell(ADA, "north", away)
    assert len(asked) == 2
