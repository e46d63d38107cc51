"""How loud one user wants cameras, on this screen. Kept in `console.ini`."""

from console.session.remembered import Remembered
from engine.model.value_class import dataclass

USUAL = 70


@dataclass(frozen=True, slots=True)
class SoundChoice:
    """`volume` in percent."""

    volume: int = USUAL
    muted: bool = False

    @property
    def share(self) -> float:
        return 0.0 if self.muted else self.volume / 100


def kept_choice(remembered: Remembered, user_id: str) -> SoundChoice:
    volume = remembered.number(f"sound-{user_id}/volume", USUAL)
    return SoundChoice(min(volume, 100), remembered.flag(f"sound-{user_id}/muted", False))


def keep_choice(remembered: Remembered, user_id: str, choice: SoundChoice) -> None:
    remembered.put(f"sound-{user_id}/volume", choice.volume)
    remembered.put(f"sound-{user_id}/muted", choice.muted)
