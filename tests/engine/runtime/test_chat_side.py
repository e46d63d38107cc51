"""Questions on a running engine: each user's own conversations and history, Claude by agreement, key, budget and audit, and erasure."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from engine.history.answers.words import safe
from engine.history.claude.client import NO_KEY
from engine.history.grammar.offline_planner import OfflinePlanner
from engine.history.planner import Draft, PlannerQuestion
from engine.history.queries.rows import Queries
from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.errors import EnvironmentFault, InputError, NotFound
from engine.model.history.chat import AskRecord, ChatAnswer, ChatSettings, ClaimStatus, GetChatState, ListChat, PlannerKind
from engine.model.people.traces import Traces
from engine.model.settings import Settings
from engine.model.time import SECOND, ManualClock
from engine.runtime.chat.chat_commands import check_address, check_key
from engine.runtime.chat.chat_side import ChatSide, concerns
from engine.runtime.chat.claude_side import ClaudeKey, ClaudeSide
from engine.runtime.secrets.secrets import SecretStore
from engine.store.store import Store
from tests.fakes.messages_api import KEY, FakeMessages, Refuse, Say, messages_api, plan
from tests.fakes.ports import AuditOf, SettingsOf
from tests.fakes.week import NOW, PEOPLE, SETTINGS, generated, kept, ns

DAY_NS = 86_400 * SECOND
ADA = Session("s-1", User("user-ada", "ada", Role.ADMIN), ROLE_VERBS[Role.ADMIN])
BO = Session("s-2", User("user-bo", "bo", Role.OPERATOR), ROLE_VERBS[Role.OPERATOR])
COUNT = plan({"ask": "count"})


@dataclass
class Desk:
    """A week's record with its chat. `settings` may be changed; `rows`: what is in the audit; `refuse`: it cannot be kept."""

    store: Store
    folder: Path
    clock: ManualClock = field(default_factory=lambda: ManualClock(ns(NOW)))
    settings: Settings = SETTINGS
    rows: list[AuditRow] = field(default_factory=list)
    refuse: bool = False
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        key = ClaudeKey(SecretStore(self.folder, lambda: None), self.environment)
        settings = SettingsOf(lambda: self.settings)
        self.claude = ClaudeSide(self.store.chats, settings, key, self.clock, AuditOf(self.audit))
        self.chat = ChatSide(self.store.asked, settings, self.clock, self.store.chats, self.claude)

    def audit(self, row: AuditRow) -> None:
        if self.refuse:
            raise EnvironmentFault("not_written", "The audit cannot be written.")
        self.rows.append(row)

    def agree(self, api: FakeMessages, **chat: object) -> None:
        agreed = {"claude": True, "base_url": api.url, "timeout_s": 30.0, **chat}
        self.settings = replace(self.settings, chat=replace(ChatSettings(), **agreed))  # type: ignore[arg-type]
        self.claude.key.keep(KEY)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = kept(generated(), tmp_path_factory.mktemp("week"))
    yield made
    made.close()


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    yield Desk(store, tmp_path)
    store.chats.forget_before(1 << 62)


def test_a_follow_up_goes_on_from_ones_own_answer_also_after_a_restart(desk: Desk) -> None:
    first = desk.chat.ask(AskRecord("How many events were there today?"), ADA)
    again = Desk(desk.store, desk.folder)
    second = again.chat.ask(AskRecord("and yesterday?", conversation=first.id), ADA)
    assert second.understood and second.query != first.query
    with pytest.raises(NotFound):
        again.chat.ask(AskRecord("and yesterday?", conversation=first.id), BO)


def test_everybody_sees_and_forgets_their_own(desk: Desk) -> None:
    first = desk.chat.ask(AskRecord("How many events were there today?"), ADA)
    second = desk.chat.ask(AskRecord("Who was seen yesterday?"), ADA)
    theirs = desk.chat.ask(AskRecord("Who was seen today?"), BO)
    assert desk.chat.chats_of_session(ListChat(), ADA) == (second, first) and desk.chat.chats_of_session(ListChat(), BO) == (theirs,)
    desk.chat.forget(theirs.id, ADA)
    desk.chat.forget(first.id, ADA)
    assert desk.chat.chats_of_session(ListChat(), ADA) == (second,) and desk.chat.chats_of_session(ListChat(), BO) == (theirs,)
    desk.chat.forget("", ADA)
    assert desk.chat.chats_of_session(ListChat(), ADA) == ()
    with pytest.raises(InputError):
        desk.chat.chats_of_session(ListChat(0), ADA)
    desk.chat.forget_user("user-bo")
    assert desk.chat.chats_of_session(ListChat(), BO) == ()


