"""A PTZ camera on loopback by ONVIF: it moves in real time, and refuses, stalls and lies on demand.

with ptz_camera() as camera:
    camera.faults.hanging.add("ContinuousMove")
    camera.position        # where it really looks, whatever it says
"""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.fakes.onvif_camera import OnvifCamera, onvif_camera
from tests.fakes.waiting import LONGEST_S

Axes = tuple[float, float, float]
SPEED = 0.5  # of an axis a second, at full speed
GO_SPEED = 1.5
REFUSAL = (
    "<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang='en'>Out of order</s:Text></s:Reason></s:Fault>"
)
_SPACES = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/"
_RANGE = "<tt:{0}Range><tt:Min>{1}</tt:Min><tt:Max>1</tt:Max></tt:{0}Range>"
_PLANE = "<tt:{0}><tt:URI>{1}</tt:URI>" + _RANGE.format("X", -1) + _RANGE.format("Y", -1) + "</tt:{0}>"
_LINE = "<tt:{0}><tt:URI>http://www.onvif.org/ver10/tptz/ZoomSpaces/{1}</tt:URI>" + _RANGE.format("X", -1) + "</tt:{0}>"
_SOURCE = (
    '<tt:VideoSourceConfiguration token="vs"><tt:Name>vs</tt:Name><tt:UseCount>1</tt:UseCount><tt:SourceToken>lens</tt:SourceToken>'
    '<tt:Bounds x="0" y="0" width="1920" height="1080"/></tt:VideoSourceConfiguration>'
)
_CONFIGURATION = (
    '<tt:PTZConfiguration token="conf"><tt:Name>conf</tt:Name><tt:UseCount>1</tt:UseCount><tt:NodeToken>node</tt:NodeToken>'
    "</tt:PTZConfiguration>"
)


@dataclass
class PtzFaults:
    """By the name of the request. `hanging`: no answer comes; `late_s`: it comes, and counts, so late."""

    hanging: set[str] = field(default_factory=set)
    refusing: set[str] = field(default_factory=set)
    closing: set[str] = field(default_factory=set)
    huge: set[str] = field(default_factory=set)
    late_s: dict[str, float] = field(default_factory=dict)
    ignores_stop: bool = False
    ignores_timeout: bool = False
    says_still: bool = False  # whatever it does
    says_at: Axes | None = None  # wherever it is
    stuck: bool = False  # takes movements and makes none


