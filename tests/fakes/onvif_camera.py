"""A camera that speaks ONVIF on loopback: SOAP over HTTP with a login (WS-Security digest), and answers to WS-Discovery."""

import base64
import hashlib
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_ENVELOPE = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"'
    ' xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:ter="http://www.onvif.org/ver10/error">'
    "<s:Body>{body}</s:Body></s:Envelope>"
)
_DENIED = (
    "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:NotAuthorized</s:Value></s:Subcode></s:Code>"
    '<s:Reason><s:Text xml:lang="en">Sender not authorized</s:Text></s:Reason></s:Fault>'
)
_CLOCK = (
    "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>"
    "<tt:DaylightSavings>false</tt:DaylightSavings><tt:UTCDateTime><tt:Time><tt:Hour>{0.hour}</tt:Hour><tt:Minute>{0.minute}</tt:Minute>"
    "<tt:Second>{0.second}</tt:Second></tt:Time><tt:Date><tt:Year>{0.year}</tt:Year><tt:Month>{0.month}</tt:Month><tt:Day>{0.day}</tt:Day>"
    "</tt:Date></tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
)
_PROFILE = (
    '<trt:Profiles token="{token}" fixed="true"><tt:Name>{name}</tt:Name><tt:VideoEncoderConfiguration token="v{token}">'
    "<tt:Name>v</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height>"
    "</tt:Resolution><tt:Quality>5</tt:Quality><tt:RateControl><tt:FrameRateLimit>25</tt:FrameRateLimit><tt:EncodingInterval>1"
    "</tt:EncodingInterval><tt:BitrateLimit>4096</tt:BitrateLimit></tt:RateControl><tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type>"
    "</tt:Address><tt:Port>0</tt:Port><tt:TTL>1</tt:TTL><tt:AutoStart>false</tt:AutoStart></tt:Multicast>"
    "<tt:SessionTimeout>PT60S</tt:SessionTimeout></tt:VideoEncoderConfiguration></trt:Profiles>"
)
_BEFORE_LOGIN = ("GetServices", "GetCapabilities")  # ONVIF Core 5.9.4.3: access class PRE_AUTH
_SOUND = '<trt:Profiles token="sound" fixed="true"><tt:Name>Sound alone</tt:Name></trt:Profiles>'


@dataclass
class OnvifCamera:
    """`streams`: token, name, width, height, and the address that it gives for it. Set them before it is asked."""

    user: str = "admin"
    password: str = "correct horse"
    streams: list[tuple[str, str, int, int, str]] = field(
        default_factory=lambda: [
            ("sub", "Sub stream", 640, 360, "rtsp://10.9.8.7:8554/sub"),
            ("main", "Main stream", 1920, 1080, "rtsp://admin:secret@10.9.8.7:554/main?channel=1"),
        ]
    )
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/onvif/device_service"

    def answer(self, request: str) -> tuple[int, str]:
        action = re.search(r"Body[^>]*>\s*<(?:\w+:)?(\w+)", request)
        name = action[1] if action else ""
        self.asked.append(name)
        if name == "GetSystemDateAndTime":  # is told to everybody
            return 200, _ENVELOPE.format(body=_CLOCK.format(datetime.now(UTC)))
        if name not in _BEFORE_LOGIN and not self._let_in(request):
            return 400, _ENVELOPE.format(body=_DENIED)
        return 200, _ENVELOPE.format(body=self._body(name, request))

    def _body(self, name: str, request: str) -> str:
        if name == "GetServices":
            other = "http://192.0.2.77/onvif"  # as a camera behind a router says: nobody may be sent there
            names = (("device", "http://www.onvif.org/ver10/device/wsdl"), ("media", "http://www.onvif.org/ver10/media/wsdl"))
            version = "<tds:Version><tt:Major>2</tt:Major><tt:Minor>40</tt:Minor></tds:Version>"
            told = (
                f"<tds:Service><tds:Namespace>{n}</tds:Namespace><tds:XAddr>{other}/{s}</tds:XAddr>{version}</tds:Service>"
                for s, n in names
            )
            return f"<tds:GetServicesResponse>{''.join(told)}</tds:GetServicesResponse>"
        if name == "GetDeviceInformation":
            told = "<tds:Manufacturer>Acme\n</tds:Manufacturer><tds:Model>Eye 3</tds:Model><tds:FirmwareVersion>1.2</tds:FirmwareVersion>"
            more = "<tds:SerialNumber>7</tds:SerialNumber><tds:HardwareId>E3</tds:HardwareId>"
            return f"<tds:GetDeviceInformationResponse>{told}{more}</tds:GetDeviceInformationResponse>"
        if name == "GetProfiles":
            profiles = (_PROFILE.format(token=t, name=n, width=w, height=h) for t, n, w, h, _ in self.streams)
            return f"<trt:GetProfilesResponse>{''.join(profiles)}{_SOUND}</trt:GetProfilesResponse>"
        if name == "GetStreamUri":
            token = re.search(r"ProfileToken>(\w+)<", request)
            url = next(each[4] for each in self.streams if token and each[0] == token[1])
            told = f"<tt:Uri>{url.replace('&', '&amp;')}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>"
            more = "<tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout>"
            return f"<trt:GetStreamUriResponse><trt:MediaUri>{told}{more}</trt:MediaUri></trt:GetStreamUriResponse>"
        return (
            "<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang='en'>Not here</s:Text></s:Reason></s:Fault>"
        )

    def _let_in(self, request: str) -> bool:
        told = {
            name: re.search(rf"<(?:\w+:)?{name}(?:\s[^>]*)?>([^<]*)<", request) for name in ("Username", "Password", "Nonce", "Created")
        }
        if any(found is None for found in told.values()):
            return False
        user, digest, nonce, created = (found[1] for found in told.values() if found is not None)
        right = hashlib.sha1(base64.b64decode(nonce) + created.encode() + self.password.encode(), usedforsecurity=False).digest()
        return user == self.user and base64.b64decode(digest) == right


@contextmanager
def onvif_camera(camera: OnvifCamera) -> Iterator[OnvifCamera]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = camera.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(status)
            self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    camera.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield camera
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def discoverable(answers: list[bytes]) -> Iterator[tuple[str, int]]:
    """A socket that answers a search with these datagrams; its address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(5.0)

        def run() -> None:
            data, sender = listening.recvfrom(1 << 16)
            if b"NetworkVideoTransmitter" in data and b"discovery/Probe" in data:
                for answer in answers:
                    listening.sendto(answer, sender)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield listening.getsockname()
        finally:
            thread.join()
