"""Camera logins: kept in the secret store, each together with the places it may be sent to."""

import json
from dataclasses import field

from engine.model.command import Credentials
from engine.model.errors import InputError
from engine.model.settings import CameraKind, CameraSettings, camera_kind
from engine.model.value_class import dataclass
from engine.model.wire import read_as, to_plain
from engine.runtime.secrets.secrets import SecretStore
from engine.sources.camera.urls import parsed

_USUAL_PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Login:
    """As kept. `places`: scheme, host and port of every address that it was given for."""

    user: str = field(repr=False)
    password: str = field(repr=False)
    places: tuple[str, ...]


def places(camera: CameraSettings) -> frozenset[str]:
    """Where the login of a camera is sent: `rtsp://192.168.1.20:554` for each of its addresses on the network."""
    return frozenset(_url_place(url) for url in (camera.url, camera.sub_url) if url and _is_remote(url))


def _onvif_place(camera: CameraSettings) -> frozenset[str]:
    return frozenset((_url_place(camera.onvif),)) if camera.onvif else frozenset()


def _is_remote(url: str) -> bool:
    return camera_kind(url) in (CameraKind.RTSP, CameraKind.MJPEG)


def _url_place(url: str) -> str:
    try:
        parts = parsed(url)
    except InputError:
        return url  # no address at all: nothing is sent there
    scheme = parts.scheme.lower()
    return f"{scheme}://{parts.hostname}:{parts.port or _USUAL_PORTS.get(scheme)}"


class Logins:
    """A stored login is given out only for places it was entered for: not by a command, nor by an edited settings file, is it sent to
    another host. Any thread. All methods raise EnvironmentFault when the secret store cannot be read or written.
    """

    def __init__(self, secrets: SecretStore) -> None:
        self._secrets = secrets

    def get(self, camera: CameraSettings) -> Credentials | None:
        """The camera's login; None when there is none, or one for another place."""
        return self._for(camera, places(camera))

    def of_onvif(self, camera: CameraSettings) -> Credentials | None:
        """The login for the camera's ONVIF address; None where it was entered before that address was."""
        return self._for(camera, _onvif_place(camera))

    def put(self, camera: CameraSettings, credentials: Credentials) -> None:
        login = Login(credentials.user, credentials.password, tuple(sorted(places(camera) | _onvif_place(camera))))
        self._secrets.put(login_key(camera.id), json.dumps(to_plain(login)))

    def _for(self, camera: CameraSettings, wanted: frozenset[str]) -> Credentials | None:
        stored = self._secrets.get(login_key(camera.id))
        login = None if stored is None else _read_login(stored)
        if login is None or not wanted <= set(login.places):
            return None
        return Credentials(login.user, login.password)

    def forget(self, camera_id: str) -> None:
        self._secrets.remove(login_key(camera_id))


def login_key(camera_id: str) -> str:
    return f"camera/{camera_id}"


def _read_login(stored: str) -> Login | None:
    try:
        return read_as(Login, json.loads(stored))
    except (ValueError, InputError):
        return None  # of another form: it is entered again
