"""The made pack is one: everything about it is as it should be."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.runtime.evidence.verify import verify_pack
from tests.fakes.packs import PACK, REQUEST, write_pack


@pytest.mark.parametrize("zipped", [False, True], ids=["folder", "zip"])
def test_a_small_pack_is_good(tmp_path: Path, zipped: bool) -> None:
    verdict = verify_pack(write_pack(tmp_path / "small", replace(REQUEST, zipped=zipped), ["No video."]))
    assert verdict.good and verdict.wrong == ()
    assert verdict.manifest is not None and verdict.manifest.id == PACK
    assert verdict.missing == ("No video.",)
