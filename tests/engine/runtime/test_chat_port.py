"""The chat over the port of a running engine: asked, listed, forgotten; settings changed by admins only, in the audit, key kept apart."""

from pathlib import Path

import pytest

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.accounts.audit import AuditVerb
from engine.model.errors import InputError, PermissionDenied
from engine.model.event import EventKind
from engine.model.history.chat import (
    AskRecord,
    ChangeChat,
    ChatSettings,
    ForgetChat,
    GetChatState,
    ListChat,
    PlannerKind,
    UnderstandQuestion,
)
from engine.model.history.timeline import ListSearches, SaveSearch, SearchFilter
from engine.model.people.commands import ErasePerson, PutPerson
from engine.model.question import ListAudit
from engine.runtime.local import LocalPort
from tests.fakes.messages_api import KEY, messages_api, plan
from tests.fakes.people_site import PeopleSite, people_site


def port(site: PeopleSite, role: Role) -> LocalPort:
    session = Session(f"s-{role.value}", User(f"user-{role.value}", role.value, role), ROLE_VERBS[role])
    return LocalPort(site.engine, lambda: session)


def test_the_chat_over_the_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with people_site(tmp_path / "site") as site, messages_api(plan({"ask": "count"})) as api:
        admin, guard = port(site, Role.ADMIN), port(site, Role.OPERATOR)
        first = guard.ask(AskRecord("How many events were there today?"))
        assert guard.ask(ListChat()) == (first,) and admin.ask(ListChat()) == ()
        for forbidden in (ChangeChat(ChatSettings(claude=True)), ChangeChat(ChatSettings(), KEY)):
            with pytest.raises(PermissionDenied):
                guard.command(forbidden)
        with pytest.raises(PermissionDenied):
            guard.ask(GetChatState())
        with pytest.raises(InputError, match="https"):
            admin.command(ChangeChat(ChatSettings(claude=True, base_url="http://example.org")))
        admin.command(ChangeChat(ChatSettings(claude=True, base_url=api.url, timeout_s=60), KEY))
        told = guard.ask(AskRecord("How many events were there today?"))
        assert told.planner.value == "claude", told.degraded_reason
        guard.command(ForgetChat(first.id))
        assert guard.ask(ListChat()) == (told,)
        state = admin.ask(GetChatState())
        assert state is not None and state.calls == 1 and state.key_from == "store"
        rows = admin.ask(ListAudit(verbs=(AuditVerb.CHANGE_CHAT, AuditVerb.ASK_CLAUDE)))
        assert [row.verb for row in rows] == ["ask_claude", "change_chat"]
        assert rows[-1].detail == "Language model on, claude-haiku-5-5, 1 USD a day; key stored"
        assert KEY not in (tmp_path / "site" / "settings.toml").read_text()
        admin.command(ChangeChat(ChatSettings(), ""))
        again = admin.ask(GetChatState())
        assert again is not None and again.key_from == ""


def test_what_is_understood_can_be_asked_as_it_stands_there(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        guard = port(site, Role.OPERATOR)
        plan = guard.ask(UnderstandQuestion("How many falls were there today?"))
        assert plan is not None and plan.queries[0].query.scope.kinds == (EventKind.FALL,) and guard.ask(ListChat()) == ()
        by_words = guard.ask(AskRecord("How many falls were there today?"))
        by_form = guard.ask(AskRecord("Falls of today", plan=plan))
        assert by_form.planner is PlannerKind.FORM and by_form.answer == by_words.answer
        going_on = guard.ask(UnderstandQuestion("and yesterday?", by_form.id))
        assert going_on.queries[0].query.scope.kinds == (EventKind.FALL,)
        assert guard.ask(UnderstandQuestion("who was the man in red")).unknown == ("red",)


def test_erasing_somebody_reaches_what_was_asked_about_them(tmp_path: Path) -> None:
    with people_site(tmp_path / "site") as site:
        admin = port(site, Role.ADMIN)
        person_id = admin.command(PutPerson(name="Zenobia Quist"))
        admin.ask(AskRecord("When was zenobia last seen?"))
        stays = admin.ask(AskRecord("How many events were there today?"))
        for question in ("When was zenobia last seen?", "who was with zenobia QUIST", "How many events were there today?"):
            admin.command(SaveSearch(question, SearchFilter(), question))
        site.job(site.tell(ErasePerson(person_id, "asked for it")))
        assert admin.ask(ListChat()) == (stays,)
        assert [each.question for each in admin.ask(ListSearches())] == ["How many events were there today?"]
