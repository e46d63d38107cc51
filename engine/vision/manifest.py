"""What models there are: the manifest in `resources/models.toml`, read strictly."""

import tomllib
from importlib.resources import files
from urllib.parse import urlsplit

from engine.model.errors import InputError
from engine.model.value_class import dataclass
from engine.model.wire import read_as

DETECTOR = "detector"
FACE_DETECTION = "face_detection"
FACE_RECOGNITION = "face_recognition"
REID = "reid"
VOICE_ACTIVITY = "voice_activity"
POSE_DETECTION = "pose_detection"
POSE_LANDMARKS = "pose_landmarks"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One acceptable file.

    Attributes:
        name: what it is usually called. variant: `official` or `stand-in`. adapter: names the code that can run it.
        match_threshold: of a recogniser: raw cosine from which two embeddings count as the same; 0 for other models.
    """

    name: str
    sha256: str
    size_bytes: int
    variant: str
    adapter: str
    title: str
    licence: str
    match_threshold: float = 0.0

    @property
    def embeddings_name(self) -> str:
        """What its embeddings are kept under: those of different files must never be compared."""
        return f"{self.adapter}-{self.sha256[:8]}"


@dataclass(frozen=True, slots=True)
class StandIn:
    """Another file for the same role; see the manifest."""

    file: str
    sha256: str
    size_bytes: int
    title: str
    licence: str
    adapter: str
    licence_note: str = ""
    match_threshold: float = 0.0
    threshold_source: str = ""


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model of the manifest. `sha256` is empty when no official file can be told from a false one.

    `on_request`: large, or of use to few; installed only when named.
    """

    id: str
    role: str
    title: str
    licence: str
    url: str
    size_bytes: int
    input: str
    output: str
    digest_source: str
    sha256: str = ""
    adapter: str = ""
    licence_note: str = ""
    on_request: bool = False
    match_threshold: float = 0.0
    threshold_source: str = ""
    stand_ins: tuple[StandIn, ...] = ()

    @property
    def downloadable(self) -> bool:
        return bool(self.sha256)

    @property
    def files(self) -> tuple[ModelFile, ...]:
        """What may be installed for it, the official file first."""
        name = urlsplit(self.url).path.rsplit("/", 1)[-1]
        official = _file(self, name, "official")
        others = (_file(stand_in, stand_in.file, "stand-in") for stand_in in self.stand_ins)
        return (*((official,) if self.downloadable else ()), *others)


@dataclass(frozen=True, slots=True)
class Manifest:
    models: tuple[ModelSpec, ...]

    def __post_init__(self) -> None:
        ids = [spec.id for spec in self.models]
        if len(set(ids)) != len(ids):
            raise InputError("models", "an id is used twice")
        for digest in (file.sha256 for spec in self.models for file in spec.files):
            if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
                raise InputError("models", f"{digest!r} is no SHA-256 in lower-case hex")
        for file in (file for spec in self.models if spec.role == FACE_RECOGNITION for file in spec.files):
            if not 0.0 < file.match_threshold < 1.0:
                raise InputError(
                    "match_threshold", f"of {file.name} is {file.match_threshold:g}; a recogniser needs a raw cosine between 0 and 1"
                )


def _file(source: ModelSpec | StandIn, name: str, variant: str) -> ModelFile:
    return ModelFile(name, source.sha256, source.size_bytes, variant, source.adapter, source.title, source.licence, source.match_threshold)


def read_manifest(text: str) -> Manifest:
    """
    Raises:
        InputError: no TOML, or a missing, unknown or mistyped field (named).
    """
    try:
        return read_as(Manifest, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InputError("models.toml", str(error)) from None


def built_in_manifest() -> Manifest:
    return read_manifest(files("resources").joinpath("models.toml").read_text(encoding="utf-8"))
