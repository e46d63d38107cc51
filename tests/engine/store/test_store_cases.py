"""Evidence packs and cases are found again as they were put."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.errors import NotFound
from engine.model.history.evidence import Case, HiddenRegion, Pack, PackRequest, Redaction
from engine.model.time import SECOND, ManualClock
from engine.store.store import open_store

REGION = HiddenRegion("yard", ((0.0, 0.0), (0.5, 0.0), (0.5, 0.5)))
REQUEST = PackRequest(10 * SECOND, 70 * SECOND, "Fence, 21 November", "as asked by the owner", ("yard",), ("p-1",), "case-1")
PACK = Pack("pack-1", replace(REQUEST, redaction=Redaction.FACES, hidden=(REGION,)), "ines", 5, "packs/pack-1.zip", 17, "ab" * 32, ("x",))
CASE = Case("case-1", "Fence", "two nights", "ines", 4)


def test_packs_and_cases_survive_a_new_start(tmp_path: Path) -> None:
    store = open_store(tmp_path / "w.db", ManualClock(5))
    store.cases.put_case(CASE)
    store.cases.put_pack(PACK)
    store.close()
    store = open_store(tmp_path / "w.db", ManualClock(5))
    try:
        assert store.cases.case("case-1") == CASE
        assert store.cases.pack("pack-1") == PACK
    finally:
        store.close()


def test_packs_are_listed_newest_first_and_by_case(tmp_path: Path) -> None:
    store = open_store(tmp_path / "w.db", ManualClock(5))
    try:
        other = replace(PACK, id="pack-2", created_ns=9, request=replace(REQUEST, case_id=""))
        for pack in (PACK, other):
            store.cases.put_pack(pack)
        store.cases.put_case(CASE)
        store.cases.put_case(replace(CASE, closed=True))
        assert store.cases.packs() == (other, PACK)
        assert store.cases.packs("case-1") == (PACK,)
        assert store.cases.cases() == (replace(CASE, closed=True),)
        store.cases.remove_pack("pack-1")
        with pytest.raises(NotFound, match="pack-1"):
            store.cases.pack("pack-1")
        with pytest.raises(NotFound, match="case-9"):
            store.cases.case("case-9")
    finally:
        store.close()
