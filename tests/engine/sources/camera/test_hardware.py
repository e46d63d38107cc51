"""Decoding by a device: on trial first, never instead of pictures, and given up with a reason."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.codec.context import CodecContext
from av.codec.hwaccel import hwdevices_available
from av.error import InvalidDataError

from engine.model.cameras.frame import SOFTWARE
from engine.model.errors import EnvironmentFault, InputError
from engine.model.settings import DECODERS, CameraSettings
from engine.model.time import SystemClock
from engine.sources.camera.decoder import Decoder
from engine.sources.camera.file import FileSource
from engine.sources.camera.hardware import HardwareDecoding, open_device
from engine.sources.camera.protocol import EndOfStream

PICTURES = 60


@pytest.fixture
def video(shared: Path) -> Path:
    return shared / "data/video/one-by-one-person-detection.mp4"


class FakeDevice:
    """Another decoder of FFmpeg in the place of a device."""

    def __init__(self, stream: Any, spoil: Callable[[int, Any], Any]) -> None:
        context: Any = CodecContext.create(stream.codec_context.name, "r")
        context.extradata = stream.codec_context.extradata
        self._context, self._spoil, self.packets = context, spoil, 0

    def decode(self, packet: Any) -> Any:
        self.packets += 1
        return [self._spoil(self.packets, frame) for frame in self._context.decode(packet)]

    def flush_buffers(self) -> None:
        self._context.flush_buffers()


def decoded(video: Path, spoil: Callable[[int, Any], Any] | None) -> tuple[list[int], Decoder, list[FakeDevice]]:
    """Times of all pictures; without `spoil` by software."""
    devices: list[FakeDevice] = []
    with av.open(str(video)) as container:
        stream = container.streams.video[0]

        def opened(_stream: Any, _name: str) -> Any:
            assert spoil is not None
            devices.append(FakeDevice(stream, spoil))
            return devices[-1]

        device = HardwareDecoding(stream.codec_context, "software" if spoil is None else "vaapi", opened)
        decoder = Decoder(stream.codec_context, strict=False, device=device)
        times: list[int] = []
        for packet in container.demux(stream):
            if not packet.size or len(times) >= PICTURES:
                break
            times += [frame.pts or 0 for frame in decoder.decode(packet)]
        times += [frame.pts or 0 for frame in decoder.flush()]
    return times, decoder, devices


def test_a_device_that_agrees_takes_over_without_a_gap(video: Path) -> None:
    wanted, software, _ = decoded(video, None)
    times, decoder, (device,) = decoded(video, lambda _, frame: frame)
    assert decoder.info.name == "vaapi" and decoder.info.reason == "" and software.info == SOFTWARE
    assert times[: len(wanted)] == wanted[: len(times)] and len(times) >= PICTURES  # each picture once, in order
    assert decoder.damaged == 0 and device.packets >= PICTURES


def test_other_pictures_are_refused(video: Path) -> None:
    def darker(_: int, frame: Any) -> Any:
        other = av.VideoFrame.from_ndarray((frame.to_ndarray(format="gray") // 2).astype(np.uint8), "gray")
        other.pts = frame.pts
        return other

    wanted, _, _ = decoded(video, None)
    times, decoder, (device,) = decoded(video, darker)
    assert times == wanted and decoder.info.name == "software" and device.packets <= 3
    assert decoder.info.reason == "Decoding by vaapi gives other pictures than software. Pictures are decoded by software."


def test_a_device_that_fails_later_is_given_up(video: Path) -> None:
    def fails(packets: int, frame: Any) -> Any:
        if packets > 20:
            raise InvalidDataError(1, "the device was removed")
        return frame

    _, decoder, (device,) = decoded(video, fails)
    assert device.packets == 21 and decoder.damaged == 1
    assert decoder.info.name == "software" and "the device was removed" in decoder.info.reason


@pytest.mark.parametrize("name", DECODERS[1:])
def test_what_is_absent_leaves_the_camera_to_software(name: str, video: Path) -> None:
    """Real: no machine has all of these. One that is there decodes, and says so."""
    source = FileSource(video, SystemClock(), paced=False, loop=False, decoder=name)
    info, pictures = source.open(), 0
    try:
        while pictures < 10:
            reading = source.read()
            pictures += len(reading.frames)
            state = reading.decoder
    except EndOfStream:
        pytest.fail("the file ended")
    finally:
        source.close()
    assert info.codec == "h264" and pictures >= 10
    if state.name == "software":
        assert state.reason.endswith("Pictures are decoded by software.")
    else:
        assert state.name in hwdevices_available() and state.reason == ""


def test_settings_and_devices_by_name(video: Path) -> None:
    with pytest.raises(InputError, match="abacus"):
        CameraSettings("gate", "Gate", "video.mp4", decoder="abacus")
    with av.open(str(video)) as container, pytest.raises(EnvironmentFault, match="not part of this installation"):
        open_device(container.streams.video[0].codec_context, "abacus")
