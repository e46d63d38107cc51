"""Pictures of reports go with a pack, with faces hidden where the pack hides them."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from engine.model.errors import EnvironmentFault
from engine.model.history.evidence import PackRequest, Redaction
from engine.model.incidents.incident import IncidentCategory, Report
from engine.recording.pack.folder import PackFolder
from engine.runtime.cameras.masking import Masking
from engine.runtime.evidence import report_pictures
from engine.runtime.evidence.report_pictures import take_report_pictures


class Hiding:
    """Says what was hidden instead of hiding it."""

    def still(self, jpeg: bytes) -> bytes:
        return b"hidden " + jpeg


@pytest.fixture
def pack(tmp_path: Path) -> Iterator[PackFolder]:
    folder = PackFolder(tmp_path / "pack")
    yield folder
    folder.abandon()


def report(number: int, *media: str) -> Report:
    return Report(f"rp-{number}", IncidentCategory.OTHER, "Something was here", 1.0, 2.0, number, number, media=media)


def read(media_id: str) -> bytes | None:
    if media_id == "md-away":
        raise EnvironmentFault("not_read", "It went meanwhile.")
    return None if media_id == "of-another-system" else media_id.encode()


@pytest.mark.parametrize(("redaction", "before"), [(Redaction.NONE, b""), (Redaction.FACES, b"hidden ")])
def test_each_is_there_once_and_says_of_which_report(pack: PackFolder, redaction: Redaction, before: bytes) -> None:
    request = PackRequest(0, 10, "Gate", redaction=redaction)
    reports = (report(1, "md-a", "of-another-system"), report(2, "md-b", "md-a", "md-away"))
    assert take_report_pictures(pack, request, reports, read, cast("Masking", Hiding())) == []
    assert {each.path: each.what for each in pack.files} == {
        "reports/md-a.jpg": "picture sent with the report rp-1",
        "reports/md-b.jpg": "picture sent with the report rp-2",
    }
    assert pack.place("reports/md-a.jpg").read_bytes() == before + b"md-a"


def test_what_is_too_many_is_said(pack: PackFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_pictures, "MOST", 2)
    missing = take_report_pictures(pack, PackRequest(0, 10, "Gate"), (report(1, "md-a", "md-b", "md-c"),), read, cast("Masking", Hiding()))
    assert missing == ["Of the pictures of reports the first 2 are in it."]
    assert [each.path for each in pack.files] == ["reports/md-a.jpg", "reports/md-b.jpg"]
