"""That somebody was not let in under a name that is an account's, for the hub's audit."""

import logging
import threading

from engine.model.accounts.audit import AuditRow
from engine.model.accounts.hub_audit import HubVerb
from engine.model.errors import EnvironmentFault, NotFound
from engine.model.time import Clock
from engine.runtime.access.accounts import Accounts
from engine.runtime.access.lockout import Origin
from engine.store.shared.hub_audit import HubAudit

log = logging.getLogger(__name__)


class RefusedSignIns:
    """Any thread. Each is kept on a short thread of its own: by the time that the answer takes, nobody tells names that are an
    account's from others."""

    def __init__(self, accounts: Accounts, audit: HubAudit, clock: Clock) -> None:
        self._accounts, self._audit, self._clock = accounts, audit, clock

    def note(self, name: str, origin: Origin) -> None:
        threading.Thread(target=self._keep, args=(name, origin), name="refused").start()

    def _keep(self, name: str, origin: Origin) -> None:
        try:
            user = self._accounts.user_by_name(name)
            self._audit.add(AuditRow(self._clock.now_ns(), "", HubVerb.REFUSE_SIGN_IN, user.id, f"from {origin.place}"))
        except NotFound:  # some are passwords
            pass
        except EnvironmentFault as fault:
            log.warning("A sign-in that was refused is not in the audit: %s", fault)
