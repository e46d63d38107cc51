"""Commands that had an id, in the record."""

from dataclasses import replace

from engine.model.command_terms import CommandState, KeptCommand
from engine.store.store import Store

BEGUN = KeptCommand("us-1:k", "us-1", 100, "who-1")


def test_a_command_is_begun_answered_and_removed(store: Store) -> None:
    store.command_keys.begin(BEGUN, 0)
    assert store.command_keys.get(BEGUN.id) == BEGUN
    answered = replace(BEGUN, state=CommandState.ANSWERED, outcome="bm-1")
    store.save([answered])
    assert store.command_keys.get(BEGUN.id) == answered
    store.command_keys.remove(BEGUN.id)
    assert store.command_keys.get(BEGUN.id) is None


def test_old_ones_go(store: Store) -> None:
    store.command_keys.begin(BEGUN, 0)
    store.command_keys.begin(replace(BEGUN, id="us-1:l", at_ns=200), 101)
    assert store.command_keys.get(BEGUN.id) is None and store.command_keys.get("us-1:l") is not None
