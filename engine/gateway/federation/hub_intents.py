"""What people say about alerts of a site that is away: kept by what stands by for it, and shown with the alerts until the site is told."""

import time
from collections.abc import Sequence as Several
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from engine.gateway.federation.ids import split
from engine.gateway.federation.rewriting import Qualifier, rewrite
from engine.model.alerts.alert import Alert, IntentState
from engine.model.alerts.intent import NOT_AT_SITE, Intent, IntentCommand, with_intents
from engine.model.command_terms import CommandTerms
from engine.model.errors import WatchroomError
from engine.model.people.erasure import Erasure, asked_at_hub
from engine.model.snapshot import Snapshot

ASK_S, LATER_S = 3.0, 30.0
"""So often a hub is asked what others said there; the second where only what a site refused is shown."""


class IntentKeeper(Protocol):
    """With ids as the site has them. Raises as a port does."""

    def intend(self, command: IntentCommand, terms: CommandTerms) -> Intent: ...

    def intents(self) -> tuple[Intent, ...]: ...


class HubIntents:
    """Of one site, by its key here. `look` on one thread, the rest on any."""

    def __init__(self, key: str, keeper: IntentKeeper) -> None:
        self._key, self._keeper = key, keeper
        self._intents: tuple[Intent, ...] = ()
        self._asked_s = -ASK_S
        self._shown: tuple[Snapshot, tuple[Intent, ...], Snapshot] | None = None  # as it was, what was said, as it is shown

    def say(self, command: IntentCommand, terms: CommandTerms) -> str:
        """The id of the first alert, or of the intent where it is about none. Raises what the hub answers."""
        intent = self._keeper.intend(command, terms)
        if intent.state in NOT_AT_SITE and intent.id not in {each.id for each in self._intents}:
            self._intents = (*self._intents, intent)
        return next(iter(intent.alert_ids), intent.id)

    def waits(self, id_: str) -> bool:
        """Whether this intent, or one about this alert, is one that its site has not been told yet. `id_`: as the site has it."""
        return any(id_ == each.id or id_ in each.alert_ids for each in self._waiting())

    def erasures(self) -> tuple[Erasure, ...]:
        """Those that the site has not been told of, or did not take; ids are the site's."""
        return tuple(erasure for each in self._intents if (erasure := asked_at_hub(each)) is not None)

    def look(self, away: bool) -> bool:
        """Ask now and then, while the site is away or something is shown; whether it is another than was shown before."""
        pause_s = ASK_S if away or self._waiting() else LATER_S
        if (away or self._intents) and time.monotonic() - self._asked_s >= pause_s:
            self._asked_s = time.monotonic()
            with suppress(WatchroomError):
                found = tuple(each for each in self._keeper.intents() if each.state in NOT_AT_SITE)
                self._intents = self._intents if found == self._intents else found
        return self._shown is not None and self._shown[1] is not self._intents

    def _waiting(self) -> list[Intent]:
        return [each for each in self._intents if each.state is IntentState.WAITING]

    def over(self, snapshot: Snapshot) -> Snapshot:
        """With what was said, at the alerts that it is about. The same object for the same one, while nothing else was."""
        known = self._shown
        if known is None or known[0] is not snapshot or known[1] is not self._intents:
            self._shown = known = snapshot, self._intents, _with_intents(snapshot, self._key, self._intents)
        return known[2]


def _with_intents(snapshot: Snapshot, key: str, intents: Several[Intent]) -> Snapshot:
    if not intents:
        return snapshot
    alerts = tuple(_alert_with_intents(alert, key, intents) for alert in snapshot.alerts.alerts)
    return replace(snapshot, alerts=replace(snapshot.alerts, alerts=alerts))


def _alert_with_intents(alert: Alert, key: str, intents: Several[Intent]) -> Alert:
    found = split(alert.id)
    acts = with_intents(replace(alert, id="" if found is None else found[1]), intents).hub_acts[len(alert.hub_acts) :]
    return replace(alert, hub_acts=(*alert.hub_acts, *(rewrite(act, Qualifier(key)) for act in acts))) if acts else alert
