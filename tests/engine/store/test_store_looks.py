"""Looks of stays: found exactly, most alike first; forgotten, erased and cleared without a trace."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.model.cameras.look import StayLook
from engine.model.geometry import Floats
from engine.model.time import SECOND
from engine.store import Store
from engine.store.search.looks_scan import _LOOSE, _PACKS, PACK, Sought, _among, camera_mark
from tests.engine.store.records import event

EVER = (0, 1 << 60)


def vectors(count: int, seed: int = 1, size: int = 32) -> Floats:
    """Unit length; all somewhat alike, as looks are."""
    made = np.random.default_rng(seed).normal(0.5, 1.0, (count, size))
    return np.asarray(made / np.linalg.norm(made, axis=1, keepdims=True), np.float32)


def stay(number: int, vector: Floats, **more: object) -> StayLook:
    at_ns = number * SECOND
    made = StayLook(f"tr-{number}", "yard", at_ns, at_ns + SECOND // 2, at_ns + 1, (1.0, 2.0, 3.0, 4.0), 3, "osnet", vector, closed=True)
    return replace(made, **more)


def sought(vector: Floats, limit: int = 10, span: tuple[int, int] = EVER, cameras: tuple[str, ...] = (), model: str = "osnet") -> Sought:
    return Sought(vector, model, *span, cameras, limit)


def found(store: Store, ask: Sought) -> list[str]:
    return [each.id for each in store.looks.alike(ask)[0]]


@pytest.mark.parametrize("count", [7, PACK, 2 * PACK + 100])
def test_the_most_alike_are_exactly_those_of_a_plain_comparison(store: Store, count: int) -> None:
    several = vectors(count)
    store.looks.put([stay(number, vector) for number, vector in enumerate(several)])
    query = vectors(1, seed=2)[0]
    hits, compared = store.looks.alike(sought(query))
    cosines = several.astype(np.float16).astype(np.float32) @ query
    assert [hit.id for hit in hits] == [f"tr-{number}" for number in np.argsort(-cosines)[:10]]
    assert [hit.likeness for hit in hits] == pytest.approx(np.sort(cosines)[::-1][:10].tolist(), abs=1e-5)
    assert compared == count


@pytest.mark.parametrize("packed", [True, False])
def test_times_cameras_and_models_limit_what_is_compared(store: Store, packed: bool) -> None:
    several = vectors(PACK if packed else 40)
    store.looks.put(
        [stay(number, vector, camera_id="gate" if number % 2 else "yard") for number, vector in enumerate(several)]
        + [stay(5_000, several[5], model="another")]
    )
    query = several[5]
    assert found(store, sought(query, 1)) == ["tr-5"]
    assert found(store, sought(query, 1, cameras=("yard",)))[0] != "tr-5"
    assert found(store, sought(query, 99, (5 * SECOND, 6 * SECOND))) == ["tr-5"]
    assert found(store, sought(query, 99, (5 * SECOND, 6 * SECOND), ("yard",))) == []
    assert found(store, sought(query, 9, model="another")) == ["tr-5000"]


def test_a_stay_goes_on_until_it_is_closed_and_names_its_event(store: Store) -> None:
    first, second = vectors(2)
    begun = replace(event(3), subject_id="tr-3", camera_id="yard")
    store.save([begun])
    at_ns = begun.started_ns
    open_stay = stay(3, first, closed=False, since_ns=at_ns, until_ns=at_ns + 1)
    store.looks.put([open_stay])
    store.looks.put([replace(open_stay, vector=second, until_ns=at_ns + 9, count=5, person_id="pe-1")])
    (hit,), compared = store.looks.alike(sought(second, span=(0, 1 << 62)))
    assert (hit.likeness, hit.until_ns, hit.person_id, compared) == (pytest.approx(1, abs=1e-3), at_ns + 9, "pe-1", 1)
    assert hit.event_id == begun.id
    known = store.looks.look_of(begun.id)
    assert known is not None and known.camera_id == "yard" and known.vector == pytest.approx(second, abs=1e-3)
    assert store.looks.look_of("ev-none") is None


def test_what_was_open_when_the_engine_ended_is_packed_with_the_others(store: Store) -> None:
    several = vectors(PACK)
    store.looks.put([stay(number, vector, closed=False) for number, vector in enumerate(several)])
    store.looks.close_open()
    store.looks.put([stay(PACK, several[0])])
    assert found(store, sought(several[9], 1)) == ["tr-9"] and store.looks.count_and_oldest() == (PACK + 1, 0)


def test_forgotten_with_their_events(store: Store) -> None:
    several = vectors(PACK + 5)
    store.looks.put([stay(number, vector) for number, vector in enumerate(several)])
    store.looks.forget(1000 * SECOND)
    assert store.looks.count_and_oldest() == (29, 1000 * SECOND)
    assert found(store, sought(several[0], 1)) != ["tr-0"] and found(store, sought(several[1001], 1)) == ["tr-1001"]
    store.looks.forget(1 << 60)
    assert store.looks.count_and_oldest() == (0, None) and store.looks.alike(sought(several[0])) == ((), 0)


def test_who_is_erased_is_in_no_pack_either(store: Store, path: Path) -> None:
    several = vectors(PACK)
    stays = [stay(number, vector) for number, vector in enumerate(several)]
    stays[7] = replace(stays[7], person_id="pe-gone")
    store.looks.put([*stays, stay(9_000, several[8], camera_id="gate")])
    store.looks.erase("pe-gone", [("yard", 8 * SECOND, 9 * SECOND), ("gate", 0, SECOND)])
    assert store.looks.alike(sought(several[7], 2000))[1] == PACK - 1  # 7 and 8 of the yard are gone, the gate's is there
    assert not {"tr-7", "tr-8"} & set(found(store, sought(several[7], 2000)))
    store.scrub()
    data = path.read_bytes() + Path(f"{path}-wal").read_bytes()
    gone = several[7].astype(np.float16).tobytes()
    codes = np.rint(
        several[7].astype(np.float16).astype(np.float32) / (np.abs(several[7].astype(np.float16)).max().astype(np.float32) / 127)
    )
    assert gone not in data and codes.astype(np.int8).tobytes() not in data
    assert several[9].astype(np.float16).tobytes() in data


def test_nothing_is_left_once_looks_are_not_wanted(store: Store) -> None:
    store.looks.put([stay(number, vector) for number, vector in enumerate(vectors(PACK + 1))])
    store.looks.clear()
    assert store.looks.count_and_oldest() == (0, None) and store.looks.alike(sought(vectors(1)[0])) == ((), 0)


def packs(path: Path) -> list[tuple[str, int]]:
    """Camera, and how many looks, of each pack."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT camera_id, length(keys) / 8 FROM look_packs ORDER BY camera_id, number").fetchall()


