"""Answers to questions in words, as JSON: over HTTP and on the command line."""

import json
from typing import Any

from pydantic import BaseModel

from engine.model.history.chat import ChatAnswer, Citation, ClaimStatus, Sentence, VideoClip
from engine.model.time import to_iso


class CitationOut(BaseModel):
    """`id` of what is cited; of a count the query, as JSON text. `t`: ISO-8601."""

    kind: str
    id: str
    t: str
    camera: str

    @classmethod
    def of(cls, citation: Citation) -> "CitationOut":
        return cls(kind=citation.kind.value, id=citation.id, t=_time(citation.at_ns), camera=citation.camera_id)


class SentenceOut(BaseModel):
    """`status`: verified, struck (not part of the answer), not_observed."""

    text: str
    citations: list[CitationOut]
    status: str

    @classmethod
    def of(cls, sentence: Sentence) -> "SentenceOut":
        return cls(text=sentence.text, citations=[CitationOut.of(each) for each in sentence.citations], status=sentence.status.value)


class VideoClipOut(BaseModel):
    """`clip_url`: opens with the same token."""

    clip_url: str
    person_id: str | None
    timestamp: str
    event_type: str
    event_id: str
    camera: str

    @classmethod
    def of(cls, clip: VideoClip) -> "VideoClipOut":
        return cls(
            clip_url=f"/api/v1/clips/{clip.clip_id}",
            person_id=clip.person_id or None,
            timestamp=_time(clip.at_ns),
            event_type=clip.event_type,
            event_id=clip.event_id,
            camera=clip.camera_id,
        )


class ChatOut(BaseModel):
    """`sources`: everything that the answer rests on, each once. `id`: of this answer, for the next question of the conversation."""

    id: str
    answer: str
    understood: bool
    query: dict[str, Any]
    time_zone: str
    sentences: list[SentenceOut]
    suggestion: str
    video_clips: list[VideoClipOut]
    sources: list[CitationOut]
    planner: str
    degraded_reason: str | None

    @classmethod
    def of(cls, answer: ChatAnswer) -> "ChatOut":
        told = [sentence for sentence in answer.sentences if sentence.status is not ClaimStatus.STRUCK]
        sources = dict.fromkeys(citation for sentence in told for citation in sentence.citations)
        return cls(
            id=answer.id,
            answer=answer.answer,
            understood=answer.understood,
            query=json.loads(answer.query) if answer.query else {},
            time_zone=answer.time_zone,
            sentences=[SentenceOut.of(sentence) for sentence in answer.sentences],
            suggestion=answer.suggestion,
            video_clips=[VideoClipOut.of(clip) for clip in answer.clips if clip.clip_id],
            sources=[CitationOut.of(citation) for citation in sources],
            planner=answer.planner.value,
            degraded_reason=answer.degraded_reason or None,
        )


def _time(at_ns: int) -> str:
    return to_iso(min(max(at_ns, 0), 4_102_444_800_000_000_000))  # what is cited for all time may have none of its own
