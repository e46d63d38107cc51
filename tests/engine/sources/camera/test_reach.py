import socket

import pytest

from engine.model.errors import EnvironmentFault, InputError
from engine.sources.camera.find.reach import check_reach, first_answering
from engine.sources.camera.network import judged, mjpeg_opening, rtsp_opening
from engine.sources.camera.stream import Opening


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Every name leads to these."""
    kinds = {address: socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses}
    answer = [(kind, socket.SOCK_STREAM, 6, "", (address, 0)) for address, kind in kinds.items()]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "192.168.1.20", "10.0.0.9", "[fe80::1]", "203.0.113.7", "169.254.3.4", "[64:ff9b::c0a8:114]", "[::1]"]
)
def test_cameras_may_live_anywhere_on_a_network(host: str):
    check_reach(f"rtsp://{host}/stream")


@pytest.mark.parametrize(
    "host",
    [
        "169.254.169.254",
        "[fd00:ec2::254]",
        "0.0.0.0",
        "[::]",
        "224.0.0.1",
        "255.255.255.255",
        "[::ffff:169.254.169.254]",
        "[2002:a9fe:a9fe::1]",
        "[64:ff9b::a9fe:a9fe]",
        "[fe80::5efe:a9fe:a9fe]",
        "192.0.0.192",
        "168.63.129.16",
        "2852039166",
    ],
)
def test_what_no_camera_has_is_refused(host: str):
    with pytest.raises(InputError) as refused:
        check_reach(f"http://{host}/video")
    assert refused.value.field == "url"


def test_a_name_is_judged_by_what_it_leads_to(monkeypatch: pytest.MonkeyPatch):
    resolving(monkeypatch, "169.254.169.254")
    with pytest.raises(InputError, match=r"camera\.example leads to 169\.254\.169\.254"):
        check_reach("http://camera.example/video")


def test_an_unknown_name_says_so(monkeypatch: pytest.MonkeyPatch):
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(EnvironmentFault, match=r"nowhere\.example is not known"):
        check_reach("rtsp://user:secret@nowhere.example/stream")


@pytest.mark.parametrize(
    ("typed", "address", "opened", "host"),
    [
        ("http://cam.lan/video?a=1", "10.0.0.9", "http://10.0.0.9/video?a=1", "cam.lan"),
        ("http://u:p%40w@cam.lan:8080/v", "10.0.0.9", "http://u:p%40w@10.0.0.9:8080/v", "cam.lan:8080"),
        ("http://cam.lan:8080/v", "fd12::9", "http://[fd12::9]:8080/v", "cam.lan:8080"),
    ],
)
def test_plain_http_goes_to_the_judged_address(monkeypatch: pytest.MonkeyPatch, typed: str, address: str, opened: str, host: str):
    resolving(monkeypatch, address)
    opening = judged(mjpeg_opening(typed))
    assert (opening.url, opening.options["headers"]) == (opened, f"Host: {host}\r\n")
    assert opening.shown == mjpeg_opening(typed).shown


@pytest.mark.parametrize("opening", [rtsp_opening("rtsp://cam.lan/1", "tcp"), mjpeg_opening("https://cam.lan/1")])
def test_others_go_by_name_once_it_was_judged(monkeypatch: pytest.MonkeyPatch, opening: Opening):
    resolving(monkeypatch, "10.0.0.9")
    assert judged(opening) == opening
    resolving(monkeypatch, "10.0.0.9", "169.254.169.254")
    with pytest.raises(InputError):
        judged(opening)


def test_of_several_addresses_the_one_that_answers_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert first_answering(("::1", "127.0.0.1"), port) == "127.0.0.1"
    assert first_answering(("::1", "127.0.0.1"), port) == "::1"
    assert first_answering(("192.0.2.1",), port) == "192.0.2.1"
