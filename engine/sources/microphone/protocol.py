"""What every kind of microphone looks like to the thread that reads it."""

from typing import Protocol

from engine.model.people.speech import SoundChunk

STALL_S = 2.0
"""A microphone that gave no sound for this long is lost; silence is sound too."""


class SoundSource(Protocol):
    """One connection to one microphone: opened once, read, closed once. Used by one thread, except `interrupt`."""

    def open(self) -> None:
        """
        Raises:
            EnvironmentFault: not there, refused, no sound in it, no sound system on this machine.
            InputError: the address makes no sense.
        """
        ...

    def read(self) -> SoundChunk | None:
        """The next piece; None while waiting. Returns or raises within `STALL_S`.

        Raises:
            EndOfStream: a file has come to its end.
            EnvironmentFault: the connection broke or stalled.
        """
        ...

    def interrupt(self) -> None:
        """From any thread, also before `open`: blocked calls return or raise at once, and so do all later ones."""
        ...

    def close(self) -> None:
        """Free everything. Safe after a failed `open`, and twice."""
        ...
