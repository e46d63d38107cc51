"""Why a blob was where it was, long after: the record from the nearest checkpoint runs through a pipeline of its own again."""

from collections.abc import Iterator

from engine.history.replay.journal import JournalFolder
from engine.history.replay.run import stepped
from engine.history.replay.start import nearest_start
from engine.model.errors import NotFound
from engine.model.radio.blob import BlobEvidence
from engine.model.time import SECOND, to_iso
from engine.recording.checkpoints import sound_states
from engine.runtime.data_folder import DataFolder

NEAR_NS = 2 * SECOND  # before and after the moment: evidence comes with every tick
LONGEST_NS = 150 * SECOND  # of record that is run again for one question: checkpoints are a minute apart


def past_evidence(data: DataFolder, blob: str, at_ns: int) -> BlobEvidence:
    """Of the blob with this id or number, nearest to that time. Takes some seconds: any thread but the engine's and the screen's.

    Raises NotFound: it is not kept, since when; or no such blob was there. EnvironmentFault: the disk fails.
    """
    journal = JournalFolder(data.journal)
    reach = journal.reach()
    if reach is None or not reach[0] <= at_ns <= reach[1] + NEAR_NS:
        raise NotFound(_unkept(reach, blob))
    moments = list(_moments(data, journal, blob, at_ns))
    if not moments:
        raise NotFound(f"There was no blob {blob[:80]} near that time, by the log of observations.")
    return min(moments, key=lambda moment: abs(moment.at_ns - at_ns))


def _unkept(reach: tuple[int, int] | None, blob: str) -> str:
    kept = "No log of observations is kept" if reach is None else f"The log of observations begins at {to_iso(reach[0])}"
    return f"Why blob {blob[:80]} was where it was is not known any more. {kept}, and nothing from before can be run again."


def _moments(data: DataFolder, journal: JournalFolder, blob: str, at_ns: int) -> Iterator[BlobEvidence]:
    start = nearest_start(journal, lambda number: sound_states(data.checkpoints, number), at_ns - NEAR_NS)
    if not start.warm_ns or at_ns - start.warm_ns > LONGEST_NS:
        raise NotFound(
            f"Why blob {blob[:80]} was where it was cannot be told quickly: no checkpoint from shortly before is kept. Replay that stretch."
        )
    for numbered in journal.read_observations(start.from_number, at_ns + NEAR_NS):
        radio = stepped(start.pipeline, numbered).result.radio
        if radio is not None and abs(radio.at_ns - at_ns) <= NEAR_NS:
            yield from (each for each in radio.evidence if blob in (each.blob_id, str(each.number)))
