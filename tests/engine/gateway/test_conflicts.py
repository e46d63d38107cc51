"""Commands made from what somebody else has changed since: nothing is overwritten, and the answer says what changed and by whom."""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import get_args

import httpx
import pytest

from console.site import Site
from engine.model.command import ChangeSettings, Command, PutCamera, RemoveCamera
from engine.model.command_terms import CommandTerms, terms_from
from engine.model.errors import Conflict
from engine.model.port import EnginePort
from engine.model.settings import CameraSettings
from engine.model.wire import to_plain
from engine.runtime.catalogue import COMMANDS
from tests.engine.gateway.conftest import ADMIN

SHED = CameraSettings("shed", "Shed", "rtsp://192.0.2.9/stream", enabled=False, number=77)


@pytest.fixture
def shed(site: Site, port: EnginePort) -> Iterator[CameraSettings]:
    port.command(PutCamera(SHED))
    yield SHED
    port.command(RemoveCamera(SHED.id))


def test_what_somebody_else_changed_is_not_overwritten(site: Site, port: EnginePort, shed: CameraSettings) -> None:
    port.command(PutCamera(replace(shed, name="Barn")))
    with pytest.raises(Conflict) as refused:
        port.command(PutCamera(replace(shed, name="Stable")), terms_from(PutCamera(shed)))
    conflict = refused.value
    assert (conflict.field, conflict.changed, conflict.by) == ("camera.name", ("camera.name",), ADMIN)
    assert str(conflict) == f"This was changed by {ADMIN} in the meantime: name (now Barn). Nothing was saved."
    assert conflict.since_ns is not None
    now = site.engine.settings.camera(shed.id)
    assert now is not None and now.name == "Barn"
    port.command(PutCamera(replace(shed, name="Stable")), terms_from(PutCamera(now)))


def test_a_stale_value_does_not_undo_what_somebody_else_did(site: Site, port: EnginePort, shed: CameraSettings) -> None:
    """It was not touched here, and would go back to what it was."""
    port.command(PutCamera(replace(shed, name="Barn")))
    with pytest.raises(Conflict):
        port.command(PutCamera(replace(shed, min_person_share=0.3)), terms_from(PutCamera(shed)))


def test_changes_of_different_things_meet(site: Site, port: EnginePort, shed: CameraSettings) -> None:
    barn = replace(shed, name="Barn")
    port.command(PutCamera(barn))
    port.command(PutCamera(replace(barn, min_person_share=0.3)), terms_from(PutCamera(shed)))
    assert site.engine.settings.camera(shed.id) == replace(barn, min_person_share=0.3)


def test_consoles_of_other_versions_say_what_they_know(port: EnginePort, shed: CameraSettings) -> None:
    basis = {"camera": {"id": shed.id, "name": shed.name, "colour": "blue"}}
    port.command(PutCamera(replace(shed, min_person_share=0.2)))
    port.command(PutCamera(replace(shed, min_person_share=0.3)), CommandTerms(basis=basis))
    port.command(PutCamera(replace(shed, name="Barn")))
    with pytest.raises(Conflict):
        port.command(PutCamera(replace(shed, name="Stable")), CommandTerms(basis=basis))


def test_without_a_basis_the_last_one_has_it(port: EnginePort, shed: CameraSettings) -> None:
    for name in ("Barn", "Stable"):
        port.command(PutCamera(replace(shed, name=name)))


def test_parts_of_the_settings(site: Site, port: EnginePort) -> None:
    before = site.engine.settings.gates
    try:
        port.command(ChangeSettings(gates=replace(before, min_confidence=0.61)))
        with pytest.raises(Conflict) as refused:
            port.command(ChangeSettings(gates=replace(before, min_confidence=0.7)), terms_from(ChangeSettings(gates=before)))
        assert refused.value.changed == ("gates.min_confidence",) and site.engine.settings.gates.min_confidence == 0.61
        port.command(ChangeSettings(site_name="Test site"), terms_from(ChangeSettings(gates=before, site_name="Test site")))
    finally:
        port.command(ChangeSettings(gates=before))


def test_a_program_gets_what_changed_beside_the_sentence(site: Site, admin: str) -> None:
    headers = {"Authorization": f"Bearer {admin}"}
    with httpx.Client(base_url=site.url, headers=headers, timeout=60, trust_env=False) as client:
        body = to_plain(ChangeSettings(site_name="Other"), tagged=True) | {"basis": {"site_name": "Before"}}
        answer = client.post("/api/v1/port/command", json=body)
        wrong = client.post("/api/v1/port/command", json=body | {"basis": 7})
    told = answer.json()
    assert answer.status_code == 409 and (told["error"], told["field"], told["changed"]) == ("conflict", "site_name", ["site_name"])
    assert {"by", "since", "message"} <= told.keys()
    assert wrong.status_code == 422 and wrong.json()["field"] == "basis"


def test_which_kinds_can_conflict() -> None:
    assert {kind.__name__ for kind, spec in COMMANDS.items() if spec.current is not None} == {
        *("AssignAlert", "ChangeAlert", "ChangeUser", "EditIncident", "ValidateIncident"),
        *("ChangeAccess", "ChangeAtlas", "ChangeChat", "ChangeFire", "ChangeSettings"),
        *("PutCamera", "PutChannel", "PutNode", "PutWebhook"),
    }
    assert [kind.__name__ for kind in get_args(Command) if "basis" in {each.name for each in fields(kind)}] == []
