"""Every command and every question has somebody who takes it, and one alone."""

import inspect
import typing
from typing import Any

from engine.model.command import Command
from engine.model.question import Question, RecordQuestion
from engine.runtime import answering, commands


def kinds(union: Any) -> set[type]:
    parts = typing.get_args(union)
    return {kind for part in parts for kind in kinds(part)} if parts else {union}


def test_every_command_has_a_room_or_is_carried_out_beside_them() -> None:
    beside = inspect.getsource(commands._execute)
    without = {kind.__name__ for kind in kinds(Command) - set(commands._ROOM_OF)}
    assert len(without) < 15
    assert {name for name in without if f"case {name}(" not in beside} == set()
    assert {kind for kind in commands._ROOM_OF if f"case {kind.__name__}(" in beside} == set()


def test_no_command_and_no_question_stands_in_two_rows() -> None:
    rows = [kind for several, _ in commands._ROOMS for kind in typing.get_args(several) or (several,)]
    asked = [kind for several, _ in answering._ROWS for kind in several]
    assert len(rows) == len(set(rows)) and len(asked) == len(set(asked))


def test_every_question_is_answered_by_somebody_or_by_the_record() -> None:
    assert kinds(Question) - set(answering._ANSWERERS) - kinds(RecordQuestion) == set()
    assert set(answering._ANSWERERS) <= kinds(Question)
