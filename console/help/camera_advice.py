"""Rules of guided help that are about one camera. What is wrong is decided by the engine's word for it (`CameraHealth.fault`) and by what
kind of camera it is, never by the sentence: an address may hold any word. Pure."""

from dataclasses import replace
from functools import partial

from console.help.advice import Advice, Found, Rule, Words, build_advice
from engine.model.health import CameraState
from engine.model.settings import CameraKind, CameraSettings, camera_kind
from engine.model.snapshot import CameraView, Snapshot
from engine.model.time import SECOND
from engine.model.upkeep import UpkeepView
from widgets.fields.marked import marked
from widgets.number_text import number_text
from widgets.time_text import duration_text

SLOW_FPS = 3.0
LONG_CONNECTING_NS = 15 * SECOND
OTHER = "lost"  # the rule for a word that nobody here knows, such as a newer engine's
SWITCHED_OFF = "off"

_EVERY = {"input": "address", "bug": "bug", "interrupted": "begun-anew"}
_OF_STREAMS = _EVERY | {
    "credentials": "login",
    "forbidden": "rights",
    "not_found": "no-stream",
    "refused": "no-answer",
    "error_answer": "error-answer",
    "timeout": "unreachable",
    "unreachable": "unreachable",
    "no_access": "unreachable",  # this machine's own firewall, mostly
    "unknown_host": "unknown-name",
    "tls": "encryption",
    "unreadable": "no-video",
    "no_picture": "no-video",
    "codec": "codec",
    "too_large": "too-large",
    "damaged": "damaged",
    "stalled": "broke-off",
    "closed": "broke-off",
}
_OF_FILES = _EVERY | {
    "not_found": "no-file",
    "no_access": "no-access",
    "unreadable": "file-no-video",
    "no_picture": "file-no-video",
    "codec": "file-no-video",
    "too_large": "too-large",
    "damaged": "file-no-video",
    "closed": "file-no-video",  # it ends before it has begun
    "timeout": "file-slow",
    "stalled": "file-slow",
    "unreachable": "file-slow",
}
_OF_USB = _EVERY | {
    "absent": "unplugged",
    "closed": "unplugged",
    "timeout": "usb-hangs",
    "stalled": "usb-hangs",
    "no_picture": "usb-no-picture",
    "too_large": "too-large",
    "damaged": "usb-no-picture",
}
_OF_SIMULATED = _EVERY | {"no_process": "no-stage", "timeout": "no-stage"}
RULE_OF: dict[CameraKind, dict[str, str]] = {
    CameraKind.RTSP: _OF_STREAMS,
    CameraKind.MJPEG: _OF_STREAMS,
    CameraKind.FILE: _OF_FILES,
    CameraKind.FOLDER: _OF_FILES,
    CameraKind.USB: _OF_USB,
    CameraKind.SIMULATED: _OF_SIMULATED,
}


def advice_about(snapshot: Snapshot, camera_id: str) -> tuple[Advice, ...]:
    """What to try with one camera now. Why one is switched off needs no finding out."""
    alone = replace(snapshot, cameras=tuple(view for view in snapshot.cameras if view.settings.id == camera_id))
    rules = (rule for rule in CAMERA_RULES if rule.id != SWITCHED_OFF)
    return tuple(build_advice(rule, words) for rule in rules for words in rule.look(alone, UpkeepView()))


def advice_for_test(camera: CameraSettings, fault: str, reason: str) -> Advice:
    """Of a test that failed. `fault`, `reason`: as the engine says them."""
    wanted = _rule_id(camera.url, fault)
    return build_advice(
        next(rule for rule in CAMERA_RULES if rule.id == wanted), {"camera": camera.name, "id": camera.id, "reason": reason}
    )


def _rule_id(url: str, fault: str) -> str:
    return RULE_OF[camera_kind(url)].get(fault, OTHER)


def _camera_fields(view: CameraView, **more: str) -> Words:
    return {"camera": view.settings.name, "id": view.settings.id, "reason": view.health.reason, **more}


