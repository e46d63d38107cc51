"""What of which record is replayed, and with what settings."""

from pathlib import Path

from engine.history.replay.start import States
from engine.model.history.replay import ReplaySettings
from engine.model.value_class import dataclass
from engine.recording.checkpoints import sound_states


@dataclass(frozen=True, slots=True)
class Window:
    """`journal`, `checkpoints`: folders. `until_ns`: exclusive. `settings`: tried from `since_ns` on."""

    journal: Path
    checkpoints: Path
    since_ns: int
    until_ns: int
    settings: ReplaySettings

    def states(self, number: int) -> States:
        return sound_states(self.checkpoints, number)
