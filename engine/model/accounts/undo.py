"""Taking back what was removed: what of it a session can still have back."""

from enum import StrEnum
from typing import ClassVar

from engine.model.accounts.access import Verb
from engine.model.value_class import dataclass


class RemovedKind(StrEnum):
    """What was removed. PARTS: things of several kinds, by one command."""

    CAMERA = "camera"
    NODE = "node"
    DEVICE = "device"
    WEBHOOK = "webhook"
    CHANNEL = "channel"
    MICROPHONE = "microphone"
    ZONE = "zone"
    LINE = "line"
    AREA = "area"
    PORTAL = "portal"
    WALL = "wall"
    POSE = "pose"
    LOOKOUT = "lookout"
    RULE = "rule"
    ANCHOR = "anchor"
    FLOOR_IMAGE = "floor_image"
    BOOKMARK = "bookmark"
    SEARCH = "search"
    LOCK = "lock"
    GESTURE = "gesture"
    TOKEN = "token"  # noqa: S105 - a word
    USER = "user"
    CHAT = "chat"
    TEMPLATE = "template"  # nothing was removed: a hub's template replaced settings
    PARTS = "parts"


@dataclass(frozen=True, slots=True)
class Undoable:
    """What a session removed and may take back until then. `name`: what people call it; of several, with commas; it may be empty."""

    id: str
    kind: RemovedKind
    name: str
    at_ns: int
    until_ns: int


@dataclass(frozen=True, slots=True)
class UndoRemoval:
    """Put back what this session removed. The outcome is what it is called.

    Whoever takes it back has to have the verb of the removal still, and to see the camera that it belongs to. Raises NotFound: too late,
    taken back already, or not this session's; InputError: what was made meanwhile stands where it was.
    """

    verb: ClassVar[Verb] = Verb.SEE_LIVE
    removal_id: str
