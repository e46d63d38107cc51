"""The engine at a spare that stands in for one site: it runs in the spare's process, with its cameras off until it is needed."""

import logging
import secrets
from contextlib import ExitStack
from pathlib import Path

from console.site import running
from engine.gateway.border.bind import Bind
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.time import SystemClock
from engine.runtime.command_line_settings import NOTHING_ADDED
from engine.runtime.data_folder import DataFolder
from engine.runtime.hub.membership import Membership
from engine.runtime.hub.spares.spare_package import SparePackage, secret_keys, standing_by
from engine.runtime.secrets.secrets import SecretStore
from engine.runtime.settings.settings_file import save_settings
from engine.store import open_store

log = logging.getLogger(__name__)

BY = "spare"  # whom the audit names


class StandIn:
    """A `StandInEngine`. Logins are in its secret store only while it stands in; else they are in the sealed package alone. One thread at a
    time, but for `live_count`. Raises (constructor) WatchroomError."""

    def __init__(self, folder: Path, membership: Membership, package: SparePackage) -> None:
        data = DataFolder(folder)
        _begin_telling(data)
        save_settings(data.settings, standing_by(package.settings))
        _forget_secrets(SecretStore(data.path), package)
        self._site, self._package, self._stands = membership.site, package, False
        self._stack = ExitStack()
        self._engine = self._stack.enter_context(running(folder, Bind.parse("127.0.0.1:0"), NOTHING_ADDED, gateway_needed=True)).engine

    def prepare(self, package: SparePackage) -> None:
        before, self._package = self._package, package
        if self._stands:
            self._put_secrets(before)
        self._apply()

    def take_over(self, why: str) -> None:
        self._stands = True
        self._note(AuditVerb.STAND_IN, why)
        self._put_secrets(self._package)
        self._apply()

    def hand_back(self, why: str) -> None:
        self._stands = False
        self._apply()
        _forget_secrets(self._engine.basis.secrets, self._package)
        self._note(AuditVerb.HAND_BACK, why)

    def live_count(self) -> tuple[int, int]:
        return self._engine.sight.live_count()

    def close(self) -> None:
        self._stack.close()

    def _apply(self) -> None:
        settings = self._package.settings if self._stands else standing_by(self._package.settings)
        self._engine.update_settings(lambda _: settings, BY)

    def _put_secrets(self, before: SparePackage) -> None:
        kept, given = self._engine.basis.secrets, dict(self._package.secrets)
        for key in {*secret_keys(before.settings)} - given.keys():
            kept.remove(key)
        for key in secret_keys(self._package.settings):
            if key in given:
                kept.put(key, given[key])

    def _note(self, verb: AuditVerb, why: str) -> None:
        self._engine.audit.note(AuditRow(self._engine.clock.now_ns(), BY, verb, self._package.site, why))


def _begin_telling(data: DataFolder) -> None:
    """What is recorded is told to the hub from the first row on."""
    store = open_store(data.database, SystemClock())
    try:
        if store.replication.state() is None:
            store.replication.begin(secrets.token_hex(8))
    finally:
        store.close()


def _forget_secrets(kept: SecretStore, package: SparePackage) -> None:
    for key in secret_keys(package.settings):
        kept.remove(key)
