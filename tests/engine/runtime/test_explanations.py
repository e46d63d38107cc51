"""Explanations are of the same blob, near the time asked for, and forgotten in time."""

import numpy as np
import pytest

from engine.model.errors import NotFound
from engine.model.radio.blob import BlobEvidence, BlobExplanation, LinkTable
from engine.model.time import SECOND
from engine.runtime.radio.explanations import APART_NS, KEPT_NS, Explanations

NONE = np.zeros(0)
TABLE = LinkTable((), np.zeros((0, 3)), np.zeros((0, 3)), NONE)


def evidence(blob_id: str, number: int, at_ns: int) -> BlobEvidence:
    none = np.zeros(0, np.int64)
    return BlobEvidence(blob_id, number, at_ns, (1.0, 2.0, 1.0), 0.0, 0.5, TABLE, NONE, NONE, NONE, NONE, NONE, none)


def explain(moment: BlobEvidence) -> BlobExplanation:
    return BlobExplanation(moment.blob_id, moment.number, moment.at_ns, moment.position, moment.fused_value, moment.confidence, (), ())


@pytest.fixture
def kept() -> Explanations:
    return Explanations(explain)


def test_the_newest_is_now_and_a_past_time_gives_the_nearest_moment(kept: Explanations) -> None:
    for tick in range(100):
        kept.take(tick * SECOND // 10, [evidence("bl-1", 1, tick * SECOND // 10)])
    assert kept.find("bl-1", None).at_ns == 99 * SECOND // 10
    assert abs(kept.find("bl-1", 4 * SECOND + 1).at_ns - 4 * SECOND) <= APART_NS
    assert kept.find("1", None).blob_id == "bl-1"


def test_another_blob_at_that_very_time_is_never_given(kept: Explanations) -> None:
    kept.take(0, [evidence("bl-1", 1, 0)])
    kept.take(500 * SECOND, [evidence("bl-2", 2, 500 * SECOND)])
    assert kept.find("1", 0).blob_id == "bl-1"
    with pytest.raises(NotFound, match="near that time"):
        kept.find("1", 500 * SECOND)


@pytest.mark.parametrize("blob", ["2", "bl-2", "", "nobody"])
def test_an_unknown_blob_is_not_found(kept: Explanations, blob: str) -> None:
    kept.take(0, [evidence("bl-1", 1, 0)])
    with pytest.raises(NotFound):
        kept.find(blob, None)


def test_what_is_kept_is_bounded_by_time(kept: Explanations) -> None:
    kept.take(0, [evidence("bl-1", 1, 0)])
    for second in range(2 * KEPT_NS // SECOND):
        kept.take(second * SECOND, [evidence("bl-2", 2, second * SECOND)])
    with pytest.raises(NotFound):
        kept.find("bl-1", None)
    with pytest.raises(NotFound):
        kept.find("2", 0)
    assert len(kept._kept["bl-2"]) <= KEPT_NS // SECOND + 2
