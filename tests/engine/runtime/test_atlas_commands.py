"""Atlas on a real engine: set up by command, told of reports, judged by operators, asked by question; the key is never told."""

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.incidents.atlas.media import MediaRefused
from engine.model.alerts.commands import ChangeAtlas, EditIncident, SplitIncident, ValidateIncident
from engine.model.errors import EnvironmentFault, InputError
from engine.model.incidents.atlas import AtlasSettings, AtlasState
from engine.model.incidents.incident import Filed, IncidentCategory, Report
from engine.model.question import AnalyseMedia, AskPatterns, TestAtlas
from engine.model.time import SECOND, SystemClock
from engine.model.wire import from_plain, to_plain
from engine.runtime.atlas.atlas_commands import check_settings
from engine.runtime.atlas.atlas_side import SWITCHED_OFF
from engine.runtime.data_folder import DataFolder
from engine.runtime.engine import Engine
from engine.runtime.local import LocalPort, demo_port
from engine.runtime.settings.settings_file import load_settings
from engine.vision.models import ModelStore
from tests.fakes.atlas import KEY, STOCKHOLM, FakeAtlas, atlas, failing
from tests.fakes.waiting import until


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    data = DataFolder(tmp_path / "site")
    with data.lock():
        engine = Engine(data, SystemClock(), ModelStore(tmp_path / "models"))
        engine.start()
        try:
            yield engine
        finally:
            engine.stop()


@pytest.fixture
def port(engine: Engine) -> LocalPort:
    return demo_port(engine)


@pytest.fixture(scope="module")
def one_fake() -> Iterator[FakeAtlas]:
    with atlas() as fake:
        yield fake


@pytest.fixture
def fake(one_fake: FakeAtlas) -> FakeAtlas:
    one_fake.forget()
    return one_fake


def wanted(fake: FakeAtlas) -> AtlasSettings:
    return AtlasSettings(enabled=True, url=fake.url, allow_private=True)


def file(engine: Engine, number: int, description: str, **more: object) -> Filed:
    now_ns = engine.clock.now_ns() - 60 * SECOND
    said = Report(f"rp-{number}", IncidentCategory.OTHER, description, 59.3, 18.0, now_ns, now_ns, reporter=f"user:{number}")
    return engine.reports.file(replace(said, **more))  # type: ignore[arg-type]


def test_a_report_is_classified_by_its_words_at_once_and_by_atlas_a_moment_later(engine: Engine, port: LocalPort, fake: FakeAtlas) -> None:
    port.command(ChangeAtlas(wanted(fake), KEY))
    filed = file(engine, 1, "shots fired, man with gun")
    assert filed.incident.classification is not None
    assert filed.incident.classification.by == "local"
    assert filed.incident.degraded_reason.startswith("Waiting for Atlas")

    def shown() -> bool:
        [incident] = port.snapshot().incidents.incidents
        return incident.classification is not None and incident.classification.by == "atlas" and incident.severity == 5

    until(shown, "the snapshot showed what Atlas says")
    port.command(ValidateIncident(filed.incident.id, IncidentCategory.THEFT))
    until(lambda: len(fake.of("training/feedback")) == 1, "Atlas heard what it really was")
    port.command(EditIncident(filed.incident.id, description="shots fired at a shop"))
    until(lambda: [call.body["data"] for call in fake.of("classify/threat")][1:] == ["shots fired at a shop"], "the new words were sent")
    until(lambda: port.snapshot().incidents.atlas.waiting == 0, "nothing waited")
    assert port.snapshot().incidents.atlas.state is AtlasState.WORKING


def test_what_is_split_off_is_classified_too(engine: Engine, port: LocalPort, fake: FakeAtlas) -> None:
    port.command(ChangeAtlas(wanted(fake), KEY))
    first = file(engine, 1, "a fight at the bar")
    second = file(engine, 2, "someone stole a bag there")
    assert second.incident.id == first.incident.id
    other_id = port.command(SplitIncident(first.incident.id, ("rp-2",)))
    until(lambda: (said := engine.reports.get(other_id).classification) is not None and said.by == "atlas", "Atlas had spoken")


def test_switched_off_the_words_speak_and_say_so(engine: Engine, port: LocalPort) -> None:
    filed = file(engine, 1, "a robust man has begun to paint a white car")
    assert filed.incident.degraded_reason == SWITCHED_OFF
    assert port.snapshot().incidents.atlas.state is AtlasState.OFF
    assert not port.ask(AskPatterns(59.3, 18.0)).available


def test_the_key_is_kept_and_never_told(engine: Engine, port: LocalPort, fake: FakeAtlas, tmp_path: Path) -> None:
    command = ChangeAtlas(wanted(fake), KEY)
    port.command(command)
    until(lambda: port.snapshot().incidents.atlas.key_stored, "the key was shown to be there")
    told = json.dumps(to_plain(port.snapshot().incidents)) + json.dumps(to_plain(port.snapshot().settings)) + repr(command)
    assert KEY not in told + (tmp_path / "site" / "settings.toml").read_text("utf-8")
    assert load_settings(engine.data.settings).atlas == engine.settings.atlas == wanted(fake)
    port.command(ChangeAtlas(wanted(fake)))  # leaves it
    until(lambda: port.ask(AskPatterns(59.3, 18.0)).available, "Atlas answered")
    port.command(ChangeAtlas(wanted(fake), ""))
    until(lambda: not port.snapshot().incidents.atlas.key_stored, "the key was forgotten")


