"""Why somebody was found where they were can be asked long after, as far as the record goes."""

from pathlib import Path

import pytest

from engine.model.errors import NotFound
from engine.model.radio.blob import BlobEvidence
from engine.model.time import SECOND
from engine.runtime.data_folder import DataFolder
from engine.runtime.radio.past_blobs import past_evidence
from tests.fakes.kept_run import KeptRun, a_minute_ago, keep_run, room_with_camera
from tests.fakes.observations import Walk


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    return DataFolder(tmp_path_factory.mktemp("past") / "site")


@pytest.fixture(scope="module")
def kept(data: DataFolder) -> KeptRun:
    return keep_run(data.path, room_with_camera(9.0, [Walk(4.5, 8.5)], later_ns=a_minute_ago()), 50)


def evidence(kept: KeptRun) -> list[BlobEvidence]:
    return [moment for said in kept.said if said.radio is not None for moment in said.radio.evidence]


def test_it_is_what_was_told_when_it_was_live(data: DataFolder, kept: KeptRun) -> None:
    live = evidence(kept)
    asked = live[len(live) * 3 // 4]
    again = past_evidence(data, asked.blob_id, asked.at_ns)
    assert again.at_ns == asked.at_ns and repr(again) == repr(asked)
    by_number = past_evidence(data, str(asked.number), asked.at_ns + SECOND // 20)
    assert by_number.blob_id == asked.blob_id and abs(by_number.at_ns - asked.at_ns) <= SECOND // 10


def test_nobody_there_and_nothing_kept_are_told_apart(data: DataFolder, kept: KeptRun, tmp_path: Path) -> None:
    asked = evidence(kept)[-1]
    with pytest.raises(NotFound, match="no blob nobody near that time"):
        past_evidence(data, "nobody", asked.at_ns)
    with pytest.raises(NotFound, match="The log of observations begins at 20"):
        past_evidence(data, asked.blob_id, asked.at_ns - 3_600 * SECOND)
    with pytest.raises(NotFound, match="No log of observations is kept"):
        past_evidence(DataFolder(tmp_path / "new"), asked.blob_id, asked.at_ns)
