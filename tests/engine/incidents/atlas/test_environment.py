"""`ATLAS_*` goes before the settings, and what makes no sense is named."""

import pytest

from engine.incidents.atlas.environment import Overrides
from engine.model.errors import InputError
from engine.model.incidents.atlas import AtlasSettings


def test_every_setting_can_be_given() -> None:
    given = Overrides.from_environment(
        {
            "ATLAS_URL": "https://atlas.example",
            "ATLAS_ENABLED": "Yes",
            "ATLAS_PRODUCT": "halo",
            "ATLAS_CONTRACT": "real",
            "ATLAS_ROLLOUT_PERCENT": "10",
            "ATLAS_COORDINATE_DIGITS": "2",
            "ATLAS_TIMEOUT_S": "2.5",
            "ATLAS_RETRIES": "0",
            "ATLAS_ALLOW_PRIVATE": "1",
            "ATLAS_FALLBACK_ENABLED": "false",
            "ATLAS_API_KEY": " s3cret ",
        }
    )
    assert given.apply_to(AtlasSettings()) == AtlasSettings(True, "https://atlas.example", "halo", "real", 10, 2, 2.5, 0, True, False)
    assert given.key == "s3cret"
    assert "s3cret" not in repr(given)
    assert set(given.names) == {*AtlasSettings.__dataclass_fields__, "key"}


def test_nothing_given_changes_nothing() -> None:
    stored = AtlasSettings(True, "https://atlas.example")
    assert Overrides.from_environment({"ATLAS_URL": " ", "ATLAS_OTHER": "x", "PATH": "/bin"}).apply_to(stored) is stored


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ATLAS_ENABLED", "maybe"),
        ("ATLAS_ROLLOUT_PERCENT", "10%"),
        ("ATLAS_ROLLOUT_PERCENT", "-1"),
        ("ATLAS_RETRIES", "٣"),
        ("ATLAS_TIMEOUT_S", "soon"),
    ],
)
def test_a_variable_that_cannot_be_read_is_named(name: str, text: str) -> None:
    with pytest.raises(InputError) as refused:
        Overrides.from_environment({name: text})
    assert refused.value.field == name


@pytest.mark.parametrize(
    ("name", "text"), [("ATLAS_ROLLOUT_PERCENT", "101"), ("ATLAS_TIMEOUT_S", "nan"), ("ATLAS_CONTRACT", "halo"), ("ATLAS_RETRIES", "99")]
)
def test_a_variable_out_of_range_is_named(name: str, text: str) -> None:
    with pytest.raises(InputError) as refused:
        Overrides.from_environment({name: text}).apply_to(AtlasSettings())
    assert refused.value.field == name


def test_switched_on_without_an_address_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        Overrides.from_environment({"ATLAS_ENABLED": "true"}).apply_to(AtlasSettings())
    assert refused.value.field == "url"


def test_the_names_of_the_planned_contract_are_read_too() -> None:
    given = Overrides.from_environment(
        {"ATLAS_API_URL": "https://atlas.example", "ATLAS_TIMEOUT": "7.5", "ATLAS_RETRY_COUNT": "1", "ATLAS_RETRIES": "1"}
    )
    assert given.apply_to(AtlasSettings()) == AtlasSettings(url="https://atlas.example", timeout_s=7.5, retries=1)
    for broken in ({"ATLAS_TIMEOUT": "soon"}, {"ATLAS_TIMEOUT": "5", "ATLAS_TIMEOUT_S": "6"}):
        with pytest.raises(InputError) as refused:
            Overrides.from_environment(broken)
        assert refused.value.field == "ATLAS_TIMEOUT"


def test_an_unknown_variable_is_told(caplog: pytest.LogCaptureFixture) -> None:
    assert Overrides.from_environment({"ATLAS_TIMEOUTS": "5", "ATLAS_API_KEY": "s3cret"}).values == ()
    assert "ATLAS_TIMEOUTS" in caplog.text and "s3cret" not in caplog.text
