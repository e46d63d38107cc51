"""A site takes what was said at its hub in the hub's word only: for itself, unaltered, within a week; and asks for it until it is told that
there is no more."""

import asyncio
from dataclasses import replace

import pytest

from engine.model.accounts.access import Role, User
from engine.model.alerts.alert import AlertState, Disposition, IntentState
from engine.model.alerts.commands import AssignAlert, ChangeAlert, NoteAlert
from engine.model.alerts.intent import LIFE_NS, Intent, IntentEnd
from engine.model.errors import EnvironmentFault, InputError, NotSignedIn
from engine.model.time import SECOND
from engine.runtime.hub.hub_intent import intent_word, read_intent
from engine.runtime.hub.hub_word import ASKEW_NS, hub_word, read_word, signed_claims, user_claims
from engine.runtime.hub.intent_messages import SignedIntent, pack_ends, pack_intents, read_ends, read_intents
from engine.runtime.hub.intent_taker import IntentTaker
from engine.runtime.hub.nkeys import KeyKind, NKey

NOW_NS = 1_790_000_000 * SECOND
HUB, OTHER = NKey.new(KeyKind.ACCOUNT), NKey.new(KeyKind.ACCOUNT)
BEN = User("7", "Ben", Role.OPERATOR, ("door",))
CLOSE = ChangeAlert(("al-1", "al-2"), AlertState.CLOSED, Disposition.FALSE, "A cat.")
SAID = Intent("in-1", CLOSE, NOW_NS, "Ben", "7", "Ana")


@pytest.mark.parametrize("command", [CLOSE, AssignAlert(("al-1",), "Ben"), NoteAlert("al-1", "Called.")])
def test_a_word_says_what_was_said(command: ChangeAlert | AssignAlert | NoteAlert) -> None:
    said = replace(SAID, command=command)
    found = read_intent(intent_word(HUB, "north", BEN, said), "north", HUB.public, NOW_NS + 3 * 86_400 * SECOND)
    assert (found.intent, found.user) == (said, BEN)


@pytest.mark.parametrize("id_", ["", "a\nb", "x" * 10_000])
def test_an_id_that_no_console_gives_is_not_taken(id_: str) -> None:
    """Alerts keep it, and the audit writes it down."""
    with pytest.raises(InputError, match="word"):
        read_intent(intent_word(HUB, "north", BEN, replace(SAID, id=id_)), "north", HUB.public, NOW_NS)


def test_of_another_version_it_is_read_as_far_as_it_is_known() -> None:
    plain = {"type": "NoteAlert", "alert_id": "al-1", "text": "Called.", "colour": "blue"}
    claims = {"aud": "north", "iat_ns": NOW_NS, "intent": {"id": "in-1", "command": plain}, "user": user_claims(BEN), "more": 1}
    found = read_intent(signed_claims(HUB, claims), "north", HUB.public, NOW_NS)
    assert (found.intent.command, found.intent.seen_assignee) == (NoteAlert("al-1", "Called."), None)


def _of_command(plain: object) -> str:
    said = {"id": "in-1", "command": plain}
    return signed_claims(HUB, {"aud": "north", "iat_ns": NOW_NS, "intent": said, "user": user_claims(BEN)})


@pytest.mark.parametrize(
    "word",
    [
        "",
        "x.y",
        intent_word(OTHER, "north", BEN, SAID),
        intent_word(HUB, "south", BEN, SAID),
        intent_word(HUB, "north", replace(BEN, id="a/b"), SAID),
        intent_word(HUB, "north", BEN, replace(SAID, said_ns=NOW_NS - LIFE_NS - ASKEW_NS - SECOND)),
        intent_word(HUB, "north", BEN, replace(SAID, said_ns=NOW_NS + ASKEW_NS + SECOND)),
        hub_word(HUB, "north", BEN, NOW_NS),
        _of_command({"type": "UnlockEvidence", "lock_id": "lo-1"}),
        _of_command({"type": "ErasePerson", "person_id": "pe-1"}),
        _of_command({"type": "ChangeAlert", "alert_ids": "al-1"}),
        _of_command([]),
    ],
)
def test_what_is_no_word_of_the_hub_for_this_site_is_refused(word: str) -> None:
    with pytest.raises(InputError):
        read_intent(word, "north", HUB.public, NOW_NS)


