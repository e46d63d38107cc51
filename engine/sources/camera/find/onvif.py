"""What a camera says of itself and of its streams: ONVIF profiles T and S (Media 2, Media 1), by onvif-zeep-async.

Media 2 is asked first, for Media 1 has no word for H.265; its description is in `resources`, for the library brings none. Whatever
addresses a camera names or leads to, it is asked at the one it was found at; streams are those of the same host. Its answers are read
without entities from outside.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault, InputError
from engine.model.history.finding import CameraDescription, FoundStream
from engine.sources.camera.find.reach import check_reach
from engine.sources.camera.urls import split_credentials

PATIENCE_S = 15.0
_MOST_PROFILES, _LONGEST = 32, 200
_OTHER_FORM = (ValueError, TypeError, AttributeError, LookupError)  # of answers that are not as the description has them
_WRONG_LOGIN = re.compile(r"not\s*authori[sz]ed|unauthori[sz]ed|authority failure|\b401\b|failed authentication", re.IGNORECASE)


def describe_camera(address: str, credentials: Credentials | None, patience_s: float = PATIENCE_S) -> CameraDescription:
    """Blocks until the camera has answered, `patience_s` at most.

    Args:
        address: of the device service, or the camera's host with or without a port.

    Raises:
        InputError: `address` is none, or no camera's; `password`: the camera wants another login. EnvironmentFault: `camera_unreachable`;
            `no_media`: it speaks ONVIF, but not of pictures.
    """
    url, host, port = _service(address)
    check_reach(url)
    try:
        return asyncio.run(asyncio.wait_for(_described(url, host, port, credentials), patience_s))
    except TimeoutError:
        raise _silent(host) from None


def _service(address: str) -> tuple[str, str, int]:
    text = address.strip()
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        host, port, parts = "", 0, urlsplit("")
    if not host or parts.scheme not in ("http", "https") or "@" in parts.netloc or re.search(r"\s", text):
        raise InputError("address", f"{address[:60]!r} is no address of a camera; write 192.168.1.20, or its http:// address")
    return text if "://" in text else f"http://{text}", host, port


async def _described(url: str, host: str, port: int, credentials: Credentials | None) -> CameraDescription:
    from aiohttp import ClientError  # these take a second to load, and few need them
    from onvif import ONVIFError  # pyright: ignore[reportMissingTypeStubs]
    from zeep.exceptions import Error

    from engine.sources.camera.find.onvif_client import CameraClient

    login = credentials or Credentials("", "")
    secure = "https://" if url.startswith("https://") else ""
    camera = CameraClient(f"{secure}{host}", port, login.user, login.password)
    try:
        await camera.update_xaddrs()
        device: Any = await camera.create_devicemgmt_service()
        told = await device.GetDeviceInformation()
        streams = await _streams(camera, host)
    except (ONVIFError, Error, ClientError, OSError, *_OTHER_FORM) as error:
        raise _onvif_error(error, host) from None
    finally:
        await camera.close()
    return CameraDescription(url, _line(told.Manufacturer), _line(told.Model), _line(told.FirmwareVersion), streams)


async def _streams(camera: Any, host: str) -> tuple[FoundStream, ...]:
    """By Media 2 where the camera has it; by Media 1 where it has that alone, or where Media 2 answers with a fault or of nothing."""
    from zeep.exceptions import Error

    from engine.sources.camera.find.onvif_client import MEDIA1, MEDIA2

    newer, older = (each in camera.xaddrs for each in (MEDIA2, MEDIA1))
    if not newer and not older:
        raise _without_media(host)
    found: tuple[FoundStream, ...] = ()
    if newer:
        try:
            found = await _by_media2(await camera.create_media2_service(), host)
        except (Error, *_OTHER_FORM):
            if not older:
                raise
    return found or (await _by_media1(await camera.create_media_service(), host) if older else ())


async def _by_media2(media: Any, host: str) -> tuple[FoundStream, ...]:
    async def address(token: str) -> object:
        return await media.GetStreamUri({"Protocol": "RTSP", "ProfileToken": token})

    profiles = await media.GetProfiles({"Type": ["VideoEncoder"]})
    return await _offered(((each, getattr(each.Configurations, "VideoEncoder", None)) for each in profiles or ()), address, host)


async def _by_media1(media: Any, host: str) -> tuple[FoundStream, ...]:
    async def address(token: str) -> object:
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        return (await media.GetStreamUri({"StreamSetup": setup, "ProfileToken": token})).Uri

    profiles = await media.GetProfiles()
    return await _offered(((each, getattr(each, "VideoEncoderConfiguration", None)) for each in profiles or ()), address, host)


async def _offered(profiles: Iterable[tuple[Any, Any]], address: Callable[[str], Awaitable[object]], host: str) -> tuple[FoundStream, ...]:
    """Of profiles, each with what encodes its pictures, those that have some: the largest first, of two alike JPEG last.

    Args:
        address: gives that of a profile's stream, by the profile's token.
    """
    found: list[FoundStream] = []
    for profile, video in islice(profiles, _MOST_PROFILES):
        if video is None:  # of sound or data alone
            continue
        url = _of_host(str(await address(profile.token) or ""), host)
        if url:
            found.append(_stream(_line(profile.Name) or _line(profile.token), url, video))
    return tuple(sorted(found, key=lambda stream: (-stream.width * stream.height, stream.codec == "JPEG")))


def _stream(name: str, url: str, video: Any) -> FoundStream:
    size, rate = getattr(video, "Resolution", None), getattr(video, "RateControl", None)
    width, height = (int(getattr(size, each, 0) or 0) for each in ("Width", "Height"))
    return FoundStream(name, url, _line(video.Encoding), width, height, float(getattr(rate, "FrameRateLimit", 0) or 0))


def _of_host(url: str, host: str) -> str:
    """The stream at the host that was asked: behind a router a camera names an address of its own. Empty where it is no RTSP address."""
    bare, _ = split_credentials(url)
    try:
        parts = urlsplit(bare)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("rtsp", "rtsps") or not parts.hostname or re.search(r"\s", bare):
        return ""
    bracketed = f"[{host}]" if ":" in host else host
    return urlunsplit(parts._replace(netloc=bracketed if port is None else f"{bracketed}:{port}"))


def _line(text: object) -> str:
    return " ".join(str(text or "").split())[:_LONGEST]


def _onvif_error(error: Exception, host: str) -> EnvironmentFault | InputError:
    said: Sequence[str] = (str(error), str(getattr(error, "code", "")), str(getattr(error, "subcodes", "")))
    if any(_WRONG_LOGIN.search(each) for each in said):
        return InputError("password", f"{host} refused this user or password. Use the camera's own login.")
    return _silent(host)


def _silent(host: str) -> EnvironmentFault:
    sentence = (
        f"{host} does not answer as an ONVIF camera. Check that ONVIF is switched on in the camera's own settings, or type its address."
    )
    return EnvironmentFault("camera_unreachable", sentence)


def _without_media(host: str) -> EnvironmentFault:
    sentence = (
        f"{host} speaks ONVIF, but offers no pictures by it (neither Media nor Media 2). Try the usual addresses of its maker, or type "
        "the address of its stream."
    )
    return EnvironmentFault("no_media", sentence)
