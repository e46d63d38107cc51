"""Faces over HTTP: hidden in clips, small pictures and live pictures, until the session has said why it has to see them."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import httpx
import numpy as np
import pytest
from websockets.sync.client import ClientConnection, connect

from console.site import Site
from engine.gateway.history import record
from engine.gateway.remote.port import RemoteDoor
from engine.model import wire
from engine.model.accounts.access import Role
from engine.model.people.commands import PrepareClip, UnmaskFaces
from engine.model.question import ListClips
from engine.recording.jpeg import decode_jpeg
from tests.engine.gateway.conftest import ADMIN, PASSWORD
from tests.fakes.waiting import until

CELL = 20  # pixels of a cell, where all of a picture of 320 × 180 is hidden
WHY = {"json": wire.to_plain(UnmaskFaces("a theft at the door", 5), tagged=True)}


@pytest.fixture(autouse=True)
def hiding(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody knows where people are, so all of a live picture is hidden."""
    monkeypatch.setattr(site.engine.sight.pool, "looked_ns", lambda _: None)
    site.engine.update_settings(lambda now: replace(now, recognition=replace(now.recognition, blur_faces=True)), "test")
    yield
    site.engine.update_settings(lambda now: replace(now, recognition=replace(now.recognition, blur_faces=False)), "test")


@pytest.fixture
def investigator(site: Site) -> Iterator[httpx.Client]:
    """A token of its own: nobody has unmasked it."""
    token = site.engine.accounts.create_token(Role.INVESTIGATOR, "faces")
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False) as client:
        yield client


def clip_of(site: Site, event_id: str) -> tuple[str, bytes]:
    (clip,) = site.engine.record.store.answer(ListClips(event_id=event_id))
    return f"/api/v1/clips/{clip.id}", (site.engine.data.path / clip.file).read_bytes()


def about_faces(site: Site) -> list[str]:
    """Verbs of the audit, the newest first."""
    return [str(row.verb) for row in site.engine.record.store.audit() if str(row.verb).endswith("_faces")]


def test_a_clip_is_told_to_be_under_way_then_comes_without_faces(
    site: Site, client: httpx.Client, investigator: httpx.Client, lost_event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, original = clip_of(site, lost_event)
    before = about_faces(site)
    monkeypatch.setattr(record, "HIDING_S", 0.0)
    waiting = client.get(path)
    assert waiting.status_code == 503 and int(waiting.headers["retry-after"]) >= 1 and "being hidden" in waiting.json()["message"]
    until(lambda: client.get(path).status_code == 200, "the copy is made")
    hidden = client.get(path)
    assert hidden.content != original and hidden.headers["content-type"] == "video/mp4"
    assert client.get(path, headers={"Range": "bytes=0-9"}).content == hidden.content[:10]
    assert investigator.get(path).content == hidden.content, "the role alone shows nothing"
    assert investigator.post("/api/v1/port/command", **WHY).status_code == 200
    shown = investigator.get(path)
    assert shown.content == original and shown.headers["etag"] != hidden.headers["etag"]
    assert client.get(path).content == hidden.content
    assert client.get(path, headers={"If-None-Match": shown.headers["etag"]}).content == hidden.content
    assert sorted(about_faces(site)[: len(about_faces(site)) - len(before)]) == ["see_faces", "unmask_faces"]


def test_small_pictures_too(client: httpx.Client, investigator: httpx.Client, lost_event: str) -> None:
    path = f"/api/v1/events/{lost_event}/thumbnail"
    hidden = client.get(path).content
    assert investigator.get(path).content == hidden
    investigator.post("/api/v1/port/command", **WHY)
    assert investigator.get(path).content != hidden == client.get(path).content


def test_who_may_not_unmask_cannot_give_a_reason_either(client: httpx.Client) -> None:
    assert client.post("/api/v1/port/command", **WHY).status_code == 403


def test_nothing_is_prepared_for_strangers_or_of_nothing(client: httpx.Client, stranger: httpx.Client) -> None:
    wanted = {"json": wire.to_plain(PrepareClip("cl-1"), tagged=True)}
    assert stranger.post("/api/v1/port/command", **wanted).status_code == 401
    assert client.post("/api/v1/port/command", **wanted).status_code == 404
    left = {"json": wire.to_plain(PrepareClip("cl-1", wanted=False), tagged=True)}
    assert client.post("/api/v1/port/command", **left).json() == {"id": ""}


def test_a_remote_console_gets_what_a_local_one_does(site: Site, lost_event: str) -> None:
    _, original = clip_of(site, lost_event)
    remote, local = RemoteDoor(site.url).sign_in(ADMIN, PASSWORD), site.door.sign_in(ADMIN, PASSWORD)
    try:
        until(lambda: remote.snapshot().faces_hidden, "it is known there")
        (clip,) = remote.ask(ListClips(event_id=lost_event))
        hidden = remote.clip_file(clip.id).read_bytes()
        assert hidden == local.clip_file(clip.id).read_bytes() != original
        remote.command(UnmaskFaces("a theft at the door", 5))
        until(lambda: not remote.snapshot().faces_hidden, "it is known there")
        plain = remote.clip_file(clip.id)
        assert plain.read_bytes() == original
        assert local.clip_file(clip.id).read_bytes() == hidden
        now_ns, unmasked = site.engine.clock.now_ns(), site.engine.masking.unmasked
        unmasked.show(list(unmasked._until_ns)[-1], now_ns, now_ns)
        until(lambda: remote.snapshot().faces_hidden, "it is known there")
        assert remote.clip_file(clip.id).read_bytes() == hidden and not plain.exists()
    finally:
        remote.close()
        local.close()


def sharp(message: str | bytes) -> bool:
    """The square's edges are where no cell ends: every second picture shows that, unless it is hidden."""
    grey = decode_jpeg(base64.b64decode(json.loads(message)["data"]["frame"]))[90, :, 1].astype(int)
    steps = np.flatnonzero(np.abs(grey[2:] - grey[:-2]) > 60) + 1
    return bool((np.minimum(steps % CELL, CELL - steps % CELL) > 4).any())


def pictures(viewer: ClientConnection) -> Iterator[bool]:
    while True:
        yield sharp(viewer.recv(60))


def test_live_pictures_change_while_they_are_watched(site: Site, operator: str, investigator: httpx.Client) -> None:
    tokens = (investigator.headers["authorization"], f"Bearer {operator}")
    address = f"ws{site.url.removeprefix('http')}/ws/camera/door"
    seeing, other = (connect(address, additional_headers={"Authorization": token}, proxy=None) for token in tokens)
    with seeing, other:
        assert not any(islice(pictures(seeing), 8))
        investigator.post("/api/v1/port/command", **WHY)
        assert any(islice(pictures(seeing), 200)), "shown, on the same connection"
        assert not any(islice(pictures(other), 8))
        session_id = list(site.engine.masking.unmasked._until_ns)[-1]
        site.engine.masking.unmasked.show(session_id, site.engine.clock.now_ns(), site.engine.clock.now_ns())
        until(lambda: not any(islice(pictures(seeing), 8)), "it is hidden again, once what was on its way has come")
        assert not any(islice(pictures(seeing), 8))
