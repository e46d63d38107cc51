"""Why blobs were where they were, for as long as somebody may still ask."""

import threading
from bisect import bisect_left
from collections.abc import Callable, Sequence

from engine.model.errors import NotFound
from engine.model.radio.blob import BlobEvidence, BlobExplanation
from engine.model.time import SECOND

KEPT_NS = 600 * SECOND
APART_NS = SECOND  # between two moments that are kept; the newest always is
NEAREST_NS = 60 * SECOND


class Explanations:
    """The evidence of the last ten minutes, one moment a second. The engine thread writes; any thread asks.

    Args:
        explain: makes the explanation of one moment's evidence.
    """

    def __init__(self, explain: Callable[[BlobEvidence], BlobExplanation]) -> None:
        self._explain = explain
        self._lock = threading.Lock()
        self._kept: dict[str, list[BlobEvidence]] = {}
        self._ids: dict[str, str] = {}  # by number, as text

    def take(self, now_ns: int, evidence: Sequence[BlobEvidence]) -> None:
        with self._lock:
            for moment in evidence:
                self._add_moment(moment)
            for blob_id in [blob_id for blob_id, moments in self._kept.items() if moments[-1].at_ns < now_ns - KEPT_NS]:
                self._ids.pop(str(self._kept.pop(blob_id)[-1].number), None)

    def find(self, blob: str, at_ns: int | None) -> BlobExplanation:
        """Of the blob with this id or number; the newest, or the nearest to `at_ns` within a minute. Raises NotFound."""
        with self._lock:
            moments = self._kept.get(self._ids.get(blob, blob), [])
            moment = _nearest(moments, at_ns)
        if moment is None:
            when = "" if at_ns is None else " near that time"
            raise NotFound(f"There is no blob {blob[:80]}{when}. Explanations are kept for ten minutes.")
        return self._explain(moment)

    def _add_moment(self, moment: BlobEvidence) -> None:
        moments = self._kept.setdefault(moment.blob_id, [])
        self._ids[str(moment.number)] = moment.blob_id
        if len(moments) > 1 and moment.at_ns - moments[-2].at_ns < APART_NS:
            moments[-1] = moment
        else:
            moments.append(moment)
        if moments[0].at_ns < moment.at_ns - KEPT_NS:
            del moments[0]


def _nearest(moments: Sequence[BlobEvidence], at_ns: int | None) -> BlobEvidence | None:
    if not moments or at_ns is None:
        return moments[-1] if moments else None
    after = bisect_left(moments, at_ns, key=lambda moment: moment.at_ns)
    around = moments[max(after - 1, 0) : after + 1]
    best = min(around, key=lambda moment: abs(moment.at_ns - at_ns))
    return best if abs(best.at_ns - at_ns) <= NEAREST_NS else None