@pytest.mark.parametrize("served", ["planned", "strict", "real"])
@pytest.mark.parametrize("chosen", ["planned", "real"])
def test_a_test_says_which_contract_the_server_speaks_whichever_is_chosen(port: LocalPort, served: str, chosen: str) -> None:
    with atlas("real" if served == "real" else "planned", strict=served == "strict") as server:
        port.command(ChangeAtlas(replace(wanted(server), contract=chosen), KEY))
        assert port.ask(TestAtlas(59.3, 18.0)) == ("real" if served == "real" else "planned")
        sent = [json.dumps(call.body) for call in server.of("classify/threat")]
        assert sent and all("Test of the connection: nothing happened." in each for each in sent)


def test_a_test_that_gets_no_answer_says_why(port: LocalPort, fake: FakeAtlas) -> None:
    port.command(ChangeAtlas(wanted(fake), KEY))
    fake.always = failing(401)
    with pytest.raises(EnvironmentFault, match="key"):
        port.ask(TestAtlas(59.3, 18.0))
    fake.always = failing(503)
    with pytest.raises(EnvironmentFault):
        port.ask(TestAtlas(59.3, 18.0))
    port.command(ChangeAtlas(replace(wanted(fake), enabled=False)))
    with pytest.raises(EnvironmentFault, match="switched off"):
        port.ask(TestAtlas(59.3, 18.0))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"url": "https://me:secret@atlas.example"}, "url"),
        ({"url": "https://atlas.example?x=1"}, "url"),
        ({"url": "https://[::1"}, "url"),
        ({"url": "https://"}, "url"),
        ({"url": "https://atlas.example:99999"}, "url"),
        ({"product": "watch\nroom"}, "product"),
        ({"product": ""}, "product"),
    ],
)
def test_settings_that_make_no_sense_are_refused(changes: dict[str, str], field: str) -> None:
    with pytest.raises(InputError) as refused:
        check_settings(AtlasSettings(enabled=True, **({"url": "https://atlas.example"} | changes)))
    assert refused.value.field == field


def test_what_is_refused_changes_nothing(port: LocalPort, engine: Engine) -> None:
    before = engine.settings.atlas
    with pytest.raises(InputError):
        port.command(ChangeAtlas(AtlasSettings(enabled=True, url="https://me:secret@atlas.example"), KEY))
    assert engine.settings.atlas == before
    assert not engine.atlas.health().key_stored


def test_a_key_that_cannot_be_sent_is_refused_without_being_shown(port: LocalPort, fake: FakeAtlas) -> None:
    with pytest.raises(InputError) as refused:
        port.command(ChangeAtlas(wanted(fake), "sécret\n"))
    assert refused.value.field == "key"
    assert "cret" not in str(refused.value)


def test_patterns_and_media_are_questions(port: LocalPort, fake: FakeAtlas) -> None:
    port.command(ChangeAtlas(replace(wanted(fake), retries=0), KEY))
    fake.patterns.append(STOCKHOLM)
    question = AskPatterns(59.32, 18.07, categories=(IncidentCategory.WEAPONS,))
    answer = port.ask(from_plain(AskPatterns, to_plain(question)))
    assert [pattern.id for pattern in answer.patterns] == [STOCKHOLM["pattern_id"]]
    assert fake.of("intelligence/patterns")[0].query["time_range"] == "7d"
    photo = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(50)).decode()
    seen = port.ask(AnalyseMedia("photo", photo))
    assert seen is not None
    assert (seen.by, seen.category) == ("atlas", "weapons")
    with pytest.raises(MediaRefused):
        port.ask(AnalyseMedia("photo", base64.b64encode(b"text").decode()))
    with pytest.raises(InputError):
        port.ask(AnalyseMedia("photo", "no base64!"))
    fake.always = failing(500)
    with pytest.raises(EnvironmentFault):
        port.ask(AnalyseMedia("photo", base64.b64encode(b"\xff\xd8\xff\xe1" + bytes(50)).decode()))


@pytest.mark.parametrize("latitude", [90.1, -91, float("nan"), float("inf")])
def test_a_place_that_is_none_is_refused(latitude: float) -> None:
    with pytest.raises(InputError):
        AskPatterns(latitude, 18.0)


def test_a_broken_variable_is_named_before_anything_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATLAS_ROLLOUT_PERCENT", "most")
    data = DataFolder(tmp_path / "site")
    with data.lock(), pytest.raises(InputError) as refused:
        Engine(data, SystemClock(), ModelStore(tmp_path / "models"))
    assert refused.value.field == "ATLAS_ROLLOUT_PERCENT"
