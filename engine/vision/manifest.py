"""What models there are: the manifest in `resources/models.toml`, read strictly."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from urllib.parse import urlsplit

from engine.model.errors import InputError
from engine.model.wire import read_as

DETECTOR = "detector"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One acceptable file. `name` is what it is usually called; `adapter` names the code that can run it."""

    name: str
    sha256: str
    size_bytes: int
    variant: str  # `official` or `stand-in`
    adapter: str
    title: str
    licence: str


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


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model of the manifest. `sha256` is empty when no official file can be told from a false one."""

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
    stand_ins: tuple[StandIn, ...] = ()

    @property
    def downloadable(self) -> bool:
        return bool(self.sha256)

    @property
    def files(self) -> tuple[ModelFile, ...]:
        """What may be installed for it, the official file first."""
        name = urlsplit(self.url).path.rsplit("/", 1)[-1]
        official = ModelFile(name, self.sha256, self.size_bytes, "official", self.adapter, self.title, self.licence)
        others = (ModelFile(s.file, s.sha256, s.size_bytes, "stand-in", s.adapter, s.title, s.licence) for s in self.stand_ins)
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
