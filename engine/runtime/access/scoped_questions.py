"""Questions of a session that is limited to some cameras."""

from engine.model.access import Scope, Session
from engine.model.chat import AskRecord, ListChat
from engine.model.evidence import ListCases, ListPacks
from engine.model.question import AnalyseMedia, Answer, Question, RecordQuestion
from engine.model.replay import GetDifference, GetReplay, ListReplays
from engine.model.timeline import SearchRecord
from engine.runtime.access.narrowing import narrow_difference
from engine.runtime.atlas.atlas_commands import ask_atlas
from engine.runtime.engine import Engine
from engine.runtime.replay.replay_commands import ask_replay
from engine.runtime.search.timeline_questions import search_record


def ask_within(engine: Engine, question: Question, scope: Scope, session: Session) -> Answer:
    """The caller has checked that it may be asked. What no other answers is of the record, and limited there."""
    match question:
        case AskRecord():
            return Answer(chats=(engine.chat.ask(question, session, scope.camera_ids, engine.record.store.within(scope).asked),))
        case ListChat():
            return Answer(chats=engine.chat.listed(question, session))
        case AnalyseMedia():
            return ask_atlas(engine, question)
        case SearchRecord():
            return search_record(engine, question, scope)
        case ListPacks() | ListCases():
            return engine.evidence.answer(question, scope)
        case ListReplays() | GetReplay() | GetDifference():
            return _narrowed(engine, ask_replay(engine, question, session), scope, session)
        case _:
            assert isinstance(question, RecordQuestion)
            return engine.record.store.within(scope).answer(question)


def _narrowed(engine: Engine, answer: Answer, scope: Scope, session: Session) -> Answer:
    picture, difference = answer.replay_picture, answer.difference
    shown = None if picture is None else engine.narrowing.narrow(picture, scope, session)
    return Answer(
        replays=answer.replays, replay_picture=shown, difference=None if difference is None else narrow_difference(difference, scope)
    )
