"""The library's client of one camera, with what that lacks: Media 2, and no way elsewhere. Importing it takes a second, and few need it."""

from importlib.resources import as_file, files
from typing import Any

from aiohttp import ClientError, TraceConfig
from onvif import ONVIFCamera, ONVIFService  # pyright: ignore[reportMissingTypeStubs]

MEDIA1, MEDIA2 = "http://www.onvif.org/ver10/media/wsdl", "http://www.onvif.org/ver20/media/wsdl"


class CameraClient(ONVIFCamera):
    """Asks at the address that it is made with, whatever others the camera names. Raises ClientError where the camera redirects."""

    xaddrs: dict[str, str]  # by the namespace of the service

    def __init__(self, host: str, port: int, user: str, password: str) -> None:
        super().__init__(host, port, user, password, adjust_time=True, nat_override=True)

    async def create_onvif_service(self, *args: Any, **kwargs: Any) -> Any:
        return _staying(await super().create_onvif_service(*args, **kwargs))

    async def create_media2_service(self) -> Any:
        with as_file(files("resources") / "onvif" / "media2.wsdl") as path:
            binding = f"{{{MEDIA2}}}Media2Binding"
            service = ONVIFService(self.xaddrs[MEDIA2], self.user, self.passwd, str(path), dt_diff=self.dt_diff, binding_name=binding)
            self.services["media2", None] = service  # is closed with the others
            await service.setup()
        return _staying(service)


def _staying(service: Any) -> Any:
    """Requests have the login in them, so they go nowhere else: by default they would follow a redirect."""
    service.transport.session.trace_configs[:] = [_REFUSING]
    return service


async def _refuse(*_: object) -> None:
    raise ClientError("the camera redirects")


_REFUSING = TraceConfig()
_REFUSING.on_request_redirect.append(_refuse)
_REFUSING.freeze()
