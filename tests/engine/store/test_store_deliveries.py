"""Messages to the outside in the record: due ones in order, never falling back, forgotten when finished for long."""

from dataclasses import replace

from engine.model.alerts.delivery import Delivery, DeliveryState
from engine.store import Store
from engine.store.deliveries import Waiting


def delivery(number: int, *, due_ns: int = 0) -> Delivery:
    return Delivery(f"dl-{number}", "webhook", "hook", f"ev-{number}.0", f"ev-{number}", '{"detail":"«gefallen»"}', number, due_ns)


def test_the_longest_due_come_first_and_what_is_not_due_waits(store: Store) -> None:
    store.save([delivery(1, due_ns=30), delivery(2, due_ns=10), delivery(3, due_ns=99)])
    assert store.due_deliveries(50, 10) == (delivery(2, due_ns=10), delivery(1, due_ns=30))
    assert store.due_deliveries(50, 1) == (delivery(2, due_ns=10),)
    assert store.waiting_deliveries() == Waiting(3, 10)


def test_a_message_made_again_does_not_undo_that_it_was_tried_or_sent(store: Store) -> None:
    tried = replace(delivery(1, due_ns=77), attempts=2, last_error="no answer")
    sent = replace(delivery(2), attempts=1, state=DeliveryState.DELIVERED, finished_ns=5)
    store.save([tried, sent])
    store.save([delivery(1), delivery(2)])
    assert store.deliveries_of(["dl-1", "dl-2", "dl-9"]) == (tried, sent)
    assert store.due_deliveries(50, 10) == ()


def test_giving_up_without_another_attempt_is_kept(store: Store) -> None:
    store.save([replace(delivery(1), attempts=3)])
    given_up = replace(delivery(1), attempts=3, state=DeliveryState.GIVEN_UP, last_error="The webhook was removed.", finished_ns=9)
    store.save([given_up])
    assert store.event_deliveries("ev-1") == (given_up,)
    assert store.waiting_deliveries() == Waiting(0, None)


def test_only_what_is_finished_is_forgotten(store: Store) -> None:
    finished = [replace(delivery(n), attempts=1, state=DeliveryState.DELIVERED, finished_ns=n * 100) for n in (1, 2)]
    store.save([*finished, delivery(3)])
    store.remove_finished_deliveries(200)
    assert store.deliveries_of(["dl-1", "dl-2", "dl-3"]) == (finished[1], delivery(3))
