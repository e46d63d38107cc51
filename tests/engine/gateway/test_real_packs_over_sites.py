"""One evidence pack over two engines, one of them over the network: their own parts, in one file that is verified and run again."""

import csv
import zipfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from console.site import Site as Engine
from console.site import running
from engine.gateway.border.bind import Bind
from engine.gateway.federation.packs import CombineStage, PackCombiner
from engine.gateway.federation.port import FederatedPort, Site
from engine.gateway.remote.port import RemoteDoor
from engine.model.history.evidence import ListPacks, PackRequest
from engine.model.settings import CameraSettings
from engine.model.time import SECOND
from engine.recording.pack.combined import read_bond
from engine.runtime.audit.audit_heads import fingerprint
from engine.runtime.command_line_settings import CommandLineSettings
from engine.runtime.evidence.signers import Signers, given_signers
from engine.runtime.evidence.verify_combined import CombinedVerdict, verify_file
from tests.engine.gateway.conftest import ADMIN, PASSWORD, lose_door
from tests.fakes.waiting import until


@pytest.fixture(scope="module")
def south(video: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    camera = CameraSettings("door", "Back door", str(video), min_person_share=1.0)
    with running(tmp_path_factory.mktemp("south") / "data", Bind(), CommandLineSettings((camera,)), gateway_needed=True) as engine:
        engine.door.set_up("South site", ADMIN, PASSWORD).close()
        yield engine


@pytest.fixture
def port(site: Engine, south: Engine) -> Iterator[FederatedPort]:
    made = FederatedPort(
        (
            Site("n", "North", lambda: site.door.sign_in(ADMIN, PASSWORD)),
            Site("s", "South", lambda: RemoteDoor(south.url).sign_in(ADMIN, PASSWORD)),
        )
    )
    made.wait_for_sites(20)
    yield made
    made.close()


def test_two_engines_make_one_pack(port: FederatedPort, site: Engine, south: Engine, tmp_path: Path) -> None:
    events = [lose_door(site), lose_door(south)]
    now_ns = min(site.engine.clock.now_ns(), south.engine.clock.now_ns())
    target = tmp_path / "Both doors.zip"
    combiner = PackCombiner(port, PackRequest(now_ns - 60 * SECOND, now_ns, "Both doors", "Lost at once"), target, "Doors")
    combiner.start()
    until(lambda: combiner.state().is_over or combiner.state().stage is CombineStage.INCOMPLETE, "the pack is there")
    state = combiner.state()
    assert state.stage is CombineStage.WRITTEN and state.pack is not None, state
    keys = given_signers(fingerprint(part.signer) for part in state.pack.index.parts)
    verdict = verify_file(target, again=True, signers=Signers(keys))
    assert isinstance(verdict, CombinedVerdict)
    assert verdict.trusted, (verdict.wrong, [part.faults for part in verdict.parts])
    assert [part.verdict.rerun is not None and part.verdict.rerun.good for part in verdict.parts if part.verdict] == [True, True]
    assert [part.site_name for part in state.pack.index.parts] == ["Test site", "South site"]
    listed = {pack.id.partition("/")[0]: read_bond(pack.request.note) for pack in port.ask(ListPacks())}
    assert listed["n"] == listed["s"] and listed["n"] is not None and listed["n"].id == state.pack.index.id
    with zipfile.ZipFile(target) as held:
        rows = list(csv.DictReader(StringIO(held.read("timeline.csv").decode())))
    assert set(events) <= {row["id"] for row in rows} and {row["site"] for row in rows} == {"North", "South"}
