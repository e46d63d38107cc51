"""The whole of OpenAPI by generated requests: no bug (5xx), and every answer as the document promises (schemathesis)."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis.errors import FlakyFailure
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from console.site import Site, running
from engine.gateway.border.bind import Bind
from engine.model.accounts.access import Role
from engine.runtime.command_line_settings import CommandLineSettings
from tests.engine.gateway.conftest import ADMIN, PASSWORD

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance]
# What depends on what is around this machine: models from elsewhere, cameras of the network, sound devices (503 where there are none).
OUTWARD = ("InstallModels", "FindCameras", "DescribeCamera", "ListSoundDevices")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An engine of its own, to be changed at will."""
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("WATCHROOM_MODELS", str(tmp_path_factory.mktemp("models")))
    with running(tmp_path_factory.mktemp("ground") / "data", Bind(), CommandLineSettings(), gateway_needed=True) as site:
        site.door.set_up("Test site", ADMIN, PASSWORD).close()
        yield site
    monkeypatch.undo()


def broken(ground: Site, chosen: settings) -> tuple[dict[str, str], int]:
    """By operation: an answer that is not as promised. And how many operations were tried."""
    schema = schemathesis.openapi.from_dict(httpx.get(f"{ground.url}/openapi.json", trust_env=False, timeout=60).json())
    found: dict[str, str] = {}
    tried = 0
    for each in schema.get_all_operations():
        operation, tried = each.ok(), tried + 1
        try:
            _try(operation, ground, chosen)
        except (FailureGroup, FlakyFailure) as error:
            found[operation.label] = "\n".join(repr(part) for part in error.exceptions)
    return found, tried


def _try(operation: Any, ground: Site, chosen: settings) -> None:
    good, bad = (operation.as_strategy(generation_mode=mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE))

    @chosen
    @given(case=good | bad)
    def run(case: schemathesis.Case) -> None:
        if isinstance(case.body, dict) and case.body.get("type") in OUTWARD:
            return
        token = ground.engine.accounts.create_token(Role.ADMIN, "test")  # the case may sign it out
        case.call_and_validate(base_url=ground.url, headers={"Authorization": f"Bearer {token}"}, checks=CHECKS, timeout=60)

    run()


QUICK = settings(
    max_examples=4,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
)


@pytest.mark.parametrize("examples", [4, pytest.param(200, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
def test_what_openapi_promises_holds(ground: Site, examples: int) -> None:
    found, tried = broken(ground, settings(QUICK, max_examples=examples))
    assert tried >= 75
    assert not found, "\n\n".join(f"{label}\n{message}" for label, message in found.items())
