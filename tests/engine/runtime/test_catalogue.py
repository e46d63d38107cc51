"""An operation without a policy does not get as far as an engine: importing the program fails."""

import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from engine.model.accounts.audit import AuditVerb
from engine.model.command import Command, RemoveCamera
from engine.model.event import Event
from engine.model.history.timeline import RemoveBookmark, SearchRecord
from engine.model.question import AnyQuestion, ListEvents
from engine.model.question_type import Question, RecordQuestion, answer_type
from engine.runtime.catalogue import COMMANDS, QUESTIONS, load, table
from engine.runtime.operations.spec import CommandSpec, NotUndoable, audited, not_audited, site_wide
from tests.conftest import ROOT

load()

POLICIES: dict[str, Any] = {
    "handler": COMMANDS[RemoveBookmark].handler,
    "scope": site_wide,
    "audit": not_audited("a test"),
    "undo": NotUndoable("a test"),
    "durable": True,
}


@pytest.mark.parametrize("policy", POLICIES)
def test_a_command_without_a_policy_cannot_be_specified(policy: str) -> None:
    given = {name: value for name, value in POLICIES.items() if name != policy}
    with pytest.raises(TypeError, match=policy):
        CommandSpec(RemoveBookmark, **given)


def test_an_audit_row_of_a_field_that_is_not_there() -> None:
    with pytest.raises(TypeError, match="RemoveBookmark has no field bookmark"):
        CommandSpec(RemoveBookmark, **{**POLICIES, "audit": audited(AuditVerb.REMOVE_BOOKMARK, "bookmark")})


def test_one_that_is_missing_or_stands_twice() -> None:
    with pytest.raises(TypeError, match="RemoveCamera"):
        table([spec for kind, spec in COMMANDS.items() if kind is not RemoveCamera], Command)
    with pytest.raises(TypeError, match="twice"):
        table([*COMMANDS.values(), COMMANDS[RemoveCamera]], Command)
    with pytest.raises(TypeError, match="ListEvents"):
        table([spec for kind, spec in QUESTIONS.items() if kind.__name__ != "ListEvents"], AnyQuestion)


def test_the_program_cannot_be_imported_without_a_policy(tmp_path: Path) -> None:
    """As a new command that somebody registers and whose audit they forget."""
    code = """
        from engine.model.command import RemoveAnchor
        from engine.runtime.operations import spec
        from engine.runtime.settings import settings_commands
        settings_commands.COMMANDS = (
            *settings_commands.COMMANDS,
            spec.CommandSpec(
                RemoveAnchor, handler=lambda *_: "", scope=spec.site_wide, undo=spec.NotUndoable("new"), durable=True
            ),
        )
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode != 0 and "missing 1 required keyword-only argument: 'audit'" in done.stderr


def test_a_handler_gives_what_its_question_promises() -> None:
    """Type checkers see both alone: what a question's class says is read by the remote port, what a handler says is what it gives."""
    own = {kind: spec.handler for kind, spec in QUESTIONS.items() if not issubclass(kind, RecordQuestion) or kind is SearchRecord}
    given = {kind.__name__: get_type_hints(handler)["return"] for kind, handler in own.items()}
    assert given == {kind.__name__: answer_type(kind) for kind in own}


def test_a_question_says_what_its_answer_is() -> None:
    class Silent(Question):  # type: ignore[type-arg]
        pass

    assert answer_type(ListEvents) == tuple[Event, ...]
    with pytest.raises(TypeError, match="Silent does not say"):
        answer_type(Silent)


def test_every_policy_says_something() -> None:
    assert [kind.__name__ for kind, spec in COMMANDS.items() if isinstance(spec.undo, NotUndoable) and not spec.undo.reason] == []
