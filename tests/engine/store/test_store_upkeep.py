"""What the record tells and does when old clips are deleted."""

from dataclasses import replace

from engine.model.ids import derived_id, family
from engine.model.question import ListClips
from engine.store import Store
from tests.engine.store.records import clip, decision, event


def test_size_and_oldest_of_no_clips(store: Store) -> None:
    assert store.clips_size_bytes() == 0
    assert store.oldest_clips(5) == ()
    assert store.clip_ids() == frozenset()


def test_sizes_add_up_beyond_32_bits(store: Store) -> None:
    store.save([clip(1), clip(2)])
    assert store.clips_size_bytes() == 10_000_000_000


def test_oldest_come_first_and_no_more_than_asked_for(store: Store) -> None:
    twin = replace(clip(1), id="cl-zz")
    store.save([clip(3), clip(2), twin, clip(1)])
    assert store.oldest_clips(3) == (clip(1), twin, clip(2))


def test_removed_rows_are_gone_and_others_stay(store: Store) -> None:
    store.save([clip(number) for number in (1, 2, 3)])
    store.remove_clips([clip(1).id, clip(3).id, "never"])
    store.remove_clips([])
    assert store.answer(ListClips()) == (clip(2),)
    assert store.clip_ids() == {clip(2).id}


def test_the_last_number_whatever_engine_made_it(store: Store) -> None:
    assert store.last_number() == 0
    store.save([replace(event(1), id=derived_id("ev", 1_790_000_000_000))])
    assert store.last_number() == 1_790_000_000_000
    ours, before = family("ev", "dfa9c0de"), family("de", "f0000000")
    store.save([replace(event(2), id=derived_id(ours, 1_790_000_000_007)), replace(decision(1), id=derived_id(before, 1_790_000_000_003))])
    assert store.last_number() == 1_790_000_000_007
    store.save([replace(event(3), id=derived_id(family("ev", "a0000000"), 1_790_000_000_009))])
    assert store.last_number() == 1_790_000_000_009
