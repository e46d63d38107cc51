"""The sound of a camera for somebody who listens: files that follow their picture, streams from a real server, and what is broken."""

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from engine.model.cameras.sound import SOUND_HZ
from engine.model.errors import EnvironmentFault, InputError
from engine.model.health import CameraState
from engine.model.people.speech import SoundChunk
from engine.model.settings import CameraSettings
from engine.model.time import SystemClock
from engine.sources.camera.backoff import Backoff
from engine.sources.camera.file import FileSource, file_opening
from engine.sources.camera.interrupt import Interrupt
from engine.sources.camera.protocol import EndOfStream, Place
from engine.sources.camera.sound.reader import Mono, SoundReader, began_ns, sound_opening
from engine.sources.camera.sound.sound import FileSound, camera_sound
from engine.sources.microphone.capture import MicrophoneCapture
from tests.engine.sources.camera.conftest import Start
from tests.engine.sources.microphone.test_microphones import Listener
from tests.fakes.rtp_sound import Sound
from tests.fakes.rtsp import RtspServer
from tests.fakes.sound_film import pitch_at, pitch_of, steps, write_film
from tests.fakes.video import Clip, write_clip
from tests.fakes.waiting import until

SECOND_NS = 10**9


class Picture:
    """Stands where a test puts it."""

    def __init__(self) -> None:
        self.place_ns: int | None = 0

    def __call__(self) -> Place | None:
        return None if self.place_ns is None else Place(self.place_ns, time.monotonic())


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("films")
    return {
        "aac.mp4": write_film(folder / "aac.mp4"),
        "short.mp4": write_film(folder / "short.mp4", seconds=1.0),
        "mulaw.mov": write_film(folder / "mulaw.mov", "pcm_mulaw", 8_000),
        "alaw.mov": write_film(folder / "alaw.mov", "pcm_alaw", 8_000),
        "opus.mkv": write_film(folder / "opus.mkv", "libopus"),
        "stereo.mp4": write_film(folder / "stereo.mp4", "aac", 44_100, layout="stereo"),
    }


def heard(source: FileSound, pieces: int = 10_000) -> np.ndarray:
    """What it gives until it pauses."""
    found: list[np.ndarray] = []
    while len(found) < pieces:
        chunk = source.read()
        if chunk is None and found:
            break
        if chunk is not None:
            assert chunk.rate_hz == SOUND_HZ and chunk.samples.dtype == np.int16 and chunk.samples.ndim == 1
            found.append(chunk.samples)
    return np.concatenate(found)


def file_sound(path: Path, picture: Picture) -> FileSound:
    source = camera_sound(CameraSettings("yard", "Yard", str(path)), None, SystemClock(), picture)
    assert isinstance(source, FileSound)
    source.open()
    return source


@pytest.mark.parametrize("name", ["aac.mp4", "mulaw.mov", "alaw.mov", "opus.mkv", "stereo.mp4"])
def test_every_form_is_heard_where_the_picture_is(films: dict[str, Path], name: str) -> None:
    picture = Picture()
    source = file_sound(films[name], picture)
    for second in (2.2, 0.2, 3.2):  # also backwards, as when the film begins again
        picture.place_ns = round(second * SECOND_NS)
        heard(source)  # what lies between, or was decoded before
        for _ in range(20):
            picture.place_ns += 20_000_000
            last = source.read()
        picture.place_ns += 200_000_000
        assert pitch_of(heard(source)) == pytest.approx(pitch_at(second), abs=15), f"at {second} s ({last is not None})"
    source.close()


def test_sound_is_never_far_ahead_of_a_picture_that_stands(films: dict[str, Path]) -> None:
    picture = Picture()
    source = file_sound(films["aac.mp4"], picture)
    picture.place_ns = SECOND_NS
    assert len(heard(source)) < SOUND_HZ // 5  # what was late by up to 100 ms and ahead by 60
    picture.place_ns = None
    assert source.read() is None
    source.close()


def test_after_the_end_of_the_track_it_waits_and_begins_again_with_the_picture(films: dict[str, Path]) -> None:
    picture = Picture()
    source = file_sound(films["short.mp4"], picture)
    picture.place_ns = round(0.9 * SECOND_NS)
    heard(source)
    picture.place_ns = 5 * SECOND_NS // 2
    assert [source.read() for _ in range(8)][-1] is None
    picture.place_ns = 0
    assert len(heard(source)) > 0
    source.close()


