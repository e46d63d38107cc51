"""What is said at a hub about alerts and people of sites that are away: kept before it is answered, and given to the site when it asks."""

from collections.abc import Mapping, Set
from collections.abc import Sequence as Several
from dataclasses import replace

from engine.alerts import life
from engine.gateway.federation.ids import LONGEST_ID
from engine.gateway.hub.site_grants import narrowed, sees_site
from engine.model.accounts.access import ROLE_VERBS, User
from engine.model.accounts.reason import checked_reason
from engine.model.accounts.user_ref import VOUCHED, NamedUser
from engine.model.alerts.alert import Alert, IntentState
from engine.model.alerts.intent import Intent, IntentCommand, IntentEnd
from engine.model.command_terms import CommandTerms
from engine.model.errors import BeyondCameras, InputError
from engine.model.event import EventKind, Severity
from engine.model.people.commands import ErasePerson
from engine.model.plain_text import check_line, check_texts
from engine.model.time import SECOND, Clock
from engine.runtime.hub.hub_keys import HubKeys
from engine.runtime.hub.hub_word import LONGEST
from engine.runtime.hub.intent_messages import SignedIntent, pack_intents, read_ends
from engine.store.shared.intents import KeptIntent
from engine.store.shared.record import SharedRecord

NOT_THERE = "Who said it may not see this site any more."
SHOWN_NS = 86_400 * SECOND  # outcomes are told for so long
MOST_GIVEN = 50  # to a site at once
MOST_BYTES = 512 << 10  # of what is given at once: a server of NATS takes messages of 1 MiB
_ANY_ALERT = Alert("", "", "", EventKind.MOTION, Severity.LOW, 0, 0)


class IntentDesk:
    """Any thread."""

    def __init__(self, record: SharedRecord, keys: HubKeys, clock: Clock) -> None:
        self._record, self._keys, self._clock = record, keys, clock

    def keep(self, site: str, user: User, intent_id: str, command: IntentCommand, seen_assignee: str | None = None) -> Intent:
        """In the database when this returns; of one that is there already what became of it. `user`: who says it, with ids of cameras as
        the site knows them, as the ids in `command` are. Raises InputError, EnvironmentFault."""
        if not intent_id:
            raise InputError("id", "is missing")
        CommandTerms(intent_id)
        now_ns = self._clock.now_ns()
        _check(command, user, now_ns)
        _check_seen(seen_assignee)
        intent = Intent(intent_id, command, now_ns, user.name, f"{VOUCHED}{user.id}", seen_assignee)
        if len(self._keys.intent(site, user, intent)) > LONGEST:
            raise InputError("alert_ids", "are too many to be kept at the hub at once. Send them in parts")
        return self._record.intents.keep(site, KeptIntent(intent, user))

    def shown_to(self, user: User, site: str) -> tuple[Intent, ...]:
        """What the site has not been told yet, and what became of the others within a day; newest first. Who is limited to cameras sees
        what they said, and what is about alerts of those cameras. Of erasures hears who may erase, as at a site. `user`: as the site knows
        them."""
        now_ns, may = self._clock.now_ns(), ROLE_VERBS[user.role]
        kept = self._record.intents.all_of(site, now_ns - SHOWN_NS, now_ns)
        found = tuple(each for each in kept if not isinstance(each.command, ErasePerson) or each.command.verb in may)
        if user.cameras is None:
            return found
        cameras = self._record.intents.cameras_of(site, {alert_id for intent in found for alert_id in intent.alert_ids})
        seen, own = {f"{site}/{grant}" for grant in user.cameras}, f"{VOUCHED}{user.id}"
        return tuple(each for each in found if each.by_id == own or _is_seen(each, seen, cameras))

    def exchange(self, site: str, data: bytes) -> bytes:
        """What a site says that it made of some, for those that it has not heard of, oldest first. Raises InputError (`message`), NotFound:
        it has left."""
        self._record.site(site)
        now_ns = self._clock.now_ns()
        ends = read_ends(data)
        if ends:
            self._record.intents.end(site, ends, now_ns)
        waiting = self._record.intents.waiting(site, now_ns, MOST_GIVEN)
        return pack_intents(self._signed(site, self._as_they_are_now(site, waiting, now_ns)))

    def _as_they_are_now(self, site: str, waiting: Several[KeptIntent], now_ns: int) -> list[KeptIntent]:
        """Who may less by now than when they said it says it with that; who may nothing there any more has said nothing."""
        users = {stored.user.id: stored.user for stored in self._record.accounts.users()} if waiting else {}
        kept: list[KeptIntent] = []
        over: list[IntentEnd] = []
        for each in waiting:
            now = users.get(each.user.id, each.user)
            if sees_site(now.cameras, site) or now is each.user:
                kept.append(each if now is each.user else replace(each, user=narrowed(each.user, now, site)))
            else:
                over.append(IntentEnd(each.intent.id, IntentState.REFUSED, NOT_THERE))
        if over:
            self._record.intents.end(site, over, now_ns)
        return kept

    def _signed(self, site: str, waiting: Several[KeptIntent]) -> list[SignedIntent]:
        """As many of them as one message holds."""
        signed: list[SignedIntent] = []
        room = MOST_BYTES
        for each in waiting:
            word = self._keys.intent(site, each.user, each.intent)
            room -= len(word)
            if signed and room < 0:
                break
            signed.append(SignedIntent(each.intent.id, word))
        return signed


def _is_seen(intent: Intent, seen: Set[str], cameras: Mapping[str, str]) -> bool:
    return bool(intent.alert_ids) and {cameras.get(alert_id) for alert_id in intent.alert_ids} <= seen


def _check_seen(assignee: str | None) -> None:
    """Raises InputError (`seen_assignee`)."""
    if assignee is not None:
        check_line("seen_assignee", assignee)
        if len(assignee) > life.LONGEST_NAME:
            raise InputError("seen_assignee", f"is longer than {life.LONGEST_NAME} characters")


def _check_erasure(command: ErasePerson, user: User) -> None:
    """Raises InputError, BeyondCameras."""
    if user.cameras is not None:
        raise BeyondCameras(command.verb)
    if not 0 < len(command.person_id) <= LONGEST_ID:
        raise InputError("person_id", f"has to have 1 to {LONGEST_ID} characters")
    if command.reporter_ids or command.device_ids:
        raise InputError("reporter_ids", "cannot be kept for a site that is away. Remove files of reports there, when it is back")
    checked_reason(command.reason)


def _check(command: IntentCommand, user: User, now_ns: int) -> None:
    """What a site would refuse whatever the alert is. Raises InputError."""
    check_texts(command)
    if isinstance(command, ErasePerson):
        _check_erasure(command, user)
        return
    if any(not 0 < len(alert_id) <= LONGEST_ID for alert_id in life.alert_ids(command)):
        raise InputError("alert_ids", f"have to have 1 to {LONGEST_ID} characters each")
    life.edited(_ANY_ALERT, command, NamedUser(user.name, user.id), now_ns)
