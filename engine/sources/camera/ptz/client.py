"""One camera's steering by ONVIF: what it can, and each request as one call with a time limit. Asyncio; one loop.

Addresses are checked on what the name resolves to, redirects are refused and answers bounded (`find.onvif_client`). What a camera says is
data: numbers are clipped, names are one line, lists are cut.
"""

import asyncio
import math
from collections.abc import Awaitable, Sequence
from dataclasses import field
from importlib import import_module
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import urlsplit

from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault, InputError
from engine.model.ptz.view import CAMERA_TOUR, CameraOutput, PtzAbilities, PtzPosition, PtzPreset, TourName
from engine.model.value_class import dataclass
from engine.sources.camera.find.reach import check_reach

CALL_S = 2.5
OPEN_S = 20.0
_PTZ, _IMAGING, _IO = (f"http://www.onvif.org/{each}/wsdl" for each in ("ver20/ptz", "ver20/imaging", "ver10/deviceIO"))
_FOV = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/TranslationSpaceFov"
_MOST_PRESETS, _MOST_TOURS, _MOST_OUTPUTS, _MOST_PROFILES, _LONGEST = 300, 50, 32, 64, 64
T = TypeVar("T")


class PtzFault(Exception):
    """The camera refuses, does not answer in time, or answers nonsense. The message is for the log and the trouble line."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """None: the camera does not say."""

    position: PtzPosition | None = None
    moving: bool | None = None


@dataclass(frozen=True, slots=True)
class PtzDescription:
    """Read once when the camera is reached."""

    can: PtzAbilities
    presets: tuple[PtzPreset, ...] = ()
    tours: tuple[TourName, ...] = ()
    outputs: tuple[CameraOutput, ...] = ()


@dataclass(slots=True)
class _Parts:
    """Services of the camera, and the tokens that its requests need."""

    camera: Any
    ptz: Any = None
    imaging: Any = None
    io: Any = None
    profile: str = ""
    source: str = ""
    iris: tuple[float, float] = (0.0, 0.0)  # of its attenuation: closed, open
    modes: dict[str, str] = field(default_factory=dict[str, str])  # of outputs by token


class PtzClient:
    """`open` first. All raise PtzFault; those that take no time limit of their own are given `CALL_S`."""

    def __init__(self, address: str, login: Credentials | None) -> None:
        self._address, self._login = address, login
        self._parts: _Parts | None = None

    async def open(self) -> PtzDescription:
        """Raises also InputError: an address that no camera has; EnvironmentFault: its name is not known."""
        await asyncio.to_thread(_make_ready, self._address)
        return await _call(self._open(), OPEN_S)

    async def close(self) -> None:
        parts, self._parts = self._parts, None
        if parts is not None:
            try:
                await _call(parts.camera.close())
            except PtzFault:
                return  # it is gone either way

    # movement

    async def move(self, pan: float, tilt: float, zoom: float, timeout_s: float) -> None:
        """At shares of the top speed. A camera that heeds `timeout_s` stops by itself then."""
        velocity: dict[str, Any] = {}
        if (pan, tilt) != (0, 0) or zoom == 0:
            velocity["PanTilt"] = {"x": pan, "y": tilt}
        if zoom != 0:
            velocity["Zoom"] = {"x": zoom}
        given = {"ProfileToken": self._on.profile, "Velocity": velocity, "Timeout": _duration(timeout_s)}
        await _call(self._on.ptz.ContinuousMove(given))

    async def stop(self) -> None:
        await _call(self._on.ptz.Stop({"ProfileToken": self._on.profile, "PanTilt": True, "Zoom": True}))

    async def centre(self, x: float, y: float) -> None:
        """By shares of half the picture: −1 to 1, right and up positive."""
        translation = {"PanTilt": {"x": x, "y": y, "space": _FOV}}
        await _call(self._on.ptz.RelativeMove({"ProfileToken": self._on.profile, "Translation": translation}))

    async def where(self) -> Whereabouts:
        return _whereabouts(await _call(self._on.ptz.GetStatus({"ProfileToken": self._on.profile})))

    async def go_home(self) -> None:
        await _call(self._on.ptz.GotoHomePosition({"ProfileToken": self._on.profile}))

    async def set_home(self) -> None:
        await _call(self._on.ptz.SetHomePosition({"ProfileToken": self._on.profile}))

    # presets and the camera's own tours

    async def presets(self) -> tuple[PtzPreset, ...]:
        return _presets(await _call(self._on.ptz.GetPresets({"ProfileToken": self._on.profile})))

    async def go_to_preset(self, token: str) -> None:
        await _call(self._on.ptz.GotoPreset({"ProfileToken": self._on.profile, "PresetToken": token}))

    async def set_preset(self, name: str, token: str) -> str:
        given = {"ProfileToken": self._on.profile, "PresetName": name} | ({"PresetToken": token} if token else {})
        return _line(await _call(self._on.ptz.SetPreset(given)))

    async def remove_preset(self, token: str) -> None:
        await _call(self._on.ptz.RemovePreset({"ProfileToken": self._on.profile, "PresetToken": token}))

    async def run_tour(self, token: str, run: bool) -> None:
        given = {"ProfileToken": self._on.profile, "PresetTourToken": token, "Operation": "Start" if run else "Stop"}
        await _call(self._on.ptz.OperatePresetTour(given))

    # lens

    async def focus(self, speed: float) -> None:
        """0 stops it."""
        if speed == 0:
            await _call(self._on.imaging.Stop({"VideoSourceToken": self._on.source}))
        else:
            await _call(self._on.imaging.Move({"VideoSourceToken": self._on.source, "Focus": {"Continuous": {"Speed": speed}}}))

    async def autofocus(self, on: bool) -> None:
        await self._set_imaging({"Focus": {"AutoFocusMode": "AUTO" if on else "MANUAL"}})

    async def iris(self, share: float) -> None:
        """From 0 (closed) to 1 (open)."""
        closed, opened = self._on.iris
        await self._set_imaging({"Exposure": {"Mode": "MANUAL", "Iris": closed + share * (opened - closed)}})

    async def auto_iris(self) -> None:
        await self._set_imaging({"Exposure": {"Mode": "AUTO"}})

    async def _set_imaging(self, settings: dict[str, Any]) -> None:
        given = {"VideoSourceToken": self._on.source, "ImagingSettings": settings, "ForcePersistence": False}
        await _call(self._on.imaging.SetImagingSettings(given))

    # outputs

    async def switch(self, token: str, active: bool) -> None:
        given = {"RelayOutputToken": token, "LogicalState": "active" if active else "inactive"}
        await _call(self._on.io.SetRelayOutputState(given))

    # opening

    @property
    def _on(self) -> _Parts:
        if self._parts is None:
            raise PtzFault("not connected")
        return self._parts

    async def _open(self) -> PtzDescription:
        from engine.sources.camera.find.onvif_client import CameraClient

        parts, login = urlsplit(self._address), self._login or Credentials("", "")
        secure, port = ("https://", 443) if parts.scheme == "https" else ("", 80)
        camera: Any = CameraClient(f"{secure}{parts.hostname}", parts.port or port, login.user, login.password)
        on = _Parts(camera)
        try:
            await camera.update_xaddrs()
            description = await self._describe(on)
        except BaseException:
            await camera.close()
            raise
        self._parts = on
        return description

    async def _describe(self, on: _Parts) -> PtzDescription:
        can = PtzAbilities()
        presets: tuple[PtzPreset, ...] = ()
        tours: tuple[TourName, ...] = ()
        profile = await self._profile(on)
        if profile is not None and _PTZ in on.camera.xaddrs:
            on.ptz = await on.camera.create_ptz_service()
            can = await self._abilities(on, profile)
            presets = _presets(await self._or_none(on.ptz.GetPresets({"ProfileToken": on.profile}))) if can.presets else ()
            tours = await self._tours(on)
        if on.source and _IMAGING in on.camera.xaddrs:
            on.imaging = await on.camera.create_imaging_service()
            can = await self._lens(on, can)
        return PtzDescription(can, presets, tours, await self._outputs(on))

    async def _profile(self, on: _Parts) -> Any:
        """The first with a PTZ configuration; None where there is none. Also finds the video source for the lens."""
        from engine.sources.camera.find.onvif_client import MEDIA1, MEDIA2

        found: Sequence[Any] = ()
        if MEDIA1 in on.camera.xaddrs:
            media = await on.camera.create_media_service()
            found = await media.GetProfiles() or ()
        elif MEDIA2 in on.camera.xaddrs:
            media = await on.camera.create_media2_service()
            found = await media.GetProfiles({"Type": ["VideoSource", "PTZ"]}) or ()
        profiles = tuple(islice(found, _MOST_PROFILES))
        on.source = next((source for each in profiles if (source := _source_of(each))), "")
        steered = next((each for each in profiles if _ptz_of(each) is not None), None)
        on.profile = "" if steered is None else str(steered.token)
        return steered

    async def _abilities(self, on: _Parts, profile: Any) -> PtzAbilities:
        configuration: Any = _ptz_of(profile)
        node = await self._or_none(on.ptz.GetNode({"NodeToken": str(configuration.NodeToken)}))
        options = await self._or_none(on.ptz.GetConfigurationOptions({"ConfigurationToken": str(configuration.token)}))
        spaces = getattr(options, "Spaces", None) or getattr(node, "SupportedPTZSpaces", None)
        status = await self._or_none(on.ptz.GetStatus({"ProfileToken": on.profile}))
        home = bool(getattr(node, "HomeSupported", False))
        return PtzAbilities(
            pan_tilt=bool(_list(spaces, "ContinuousPanTiltVelocitySpace")),
            zoom=bool(_list(spaces, "ContinuousZoomVelocitySpace")),
            centre=any(str(getattr(each, "URI", "")) == _FOV for each in _list(spaces, "RelativePanTiltTranslationSpace")),
            absolute=bool(_list(spaces, "AbsolutePanTiltPositionSpace")),
            home=home,
            set_home=home and not getattr(node, "FixedHomePosition", False),
            presets=max(0, min(int(getattr(node, "MaximumNumberOfPresets", 0) or 0), _MOST_PRESETS)),
            status=_whereabouts(status).position is not None,
        )

    async def _lens(self, on: _Parts, can: PtzAbilities) -> PtzAbilities:
        from dataclasses import replace

        options = await self._or_none(on.imaging.GetOptions({"VideoSourceToken": on.source}))
        moves = await self._or_none(on.imaging.GetMoveOptions({"VideoSourceToken": on.source}))
        modes = [str(each) for each in _list(getattr(options, "Focus", None), "AutoFocusModes")]
        exposure = getattr(options, "Exposure", None)
        exposures = [str(each) for each in _list(exposure, "Mode")]
        limits = _range(getattr(exposure, "Iris", None))
        on.iris = limits or on.iris
        return replace(
            can,
            focus=getattr(moves, "Continuous", None) is not None,
            autofocus="AUTO" in modes and "MANUAL" in modes,
            iris=limits is not None and "MANUAL" in exposures,
            auto_iris=limits is not None and "MANUAL" in exposures and "AUTO" in exposures,
        )

    async def _tours(self, on: _Parts) -> tuple[TourName, ...]:
        tours = await self._or_none(on.ptz.GetPresetTours({"ProfileToken": on.profile}))
        named = ((str(each.token), _line(each.Name)) for each in islice(tours or (), _MOST_TOURS))
        return tuple(TourName(f"{CAMERA_TOUR}{token}"[:_LONGEST], name or token) for token, name in named)

    async def _outputs(self, on: _Parts) -> tuple[CameraOutput, ...]:
        """By DeviceIO where the camera has it, by its device service otherwise."""
        on.io = await (on.camera.create_deviceio_service() if _IO in on.camera.xaddrs else on.camera.create_devicemgmt_service())
        found: list[CameraOutput] = []
        for each in islice(await self._or_none(on.io.GetRelayOutputs()) or (), _MOST_OUTPUTS):
            token, pulse = str(each.token)[:_LONGEST], str(getattr(each.Properties, "Mode", "")) == "Monostable"
            found.append(CameraOutput(token, token, pulse))
        return tuple(found)

    async def _or_none(self, call: Awaitable[Any]) -> Any:
        """None where the camera refuses or answers nonsense: it does not have that. Silence is not taken for a refusal."""
        from onvif import ONVIFError  # pyright: ignore[reportMissingTypeStubs]
        from zeep.exceptions import Error

        try:
            return await call
        except (ONVIFError, Error, ValueError, TypeError, AttributeError, LookupError):
            return None


def _make_ready(address: str) -> None:
    """Blocks: looks the name up, and loads the library, which takes seconds on a slow machine; no other camera may wait for that."""
    import_module("engine.sources.camera.find.onvif_client")
    check_reach(address)


async def _call(work: Awaitable[T], limit_s: float = CALL_S) -> T:
    """Raises PtzFault for all that a camera can do wrong."""
    from aiohttp import ClientError
    from onvif import ONVIFError  # pyright: ignore[reportMissingTypeStubs]
    from zeep.exceptions import Error

    try:
        async with asyncio.timeout(limit_s):
            return await work
    except TimeoutError:
        raise PtzFault("does not answer in time") from None
    except (InputError, EnvironmentFault, PtzFault):
        raise
    except (ONVIFError, Error, ClientError, OSError, ValueError, TypeError, AttributeError, LookupError) as error:
        raise PtzFault(_line(error) or type(error).__name__) from None


def _list(holder: Any, name: str) -> Sequence[Any]:
    found: Any = getattr(holder, name, None)
    return found if isinstance(found, list) else ()  # pyright: ignore[reportUnknownVariableType]


def _ptz_of(profile: Any) -> Any:
    return getattr(profile, "PTZConfiguration", None) or getattr(getattr(profile, "Configurations", None), "PTZ", None)


def _source_of(profile: Any) -> str:
    source = getattr(profile, "VideoSourceConfiguration", None) or getattr(getattr(profile, "Configurations", None), "VideoSource", None)
    return str(getattr(source, "SourceToken", "") or "")


def _presets(found: Any) -> tuple[PtzPreset, ...]:
    """Those without a token cannot be asked for."""
    named = ((str(getattr(each, "token", "") or "")[:_LONGEST], _line(getattr(each, "Name", ""))) for each in found or ())
    return tuple(PtzPreset(token, name or token) for token, name in islice(named, _MOST_PRESETS) if token)


def _whereabouts(status: Any) -> Whereabouts:
    position, move = getattr(status, "Position", None), getattr(status, "MoveStatus", None)
    pan_tilt, zoom = getattr(position, "PanTilt", None), getattr(position, "Zoom", None)
    states = [str(state) for name in ("PanTilt", "Zoom") if (state := getattr(move, name, None)) is not None]
    moving = None if not states or all(state == "UNKNOWN" for state in states) else "MOVING" in states
    if pan_tilt is None and zoom is None:
        return Whereabouts(None, moving)
    return Whereabouts(PtzPosition(_number(pan_tilt, "x"), _number(pan_tilt, "y"), _number(zoom, "x")), moving)


def _number(holder: Any, name: str) -> float:
    value = getattr(holder, name, 0.0)
    return max(-1e6, min(1e6, float(value))) if isinstance(value, (int, float)) and math.isfinite(value) else 0.0


def _range(holder: Any) -> tuple[float, float] | None:
    """Of an iris, closed and open: ONVIF gives its attenuation in dB, and 0 is wholly open. None: the camera does not say."""
    if holder is None:
        return None
    limits = sorted((_number(holder, "Min"), _number(holder, "Max")), key=abs, reverse=True)
    return None if limits[0] == limits[1] else (limits[0], limits[1])


def _duration(seconds: float) -> Any:
    from datetime import timedelta

    return timedelta(seconds=seconds)


def _line(text: object) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in str(text or "")).split())[:_LONGEST]
