"""The demo site on a whole engine: four cameras with people in them, radio nodes, phones, reports. A console is told what changes there."""

import time
from pathlib import Path

import httpx
from websockets.sync.client import connect

from benchmarks.report import Case, case
from benchmarks.sites.taking import Taking
from console.site import demo_added, running
from engine.gateway.border.bind import Bind
from engine.model.accounts.access import Role

_WARM_UP_S = 20.0
_POLLS = 20
_ADDRESS = "/api/v1/port/snapshot"


def busy_site(folder: Path, seconds: float) -> tuple[Case, Case, Case]:
    """A console that shows moves, one that shows none, and one that polls."""
    with running(folder, Bind(), demo_added(), gateway_needed=True) as site:
        token = site.engine.accounts.create_token(Role.OPERATOR, "bench")
        time.sleep(min(_WARM_UP_S, seconds))
        told = [_told(site.url, token, seconds, moves) for moves in (True, False)]
        return told[0], told[1], _polled(site.url, token)


def _told(url: str, token: str, seconds: float, moves: bool) -> Case:
    taking = Taking(moves)
    headers = {"Authorization": f"Bearer {token}"}
    with connect(
        f"ws{url.removeprefix('http')}/ws/changes", proxy=None, compression=None, additional_headers=headers, max_size=None
    ) as socket:
        snapshot, word = taking.take(socket.recv())
        socket.send(word)
        began_s = time.monotonic()
        while time.monotonic() - began_s < seconds:
            snapshot, word = taking.take(socket.recv())
            socket.send(word)
    tracks = sum(len(view.tracks) for view in snapshot.cameras)
    name = "demo site, moves shown" if moves else "demo site, no moves shown"
    return case(name, {"cameras": len(snapshot.cameras), "tracks_at_the_end": tracks}, taking.metrics(time.monotonic() - began_s))


def _polled(url: str, token: str) -> Case:
    """As consoles of before ask: every 0.1 s from one answer to the next question."""
    mark, length = "", 0
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False) as client:
        began_s = time.monotonic()
        for poll in range(_POLLS + 1):
            answer = client.get(_ADDRESS, params={"mark": mark})
            mark = answer.json()["mark"]
            length += len(answer.content) if poll else 0
            time.sleep(0.1)
        lasted_s = time.monotonic() - began_s
    metrics = {"kib_per_poll": round(length / _POLLS / 1024, 1), "mbit_per_s": round(8 * length / lasted_s / 1e6, 2)}
    return case("demo site, polled", {}, {**metrics, "polls_per_s": round(_POLLS / lasted_s, 1)})
