"""Everything that is left out when too much comes at once, counted where it happens."""

from collections.abc import Callable, Mapping

from engine.recording.clips.clips import ClipRecorder
from engine.runtime.mailbox import Mailbox
from engine.runtime.shedding import Loss
from engine.store.database.writer import StoreWriter

REFUSED = "{count:,} entries could not be stored: a fault of the program. The log has each of them."
JOURNAL = "The disk is too slow: {count:,} observations are missing from the journal, so that a replay has gaps. Events are kept."
MAILBOX = "The engine is behind: {count:,} camera frames were left out. Use fewer cameras or a faster machine."
RECORDING = (
    "The machine is too slow to encode {count:,} pictures, which are missing from recordings. This concerns cameras with privacy areas, and"
    " those that send no stream. Use fewer of them, or a lower picture rate."
)


class Losses:
    """Any thread. `others`: of the sensors."""

    def __init__(self, writer: StoreWriter, mailbox: Mailbox, recorder: ClipRecorder, others: Callable[[], Mapping[str, Loss]]) -> None:
        self._writer, self._mailbox, self._recorder, self._others = writer, mailbox, recorder, others

    def now(self) -> dict[str, Loss]:
        """By kind."""
        return {
            "refused": Loss(self._writer.refused, REFUSED),
            "journal": Loss(self._writer.shed, JOURNAL),
            "mailbox": Loss(self._mailbox.shed, MAILBOX),
            "recording": Loss(self._recorder.raw_dropped, RECORDING),
            **self._others(),
        }

    def counts(self) -> dict[str, int]:
        return {kind: loss.count for kind, loss in self.now().items()}
