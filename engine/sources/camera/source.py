"""From a camera's settings to the source that reads it: a closed table, nothing is loaded by name."""

from collections.abc import Callable
from dataclasses import field, replace
from pathlib import Path
from typing import Final

from engine.model.command import Credentials
from engine.model.errors import InputError
from engine.model.settings import CameraKind, CameraSettings, camera_kind
from engine.model.time import Clock
from engine.model.value_class import dataclass
from engine.sources.camera.file import FileSource, file_path
from engine.sources.camera.folder import FolderSource, folder_address
from engine.sources.camera.network import NetworkSource, mjpeg_opening, rtsp_opening
from engine.sources.camera.protocol import EndOfStream, FrameSource, Judge, Reading, SimulatedFactory, any_path
from engine.sources.camera.stream import Opening
from engine.sources.camera.urls import parsed, with_credentials
from engine.sources.camera.usb import UsbSource, usb_index

__all__ = ["EndOfStream", "FrameSource", "Reading", "SimulatedFactory", "open_source", "opened_path"]


@dataclass(frozen=True, slots=True)
class _SourceRequest:
    url: str = field(repr=False)
    settings: CameraSettings = field(repr=False)
    credentials: Credentials | None
    clock: Clock
    simulated: SimulatedFactory | None
    judge: Judge


def open_source(
    settings: CameraSettings,
    stream: str,
    credentials: Credentials | None,
    clock: Clock,
    simulated: SimulatedFactory | None = None,
    judge: Judge = any_path,
) -> FrameSource:
    """A source for the camera's stream `main` or `sub` (main where it has no sub-stream), not yet open. `judge`: of every file.

    Raises:
        InputError: the address makes no sense; field `url` or `sub_url`.
    """
    sub = stream == "sub" and bool(settings.sub_url)
    url = settings.sub_url if sub else settings.url
    try:
        return _TABLE[camera_kind(url)](_SourceRequest(url.strip(), settings, credentials, clock, simulated, judge))
    except InputError as error:
        raise InputError("sub_url" if sub else "url", error.message) from None


def opened_path(url: str) -> Path | None:
    """The file or folder that a camera of this address reads; None: it reads none. Raises InputError."""
    match camera_kind(url) if url else None:
        case CameraKind.FILE:
            return file_path(url)
        case CameraKind.FOLDER:
            return folder_address(url)[0]
        case _:
            return None


def _file(wanted: _SourceRequest) -> FrameSource:
    camera = wanted.settings
    path = file_path(wanted.url)
    return FileSource(path, wanted.clock, camera.paced, camera.loop, camera.most_pixels, wanted.judge, camera.decoder)


def _folder(wanted: _SourceRequest) -> FrameSource:
    path, fps = folder_address(wanted.url)
    camera = wanted.settings
    return FolderSource(path, fps, wanted.clock, camera.paced, camera.loop, camera.most_pixels, wanted.judge)


def _rtsp(wanted: _SourceRequest) -> FrameSource:
    opening = rtsp_opening(_login(wanted), wanted.settings.transport)
    return NetworkSource(_as_set(opening, wanted), wanted.clock, timeless=False)


def _mjpeg(wanted: _SourceRequest) -> FrameSource:
    opening = mjpeg_opening(_login(wanted))
    return NetworkSource(_as_set(opening, wanted), wanted.clock, timeless=True)


def _as_set(opening: Opening, wanted: _SourceRequest) -> Opening:
    return replace(opening, most_pixels=wanted.settings.most_pixels, decoder=wanted.settings.decoder)


def _usb(wanted: _SourceRequest) -> FrameSource:
    return UsbSource(usb_index(wanted.url), wanted.clock, most_pixels=wanted.settings.most_pixels)


def _simulated(wanted: _SourceRequest) -> FrameSource:
    if wanted.simulated is None:
        raise InputError("url", "simulated cameras exist on the demo site only")
    return wanted.simulated(wanted.url)


def _login(wanted: _SourceRequest) -> str:
    if not parsed(wanted.url).hostname:
        raise InputError("url", "names no host; write for example rtsp://192.168.1.20/stream1")
    return with_credentials(wanted.url, wanted.credentials)


_TABLE: Final[dict[CameraKind, Callable[[_SourceRequest], FrameSource]]] = {
    CameraKind.FILE: _file,
    CameraKind.FOLDER: _folder,
    CameraKind.RTSP: _rtsp,
    CameraKind.MJPEG: _mjpeg,
    CameraKind.USB: _usb,
    CameraKind.SIMULATED: _simulated,
}
