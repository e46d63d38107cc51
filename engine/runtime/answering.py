"""Who answers which question. What stands in no row here is asked of the record."""

from collections.abc import Callable
from typing import Any, TypeAlias, get_args

from engine.model.access import Session
from engine.model.access_command import ListTokens
from engine.model.chat import AskRecord, GetChatState, ListChat
from engine.model.evidence import ListCases, ListPacks
from engine.model.finding import DescribeCamera, FindCameras, FindUsbCameras
from engine.model.floor_image import GetFloorImage
from engine.model.handover import ListHandovers
from engine.model.question import (
    AnalyseMedia,
    Answer,
    AskPatterns,
    ExplainBlob,
    ListChannels,
    ListSoundDevices,
    ListWebhooks,
    PrintRules,
    Question,
    ReadRules,
    RecordQuestion,
    TestAtlas,
    TryRules,
)
from engine.model.replay import GetDifference, GetReplay, ListReplays
from engine.model.risk_question import ExplainRisk, GetRiskPicture, ListHotspots, ListNeighbourhoods, ListOutlines
from engine.model.smoke_question import GetSmoke, ListSmoke
from engine.model.timeline import SearchAlike, SearchRecord
from engine.model.upkeep import UpkeepQuestion
from engine.runtime.access.access_commands import tokens_for
from engine.runtime.access.handovers import list_handovers
from engine.runtime.alerts.rule_questions import ask_rules
from engine.runtime.atlas.atlas_commands import ask_atlas
from engine.runtime.cameras.floor_image import floor_image_text
from engine.runtime.engine import Engine
from engine.runtime.messages.notify_commands import channel_states
from engine.runtime.messages.webhook_commands import webhook_states
from engine.runtime.replay.replay_commands import ask_replay
from engine.runtime.search.timeline_questions import explain_blob, search_alike, search_record
from engine.runtime.smoke.smoke_commands import ask_smoke
from engine.sources.camera.discovery import find_cameras
from engine.sources.camera.onvif import describe_camera
from engine.sources.camera.usb_list import usb_cameras
from engine.sources.microphone.device import devices

FOR_EVERYBODY = (ListHandovers, ListTokens)  # each answer is of what whoever asks may know

Answerer: TypeAlias = Callable[[Engine, Any, Session], Answer]


def _risk(engine: Engine, question: ListHotspots | ExplainRisk | GetRiskPicture, _: Session) -> Answer:
    return engine.training.named(engine.risk.answer(question))


def _described(_: Engine, question: DescribeCamera, __: Session) -> Answer:
    return Answer(described=describe_camera(question.address, question.credentials))


_ROWS: tuple[tuple[tuple[type, ...], Answerer], ...] = (
    ((ListHandovers,), list_handovers),
    ((ListTokens,), lambda engine, _, session: Answer(tokens=tokens_for(engine, session))),
    ((ExplainBlob,), lambda engine, asked, _: Answer(explanation=explain_blob(engine, asked))),
    ((ListWebhooks,), lambda engine, _, __: Answer(webhooks=webhook_states(engine))),
    ((ListChannels,), lambda engine, _, __: Answer(channels=channel_states(engine))),
    ((GetFloorImage,), lambda engine, _, __: Answer(text=floor_image_text(engine))),
    ((ListSoundDevices,), lambda _, __, ___: Answer(sound_devices=devices())),
    ((FindCameras,), lambda _, __, ___: Answer(found_cameras=find_cameras())),
    ((FindUsbCameras,), lambda _, __, ___: Answer(usb_cameras=usb_cameras())),
    ((DescribeCamera,), _described),
    ((AskPatterns, AnalyseMedia, TestAtlas), lambda engine, asked, _: ask_atlas(engine, asked)),
    ((TryRules, PrintRules, ReadRules), lambda engine, asked, _: ask_rules(engine, asked)),
    ((ListHotspots, ExplainRisk, GetRiskPicture), _risk),
    ((ListNeighbourhoods,), lambda engine, _, __: Answer(neighbourhoods=engine.training.by_neighbourhood())),
    ((ListOutlines,), lambda engine, _, __: Answer(outlines=engine.training.outlines())),
    ((ListSmoke, GetSmoke), lambda engine, asked, _: ask_smoke(engine, asked)),
    ((ListReplays, GetReplay, GetDifference), ask_replay),
    ((ListPacks, ListCases), lambda engine, asked, _: engine.evidence.answer(asked)),
    ((SearchRecord,), lambda engine, asked, _: search_record(engine, asked)),
    ((SearchAlike,), search_alike),
    ((AskRecord,), lambda engine, asked, session: Answer(chats=(engine.chat.ask(asked, session),))),
    ((ListChat,), lambda engine, asked, session: Answer(chats=engine.chat.listed(asked, session))),
    ((GetChatState,), lambda engine, asked, session: Answer(chat_state=engine.claude.state(asked, session.user.name))),
    (get_args(UpkeepQuestion), lambda engine, asked, session: engine.kept_up.answer(asked, session)),
)
_ANSWERERS: dict[type, Answerer] = {kind: answerer for kinds, answerer in _ROWS for kind in kinds}


def answer(engine: Engine, question: Question, session: Session) -> Answer:
    """For a session that may ask it and sees all cameras, or one of `FOR_EVERYBODY`."""
    answerer = _ANSWERERS.get(type(question))
    if answerer is not None:
        return answerer(engine, question, session)
    assert isinstance(question, RecordQuestion)
    return engine.record.store.answer(question)
