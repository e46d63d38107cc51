"""Where the console's own engine listens, and whom it trusts when it connects elsewhere."""

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from console.__main__ import main
from console.site import running
from console.sound.listening import add_listening, bind_of, check_not_remote, trusted, with_pairing
from engine.gateway.border.bind import Bind
from engine.gateway.remote.port import RemoteDoor
from engine.model.errors import EnvironmentFault, InputError
from engine.runtime.command_line_settings import CommandLineSettings
from tests.fakes.certificates import write_certificate
from tests.fakes.waiting import until


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_listening(parser)
    parser.add_argument("--demo", action="store_true")
    return parser.parse_args(arguments)


def test_without_options_it_listens_on_this_machine_only():
    assert bind_of(parsed()) == Bind("127.0.0.1", 8740)
    assert not with_pairing(CommandLineSettings(), parsed()).pairing_open


def test_all_options_reach_the_engine(tmp_path: Path):
    pem = write_certificate(tmp_path / "both.pem", "localhost")
    given = parsed("--bind", "0.0.0.0:443", "--certificate", str(pem), "--key", str(pem), "--host-name", "works.example")
    assert bind_of(given) == Bind("0.0.0.0", 443, certificate=pem, key=pem, names=("works.example",))
    assert bind_of(parsed("--bind", "0.0.0.0:8080", "--insecure")) == Bind("0.0.0.0", 8080, insecure=True)
    assert with_pairing(CommandLineSettings(), parsed("--pairing", "open")).pairing_open


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--bind", "0.0.0.0:8080"), ("bind", "--insecure")),
        (("--bind", "0.0.0.0:8080", "--insecure", "--pairing", "open"), ("pairing", "loopback only")),
        (("--bind", "nonsense"), ("bind", "HOST:PORT")),
        (("--ca", "ca.pem"), ("ca", "--connect")),
        (("--decoder", "auto"), ("decoder", "--connect")),
        (("--connect", "https://h:1", "--ca", "absent.pem"), ("ca", "cannot be read")),
        (("--connect", "https://h:1", "--bind", "127.0.0.1:1"), ("bind", "--connect opens one elsewhere")),
        (("--connect", "https://h:1", "--pairing", "open"), ("pairing", "leave one of them out")),
        (("--connect", "https://h:1", "--demo"), ("demo", "leave one of them out")),
    ],
)
def test_what_does_not_go_together_names_the_option(arguments: tuple[str, ...], words: tuple[str, ...], capsys: pytest.CaptureFixture[str]):
    assert main(list(arguments)) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1 and all(word in said for word in words)


def test_connecting_alone_is_fine():
    check_not_remote(parsed())
    with pytest.raises(InputError, match="insecure"):
        check_not_remote(parsed("--insecure"))


def test_files_that_are_no_authority_say_what_they_should_be(tmp_path: Path):
    (tmp_path / "binary.der").write_bytes(b"\x30\x82\x01\xff\x00")
    (tmp_path / "text.pem").write_text("hello")
    (tmp_path / "empty.pem").write_text("")
    broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    (tmp_path / "broken.pem").write_text(broken)
    for name, words in (
        ("absent.pem", "cannot be read (No such file"),
        (".", "cannot be read (Is a directory"),
        ("binary.der", "openssl x509"),
        ("text.pem", "holds no certificate"),
        ("empty.pem", "holds no certificate"),
        ("broken.pem", "holds no certificate"),
    ):
        with pytest.raises(InputError) as refused:
            trusted(tmp_path / name)
        assert refused.value.field == "ca" and words in refused.value.message
    assert trusted(None) is True


def test_an_engine_is_trusted_by_its_file_and_by_no_other(tmp_path: Path):
    own = write_certificate(tmp_path / "own.pem", "localhost", "127.0.0.1")
    other = write_certificate(tmp_path / "other.pem", "localhost", "127.0.0.1")
    elsewhere = write_certificate(tmp_path / "elsewhere.pem", "works.example")
    with running(tmp_path / "data", Bind("127.0.0.1", 0, certificate=own), CommandLineSettings(), gateway_needed=True) as site:
        assert RemoteDoor(site.url, trusted(own)).needs_setup()
        for door in (RemoteDoor(site.url), RemoteDoor(site.url, trusted(other))):
            with pytest.raises(EnvironmentFault, match="is not trusted") as refused:
                door.needs_setup()
            assert refused.value.reason == "certificate" and "--ca FILE" in str(refused.value)
    bind = Bind("127.0.0.1", 0, certificate=elsewhere)
    with (
        running(tmp_path / "more", bind, CommandLineSettings(), gateway_needed=True) as site,
        pytest.raises(EnvironmentFault, match="is for another name"),
    ):
        RemoteDoor(site.url, trusted(elsewhere)).needs_setup()


def test_the_consoles_own_engine_serves_the_network(tmp_path: Path):
    with socket.socket() as probe:
        probe.bind(("0.0.0.0", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "console", "--data", str(tmp_path / "site"), "--bind", f"0.0.0.0:{port}", "--insecure", "--for", "240"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}) as console:
        try:
            until(lambda: _answers(f"http://127.0.0.2:{port}/healthz"), "the console's engine answers on another address of this machine")
        finally:
            console.terminate()
            console.wait(120)
    assert console.returncode == 0


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False, timeout=60).status_code == 200
    except httpx.HTTPError:
        return False
