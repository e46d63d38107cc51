"""Commands sent again under their id."""

import threading
from dataclasses import replace

import pytest

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.accounts.commands import ConfirmPassword, CreateToken
from engine.model.command import CancelJob, RemoveCamera
from engine.model.command_terms import KEPT_NS, CommandState, CommandTerms, KeptCommand
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.time import SECOND
from engine.runtime.catalogue import COMMANDS, load
from engine.runtime.operations.command_keys import MOST, SECRET_NS, CommandKeys

load()

SESSION = Session("s", User("us-1", "ada", Role.ADMIN), ROLE_VERBS[Role.ADMIN])
REMOVE = RemoveCamera("door")


class Kept:
    """A record of commands that may not be writable."""

    def __init__(self) -> None:
        self.commands: dict[str, KeptCommand] = {}
        self.full = False

    def begin(self, command: KeptCommand, kept_from_ns: int) -> None:
        self._check()
        self.commands = {key: known for key, known in self.commands.items() if known.at_ns >= kept_from_ns}
        self.commands[command.id] = command

    def get(self, command_id: str) -> KeptCommand | None:
        self._check()
        return self.commands.get(command_id)

    def remove(self, command_id: str) -> None:
        self._check()
        self.commands.pop(command_id, None)

    def submit(self, _numbered: None, values: "tuple[KeptCommand, ...]") -> None:
        self.commands.update({value.id: value for value in values})

    def _check(self) -> None:
        if self.full:
            raise EnvironmentFault("disk_full", "The disk is full.")


class SetClock:
    """Stands still."""

    at_ns = 1_760_000_000 * SECOND

    def now_ns(self) -> int:
        return self.at_ns


class Bench:
    def __init__(self) -> None:
        self.kept, self.clock, self.done = Kept(), SetClock(), 0
        self.restart()

    def restart(self) -> None:
        self.keys = CommandKeys(self.kept, self.kept, self.clock, lambda text: str(hash(text)))  # type: ignore[arg-type]

    def send(self, command: object = REMOVE, key: str = "k-1", session: Session = SESSION) -> str:
        return self.keys.once(COMMANDS[type(command)], command, session, key, self.perform)  # type: ignore[arg-type]

    def perform(self) -> str:
        self.done += 1
        return f"made-{self.done}"


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_what_is_sent_again_is_done_once_also_after_a_restart(bench: Bench) -> None:
    assert bench.send() == bench.send() == "made-1"
    bench.restart()
    assert bench.send() == "made-1" and bench.done == 1
    assert bench.send(key="k-2") == "made-2"


def test_each_user_has_ids_of_their_own(bench: Bench) -> None:
    other = replace(SESSION, user=User("us-2", "bob", Role.ADMIN))
    assert (bench.send(), bench.send(session=other)) == ("made-1", "made-2")


def test_another_command_under_a_used_id_is_refused(bench: Bench) -> None:
    bench.send()
    for _ in range(2):
        with pytest.raises(InputError, match="was used for another command") as refused:
            bench.send(RemoveCamera("yard"))
        assert refused.value.field == "key"
        bench.restart()
    assert bench.done == 1


def test_after_a_day_it_is_another_command(bench: Bench) -> None:
    bench.send()
    bench.clock.at_ns += KEPT_NS + 1
    assert bench.send() == "made-2" and len(bench.kept.commands) == 1


def test_what_was_refused_may_be_sent_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> str:
        raise NotFound("There is no camera door.")

    with monkeypatch.context() as patch:
        patch.setattr(bench, "perform", refuse)
        with pytest.raises(NotFound):
            bench.send()
    assert bench.kept.commands == {} and bench.send() == "made-1"


def test_it_waits_for_the_one_that_is_under_way(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, answers = threading.Event(), threading.Event(), []

    def perform() -> str:
        begun.set()
        assert go_on.wait(60)
        return Bench.perform(bench)

    monkeypatch.setattr(bench, "perform", perform)
    senders = [threading.Thread(target=lambda: answers.append(bench.send())) for _ in range(3)]
    senders[0].start()
    assert begun.wait(60)
    for sender in senders[1:]:
        sender.start()
    go_on.set()
    for sender in senders:
        sender.join(60)
    assert answers == ["made-1"] * 3


def test_where_the_engine_ended_in_between_it_is_not_done_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def end() -> str:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(bench, "perform", end)
        with pytest.raises(SystemExit):
            bench.send()
    bench.restart()
    with pytest.raises(EnvironmentFault) as fault:
        bench.send()
    assert fault.value.reason == "outcome_unknown" and bench.done == 0
    assert next(iter(bench.kept.commands.values())).state is CommandState.BEGUN


def test_a_secret_is_kept_in_memory_for_a_moment_only(bench: Bench) -> None:
    create = CreateToken("Reader", Role.OPERATOR)
    assert bench.send(create) == bench.send(create) == "made-1"
    assert "made-1" not in str(bench.kept.commands)
    bench.clock.at_ns += SECRET_NS + 1
    with pytest.raises(EnvironmentFault) as fault:
        bench.send(create)
    assert fault.value.reason == "answer_not_kept" and bench.done == 1


def test_no_answer_that_is_a_token_is_kept() -> None:
    """Every kind whose answer lets somebody in, or holds what does."""
    assert {kind.__name__ for kind, spec in COMMANDS.items() if spec.secret_outcome} == {"ConfirmPassword", "CreateToken", "ProvisionNode"}
    assert COMMANDS[ConfirmPassword].secret_outcome


def test_what_is_of_the_moment_is_known_until_the_engine_ends(bench: Bench) -> None:
    assert bench.send(CancelJob("job-1")) == bench.send(CancelJob("job-1")) == "made-1"
    assert bench.kept.commands == {}
    bench.restart()
    assert bench.send(CancelJob("job-1")) == "made-2"


def test_while_the_record_cannot_be_written_it_is_known_until_the_engine_ends(bench: Bench) -> None:
    bench.kept.full = True
    assert bench.send() == bench.send() == "made-1"


def test_memory_has_its_bounds(bench: Bench) -> None:
    for number in range(MOST + 20):
        bench.send(CancelJob("job-1"), key=f"k-{number}")
    assert len(bench.keys._entries) <= MOST + 1


@pytest.mark.parametrize("key", ["with space", "é", "\n", "k" * 201])
def test_what_is_no_id(key: str) -> None:
    with pytest.raises(InputError, match="visible ASCII"):
        CommandTerms(key)