def test_what_is_altered_is_refused_and_nobody_signs_in_by_it() -> None:
    word = intent_word(HUB, "north", BEN, SAID)
    for place in range(0, len(word), 7):
        with pytest.raises(InputError):
            read_intent(word[:place] + ("A" if word[place] != "A" else "B") + word[place + 1 :], "north", HUB.public, NOW_NS)
    with pytest.raises(NotSignedIn):
        read_word(word, "north", HUB.public, NOW_NS)


def test_messages() -> None:
    ends = (IntentEnd("in-1", IntentState.DONE), IntentEnd("in-2", IntentState.REFUSED, "There is no alert."))
    given = (SignedIntent("in-1", "a.b"), SignedIntent("in-2", "c.d"))
    assert read_ends(pack_ends(ends)) == ends and read_intents(pack_intents(given)) == given
    for wrong in (b"", b"[]", b'{"ends": [{}], "intents": [{}]}', b'{"ends": 7, "intents": 7}', b'{"ends": [7], "intents": [7]}'):
        for read in (read_ends, read_intents):
            with pytest.raises(InputError):
                read(wrong)


class _Hub:
    """`most_bytes`, `request`: as a carrier. Gives what is left of `waiting`, one at a time; `away`: how many requests are lost before it
    does."""

    most_bytes = 1 << 20

    def __init__(self, *waiting: str, away: int = 0) -> None:
        self.waiting, self.away = list(waiting), away
        self.ends: list[IntentEnd] = []

    async def request(self, subject: str, data: bytes, within_s: float) -> bytes:
        assert subject == "record.north.intents"
        if self.away:
            self.away -= 1
            raise EnvironmentFault("unreachable", "No hub is listening.")
        for end in read_ends(data):
            self.ends.append(end)
            self.waiting.remove(end.id)
        return pack_intents([SignedIntent(each, "a.b") for each in self.waiting[:1]])


class _Judge:
    """`busy`: how often it has no time."""

    def __init__(self, busy: int = 0) -> None:
        self.busy = busy
        self.heard: list[str] = []

    def __call__(self, given: SignedIntent) -> IntentEnd:
        self.heard.append(given.id)
        if given.id == "in-bug":
            raise ValueError("a bug")
        if self.busy:
            self.busy -= 1
            raise EnvironmentFault("not_kept", "The record cannot be written now.")
        return IntentEnd(given.id, IntentState.DONE)


def run_until_asleep(hub: _Hub, judge: _Judge, sleeps: int) -> None:
    """Until it has paused so often."""

    class _Enough(Exception):
        pass

    left = [sleeps]

    async def pause(_: float) -> None:
        left[0] -= 1
        if not left[0]:
            raise _Enough

    with pytest.raises(_Enough):
        asyncio.run(IntentTaker("north", hub, judge, pause).run())


def test_all_that_waits_is_asked_for_and_its_outcome_told() -> None:
    hub, judge = _Hub("in-1", "in-2"), _Judge()
    run_until_asleep(hub, judge, 1)
    assert judge.heard == ["in-1", "in-2"] and [end.id for end in hub.ends] == ["in-1", "in-2"] and not hub.waiting


def test_a_hub_that_is_away_and_a_site_that_is_busy_lose_nothing() -> None:
    hub, judge = _Hub("in-1", away=2), _Judge(busy=1)
    run_until_asleep(hub, judge, 4)
    assert judge.heard == ["in-1", "in-1"] and not hub.waiting


def test_one_that_the_site_fails_on_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    hub, judge = _Hub("in-bug", "in-2"), _Judge()
    run_until_asleep(hub, judge, 1)
    assert [(end.id, end.state) for end in hub.ends] == [("in-bug", IntentState.REFUSED), ("in-2", IntentState.DONE)]
    assert "in-bug" in caplog.text


def test_what_a_site_made_of_it_is_plain_text_whatever_the_site_says() -> None:
    told = pack_ends([IntentEnd("in-1", IntentState.DONE, "a\0b\u202ec\ud800 «größer»")])
    assert read_ends(told) == (IntentEnd("in-1", IntentState.DONE, "abc «größer»"),)