def test_the_place_of_the_picture_comes_from_the_camera_itself(films: dict[str, Path], start_capture: Start) -> None:
    """A looped file, played for real: the place runs to the end and begins again, and the sound with it."""
    capture, _ = start_capture(str(films["short.mp4"]))
    places: list[int] = []

    def turned() -> bool:
        if capture.place is not None:
            places.append(capture.place.place_ns)
        return any(later < before for before, later in pairwise(places))

    until(turned, "the file has begun again")
    assert max(places) < SECOND_NS and min(places) >= 0
    listener = Listener()
    camera = CameraSettings("yard", "Yard", str(films["short.mp4"]))
    hearing = MicrophoneCapture("yard", lambda: camera_sound(camera, None, SystemClock(), lambda: capture.place), listener)
    hearing.start()
    until(lambda: sum(len(chunk.samples) for chunk in list(listener.chunks)) > 1.2 * SOUND_HZ, "it was heard for more than one round")
    hearing.stop()
    assert CameraState.LOST not in [state for state, _ in listener.states]
    assert not hearing.running


def test_only_cameras_that_can_carry_sound_are_opened(films: dict[str, Path]) -> None:
    for wrong in ("http://192.168.1.2/video", "usb:0", "simulated:a", "folder:/pictures"):
        with pytest.raises(InputError, match="no sound"):
            camera_sound(CameraSettings("yard", "Yard", wrong), None, SystemClock(), Picture())
    with pytest.raises(InputError, match="no sound"):
        camera_sound(CameraSettings("yard", "Yard", str(films["aac.mp4"]), paced=False), None, SystemClock(), Picture())
    with pytest.raises(InputError, match="names no host"):
        camera_sound(CameraSettings("yard", "Yard", "rtsp://"), None, SystemClock(), Picture())


def test_a_film_without_a_track_says_so(tmp_path: Path) -> None:
    silent = write_clip(tmp_path / "silent.mp4", Clip(frames=10))
    with pytest.raises(EnvironmentFault, match="carries no sound") as raised:
        file_sound(silent, Picture())
    assert raised.value.reason == "no_sound"


def test_what_is_passed_on_to_be_recorded_holds_no_sound(films: dict[str, Path]) -> None:
    """Rings, clips and continuous video are made of these packets."""
    source = FileSource(films["aac.mp4"], SystemClock(), paced=False, loop=False)
    info, packets = source.open(), []
    with pytest.raises(EndOfStream):
        while True:
            packets.append(source.read().packet)
    source.close()
    with av.open(str(films["aac.mp4"])) as film:
        pictures = [bytes(packet) for packet in film.demux(film.streams.video[0]) if packet.size]
    assert info.codec == "h264" and [packet.data for packet in packets if packet is not None] == pictures


# What is broken


def test_damaged_packets_are_passed_over(films: dict[str, Path], tmp_path: Path) -> None:
    """A third of the sound's packets are damaged; the rest is heard."""
    reader = SoundReader(sound_opening(file_opening(_damaged(films["aac.mp4"], tmp_path / "damaged.mp4", 3))), Interrupt())
    mono, found = Mono(), 0
    while (frame := reader.next()) is not None:
        found += len(mono.feed(frame))
    reader.close()
    assert 2 * SOUND_HZ < found < 4 * SOUND_HZ


def test_a_track_of_nothing_but_damage_is_named(tmp_path: Path) -> None:
    whole = write_film(tmp_path / "whole.mp4", seconds=6.0)
    reader = SoundReader(sound_opening(file_opening(_damaged(whole, tmp_path / "wrong.mp4", 1))), Interrupt())
    with pytest.raises(EnvironmentFault, match="cannot be decoded") as raised:
        while reader.next() is not None:
            pass
    reader.close()
    assert raised.value.reason == "codec"


