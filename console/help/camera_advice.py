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


_TOO_MANY = marked("Too many may be watching it: most cameras serve four to six streams. Close other viewers.")
_OTHER_PROGRAMS = marked("Close other programs that use it, such as video calls.")
_TCP = marked("Choose TCP where UDP is chosen, under Login and stream.")
CAMERA_RULES: tuple[Rule, ...] = (
    _when_lost(
        "too-large",
        marked("No picture of {camera}: its pictures are too large"),
        marked("Its pictures have more pixels than this camera may have, and were not decoded. {reason}"),
        marked("Choose a smaller resolution at the source, or enter a smaller stream of it."),
        marked("If the camera is meant to be this large, raise Largest picture in its settings."),
        marked("A camera whose resolution grew by itself may have been tampered with: check who has access to it."),
    ),
    _when_lost(
        "login",
        marked("No picture of {camera}: it refuses the login"),
        marked("The camera answers, but not with this name and password. {reason}"),
        marked("Enter user and password anew, under Login and stream; Test shows at once whether they are right."),
        marked("Many cameras have an account of their own for RTSP or ONVIF: look at its web page, under users."),
        marked("Some lock an account after wrong tries: wait some minutes, or restart the camera."),
    ),
    _when_lost(
        "rights",
        marked("No picture of {camera}: this user may not watch it"),
        marked("The camera knows the user, who lacks the right to see its pictures. {reason}"),
        marked("Give the user that right on the camera's web page, under users."),
        marked("Or enter another user, under Login and stream; Test shows at once whether that one may."),
        marked("Some cameras let only some addresses watch: allow the engine's machine on the camera's web page."),
    ),
    _when_lost(
        "no-stream",
        marked("No picture of {camera}: it has no such stream"),
        marked("It is reached, but what follows its name in the address is unknown to it. {reason}"),
        marked("Choose…, Find a camera on the network lists the streams that it really has."),
        marked("Of a recorder: see whether a camera is connected to this channel, and the channel switched on."),
        marked("The stream may be switched off on the camera's web page, or be called otherwise since an update."),
    ),
    _when_lost(
        "no-answer",
        marked("No picture of {camera}: nothing answers at its port"),
        marked("A machine is there, but nothing on it takes the connection. {reason}"),
        marked("Where it was just switched on, wait two minutes: cameras take long to start."),
        marked("See on its web page whether the stream is switched on, and at which port; 554 is usual for RTSP."),
        marked("Another device may have its address now: find the camera anew with Choose…, and give it a fixed address."),
    ),
    _when_lost(
        "error-answer",
        marked("No picture of {camera}: it answers with an error"),
        marked("It is reached, but does not give its stream now. {reason}"),
        _TOO_MANY,
        marked("Restart the camera: on its web page, or by taking its power away for ten seconds."),
        marked("Compare the address with the camera's manual; Test shows at once whether another one works."),
    ),
    _when_lost(
        "unreachable",
        marked("No picture of {camera}: it cannot be reached"),
        marked("Nothing comes from its address. {reason}"),
        marked("See whether it has power, and whether the lamp at its network plug is lit."),
        marked("Open its web page from the engine's machine. If that works, compare the address of the stream."),
        marked("It may have got another address from the router: find it anew with Choose…, and give it a fixed one."),
        marked("Choose TCP instead of UDP where a firewall or Wi-Fi is between."),
    ),
    _when_lost(
        "unknown-name",
        marked("No picture of {camera}: its name is not known in this network"),
        marked("The name in its address leads nowhere. {reason}"),
        marked("Look for a slip of the pen in the address."),
        marked("Write its number instead of its name, such as 192.168.1.20; Choose… finds it."),
        marked("See whether the engine's machine is connected, and asks the right name server (DNS)."),
    ),
    _when_lost(
        "encryption",
        marked("No picture of {camera}: the encrypted connection fails"),
        marked("It is reached, but does not encrypt (TLS) at this port, or in a way that is too old. {reason}"),
        marked("See on its web page whether encrypted streams are on, and at which port: often 322 for rtsps, 443 for https."),
        marked("Bring the camera's own software up to date."),
        marked("Where the network is yours alone, write rtsp or http in the address instead of rtsps or https."),
    ),
    _when_lost(
        "no-video",
        marked("No picture of {camera}: what comes from its address is no video"),
        marked("Something answers, but sends no pictures that can be read. {reason}"),
        marked("The address may lead to a web page: take the one of the stream. Choose… finds it."),
        marked("See on the camera's web page whether its video is on, and which size its pictures have."),
        marked("Restart the camera."),
    ),
    _when_lost(
        "codec",
        marked("No picture of {camera}: its video cannot be decoded here"),
        marked("It sends, but in a form that is not known here. {reason}"),
        marked("Set its video to H.264, H.265 or MJPEG on its web page."),
        marked("Switch off what makers add to that, such as H.264+, H.265+ or Smart Codec."),
        marked("Or take another of its streams; Test shows at once whether it works."),
    ),
    _when_lost(
        "damaged",
        marked("No picture of {camera}: what it sends is damaged"),
        marked("Something comes, but no whole picture. {reason}"),
        _TCP,
        marked("Lower its rate of data on its web page, and let it send a keyframe every one or two seconds."),
        marked("Look for weak Wi-Fi, or a bad cable or plug, on the way."),
    ),
    _when_lost(
        "broke-off",
        marked("No picture of {camera}: the connection broke off"),
        marked("It was reached, then nothing more came. It is tried again all the time. {reason}"),
        marked("Wait two minutes: if it restarts, it comes back by itself."),
        marked("If that happens often, look at its cable, its Wi-Fi and its power; weak power fails at night, with its lamps."),
        _TOO_MANY,
        _TCP,
    ),
    _when_lost(
        "no-file",
        marked("No picture of {camera}: its file is not there"),
        marked("Nothing is stored where its address says. {reason}"),
        marked("It may have been moved, renamed or deleted: take it anew with Choose…, beside the address."),
        marked("Connect the disk or the network drive that it is stored on."),
        marked("The path is one of the engine's machine, which may be another one than this."),
    ),
    _when_lost(
        "no-access",
        marked("No picture of {camera}: its file may not be read"),
        marked("It is there, but not for the account that the engine runs under. {reason}"),
        marked("Allow that account to read the file, and to open the folders above it."),
        marked("Or copy the file to where that is allowed, and take it with Choose…"),
    ),
    _when_lost(
        "file-no-video",
        marked("No picture of {camera}: its file gives no video"),
        marked("It is there, but nothing in it can be shown. {reason}"),
        marked("Play it with another program: it may be damaged, or still being written."),
        marked("Convert it to MP4 with H.264."),
        marked("A folder of JPEG or PNG pictures is written as folder: and its path. Playlists cannot be played."),
    ),
    _when_lost(
        "file-slow",
        marked("No picture of {camera}: its file comes too slowly"),
        marked("Reading it takes too long, or fails on the way. {reason}"),
        marked("See whether the disk or the network drive that it is stored on is connected and well."),
        marked("Copy it to a disk of the engine's machine, and take it anew with Choose…"),
    ),
    _when_lost(
        "unplugged",
        marked("No picture of {camera}: it is not plugged in, or in use"),
        marked("The engine's machine does not find it, or another program has it. {reason}"),
        marked("Plug it into the machine that the engine runs on, best without a hub."),
        _OTHER_PROGRAMS,
        marked("It may have another number now: take it anew with Choose…, by its name."),
    ),
    _when_lost(
        "usb-hangs",
        marked("No picture of {camera}: it hangs"),
        marked("It is plugged in, but sends nothing. {reason}"),
        marked("Take its plug out and in again."),
        marked("Plug it into the machine itself: hubs have too little power for several cameras."),
        _OTHER_PROGRAMS,
    ),
    _when_lost(
        "usb-no-picture",
        marked("No picture of {camera}: this device gives none"),
        marked("It is plugged in, but may be no camera, or the second part of one. {reason}"),
        marked("Take another one with Choose…, by its name."),
        _OTHER_PROGRAMS,
    ),
    _when_lost(
        "no-stage",
        marked("No picture of {camera}: the simulated site stands still"),
        marked("It is played by a process of its own, which does not run. {reason}"),
        marked("See whether the engine's machine is short of memory, and close what is not needed."),
        marked("Start Watchroom again."),
    ),
    _when_lost(
        "address",
        marked("No picture of {camera}: its address cannot be used"),
        marked("Nothing was tried with it. {reason}"),
        marked("Correct the address; Choose…, beside it, lists what there is."),
        marked("Test shows at once whether it is right."),
    ),
    _when_lost(
        "bug",
        marked("No picture of {camera}: something went wrong inside Watchroom"),
        marked("This is not the camera's doing. It is tried again all the time. {reason}"),
        marked("Pause the camera and switch it on again, in its menu."),
        marked("Read Last errors on System; Copy diagnostics, there, is for whoever helps."),
    ),
    _when_lost(
        "begun-anew",
        marked("No picture of {camera}: reading it was stopped"),
        marked("It is begun anew by itself. {reason}"),
        marked("Wait some seconds."),
        marked("If it stays so, pause the camera and switch it on again, in its menu."),
    ),
    _when_lost(
        OTHER,
        marked("No picture of {camera}"),
        "{reason}",
        marked("Test, where the camera is edited, shows at once what is wrong now."),
        marked("See whether another program on the engine's machine shows its picture."),
    ),
    Rule(
        "connecting",
        marked("No picture of {camera} yet: it has been connecting for {since}"),
        marked("It takes the connection and then sends no picture."),
        (_TOO_MANY, marked("Set H.264 instead of H.265, or a smaller picture, on the camera's web page.")),
        _connecting,
    ),
    Rule(
        SWITCHED_OFF,
        marked("No picture of {camera}: it is switched off here"),
        marked("Somebody paused it; nothing of it is seen or recorded."),
        (marked("Switch on, in its menu: right-click its tile on Live, or its row on System."),),
        _switched_off,
    ),
    Rule(
        "slow",
        marked("The picture of {camera} stutters: {fps} pictures a second"),
        marked("Pictures come late or not at all: the network, or the camera, is too slow."),
        (
            marked("Lower its resolution or its rate of data; 2 to 4 Mbit/s are enough for most."),
            marked("Use a cable instead of Wi-Fi, or TCP instead of UDP."),
            marked("See on System whether the processor is near its limit."),
        ),
        _slow,
    ),
    Rule(
        "clock",
        marked("{camera} shows the wrong time ({ahead})"),
        marked("Watchroom goes by this machine's clock; but what the camera writes into its pictures misleads."),
        (marked("Set the same time server (NTP) in the camera as on this machine, and its time zone."),),
        _wrong_clock,
    ),
)
