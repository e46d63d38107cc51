"""One evidence pack over several sites: each site's own part, in one file, and what becomes of sites that fail or lie."""

import csv
import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from console.__main__ import main
from engine.gateway.federation import packs
from engine.gateway.federation.packs import CombineStage, CombineState, PackCombiner, PartStage
from engine.gateway.federation.port import FederatedPort, Site
from engine.model.errors import EnvironmentFault, InputError
from engine.model.event import EventKind
from engine.model.history.evidence import HiddenRegion, MakePack, PackRequest, PutCase
from engine.model.sites import SiteReach
from engine.model.snapshot import JobState, Snapshot
from engine.model.time import SECOND, from_iso
from engine.recording.pack.combined import FRONT_PAGE, INDEX, TIMELINE, Bond, read_bond, read_index, with_bond
from engine.runtime.audit.audit_heads import fingerprint
from engine.runtime.evidence.signers import Signers
from engine.runtime.evidence.verify import PackVerdict
from engine.runtime.evidence.verify_combined import CombinedVerdict, verify_combined, verify_file
from tests.fakes.engine import FakeEngine, FakePort
from tests.fakes.packs import Maker, PackFiles
from tests.fakes.waiting import until

NAMES = {"n": "North", "s": "South"}
KEYS = {"n": bytes(range(32)), "s": bytes(range(1, 33))}
CAMERAS = ("n/gate", "n/yard", "s/gate", "s/yard")


@pytest.fixture
def engines(tmp_path: Path) -> dict[str, FakeEngine]:
    """Both have the same ids and one event."""
    found = {key: FakeEngine(site_name=f"{name} works") for key, name in NAMES.items()}
    for key, engine in found.items():
        for camera_id in ("gate", "yard"):
            engine.add_camera(camera_id, f"{camera_id.title()} of {NAMES[key]}")
        event = engine.add_event("gate", EventKind.PERSON, age_s=30.0, reason=f"Seen at {NAMES[key]} <b>")
        engine.packs = PackFiles(engine.past, tmp_path / key, Maker(f"{NAMES[key]} works", KEYS[key], (event,), "Europe/Berlin"))
    return found


@pytest.fixture
def ports(engines: dict[str, FakeEngine]) -> dict[str, FakePort]:
    return {key: engine.port() for key, engine in engines.items()}


@pytest.fixture
def port(engines: dict[str, FakeEngine], ports: dict[str, FakePort]) -> Iterator[FederatedPort]:
    with ExitStack() as running:
        for engine in engines.values():
            running.enter_context(engine.running(60))
        sites = (Site(key, NAMES[key], lambda each=each: each) for key, each in ports.items())
        made = FederatedPort(sites)
        running.callback(made.close)
        made.wait_for_sites(20)
        yield made


@pytest.fixture
def request_(engines: dict[str, FakeEngine]) -> PackRequest:
    now_ns = min(engine.now_ns for engine in engines.values())
    return PackRequest(now_ns - 60 * SECOND, now_ns - SECOND, "Break-in", "Found open at 7", CAMERAS)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder / "Break-in.zip"


def ended(combiner: PackCombiner, stage: CombineStage = CombineStage.WRITTEN) -> CombineState:
    until(lambda: combiner.state().stage not in (CombineStage.MAKING, CombineStage.WRITING), "the pack is settled")
    state = combiner.state()
    assert state.stage is stage, state
    return state


def combined(port: FederatedPort, request: PackRequest, target: Path) -> Path:
    combiner = PackCombiner(port, request, target)
    combiner.start()
    ended(combiner)
    return target


@pytest.fixture
def made(port: FederatedPort, request_: PackRequest, target: Path) -> Path:
    return combined(port, request_, target)


def verdict_of(path: Path) -> CombinedVerdict:
    verdict = verify_file(path)
    assert isinstance(verdict, CombinedVerdict)
    return verdict


def requests(engine: FakeEngine) -> list[PackRequest]:
    return [command.request for command in engine.commands if isinstance(command, MakePack)]


def stage_of(state: CombineState, key: str) -> PartStage:
    return next(part.stage for part in state.parts if part.key == key)


# what is made


