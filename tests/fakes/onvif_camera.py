"""A camera that speaks ONVIF on loopback: SOAP over HTTP with a login (WS-Security digest), Media 1 and 2, and answers to WS-Discovery."""

import base64
import hashlib
import io
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree

_ENVELOPE = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"'
    ' xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tr2="http://www.onvif.org/ver20/media/wsdl"'
    ' xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl" xmlns:timg="http://www.onvif.org/ver20/imaging/wsdl"'
    ' xmlns:tmd="http://www.onvif.org/ver10/deviceIO/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:ter="http://www.onvif.org/ver10/error">'
    "<s:Body>{body}</s:Body></s:Envelope>"
)
DENIED = (
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
_PROFILE2 = '<tr2:Profiles token="{token}" fixed="true"><tr2:Name>{name}</tr2:Name>{configurations}</tr2:Profiles>'
_ENCODER2 = (  # with what stands around it, as in the examples of the specification
    '<tr2:Configurations><tr2:VideoEncoder token="v{token}" GovLength="50" Profile="Main"><tt:Name>v</tt:Name><tt:UseCount>1</tt:UseCount>'
    "<tt:Encoding>{encoding}</tt:Encoding><tt:Resolution><tt:Width>{width}</tt:Width><tt:Height>{height}</tt:Height></tt:Resolution>"
    '<tt:RateControl ConstantBitRate="false"><tt:FrameRateLimit>12.5</tt:FrameRateLimit><tt:BitrateLimit>4096</tt:BitrateLimit>'
    "</tt:RateControl><tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type></tt:Address><tt:Port>0</tt:Port><tt:TTL>1</tt:TTL>"
    "<tt:AutoStart>false</tt:AutoStart></tt:Multicast><tt:Quality>5</tt:Quality></tr2:VideoEncoder></tr2:Configurations>"
)
_SOUND2 = '<tr2:Profiles token="sound" fixed="true"><tr2:Name>Sound alone</tr2:Name></tr2:Profiles>'
_TYPE2 = "<ns0:Type>VideoEncoder</ns0:Type></ns0:GetProfiles>"  # how requests end, in the order of the specification
_PROTOCOL2 = "<ns0:Protocol>RTSP</ns0:Protocol><ns0:ProfileToken>"
_NOT_HERE = (
    "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>ter:ActionNotSupported</s:Value></s:Subcode></s:Code>"
    '<s:Reason><s:Text xml:lang="en">Not here</s:Text></s:Reason></s:Fault>'
)
_SERVICES = {
    "device": "http://www.onvif.org/ver10/device/wsdl",
    "media": "http://www.onvif.org/ver10/media/wsdl",
    "media2": "http://www.onvif.org/ver20/media/wsdl",
    "ptz": "http://www.onvif.org/ver20/ptz/wsdl",
    "imaging": "http://www.onvif.org/ver20/imaging/wsdl",
    "deviceio": "http://www.onvif.org/ver10/deviceIO/wsdl",
}
NVT = "{http://www.onvif.org/ver10/network/wsdl}NetworkVideoTransmitter"
DEVICE = "{http://www.onvif.org/ver10/device/wsdl}Device"
_BEFORE_LOGIN = ("GetServices", "GetCapabilities")  # ONVIF Core 5.9.4.3: access class PRE_AUTH
_SOUND = '<trt:Profiles token="sound" fixed="true"><tt:Name>Sound alone</tt:Name></trt:Profiles>'


@dataclass
class OnvifCamera:
    """Set it up before it is asked.

    Args:
        streams: token, name, width, height, and the address that it gives for it.
        media: "media", "media2" and other services as it has them.
        encodings: of streams by token, as Media 2 names them; of others H264. Media 1 says H264 of all.
        redirects: from "/onvif/media2" and the like to where a request is sent instead.
        media2_answers: body of every answer of Media 2 in place of what is right.
        asked: what was asked of it, in turn; of Media 2 with its name before it.
    """

    user: str = "admin"
    password: str = "correct horse"
    streams: list[tuple[str, str, int, int, str]] = field(
        default_factory=lambda: [
            ("sub", "Sub stream", 640, 360, "rtsp://10.9.8.7:8554/sub"),
            ("main", "Main stream", 1920, 1080, "rtsp://admin:secret@10.9.8.7:554/main?channel=1"),
        ]
    )
    media: tuple[str, ...] = ("media",)
    encodings: dict[str, str] = field(default_factory=dict)
    media2_answers: str = ""
    redirects: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/onvif/device_service"

    def answer(self, request: str) -> tuple[int, str]:
        action = re.search(r"Body[^>]*>\s*<(?:\w+:)?(\w+)", request)
        newer = "media2 " if 'ns0="http://www.onvif.org/ver20/media/wsdl"' in request else ""
        name = newer + (action[1] if action else "")
        self.asked.append(name)
        if name == "GetSystemDateAndTime":  # is told to everybody
            return 200, _ENVELOPE.format(body=_CLOCK.format(datetime.now(UTC)))
        if name not in _BEFORE_LOGIN and not self._let_in(request):
            return 400, _ENVELOPE.format(body=DENIED)
        body = self._body2(name.removeprefix(newer), request) if newer else self._body(name, request)
        return 400 if "Fault" in body else 200, _ENVELOPE.format(body=body)

    def _body(self, name: str, request: str) -> str:
        if name == "GetServices":
            other = "http://192.0.2.77/onvif"  # as a camera behind a router says: nobody may be sent there
            version = "<tds:Version><tt:Major>2</tt:Major><tt:Minor>40</tt:Minor></tds:Version>"
            told = (
                f"<tds:Service><tds:Namespace>{_SERVICES[s]}</tds:Namespace><tds:XAddr>{other}/{s}</tds:XAddr>{version}</tds:Service>"
                for s in ("device", *self.media)
            )
            return f"<tds:GetServicesResponse>{''.join(told)}</tds:GetServicesResponse>"
        if name == "GetDeviceInformation":
            told = "<tds:Manufacturer>Acme\n</tds:Manufacturer><tds:Model>Eye 3</tds:Model><tds:FirmwareVersion>1.2</tds:FirmwareVersion>"
            more = "<tds:SerialNumber>7</tds:SerialNumber><tds:HardwareId>E3</tds:HardwareId>"
            return f"<tds:GetDeviceInformationResponse>{told}{more}</tds:GetDeviceInformationResponse>"
        if name == "GetProfiles" and "media" in self.media:
            profiles = (_PROFILE.format(token=t, name=n, width=w, height=h) for t, n, w, h, _ in self.streams)
            return f"<trt:GetProfilesResponse>{''.join(profiles)}{_SOUND}</trt:GetProfilesResponse>"
        if name == "GetStreamUri" and "media" in self.media:
            told = f"<tt:Uri>{self._url(request)}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>"
            more = "<tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout>"
            return f"<trt:GetStreamUriResponse><trt:MediaUri>{told}{more}</trt:MediaUri></trt:GetStreamUriResponse>"
        return _NOT_HERE

    def _body2(self, name: str, request: str) -> str:
        if self.media2_answers or "media2" not in self.media:
            return self.media2_answers or _NOT_HERE
        if name == "GetProfiles":
            told = "".join(self._profile2(*stream[:4], wanted=_TYPE2 in request) for stream in self.streams)
            return f"<tr2:GetProfilesResponse>{_SOUND2}{told}</tr2:GetProfilesResponse>"
        if name == "GetStreamUri" and _PROTOCOL2 in request:
            return f"<tr2:GetStreamUriResponse><tr2:Uri>{self._url(request)}</tr2:Uri></tr2:GetStreamUriResponse>"
        return _NOT_HERE

    def _profile2(self, token: str, name: str, width: int, height: int, *, wanted: bool) -> str:
        """Configurations are told of those kinds alone that were asked for."""
        encoder = _ENCODER2.format(token=token, encoding=self.encodings.get(token, "H264"), width=width, height=height)
        return _PROFILE2.format(token=token, name=name, configurations=encoder if wanted else "")

    def _url(self, request: str) -> str:
        token = re.search(r"ProfileToken>(\w+)<", request)
        return next(each[4] for each in self.streams if token and each[0] == token[1]).replace("&", "&amp;")

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
            try:
                status, body = camera.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())
            except ConnectionAbortedError:  # it closes without a word
                self.close_connection = True
                return
            elsewhere = camera.redirects.get(self.path)
            self.send_response(307 if elsewhere else status)
            if elsewhere:
                self.send_header("Location", elsewhere)
            self.send_header("Content-Type", "application/soap+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            with suppress(ConnectionError):  # whoever asked has given up
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
def discoverable(answers: list[bytes], types: frozenset[str] = frozenset((NVT, DEVICE))) -> Iterator[tuple[str, int]]:
    """A socket that answers each search for these `types` with these datagrams, as WS-Discovery 5.1 has it; its address."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))

        def run() -> None:
            while (received := listening.recvfrom(1 << 16))[0]:
                for answer in answers if _wanted(received[0]) <= types else ():
                    listening.sendto(answer, received[1])

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield listening.getsockname()
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ending:
                ending.sendto(b"", listening.getsockname())
            thread.join()


def _wanted(probe: bytes) -> set[str]:
    """The types that a search names, with their namespaces."""
    prefixes: dict[str, str] = dict(told for _, told in ElementTree.iterparse(io.BytesIO(probe), events=["start-ns"]))
    types = ElementTree.fromstring(probe).findtext(".//{http://schemas.xmlsoap.org/ws/2005/04/discovery}Types") or ""
    return {f"{{{prefixes[prefix]}}}{name}" for prefix, _, name in (each.partition(":") for each in types.split())}
