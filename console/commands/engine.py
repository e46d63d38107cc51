"""`watchroom engine`: the engine without a screen, with its HTTP and WebSocket interface."""

import argparse
import json
import os
import re
import signal
import sys
import threading
from pathlib import Path

from console.folders import default_data
from console.site import Site, running
from engine.gateway.server import Bind
from engine.model.access import Role
from engine.model.errors import InputError
from engine.model.settings import CameraSettings
from engine.runtime.commands import clean
from engine.runtime.engine import Added
from engine.sources.simulated import DEMO_CAMERAS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=default_data(), metavar="DIR", help="data folder (default %(default)s)")
    parser.add_argument("--bind", default="127.0.0.1:8740", metavar="HOST:PORT", help="where to serve HTTP (default %(default)s)")
    parser.add_argument("--insecure", action="store_true", help="serve plain HTTP beyond this machine")
    parser.add_argument("--certificate", type=Path, metavar="PEM", help="serve HTTPS with this certificate")
    parser.add_argument("--key", type=Path, metavar="PEM", help="the certificate's private key")
    parser.add_argument("--host-name", action="append", default=[], metavar="NAME", help="a further name this engine is addressed by")
    parser.add_argument("--camera", action="append", default=[], metavar="NAME=URL", help="add this camera to the site")
    parser.add_argument("--demo", action="store_true", help="add the four simulated cameras")
    parser.add_argument("--pairing", choices=("open", "closed"), default="closed", help="whether nodes without a token may pair")
    parser.add_argument("--token-file", type=Path, metavar="PATH", help="write an operator token there (readable by you only)")
    parser.add_argument("--for", dest="seconds", type=float, metavar="S", help="stop after this many seconds")


def run(parsed: argparse.Namespace) -> int:
    """Serve until the time is over, SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    bind = Bind.parse(parsed.bind, parsed.insecure, parsed.certificate, parsed.key, tuple(parsed.host_name))
    added = added_cameras(parsed.camera, parsed.demo)
    with running(parsed.data, bind, added, gateway_needed=True) as site:
        if parsed.token_file is not None:
            write_token(site, parsed.token_file)
        if site.setup_code:
            print(f"No admin account yet. The code for the first set-up is {site.setup_code}", file=sys.stderr)
        print(json.dumps({"ready": True, "http": site.url}), flush=True)
        stop.wait(parsed.seconds)
    return 0


def added_cameras(given: list[str], demo: bool) -> Added:
    """`NAME=URL` as cameras; their ids are made of the names, so the same line twice is the same camera."""
    cameras, logins = list(DEMO_CAMERAS if demo else ()), []
    for text in given:
        name, equals, url = text.partition("=")
        if not equals or not name.strip() or not url.strip():
            raise InputError("camera", f"{text!r} is not NAME=URL")
        camera, credentials = clean(CameraSettings(camera_id(name), name.strip(), url.strip()), None)
        cameras.append(camera)
        if credentials is not None:
            logins.append((camera.id, credentials))
    return Added(tuple(cameras), tuple(logins), "Demo site" if demo else "")


def camera_id(name: str) -> str:
    """`Front door` → `front-door`."""
    return re.sub(r"[^a-z0-9]+", "-", name.strip().lower()).strip("-") or "camera"


def write_token(site: Site, path: Path) -> None:
    token = site.engine.accounts.create_token(Role.OPERATOR, "token file")
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(token + "\n")