def test_a_pack_is_of_one_camera(store: Store, path: Path) -> None:
    several = vectors(2 * PACK + 200)
    store.looks.put([stay(number, vector, camera_id=f"cam-{number % 2}") for number, vector in enumerate(several)])
    assert packs(path) == [("cam-0", PACK), ("cam-1", PACK)]
    query = vectors(1, seed=2)[0]
    hits, compared = store.looks.alike(sought(query, cameras=("cam-1",)))
    cosines = several[1::2].astype(np.float16).astype(np.float32) @ query
    assert [hit.id for hit in hits] == [f"tr-{2 * number + 1}" for number in np.argsort(-cosines)[:10]]
    assert compared == PACK + 100


def test_packs_of_several_cameras_are_parted_by_and_by(store: Store, path: Path) -> None:
    several = vectors(2 * PACK)
    store.looks.put([stay(number, vector) for number, vector in enumerate(several)])
    with closing(sqlite3.connect(path)) as connection, connection:  # as before: whoever was closed was packed with whoever followed
        connection.execute("UPDATE look_packs SET camera_id = ''")
        connection.execute("UPDATE looks SET camera_id = 'gate' WHERE key % 4 = 0")
        for number, cameras in connection.execute("SELECT number, cameras FROM look_packs").fetchall():
            marks = np.frombuffer(cameras, np.uint32).copy()
            marks[3::4] = camera_mark("gate")
            connection.execute("UPDATE look_packs SET cameras = ? WHERE number = ?", (marks.tobytes(), number))
    before = [found(store, sought(several[8], 20, cameras=cameras)) for cameras in ((), ("gate",), ("yard", "gate"))]
    for number in (1, 2):
        store.looks.put([stay(9_000 + number, -several[8], camera_id="roof")])
        assert [found(store, sought(several[8], 20, cameras=cameras)) for cameras in ((), ("gate",), ("yard", "gate"))] == before
        assert sum(camera_id == "" for camera_id, _ in packs(path)) == 2 - number
    assert packs(path) == [("yard", PACK)]
    assert store.looks.alike(sought(several[8]))[1] == 2 * PACK + 2


def test_of_one_camera_only_its_packs_and_what_is_in_none_are_read(store: Store, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for query, cameras in ((_PACKS, ("", "yard")), (_LOOSE, ("yard",))):
            among, asked = _among(sought(vectors(1)[0]), cameras)
            plan = [row[3] for row in connection.execute("EXPLAIN QUERY PLAN " + query.format(among), asked)]
            assert len(plan) == 1 and "model=? AND camera_id=?" in plan[0]
