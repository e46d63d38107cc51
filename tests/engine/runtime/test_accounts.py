"""Who may come in, for how long, and what five wrong passwords do."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher, extract_parameters
from hypothesis import given
from hypothesis import strategies as st

from engine.model.accounts.access import ROLE_VERBS, Role, User, Verb
from engine.model.errors import EnvironmentFault, InputError, NotFound, NotSignedIn, SessionLapsed
from engine.model.time import SECOND, ManualClock
from engine.runtime.access import held_tokens
from engine.runtime.access.accounts import Accounts
from engine.runtime.access.held_tokens import IDLE_NS, LAPSED_NS, LONGEST_NS, REMEMBERED_S
from engine.runtime.access.lockout import HERE, from_address, lock_s
from engine.runtime.access.machine_tokens import TokenWanted
from engine.runtime.access.passwords import Passwords
from engine.runtime.access.setup_code import SetupCode
from engine.store import Store, open_store

PASSWORD = "correct horse"
WRONG = "battery staple"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_790_000_000 * SECOND)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "watchroom.db"


@pytest.fixture
def store(path: Path, clock: ManualClock) -> Iterator[Store]:
    opened = open_store(path, clock)
    yield opened
    opened.close()


@pytest.fixture
def accounts(store: Store, clock: ManualClock) -> Accounts:
    return Accounts(store.accounts, clock, Passwords(CHEAP))


@pytest.fixture
def ada(accounts: Accounts) -> str:
    return accounts.create_user("Ada", Role.ADMIN, PASSWORD).id


def refused(call: Callable[[], object]) -> NotSignedIn:
    with pytest.raises(NotSignedIn) as error:
        call()
    return error.value


def later(clock: ManualClock, seconds: float) -> None:
    clock.advance_to(clock.now_ns() + round(seconds * SECOND))


def fail(accounts: Accounts, times: int, name: str = "Ada") -> NotSignedIn:
    errors = [refused(lambda: accounts.sign_in(name, WRONG)) for _ in range(times)]
    return errors[-1]


def test_until_there_is_an_admin_the_site_needs_setting_up(accounts: Accounts) -> None:
    assert accounts.needs_setup()
    accounts.create_user("Otto", Role.OPERATOR, PASSWORD)
    accounts.create_token(Role.ADMIN, "a machine is no person")
    assert accounts.needs_setup()
    accounts.create_first_admin("Ada", PASSWORD)
    assert not accounts.needs_setup()
    with pytest.raises(InputError):
        accounts.create_first_admin("Eve", PASSWORD)


def test_of_many_who_set_up_at_once_one_becomes_admin(accounts: Accounts) -> None:
    made: list[str] = []

    def try_it(name: str) -> None:
        try:
            made.append(accounts.create_first_admin(name, PASSWORD).name)
        except InputError:
            return

    threads = [threading.Thread(target=try_it, args=(f"admin {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert [user.name for user in accounts.users()] == made


def test_signing_in_gives_the_verbs_of_the_role(accounts: Accounts, ada: str) -> None:
    accounts.create_user("Otto", Role.OPERATOR, PASSWORD)
    _, admin = accounts.sign_in("Ada", PASSWORD)
    _, operator = accounts.sign_in("Otto", PASSWORD)
    assert admin.verbs == ROLE_VERBS[Role.ADMIN]
    assert admin.user.id == ada
    assert operator.may(Verb.SEE_LIVE) and not operator.may(Verb.ADMINISTER)
    assert admin.id != operator.id


@pytest.mark.parametrize("name", ["ada", "  ADA ", "Ａｄａ"])
def test_a_name_is_the_same_in_any_case_and_composition(accounts: Accounts, ada: str, name: str) -> None:
    assert accounts.sign_in(name, PASSWORD)[1].user.id == ada
    with pytest.raises(InputError, match="taken"):
        accounts.create_user(name, Role.OPERATOR, PASSWORD)


def test_a_password_is_the_same_however_its_letters_are_composed(accounts: Accounts) -> None:
    accounts.create_user("Zoe", Role.ADMIN, "gr\u00f6\u00dfer als zuvor")
    accounts.sign_in("Zoe", "gro\u0308\u00dfer als zuvor")


@pytest.mark.parametrize(("name", "field"), [("", "name"), ("x" * 65, "name"), ("a\nb", "name"), ("machine:admin", "name")])
def test_bad_names_are_refused(accounts: Accounts, name: str, field: str) -> None:
    with pytest.raises(InputError) as error:
        accounts.create_user(name, Role.OPERATOR, PASSWORD)
    assert error.value.field == field


@pytest.mark.parametrize("name", ["\u0410d\u0430", "Ad\u03b1", "O\u0442to", "\u03a1aul \u0411"])
def test_a_name_of_several_scripts_is_refused_and_says_which(accounts: Accounts, ada: str, name: str) -> None:
    with pytest.raises(InputError, match=r"different scripts \((Cyrillic|Greek)( and .*)?Latin\)|Cyrillic and Greek") as error:
        accounts.create_user(name, Role.OPERATOR, PASSWORD)
    assert error.value.field == "name"


@pytest.mark.parametrize(
    ("known", "lookalike"),
    [
        ("paccoy", "\u0440\u0430\u0441\u0441\u043e\u0443"),
        ("COX", "\u0421\u041e\u0425"),
        ("Ida", "1da"),
        ("Otto", "0tto"),
        ("Paul", "PauI"),
        ("BIANKA", "\u0392\u0399\u0391\u039d\u039a\u0391"),
    ],
)
def test_a_name_that_looks_like_another_accounts_is_refused(accounts: Accounts, known: str, lookalike: str) -> None:
    accounts.create_user(known, Role.OPERATOR, PASSWORD)
    with pytest.raises(InputError, match=f"looks like the account '{known}'") as error:
        accounts.create_user(lookalike, Role.ADMIN, PASSWORD)
    assert error.value.field == "name"
    assert [user.name for user in accounts.users()] == [known]


@pytest.mark.parametrize(
    "name", ["\u0418\u0440\u0438\u043d\u0430", "\u7530\u4e2d Taro", "J\u00fcrgen Gro\u00df", "Zo\u00eb O'Neil", "guard-2", "\uae40 Kim"]
)
def test_names_as_people_write_them_are_taken(accounts: Accounts, ada: str, name: str) -> None:
    assert accounts.create_user(name, Role.OPERATOR, PASSWORD).name == name


@pytest.mark.parametrize("password", ["", "too short", "Konstantin Ada", "aaaaaaaaaaaa", "x" * 300])
def test_bad_passwords_are_refused(accounts: Accounts, password: str) -> None:
    with pytest.raises(InputError) as error:
        accounts.create_user("Konstantin", Role.OPERATOR, password)
    assert error.value.field == "password"
    assert not accounts.users()


def test_nothing_readable_is_kept(accounts: Accounts, ada: str, store: Store, path: Path) -> None:
    token, _ = accounts.sign_in("Ada", PASSWORD)
    refused(lambda: accounts.sign_in("my secret password by mistake", WRONG))
    store.close()
    content = path.read_bytes()
    for secret in (PASSWORD, WRONG, token, "my secret password"):
        assert secret.encode() not in content
    assert b"$argon2id$" in content


def test_wrong_name_and_wrong_password_are_told_alike(accounts: Accounts, ada: str) -> None:
    assert str(refused(lambda: accounts.sign_in("Ada", WRONG))) == str(refused(lambda: accounts.sign_in("Nobody", WRONG)))


def test_an_unknown_name_costs_one_check_like_a_known_one(store: Store, clock: ManualClock) -> None:
    class Counting(Passwords):
        hashed: list[str | None]

        def check(self, password_hash: str | None, password: str) -> bool:
            verified = len(calls)
            super().check(password_hash, password)
            costs.append(len(calls) - verified)
            return False

    class Hasher(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            calls.append(hash)
            return super().verify(hash, password)

    calls: list[object] = []
    costs: list[int] = []
    accounts = Accounts(store.accounts, clock, Counting(Hasher(time_cost=1, memory_cost=8, parallelism=1)))
    accounts.create_user("Ada", Role.ADMIN, PASSWORD)
    accounts.create_token(Role.ADMIN, "m")
    for name in ("Ada", "Nobody", "machine:admin"):
        refused(lambda name=name: accounts.sign_in(name, WRONG))
    assert costs == [1, 1, 1]
    assert len({len(str(hashed)) for hashed in calls}) == 1


def test_five_failures_close_a_name_and_each_further_one_doubles_that(accounts: Accounts, clock: ManualClock, ada: str) -> None:
    assert fail(accounts, 4).retry_after_s == 0
    assert fail(accounts, 1).retry_after_s == 30
    later(clock, 29)
    closed = refused(lambda: accounts.sign_in("Ada", PASSWORD))
    assert closed.retry_after_s == 1
    assert "Try again in 1 s" in str(closed)
    later(clock, 1)
    assert fail(accounts, 1).retry_after_s == 60
    later(clock, 60)
    accounts.sign_in("Ada", PASSWORD)
    assert fail(accounts, 4).retry_after_s == 0, "a right one begins anew"


@given(failures=st.integers(0, 10_000))
def test_a_lock_never_shortens_and_never_exceeds_fifteen_minutes(failures: int) -> None:
    assert 0 <= lock_s(failures) <= lock_s(failures + 1) <= 900
    assert (lock_s(failures) == 0) == (failures < 5)


def test_trying_while_closed_does_not_lengthen_the_lock(accounts: Accounts, clock: ManualClock, ada: str) -> None:
    fail(accounts, 5)
    assert fail(accounts, 20).retry_after_s == 30
    later(clock, 30)
    accounts.sign_in("Ada", PASSWORD)


def test_the_lock_survives_a_restart(accounts: Accounts, clock: ManualClock, ada: str, store: Store, path: Path) -> None:
    fail(accounts, 5)
    store.close()
    again = open_store(path, clock)
    reopened = Accounts(again.accounts, clock, Passwords(CHEAP))
    assert refused(lambda: reopened.sign_in("ADA", PASSWORD)).retry_after_s == 30
    later(clock, 30)
    assert reopened.sign_in("Ada", PASSWORD)[1].user.id == ada
    again.close()


def test_unknown_names_are_closed_too_and_one_name_does_not_close_another(accounts: Accounts, ada: str) -> None:
    assert fail(accounts, 5, "Nobody").retry_after_s == 30
    accounts.sign_in("Ada", PASSWORD)


def test_a_day_of_quiet_forgets_failures(accounts: Accounts, clock: ManualClock, ada: str) -> None:
    fail(accounts, 4)
    later(clock, 24 * 3600 + 1)
    assert fail(accounts, 1).retry_after_s == 0


def test_a_clock_that_was_set_back_does_not_lock_for_days(store: Store, accounts: Accounts, ada: str) -> None:
    fail(accounts, 5)
    earlier = ManualClock(1_000_000_000 * SECOND)
    restarted = Accounts(store.accounts, earlier, Passwords(CHEAP))
    assert refused(lambda: restarted.sign_in("Ada", PASSWORD)).retry_after_s == 900
    later(earlier, 900)
    restarted.sign_in("Ada", PASSWORD)


def test_guessing_in_parallel_gets_no_more_tries(accounts: Accounts, ada: str) -> None:
    told: list[str] = []

    def guess() -> None:
        told.append(str(refused(lambda: accounts.sign_in("Ada", WRONG))))

    threads = [threading.Thread(target=guess) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum("not right" in text for text in told) == 4


def test_a_password_is_hashed_anew_when_the_parameters_change(store: Store, accounts: Accounts, clock: ManualClock, ada: str) -> None:
    stronger = Accounts(store.accounts, clock, Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)))
    stronger.sign_in("Ada", PASSWORD)
    (stored,) = store.accounts.users()
    assert extract_parameters(stored.password_hash).time_cost == 2
    stronger.sign_in("Ada", PASSWORD)


def test_by_default_argon2id_with_the_parameters_of_rfc_9106(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.access.passwords.PasswordHasher", PasswordHasher)  # the true one, of which tests have a cheap one
    parameters = extract_parameters(Passwords().hash("x"))
    assert (parameters.type.name, parameters.time_cost, parameters.memory_cost, parameters.parallelism) == ("ID", 3, 65536, 4)


def test_a_session_lasts_twelve_hours_from_its_last_use(accounts: Accounts, clock: ManualClock, ada: str) -> None:
    token, opened = accounts.sign_in("Ada", PASSWORD)
    assert opened.expires_ns == clock.now_ns() + IDLE_NS
    for _ in range(3):
        later(clock, 11 * 3600)
        session = accounts.session(token)
        assert (session.id, session.user, session.verbs) == (opened.id, opened.user, opened.verbs)
        assert session.expires_ns == clock.now_ns() + IDLE_NS
    later(clock, 12 * 3600)
    refused(lambda: accounts.session(token))


def test_a_session_in_use_ends_after_a_week(accounts: Accounts, clock: ManualClock, ada: str) -> None:
    token, _ = accounts.sign_in("Ada", PASSWORD)
    began_ns = clock.now_ns()
    while clock.now_ns() + 6 * 3600 * SECOND < began_ns + LONGEST_NS:
        later(clock, 6 * 3600)
        assert (accounts.session(token).expires_ns or 0) <= began_ns + LONGEST_NS
    later(clock, 6 * 3600)
    refused(lambda: accounts.session(token))


ASKED_ABOUT = User("hub-oidc-4711", "Ada", Role.OPERATOR, ("door",))


def test_who_is_asked_about_elsewhere_is_carried_on_by_that_alone(accounts: Accounts, clock: ManualClock) -> None:
    """Their use does not."""
    token, session = accounts.enter_vouched(ASKED_ABOUT, 900 * SECOND)
    other, _ = accounts.enter_vouched(ASKED_ABOUT, 900 * SECOND)
    later(clock, 600)
    assert accounts.session(token).expires_ns == session.expires_ns
    more = replace(ASKED_ABOUT, role=Role.INVESTIGATOR, cameras=None)
    accounts.vouch_again(more, clock.now_ns() + 900 * SECOND, session.id)
    later(clock, 600)
    went_on = accounts.session(token)
    assert (went_on.user.role, went_on.cameras, went_on.expires_ns) == (Role.INVESTIGATOR, None, (session.expires_ns or 0) + 600 * SECOND)
    refused(lambda: accounts.session(other))
    accounts.vouch_again(more, clock.now_ns() + 900 * SECOND)
    refused(lambda: accounts.session(other))  # what is over stays so
    accounts.vouch_again(ASKED_ABOUT, None)
    assert accounts.session(token).cameras == ("door",)
    accounts.end_session(session.id)
    accounts.end_session(session.id)
    refused(lambda: accounts.session(token))
    with pytest.raises(NotFound):
        accounts.vouch_again(replace(ASKED_ABOUT, id="hub-oidc-4712"), None)


def test_who_is_vouched_for_has_no_password_and_nobody_elses_name(accounts: Accounts, ada: str) -> None:
    vouched = accounts.enter_vouched(ASKED_ABOUT)[1].user
    assert vouched.name == "Ada (hub)"
    assert accounts.enter_vouched(replace(ASKED_ABOUT, id="hub-1", name="AdA"))[1].user.name == "AdA (hub 2)"
    with pytest.raises(InputError, match="has none here"):
        accounts.reset_password(vouched.id, PASSWORD)


def test_a_session_outlives_a_full_disk(
    accounts: Accounts, clock: ManualClock, ada: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_token_hash: str, _expires_ns: int) -> None:
        raise EnvironmentFault("disk_full", "full")

    token, opened = accounts.sign_in("Ada", PASSWORD)
    monkeypatch.setattr(store.accounts, "extend_token", full)
    later(clock, 3600)
    assert accounts.session(token) == opened


def test_nobody_waits_until_the_record_can_be_written(store: Store, clock: ManualClock) -> None:
    waiting: list[Callable[[], None]] = []
    accounts = Accounts(store.accounts, clock, Passwords(CHEAP), later=waiting.append)
    accounts.create_user("Ada", Role.ADMIN, PASSWORD)
    token, opened = accounts.sign_in("Ada", PASSWORD)
    later(clock, 3600)
    assert accounts.session(token) == accounts.session(token) == opened and len(waiting) == 1
    waiting.pop()()
    assert accounts.session(token).expires_ns == clock.now_ns() + IDLE_NS
    later(clock, 3600)
    accounts.session(token)
    assert len(waiting) == 1


def test_signing_out_ends_the_session_only(accounts: Accounts, ada: str) -> None:
    first, _ = accounts.sign_in("Ada", PASSWORD)
    second, _ = accounts.sign_in("Ada", PASSWORD)
    accounts.sign_out(first)
    accounts.sign_out(first)
    refused(lambda: accounts.session(first))
    accounts.session(second)


@pytest.mark.parametrize("token", ["", "x", "ü" * 43, "\ud800"])
def test_unknown_tokens_are_refused(accounts: Accounts, token: str) -> None:
    refused(lambda: accounts.session(token))


def test_tokens_are_long_and_unlike_each_other(accounts: Accounts, ada: str) -> None:
    tokens = {accounts.sign_in("Ada", PASSWORD)[0] for _ in range(5)} | {accounts.create_token(Role.OPERATOR, "m") for _ in range(5)}
    assert len(tokens) == 10
    assert all(len(token) == 43 for token in tokens)  # 32 bytes in base64


def test_a_machine_token_has_the_verbs_of_its_role_until_revoked(accounts: Accounts, clock: ManualClock) -> None:
    token, other = accounts.create_token(Role.INVESTIGATOR, "exporter"), accounts.create_token(Role.INVESTIGATOR, "second")
    later(clock, 10 * 365 * 24 * 3600)
    session = accounts.session(token)
    assert (session.verbs, session.expires_ns) == (ROLE_VERBS[Role.INVESTIGATOR], None)
    assert accounts.users() == ()
    accounts.sign_out(token)
    refused(lambda: accounts.session(token))
    accounts.session(other)


def test_a_token_for_a_user_goes_with_the_user(accounts: Accounts, ada: str) -> None:
    otto = accounts.create_user("Otto", Role.OPERATOR, PASSWORD)
    token, (session_token, _) = accounts.create_token(otto, "tablet"), accounts.sign_in("Otto", PASSWORD)
    assert accounts.session(token).user == otto
    accounts.remove_user(otto.id)
    refused(lambda: accounts.session(token))
    refused(lambda: accounts.session(session_token))
    refused(lambda: accounts.sign_in("Otto", PASSWORD))


def test_the_last_admin_cannot_be_removed(accounts: Accounts, ada: str) -> None:
    with pytest.raises(InputError) as error:
        accounts.remove_user(ada)
    assert error.value.field == "user_id"
    eve = accounts.create_user("Eve", Role.ADMIN, PASSWORD)
    accounts.remove_user(ada)
    with pytest.raises(InputError):
        accounts.remove_user(eve.id)
    with pytest.raises(NotFound):
        accounts.remove_user("us-none")


def test_nobody_signs_in_as_a_machine(accounts: Accounts, ada: str) -> None:
    accounts.create_token(Role.ADMIN, "m")
    for password in ("", PASSWORD):
        refused(lambda password=password: accounts.sign_in("machine:admin", password))


def test_a_setup_code_is_typed_in_any_way_but_must_be_right() -> None:
    code = SetupCode()
    assert code.text != SetupCode().text
    assert code.accepts(code.text)
    assert code.accepts(f" {code.text.lower().replace('-', ' ')} ")
    assert not code.accepts("")
    assert not code.accepts(code.text[:-1])
    assert code.text not in repr(code)


def test_a_setup_code_cannot_be_guessed_for_ever() -> None:
    code = SetupCode()
    for _ in range(20):
        assert not code.accepts("WRONG")
    assert not code.accepts(code.text)


def test_the_list_of_people_is_read_once_and_follows_every_change(
    accounts: Accounts, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = store.accounts.users
    reads: list[None] = []
    monkeypatch.setattr(store.accounts, "users", lambda: (reads.append(None), read())[1])
    accounts.create_user("Ada", Role.ADMIN, PASSWORD)
    bob = accounts.create_user("Bob", Role.OPERATOR, PASSWORD).id
    assert [user.name for user in accounts.users()] == ["Ada", "Bob"]
    before = len(reads)
    assert accounts.users() == accounts.users() and len(reads) == before
    accounts.remove_user(bob)
    assert [user.name for user in accounts.users()] == ["Ada"]


def test_people_who_cannot_be_listed_are_those_who_were_there_before(
    accounts: Accounts, ada: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise EnvironmentFault("database", "away")

    before = accounts.users()
    monkeypatch.setattr("engine.runtime.access.accounts._LISTED_S", -1.0)
    monkeypatch.setattr(store.accounts, "users", away)
    assert [user.id for user in accounts.users()] == [ada] and accounts.users() == before
    accounts._changed()
    with pytest.raises(EnvironmentFault):
        accounts.users()


def test_the_pin_opens_an_operators_session_and_nobody_sees_its_user(accounts: Accounts) -> None:
    assert not accounts.pin_configured()
    accounts.set_pin("1234", "ada")
    token, session = accounts.sign_in_with_pin("1234")
    assert session.user.role is Role.OPERATOR and not session.may(Verb.ADMINISTER)
    assert accounts.pin_configured() and accounts.users() == () and accounts.needs_setup()
    accounts.set_pin("98765", "ada")
    with pytest.raises(NotSignedIn):
        accounts.session(token)
    with pytest.raises(NotSignedIn):
        accounts.sign_in_with_pin("1234")


def test_guessing_the_pin_locks_it(accounts: Accounts) -> None:
    accounts.set_pin("1234", "ada")
    for guess in range(5):
        with pytest.raises(NotSignedIn):
            accounts.sign_in_with_pin(f"000{guess}")
    with pytest.raises(NotSignedIn) as error:
        accounts.sign_in_with_pin("1234")
    assert error.value.retry_after_s > 0


@pytest.mark.parametrize("pin", ["", "123", "1234567890123", "12a4", "１２３４"])
def test_a_pin_is_some_digits(accounts: Accounts, pin: str) -> None:
    with pytest.raises(InputError, match="pin"):
        accounts.set_pin(pin, "ada")


def counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Tokens that the record was asked for."""
    asked: list[str] = []
    read = store.accounts.token
    monkeypatch.setattr(store.accounts, "token", lambda token_hash: (asked.append(token_hash), read(token_hash))[1])
    return asked