def _lost_cameras(rule_id: str, snapshot: Snapshot, _: UpkeepView) -> Found:
    """With a smaller stream it is that one which speaks for the camera."""
    for view in snapshot.cameras:
        watched = view.settings.sub_url or view.settings.url
        if view.health.state is CameraState.LOST and _rule_id(watched, view.health.fault) == rule_id:
            yield _camera_fields(view)


def _connecting(snapshot: Snapshot, _: UpkeepView) -> Found:
    for view in snapshot.cameras:
        since = snapshot.at_ns - view.health.since_ns
        if view.health.state is CameraState.CONNECTING and view.health.since_ns and since > LONG_CONNECTING_NS:
            yield _camera_fields(view, since=duration_text(since // SECOND * SECOND))


def _switched_off(snapshot: Snapshot, _: UpkeepView) -> Found:
    return (_camera_fields(view) for view in snapshot.cameras if view.health.state is CameraState.PAUSED)


def _slow(snapshot: Snapshot, _: UpkeepView) -> Found:
    for view in snapshot.cameras:
        if view.health.state is CameraState.LIVE and 0 < view.health.fps < SLOW_FPS:
            yield _camera_fields(view, fps=number_text(view.health.fps, ".1f"))


def _wrong_clock(snapshot: Snapshot, _: UpkeepView) -> Found:
    for view in snapshot.cameras:
        if view.health.state is CameraState.LIVE and view.health.clock_wrong:
            yield _camera_fields(view, ahead=f"{number_text(view.health.clock_ahead_s or 0, '+.0f')} s")


def _when_lost(rule_id: str, title: str, because: str, *tries: str) -> Rule:
    return Rule(rule_id, title, because, tries, partial(_lost_cameras, rule_id))


_TOO_MANY = marked("The camera may have too many viewers: most serve four to six streams. Close other viewers.")
_OTHER_PROGRAMS = marked("Close other programs that use it, such as video calls.")
_TCP = marked("Under Login and stream, choose TCP instead of UDP.")
CAMERA_RULES: tuple[Rule, ...] = (
    _when_lost(
        "too-large",
        marked("No picture of {camera}: its pictures are too large"),
        marked("The resolution exceeds the limit of this camera, so frames are not decoded. {reason}"),
        marked("Choose a smaller resolution at the source, or enter a smaller stream of it."),
        marked("If the resolution is intended, raise Largest picture in its settings."),
        marked("An unexpected change of resolution may be tampering: check who has access to the camera."),
    ),
    _when_lost(
        "login",
        marked("No picture of {camera}: it refuses the login"),
        marked("The camera rejects this user or password. {reason}"),
        marked("Enter user and password again under Login and stream, and press Test."),
        marked("Many cameras have a separate account for RTSP or ONVIF: check the users on its web page."),
        marked("Some cameras lock an account after failed logins: wait some minutes or restart the camera."),
    ),
    _when_lost(
        "rights",
        marked("No picture of {camera}: this user has no right to view it"),
        marked("The user lacks the right to view the stream. {reason}"),
        marked("Give the user that right on the camera's web page, under users."),
        marked("Or enter another user under Login and stream, and press Test."),
        marked("Some cameras restrict access by address: allow the engine's computer on the camera's web page."),
    ),
    _when_lost(
        "no-stream",
        marked("No picture of {camera}: it has no such stream"),
        marked("The camera answers, but does not know the path of the address. {reason}"),
        marked("Choose…, Find a camera on the network lists its streams."),
        marked("On a recorder: check that a camera is connected to this channel and that the channel is on."),
        marked("The stream may be off on the camera's web page, or renamed by an update."),
    ),
    _when_lost(
        "no-answer",
        marked("No picture of {camera}: nothing answers at its port"),
        marked("The device is reachable, but refuses the connection. {reason}"),
        marked("If it was just switched on, wait two minutes: cameras start slowly."),
        marked("Check on its web page that the stream is on, and its port; the default for RTSP is 554."),
        marked("Another device may use its address: find the camera again with Choose… and give it a fixed address."),
    ),
    _when_lost(
        "error-answer",
        marked("No picture of {camera}: it answers with an error"),
        marked("The camera answers, but does not deliver its stream. {reason}"),
        _TOO_MANY,
        marked("Restart the camera on its web page, or disconnect its power for ten seconds."),
        marked("Compare the address with the camera's manual; press Test to try another."),
    ),
    _when_lost(
        "unreachable",
        marked("No picture of {camera}: it cannot be reached"),
        marked("No answer from its address. {reason}"),
        marked("Check its power, and the light at its network port."),
        marked("Open its web page on the engine's computer. If that works, check the address of the stream."),
        marked("The router may have assigned another address: find the camera again with Choose… and give it a fixed address."),
        marked("Choose TCP instead of UDP across firewalls and Wi-Fi."),
    ),
    _when_lost(
        "unknown-name",
        marked("No picture of {camera}: its host name cannot be resolved"),
        marked("The host name in its address is unknown. {reason}"),
        marked("Check the spelling of the address."),
        marked("Use the IP address, such as 192.168.1.20; Choose… finds it."),
        marked("Check the network connection and DNS server of the engine's computer."),
    ),
    _when_lost(
        "encryption",
        marked("No picture of {camera}: the encrypted connection fails"),
        marked("The camera does not support TLS at this port, or only an outdated version. {reason}"),
        marked("Check on its web page that encrypted streams are on, and their port: often 322 for rtsps, 443 for https."),
        marked("Update the camera's firmware."),
        marked("In a private network, use rtsp or http in the address instead of rtsps or https."),
    ),
    _when_lost(
        "no-video",
        marked("No picture of {camera}: its address delivers no video"),
        marked("The address answers, but without readable video. {reason}"),
        marked("The address may be that of a web page: use that of the stream. Choose… finds it."),
        marked("Check on the camera's web page that video is on, and its resolution."),
        marked("Restart the camera."),
    ),
    _when_lost(
        "codec",
        marked("No picture of {camera}: its video cannot be decoded"),
        marked("The camera sends an unsupported format. {reason}"),
        marked("Set its video to H.264, H.265 or MJPEG on its web page."),
        marked("Switch off proprietary variants such as H.264+, H.265+ or Smart Codec."),
        marked("Or use another of its streams, and press Test."),
    ),
    _when_lost(
        "damaged",
        marked("No picture of {camera}: its video is corrupted"),
        marked("Data arrives, but no complete frame. {reason}"),
        _TCP,
        marked("Lower its bit rate on its web page and set a keyframe interval of one or two seconds."),
        marked("Check for weak Wi-Fi or a bad cable or connector."),
    ),
    _when_lost(
        "broke-off",
        marked("No picture of {camera}: the connection was lost"),
        marked("The stream stopped. Reconnecting continuously. {reason}"),
        marked("Wait two minutes: it reconnects after a restart."),
        marked("If this happens often, check cable, Wi-Fi and power. A weak power supply fails at night, with infrared on."),
        _TOO_MANY,
        _TCP,
    ),
    _when_lost(
        "no-file",
        marked("No picture of {camera}: its file does not exist"),
        marked("There is no file at this path. {reason}"),
        marked("It may have been moved, renamed or deleted: select it again with Choose…"),
        marked("Connect its disk or network drive."),
        marked("The path is on the engine's computer, which may not be this one."),
    ),
    _when_lost(
        "no-access",
        marked("No picture of {camera}: no permission to read its file"),
        marked("The account of the engine may not read the file. {reason}"),
        marked("Allow that account to read the file and its folders."),
        marked("Or copy the file to a readable folder and select it with Choose…"),
    ),
    _when_lost(
        "file-no-video",
        marked("No picture of {camera}: its file contains no video"),
        marked("The file exists, but contains no playable video. {reason}"),
        marked("Play it in another program: it may be damaged or still being written."),
        marked("Convert it to MP4 with H.264."),
        marked("For a folder of JPEG or PNG pictures, enter folder: and its path. Playlists are not supported."),
    ),
    _when_lost(
        "file-slow",
        marked("No picture of {camera}: reading its file is too slow"),
        marked("Reading takes too long or fails. {reason}"),
        marked("Check its disk or network drive."),
        marked("Copy it to a disk of the engine's computer and select it with Choose…"),
    ),
    _when_lost(
        "unplugged",
        marked("No picture of {camera}: not connected, or in use"),
        marked("The engine's computer does not find it, or another program uses it. {reason}"),
        marked("Connect it to the engine's computer, without a hub if possible."),
        _OTHER_PROGRAMS,
        marked("Its number may have changed: select it again by name with Choose…"),
    ),
    _when_lost(
        "usb-hangs",
        marked("No picture of {camera}: no response"),
        marked("It is connected, but sends nothing. {reason}"),
        marked("Disconnect it and connect it again."),
        marked("Connect it directly: hubs lack power for several cameras."),
        _OTHER_PROGRAMS,
    ),
    _when_lost(
        "usb-no-picture",
        marked("No picture of {camera}: not a video device"),
        marked("It is connected, but may not be a camera, or is a secondary device of one. {reason}"),
        marked("Select another by name with Choose…"),
        _OTHER_PROGRAMS,
    ),
    _when_lost(
        "no-stage",
        marked("No picture of {camera}: the simulation has stopped"),
        marked("The simulation process is not running. {reason}"),
        marked("Check the memory of the engine's computer and close other programs."),
        marked("Restart Watchroom."),
    ),
    _when_lost(
        "address",
        marked("No picture of {camera}: its address cannot be used"),
        marked("The address is invalid. {reason}"),
        marked("Correct the address; Choose… lists available sources."),
        marked("Press Test to check it."),
    ),
    _when_lost(
        "bug",
        marked("No picture of {camera}: internal error"),
        marked("The error is in Watchroom, not in the camera. Retrying continuously. {reason}"),
        marked("Pause the camera and switch it on again, in its menu."),
        marked("See System: Last errors. For support, use Activity: Copy diagnostics."),
    ),
    _when_lost(
        "begun-anew",
        marked("No picture of {camera}: reading was interrupted"),
        marked("It restarts automatically. {reason}"),
        marked("Wait some seconds."),
        marked("If this persists, pause the camera and switch it on again in its menu."),
    ),
    _when_lost(
        OTHER,
        marked("No picture of {camera}"),
        "{reason}",
        marked("Edit the camera and press Test to see the cause."),
        marked("Check whether another program on the engine's computer shows its picture."),
    ),
    Rule(
        "connecting",
        marked("No picture of {camera} yet: it has been connecting for {since}"),
        marked("It accepts the connection, but sends no video."),
        (_TOO_MANY, marked("Set H.264 instead of H.265, or a smaller picture, on the camera's web page.")),
        _connecting,
    ),
    Rule(
        SWITCHED_OFF,
        marked("No picture of {camera}: paused"),
        marked("The camera was paused; it is neither shown nor recorded."),
        (marked("Switch it on in the menu of its tile on Live or its row on System."),),
        _switched_off,
    ),
    Rule(
        "slow",
        marked("The picture of {camera} stutters: {fps} fps"),
        marked("Frames arrive late or not at all: network or camera is too slow."),
        (
            marked("Lower its resolution or bit rate; 2 to 4 Mbit/s is usually enough."),
            marked("Use a cable instead of Wi-Fi, or TCP instead of UDP."),
            marked("Check the processor load on System."),
        ),
        _slow,
    ),
    Rule(
        "clock",
        marked("{camera} shows the wrong time ({ahead})"),
        marked("Watchroom uses this computer's clock; the time written into the camera's picture is wrong."),
        (marked("Set the same NTP server as on this computer in the camera, and its time zone."),),
        _wrong_clock,
    ),
)
