"""A console and an engine of neighbouring versions: what each leaves out, what it refuses, and that it says so."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from console.site import Site
from engine.gateway import schemas
from engine.gateway.remote import known_engine
from engine.gateway.remote.calls import Caller
from engine.gateway.remote.known_engine import KnownEngine, greeted
from engine.gateway.remote.port import RemotePort
from engine.model import vocabulary
from engine.model.command import PutCamera, RestartCamera
from engine.model.errors import EnvironmentFault, InputError
from engine.model.question import ListEvents
from engine.model.settings import CameraSettings
from engine.model.snapshot import Snapshot
from engine.model.vocabulary import EngineRelease, own_release, own_vocabulary, plain_for, read_vocabulary
from engine.model.wire import to_plain

URL = "http://127.0.0.1:1"
CAMERA = CameraSettings("door", "Door", "rtsp://192.0.2.1/a")


def without(part: str, member: str = "") -> Mapping[str, frozenset[str]]:
    """The vocabulary of an engine that does not know this."""
    members = dict(own_vocabulary().members())
    if member:
        members[part] -= {member}
    else:
        del members[part]
    return members


def older(part: str, member: str = "") -> KnownEngine:
    return KnownEngine(URL, EngineRelease("0.0.9", 1), without(part, member))


def reason(fault: pytest.ExceptionInfo[EnvironmentFault]) -> str:
    return fault.value.reason


def test_the_vocabulary_names_commands_questions_and_their_parts() -> None:
    known = own_vocabulary()
    assert "PutCamera" in known.commands and "ListEvents" in known.questions
    assert {"camera"} <= known.members()["PutCamera"] and {"id", "name", "url"} <= known.members()["CameraSettings"]
    assert read_vocabulary({**to_plain(known), "more": 1}) == known


def test_to_an_engine_of_this_vocabulary_all_is_sent_as_it_is() -> None:
    asked = PutCamera(CAMERA)
    assert plain_for(asked, own_vocabulary().members()) == plain_for(asked, None) == to_plain(asked, tagged=True)


def test_what_says_nothing_is_left_out_for_an_older_engine() -> None:
    sent = older("CameraSettings", "max_megapixels").form(PutCamera(CAMERA))
    assert "max_megapixels" not in sent["camera"] and sent["camera"]["name"] == "Door" and sent["type"] == "PutCamera"
    assert len(sent["camera"]) == len(to_plain(CAMERA)) - 1


def test_what_an_older_engine_would_do_otherwise_is_not_sent() -> None:
    for engine, asked in (
        (older("RestartCamera"), RestartCamera("door")),
        (older("CameraSettings", "max_megapixels"), PutCamera(replace(CAMERA, max_megapixels=1.0))),
        (older("ListEvents"), ListEvents()),
        (older("ListEvents", "limit"), ListEvents(limit=3)),
    ):
        with pytest.raises(EnvironmentFault, match="is older than this console") as fault:
            engine.form(asked)
        assert reason(fault) == "engine_older"


def test_what_was_not_wholly_understood_is_not_sent_back() -> None:
    engine = KnownEngine(URL, EngineRelease("9.9", 1), None)
    camera = engine.read(CameraSettings, {**to_plain(CAMERA), "shutter": "fast"})
    assert camera == CAMERA
    with pytest.raises(EnvironmentFault, match="is newer than this console") as fault:
        engine.form(PutCamera(camera))
    assert reason(fault) == "console_older"
    assert engine.form(RestartCamera("door")) and engine.form(ListEvents()), "nothing is lost by these"


def test_an_engine_that_does_not_say_what_it_knows_says_so_when_it_refuses() -> None:
    untold, told = KnownEngine(URL, EngineRelease(), None), KnownEngine(URL, own_release(), None)
    unknown = InputError("type", "'RestartCamera' is none of PutCamera, RemoveCamera")
    field = InputError("camera.shutter", "is unknown; known are id, name")
    for error in (unknown, field):
        with pytest.raises(EnvironmentFault, match="is older than this console") as fault:
            untold.raise_refusal(RestartCamera("door"), error)
        assert reason(fault) == "engine_older"
        with pytest.raises(InputError):
            told.raise_refusal(RestartCamera("door"), error)
    with pytest.raises(InputError):
        untold.raise_refusal(RestartCamera("door"), InputError("camera_id", "is missing"))


@dataclass
class Answers:
    """A caller to which this session is answered."""

    engine: Any = None

    def greeted(self) -> KnownEngine:
        with Caller(URL, "", False) as caller:
            return greeted(caller, URL, {} if self.engine is None else {"engine": self.engine})


def test_versions_that_cannot_work_together_say_so_at_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    now = to_plain(own_release())
    with pytest.raises(
        EnvironmentFault, match=r"console \(version .*\) is too old for the engine .*\(version 9\.1\)\. Update the console"
    ) as fault:
        Answers({**now, "version": "9.1", "wire": 9, "least_console": 9}).greeted()
    assert reason(fault) == "console_too_old"
    monkeypatch.setattr(known_engine, "LEAST_ENGINE", 2)
    for engine in (None, now):
        with pytest.raises(EnvironmentFault, match=r"is too old for this console .* Update the engine") as fault:
            Answers(engine).greeted()
        assert reason(fault) == "engine_too_old"


def test_an_engine_says_what_it_is_and_more_than_is_known_here() -> None:
    assert Answers().greeted().release == EngineRelease()
    assert Answers({**to_plain(own_release()), "colour": "red"}).greeted().release == own_release()
    for wrong in ({"wire": "one"}, {"features": 7}):
        with pytest.raises(EnvironmentFault, match="no Watchroom engine"):
            Answers(wrong).greeted()


def test_a_port_to_an_engine_of_another_vocabulary(site: Site, admin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it knows is asked for at sign-in, and goes before what is known here."""
    monkeypatch.setattr(known_engine, "own_digest", lambda: "of another version")
    fetched: list[str] = []
    json_of = Caller.json

    def counted(self: Caller, method: str, path: str, **request: Any) -> dict[str, Any]:
        answer = json_of(self, method, path, **request)
        if path.endswith("/vocabulary"):
            fetched.append(path)
            answer["commands"].remove("RestartCamera")
            answer["parts"] = [part for part in answer["parts"] if part["name"] != "RestartCamera"]
        return answer

    monkeypatch.setattr(Caller, "json", counted)
    port = RemotePort(site.url, admin)
    try:
        assert port.release.version == own_release().version and len(fetched) == 1
        assert port.ask(ListEvents(limit=1)) is not None
        with pytest.raises(EnvironmentFault, match="is older than this console"):
            port.command(RestartCamera("door"))
    finally:
        port.close()


def test_a_port_refuses_an_engine_for_later_consoles(site: Site, admin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schemas, "own_release", lambda: replace(own_release(), wire=9, least_console=9))
    with pytest.raises(EnvironmentFault) as fault:
        RemotePort(site.url, admin)
    assert reason(fault) == "console_too_old"


def test_the_wire_version_is_one_that_this_version_can_work_with() -> None:
    assert vocabulary.LEAST_ENGINE <= vocabulary.WIRE and vocabulary.LEAST_CONSOLE <= vocabulary.WIRE
    assert Snapshot.__name__ not in own_vocabulary().members(), "answers are told of by themselves"
