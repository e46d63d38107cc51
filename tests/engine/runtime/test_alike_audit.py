"""Who looks for people by their looks is in the audit; where it cannot be kept nobody is found."""

from pathlib import Path

import numpy as np
import pytest

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.cameras.look import StayLook
from engine.model.command import ChangeSettings
from engine.model.errors import EnvironmentFault, InputError
from engine.model.history.timeline import SearchAlike
from engine.model.people.settings import PeopleSettings
from engine.model.question import ListAudit
from engine.model.time import SECOND
from engine.runtime.local import LocalPort
from tests.fakes.people_site import PeopleSite, people_site

ON = PeopleSettings(biometrics=True, purpose="To find who was in view")


def port(site: PeopleSite, role: Role) -> LocalPort:
    session = Session(f"s-{role.value}", User(f"user-{role.value}", role.value, role), ROLE_VERBS[role])
    return LocalPort(site.engine, lambda: session)


def kept(site: PeopleSite) -> tuple[AuditRow, ...]:
    return port(site, Role.ADMIN).ask(ListAudit(verbs=(AuditVerb.SEARCH_ALIKE,)))


def put_stays(site: PeopleSite) -> None:
    assert site.engine.record.writer.flush(10.0)  # looks from before biometrics were on are forgotten by then
    look = np.asarray(np.eye(1, 8), np.float32)[0]
    site.engine.record.store.looks.put(
        [StayLook(f"t-{number}", "yard", number * SECOND, 9 * SECOND, SECOND, (0, 0, 1, 1), 1, "osnet", look) for number in range(3)]
    )


def test_who_looked_for_whom_is_kept_without_the_picture(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        guard = port(site, Role.OPERATOR)
        port(site, Role.ADMIN).command(ChangeSettings(recognition=ON))
        put_stays(site)
        found = guard.ask(SearchAlike(like_id="t-1", camera_ids=("yard",), since_ns=0, limit=2))
        assert len(found.hits) == 2
        guard.ask(SearchAlike(like_id="t-1"))
        with pytest.raises(InputError):
            guard.ask(SearchAlike("bm90aGluZw=="))  # no picture: nothing was compared
        newest, first = kept(site)
        assert (first.by, first.subject) == ("operator", "t-1")
        told = "cameras yard, from 1970-01-01T00:00:00.000Z until ever, 3 compared, 2 found, session s-operator"
        assert first.detail == told and newest.detail.startswith("cameras all, from ever until ever, 3 compared, 3 found")


def test_where_the_audit_cannot_keep_it_nobody_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: AuditRow) -> None:
        raise EnvironmentFault("disk_full", "The disk is full.")

    with people_site(tmp_path / "site") as site:
        port(site, Role.ADMIN).command(ChangeSettings(recognition=ON))
        put_stays(site)
        with monkeypatch.context() as patch:
            patch.setattr(site.engine.auditor, "keep", full)
            with pytest.raises(EnvironmentFault):
                port(site, Role.OPERATOR).ask(SearchAlike(like_id="t-1"))
        assert kept(site) == ()
