"""`watchroom engine`: the engine without a screen, with its HTTP and WebSocket interface.

Where its record is found to be damaged it starts itself anew, which puts the record together again; at most once an hour, as a disk that
goes on failing is nothing that this mends.
"""

import argparse
import json
import logging
import math
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from console.folders import add_data
from console.given_models import install_given_models
from console.site import Site, demo_added, running
from console.sound.listening import add_listening, bind_of, with_pairing
from engine.model.accounts.access import Role
from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault, InputError
from engine.model.settings import CameraSettings
from engine.runtime.cameras.camera_commands import clean
from engine.runtime.command_line_settings import CommandLineSettings
from engine.sources.simulated import DEMO_CAMERAS

log = logging.getLogger(__name__)

LONGEST_TOKEN = 200
LOOK_S = 0.5
ANEW_AFTER_S = 3600.0  # since it last did


VARIABLES = (
    "Variables: WATCHROOM_MODELS, the folder of models; WATCHROOM_CHANNEL_<ID>_URL and _PASSWORD, secrets of notification channels;"
    " ANTHROPIC_API_KEY; ATLAS_…, see docs/administrator/atlas.md; RISK_…, see docs/administrator/fire-weather.md."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        f"{parser.description} It ends in order on SIGTERM and SIGINT. On the standard output it prints one line of JSON whenever it serves"
        " (also after it has started itself anew, because its record was damaged); its log, and the code for the first set-up, go to the"
        " standard error."
    )
    parser.epilog = f"{VARIABLES} {parser.epilog}"
    add_data(parser)
    add_listening(parser)
    parser.add_argument("--camera", action="append", default=[], metavar="NAME=URL", help="add this camera to the site")
    parser.add_argument("--demo", action="store_true", help="add the demo site: simulated cameras, radio nodes and phones")
    parser.add_argument("--token-file", type=Path, metavar="PATH", help="write an operator token there (readable by you only)")
    parser.add_argument("--for", dest="seconds", type=float, metavar="S", help="stop after this many seconds")


def run(parsed: argparse.Namespace) -> int:
    """Serve until the time is over, SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    check_seconds(parsed.seconds)
    install_given_models(parsed.models)
    anew_s = 0.0
    while served(parsed, stop, anew_s):
        log.warning("starting anew, to put the record together again")
        anew_s = time.monotonic() + ANEW_AFTER_S
    return 0


def served(parsed: argparse.Namespace, stop: threading.Event, anew_s: float) -> bool:
    """One engine from its start to its end. Whether it is to be started anew, which it is not before `anew_s`."""
    bind = bind_of(parsed)
    added = with_pairing(added_cameras(parsed.camera, parsed.demo), parsed)
    with running(parsed.data, bind, added, gateway_needed=True) as site:
        if parsed.token_file is not None:
            write_token(site, parsed.token_file)
        if site.setup_code:
            print(f"No admin account yet. The code for the first set-up is {site.setup_code}", file=sys.stderr)
        print(json.dumps({"ready": True, "http": site.url}), flush=True)
        return wait_for(stop, parsed.seconds, lambda: site.engine.kept_up.renewal.wanted.is_set() and time.monotonic() >= anew_s)


def wait_for(stop: threading.Event, seconds: float | None, anew: Callable[[], bool] = lambda: False) -> bool:
    """Until it is set, or for so long: False; until it is to be started anew: True. In short turns: Python hears a signal between its own
    steps, so one that comes just before a wait is heard after it."""
    until_s = math.inf if seconds is None else time.monotonic() + seconds
    while not stop.wait(max(0.0, min(LOOK_S, until_s - time.monotonic()))) and time.monotonic() < until_s:
        if anew():
            return True
    return False


def check_seconds(seconds: float | None) -> None:
    """Raises InputError (field `for`)."""
    if seconds is not None and not 0 <= seconds <= threading.TIMEOUT_MAX:
        raise InputError("for", f"{seconds} is no number of seconds to run for")


def added_cameras(given: list[str], demo: bool) -> CommandLineSettings:
    """`NAME=URL` as cameras; their ids are made of the names, so the same line in the next run is the same camera.

    Raises InputError (field `camera`), without the address, which may hold a password.
    """
    cameras, logins = list(DEMO_CAMERAS if demo else ()), []
    for number, text in enumerate(given, 1):
        name, equals, url = (part.strip() for part in text.partition("="))
        if not equals or not name or not url:
            raise InputError("camera", f"the {ordinal(number)} is not NAME=URL")
        camera, credentials = named_camera(name, url)
        taken = next((other.name for other in cameras if other.id == camera.id), None)
        if taken is not None:
            raise InputError("camera", f"{name!r} and {taken!r} are too much alike; give one of them another name")
        cameras.append(camera)
        if credentials is not None:
            logins.append((camera.id, credentials))
    return demo_added(tuple(cameras), tuple(logins)) if demo else CommandLineSettings(tuple(cameras), tuple(logins))


def named_camera(name: str, url: str) -> tuple[CameraSettings, Credentials | None]:
    try:
        return clean(CameraSettings(camera_id(name), name, url), None)
    except InputError as error:
        raise InputError("camera", f"{name!r}: {error.message}") from None


def ordinal(number: int) -> str:
    return {1: "first", 2: "second", 3: "third"}.get(number, f"{number}th")


def camera_id(name: str) -> str:
    """`Front door` → `front-door`; letters of every script are kept."""
    return "-".join(re.findall(r"[^\W_]+", name.lower())) or "camera"


def write_token(site: Site, path: Path) -> None:
    """A new operator token in a file for its owner only, complete when it appears. The one written there before is revoked.

    Raises EnvironmentFault (`token_file`).
    """
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        revoke_last(site, path)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(site.engine.accounts.create_token(Role.OPERATOR, "token file") + "\n")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise EnvironmentFault("token_file", f"The token file {path} cannot be written ({error.strerror}). Choose another place.") from None


def revoke_last(site: Site, path: Path) -> None:
    """Tokens of earlier runs would pile up, each good for ever."""
    if path.is_file():
        with path.open("rb") as file:
            site.engine.accounts.sign_out(file.read(LONGEST_TOKEN).decode("ascii", "replace").strip())
