"""What a tile shows while its camera is replayed."""

from engine.model.snapshot import Picture
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class TileReplay:
    """`at_ns`: the moment that is replayed. `picture`: of then, None while there is none. `held_ns`: what is held in memory, None for
    nothing. `note`: a sentence, as that less is held than was asked for."""

    at_ns: int
    picture: Picture | None = None
    playing: bool = True
    held_ns: tuple[int, int] | None = None
    note: str = ""
