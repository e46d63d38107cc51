"""A saved search is found by whoever saved it, and by everybody once it is shared; who may share and forget it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.model.accounts.access import Role
from engine.model.accounts.audit import AuditVerb
from engine.model.accounts.undo import UndoRemoval
from engine.model.command import CreateUser, RemoveUser
from engine.model.errors import BeyondCameras, InputError, NotFound, PermissionDenied
from engine.model.history.timeline import ListSearches, RemoveSearch, SavedSearch, SaveSearch, SearchFilter, ShareSearch
from engine.model.port import EnginePort
from engine.model.question import ListAudit
from engine.runtime.local import LocalDoor
from tests.fakes.people_site import PeopleSite, people_site

PASSWORD = "correct horse battery"
WORDS = "Who was here last night?"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[PeopleSite]:
    with people_site(tmp_path / "site") as made:
        yield made


def signed_in(site: PeopleSite, name: str, role: Role = Role.OPERATOR, cameras: tuple[str, ...] | None = None) -> EnginePort:
    site.tell(CreateUser(name, role, PASSWORD, cameras))
    return LocalDoor(site.engine).sign_in(name, PASSWORD)


def names(port: EnginePort) -> list[str]:
    return [each.name for each in port.ask(ListSearches())]


def test_it_is_found_by_its_user_alone_until_it_is_shared(site: PeopleSite) -> None:
    ada, bo = signed_in(site, "ada"), signed_in(site, "bo")
    admin = signed_in(site, "root", Role.ADMIN)
    saved = ada.command(SaveSearch("Night", SearchFilter(), WORDS))
    assert (names(ada), names(bo), names(admin)) == (["Night"], [], [])
    with pytest.raises(NotFound):
        bo.command(ShareSearch(saved, True))
    with pytest.raises(NotFound):
        admin.command(RemoveSearch(saved))
    ada.command(ShareSearch(saved, True))
    assert names(bo) == names(admin) == ["Night"]
    assert (AuditVerb.SHARE_SEARCH, saved, "shared") in [(row.verb, row.subject, row.detail) for row in admin.ask(ListAudit())]
    ada.command(ShareSearch(saved, False))
    assert (names(ada), names(bo)) == (["Night"], [])


def test_two_users_may_call_theirs_alike_and_saving_again_keeps_it_shared(site: PeopleSite) -> None:
    ada, bo = signed_in(site, "ada"), signed_in(site, "bo")
    first = ada.command(SaveSearch("Night", SearchFilter(), WORDS))
    second = bo.command(SaveSearch("Night", SearchFilter("van")))
    assert first != second and [each.question for each in ada.ask(ListSearches())] == [WORDS]
    bo.command(ShareSearch(second, True))
    assert bo.command(SaveSearch("Night", SearchFilter("car"))) == second
    assert [each.filter.text for each in ada.ask(ListSearches()) if each.by == "bo"] == ["car"]


def test_what_others_share_is_changed_by_them_and_by_administrators(site: PeopleSite) -> None:
    ada, bo, admin = signed_in(site, "ada"), signed_in(site, "bo"), signed_in(site, "root", Role.ADMIN)
    saved = ada.command(SaveSearch("Night", SearchFilter(), WORDS))
    ada.command(ShareSearch(saved, True))
    for refused in (ShareSearch(saved, False), RemoveSearch(saved)):
        with pytest.raises(PermissionDenied):
            bo.command(refused)
    admin.command(ShareSearch(saved, False))
    assert (names(ada), names(admin)) == (["Night"], [])
    ada.command(ShareSearch(saved, True))
    admin.command(RemoveSearch(saved))
    assert names(ada) == []


def test_what_nobody_owns_any_more_cannot_be_kept_for_oneself(site: PeopleSite) -> None:
    admin = signed_in(site, "root", Role.ADMIN)
    site.engine.record.store.bookmarks.save_search(SavedSearch("se-old", "vans", "cy", SearchFilter("van")))
    with pytest.raises(InputError, match="no account"):
        admin.command(ShareSearch("se-old", False))
    admin.command(RemoveSearch("se-old"))


def test_an_account_of_some_cameras_has_its_own_only_and_shares_none(site: PeopleSite) -> None:
    lima, ada = signed_in(site, "lima", cameras=("door",)), signed_in(site, "ada")
    shared = ada.command(SaveSearch("Night", SearchFilter(), WORDS))
    ada.command(ShareSearch(shared, True))
    own = lima.command(SaveSearch("Night", SearchFilter("van")))
    assert [each.id for each in lima.ask(ListSearches())] == [own]
    with pytest.raises(BeyondCameras):
        lima.command(ShareSearch(own, True))
    with pytest.raises(NotFound):
        lima.command(RemoveSearch(shared))
    lima.command(RemoveSearch(own))


def test_what_is_found_by_nobody_else_goes_with_the_account_and_comes_back_with_it(site: PeopleSite) -> None:
    ada, admin = signed_in(site, "ada"), signed_in(site, "root", Role.ADMIN)
    ada.command(SaveSearch("Own", SearchFilter(), WORDS))
    ada.command(ShareSearch(ada.command(SaveSearch("Night", SearchFilter(), WORDS)), True))
    admin.command(RemoveUser(ada.session.user.id))
    assert [each.name for each in site.engine.record.store.answer(ListSearches())] == ["Night"]
    admin.command(UndoRemoval(admin.snapshot().undoable[0].id))
    assert names(LocalDoor(site.engine).sign_in("ada", PASSWORD)) == ["Night", "Own"]
