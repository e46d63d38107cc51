"""An erasure that was asked for at the hub while this site was away, when the site hears of it: begun as if it had been asked for here."""

from typing import Protocol

from engine.model.accounts.access import ROLE_VERBS, Session, User
from engine.model.alerts.alert import IntentState
from engine.model.alerts.intent import Intent, IntentEnd
from engine.model.errors import EnvironmentFault, WatchroomError
from engine.model.people.commands import ErasePerson
from engine.model.time import to_iso
from engine.runtime.access.accounts import Accounts
from engine.runtime.access.scopes import check_site
from engine.runtime.people.people_commands import PeopleHost, begin_erasing


class ErasureHost(PeopleHost, Protocol):
    """What this needs of the engine."""

    @property
    def accounts(self) -> Accounts: ...


class ErasureJudge:
    """Any thread but the engine's. What comes again finds the person gone, and is done."""

    def __init__(self, host: ErasureHost) -> None:
        self._host = host

    def take(self, intent: Intent, command: ErasePerson, user: User) -> IntentEnd:
        """`user`: who said it, as far as the site believes its hub. Raises EnvironmentFault: it has to be brought again."""
        try:
            check_site(Session("intent", user, ROLE_VERBS[user.role], cameras=user.cameras), command.verb)
            account = self._host.accounts.admit_vouched(user)
            if not self._host.record.store.was_erased(command.person_id):
                said = f"{command.reason} (said at the hub {to_iso(intent.said_ns)} while this site was away; intent {intent.id})"
                begin_erasing(self._host, command.person_id, said, account.name)
            return IntentEnd(intent.id, IntentState.DONE)
        except EnvironmentFault:
            raise
        except WatchroomError as error:
            return IntentEnd(intent.id, IntentState.REFUSED, str(error))
