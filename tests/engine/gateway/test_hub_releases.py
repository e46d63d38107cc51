"""What sites and hubs of each released version say is taken by this one: the hub is upgraded first, then its sites."""

import base64
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from engine.gateway.hub.intake import Intake
from engine.gateway.hub.schemas import Joining, Renewal
from engine.model.replication import ChangeKind
from engine.model.time import SECOND, ManualClock
from engine.model.wire import to_plain
from engine.runtime.hub.hub_keys import inbox
from engine.runtime.hub.hub_word import read_word
from engine.runtime.hub.membership import Membership, read_membership
from engine.runtime.hub.nats_claims import life_ns
from engine.runtime.hub.nkeys import of_unpadded
from engine.runtime.hub.replication_messages import StreamPlace, read_place
from engine.runtime.hub.subjects import AHEAD, BEGIN, KEEP, RENEW, RESUME, address_of, record_subject
from engine.runtime.hub.tunnel import DOWN, OPEN, UP, new_connection, tunnel_subject
from engine.store.shared.record import SharedRecord
from tests.engine.gateway.test_wire_releases import NEW, RELEASES
from tests.fakes.hub_release import hub_messages
from tests.fakes.postgres import postgres_or_skip
from tests.fakes.whole_hub import empty_record
from tests.fakes.wire_release import read

release = pytest.mark.parametrize("told", [read(folder, "hub") for folder in RELEASES], ids=[folder.name for folder in RELEASES])
_TABLES = {
    "event": "events",
    "decision": "decisions",
    "alert": "alerts",
    "review": "review_items",
    "clip": "clips",
    "incident": "incidents",
    "audit": "shared_audit",
}
Told = dict[str, Any]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres_or_skip() as url:
        yield url


@pytest.fixture
def record(server: str) -> Iterator[SharedRecord]:
    with empty_record(server) as record:
        record.add_site("north", "North")
        yield record


def data(told: Told, name: str) -> bytes:
    return base64.b64decode(told[name])


def changed(message: bytes, change: Callable[[Told], None]) -> bytes:
    plain = json.loads(zlib.decompress(message))
    change(plain)
    return zlib.compress(json.dumps(plain).encode())


def with_more(message: bytes) -> bytes:
    """As a later version may say it: with fields, and a kind of change, that this one does not know."""

    def add(plain: Told) -> None:
        plain[NEW] = 1
        for change in plain.get("changes", []):
            change[3][NEW] = {"x": [1]}
        if plain.get("changes"):
            plain["changes"].append([plain["through"], NEW, "x-1", {}])

    return changed(message, add)


def kinds(record: SharedRecord) -> Counter[str]:
    with record._read() as connection:
        return Counter({kind: int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0) for kind, table in _TABLES.items()})


@release
@pytest.mark.parametrize("later", [False, True])
def test_a_hub_keeps_what_a_site_of_a_release_tells(told: Told, record: SharedRecord, later: bool) -> None:
    intake, wanted = Intake(record, ManualClock(told["at_ns"])), Counter(told["kinds"])
    assert wanted.keys() <= {kind.value for kind in ChangeKind} and wanted.keys() >= _TABLES.keys()
    say = with_more if later else bytes
    intake.begin("north", say(data(told, "begin")))
    intake.resume("north", say(data(told, "heartbeat")))
    assert record.site("north").clock_offset_ns == SECOND // 2
    intake.keep_ahead("north", say(data(told, "ahead")))
    assert kinds(record)["alert"] == wanted["alert"]
    answer = read_place(intake.keep("north", say(data(told, "keep"))))
    assert (answer.seq, intake.left_out) == (told["through"], 0)
    del wanted["erasure"]
    assert kinds(record) == wanted


@release
def test_a_hub_takes_a_heartbeat_that_says_no_time(told: Told, record: SharedRecord) -> None:
    intake = Intake(record, ManualClock(SECOND))

    def without(plain: Told) -> None:
        del plain["at_ns"], plain["trip_ns"]

    intake.resume("north", changed(data(told, "heartbeat"), without))
    assert (record.site("north").heard_ns, record.site("north").clock_offset_ns) == (SECOND, None)


@release
def test_a_site_takes_what_a_hub_of_a_release_answers(told: Told) -> None:
    for answer in (data(told, "place"), with_more(data(told, "place"))):
        assert read_place(answer) == StreamPlace("s1", 7)
    assert read_word(told["word"], told["site"], told["hub_key"], told["at_ns"]).user.name == "Ben"
    assert life_ns(told["claims"]) > 0


@release
def test_what_a_hub_of_a_release_signed_lets_a_site_of_this_version_speak(told: Told) -> None:
    rights = json.loads(of_unpadded(told["claims"].split(".")[1]))["nats"]
    own, connection = address_of(told["site"], told["public_key"]), new_connection()
    said = [*(record_subject(own, act) for act in (RESUME, BEGIN, KEEP, AHEAD, RENEW)), tunnel_subject(own, connection, UP)]
    heard = [tunnel_subject(own, connection, DOWN), f"tunnel.{own}.{OPEN}", f"{inbox(own)}.x"]
    for subjects, patterns in ((said, rights["pub"]["allow"]), (heard, rights["sub"]["allow"])):
        for subject in subjects:
            assert any(fnmatchcase(subject, pattern.replace(">", "*")) for pattern in patterns), subject


@release
@pytest.mark.parametrize("later", [False, True])
def test_a_site_goes_on_with_the_membership_that_a_release_wrote(told: Told, tmp_path: Path, later: bool) -> None:
    (tmp_path / "hub.json").write_text(json.dumps({**told["membership"], **({NEW: 1} if later else {})}))
    assert read_membership(tmp_path) == Membership(**told["membership"])


def test_a_site_goes_on_with_a_membership_that_has_what_was_always_needed(tmp_path: Path) -> None:
    needed: Told = {"site": "north", "hub": "https://hub", "nats": "tls://hub", "claims": "x", "secret": "00"}
    (tmp_path / "hub.json").write_text(json.dumps(needed))
    assert read_membership(tmp_path) == Membership(**needed)


@release
def test_a_hub_takes_a_request_to_join_of_a_release(told: Told) -> None:
    for kind, name in ((Joining, "join"), (Renewal, "renewal")):
        assert kind(**{**told[name], NEW: 1}).model_dump(exclude_defaults=True) == told[name]


def test_what_is_written_for_a_release_has_a_change_of_each_kind() -> None:
    assert set(hub_messages()["kinds"]) == {kind.value for kind in ChangeKind}


@release
def test_a_hub_of_a_release_reads_what_a_site_of_this_version_tells(told: Told) -> None:
    """By what the release's own messages have in them: nothing that it needs is gone, or of another type."""
    ours = hub_messages()
    for name in ("begin", "heartbeat", "keep", "ahead", "place"):
        before, now = (json.loads(zlib.decompress(data(each, name))) for each in (told, ours))
        assert {key: type(value) for key, value in before.items()}.items() <= {key: type(value) for key, value in now.items()}.items()
        bodies = [{change[1]: change[3] for change in plain.get("changes", [])} for plain in (before, now)]
        assert all(body.keys() <= bodies[1][kind].keys() for kind, body in bodies[0].items())
    assert told["membership"].keys() <= to_plain(Membership("", "", "", "", "")).keys()
    assert told["join"].keys() <= ours["join"].keys() and told["renewal"].keys() <= ours["renewal"].keys()
