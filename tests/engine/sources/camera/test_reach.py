import socket

import pytest

from engine.model.errors import EnvironmentFault, InputError
from engine.sources.camera.reach import check_reach


@pytest.mark.parametrize("host", ["127.0.0.1", "192.168.1.20", "10.0.0.9", "[fe80::1]", "203.0.113.7", "169.254.3.4"])
def test_cameras_may_live_anywhere_on_a_network(host: str):
    check_reach(f"rtsp://{host}/stream")


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[fd00:ec2::254]", "0.0.0.0", "[::]", "224.0.0.1", "255.255.255.255", "[::ffff:169.254.169.254]"]
)
def test_what_no_camera_has_is_refused(host: str):
    with pytest.raises(InputError) as refused:
        check_reach(f"http://{host}/video")
    assert refused.value.field == "url"


def test_a_name_is_judged_by_what_it_leads_to(monkeypatch: pytest.MonkeyPatch):
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answer)
    with pytest.raises(InputError, match=r"camera\.example leads to 169\.254\.169\.254"):
        check_reach("http://camera.example/video")


def test_an_unknown_name_says_so(monkeypatch: pytest.MonkeyPatch):
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(EnvironmentFault, match=r"nowhere\.example is not known"):
        check_reach("rtsp://user:secret@nowhere.example/stream")
