"""A real engine that keeps looks, with a model of its own making in place of the re-identification model."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User, Verb
from engine.model.cameras.look import StayLook
from engine.model.geometry import Floats
from engine.model.people.settings import PeopleSettings
from engine.model.settings import CameraSettings
from engine.model.time import SECOND, SystemClock
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import LocalPort
from engine.vision.looks import DIMENSIONS, model_name
from engine.vision.manifest import REID, Manifest, StandIn, built_in_manifest
from engine.vision.models import ModelStore


def look(seed: int, towards: Floats | None = None) -> Floats:
    """(512,) float32 of unit length: another one for each seed, or one that is near another look."""
    found = np.random.default_rng(seed).normal(size=DIMENSIONS)
    if towards is not None:
        found = 0.2 * found / np.linalg.norm(found) + towards
    return np.asarray(found / np.linalg.norm(found), np.float32)


def model_store(folder: Path, content: bytes) -> ModelStore:
    """With a file of this content as its re-identification model, which is no network."""
    manifest, digest = built_in_manifest(), hashlib.sha256(content).hexdigest()
    file = StandIn("reid.onnx", digest, len(content), "Made up", "MIT", "osnet")
    models = tuple(replace(spec, stand_ins=(file,)) if spec.role == REID else spec for spec in manifest.models)
    store = ModelStore(folder, Manifest(models))
    folder.mkdir(parents=True, exist_ok=True)
    (source := folder.parent / f"{folder.name}-source").mkdir(exist_ok=True)
    (source / "reid.onnx").write_bytes(content)
    store.install(tuple(spec.id for spec in store.of_role(REID)), source)
    return store


class LookSite:
    def __init__(self, engine: Engine, models: ModelStore) -> None:
        self.engine = engine
        self.digest = models.best(REID).file.sha256

    def port(self, role: Role = Role.OPERATOR, cameras: tuple[str, ...] | None = None, without: Verb | None = None) -> LocalPort:
        user = User(f"us-{role.value}", role.value, role)
        session = Session(f"s-{role.value}", user, ROLE_VERBS[role] - {without}, cameras=cameras)
        return LocalPort(self.engine, lambda: session)

    def recognise(self, on: bool = True) -> None:
        wanted = PeopleSettings(biometrics=on, purpose="To find who was in view" if on else "")
        self.engine.update_settings(lambda now: replace(now, recognition=wanted), "test")
        assert self.engine.record.writer.flush(60.0)

    def put(self, **stays: Floats) -> None:
        """Stays by their ids, each with its look."""
        model = model_name(self.digest)
        looks = [
            StayLook(stay, "yard", number * SECOND, (number + 5) * SECOND, number * SECOND, (0, 0, 9, 9), 3, model, vector)
            for number, (stay, vector) in enumerate(stays.items(), 1)
        ]
        self.engine.record.store.looks.put(looks)


@contextmanager
def look_site(folder: Path, content: bytes = b"the model of most sites") -> Iterator[LookSite]:
    """Its camera is switched off; biometrics are on."""
    data = DataFolder(folder / "data", parents=True)
    with data.lock():
        models = model_store(folder / "models", content)
        camera = CameraSettings("yard", "Yard", "rtsp://192.0.2.1/yard", enabled=False)
        engine = Engine(data, SystemClock(), models, CommandLineSettings((camera,)))
        engine.start()
        try:
            site = LookSite(engine, models)
            site.recognise()
            yield site
        finally:
            engine.stop()