def test_a_token_is_looked_up_once_and_after_every_change(
    accounts: Accounts, ada: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runtime.access.held_tokens.REMEMBERED_S", float("inf"))
    token, other = accounts.create_token(Role.OPERATOR, "m"), accounts.create_token(Role.OPERATOR, "n")
    otto = accounts.create_user("Otto", Role.OPERATOR, PASSWORD)
    asked = counted(store, monkeypatch)
    assert not accounts.remembers(token)
    assert accounts.session(token) == accounts.session(token)
    assert accounts.remembers(token) and len(asked) == 1
    accounts.sign_out(other)
    assert not accounts.remembers(token)
    accounts.session(token)
    accounts.remove_user(otto.id)
    assert not accounts.remembers(token)


def test_what_another_process_changed_is_seen_within_two_seconds(
    accounts: Accounts, ada: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = 1000.0
    monkeypatch.setattr("engine.runtime.access.held_tokens.time", SimpleNamespace(monotonic=lambda: now_s))
    token = accounts.create_token(Role.OPERATOR, "m")
    accounts.session(token)
    store.accounts.remove_token(sha256(token.encode()).hexdigest())
    accounts.session(token)
    now_s += REMEMBERED_S + 0.001
    assert not accounts.remembers(token)
    refused(lambda: accounts.session(token))
    assert not accounts.remembers(token)


def test_a_session_that_has_ended_is_not_remembered_and_one_to_be_extended_neither(
    accounts: Accounts, clock: ManualClock, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.runtime.access.held_tokens.REMEMBERED_S", float("inf"))
    token, _ = accounts.sign_in("Ada", PASSWORD)
    accounts.session(token)
    assert accounts.remembers(token)
    later(clock, 601)  # then its expiry has to be written
    assert not accounts.remembers(token)
    accounts.session(token)
    accounts.session(token)
    assert accounts.remembers(token)
    later(clock, 12 * 3600)
    assert not accounts.remembers(token)
    refused(lambda: accounts.session(token))


def test_what_is_read_while_a_user_is_removed_is_not_remembered(
    accounts: Accounts, ada: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    otto = accounts.create_user("Otto", Role.OPERATOR, PASSWORD)
    token = accounts.create_token(otto, "tablet")
    read, removed = store.accounts.users, threading.Event()

    def slowly() -> object:
        """Read before the removal, told after it."""
        users = read()
        if not removed.is_set():
            removed.set()
            accounts.remove_user(otto.id)
        return users

    monkeypatch.setattr(store.accounts, "users", slowly)
    accounts.session(token)
    assert not accounts.remembers(token)
    refused(lambda: accounts.session(token))


def test_a_machines_token_ends_when_it_was_said_to_and_is_not_carried_on(accounts: Accounts, clock: ManualClock, ada: str) -> None:
    token = accounts.create_token(Role.OPERATOR, "m", TokenWanted(expires_ns=clock.now_ns() + 3600 * SECOND))
    later(clock, 3599)
    assert accounts.session(token).expires_ns == clock.now_ns() + SECOND
    later(clock, 2)
    refused(lambda: accounts.session(token))


def test_a_token_holds_what_it_was_limited_to(accounts: Accounts, ada: str) -> None:
    token = accounts.create_token(
        Role.INVESTIGATOR, "m", TokenWanted((Verb.EXPORT, Verb.SEE_PAST), ("door", "door", "group:Yard"), by="Ada")
    )
    session = accounts.session(token)
    assert (session.verbs, session.cameras) == ({Verb.EXPORT, Verb.SEE_PAST}, ("door", "group:Yard"))
    view = accounts.machine_tokens()[0]
    assert (view.verbs, view.cameras, view.by, view.label) == ((Verb.SEE_PAST, Verb.EXPORT), ("door", "group:Yard"), "Ada", "m")
    for wanted in (TokenWanted((Verb.ADMINISTER,)), TokenWanted(cameras=("no such/id",)), TokenWanted(cameras=("group:/x",))):
        with pytest.raises(InputError):
            accounts.create_token(Role.INVESTIGATOR, "m", wanted)


def test_that_a_token_is_used_is_kept_to_the_quarter_of_an_hour(accounts: Accounts, clock: ManualClock, ada: str) -> None:
    token, begun_ns = accounts.create_token(Role.OPERATOR, "m"), clock.now_ns()
    assert accounts.machine_tokens()[0].last_used_ns is None
    for _ in range(10):
        accounts.session(token)
        later(clock, 60)
    assert accounts.machine_tokens()[0].last_used_ns == begun_ns
    later(clock, 600)
    assert not accounts.remembers(token)
    accounts.session(token)
    assert accounts.machine_tokens()[0].last_used_ns == clock.now_ns()


def test_revoked_tokens_forged_ones_and_those_of_nobody_open_nothing(accounts: Accounts, ada: str) -> None:
    user = next(user for user in accounts.users() if user.id == ada)
    bob = accounts.create_user("Bob", Role.ADMIN, PASSWORD)
    token, of_bob = accounts.create_token(Role.OPERATOR, "m"), accounts.create_token(bob, "bob's machine")
    assert accounts.session(of_bob).user.name == "Bob"
    refused(lambda: accounts.session(token[:-1]))
    refused(lambda: accounts.session(sha256(token.encode()).hexdigest()))
    accounts.remove_user(bob.id)
    refused(lambda: accounts.session(of_bob))
    view = accounts.machine_tokens()[0]
    with pytest.raises(NotFound):
        accounts.revoke_token(view.id[:3], "Ada")
    accounts.revoke_token(view.id[:6], "Ada")
    refused(lambda: accounts.session(token))
    assert accounts.machine_tokens() == () and user in accounts.users()


def test_sessions_of_people_are_no_tokens_of_machines(accounts: Accounts, ada: str) -> None:
    _, session = accounts.sign_in("Ada", PASSWORD)
    assert accounts.machine_tokens() == ()
    with pytest.raises(NotFound):
        accounts.revoke_token(session.id, "Ada")
    assert (accounts.user(ada).sessions, accounts.user(ada).last_sign_in_ns is not None) == (1, True)


def test_limits_of_a_user_hold_in_open_sessions_at_once(accounts: Accounts, ada: str) -> None:
    otto = accounts.create_user("Otto", Role.OPERATOR, PASSWORD, ("door",))
    token, session = accounts.sign_in("Otto", PASSWORD)
    assert session.cameras == ("door",)
    accounts.change_user(otto.id, Role.INVESTIGATOR, ("gate",))
    assert (accounts.session(token).cameras, accounts.session(token).may(Verb.EXPORT)) == (("gate",), True)
    with pytest.raises(NotFound):
        accounts.change_user("us-nobody", Role.OPERATOR, None)


@pytest.mark.parametrize(("role", "cameras"), [(Role.OPERATOR, None), (Role.ADMIN, ()), (Role.ADMIN, ("group:Yard",))])
def test_the_last_admin_who_sees_all_stays_one(accounts: Accounts, ada: str, role: Role, cameras: tuple[str, ...] | None) -> None:
    accounts.create_user("Lima", Role.ADMIN, PASSWORD, ("door",))
    with pytest.raises(InputError, match="last admin"):
        accounts.change_user(ada, role, cameras)
    with pytest.raises(InputError, match="last admin"):
        accounts.remove_user(ada)
    accounts.create_user("Bea", Role.ADMIN, PASSWORD)
    accounts.change_user(ada, role, cameras)


def test_a_password_that_was_reset_ends_sessions_but_the_one_that_asked(accounts: Accounts, ada: str) -> None:
    here, session = accounts.sign_in("Ada", PASSWORD)
    there, _ = accounts.sign_in("Ada", PASSWORD)
    accounts.reset_password(ada, "a new one for the door", but_session=session.id)
    assert accounts.session(here).user.id == ada
    refused(lambda: accounts.session(there))
    refused(lambda: accounts.sign_in("Ada", PASSWORD))
    with pytest.raises(InputError, match="characters"):
        accounts.reset_password(ada, "short")


def test_a_locked_console_opens_with_the_password_of_its_user_and_guessing_closes_it(accounts: Accounts, ada: str) -> None:
    _, session = accounts.sign_in("Ada", PASSWORD)
    _, elsewhere = accounts.sign_in("Ada", PASSWORD)
    accounts.confirm(session, PASSWORD)
    for _ in range(4):
        with pytest.raises(InputError, match="not right"):
            accounts.confirm(session, "guess")
    with pytest.raises(InputError, match="Too many"):
        accounts.confirm(session, "guess")
    with pytest.raises(InputError, match="Too many"):
        accounts.confirm(session, PASSWORD)
    accounts.confirm(elsewhere, PASSWORD)
    accounts.sign_in("Ada", PASSWORD)


STRANGER, OFFICE = from_address("203.0.113.9"), from_address("192.0.2.7")


def test_what_a_stranger_tries_keeps_nobody_out_who_is_signed_in_or_comes_from_elsewhere(accounts: Accounts, ada: str) -> None:
    _, session = accounts.sign_in("Ada", PASSWORD)
    for _ in range(5):
        refused(lambda: accounts.sign_in("Ada", WRONG, STRANGER))
    assert refused(lambda: accounts.sign_in("Ada", PASSWORD, STRANGER)).retry_after_s > 0
    accounts.confirm(session, PASSWORD)
    accounts.sign_in("Ada", PASSWORD, OFFICE)
    accounts.sign_in("Ada", PASSWORD)
    assert refused(lambda: accounts.sign_in("Ada", PASSWORD, STRANGER)).retry_after_s > 0, "that others know it opens nothing there"


def test_guessing_from_many_addresses_is_stopped_and_outlives_a_restart(
    accounts: Accounts, clock: ManualClock, ada: str, store: Store, path: Path
) -> None:
    _, session = accounts.sign_in("Ada", PASSWORD)
    addresses = [from_address(f"2001:db8:0:{number:x}::7") for number in range(60)]
    told = [refused(lambda address=address: accounts.sign_in("Ada", WRONG, address)).retry_after_s for address in addresses]
    assert told[:49] == [0] * 49 and min(told[49:]) == 30, "the name is closed to strangers"
    store.close()
    again = open_store(path, clock)
    reopened = Accounts(again.accounts, clock, Passwords(CHEAP))
    assert refused(lambda: reopened.sign_in("Ada", PASSWORD, OFFICE)).retry_after_s == 30
    reopened.confirm(session, PASSWORD)
    reopened.sign_in("Ada", PASSWORD)
    later(clock, 30)
    assert refused(lambda: reopened.sign_in("Ada", WRONG, addresses[-1])).retry_after_s == 60, "each further one doubles it"
    later(clock, 60)
    reopened.sign_in("Ada", PASSWORD, OFFICE)
    again.close()


def test_addresses_of_one_network_of_ipv6_are_one_place() -> None:
    assert from_address("2001:db8::1") == from_address("2001:db8::ffff:1") != from_address("2001:db8:0:1::1")
    assert from_address("::ffff:192.0.2.7") == OFFICE != STRANGER


def test_a_new_password_opens_a_name_that_was_closed_from_anywhere(accounts: Accounts, ada: str) -> None:
    for origin in (STRANGER, HERE):
        for _ in range(5):
            refused(lambda origin=origin: accounts.sign_in("Ada", WRONG, origin))
    accounts.reset_password(ada, "a new one for the door")
    for origin in (STRANGER, HERE):
        accounts.sign_in("Ada", "a new one for the door", origin)


def test_the_pin_unlocks_operators_only(accounts: Accounts, ada: str) -> None:
    accounts.set_pin("246810", "ada")
    accounts.create_user("Otto", Role.OPERATOR, PASSWORD)
    _, otto = accounts.sign_in("Otto", PASSWORD)
    _, admin = accounts.sign_in("Ada", PASSWORD)
    accounts.confirm(otto, "246810", pin_too=True)
    for session, pin_too in ((otto, False), (admin, True)):
        with pytest.raises(InputError, match="not right"):
            accounts.confirm(session, "246810", pin_too=pin_too)
    _, session = accounts.sign_in_with_pin("246810")
    accounts.confirm(session, "246810", pin_too=True)


def test_the_password_again_gives_another_session_with_seven_days_of_its_own(accounts: Accounts, clock: ManualClock, ada: str) -> None:
    renewed: list[tuple[str, str]] = []
    accounts.session_renewed = lambda before, after: renewed.append((before, after))
    first, opened = accounts.sign_in("Ada", PASSWORD)
    later(clock, 6 * 24 * 3600)
    accounts.sign_in("Ada", PASSWORD)  # tokens that nobody used go
    first, opened = accounts.sign_in("Ada", PASSWORD)
    assert opened.ends_ns == clock.now_ns() + LONGEST_NS and opened.has_password
    later(clock, 11 * 3600)
    with pytest.raises(InputError, match="not right"):
        accounts.renew(opened, WRONG)
    assert accounts.session(first).ends_ns == opened.ends_ns, "use alone carries nobody further"
    second = accounts.renew(opened, PASSWORD)
    session = accounts.session(second)
    assert second != first and session.id != opened.id and session.ends_ns == clock.now_ns() + LONGEST_NS
    assert renewed == [(opened.id, session.id)]
    assert accounts.session(first).id == opened.id, "whoever takes over signs it out"


def test_a_pin_and_a_machine_carry_nobody_further(accounts: Accounts, clock: ManualClock, ada: str) -> None:
    accounts.set_pin("246810", "ada")
    accounts.create_user("Otto", Role.OPERATOR, PASSWORD)
    _, otto = accounts.sign_in("Otto", PASSWORD)
    assert accounts.renew(otto, "246810") == ""
    display = accounts.session(accounts.create_token(accounts.user(ada), "display", TokenWanted((Verb.SEE_LIVE,))))
    assert (display.machine, display.name, display.has_password, display.ends_ns) == ("display", "display", False, None)
    assert accounts.renew(display, PASSWORD) == "", "a token that only sees live does not become a session that may do all"


class FullDisk:
    """Of a record: while it is full, nothing can be written."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = True
        for name in ("add_token", "set_lockout", "set_last_sign_in", "remove_expired_tokens", "set_password_hash", "extend_token"):
            monkeypatch.setattr(store.accounts, name, self._failing(getattr(store.accounts, name)))

    def _failing(self, write: Callable[..., None]) -> Callable[..., None]:
        def written(*values: object) -> None:
            if self.full:
                raise EnvironmentFault("disk_full", "full")
            write(*values)

        return written


def test_a_full_disk_keeps_nobody_locked_out_and_lets_nobody_guess(
    accounts: Accounts, ada: str, store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, opened = accounts.sign_in("Ada", PASSWORD)
    disk = FullDisk(store, monkeypatch)
    renewed = accounts.session(accounts.renew(opened, PASSWORD))
    token, session = accounts.sign_in("Ada", PASSWORD)
    assert accounts.session(token).id == session.id != renewed.id
    accounts.sign_out(token)
    refused(lambda: accounts.session(token))
    assert fail(accounts, 5).retry_after_s == 30, "it is counted in memory"
    later(clock, 30)
    kept, session = accounts.sign_in("Ada", PASSWORD)
    disk.full = False
    monkeypatch.setattr(held_tokens, "RETRY_S", 0.0)
    accounts.session(kept)
    again = Accounts(store.accounts, clock, Passwords(CHEAP))
    assert again.session(kept).id == session.id, "it is written as soon as it can be"
    accounts.reset_password(ada, "a new one for the door")
    refused(lambda: accounts.session(kept))


def test_a_new_password_ends_sessions_that_were_never_written(
    accounts: Accounts, ada: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = FullDisk(store, monkeypatch)
    token, _ = accounts.sign_in("Ada", PASSWORD)
    disk.full = False
    accounts.reset_password(ada, "a new one for the door")
    refused(lambda: accounts.session(token))


def test_beyond_its_seven_days_a_token_does_for_counting_and_for_nothing_else(accounts: Accounts, clock: ManualClock, ada: str) -> None:
    token, _ = accounts.sign_in("Ada", PASSWORD)
    display = accounts.create_token(Role.OPERATOR, "display", TokenWanted(expires_ns=clock.now_ns() + LONGEST_NS))
    began_ns = clock.now_ns()
    while clock.now_ns() < began_ns + LONGEST_NS - SECOND:
        accounts.session(token)
        later(clock, 6 * 3600)
    assert isinstance(refused(lambda: accounts.session(token)), SessionLapsed)
    assert not accounts.remembers(token)
    session = accounts.lapsed(token)
    assert session.user.id == ada and session.verbs == frozenset()
    refused(lambda: accounts.lapsed(display))
    while clock.now_ns() < began_ns + LONGEST_NS + LAPSED_NS - SECOND:
        accounts.lapsed(token)
        later(clock, 6 * 3600)
    refused(lambda: accounts.lapsed(token))


def test_a_session_that_nobody_used_counts_nothing_and_one_that_was_ended_neither(accounts: Accounts, clock: ManualClock, ada: str) -> None:
    token, _ = accounts.sign_in("Ada", PASSWORD)
    later(clock, 12 * 3600)
    assert not isinstance(refused(lambda: accounts.session(token)), SessionLapsed)
    refused(lambda: accounts.lapsed(token))
    other, _ = accounts.sign_in("Ada", PASSWORD)
    accounts.lapsed(other)
    accounts.reset_password(ada, "a new one for the door")
    refused(lambda: accounts.lapsed(other))
