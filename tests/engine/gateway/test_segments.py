"""Continuous video over HTTP: listed, fetched whole and in parts, and kept from those who may not see faces."""

from dataclasses import replace

import httpx
import pytest

from console.site import Site
from engine.gateway.remote.calls import Caller
from engine.gateway.remote.files import FetchedSegments
from engine.gateway.remote.port import RemoteDoor
from engine.model.accounts.access import Role
from engine.model.accounts.audit import AuditVerb
from engine.model.cameras.segment import ListLocks, ListSegments, Segment
from engine.model.errors import FacesHidden, NotFound, PermissionDenied
from engine.model.people.commands import UnmaskFaces
from engine.model.port import EnginePort
from engine.model.question import ListAudit
from engine.model.time import to_iso
from tests.engine.gateway.answers import assert_problem
from tests.engine.gateway.conftest import ADMIN, PASSWORD

Segments = tuple[Segment, ...]


def hide(site: Site, faces: bool) -> None:
    site.engine.update_settings(lambda now: replace(now, recognition=replace(now.recognition, blur_faces=faces)), "test")


def test_segments_are_asked_for_and_come_whole(port: EnginePort, site: Site, recorded: Segments) -> None:
    around = ListSegments(recorded[0].started_ns, recorded[-1].ended_ns, ("door",))
    assert port.ask(around) == recorded
    assert port.ask(replace(around, camera_ids=("elsewhere",))) == () == port.ask(ListLocks())
    assert port.segment_file(recorded[1].id).read_bytes() == (site.engine.data.path / recorded[1].file).read_bytes()
    for segment_id in ("sg-0", "../watchroom.db", ""):
        with pytest.raises(NotFound):
            port.segment_file(segment_id)


def test_who_watched_an_hour_of_a_camera_is_in_the_audit_once(port: EnginePort, recorded: Segments) -> None:
    for segment in recorded:
        port.segment_file(segment.id)
    rows = port.ask(ListAudit(verbs=(AuditVerb.VIEW_FOOTAGE,)))
    mine = [(row.subject, row.by) for row in rows if row.detail == rows[0].detail]
    assert mine == [("door 2023-11-14T22Z", ADMIN)]


def test_they_are_listed_over_http_and_give_byte_ranges(client: httpx.Client, site: Site, recorded: Segments) -> None:
    since, until = to_iso(recorded[0].started_ns), to_iso(recorded[-1].ended_ns)
    told = client.get("/api/v1/segments", params={"since": since, "until": until, "camera": "door"}).json()
    assert [one["id"] for one in told["segments"]] == [one.id for one in recorded] and told["next"] is None
    assert told["segments"][0] | {"keeping": "continuous", "started": since, "damage": "", "codec": "h264"} == told["segments"][0]
    part = client.get("/api/v1/segments", params={"since": since, "until": until, "limit": 2}).json()
    assert len(part["segments"]) == 2 and part["next"] == to_iso(recorded[1].started_ns)
    path = f"/api/v1/segments/{recorded[0].id}/file"
    whole = (site.engine.data.path / recorded[0].file).read_bytes()
    assert client.get(path, headers={"Range": "bytes=100-199"}).content == whole[100:200]
    assert client.head(path).headers["content-length"] == str(len(whole))


def test_bad_questions_are_told(client: httpx.Client, stranger: httpx.Client, recorded: Segments) -> None:
    now, before = to_iso(recorded[1].started_ns), to_iso(recorded[0].started_ns)
    assert_problem(client.get("/api/v1/segments", params={"since": now, "until": before}), 422, "bad_input", "until")
    assert_problem(client.get("/api/v1/segments", params={"since": "yesterday", "until": now}), 422, "bad_input", "since")
    assert client.get("/api/v1/segments/sg-nothing/file").status_code == 404
    assert stranger.get(f"/api/v1/segments/{recorded[0].id}/file").status_code == 401


def test_while_faces_are_hidden_there_is_no_raw_video(site: Site, client: httpx.Client, recorded: Segments) -> None:
    port = RemoteDoor(site.url).sign_in(ADMIN, PASSWORD)
    local = site.door.sign_in(ADMIN, PASSWORD)
    fetched = port.segment_file(recorded[0].id)
    hide(site, True)
    try:
        assert client.get(f"/api/v1/segments/{recorded[0].id}/file").status_code == 403, "an operator may never see them"
        with pytest.raises(FacesHidden):
            local.segment_file(recorded[0].id)
        while not port.snapshot().faces_hidden:
            pass
        with pytest.raises(PermissionDenied, match="with a reason"):
            port.segment_file(recorded[0].id)
        assert not fetched.exists(), "what was fetched before does not lie about"
        local.command(UnmaskFaces("a theft at the door", 5))
        assert local.segment_file(recorded[0].id).is_file()
        newest = local.ask(ListAudit(limit=2))
        assert {(row.verb, row.subject) for row in newest} >= {(AuditVerb.SEE_FACES, "door 2023-11-14T22Z")}
    finally:
        hide(site, False)
        port.close()
        local.close()


def test_a_console_elsewhere_keeps_only_as_much_as_fits(site: Site, recorded: Segments, tmp_path_factory: pytest.TempPathFactory) -> None:
    token = site.engine.accounts.create_token(Role.OPERATOR, "fetching")
    two = recorded[0].size_bytes + recorded[1].size_bytes + 10
    with Caller(site.url, token, True) as caller:
        fetched = FetchedSegments(caller, tmp_path_factory.mktemp("fetched"), two)
        first, second = fetched.file(recorded[0].id), fetched.file(recorded[1].id)
        assert fetched.file(recorded[0].id) == first
        third = fetched.file(recorded[2].id)
        assert (first.exists(), second.exists(), third.exists()) == (True, False, True)
        fetched.clear()
        assert not first.exists() and not third.exists()
