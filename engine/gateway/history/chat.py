"""`/api/v1/chat`: questions in words about the record, for programs. Every sentence names what it rests on."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from engine.gateway.border.doorway import PortOf
from engine.gateway.history.chat_schemas import ChatOut
from engine.model.history.chat import LONGEST_MESSAGE, AskRecord, PlannerKind

router = APIRouter(tags=["chat"])


class ChatIn(BaseModel):
    """`conversation`: id of an answer before, so that "and yesterday?" is understood."""

    message: Annotated[str, Field(min_length=1, max_length=LONGEST_MESSAGE)]
    include_clips: bool = True
    conversation: Annotated[str, Field(max_length=100)] = ""
    planner: PlannerKind | None = None


@router.post("/api/v1/chat", summary="Ask the record in words; what cannot be shown to be true is not said")
def chat(port: PortOf, body: ChatIn) -> ChatOut:
    asked = AskRecord(body.message, body.include_clips, body.planner, body.conversation)
    return ChatOut.of(port.ask(asked))
