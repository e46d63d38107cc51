"""The models installed on this machine."""

import os
from collections.abc import Callable
from pathlib import Path

import platformdirs

from engine.inference.runner import CPU_DOOR, Door
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.snapshot import ModelEntry
from engine.model.value_class import dataclass
from engine.vision.download import Downloader, digest_of
from engine.vision.installer import Installation, OnProgress, install_from_folder, install_from_network, never, place
from engine.vision.manifest import Manifest, ModelFile, ModelSpec, built_in_manifest

FOLDER_VARIABLE = "WATCHROOM_MODELS"


def default_folder() -> Path:
    """`WATCHROOM_MODELS` where it is set, otherwise the user's data folder."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else platformdirs.user_data_path("watchroom") / "models"


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A file that is in place. Its digest has been checked when `ModelStore.checked` gave it."""

    spec: ModelSpec
    file: ModelFile
    path: Path

    @property
    def stand_in(self) -> bool:
        return self.file.variant == "stand-in"


class ModelStore:
    """The manifest and the folder of installed files. Any thread; installing blocks, the rest takes milliseconds.

    A file is called after the model and its digest, so its name says whether it is the official one or a stand-in.

    Attributes:
        door: decides what runs a model; all on the CPU until somebody sets another.
    """

    def __init__(self, folder: Path | None = None, manifest: Manifest | None = None, downloader: Downloader | None = None) -> None:
        """`folder`: see `default_folder`; need not exist. `manifest`: the built-in one."""
        self.folder = folder or default_folder()
        self.manifest = manifest or built_in_manifest()
        self._downloader = downloader or Downloader()
        self.door: Door = CPU_DOOR

    def entries(self) -> tuple[ModelEntry, ...]:
        """All models of the manifest. Checks sizes only; `verify` checks digests."""
        return tuple(self._entry(spec) for spec in self.manifest.models)

    def verify(self) -> tuple[ModelEntry, ...]:
        """The installed models, each read in full; `trouble` says what is wrong with one."""
        return tuple(self._verified(spec) for spec in self.manifest.models if self.installed(spec.id) is not None)

    def spec(self, model_id: str) -> ModelSpec:
        """
        Raises:
            InputError: no such id.
        """
        for spec in self.manifest.models:
            if spec.id == model_id:
                return spec
        known = ", ".join(spec.id for spec in self.manifest.models)
        raise InputError("id", f"{model_id!r} is not in the manifest; known are {known}")

    def of_role(self, role: str) -> tuple[ModelSpec, ...]:
        """Models for a role, the preferred one first."""
        return tuple(spec for spec in self.manifest.models if spec.role == role)

    def installed(self, model_id: str) -> InstalledModel | None:
        """What is in place for a model, whole or not: the official file before a stand-in."""
        spec = self.spec(model_id)
        places = (InstalledModel(spec, file, place(self.folder, spec, file)) for file in spec.files)
        return next((found for found in places if found.path.is_file()), None)

    def checked(self, model_id: str) -> InstalledModel:
        """What is in place for a model, its digest checked.

        Raises:
            NotFound: not installed. EnvironmentFault: `model_damaged`, `folder_unusable`.
        """
        found = self.installed(model_id)
        if found is None:
            raise NotFound(f"The model {model_id} is not installed.")
        if digest_of(found.path) != found.file.sha256:
            raise EnvironmentFault("model_damaged", f"The installed file of {found.spec.title} is damaged. Install it again.")
        return found

    def best(self, model: str) -> InstalledModel:
        """What is in place for a model id, or the best installed model of a role, its digest checked.

        Raises:
            NotFound: nothing is installed for it. EnvironmentFault: `model_damaged`.
        """
        ids = [spec.id for spec in self.of_role(model)] or [model]
        return self.checked(next((model_id for model_id in ids if self.installed(model_id) is not None), ids[0]))

    def path(self, model: str) -> Path:
        """The file of `best`."""
        return self.best(model).path

    def install(
        self,
        ids: tuple[str, ...] = (),
        source: Path | None = None,
        on_progress: OnProgress = lambda model_id, done, total: None,
        cancelled: Callable[[], bool] = never,
    ) -> tuple[str, ...]:
        """Install models and give the ids of those that are new. One that fails does not stop the others.

        Args:
            ids: which; none means all that are missing or damaged.
            source: a folder with the files; None means the network.
            on_progress: hears (id, bytes done, bytes in all) on the calling thread.

        Raises:
            InputError: unknown id, or `source` is no folder. EnvironmentFault: the first model that failed, after all were tried.
        """
        results = self.install_each(ids, source, on_progress, cancelled)
        for result in results:
            if result.fault is not None:
                raise result.fault
        return tuple(result.id for result in results if result.new)

    def install_each(
        self, ids: tuple[str, ...], source: Path | None, on_progress: OnProgress, cancelled: Callable[[], bool] = never
    ) -> tuple[Installation, ...]:
        """As `install`, with what became of each model."""
        specs = [self.spec(model_id) for model_id in ids] or [
            one for one in self.manifest.models if not (one.on_request or self._is_whole(one))
        ]
        if source is not None:
            return install_from_folder(self.folder, specs, source, bool(ids), on_progress, cancelled)
        return install_from_network(self.folder, specs, bool(ids), self._downloader, on_progress, cancelled)

    def _is_whole(self, spec: ModelSpec) -> bool:
        try:
            self.checked(spec.id)
        except (NotFound, EnvironmentFault):
            return False
        return True

    def _entry(self, spec: ModelSpec) -> ModelEntry:
        found = self.installed(spec.id)
        if found is None:
            trouble = "" if spec.downloadable else f"Cannot be downloaded, only installed from a folder. {spec.digest_source}"
            return _as_entry(spec, None, trouble)
        whole = found.path.stat().st_size == found.file.size_bytes
        return _as_entry(spec, found, "" if whole else "The file is damaged. Install it again.")

    def _verified(self, spec: ModelSpec) -> ModelEntry:
        try:
            return _as_entry(spec, self.checked(spec.id), "")
        except EnvironmentFault as fault:
            return _as_entry(spec, self.installed(spec.id), str(fault))


def _as_entry(spec: ModelSpec, found: InstalledModel | None, trouble: str) -> ModelEntry:
    """What is installed, as the screen shows it; else what could be."""
    if found is None:
        return ModelEntry(spec.id, spec.role, spec.title, spec.licence, spec.url, spec.size_bytes, False, "", trouble)
    file = found.file
    return ModelEntry(spec.id, spec.role, file.title, file.licence, spec.url, file.size_bytes, True, file.variant, trouble)