def test_what_is_too_old_goes(desk: Desk) -> None:
    desk.chat.ask(AskRecord("Who was seen today?"), ADA)
    desk.clock.advance_to(ns(NOW) + 89 * DAY_NS)
    desk.chat.on_tidy(desk.clock.now_ns())
    assert len(desk.chat.chats_of_session(ListChat(), ADA)) == 1
    desk.settings = replace(desk.settings, chat=ChatSettings(keep_days=30))
    desk.chat.on_tidy(desk.clock.now_ns())
    assert desk.chat.chats_of_session(ListChat(), ADA) == ()


def test_erasing_somebody_reaches_everybodys_questions_and_answers(desk: Desk) -> None:
    who = PEOPLE[0]
    desk.chat.ask(AskRecord(f"When was {who.name.lower()} last seen?"), ADA)
    desk.chat.ask(AskRecord(f"Where was {who.name.split()[0].upper()}?"), BO)
    desk.chat.ask(AskRecord("Who was seen this week?"), BO)
    stays = desk.chat.ask(AskRecord("How many motion events were there today?"), BO)
    assert desk.chat.erase(Traces(who.id, (who.name,), "gone-1")) == 3
    assert desk.chat.chats_of_session(ListChat(), BO) == (stays,) and desk.chat.chats_of_session(ListChat(), ADA) == ()


def test_a_name_with_marks_in_it_is_found_as_answers_write_it() -> None:
    answer = ChatAnswer("ch-1", "Who was here?", f"{safe('Bob_ [the] *Builder*')} was seen.", True, "", "UTC", ())
    assert concerns(Traces("p-bob", ("Bob_ [the] *Builder*",), "gone-1"), answer)
    assert not concerns(Traces("p-bob", ("Bob_ [the] *Build",), "gone-1"), answer)


class ErasedMeanwhile:
    """A planner that somebody is erased under."""

    def __init__(self, desk: Desk, traces: Traces) -> None:
        self._desk, self._traces = desk, traces

    def draft(self, asked: PlannerQuestion, queries: Queries) -> Draft:
        drafted = OfflinePlanner().draft(asked, queries)
        self._desk.chat.erase(self._traces)
        return drafted


def test_an_answer_that_was_begun_before_somebody_was_erased_is_not_kept(desk: Desk) -> None:
    who = PEOPLE[0]
    desk.chat.offline = ErasedMeanwhile(desk, Traces(who.id, (who.name,), "gone-1"))
    answer = desk.chat.ask(AskRecord(f"When was {who.name} last seen?"), ADA)
    assert answer.understood and desk.chat.chats_of_session(ListChat(), ADA) == ()
    desk.chat.offline = OfflinePlanner()
    stays = desk.chat.ask(AskRecord("How many motion events were there today?"), ADA)
    assert desk.chat.chats_of_session(ListChat(), ADA) == (stays,)


def test_until_an_admin_agrees_nothing_leaves(desk: Desk) -> None:
    with messages_api(COUNT) as api:
        desk.agree(api, claude=False)
        told = desk.chat.ask(AskRecord("Who was seen today?"), BO)
        asked_for = desk.chat.ask(AskRecord("Who was seen today?", planner=PlannerKind.CLAUDE), BO)
    assert told.planner is PlannerKind.OFFLINE and told.degraded_reason == ""
    assert "agreed" in asked_for.degraded_reason and asked_for.answer == told.answer
    assert api.requests == [] and desk.rows == []


def test_each_call_is_in_the_audit_with_what_left_and_costs(desk: Desk) -> None:
    spent = desk.claude.state(GetChatState(), "ada").spent_usd
    with messages_api(plan({"ask": "moon"}), plan({"ask": "list", "limit": 3})) as api:
        desk.agree(api)
        answer = desk.chat.ask(AskRecord("What happened?"), BO)
    assert answer.planner is PlannerKind.CLAUDE and all(each.status is not ClaimStatus.STRUCK for each in answer.sentences)
    assert [(row.verb, row.by, row.subject) for row in desk.rows] == [(AuditVerb.ASK_CLAUDE, "bo", answer.id)] * 2
    assert desk.rows[1].detail == "claude-haiku-5-5, request 2"
    assert desk.chat.chats_of_session(ListChat(), BO) == (answer,)
    state = desk.claude.state(GetChatState(), "ada")
    assert state.spent_usd == pytest.approx(spent + 2 * (1_000 * 0.1 + 100 * 0.5) / 1e6) and state.key_from == "store"


