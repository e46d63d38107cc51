"""An engine elsewhere, perhaps of another version: what it said of itself, what may be sent to it, and how its answers are read."""

import logging
from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar, cast

from engine import __version__
from engine.gateway.remote.calls import Caller
from engine.model.command import Command
from engine.model.errors import EnvironmentFault, InputError
from engine.model.question_type import Question
from engine.model.tolerant_wire import MOST_NAMES, Omissions, reader
from engine.model.vocabulary import (
    LEAST_ENGINE,
    WIRE,
    EngineRelease,
    NotInVocabulary,
    classes_in,
    own_digest,
    plain_for,
    read_vocabulary,
    words_of,
)

log = logging.getLogger(__name__)

T = TypeVar("T")
_VOCABULARY = "/api/v1/port/vocabulary"
_NOT_KNOWN = ("is unknown; ", " is none of ")  # in what an engine says of a field, or a choice, that it does not know


class KnownEngine:
    """Any thread.

    Args:
        members: what it knows, as of `Vocabulary.members`; None: what this version does, or nobody knows.
    """

    def __init__(self, url: str, release: EngineRelease, members: Mapping[str, frozenset[str]] | None) -> None:
        self._url = url
        self.release = release
        self._members = members
        self._omitted = Omissions()

    def form(self, asked: Command | Question[Any]) -> dict[str, Any]:
        """What to send. Raises EnvironmentFault: this version and that of the engine cannot do it together."""
        cut = self._omitted.classes.intersection(classes_in(asked)) if not isinstance(asked, Question) else ()
        if cut:
            raise self._console_is_older(words_of(min(cut)))
        try:
            return plain_for(asked, self._members)
        except NotInVocabulary as unknown:
            raise self._engine_is_older(asked, unknown.field) from None

    def raise_refusal(self, asked: Command | Question[Any], error: InputError) -> NoReturn:
        """What the engine refused: an engine that does not say what it knows says so now. Raises WatchroomError."""
        if self.release.wire == 0 and any(words in error.message for words in _NOT_KNOWN):
            raise self._engine_is_older(asked, type(asked).__name__ if error.field in ("", "type") else error.field) from None
        raise error

    def read(self, kind: Any, plain: Any, field: str = "") -> Any:
        """What it sent, as `kind`. Raises InputError: not even a later version would send that."""
        omissions = Omissions()
        value = reader(kind)(plain, field, omissions)
        self.leave_out(omissions)
        return value

    def leave_out(self, omissions: Omissions) -> None:
        """Remember what was left out of something that it sent: values that are not whole are not sent back."""
        if omissions.count:
            new = omissions.names - self._omitted.names
            if new and len(self._omitted.names) < MOST_NAMES:
                self._omitted.names |= new
                log.warning("%s runs version %s; left out of what it says: %s", self._url, self.release.version, ", ".join(sorted(new)))
            self._omitted.classes |= omissions.classes

    def _engine_is_older(self, asked: Any, name: str) -> EnvironmentFault:
        what = words_of(type(asked).__name__)
        part = "" if name == type(asked).__name__ else f" as it was asked ({name})"
        message = f"The engine at {self._url} is older than this console and cannot do this{part}: “{what}”. Update the engine."
        return EnvironmentFault("engine_older", message)

    def _console_is_older(self, what: str) -> EnvironmentFault:
        message = (
            f"The engine at {self._url} is newer than this console, which does not know all of “{what}” and would lose the rest. "
            "Update the console to change this."
        )
        return EnvironmentFault("console_older", message)


def greeted(caller: Caller, url: str, session: Mapping[str, Any]) -> KnownEngine:
    """The engine that gave this answer about a session. Raises EnvironmentFault where the two cannot work together."""
    release = _release(session.get("engine"))
    if release.wire and release.least_console > WIRE:
        message = (
            f"This console (version {__version__}) is too old for the engine at {url} (version {release.version}). Update the console."
        )
        raise EnvironmentFault("console_too_old", message)
    if release.wire < LEAST_ENGINE:
        known = f" (version {release.version})" if release.version else ""
        message = f"The engine at {url}{known} is too old for this console (version {__version__}). Update the engine."
        raise EnvironmentFault("engine_too_old", message)
    if release.vocabulary in ("", own_digest()):
        return KnownEngine(url, release, None)
    return KnownEngine(url, release, read_vocabulary(caller.json("GET", _VOCABULARY)).members())


def _release(plain: Any) -> EngineRelease:
    """An engine that says nothing of itself is older than all that do."""
    if not isinstance(plain, dict):
        return EngineRelease()
    try:
        return cast("EngineRelease", reader(EngineRelease)(plain, "engine", Omissions()))
    except InputError as error:
        raise EnvironmentFault("unreachable", f"What answers there is no Watchroom engine of this version ({error}).") from None
