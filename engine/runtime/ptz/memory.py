"""What has to be known of PTZ cameras after a restart: whether one was away from home, moved, or ran a tour."""

import json
import threading
from dataclasses import field
from pathlib import Path

from engine.model import wire
from engine.model.errors import EnvironmentFault, InputError
from engine.model.ptz.view import PtzPosition
from engine.model.value_class import dataclass
from engine.runtime.atomic_file import write_atomically
from engine.runtime.ports import Trouble

FILE = "ptz.json"


@dataclass(frozen=True, slots=True)
class Remembered:
    """`home`: where the camera said that it was when it was at home; None: it never said."""

    camera_id: str
    away: bool = False
    moving: bool = False
    home: PtzPosition | None = None
    tour_id: str = ""


@dataclass(frozen=True, slots=True)
class _File:
    cameras: tuple[Remembered, ...] = field(default_factory=tuple)


class PtzMemory:
    """Any thread. Written at once, since the engine may be killed while a camera moves; unchanged values are not written."""

    def __init__(self, folder: Path, trouble: Trouble) -> None:
        self._path, self._trouble = folder / FILE, trouble
        self._lock = threading.Lock()
        self._cameras = {each.camera_id: each for each in self._read()}

    def get(self, camera_id: str) -> Remembered:
        with self._lock:
            return self._cameras.get(camera_id, Remembered(camera_id))

    def put(self, now: Remembered) -> None:
        with self._lock:
            if self._cameras.get(now.camera_id) == now:
                return
            self._cameras[now.camera_id] = now
            content = json.dumps(wire.to_plain(_File(tuple(self._cameras.values())))).encode()
            try:
                write_atomically(self._path, content)
            except EnvironmentFault as fault:
                self._trouble.tell(str(fault))
            else:
                self._trouble.tell(None)

    def _read(self) -> tuple[Remembered, ...]:
        try:
            return wire.read_as(_File, json.loads(self._path.read_bytes())).cameras
        except FileNotFoundError:
            return ()
        except (OSError, ValueError, InputError):
            self._trouble.tell(f"{self._path} cannot be read. PTZ cameras count as being at home until they are steered.")
            return ()