def test_each_site_makes_its_own_part_and_it_goes_in_unchanged(made: Path, engines: dict[str, FakeEngine]) -> None:
    for key, engine in engines.items():
        (request,) = requests(engine)
        assert request.camera_ids == (), "all of its cameras"
        assert read_bond(request.note) == Bond(verdict_of(made).index.id, ("North", "South"))  # type: ignore[union-attr]
        with zipfile.ZipFile(made) as held:
            assert held.read(f"parts/{NAMES[key].lower()}-{key}.zip") == engine.packs[engine.past.packs[0].id].read_bytes()
    verdict = verdict_of(made)
    assert verdict.good and not verdict.trusted and not verdict.missing
    assert [(part.site, part.good) for part in verdict.parts] == [("North", True), ("South", True)]
    known = frozenset(fingerprint(part.verdict.key).replace(" ", "") for part in verdict.parts if part.verdict is not None)
    assert verify_combined(made, signers=Signers(known)).trusted


def test_the_index_tells_the_contents_by_site(made: Path, port: FederatedPort, request_: PackRequest) -> None:
    with zipfile.ZipFile(made) as held:
        index = read_index(held.read(INDEX))
    assert (index.title, index.note, index.since_ns, index.until_ns) == ("Break-in", "Found open at 7", *window(request_))
    assert [(part.key, part.site, part.site_name, part.time_zone, part.events) for part in index.parts] == [
        ("n", "North", "North works", "Europe/Berlin", 1),
        ("s", "South", "South works", "Europe/Berlin", 1),
    ]
    assert all(part.clock_ahead_s is not None for part in index.parts)


def window(request: PackRequest) -> tuple[int, int]:
    return request.since_ns, request.until_ns


def test_the_timeline_is_in_one_clock_beside_each_sites_own(
    port: FederatedPort, request_: PackRequest, target: Path, engines: dict[str, FakeEngine]
) -> None:
    engines["s"].now_ns += 40 * SECOND  # its clock is ahead, and what it saw at the same time stands 40 s later in its record
    until(lambda: clock(port, "s") - clock(port, "n") > 35, "the clock of South is known")
    combined(port, request_, target)
    with zipfile.ZipFile(target) as held:
        rows = list(csv.DictReader(StringIO(held.read(TIMELINE).decode())))
        index = read_index(held.read(INDEX))
    ahead = {part.site: part.clock_ahead_s or 0.0 for part in index.parts}
    assert ahead["South"] - ahead["North"] == pytest.approx(40, abs=30)
    assert {row["site"] for row in rows} == {"North", "South"}
    for row in rows:
        assert seconds(row["site_clock"]) - seconds(row["utc"]) == pytest.approx(ahead[row["site"]], abs=0.002)
    assert [row["utc"] for row in rows] == sorted(row["utc"] for row in rows)


def clock(port: FederatedPort, key: str) -> float:
    site = port.snapshot().site(key)
    return 0.0 if site is None else site.clock_ahead_s or 0.0


def seconds(text: str) -> float:
    return from_iso(text) / SECOND


def test_the_front_page_leads_to_the_parts_and_runs_nothing(made: Path) -> None:
    with zipfile.ZipFile(made) as held:
        page = held.read(FRONT_PAGE).decode()
        assert held.read("reports/north-n.pdf").startswith(b"%PDF")
    assert "Break-in" in page and 'href="parts/north-n.zip"' in page and 'href="reports/south-s.pdf"' in page
    assert "Seen at North &lt;b&gt;" in page and "default-src 'none'" in page and "<script" not in page


def test_what_a_site_has_none_of_is_not_asked_there(port: FederatedPort, request_: PackRequest, target: Path) -> None:
    hidden = HiddenRegion("s/yard", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0)))
    asked = replace(request_, camera_ids=("n/gate", "n/yard", "s/yard"), person_ids=("n/p-1",), hidden=(hidden,))
    states = {site.key: site for site in port.snapshot().sites}
    at_north = packs.request_at(asked, states["n"], "note")
    assert (at_north.camera_ids, at_north.person_ids, at_north.hidden) == ((), ("p-1",), ())
    at_south = packs.request_at(asked, states["s"], "note")
    assert (at_south.camera_ids, at_south.person_ids) == (("yard",), ())
    assert [each.camera_id for each in at_south.hidden] == ["yard"]
    del target


