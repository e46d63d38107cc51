"""Claude on a running engine: its key, what it may cost, what is kept of each call, and how it stands."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from engine.history.claude.client import Endpoint, is_of_this_machine, load_sdk
from engine.history.claude.planner import ClaudePlanner, Ways
from engine.history.claude.prices import Used, is_listed, micro_usd
from engine.history.planner import Draft, Planner, PlannerQuestion
from engine.history.queries.rows import Queries
from engine.model.accounts.audit import AuditRow, AuditVerb
from engine.model.errors import EnvironmentFault
from engine.model.history.chat import ChatState, GetChatState
from engine.model.time import SECOND, Clock
from engine.model.value_class import dataclass
from engine.runtime.ports import AuditLog, SettingsSource
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor
from engine.store.people.chat import ChatTable, Spend

_SECRET = "claude"  # noqa: S105 - the name of one
_VARIABLE = "ANTHROPIC_API_KEY"
_MICRO = 1_000_000
_SDK_AFTER_S = 5.0


class Secrets(Protocol):
    def get(self, key: str) -> str | None: ...

    def put(self, key: str, secret: str) -> None: ...

    def remove(self, key: str) -> None: ...


class ClaudeKey:
    """Of the secret store, else of the environment. Any thread; may raise EnvironmentFault."""

    def __init__(self, secrets: Secrets, environment: Mapping[str, str]) -> None:
        self._secrets, self._environment = secrets, environment

    def __repr__(self) -> str:
        return "ClaudeKey()"

    def get(self) -> str:
        return self._secrets.get(_SECRET) or self._environment.get(_VARIABLE, "")

    def keep(self, key: str) -> None:
        """An empty one forgets what is kept."""
        self._secrets.put(_SECRET, key) if key else self._secrets.remove(_SECRET)

    def comes_from(self) -> str:
        if self._secrets.get(_SECRET):
            return "store"
        return "environment" if self._environment.get(_VARIABLE) else ""


class Purse:
    """What a day (UTC) may cost. Any thread. What is under way counts with the most that it can come to, so that no two questions
    together go beyond; what cannot be written down goes on counting until the engine stops."""

    def __init__(self, table: ChatTable, budget_usd: Callable[[], float], clock: Clock) -> None:
        self._table, self._budget_usd, self._clock = table, budget_usd, clock
        self._lock = threading.Lock()
        self._under_way = 0

    def today(self) -> Spend:
        return self._table.spent(day_of(self._clock.now_ns()))

    def take(self, most: int) -> None:
        """Raises EnvironmentFault: `over_budget`."""
        budget_usd = self._budget_usd()
        with self._lock:
            spent = self.today().micro_usd
            if spent + self._under_way + most > budget_usd * _MICRO:
                told = f"Today's budget for the language model ({budget_usd:g} USD, until midnight UTC) does not cover it"
                raise EnvironmentFault("over_budget", f"{told}; {spent / _MICRO:.4f} USD are spent.")
            self._under_way += most

    def give_back(self, most: int) -> None:
        with self._lock:
            self._under_way -= most

    def pay(self, most: int, used: Used, cost: int) -> None:
        read = used.input_tokens + used.cache_write_tokens + used.cache_read_tokens
        with self._lock:
            self._table.spend(Spend(day_of(self._clock.now_ns()), 1, read, used.output_tokens, cost))
            self._under_way -= most


@dataclass(frozen=True, slots=True)
class Metered:
    """`claude_planner.Meter` of one question: each request is in the audit before it leaves."""

    purse: Purse
    audit: AuditLog
    now_ns: Callable[[], int]
    by: str
    answer_id: str
    free: bool = False  # it runs on this machine, without a key

    def before(self, model: str, turn: int, most: Used) -> None:
        cost = self._cost(model, most)
        self.purse.take(cost)
        detail = f"{model}, request {turn}"
        try:
            self.audit.keep(AuditRow(self.now_ns(), self.by, AuditVerb.ASK_CLAUDE, self.answer_id, detail))
        except EnvironmentFault:
            self.purse.give_back(cost)
            raise

    def after(self, model: str, most: Used, used: Used) -> None:
        if used == Used():
            self.purse.give_back(self._cost(model, most))
        else:
            self.purse.pay(self._cost(model, most), used, self._cost(model, used))

    def _cost(self, model: str, used: Used) -> int:
        return 0 if self.free else micro_usd(model, used)


@dataclass(frozen=True, slots=True)
class Unwilling:
    """A planner that says why it is not asked."""

    reason: str
    message: str

    def draft(self, asked: PlannerQuestion, queries: Queries) -> Draft:
        raise EnvironmentFault(self.reason, self.message)


class ClaudeSide(Side):
    """Any thread. A row of the audit is kept before what it tells happens."""

    def __init__(self, table: ChatTable, settings: SettingsSource, key: ClaudeKey, clock: Clock, audit: AuditLog) -> None:
        self.key = key
        self._settings, self._clock, self._audit = settings, clock, audit
        self._purse = Purse(table, lambda: settings.now().chat.budget_usd, clock)

    @property
    def agreed(self) -> bool:
        return self._settings.now().chat.claude

    def on_watch(self, supervisor: Supervisor, now_ns: int) -> None:
        """Not at once: the SDK takes more than a second of processor time, and the first pictures would come that much later."""
        if self.agreed:
            later = threading.Timer(_SDK_AFTER_S, load_sdk)
            later.name, later.daemon = "claude-sdk", True
            later.start()

    def prepare(self) -> None:
        """Loads the SDK in the background where questions go to Claude, so that no question waits for it."""
        if self.agreed:
            threading.Thread(target=load_sdk, name="claude-sdk", daemon=True).start()

    def planner(self, by: str, answer_id: str, asked_s: float | None = None) -> Planner:
        """For one question, `asked_s` when it was asked (`time.monotonic`). Where no admin agreed, one that says so."""
        if not self.agreed:
            return Unwilling("not_agreed", "No administrator has agreed that questions go to a language model.")
        return self._planner(by, answer_id, asked_s)

    def state(self, question: GetChatState, by: str) -> ChatState:
        spend, reply, trouble = self._purse.today(), "", ""
        if question.test:
            try:
                reply = self._planner(by, "test").try_out()
            except EnvironmentFault as fault:
                trouble = str(fault)
            spend = self._purse.today()
        listed = is_listed(self._settings.now().chat.model) or self._is_free()
        return ChatState(self.key.comes_from(), spend.calls, spend.micro_usd / _MICRO, listed, reply, trouble)

    def _planner(self, by: str, answer_id: str, asked_s: float | None = None) -> ClaudePlanner:
        meter = Metered(self._purse, self._audit, self._clock.now_ns, by, answer_id, self._is_free())
        return ClaudePlanner(self._ways, meter, time.monotonic, asked_s)

    def _is_free(self) -> bool:
        """A model on this machine that needs no key; with one, it may be a way to somebody who charges."""
        return is_of_this_machine(self._settings.now().chat.base_url) and not self.key.get()

    def _ways(self) -> Ways:
        settings = self._settings.now().chat
        key = self.key.get()
        if not key and not settings.base_url:
            raise EnvironmentFault("no_key", "There is no key for the language model. An administrator has to enter one.")
        return Ways(Endpoint(key, settings.base_url, settings.retries), settings.model, settings.timeout_s)


def day_of(now_ns: int) -> str:
    return f"{datetime.fromtimestamp(now_ns // SECOND, UTC):%Y-%m-%d}"