def test_asked_to_be_offline_it_is(desk: Desk) -> None:
    with messages_api(COUNT) as api:
        desk.agree(api)
        assert desk.chat.ask(AskRecord("Who was seen today?", planner=PlannerKind.OFFLINE), BO).degraded_reason == ""
    assert api.requests == []


def test_what_cannot_be_audited_does_not_leave(desk: Desk) -> None:
    with messages_api(COUNT) as api:
        desk.agree(api)
        desk.refuse = True
        answer = desk.chat.ask(AskRecord("Who was seen today?"), BO)
        assert api.requests == [] and "audit" in answer.degraded_reason and answer.planner is PlannerKind.OFFLINE
        desk.refuse = False
        assert desk.chat.ask(AskRecord("Who was seen today?"), BO).planner is PlannerKind.CLAUDE, "nothing stays taken from the budget"


def test_beyond_the_budget_of_the_day_this_machine_answers_until_midnight(desk: Desk) -> None:
    desk.clock.advance_to(ns(NOW) + 3 * DAY_NS)
    with messages_api(replace(plan({"ask": "moon"}), input_tokens=40_000, output_tokens=1_000)) as api:
        desk.agree(api, budget_usd=0.005)
        answer = desk.chat.ask(AskRecord("How many events?"), BO)
        assert len(api.requests) == 1 and "0.0045 USD are spent" in answer.degraded_reason and answer.planner is PlannerKind.OFFLINE
        again = Desk(desk.store, desk.folder, desk.clock, desk.settings)
        assert "budget" in again.chat.ask(AskRecord("How many events?"), BO).degraded_reason, "also after a restart"
        desk.clock.advance_to(ns(NOW) + 4 * DAY_NS)
        api.turns.append(COUNT)
        assert again.chat.ask(AskRecord("How many events?"), BO).planner is PlannerKind.CLAUDE


def test_without_a_key_it_is_said(desk: Desk) -> None:
    with messages_api() as api:
        desk.agree(api, base_url="")
        desk.claude.key.keep("")
        assert "no key" in desk.chat.ask(AskRecord("Who was seen today?"), BO).degraded_reason
        assert desk.claude.state(GetChatState(), "ada").key_from == ""
        desk.environment["ANTHROPIC_API_KEY"] = KEY
        assert desk.claude.state(GetChatState(), "ada").key_from == "environment"
        desk.agree(api)
        desk.claude.key.keep("")
        api.turns.append(COUNT)
        assert desk.chat.ask(AskRecord("Who was seen today?"), BO).planner is PlannerKind.CLAUDE
    assert KEY not in repr(desk.claude.key) and all(KEY not in row.detail for row in desk.rows)


def test_a_model_on_this_machine_needs_no_key_and_costs_nothing(desk: Desk) -> None:
    with messages_api(Say("ready"), COUNT, key=NO_KEY) as api:
        before = desk.claude.state(GetChatState(), "ada")
        desk.agree(api, model="qwen3:8b", budget_usd=before.spent_usd)
        desk.claude.key.keep("")
        tried = desk.claude.state(GetChatState(test=True), "ada")
        answer = desk.chat.ask(AskRecord("How many events were there?"), BO)
    assert tried.reply == "qwen3:8b" and tried.price_listed
    assert (answer.planner, answer.model, answer.degraded_reason) == (PlannerKind.CLAUDE, "qwen3:8b", "")
    after = desk.claude.state(GetChatState(), "ada")
    assert after.spent_usd == tried.spent_usd and after.calls == tried.calls + 1


def test_a_test_says_who_answered_or_why_nobody_did(desk: Desk) -> None:
    with messages_api(Say("ready"), Refuse(401, "authentication_error")) as api:
        desk.agree(api)
        good = desk.claude.state(GetChatState(test=True), "ada")
        bad = desk.claude.state(GetChatState(test=True), "ada")
    assert (good.reply, good.trouble) == ("claude-haiku-5-5", "") and bad.reply == "" and "refused the key" in bad.trouble
    assert [row.detail for row in desk.rows] == ["claude-haiku-5-5, request 1"] * 2
    assert "record" not in api.left and SETTINGS.cameras[0].name not in api.left


@pytest.mark.parametrize(
    "url", ["http://example.org", "ftp://example.org", "https://", "https://a:b@example.org", "https://example.org?x=1", "x"]
)
def test_an_address_has_to_be_encrypted_or_here(url: str) -> None:
    with pytest.raises(InputError, match="base_url"):
        check_address(url)


def test_good_addresses_and_keys() -> None:
    for url in ("", "https://example.org/v1", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9"):
        check_address(url)
    check_key("sk-abc")
    with pytest.raises(InputError):
        check_key("two words")
