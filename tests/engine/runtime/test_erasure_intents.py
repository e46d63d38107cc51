"""An erasure that was asked for at the hub, brought to a whole engine: as that person, as far as the site lets them, and once."""

from collections.abc import Iterator

import pytest

from engine.model.accounts.access import Role, User
from engine.model.accounts.audit import AuditVerb
from engine.model.alerts.alert import IntentState
from engine.model.alerts.intent import Intent, IntentEnd
from engine.model.people.commands import ErasePerson, PutPerson
from engine.model.people.erasure import ErasureStage
from engine.model.question import ListAudit, ListErasures
from engine.model.time import to_iso
from engine.runtime.people.erasure_judge import ErasureJudge
from tests.fakes.people_site import PeopleSite, people_site
from tests.fakes.waiting import until

ANA = User("hub-7", "Ana", Role.ADMIN)


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PeopleSite]:
    with people_site(tmp_path_factory.mktemp("erasures") / "site") as site:
        yield site


def bring(site: PeopleSite, person_id: str, user: User = ANA, reason: str = "asked for it") -> tuple[Intent, IntentEnd]:
    command = ErasePerson(person_id, reason)
    intent = Intent("in-1", command, site.engine.clock.now_ns(), user.name, user.id)
    return intent, ErasureJudge(site.engine).take(intent, command, user)


def test_they_are_erased_as_if_it_had_been_asked_for_here_and_once(site: PeopleSite) -> None:
    ada, ben = site.tell(PutPerson("Ada")), site.tell(PutPerson("Ben"))
    intent, end = bring(site, ada)
    assert end == IntentEnd("in-1", IntentState.DONE)
    until(lambda: site.engine.record.store.erasures() == (), "they are erased")
    assert ada not in site.engine.people.persons and ben in site.engine.people.persons
    (row,) = site.engine.record.store.answer(ListAudit(verbs=(AuditVerb.ERASE_PERSON,)))
    assert (row.by, row.detail) == ("Ana", f"asked for it (said at the hub {to_iso(intent.said_ns)} while this site was away; intent in-1)")
    assert bring(site, ada)[1] == end, "brought again"
    (told,) = site.engine.record.store.answer(ListErasures())
    assert (told.id, told.stage, told.by, told.asked_ns) == (row.subject, ErasureStage.DONE, "Ana", row.at_ns)
    assert len(site.engine.record.store.answer(ListAudit(verbs=(AuditVerb.ERASE_PERSON,)))) == 1


@pytest.mark.parametrize("user", [User("hub-7", "Ana", Role.OPERATOR), User("hub-7", "Ana", Role.ADMIN, ("door",))])
def test_who_may_not_erase_here_is_refused(site: PeopleSite, user: User) -> None:
    ada = site.tell(PutPerson("Ada"))
    _, end = bring(site, ada, user)
    assert end.state is IntentState.REFUSED and end.outcome
    assert ada in site.engine.people.persons and site.engine.record.store.answer(ListErasures()) == ()


def test_who_is_locked_or_was_never_here_is_refused_with_why(site: PeopleSite) -> None:
    ada = site.tell(PutPerson("Ada", locked=True))
    assert "locked" in bring(site, ada)[1].outcome
    assert "There is no person 'pe-none'" in bring(site, "pe-none")[1].outcome
    assert bring(site, ada, reason=" ")[1].state is IntentState.REFUSED
    assert ada in site.engine.people.persons
