"""Signed heads: what they prove, what an engine does when it cannot write or sign, and what `watchroom audit verify` says of all that."""

import base64
import json
import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.model.accounts.access import ROLE_VERBS, Role, Session, User
from engine.model.accounts.audit import AuditFault, AuditHead, AuditRow, AuditVerb, AuditVerdict
from engine.model.accounts.user_ref import NamedUser
from engine.model.errors import EnvironmentFault, InputError
from engine.model.question import ListAudit
from engine.model.time import SECOND, ManualClock
from engine.model.wire import to_plain
from engine.runtime.audit import auditing
from engine.runtime.audit.audit_heads import HEADS, PUBLIC_KEY, AuditHeads, fingerprint, is_genuine, read_public_keys, signed_head
from engine.runtime.audit.audit_verify import verify_audit
from engine.runtime.audit.auditing import ENGINE, Auditor, Views
from engine.runtime.secrets.secrets import SecretStore
from engine.store import Store, open_store
from tests.engine.store.test_store_audit import made_anew, put, rows_of
from tests.fakes.waiting import until

START_NS = 1_790_000_000 * SECOND
FULL = EnvironmentFault("disk_full", "The disk is full.")


class Site:
    """A data folder with an audit that is written and signed; `troubles` as an engine would show them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "watchroom.db"
        self.clock = ManualClock(START_NS)
        self.store: Store = open_store(self.database, self.clock)
        self.troubles: dict[str, str] = {}
        self.auditor = self.new_auditor()

    def new_auditor(self) -> Auditor:
        heads = AuditHeads(self.folder, SecretStore(self.folder, lambda: None))
        return Auditor(self.store, heads, self.clock, self.trouble)

    def trouble(self, what: str, sentence: str | None) -> None:
        if sentence is None:
            self.troubles.pop(what, None)
        else:
            self.troubles[what] = sentence

    def row(self, verb: str = AuditVerb.SIGN_IN, subject: str = "") -> AuditRow:
        self.clock.advance_to(self.clock.now_ns() + 60 * SECOND)
        return AuditRow(self.clock.now_ns(), "ada", verb, subject)

    def fill(self, rows: int, every: int = 3) -> None:
        """A head after each so many rows."""
        for number in range(1, rows + 1):
            self.auditor.keep(self.row(subject=str(number)))
            if number % every == 0:
                self.auditor.sign()

    def verify(self, pinned: Path | None = None) -> AuditVerdict:
        return verify_audit(self.folder, pinned)

    def said(self, pinned: Path | None = None) -> tuple[AuditFault | None, int]:
        verdict = self.verify(pinned)
        return verdict.fault, verdict.seq

    @property
    def lines(self) -> list[bytes]:
        return (self.folder / HEADS).read_bytes().splitlines()

    def write_lines(self, lines: list[bytes]) -> None:
        (self.folder / HEADS).write_bytes(b"".join(line + b"\n" for line in lines))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.store.close()


def full(*_: object) -> None:
    raise FULL


def test_rows_are_signed_and_proven(site: Site) -> None:
    assert site.verify() == AuditVerdict(0, 0, message="The audit is whole: 0 rows.")
    site.fill(7)
    verdict = site.verify()
    assert (verdict.fault, verdict.rows, verdict.signed) == (None, 7, 6) and "Not signed yet: 1." in verdict.message
    assert verdict.keys == read_public_keys(site.folder / PUBLIC_KEY) and len(fingerprint(verdict.keys[0])) == 39
    site.auditor.finish()
    assert (site.verify().signed, len(site.lines)) == (7, 3)
    site.auditor.finish()
    assert len(site.lines) == 3, "nothing new, so nothing is signed"
    for name in (HEADS, PUBLIC_KEY):
        assert stat.S_IMODE((site.folder / name).stat().st_mode) == 0o600


def test_a_fresh_site_is_whole_before_it_was_signed_for_the_first_time(site: Site) -> None:
    site.auditor.keep(site.row())
    assert site.said() == (None, 0)


def test_a_crash_between_row_and_head_costs_nothing(site: Site) -> None:
    site.fill(3)
    site.auditor.keep(site.row())  # and the engine is killed
    assert (site.said(), site.verify().signed) == ((None, 0), 3)
    after = site.new_auditor()
    after.finish()
    assert (site.said(), site.verify().signed) == ((None, 0), 4)


def test_what_a_crash_left_of_a_line_says_nothing_and_is_cut_off(site: Site) -> None:
    site.fill(6)
    path = site.folder / HEADS
    path.write_bytes(path.read_bytes()[:-20])
    assert (site.said(), site.verify().signed) == ((None, 0), 3)
    site.new_auditor().finish()
    assert (site.said(), site.verify().signed, len(site.lines)) == ((None, 0), 6, 2)


def cut(site: Site) -> None:
    put(site.database, rows_of(site.database)[:7])


def empty(site: Site) -> None:
    put(site.database, [])


def make_anew(site: Site) -> None:
    rows = rows_of(site.database)
    put(site.database, made_anew([replace(row, by="bob") if row.seq == 5 else row for row in rows]))


def make_all_anew(site: Site) -> None:
    put(site.database, made_anew([replace(row, by="bob") for row in rows_of(site.database)]))


def drop_heads(site: Site) -> None:
    (site.folder / HEADS).unlink()


def first_head(site: Site) -> None:
    site.write_lines(site.lines[:1])


def drop_key(site: Site) -> None:
    (site.folder / PUBLIC_KEY).unlink()


def spoil_key(site: Site) -> None:
    (site.folder / PUBLIC_KEY).write_text("no key")


def spoil_a_head(site: Site) -> None:
    site.write_lines([line.replace(b'"seq":6', b'"seq":5') for line in site.lines])


def add_a_line(site: Site) -> None:
    site.write_lines([*site.lines, b"{}"])


def shorten_heads_and_make_anew(site: Site) -> None:
    site.write_lines(site.lines[:1])
    rows = rows_of(site.database)
    put(site.database, made_anew([replace(row, by="bob") if row.seq > 3 else row for row in rows]))


def sign_with_another_key(site: Site) -> None:
    head = signed_head(6, "0" * 64, START_NS, b"k" * 32)
    site.write_lines([*site.lines, json.dumps(to_plain(head), separators=(",", ":")).encode()])


TAMPERED: list[tuple[Callable[[Site], None], AuditFault, int]] = [
    (cut, AuditFault.CUT_TAIL, 8),
    (empty, AuditFault.CUT_TAIL, 1),
    (make_anew, AuditFault.REWRITTEN, 4),
    (make_all_anew, AuditFault.REWRITTEN, 1),
    (drop_heads, AuditFault.HEADS_MISSING, 1),
    (drop_key, AuditFault.KEY_MISSING, 1),
    (spoil_key, AuditFault.KEY_MISSING, 1),
    (spoil_a_head, AuditFault.HEAD_FORGED, 5),
    (add_a_line, AuditFault.HEAD_FORGED, 13),
    (shorten_heads_and_make_anew, AuditFault.UNSIGNED, 4),
    (sign_with_another_key, AuditFault.KEY_REPLACED, 6),
]


@pytest.mark.parametrize(("how", "fault", "seq"), TAMPERED, ids=[how.__name__ for how, _, _ in TAMPERED])
def test_what_was_done_to_it_is_named(how: Callable[[Site], None], fault: AuditFault, seq: int, site: Site) -> None:
    site.fill(12)
    how(site)
    assert site.said() == (fault, seq)
    assert site.verify().message.endswith("compare it with a backup.") and "{" not in site.verify().message


def test_an_older_copy_put_back_is_told_by_verify_and_by_the_engine_and_stays_told(site: Site, tmp_path: Path) -> None:
    site.fill(6)
    site.store.close()
    copy = tmp_path / "copy.db"
    shutil.copy(site.database, copy)
    site.store = open_store(site.database, site.clock)
    site.auditor = site.new_auditor()
    site.fill(6)
    site.store.close()
    shutil.copy(copy, site.database)
    assert site.said() == (AuditFault.CUT_TAIL, 7)
    site.store = open_store(site.database, site.clock)
    run_once(site, site.new_auditor())
    assert "row 12" in site.troubles["audit"] and "audit verify" in site.troubles["audit"]
    site.auditor = site.new_auditor()
    site.fill(9)
    assert site.said() == (AuditFault.REWRITTEN, 7), "also once the rows that were cut off have successors"


def run_once(site: Site, auditor: Auditor) -> None:
    stopping = threading.Event()
    thread = threading.Thread(target=auditor.run, args=(stopping,))
    thread.start()
    until(lambda: bool(site.troubles), "it looked")
    stopping.set()
    thread.join()


@pytest.mark.parametrize(
    ("how", "words"), [(empty, "row 6"), (drop_heads, "removed what was signed"), (first_head, "removed what was signed")]
)
def test_what_vanishes_while_the_engine_runs_is_told_within_a_minute(
    how: Callable[[Site], None], words: str, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(auditing, "RETRY_S", 0.01)
    monkeypatch.setattr(auditing, "SIGN_S", 0.01)
    site.fill(6)
    stopping = threading.Event()
    thread = threading.Thread(target=site.auditor.run, args=(stopping,))
    thread.start()
    how(site)
    until(lambda: words in site.troubles.get("audit", ""), "it is told")
    stopping.set()
    thread.join()


def test_a_forger_with_a_key_of_their_own_is_found_by_the_key_noted_before(site: Site, tmp_path: Path) -> None:
    site.fill(6)
    noted = tmp_path / "noted.pem"
    shutil.copy(site.folder / PUBLIC_KEY, noted)
    assert site.said(noted) == (None, 0)
    make_all_anew(site)
    for name in (HEADS, PUBLIC_KEY, "secrets.json"):
        for copy in ("", ".bak"):
            (site.folder / f"{name}{copy}").unlink(missing_ok=True)
    site.new_auditor().finish()
    assert site.said() == (None, 0), "everything in the folder agrees"
    assert site.said(noted) == (AuditFault.KEY_REPLACED, 6)


def test_a_lost_key_is_replaced_and_that_is_in_the_audit(site: Site, tmp_path: Path) -> None:
    site.fill(3)
    noted = tmp_path / "noted.pem"
    shutil.copy(site.folder / PUBLIC_KEY, noted)
    for name in ("secrets.json", "secrets.json.bak"):
        (site.folder / name).unlink()
    site.auditor = site.new_auditor()
    site.fill(3)
    known = read_public_keys(site.folder / PUBLIC_KEY)
    row = next(row for row in site.store.audit() if row.verb == AuditVerb.AUDIT_KEY)
    assert len(known) == 2 and row.detail == known[1] and site.verify().keys == known
    assert site.said() == (None, 0) and site.said(noted)[0] is AuditFault.KEY_REPLACED


def test_a_key_that_cannot_be_read_or_is_none_is_bad_input(site: Site, tmp_path: Path) -> None:
    site.fill(3)
    for content in (None, b"", b"hello", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"):
        path = tmp_path / "pinned.pem"
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(InputError) as refused:
            site.verify(path)
        assert refused.value.field == "public_key"
    with pytest.raises(InputError) as refused:
        site.verify(tmp_path)
    assert refused.value.field == "public_key"
    with pytest.raises(InputError) as refused:
        verify_audit(tmp_path / "nowhere")
    assert refused.value.field == "data"


def test_signatures_are_of_all_that_a_head_says() -> None:
    head = signed_head(3, "a" * 64, 5, b"k" * 32)
    assert is_genuine(head)
    changed: list[AuditHead] = [replace(head, seq=4), replace(head, hash="b" * 64), replace(head, at_ns=6), replace(head, signature="")]
    changed += [replace(head, key=signed_head(1, "", 1, b"l" * 32).key), replace(head, key="no"), replace(head, signature="ä")]
    assert not any(map(is_genuine, changed))


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_whatever_stands_in_the_file_of_heads_it_is_never_called_signed(data: st.DataObject, site: Site) -> None:
    if not site.store.audit():
        site.fill(9)
    whole = (site.folder / HEADS).read_bytes()
    place, length = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 400))
    spoiled = whole[:place] + data.draw(st.binary(max_size=40)) + whole[place + length :]
    (site.folder / HEADS).write_bytes(spoiled)
    verdict = site.verify()
    (site.folder / HEADS).write_bytes(whole)
    left = [line for line in spoiled.split(b"\n")[:-1] if line in whole.splitlines()]
    if verdict.fault is None:
        assert verdict.signed == max((json.loads(line)["seq"] for line in left), default=0)
        assert len(left) == spoiled.count(b"\n")


def test_what_may_not_happen_unaudited_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(site.store, "add_audit", full)
        with pytest.raises(EnvironmentFault, match=r"noted in the audit first.*disk is full"):
            site.auditor.keep(site.row(AuditVerb.UNMASK_FACES))
        assert "faces stay hidden" in site.troubles["audit writing"]
    site.auditor.keep(site.row(AuditVerb.UNMASK_FACES, "second"))
    assert not site.troubles and [row.subject for row in site.store.audit()] == ["second"]


def test_what_goes_on_all_the_same_waits_for_the_disk_in_its_order(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(site.store, "add_audit", full)
        site.auditor.note(site.row(subject="1"))
        site.auditor.note(site.row(subject="2"), site.row(subject="3"))
        with pytest.raises(EnvironmentFault):
            site.auditor.keep(site.row(subject="refused"))
        assert "Waiting in memory: 3." in site.troubles["audit writing"]
    site.auditor.keep(site.row(subject="4"))
    assert not site.troubles
    assert [row.subject for row in reversed(site.store.audit())] == ["1", "2", "3", "4"]
    assert site.said() == (None, 0)


def test_rows_that_wait_are_written_by_themselves(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "RETRY_S", 0.01)
    stopping = threading.Event()
    thread = threading.Thread(target=site.auditor.run, args=(stopping,))
    with monkeypatch.context() as patched:
        patched.setattr(site.store, "add_audit", full)
        thread.start()
        site.auditor.note(site.row())
        assert site.troubles
    until(lambda: not site.troubles, "the disk has room again")
    stopping.set()
    thread.join()
    assert len(site.store.audit()) == 1


def test_too_many_that_wait_are_counted_and_that_is_in_the_audit(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "MOST_WAITING", 2)
    with monkeypatch.context() as patched:
        patched.setattr(site.store, "add_audit", full)
        site.auditor.note(*(site.row(subject=str(n)) for n in range(5)))
        assert "Waiting in memory: 2." in site.troubles["audit writing"] and "Lost: 3." in site.troubles["audit writing"]
    site.auditor.finish()
    newest, *others = site.store.audit()
    assert (newest.verb, newest.detail, len(others)) == (AuditVerb.LOST_ROWS, "3", 2)


def test_a_disk_that_is_full_for_real_refuses_and_recovers(site: Site) -> None:
    with site.store._writing.connect() as connection:  # of this connection: the pool has one
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    rows = [replace(site.row(), detail="x" * 2000) for _ in range(50)]
    with pytest.raises(EnvironmentFault) as refused:
        site.auditor.keep(*rows)
    assert refused.value.reason == "disk_full" and site.store.audit() == ()
    with site.store._writing.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1000000")
    site.auditor.keep(*rows)
    site.auditor.finish()
    assert site.said() == (None, 0) and not site.troubles


def test_heads_that_cannot_be_written_or_signed_are_told_and_tried_again(site: Site) -> None:
    site.auditor.keep(site.row())
    (site.folder / HEADS).mkdir()
    site.auditor.sign()
    assert "cannot be signed" in site.troubles["audit heads"]
    (site.folder / HEADS).rmdir()
    site.auditor.sign()
    assert not site.troubles and site.verify().signed == 1
    site.auditor.keep(site.row())
    (site.folder / PUBLIC_KEY).write_text("spoiled")
    site.auditor.sign()
    assert "no Ed25519 public key" in site.troubles["audit heads"]
    (site.folder / PUBLIC_KEY).unlink()
    site.auditor.sign()
    assert not site.troubles and site.verify().signed == 2


def test_secrets_that_cannot_be_read_cost_signatures_and_pseudonyms_but_no_rows(site: Site) -> None:
    for name in ("secrets.json", "secrets.json.bak"):
        (site.folder / name).write_text("spoiled")
    site.auditor.keep(site.row(subject=site.auditor.pseudonym("pe-1")))
    site.auditor.sign()
    assert "is damaged" in site.troubles["audit heads"] and [row.subject for row in site.store.audit()] == ["somebody"]


def test_a_pseudonym_is_the_sites_own_and_lasts(site: Site, tmp_path: Path) -> None:
    made = site.auditor.pseudonym("pe-1")
    assert made == site.new_auditor().pseudonym("pe-1") != site.auditor.pseudonym("pe-2") and "pe-1" not in made
    (tmp_path / "other").mkdir()
    assert AuditHeads(tmp_path / "other", SecretStore(tmp_path / "other", lambda: None)).pseudonym("pe-1") != made


def test_the_private_key_is_nowhere_but_with_the_secrets(site: Site) -> None:
    site.fill(3)
    secret = json.loads((site.folder / "secrets.json").read_text())["audit/signing"]
    raw = base64.b64decode(secret)
    for path in site.folder.iterdir():
        if path.name not in ("secrets.json", "secrets.json.bak"):
            assert raw not in path.read_bytes() and secret.encode() not in path.read_bytes()


def test_a_clip_is_kept_once_per_session(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auditing, "MOST_SEEN", 3)
    kept: list[AuditRow] = []
    views = Views(site.clock, kept.append)
    mine, theirs = (Session(name, User("us-1", "ada", Role.OPERATOR), ROLE_VERBS[Role.OPERATOR]) for name in ("mine", "theirs"))
    for session, clip in ((mine, "a"), (mine, "a"), (theirs, "a"), (mine, "b"), (mine, "a")):
        views.note(session, clip)
    assert [(row.subject, row.detail) for row in kept] == [("a", "session mine"), ("a", "session theirs"), ("b", "session mine")]
    views.note(mine, "c")
    views.note(mine, "a")
    assert len(kept) == 4, "what was asked for lately is remembered longest"


@dataclass(frozen=True)
class Users:
    ids: dict[str, str]

    def id_of(self, name: str) -> str:
        return self.ids.get(name, "")


def test_rows_carry_the_id_of_whoever_did_it(site: Site) -> None:
    at_ns = site.clock.now_ns()
    site.auditor.users = Users({"ada": "us-1", ENGINE: "us-2"})
    site.auditor.keep(AuditRow.of(at_ns, NamedUser("bo", "us-3"), "put_node"), AuditRow(at_ns, "ada", "put_node"))
    site.auditor.note(AuditRow(at_ns, ENGINE, "lost_rows"), AuditRow(at_ns, "gone", "put_node"))
    rows = site.store.answer(ListAudit())
    assert [(row.by, row.by_id) for row in reversed(rows)] == [("bo", "us-3"), ("ada", "us-1"), (ENGINE, ""), ("gone", "")]
    site.auditor.sign()
    assert site.said() == (None, 0)
