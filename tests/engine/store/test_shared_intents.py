"""The shared record keeps what people said about alerts of sites that were away: once each, until a site has judged it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from engine.model.accounts.access import Role, User
from engine.model.accounts.hub_audit import HubVerb
from engine.model.alerts.alert import AlertState, Disposition, IntentState
from engine.model.alerts.commands import ChangeAlert, NoteAlert
from engine.model.alerts.intent import ERASURE_LIFE_NS, LIFE_NS, Intent, IntentCommand, IntentEnd
from engine.model.errors import EnvironmentFault, InputError
from engine.model.people.commands import ErasePerson
from engine.model.people.traces import Traces
from engine.model.replication import ChangeBatch, ChangeKind, RecordChange
from engine.model.time import SECOND
from engine.model.wire import to_plain
from engine.store.shared import intents as table
from engine.store.shared.intents import KEPT_NS, KeptIntent
from engine.store.shared.record import SharedRecord
from engine.store.shared.retention import KeepAges
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.whole_hub import empty_record

NOW_NS = 1_790_000_000 * SECOND
BEN = User("7", "Ben", Role.OPERATOR)
CLOSE = ChangeAlert(("al-1",), AlertState.CLOSED, Disposition.FALSE)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture
def record(server: str) -> Iterator[SharedRecord]:
    with empty_record(server) as record:
        record.add_site("north", "North")
        record.begin_stream("north", "s1")
        yield record


def kept(id_: str = "in-1", command: IntentCommand = CLOSE, at_ns: int = NOW_NS, user: User = BEN) -> KeptIntent:
    return KeptIntent(Intent(id_, command, at_ns, user.name, f"hub-{user.id}", "Ana"), user)


def test_what_is_kept_is_given_until_it_has_ended(record: SharedRecord) -> None:
    first, second = kept(at_ns=NOW_NS + 1), kept("in-2", NoteAlert("al-1", "Called."), user=replace(BEN, cameras=("door",)))
    assert record.intents.keep("north", first) == first.intent and record.intents.keep("north", second) == second.intent
    assert record.intents.waiting("north", NOW_NS, 9) == (second, first), "oldest first"
    assert record.intents.waiting("north", NOW_NS, 1) == (second,) and record.intents.waiting("south", NOW_NS, 9) == ()
    record.intents.end("south", [IntentEnd("in-1", IntentState.DONE)], NOW_NS)
    assert len(record.intents.waiting("north", NOW_NS, 9)) == 2, "no site says what became of another one's"
    record.intents.end("north", [IntentEnd("in-1", IntentState.BESIDE, "Ana had it before.")], NOW_NS + 5)
    record.intents.end("north", [IntentEnd("in-1", IntentState.DONE)], NOW_NS + 9)
    ended = replace(first.intent, state=IntentState.BESIDE, outcome="Ana had it before.", ended_ns=NOW_NS + 5)
    assert record.intents.waiting("north", NOW_NS, 9) == (second,)
    assert record.intents.all_of("north", NOW_NS, NOW_NS) == (ended, second.intent), "newest first"
    assert record.intents.all_of("north", NOW_NS + 6, NOW_NS) == (second.intent,)
    assert record.intents.keep("north", replace(first, intent=replace(first.intent, said_ns=NOW_NS + 8))) == ended, "sent again"
    told = [(row.by_id, row.verb, row.subject, row.detail) for row in record.audit.rows(9)]
    assert ("7", HubVerb.KEEP_INTENT, "north", "ChangeAlert, intent in-1") in told and len(told) == 2, "once each"


def test_one_id_is_one_intent_of_one_person_at_one_site(record: SharedRecord) -> None:
    record.intents.keep("north", kept())
    for other in (kept(command=NoteAlert("al-1", "x")), kept(user=replace(BEN, id="8"))):
        with pytest.raises(InputError, match="another intent"):
            record.intents.keep("north", other)
    record.intents.keep("south", kept())
    assert len(record.intents.waiting("south", NOW_NS, 9)) == 1


def test_a_site_that_is_away_for_a_week_is_not_told_any_more(record: SharedRecord) -> None:
    record.intents.keep("north", kept())
    assert len(record.intents.waiting("north", NOW_NS + LIFE_NS, 9)) == 1
    late_ns = NOW_NS + LIFE_NS + 1
    assert record.intents.waiting("north", late_ns, 9) == ()
    (over,) = record.intents.all_of("north", late_ns, late_ns)
    assert (over.state, over.ended_ns) == (IntentState.EXPIRED, late_ns)
    record.intents.keep("north", kept("in-2", at_ns=late_ns + KEPT_NS + 1))
    assert [each.id for each in record.intents.all_of("north", 0, late_ns)] == ["in-2"], "and is forgotten some day"


def test_who_is_to_be_erased_is_not_forgotten_over_a_long_winter(record: SharedRecord) -> None:
    record.intents.keep("north", kept(command=ErasePerson("pe-1", "asked for it")))
    assert len(record.intents.waiting("north", NOW_NS + ERASURE_LIFE_NS, 9)) == 1
    assert record.intents.waiting("north", NOW_NS + ERASURE_LIFE_NS + 1, 9) == ()


def test_no_more_wait_than_are_kept(record: SharedRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_WAITING", 1)
    record.intents.keep("north", kept())
    with pytest.raises(EnvironmentFault) as full:
        record.intents.keep("north", kept("in-2"))
    assert full.value.reason == "full" and len(record.intents.waiting("north", NOW_NS, 9)) == 1
    assert record.intents.keep("north", kept()), "it is there already"


def test_nobody_takes_the_room_of_all(record: SharedRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_OF_ONE", 1)
    record.intents.keep("north", kept())
    with pytest.raises(EnvironmentFault) as full:
        record.intents.keep("north", kept("in-2"))
    assert full.value.reason == "full"
    record.intents.keep("north", kept("in-3", user=replace(BEN, id="8")))
    record.intents.keep("south", kept("in-4"))
    assert len(record.intents.waiting("north", NOW_NS, 9)) == 2


def test_who_is_erased_is_erased_there_too(record: SharedRecord) -> None:
    record.intents.keep("north", kept(command=NoteAlert("al-1", "Grace Hopper went in.")))
    traces = Traces("north/pe-1", ("Grace Hopper",), "north/ps-1")
    change = RecordChange(1, ChangeKind.ERASURE, "north/er-1", to_plain(traces))
    record.keep("north", ChangeBatch("s1", 0, 1, (change,)), NOW_NS)
    (left,) = record.intents.waiting("north", NOW_NS, 9)
    assert isinstance(left.intent.command, NoteAlert) and "Grace" not in left.intent.command.text and "went in" in left.intent.command.text


def test_who_is_erased_is_erased_from_what_a_site_said_of_it(record: SharedRecord) -> None:
    record.intents.keep("north", kept())
    record.intents.end("north", [IntentEnd("in-1", IntentState.REFUSED, "There is no user 'Grace Hopper'.")], NOW_NS)
    change = RecordChange(1, ChangeKind.ERASURE, "north/er-1", to_plain(Traces("north/pe-1", ("Grace Hopper",), "north/ps-1")))
    record.keep("north", ChangeBatch("s1", 0, 1, (change,)), NOW_NS)
    assert [each.outcome for each in record.intents.all_of("north", 0, NOW_NS)] == ["There is no user 'Erased person'."]


def test_what_nobody_asks_about_is_forgotten_too(record: SharedRecord) -> None:
    """Its site does not come back, and nobody says anything more about it."""
    record.intents.keep("north", kept())
    late_ns = NOW_NS + LIFE_NS + 1
    record.remove_past(KeepAges(), late_ns)
    assert record.intents.all_of("north", late_ns, NOW_NS)[0].state is IntentState.EXPIRED
    record.remove_past(KeepAges(), late_ns + KEPT_NS + 1)
    assert record.intents.all_of("north", 0, NOW_NS) == ()


def test_what_somebody_said_whose_account_was_removed_is_told_to_no_site(record: SharedRecord) -> None:
    record.intents.keep("north", kept())
    others = kept("in-2", user=replace(BEN, id="8"))
    record.intents.keep("north", others)
    assert record.intents.refuse_of("7", NOW_NS + 5) == 1
    assert record.intents.waiting("north", NOW_NS, 9) == (others,)
    shown = {each.id: (each.state, each.ended_ns) for each in record.intents.all_of("north", NOW_NS, NOW_NS)}
    assert shown["in-1"] == (IntentState.REFUSED, NOW_NS + 5)
