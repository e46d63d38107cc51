"""A pipeline that is fed from a journal through the live door, and how settings are tried on it."""

import logging
from collections.abc import Iterator
from dataclasses import replace

from engine.model.history.replay import ReplaySettings
from engine.model.observation import Numbered, SettingsChanged
from engine.model.result import StepResult
from engine.model.settings import Settings
from engine.model.value_class import dataclass
from engine.pipeline.pipeline import Pipeline

log = logging.getLogger(__name__)

TRIED = 1 << 48  # added to a number: of an observation that never was, beyond all that were
TRIED_BY = "replay"


@dataclass(frozen=True, slots=True)
class Stepped:
    numbered: Numbered
    result: StepResult


def stepped(pipeline: Pipeline, numbered: Numbered) -> Stepped:
    """One observation through the pipeline; a step that fails says nothing, as when it was live."""
    try:
        return Stepped(numbered, pipeline.step(numbered))
    except Exception as error:  # noqa: BLE001 - the same bug as when it was live, where it was reported
        log.info("observation %d fails in a replay too: %s", numbered.number, error)
        return Stepped(numbered, StepResult(numbered.number))


class ReplayRun:
    """One way through the record, forward only. One thread.

    Attributes:
        pipeline: as it is after what was taken in.
        ended: nothing is left.
    """

    def __init__(self, pipeline: Pipeline, observations: Iterator[Numbered]) -> None:
        self.pipeline = pipeline
        self.ended = False
        self._observations = observations
        self._next: Numbered | None = None

    def until(self, at_ns: int) -> Iterator[Stepped]:
        """Take in everything received before a time."""
        while (numbered := self.peek(at_ns)) is not None:
            yield stepped(self.pipeline, numbered)

    def peek(self, at_ns: int) -> Numbered | None:
        """The next observation received before a time, without taking it in."""
        if self._next is None and not self.ended:
            self._next = next(self._observations, None)
            self.ended = self._next is None
        taken = self._next
        if taken is None or taken.received_ns >= at_ns:
            return None
        self._next = None
        return taken


def tried_settings(settings: Settings, tried: ReplaySettings) -> Settings:
    """What was in force then with the tried parts instead. Whether the site was armed stays as operators had it."""
    parts = {name: value for name in ("gates", "radio", "activities") if (value := getattr(tried, name)) is not None}
    if tried.alerts is not None:
        parts["alerts"] = replace(tried.alerts, mode=settings.alerts.mode)
    return replace(settings, **parts)


def rewritten(numbered: Numbered, tried: ReplaySettings) -> Numbered:
    """A change of settings on record with the tried parts instead; everything else as it was."""
    change = numbered.observation
    if tried.empty or not isinstance(change, SettingsChanged):
        return numbered
    return replace(numbered, observation=replace(change, settings=tried_settings(change.settings, tried)))


def put_in_force(pipeline: Pipeline, tried: ReplaySettings, at_ns: int) -> Stepped | None:
    """Change the settings as an operator would have at that moment; None where nothing is tried.

    Its number is beyond all that were given, so that no id comes twice.
    """
    if tried.empty:
        return None
    change = SettingsChanged(at_ns, tried_settings(pipeline.settings, tried), TRIED_BY)
    number = pipeline.number
    done = stepped(pipeline, Numbered(TRIED + number, at_ns, change))
    pipeline.number = number
    return done
