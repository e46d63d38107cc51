"""Cameras are found on the network and asked for their streams, by ONVIF, whatever they answer."""

import asyncio
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.command import Credentials
from engine.model.errors import EnvironmentFault, InputError
from engine.model.history.finding import FoundCamera, FoundStream
from engine.sources.camera.find.discovery import answered, find_cameras
from engine.sources.camera.find.onvif import describe_camera
from tests.fakes.onvif_camera import DENIED, DEVICE, NVT, OnvifCamera, discoverable, onvif_camera

LOGIN = Credentials("admin", "correct horse")
FAULT = "<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang='en'>Out of order</s:Text></s:Reason></s:Fault>"


def match(address: str, scopes: str = "onvif://www.onvif.org/name/Front%20door onvif://www.onvif.org/hardware/E3") -> bytes:
    return (
        '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"><s:Body><d:ProbeMatches><d:ProbeMatch>'
        f"<d:Scopes>{scopes}</d:Scopes><d:XAddrs>{address}</d:XAddrs></d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
    ).encode()


def test_a_search_finds_who_answers_once_each_by_address() -> None:
    answers = [b"\xff\x00 nothing of the kind", match("http://127.0.0.1/b"), match("http://127.0.0.1/a"), match("http://127.0.0.1/b")]
    with discoverable(answers) as group:
        found = find_cameras(0.5, group, ["127.0.0.1"])
    assert found == tuple(FoundCamera(f"http://127.0.0.1/{each}", "127.0.0.1", "Front door", "E3") for each in "ab")


@pytest.mark.parametrize("name", [NVT, DEVICE])
def test_cameras_of_either_name_are_found(name: str) -> None:
    with discoverable([match("http://127.0.0.1/a")], frozenset([name])) as group:
        assert [camera.address for camera in find_cameras(0.5, group, ["127.0.0.1"])] == ["http://127.0.0.1/a"]


def test_without_a_network_it_says_so() -> None:
    with pytest.raises(EnvironmentFault, match="in no network"):
        find_cameras(0.1, networks=[])


@pytest.mark.parametrize(
    ("addresses", "found"),
    [
        ("http://192.168.1.9/onvif http://169.254.3.4/onvif", ["http://192.168.1.9/onvif"]),
        ("http://169.254.3.4/onvif http://192.168.1.9:8000/onvif", ["http://192.168.1.9:8000/onvif"]),
        ("http://10.0.0.1/onvif", []),  # speaks for another host
        ("file:///etc/passwd http://192.168.1.9:99999/x", []),
        ("", []),
    ],
)
def test_an_answer_speaks_for_its_sender_alone(addresses: str, found: list[str]) -> None:
    assert [camera.address for camera in answered(match(addresses), "192.168.1.9")] == found


def test_names_are_one_line_of_text() -> None:
    (camera,) = answered(match("http://192.168.1.9/x", "onvif://www.onvif.org/name/A%0A%1b[31mB" + "c" * 500), "192.168.1.9")
    assert camera.name.startswith("A [31mBcc") and len(camera.name) == 100 and camera.hardware == ""


