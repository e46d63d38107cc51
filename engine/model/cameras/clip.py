"""Recorded stretches of video."""

from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Clip:
    """A whole, playable file cut for one event. A row exists only when the file is complete and hashed.

    Attributes:
        file, thumbnail: relative to the data folder. sha256: of the file, hex.
        started_ns, ended_ns: time of the first and last picture. transcoded: True where the source was raw pictures.
    """

    id: str
    event_id: str
    camera_id: str
    started_ns: int
    ended_ns: int
    file: str
    thumbnail: str
    sha256: str
    size_bytes: int
    codec: str
    width: int
    height: int
    transcoded: bool = False
