"""The library's client of one camera, with what that lacks: Media 2, and no way elsewhere. Importing it takes a second, and few need it."""

import asyncio
from collections.abc import Coroutine
from importlib.resources import as_file, files
from typing import Any

from aiohttp import ClientError, ClientPayloadError, ClientResponse, ClientSession, ClientTimeout, TraceConfig
from onvif import ONVIFCamera, ONVIFService  # pyright: ignore[reportMissingTypeStubs]

LARGEST_ANSWER = 2 << 20  # bytes; profiles of a camera with many take some 100 kB
_CALL_S = 20.0
MEDIA1, MEDIA2 = "http://www.onvif.org/ver10/media/wsdl", "http://www.onvif.org/ver20/media/wsdl"


class CameraClient(ONVIFCamera):
    """Asks at the address that it is made with, whatever others the camera names. Raises ClientError where the camera redirects."""

    xaddrs: dict[str, str]  # by the namespace of the service

    def __init__(self, host: str, port: int, user: str, password: str) -> None:
        super().__init__(host, port, user, password, adjust_time=True, nat_override=True)

    async def create_onvif_service(self, *args: Any, **kwargs: Any) -> Any:
        return _staying(await _whole(super().create_onvif_service(*args, **kwargs)))

    async def close(self) -> None:
        await _whole(self._close())

    async def _close(self) -> None:
        """Every service, also where one of them cannot be closed."""
        closed = await asyncio.gather(*(each.close() for each in self.services.values()), return_exceptions=True)
        self.services.clear()
        await super().close()
        for each in closed:
            if isinstance(each, BaseException):
                raise each

    async def create_media2_service(self) -> Any:
        with as_file(files("resources") / "onvif" / "media2.wsdl") as path:
            binding = f"{{{MEDIA2}}}Media2Binding"
            service = ONVIFService(self.xaddrs[MEDIA2], self.user, self.passwd, str(path), dt_diff=self.dt_diff, binding_name=binding)
            self.services["media2", None] = service  # is closed with the others
            await service.setup()
        return _staying(service)


async def _whole(work: Coroutine[Any, Any, Any]) -> Any:
    """To its end, however often who asked gives up: the library closes services only that are made, and leaves open what is left of closing
    them. Neither asks anything of the camera."""
    task = asyncio.ensure_future(work)
    given_up = False
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            given_up = True
    if given_up:
        raise asyncio.CancelledError
    return task.result()


def _staying(service: Any) -> Any:
    """Requests have the login in them, so they go nowhere else: by default they would follow a redirect. Answers are bounded."""
    transport = service.transport
    if _REFUSING not in transport.session.trace_configs:
        connector = transport.session.connector  # closed by the service
        transport.session = ClientSession(
            connector=connector,
            connector_owner=False,
            timeout=ClientTimeout(total=_CALL_S),
            trace_configs=[_REFUSING],
            response_class=_BoundedResponse,
        )
    return service


class _BoundedResponse(ClientResponse):
    """Raises ClientPayloadError where the answer is larger than any camera's is."""

    async def read(self) -> bytes:
        if self._body is None:
            try:
                self._body = await self._bounded()
            except BaseException:  # also where who asked gives up in the middle of the answer
                self.close()
                raise
        return self._body

    async def _bounded(self) -> bytes:
        pieces: list[bytes] = []
        size = 0
        async for piece in self.content.iter_chunked(1 << 16):
            size += len(piece)
            if size > LARGEST_ANSWER:
                raise ClientPayloadError("the answer is too large")
            pieces.append(piece)
        return b"".join(pieces)


async def _refuse(*_: object) -> None:
    raise ClientError("the camera redirects")


_REFUSING = TraceConfig()
_REFUSING.on_request_redirect.append(_refuse)
_REFUSING.freeze()