def test_entities_are_not_blown_up() -> None:
    entities = "".join(f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "aaaaaaaaaa">{entities}'.encode()
    assert answered(bomb + b"]><x>&a11;</x>", "192.168.1.9") == ()


@given(st.binary(max_size=400))
def test_anything_may_answer(data: bytes) -> None:
    assert answered(data, "192.168.1.9") == ()


def test_a_camera_says_what_it_is_and_its_streams_the_largest_first_at_its_own_host() -> None:
    with onvif_camera(OnvifCamera()) as camera:
        told = describe_camera(camera.address, LOGIN)
    assert (told.maker, told.model, told.firmware) == ("Acme", "Eye 3", "1.2")
    assert told.streams == (
        FoundStream("Main stream", "rtsp://127.0.0.1:554/main?channel=1", "H264", 1920, 1080, 25.0),
        FoundStream("Sub stream", "rtsp://127.0.0.1:8554/sub", "H264", 640, 360, 25.0),
    )
    assert camera.asked.count("GetStreamUri") == 2


@pytest.mark.parametrize("media", [("media2",), ("media", "media2")])
def test_media_2_is_asked_where_the_camera_has_it_and_tells_h265(media: tuple[str, ...]) -> None:
    with onvif_camera(OnvifCamera(media=media, encodings={"main": "H265"})) as camera:
        told = describe_camera(camera.address, LOGIN)
    assert told.model == "Eye 3"
    assert told.streams == (
        FoundStream("Main stream", "rtsp://127.0.0.1:554/main?channel=1", "H265", 1920, 1080, 12.5),
        FoundStream("Sub stream", "rtsp://127.0.0.1:8554/sub", "H264", 640, 360, 12.5),
    )
    assert camera.asked[-3:] == ["media2 GetProfiles", "media2 GetStreamUri", "media2 GetStreamUri"]


@pytest.mark.parametrize(
    "answers",
    [
        FAULT,
        "<tr2:GetProfilesResponse/>",
        "<tr2:GetProfilesResponse><tr2:Profiles token='a'><tr2:Name>A</tr2:Name></tr2:Profiles></tr2:GetProfilesResponse>",
        "<tr2:SomethingElse/>",
        "no XML & nothing",
    ],
)
def test_media_1_is_asked_where_media_2_tells_nothing(answers: str) -> None:
    with onvif_camera(OnvifCamera(media=("media", "media2"), media2_answers=answers)) as camera:
        told = describe_camera(camera.address, LOGIN)
    assert [(stream.name, stream.codec) for stream in told.streams] == [("Main stream", "H264"), ("Sub stream", "H264")]
    assert "media2 GetProfiles" in camera.asked


@pytest.mark.parametrize("answers", [FAULT, "no XML & nothing"])
def test_where_media_2_alone_fails_there_is_nothing_else_to_ask(answers: str) -> None:
    with onvif_camera(OnvifCamera(media=("media2",), media2_answers=answers)) as camera, pytest.raises(EnvironmentFault):
        describe_camera(camera.address, LOGIN)
    assert camera.asked[-1] == "media2 GetProfiles"


def test_a_login_that_is_wrong_for_media_2_alone_is_told_as_such() -> None:
    with onvif_camera(OnvifCamera(media=("media2",), media2_answers=DENIED)) as camera, pytest.raises(InputError) as refused:
        describe_camera(camera.address, LOGIN)
    assert refused.value.field == "password"


def test_a_camera_without_pictures_by_onvif_is_told_as_such() -> None:
    with (
        onvif_camera(OnvifCamera(media=())) as camera,
        pytest.raises(EnvironmentFault, match="speaks ONVIF, but offers no pictures") as fault,
    ):
        describe_camera(camera.address, LOGIN)
    assert fault.value.reason == "no_media"


def test_of_streams_of_one_size_jpeg_comes_last() -> None:
    streams = [(name, name, 640, 360, f"rtsp://127.0.0.1/{name}") for name in ("a", "b")]
    with onvif_camera(OnvifCamera(media=("media2",), streams=streams, encodings={"a": "JPEG"})) as camera:
        assert [stream.codec for stream in describe_camera(camera.address, LOGIN).streams] == ["H264", "JPEG"]


@pytest.mark.parametrize("path", ["device_service", "media", "media2"])
def test_no_redirect_is_followed(path: str) -> None:
    """Requests have the login in them."""
    media = ("media2",) if path == "media2" else ("media",)
    with onvif_camera(OnvifCamera(media=media)) as other, onvif_camera(OnvifCamera(media=media)) as camera:
        camera.redirects[f"/onvif/{path}"] = other.address
        with pytest.raises(EnvironmentFault):
            describe_camera(camera.address, LOGIN)
    assert camera.asked and not other.asked


def test_a_host_alone_will_do() -> None:
    with onvif_camera(OnvifCamera()) as camera:
        assert len(describe_camera(f"127.0.0.1:{camera.port}", LOGIN).streams) == 2


@pytest.mark.parametrize("login", [None, Credentials("admin", "wrong"), Credentials("root", "correct horse")])
def test_another_login_is_told_as_such(login: Credentials | None) -> None:
    with onvif_camera(OnvifCamera()) as camera, pytest.raises(InputError) as refused:
        describe_camera(camera.address, login)
    assert refused.value.field == "password" and "correct horse" not in str(refused.value)


@pytest.mark.parametrize("media", [("media",), ("media2",)])
def test_streams_of_another_kind_are_left_out(media: tuple[str, ...]) -> None:
    odd = [
        ("a", "A", 10, 10, "http://127.0.0.1/x"),
        ("b", "B", 10, 10, "rtsp://host with space/"),
        ("c", "C", 10, 10, "file:///etc/passwd"),
    ]
    with onvif_camera(OnvifCamera(streams=odd, media=media)) as camera:
        assert describe_camera(camera.address, LOGIN).streams == ()


@pytest.mark.parametrize("address", ["", "rtsp://127.0.0.1/x", "http://user:pw@127.0.0.1/", "http://[::1", "two words", "http://h:99999/"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InputError) as refused:
        describe_camera(address, None)
    assert refused.value.field == "address"


def test_metadata_services_are_not_asked() -> None:
    with pytest.raises(InputError, match="no camera's address"):
        describe_camera("http://169.254.169.254/onvif", None)


def test_nobody_there_and_somebody_silent_are_told_alike() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    with pytest.raises(EnvironmentFault, match="does not answer as an ONVIF camera"):
        describe_camera(f"127.0.0.1:{port}", None)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(EnvironmentFault, match="does not answer as an ONVIF camera"):
        describe_camera(f"127.0.0.1:{silent.getsockname()[1]}", LOGIN, patience_s=1.0)


def test_a_client_that_is_given_up_while_it_is_made_leaves_no_connection_open(monkeypatch: pytest.MonkeyPatch) -> None:
    from onvif import ONVIFService  # pyright: ignore[reportMissingTypeStubs]

    from engine.sources.camera.find.onvif_client import CameraClient

    sessions: list[Any] = []

    async def slow_setup(service: Any) -> None:
        sessions.append(service._session)
        await asyncio.sleep(0.05)

    async def give_up() -> None:
        camera: Any = CameraClient("127.0.0.1", 9, "", "")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await camera.create_devicemgmt_service()
        await camera.close()

    async def give_up_twice() -> None:
        """As where the engine ends while the camera is being closed."""
        camera: Any = CameraClient("127.0.0.1", 9, "", "")
        making = asyncio.ensure_future(camera.create_devicemgmt_service())
        for _ in range(2):
            await asyncio.sleep(0.01)
            making.cancel()
        with pytest.raises(asyncio.CancelledError):
            await making
        await camera.close()

    monkeypatch.setattr(ONVIFService, "setup", slow_setup)
    asyncio.run(give_up())
    asyncio.run(give_up_twice())
    assert [session.closed for session in sessions] == [True, True]


def test_an_answer_that_stops_in_its_middle_leaves_no_connection_open() -> None:
    from aiohttp import ClientSession

    from engine.sources.camera.find.onvif_client import _BoundedResponse

    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500)
        await reader.read()  # until who asked has closed it
        writer.close()
        closed.set()

    async def give_up() -> None:
        server = await asyncio.start_server(half, "127.0.0.1", 0)
        async with server, ClientSession(response_class=_BoundedResponse) as session:
            answer = await session.get(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
            assert answer.connection is not None
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await answer.read()
            assert answer.connection is None
            async with asyncio.timeout(30):
                await closed.wait()

    closed = asyncio.Event()
    asyncio.run(give_up())