@dataclass
class PtzCamera(OnvifCamera):
    """`requests`: what came, by name, with when (monotonic seconds). outputs: active or not, by token; `pulsing`: those that are pulses."""

    media: tuple[str, ...] = ("media", "ptz", "imaging", "deviceio")
    faults: PtzFaults = field(default_factory=PtzFaults)
    requests: list[tuple[str, float]] = field(default_factory=list)
    presets: dict[str, tuple[str, Axes]] = field(default_factory=lambda: {"1": ("Gate", (0.5, 0.1, 0.2)), "2": ("Yard", (-0.5, 0.0, 0.0))})
    outputs: dict[str, bool] = field(default_factory=lambda: {"lamp": False, "door": False})
    pulsing: tuple[str, ...] = ("door",)
    own_tours: tuple[tuple[str, str], ...] = (("t1", "Night round"),)
    has_status: bool = True
    home: Axes = (0.0, 0.0, 0.0)
    focus_speed: float = 0.0
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._at: Axes = self.home
        self._velocity: Axes = (0.0, 0.0, 0.0)
        self._target: Axes | None = None
        self._until_s, self._since_s = 0.0, time.monotonic()
        self.touring = ""
        self.imaging: list[str] = []

    # what a test looks at

    @property
    def position(self) -> Axes:
        with self._lock:
            self._advance()
            return self._at

    @property
    def moving(self) -> bool:
        with self._lock:
            self._advance()
            return self._target is not None or any(self._velocity)

    @property
    def stops_within_s(self) -> float:
        """By the time limit that came with its movement."""
        return self._until_s - time.monotonic()

    def count(self, name: str) -> int:
        return sum(each == name for each, _ in self.requests)

    def wait_for(self, name: str, count: int = 1, timeout_s: float = LONGEST_S) -> None:
        until_s = time.monotonic() + timeout_s
        while self.count(name) < count:
            assert time.monotonic() < until_s, f"{name} did not come {count} times; came: {[each for each, _ in self.requests][-12:]}"
            time.sleep(0.02)

    def push(self, at: Axes) -> None:
        """By somebody else: its own web page, or a hand."""
        with self._lock:
            self._advance()
            self._at = at

    # the camera

    def answer(self, request: str) -> tuple[int, str]:
        found = re.search(r"Body[^>]*>\s*<(?:\w+:)?(\w+)", request)
        name = found[1] if found else ""
        if name == "Stop" and "VideoSourceToken" in request:
            name = "FocusStop"
        self.requests.append((name, time.monotonic()))
        if name in self.faults.closing:
            raise ConnectionAbortedError
        if name in self.faults.hanging:
            self.ended.wait(60)
            raise ConnectionAbortedError
        self.ended.wait(self.faults.late_s.get(name, 0.0))
        status, body = super().answer(request)
        return (status, body + " " * (16 << 20)) if name in self.faults.huge else (status, body)

    def _body(self, name: str, request: str) -> str:
        if name in self.faults.refusing:
            return REFUSAL
        if name == "GetProfiles":
            return (
                super()
                ._body(name, request)
                .replace("<tt:VideoEncoderConfiguration", _SOURCE + "<tt:VideoEncoderConfiguration")
                .replace("</tt:VideoEncoderConfiguration>", "</tt:VideoEncoderConfiguration>" + _CONFIGURATION)
            )
        made = getattr(self, f"_on_{name}", None)
        if made is None:
            return super()._body(name, request)
        with self._lock:
            self._advance()
            return made("FocusStop" if name == "Stop" and "VideoSourceToken" in request else request)

    def _advance(self) -> None:
        now_s = time.monotonic()
        passed_s, self._since_s = now_s - self._since_s, now_s
        if any(self._velocity) and self._until_s and now_s > self._until_s and not self.faults.ignores_timeout:
            passed_s, self._until_s = max(0.0, passed_s - (now_s - self._until_s)), 0.0
            self._step(self._velocity, passed_s * SPEED)
            self._velocity = (0.0, 0.0, 0.0)
        elif any(self._velocity):
            self._step(self._velocity, passed_s * SPEED)
        elif self._target is not None:
            offset = tuple(there - here for there, here in zip(self._target, self._at, strict=True))
            far = max(map(abs, offset))
            share = 1.0 if far == 0 else min(1.0, passed_s * GO_SPEED / far)
            self._step((offset[0], offset[1], offset[2]), share)
            self._target = None if share == 1.0 else self._target

    def _step(self, by: Axes, share: float) -> None:
        if not self.faults.stuck:
            pan, tilt, zoom = (here + each * share for here, each in zip(self._at, by, strict=True))
            self._at = (max(-1.0, min(1.0, pan)), max(-1.0, min(1.0, tilt)), max(0.0, min(1.0, zoom)))

    def _go(self, target: Axes) -> None:
        self._velocity, self._target = (0.0, 0.0, 0.0), target

    def _on_GetNode(self, _: str) -> str:
        spaces = _PLANE.format("ContinuousPanTiltVelocitySpace", f"{_SPACES}VelocityGenericSpace")
        return (
            f'<tptz:GetNodeResponse><tptz:PTZNode token="node" FixedHomePosition="false"><tt:Name>n</tt:Name>'
            f"<tt:SupportedPTZSpaces>{spaces}"
            "</tt:SupportedPTZSpaces><tt:MaximumNumberOfPresets>16</tt:MaximumNumberOfPresets><tt:HomeSupported>true</tt:HomeSupported>"
            "</tptz:PTZNode></tptz:GetNodeResponse>"
        )

    def _on_GetConfigurationOptions(self, _: str) -> str:
        spaces = (
            _PLANE.format("AbsolutePanTiltPositionSpace", f"{_SPACES}PositionGenericSpace"),
            _PLANE.format("RelativePanTiltTranslationSpace", f"{_SPACES}TranslationSpaceFov"),
            _PLANE.format("ContinuousPanTiltVelocitySpace", f"{_SPACES}VelocityGenericSpace"),
            _LINE.format("ContinuousZoomVelocitySpace", "VelocityGenericSpace"),
        )
        return (
            f"<tptz:GetConfigurationOptionsResponse><tptz:PTZConfigurationOptions><tt:Spaces>{''.join(spaces)}</tt:Spaces>"
            "<tt:PTZTimeout><tt:Min>PT1S</tt:Min><tt:Max>PT60S</tt:Max></tt:PTZTimeout></tptz:PTZConfigurationOptions>"
            "</tptz:GetConfigurationOptionsResponse>"
        )

    def _on_GetStatus(self, _: str) -> str:
        if not self.has_status:
            return REFUSAL
        pan, tilt, zoom = self.faults.says_at or self._at
        state = "MOVING" if (self._target is not None or any(self._velocity)) and not self.faults.says_still else "IDLE"
        return (
            f'<tptz:GetStatusResponse><tptz:PTZStatus><tt:Position><tt:PanTilt x="{pan}" y="{tilt}"/><tt:Zoom x="{zoom}"/></tt:Position>'
            f"<tt:MoveStatus><tt:PanTilt>{state}</tt:PanTilt><tt:Zoom>{state}</tt:Zoom></tt:MoveStatus><tt:UtcTime>2026-01-01T00:00:00Z"
            "</tt:UtcTime></tptz:PTZStatus></tptz:GetStatusResponse>"
        )

    def _on_ContinuousMove(self, request: str) -> str:
        pan_tilt, zoom = re.search(r'PanTilt[^>]* x="([^"]+)" y="([^"]+)"', request), re.search(r'Zoom[^>]* x="([^"]+)"', request)
        seconds = re.search(r"Timeout>PT([0-9.]+)S", request)
        assert seconds is not None, "every movement has a time limit"
        pan, tilt = (float(pan_tilt[1]), float(pan_tilt[2])) if pan_tilt else self._velocity[:2]
        self._target, self._velocity = None, (pan, tilt, float(zoom[1]) if zoom else self._velocity[2])
        self._until_s = time.monotonic() + float(seconds[1])
        return "<tptz:ContinuousMoveResponse/>"

    def _on_Stop(self, request: str) -> str:
        if request == "FocusStop":
            self.focus_speed = 0.0
            return "<timg:StopResponse/>"
        if not self.faults.ignores_stop:
            self._velocity, self._target = (0.0, 0.0, 0.0), None
        return "<tptz:StopResponse/>"

    def _on_RelativeMove(self, request: str) -> str:
        by = re.search(r'PanTilt[^>]* x="([^"]+)" y="([^"]+)"', request)
        assert by is not None and f'space="{_SPACES}TranslationSpaceFov"' in request
        pan, tilt, zoom = self._at
        self._go((pan + 0.1 * float(by[1]), tilt + 0.1 * float(by[2]), zoom))
        return "<tptz:RelativeMoveResponse/>"

    def _on_GetPresets(self, _: str) -> str:
        told = (f'<tptz:Preset token="{token}"><tt:Name>{name}</tt:Name></tptz:Preset>' for token, (name, _at) in self.presets.items())
        return f"<tptz:GetPresetsResponse>{''.join(told)}</tptz:GetPresetsResponse>"

    def _on_GotoPreset(self, request: str) -> str:
        token = _token(request, "PresetToken")
        if token not in self.presets:
            return REFUSAL
        self._go(self.presets[token][1])
        return "<tptz:GotoPresetResponse/>"

    def _on_SetPreset(self, request: str) -> str:
        token = _token(request, "PresetToken") or str(max(map(int, self.presets), default=0) + 1)
        self.presets[token] = (_token(request, "PresetName"), self._at)
        return f"<tptz:SetPresetResponse><tptz:PresetToken>{token}</tptz:PresetToken></tptz:SetPresetResponse>"

    def _on_RemovePreset(self, request: str) -> str:
        return "<tptz:RemovePresetResponse/>" if self.presets.pop(_token(request, "PresetToken"), None) else REFUSAL

    def _on_GotoHomePosition(self, _: str) -> str:
        self._go(self.home)
        return "<tptz:GotoHomePositionResponse/>"

    def _on_SetHomePosition(self, _: str) -> str:
        self.home = self._at
        return "<tptz:SetHomePositionResponse/>"

    def _on_GetPresetTours(self, _: str) -> str:
        told = (
            f'<tptz:PresetTour token="{token}"><tt:Name>{name}</tt:Name><tt:Status><tt:State>Idle</tt:State></tt:Status><tt:AutoStart>false'
            "</tt:AutoStart><tt:StartingCondition/></tptz:PresetTour>"
            for token, name in self.own_tours
        )
        return f"<tptz:GetPresetToursResponse>{''.join(told)}</tptz:GetPresetToursResponse>"

    def _on_OperatePresetTour(self, request: str) -> str:
        self.touring = _token(request, "PresetTourToken") if _token(request, "Operation") == "Start" else ""
        return "<tptz:OperatePresetTourResponse/>"

    def _on_GetOptions(self, _: str) -> str:
        return (
            "<timg:GetOptionsResponse><timg:ImagingOptions><tt:Exposure><tt:Mode>AUTO</tt:Mode><tt:Mode>MANUAL</tt:Mode>"
            "<tt:Iris><tt:Min>-20</tt:Min><tt:Max>0</tt:Max></tt:Iris></tt:Exposure><tt:Focus><tt:AutoFocusModes>AUTO</tt:AutoFocusModes>"
            "<tt:AutoFocusModes>MANUAL</tt:AutoFocusModes></tt:Focus></timg:ImagingOptions></timg:GetOptionsResponse>"
        )

    def _on_GetMoveOptions(self, _: str) -> str:
        speed = "<tt:Speed><tt:Min>-1</tt:Min><tt:Max>1</tt:Max></tt:Speed>"
        return (
            f"<timg:GetMoveOptionsResponse><timg:MoveOptions><tt:Continuous>{speed}</tt:Continuous></timg:MoveOptions>"
            "</timg:GetMoveOptionsResponse>"
        )

    def _on_Move(self, request: str) -> str:
        self.focus_speed = float(_token(request, "Speed") or 0)
        return "<timg:MoveResponse/>"

    def _on_SetImagingSettings(self, request: str) -> str:
        self.imaging.append(_token(request, "AutoFocusMode") or f"{_token(request, 'Mode')} iris {_token(request, 'Iris')}".strip())
        return "<timg:SetImagingSettingsResponse/>"

    def _on_GetRelayOutputs(self, _: str) -> str:
        told = (
            f'<tmd:RelayOutputs token="{token}"><tt:Properties><tt:Mode>{"Monostable" if token in self.pulsing else "Bistable"}</tt:Mode>'
            "<tt:DelayTime>PT1S</tt:DelayTime><tt:IdleState>open</tt:IdleState></tt:Properties></tmd:RelayOutputs>"
            for token in self.outputs
        )
        return f"<tmd:GetRelayOutputsResponse>{''.join(told)}</tmd:GetRelayOutputsResponse>"

    def _on_SetRelayOutputState(self, request: str) -> str:
        self.outputs[_token(request, "RelayOutputToken")] = _token(request, "LogicalState") == "active"
        return "<tmd:SetRelayOutputStateResponse/>"


def _token(request: str, name: str) -> str:
    found = re.search(rf"<(?:\w+:)?{name}(?:\s[^>]*)?>([^<]*)<", request)
    return found[1] if found else ""


@contextmanager
def ptz_camera(camera: PtzCamera | None = None) -> Iterator[PtzCamera]:
    made = camera or PtzCamera()
    with onvif_camera(made):
        try:
            yield made
        finally:
            made.ended.set()
