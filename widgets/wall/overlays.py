"""What is drawn over pictures."""

from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class Overlays:
    """Toggles of the overlays. `ids` adds the track's number to its label; with `labels` off the number stands alone.

    `names`: who somebody is stands instead of what they are. `poses`: bodies as lines. `zones`: zones and lines of the picture, with how
    many are in them.
    """

    boxes: bool = True
    labels: bool = True
    ids: bool = True
    trails: bool = True
    names: bool = True
    poses: bool = False
    zones: bool = True
