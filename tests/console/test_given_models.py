"""`--models DIR`: an unattended start takes its models from a folder, or goes on without."""

import logging
from pathlib import Path

import pytest

from console.__main__ import main
from console.given_models import install_given_models
from engine.model.errors import InputError
from engine.vision.models import ModelStore

SHARED = Path(__file__).parents[3] / "shared" / "data" / "models"


def test_what_a_folder_holds_is_installed_and_no_more(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    if not SHARED.is_dir():
        pytest.skip("the models of shared/data are not beside the checkout")
    store = ModelStore(tmp_path / "models")
    with caplog.at_level(logging.INFO):
        install_given_models(SHARED, store)
    assert store.installed("nanodet-m") is not None and store.installed("yunet") is not None
    assert "model nanodet-m installed from" in caplog.text
    caplog.clear()
    install_given_models(SHARED, store)
    assert "model nanodet-m" not in caplog.text, "it is installed already"


def test_an_empty_folder_is_said_and_the_start_goes_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "none").mkdir()
    install_given_models(tmp_path / "none", ModelStore(tmp_path / "models"))
    assert "holds no file of a missing model" in caplog.text


def test_a_folder_that_is_none_is_refused_by_the_name_of_the_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError) as refused:
        install_given_models(tmp_path / "nowhere", ModelStore(tmp_path / "models"))
    assert refused.value.field == "models"
    assert main(["--connect", "http://127.0.0.1:1", "--models", str(tmp_path)]) == 2
    assert "models" in capsys.readouterr().err


def test_without_the_option_nothing_is_looked_for(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "models")
    install_given_models(None, store)
    assert not (tmp_path / "models").exists()