def test_parts_go_into_the_case_of_that_name_at_each_site(
    port: FederatedPort, request_: PackRequest, target: Path, engines: dict[str, FakeEngine]
) -> None:
    engines["s"].execute(PutCase("Break-ins"))
    engines["s"].commands.clear()
    combiner = PackCombiner(port, request_, target, "Break-ins")
    combiner.start()
    ended(combiner)
    assert [command.title for command in engines["n"].commands if isinstance(command, PutCase)] == ["Break-ins"]
    assert not any(isinstance(command, PutCase) for command in engines["s"].commands)
    assert all(request.case_id for engine in engines.values() for request in requests(engine))


def test_of_one_site_alone_its_pack_is_the_file(
    port: FederatedPort, request_: PackRequest, target: Path, engines: dict[str, FakeEngine]
) -> None:
    combined(port, replace(request_, camera_ids=("s/yard",)), target)
    (request,) = requests(engines["s"])
    assert request.note == "Found open at 7" and request.camera_ids == ("yard",) and not requests(engines["n"])
    verdict = verify_file(target)
    assert isinstance(verdict, PackVerdict) and verdict.good
    assert target.read_bytes() == engines["s"].packs[engines["s"].past.packs[0].id].read_bytes()


# sites that fail


@pytest.fixture
def lose(port: FederatedPort, ports: dict[str, FakePort], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A site does not answer any more, until `monkeypatch.undo`."""

    def silent() -> Snapshot:
        raise EnvironmentFault("unreachable", "South does not answer.")

    def lose_site(key: str) -> None:
        monkeypatch.setattr(ports[key], "snapshot", silent)
        until(lambda: reach(port, key) is SiteReach.AWAY, "it is away")

    return lose_site


def reach(port: FederatedPort, key: str) -> SiteReach:
    site = port.snapshot().site(key)
    assert site is not None
    return site.reach


def test_a_site_that_is_away_is_left_out_and_named(
    port: FederatedPort, request_: PackRequest, target: Path, lose: Callable[[str], None]
) -> None:
    lose("s")
    combiner = PackCombiner(port, request_, target)
    assert stage_of(combiner.state(), "s") is PartStage.LEFT_OUT
    combiner.start()
    ended(combiner)
    verdict = verdict_of(target)
    assert verdict.good and [(part.site, part.reason) for part in verdict.missing] == [("South", "South does not answer.")]
    with zipfile.ZipFile(target) as held:
        page = held.read(FRONT_PAGE).decode()
    assert "South: not in this pack" in page and "South does not answer." in page and "1 of 2 sites" in page


def test_where_no_site_answers_it_waits_for_somebody(
    port: FederatedPort, request_: PackRequest, target: Path, lose: Callable[[str], None]
) -> None:
    for key in NAMES:
        lose(key)
    combiner = PackCombiner(port, request_, target)
    combiner.start()
    ended(combiner, CombineStage.INCOMPLETE)
    combiner.go_without()
    assert ended(combiner, CombineStage.FAILED).words == "No site made its part."
    assert not target.exists()


def test_a_part_that_fails_halfway_is_made_again_and_the_other_is_kept(
    port: FederatedPort, request_: PackRequest, target: Path, engines: dict[str, FakeEngine]
) -> None:
    engines["s"].evidence_trouble = "The disk is full."
    combiner = PackCombiner(port, request_, target)
    combiner.start()
    state = ended(combiner, CombineStage.INCOMPLETE)
    assert [(part.stage, part.words) for part in state.parts] == [(PartStage.WHOLE, ""), (PartStage.FAILED, "The disk is full.")]
    engines["s"].evidence_trouble = ""
    engines["s"].past.packs.clear()
    combiner.retry()
    ended(combiner)
    assert len(requests(engines["n"])) == 1 and len(requests(engines["s"])) == 2
    keys = [terms.key for terms in engines["s"].terms if terms.key]
    assert len(set(keys)) == len(keys) == 2, "what failed is another command when it is tried again"
    assert verdict_of(target).good and not verdict_of(target).missing


def test_a_part_that_was_made_and_not_fetched_is_not_made_again(
    port: FederatedPort, request_: PackRequest, target: Path, engines: dict[str, FakeEngine]
) -> None:
    engines["s"].fail("pack_file", EnvironmentFault("unreachable", "The connection was cut."))
    combiner = PackCombiner(port, request_, target)
    combiner.start()
    ended(combiner, CombineStage.INCOMPLETE)
    combiner.retry()
    ended(combiner)
    assert len(requests(engines["s"])) == 1
    assert verdict_of(target).good


def test_it_is_made_without_a_part_that_failed(
    port: FederatedPort, request_: PackRequest, target: Path, engines: dict[str, FakeEngine]
) -> None:
    engines["s"].evidence_trouble = "The disk is full."
    combiner = PackCombiner(port, request_, target)
    combiner.start()
    ended(combiner, CombineStage.INCOMPLETE)
    assert not target.exists()
    combiner.go_without()
    ended(combiner)
    assert [part.reason for part in verdict_of(target).missing] == ["The disk is full."]


def test_a_site_that_falls_silent_is_waited_for(
    port: FederatedPort,
    request_: PackRequest,
    target: Path,
    engines: dict[str, FakeEngine],
    lose: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(engines["s"], "_progress", lambda job: None)
    combiner = PackCombiner(port, request_, target)
    combiner.start()
    until(lambda: bool(words(combiner, "s")), "South has begun")
    lose("s")
    until(lambda: "Waiting for it" in words(combiner, "s"), "it is said that it is waited for")
    monkeypatch.undo()
    port.retry("s")
    ended(combiner)
    assert verdict_of(target).good and not verdict_of(target).missing


def words(combiner: PackCombiner, key: str) -> str:
    return next(part.words for part in combiner.state().parts if part.key == key)


def test_a_site_that_has_lost_its_job_says_so(
    port: FederatedPort, request_: PackRequest, target: Path, engines: dict[str, FakeEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs, "LOST_JOB_S", 0.3)
    monkeypatch.setattr(engines["s"], "start_job", lambda *_: "job-gone")
    combiner = PackCombiner(port, request_, target)
    combiner.start()
    state = ended(combiner, CombineStage.INCOMPLETE)
    assert "after a restart" in state.parts[1].words
    combiner.go_without()
    ended(combiner)


def test_cancelling_cancels_what_runs_and_writes_nothing(
    port: FederatedPort, request_: PackRequest, target: Path, engines: dict[str, FakeEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    for engine in engines.values():
        monkeypatch.setattr(engine, "_progress", lambda job: None)
    combiner = PackCombiner(port, request_, target)
    combiner.start()
    until(lambda: all(engine.jobs for engine in engines.values()), "both have begun")
    until(lambda: all(part.words for part in combiner.state().parts), "both are followed")
    combiner.cancel()
    until(lambda: all(job.state is JobState.CANCELLED for engine in engines.values() for job in engine.jobs.values()), "cancelled")
    assert combiner.state().stage is CombineStage.CANCELLED
    assert not list(target.parent.iterdir())


def test_what_cannot_be_written_is_written_elsewhere(port: FederatedPort, request_: PackRequest, target: Path) -> None:
    combiner = PackCombiner(port, request_, target.parent / "gone" / "pack.zip")
    combiner.start()
    assert "Could not write" in ended(combiner, CombineStage.FAILED).words
    combiner.write_to(target)
    ended(combiner)
    assert verdict_of(target).good


def test_a_note_without_room_for_the_sites_is_refused(port: FederatedPort, request_: PackRequest, target: Path) -> None:
    with pytest.raises(InputError, match="at most 5000"):
        PackCombiner(port, replace(request_, note="x" * 4_990), target)


def test_the_bond_of_a_note_is_its_last_line() -> None:
    bond = Bond("0123abcd", ("North", 'The "old" yard', "Süd"))
    assert read_bond(with_bond("Two lines\nof text", bond)) == bond
    assert read_bond(with_bond("", bond)) == bond
    for note in ("", "Found open", f"{with_bond('', bond)}\nand more", 'Part of combined evidence pack x of ["a"'):
        assert read_bond(note) is None


# sites that lie


def refused(port: FederatedPort, request: PackRequest, target: Path) -> str:
    combiner = PackCombiner(port, request, target)
    combiner.start()
    state = ended(combiner, CombineStage.INCOMPLETE)
    assert stage_of(state, "n") is PartStage.WHOLE and stage_of(state, "s") is PartStage.FAILED
    combiner.go_without()
    ended(combiner)
    assert verdict_of(target).good
    return state.parts[1].words


def lying(engine: FakeEngine, change: Callable[[Path], None]) -> None:
    """Its packs are changed before they are handed out."""
    files = engine.packs

    class Changed(dict[str, Path]):
        def __contains__(self, pack_id: object) -> bool:
            fresh = pack_id not in self.keys()
            found = pack_id in files
            if found and fresh:
                self[str(pack_id)] = files[str(pack_id)]
                change(self[str(pack_id)])
            return found

    engine.packs = Changed()


def add(name: str, data: bytes) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        with zipfile.ZipFile(path, "a") as held:
            held.writestr(name, data)

    return change


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as held:
        held.writestr("video/zeros", bytes(200 << 20))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (add("../../evil.sh", b"rm"), "no pack has"),
        (add("extra.txt", b"more"), "was added"),
        (bomb, "which no pack does"),
        (lambda path: path.write_bytes(b"PK nothing"), "neither a folder nor a zip"),
        (lambda path: path.write_bytes(path.read_bytes()[:-400]), "damaged zip"),
    ],
    ids=["zip slip", "added", "bomb", "garbage", "cut off"],
)
def test_a_part_that_is_no_sound_pack_is_refused_with_its_name(
    port: FederatedPort, request_: PackRequest, target: Path, engines: dict[str, FakeEngine], change: Callable[[Path], None], why: str
) -> None:
    lying(engines["s"], change)
    words = refused(port, request_, target)
    assert words.startswith("The pack of South") and why in words
    assert not list(target.parent.parent.glob("**/evil.sh"))


def test_a_part_of_another_site_is_refused(
    port: FederatedPort, request_: PackRequest, target: Path, engines: dict[str, FakeEngine]
) -> None:
    files = engines["s"].packs
    assert isinstance(files, PackFiles)
    files.maker = replace(files.maker, site_name="North works")
    assert refused(port, request_, target) == "The pack of South says that it is of another site: North works."


def test_a_part_that_was_made_for_something_else_is_refused(
    port: FederatedPort, request_: PackRequest, target: Path, engines: dict[str, FakeEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    execute = engines["s"].execute

    def other(command: Any, by: str = "") -> str:
        return execute(MakePack(replace(command.request, note="")) if isinstance(command, MakePack) else command, by)

    monkeypatch.setattr(engines["s"], "execute", other)
    assert "was made for something else" in refused(port, request_, target)


def test_two_sites_with_one_key_are_not_written_as_two(
    port: FederatedPort, request_: PackRequest, target: Path, engines: dict[str, FakeEngine]
) -> None:
    files = engines["s"].packs
    assert isinstance(files, PackFiles)
    files.maker = replace(files.maker, key=KEYS["n"])
    combiner = PackCombiner(port, request_, target)
    combiner.start()
    assert "signed with the key of North" in ended(combiner, CombineStage.FAILED).words
    assert not target.exists()


def test_a_site_whose_answer_is_nonsense_harms_its_own_part_only(
    port: FederatedPort, request_: PackRequest, target: Path, engines: dict[str, FakeEngine], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines["s"], "start_job", lambda *_: 17)
    monkeypatch.setattr(packs, "LOST_JOB_S", 0.3)
    assert "South" in refused(port, request_, target)


# what is changed afterwards


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(path) as held:
        files = {name: held.read(name) for name in held.namelist()}
    change(files)
    with zipfile.ZipFile(path, "w") as held:
        for name, data in files.items():
            held.writestr(name, data)
    return path


def index_of(files: dict[str, bytes]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files[INDEX])
    return found


def flip(files: dict[str, bytes], name: str) -> None:
    data = bytearray(files[name])
    data[len(data) // 2] ^= 1
    files[name] = bytes(data)


def take_out(files: dict[str, bytes]) -> None:
    """With its line of the index and its report."""
    index = index_of(files)
    index["parts"] = [part for part in index["parts"] if part["key"] != "s"]
    index["files"] = [file for file in index["files"] if file["path"] != "reports/south-s.pdf"]
    del files["parts/south-s.zip"], files["reports/south-s.pdf"]
    files[INDEX] = json.dumps(index).encode()


def rename_title(files: dict[str, bytes]) -> None:
    files[INDEX] = files[INDEX].replace(b'"title": "Break-in"', b'"title": "Nothing"')


def reword_timeline(files: dict[str, bytes]) -> None:
    """With its digest in the index."""
    index = index_of(files)
    files[TIMELINE] = files[TIMELINE].replace(b"Person detected", b"Nobody detected")
    for file in index["files"]:
        if file["path"] == TIMELINE:
            file["sha256"], file["size_bytes"] = hashlib.sha256(files[TIMELINE]).hexdigest(), len(files[TIMELINE])
    files[INDEX] = json.dumps(index).encode()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda files: flip(files, "parts/south-s.zip"), "parts/south-s.zip was changed"),
        (lambda files: files.pop("parts/south-s.zip"), "parts/south-s.zip is missing."),
        (lambda files: flip(files, FRONT_PAGE), "index.html was changed"),
        (lambda files: files.pop(TIMELINE), "timeline.csv is missing."),
        (lambda files: files.update({"extra.txt": b"more"}), "extra.txt was added"),
        (lambda files: files.update({"parts/w.zip": files["parts/north-n.zip"]}), "parts/w.zip was added"),
        (lambda files: files.update({"parts/south-s.zip": files["parts/north-n.zip"]}), "parts/south-s.zip was changed"),
        (take_out, "The part of South was taken out"),
        (rename_title, "The index says other things of it"),
        (reword_timeline, "timeline.csv does not say what the parts say."),
        (lambda files: files.update({INDEX: b"{}"}), "index.json"),
        (lambda files: files.pop(INDEX), "index.json"),
    ],
    ids=[
        *("a part", "a part gone", "the page", "the timeline gone", "a file more", "a part more", "a part twice", "a part taken out"),
        *("the title", "the timeline", "another index", "no index"),
    ],
)
def test_what_was_changed_is_found(
    made: Path, change: Callable[[dict[str, bytes]], None], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    verdict = verdict_of(rewritten(made, change))
    said = [*verdict.wrong, *(text for part in verdict.parts for text in part.faults)]
    assert not verdict.good and any(sentence in text for text in said), said
    assert next(part for part in verdict.parts if part.site in ("North", "north-n")).verdict.good  # type: ignore[union-attr]
    assert main(["evidence", "verify", str(made)]) == 1
    assert sentence in capsys.readouterr().out


def test_a_combined_pack_that_is_cut_off_gets_a_verdict(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made.write_bytes(made.read_bytes()[:-900])
    assert main(["evidence", "verify", str(made)]) == 1
    assert "damaged zip" in capsys.readouterr().out


@pytest.mark.parametrize("within", ["", "case 7/"])
def test_unpacked_or_zipped_again_it_is_as_good(made: Path, tmp_path: Path, within: str) -> None:
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(made) as held:
        held.extractall(folder / within)
    assert verdict_of(folder).good
    again = Path(shutil.make_archive(str(tmp_path / "again"), "zip", folder))
    assert verdict_of(again).good


def test_the_command_says_what_is_whole_and_what_is_missing(
    port: FederatedPort, request_: PackRequest, target: Path, lose: Callable[[str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    lose("s")
    combined(port, request_, target)
    assert main(["evidence", "verify", str(target), "--data", str(target.parent)]) == 4
    out = capsys.readouterr()
    assert "? North" in out.out and "South is not in it, as the index says: South does not answer." in out.out
    assert "unknown key" in out.err
    assert main(["evidence", "verify", str(target), "--json", "--rerun", "--data", str(target.parent)]) == 4
    told = json.loads(capsys.readouterr().out)
    assert told["missing"] == [{"site": "South", "reason": "South does not answer."}] and not told["ok"]
    key = told["parts"][0]["fingerprint"]
    assert main(["evidence", "verify", str(target), "--key", key]) == 0
    assert main(["evidence", "verify", str(target), "--key", key, "--rerun"]) == 2
    assert "North: It cannot be run again" in capsys.readouterr().err