def test_the_rate_may_change_from_piece_to_piece() -> None:
    mono, tones = Mono(), []
    for rate_hz in (8_000, 44_100, 16_000, 48_000):
        pieces = [mono.feed(frame) for frame in _frames(rate_hz)]
        tones.append(np.concatenate(pieces))
    assert [pitch_of(tone) for tone in tones] == pytest.approx([pitch_at(0)] * 4, abs=10)
    assert all(abs(len(tone) - SOUND_HZ) < SOUND_HZ // 20 for tone in tones)
    odd = _frames(8_000)[0]
    odd.sample_rate = 7
    assert len(mono.feed(odd)) == 0


def _frames(rate_hz: int) -> list[av.AudioFrame]:
    frames: list[av.AudioFrame] = []
    size = rate_hz // 50
    whole = steps(1.0, rate_hz)
    for start in range(0, len(whole) - size + 1, size):
        frame = av.AudioFrame.from_ndarray(whole[None, start : start + size], format="s16", layout="mono")
        frame.sample_rate, frame.pts = rate_hz, None
        frames.append(frame)
    return frames


def _damaged(film: Path, target: Path, every: int) -> Path:
    """The same film; every so manieth packet of its sound is other bytes."""
    data = bytearray(film.read_bytes())
    with av.open(str(film)) as source:
        packets = [packet for packet in source.demux(source.streams.audio[0]) if packet.size]
        for packet in packets[every - 1 :: every]:
            assert packet.pos is not None
            data[packet.pos : packet.pos + packet.size] = b"\xff" * packet.size
    target.write_bytes(data)
    return target


# Streams


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(tmp_path_factory.mktemp("yard") / "yard.mp4", Clip(width=128, height=64, frames=25))


@pytest.fixture
def server(yard: Path) -> Iterator[RtspServer]:
    sounds = {
        "pcm_mulaw": Sound.encoded(steps(1.0, 8_000), 8_000),
        "pcm_alaw": Sound.encoded(steps(1.0, 8_000), 8_000, "pcm_alaw"),
        "aac": Sound.encoded(steps(1.0, 16_000), 16_000, "aac"),
        "libopus": Sound.encoded(steps(1.0, 48_000), 48_000, "libopus"),
    }
    with RtspServer(dict.fromkeys((*sounds, "silent"), yard), sounds=sounds) as running:
        yield running


def listening(server: RtspServer, name: str, listener: Listener) -> MicrophoneCapture:
    camera = CameraSettings("yard", "Yard", server.url(name))
    make = lambda: camera_sound(camera, None, SystemClock(), lambda: None)  # noqa: E731
    return MicrophoneCapture("yard", make, listener, Backoff(first_s=0.05, longest_s=0.1))


@pytest.mark.parametrize("name", ["pcm_mulaw", "pcm_alaw", "aac", "libopus"])
def test_what_a_camera_sends_is_heard_as_one_form(server: RtspServer, name: str) -> None:
    listener = Listener()
    capture = listening(server, name, listener)
    capture.start()
    until(lambda: sum(len(chunk.samples) for chunk in list(listener.chunks)) >= SOUND_HZ * 3 // 4, "sound has come")
    capture.stop()
    assert {chunk.rate_hz for chunk in listener.chunks} == {SOUND_HZ}
    assert pitch_of(_whole(listener.chunks)[SOUND_HZ // 8 : SOUND_HZ // 2]) == pytest.approx(pitch_at(0), abs=15)


def test_a_connection_that_breaks_is_made_anew_and_one_without_sound_says_so(server: RtspServer) -> None:
    listener = Listener()
    capture = listening(server, "pcm_mulaw", listener)
    capture.start()
    until(lambda: bool(listener.chunks), "sound has come")
    server.kill()
    server.restart()
    until(lambda: CameraState.LOST in [state for state, _ in listener.states], "the connection is lost")
    until(lambda: listener.states[-1][0] is CameraState.LIVE, "sound comes again")
    capture.stop()
    quiet = Listener()
    capture = listening(server, "silent", quiet)
    capture.start()
    until(lambda: any("carries no sound" in reason for _, reason in quiet.states), "it says why there is nothing")
    capture.stop()


def test_credentials_are_not_said() -> None:
    camera = CameraSettings("yard", "Yard", "rtsp://user:secret@127.0.0.1:1/a")
    source = camera_sound(camera, None, SystemClock(), lambda: None)
    with pytest.raises(EnvironmentFault) as raised:
        source.open()
    assert "secret" not in str(raised.value)
    source.close()


def _whole(chunks: list[SoundChunk]) -> np.ndarray:
    return np.concatenate([chunk.samples for chunk in chunks])


def test_a_piece_has_the_time_of_its_first_sample(films: dict[str, Path]) -> None:
    reader = SoundReader(sound_opening(file_opening(films["alaw.mov"])), Interrupt())
    reader.seek(2 * SECOND_NS)
    frame = reader.next()
    assert frame is not None and abs((began_ns(frame) or 0) - 2 * SECOND_NS) < 100_000_000
    reader.close()
