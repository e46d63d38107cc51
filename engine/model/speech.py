"""What was said near a microphone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Utterance:
    """One stretch of speech, as text. The sound itself is not kept.

    Attributes:
        microphone_id: which microphone, or the camera whose stream carries the sound.
        started_ns, ended_ns: of the speech. confidence: 0–1, as the transcriber gave it, not calibrated between transcribers.
        transcriber: which one; the embedded one knows a closed grammar only.
    """

    microphone_id: str
    started_ns: int
    ended_ns: int
    text: str
    confidence: float
    transcriber: str
