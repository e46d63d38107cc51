"""Certificates that nobody vouches for: shown, confirmed, and from then on the only ones that are taken."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.gateway.remote.pinning import describe, pinned, see_certificate
from engine.gateway.remote.port import RemoteDoor
from engine.model.errors import EnvironmentFault, InputError
from engine.model.time import SECOND, SystemClock
from engine.runtime.command_line_settings import CommandLineSettings
from tests.fakes.certificates import write_certificate

DAY_NS = 24 * 3600 * SECOND


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write_certificate(tmp_path / "own.pem", "gate.example", "10.0.0.7")


@pytest.fixture
def secured(tmp_path: Path, own: Path) -> Iterator[Site]:
    with running(tmp_path / "data", Bind("127.0.0.1", 0, certificate=own), CommandLineSettings(), gateway_needed=True) as site:
        yield site


def test_what_is_seen_is_what_openssl_tells(secured: Site, own: Path):
    seen = see_certificate(secured.url)
    assert seen is not None and seen.names == ("gate.example", "10.0.0.7") and not seen.trusted
    command = ["openssl", "x509", "-in", str(own), "-noout", "-fingerprint", "-sha256"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.strip().partition("=")[2] == seen.fingerprint
    now_ns = SystemClock().now_ns()
    assert abs(now_ns - 3 * DAY_NS - seen.from_ns) < DAY_NS / 2 and abs(now_ns + DAY_NS - seen.until_ns) < DAY_NS / 2
    assert describe(seen.pem) == seen


def test_the_confirmed_one_is_taken_whatever_its_name_and_no_other(secured: Site, tmp_path: Path):
    seen = see_certificate(secured.url)
    assert seen is not None
    assert RemoteDoor(secured.url, pinned(seen.pem)).needs_setup()
    other = describe(_public(write_certificate(tmp_path / "other.pem", "127.0.0.1")))
    for verify in (pinned(other.pem), True):
        with pytest.raises(EnvironmentFault) as refused:
            RemoteDoor(secured.url, verify).needs_setup()
        assert refused.value.reason == "certificate"


def test_another_certificate_later_is_refused_before_anything_is_said(tmp_path: Path):
    first, later = (write_certificate(tmp_path / f"{name}.pem", "127.0.0.1") for name in ("first", "later"))
    with ExitStack() as stack:
        sites = [
            stack.enter_context(
                running(tmp_path / each.stem, Bind("127.0.0.1", 0, certificate=each), CommandLineSettings(), gateway_needed=True)
            )
            for each in (first, later)
        ]
        confirmed = see_certificate(sites[0].url)
        assert confirmed is not None
        with pytest.raises(EnvironmentFault) as refused:
            RemoteDoor(sites[1].url, pinned(confirmed.pem)).sign_in("ana", "her password")
        assert refused.value.reason == "certificate" and "nothing was sent" in str(refused.value)
        changed = see_certificate(sites[1].url)
        assert changed is not None and changed.fingerprint != confirmed.fingerprint


def test_plain_http_shows_none(site: Site):
    assert see_certificate(site.url) is None


def test_nobody_there_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(EnvironmentFault) as refused:
        see_certificate(f"https://127.0.0.1:{port}")
    assert refused.value.reason == "unreachable" and str(port) in str(refused.value)


def test_one_who_says_nothing_is_not_waited_for():
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(EnvironmentFault) as refused:
        see_certificate(f"https://127.0.0.1:{silent.getsockname()[1]}", timeout_s=0.2)
    assert refused.value.reason == "unreachable"


@pytest.mark.parametrize("text", ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "ü"])
def test_what_is_none_is_refused(text: str):
    for read in (describe, pinned):
        with pytest.raises(InputError) as refused:
            read(text)
        assert refused.value.field == "certificate"


def _public(path: Path) -> str:
    text = path.read_text("ascii")
    return text[text.index("-----BEGIN CERTIFICATE") :]
