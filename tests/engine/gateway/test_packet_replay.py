"""Instant replay over the network: the packets that the engine holds, decoded by the console; pictures where it may not have those."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import httpx
import pytest

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.gateway.live.packet_messages import PacketStream
from engine.gateway.live.replay_messages import ReplayAnswer, read_replay, replay_bytes
from engine.gateway.remote.port import RemoteDoor, RemotePort
from engine.gateway.remote.replay import RemoteReplay
from engine.model.accounts.access import Role
from engine.model.accounts.audit import AuditVerb
from engine.model.cameras.frame import EncodedPacket, StreamInfo
from engine.model.cameras.instant_replay import DecodedReplayPicture, ReplayCamera, ReplayPart
from engine.model.errors import InputError, NotFound
from engine.model.question import ListAudit
from engine.model.settings import CameraSettings, DetectionSettings
from engine.model.time import SECOND
from engine.recording.ring import RingPacket
from engine.runtime.access.machine_tokens import TokenWanted
from engine.runtime.cameras import instant_replay
from engine.runtime.cameras.packets import NoPackets
from engine.runtime.cameras.replay_packets import HeldPackets
from engine.runtime.command_line_settings import CommandLineSettings
from tests.fakes.rtsp import RtspServer
from tests.fakes.video import Clip, picture_number, write_clip
from tests.fakes.waiting import until

PRIVATE = ((0.1, 0.1), (0.4, 0.1), (0.4, 0.4), (0.1, 0.4))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path_factory.mktemp("models")))
    monkeypatch.setattr(instant_replay, "WORK_S", 60.0)  # a busy machine would give fewer pictures at once
    folder = tmp_path_factory.mktemp("video")
    clips = {"yard": Clip(frames=250, gop=50), "five": Clip(encoder="libx265", frames=250, gop=50, b_frames=2)}
    with RtspServer({name: write_clip(folder / f"{name}.mp4", clip) for name, clip in clips.items()}) as cameras:
        added = tuple(CameraSettings(name, name.capitalize(), cameras.url(name)) for name in clips)
        with running(tmp_path_factory.mktemp("site") / "data", Bind(), CommandLineSettings(added), gateway_needed=True) as site:
            site.door.set_up("Test site", "ada", "correct horse battery").close()
            site.engine.update_settings(lambda now: replace(now, detection=DetectionSettings(rate_hz=0.2)), "test")
            until(lambda: all(held_s(site, name) > 5 for name in clips), "some seconds are held")
            yield site
    monkeypatch.undo()


def held_s(site: Site, camera_id: str) -> float:
    held = site.engine.sight.clips.recorder.ring(camera_id)
    span = held[0].span_ns() if held is not None else None
    return (span[1] - span[0]) / SECOND if span is not None else 0.0


@pytest.fixture
def port(site: Site) -> Iterator[RemotePort]:
    port = RemoteDoor(site.url).sign_in("ada", "correct horse battery")
    yield port
    port.close()


def numbers(part: ReplayPart) -> list[int]:
    assert all(isinstance(each, DecodedReplayPicture) for each in part.pictures)
    return [picture_number(each.pixels[..., 1]) for each in part.pictures if isinstance(each, DecodedReplayPicture)]


@pytest.mark.parametrize("camera_id", ["yard", "five"])
def test_it_plays_as_the_engine_does(site: Site, port: RemotePort, camera_id: str) -> None:
    """Each moment: the same pictures with the same times, from part to part."""
    local = site.door.sign_in("ada", "correct horse battery")
    held = port.ask(ReplayCamera(camera_id, 0))
    assert held.held_from_ns is not None and held.held_until_ns is not None
    for back_s in (3.4, 2.0, 3.0):
        at_ns = held.held_until_ns - int(back_s * SECOND)
        for _ in range(4):
            wish = ReplayCamera(camera_id, at_ns, 8, 640, 640, after=at_ns != held.held_until_ns - int(back_s * SECOND))
            here, there = port.ask(wish), local.ask(wish)
            assert [(each.at_ns, each.width, each.height) for each in here.pictures] == [
                (each.at_ns, each.width, each.height) for each in there.pictures
            ]
            assert len(here.pictures) == 8 and here.reason == ""
            shown = numbers(here)
            assert [(each - shown[0]) % 250 for each in shown] == list(range(8))
            at_ns = here.pictures[-1].at_ns
    assert port._replay.cameras == (camera_id,)
    local.close()


def test_what_is_asked_for_again_at_the_end_goes_on_when_there_is_more(port: RemotePort) -> None:
    newest_ns = port.ask(ReplayCamera("yard", 0)).held_until_ns or 0
    part = port.ask(ReplayCamera("yard", newest_ns, 5))
    assert part.pictures and part.pictures[0].at_ns == newest_ns
    times = [each.at_ns for each in part.pictures]

    def more() -> bool:
        times.extend(each.at_ns for each in port.ask(ReplayCamera("yard", times[-1], 5, after=True)).pictures)
        return len(times) > 40

    until(more, "it goes on with what comes")
    assert times == sorted(set(times))
    assert max(late - early for early, late in pairwise(times)) < 2 * SECOND


def test_a_moment_that_is_gone_gives_the_oldest(port: RemotePort) -> None:
    part = port.ask(ReplayCamera("yard", 0, 3))
    assert part.held_from_ns == part.pictures[0].at_ns and len(part.pictures) == 3


def test_a_still_at_one_moment_and_its_size(port: RemotePort) -> None:
    held = port.ask(ReplayCamera("five", 0))
    part = port.ask(ReplayCamera("five", (held.held_until_ns or 0) - SECOND, 1, 80, 80))
    [picture] = part.pictures
    assert (
        isinstance(picture, DecodedReplayPicture) and picture.pixels.shape == (48, 80, 4) and (picture.width, picture.height) == (160, 96)
    )


def test_it_is_in_the_audit_as_ever(site: Site, port: RemotePort) -> None:
    def rows() -> int:
        assert site.engine.record.writer.flush(10)
        return sum(row.subject.startswith("yard ") for row in port.ask(ListAudit(verbs=(AuditVerb.VIEW_FOOTAGE,))))

    before = rows()
    for _ in range(3):
        port.ask(ReplayCamera("yard", 0))
    assert rows() == before + 1


def test_limited_accounts_and_other_roles(site: Site, port: RemotePort) -> None:
    with pytest.raises(NotFound):
        port.ask(ReplayCamera("nobody", 0))
    token = site.engine.accounts.create_token(Role.OPERATOR, "limited", TokenWanted(cameras=("five",)))
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=site.url, headers=headers, timeout=60, trust_env=False) as client:
        query = {"at_ns": 0, "codecs": "h264,hevc"}
        assert client.get("/api/v1/port/replay/yard", params=query).status_code == 404
        answer = read_replay(client.get("/api/v1/port/replay/five", params=query).content)
        assert answer.reason == "" and answer.stretches
        assert read_replay(client.get("/api/v1/port/replay/five", params={"at_ns": 0, "codecs": "h264"}).content).reason == "no_decoder"
        assert client.get("/api/v1/port/replay/five", params={"at_ns": -1}).status_code == 422


def pictures_only(part: ReplayPart) -> bool:
    return bool(part.pictures) and not any(isinstance(each, DecodedReplayPicture) for each in part.pictures)


def test_with_a_privacy_area_or_hidden_faces_there_are_pictures(site: Site, port: RemotePort) -> None:
    def blur(faces: bool) -> None:
        site.engine.update_settings(lambda now: replace(now, recognition=replace(now.recognition, blur_faces=faces)), "test")

    numbers(port.ask(ReplayCamera("yard", 0, 3)))
    blur(True)
    try:
        assert pictures_only(port.ask(ReplayCamera("yard", 0)))
        assert port._replay.cameras == ()  # what was fetched before does not lie about
    finally:
        blur(False)
    yard = site.engine.settings.camera("yard")
    assert yard is not None
    numbers(port.ask(ReplayCamera("yard", 0, 3)))
    site.engine.update_settings(lambda now: now.with_camera(replace(yard, privacy=(PRIVATE,))), "test")
    try:
        until(lambda: pictures_only(port.ask(ReplayCamera("yard", 0))), "burned pictures are held")
        assert port._replay.cameras == ()
    finally:
        site.engine.update_settings(lambda now: now.with_camera(yard), "test")
    until(lambda: held_s(site, "yard") > 1, "packets are held again")
    numbers(port.ask(ReplayCamera("yard", 0, 3)))


def test_what_nobody_asks_about_goes(port: RemotePort, monkeypatch: pytest.MonkeyPatch) -> None:
    port.ask(ReplayCamera("yard", 0))
    monkeypatch.setattr("engine.gateway.remote.replay.IDLE_S", 0.0)
    until(lambda: port._replay.cameras == (), "nothing is held")


# the form of the answer, and an engine that sends anything


INFO = StreamInfo("h264", 64, 64, 0.0, (1, 1000), b"\x00\x00\x00\x01")


def some(packets: int, info: StreamInfo = INFO) -> tuple[RingPacket, ...]:
    return tuple(
        RingPacket(number, info, EncodedPacket(bytes([number % 250 + 1] * 9), number, number, 0, not number % 10, number))
        for number in range(packets)
    )


def test_an_answer_is_read_as_it_was_made() -> None:
    other = replace(INFO, width=128)
    held = HeldPackets(5, 9, (*some(1200), *some(10, other)), anew=True)
    read = read_replay(replay_bytes("yard", held))
    assert read.held_ns == (5, 9) and [stretch.stream.info for stretch in read.stretches] == [INFO, other]
    assert [len(stretch.packets) for stretch in read.stretches] == [1200, 10] and all(stretch.anew for stretch in read.stretches)
    assert [each.data for each in read.stretches[0].packets] == [each.packet.data for each in some(1200)]
    going_on = read_replay(replay_bytes("yard", replace(held, anew=False)))
    assert [stretch.anew for stretch in going_on.stretches] == [False, True]
    assert read_replay(replay_bytes("yard", NoPackets.PRIVATE)) == ReplayAnswer(reason="privacy")


@pytest.mark.parametrize("seed", range(4))
def test_anything_else_is_no_answer(seed: int) -> None:
    whole, chance = replay_bytes("yard", HeldPackets(5, 9, some(40), anew=True)), random.Random(seed)
    for _ in range(500):
        dirty = bytearray(whole[: chance.randrange(len(whole))] if chance.random() < 0.3 else whole)
        for _ in range(chance.choice((1, 3, 50))):
            if dirty:
                dirty[chance.randrange(len(dirty))] = chance.randrange(256)
        try:
            read = read_replay(bytes(dirty))
        except InputError:
            continue
        assert read.reason or all(isinstance(stretch.stream, PacketStream) for stretch in read.stretches)
        replay = RemoteReplay(lambda *_, sent=bytes(dirty): sent)
        part = replay.part(ReplayCamera("yard", chance.randrange(1 << 60), 3))
        assert part is None or not part.pictures
    with pytest.raises(InputError):
        read_replay(b"")
    with pytest.raises(InputError):
        read_replay(json.dumps({"type": "replay"}).encode())
