"""Providers: those that are here give what the CPU gives; those that are not are refused with a reason, and the CPU goes on."""

import os
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.inference import onnx_runner
from engine.inference.placement import Placement
from engine.inference.provider import CPU, Provider, available, clash, cpu
from engine.inference.runner import open_runner
from engine.inference.trial import TOLERANCE, Trial, TrialQuestion, pattern, try_provider
from engine.model.errors import EnvironmentFault, InputError
from engine.model.settings import PROVIDERS, DetectionSettings, ModelProvider, Settings
from engine.runtime.inference import inference_side
from engine.runtime.inference.inference_side import InferenceSide
from engine.runtime.inference.kept_trials import FILE, machine, read_kept
from engine.runtime.inference.trials import scale_of, tried
from engine.runtime.jobs.jobs import Cancelled, Progress
from engine.vision.models import ModelStore

FILES = {
    "yolox_nano_kazuhito.onnx": "yolox",
    "object_detection_nanodet_2022nov.onnx": "nanodet",
    "osnet_x0_25_msmt17.onnx": "osnet",
    "MobileFaceNet_foamliu.onnx": "mobilefacenet",
    "pose_detection.onnx": "blazepose",
    "pose_landmark_lite.onnx": "blazepose",
}
CUDA = Provider("cuda", native="CUDAExecutionProvider")


@pytest.fixture(scope="session")
def here() -> tuple[Provider, ...]:
    return (cpu(2), *available())


@pytest.fixture
def osnet(shared: Path) -> Path:
    return shared / "data/models/osnet_x0_25_msmt17.onnx"


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("name", PROVIDERS[1:])
def test_a_provider_gives_what_the_cpu_gives(name: str, file: str, here: tuple[Provider, ...], shared: Path) -> None:
    """A provider may refuse a network, but not run it otherwise: then it is refused too, which is told here."""
    those = [provider for provider in here if provider.name == name]
    if not those:
        pytest.skip(f"{name} is not on this machine: neither its library nor its device.")
    for provider in those:
        trial = try_provider(TrialQuestion(shared / "data/models" / file, provider, scale_of(FILES[file])))
        assert not trial.refusal, trial
        assert trial.deviation <= TOLERANCE and trial.ms > 0


def test_batches_are_for_networks_that_take_them(shared: Path, osnet: Path) -> None:
    """The detectors' files say one picture; of looks, several at once give the same as one after the other."""
    fixed = [file for file in FILES if open_runner(shared / "data/models" / file, CPU).inputs[0].shape[0] == 1]
    assert set(FILES) - set(fixed) == {"osnet_x0_25_msmt17.onnx"}
    runner = open_runner(osnet, CPU)
    several = pattern(runner.inputs[0].shape, 0, batch=3)
    (together,) = runner.run({"input": several})
    for index in range(3):
        np.testing.assert_allclose(runner.run({"input": several[index : index + 1]})[0][0], together[index], atol=1e-4)


def test_networks_share_one_pool_of_memory_and_keep_no_block_for_a_whole_run() -> None:
    options = onnx_runner._options(CPU)
    assert options.get_session_config_entry("session.use_env_allocators") == "1" and not options.enable_mem_pattern


def test_what_is_absent_or_crashes_is_refused_with_a_reason(osnet: Path) -> None:
    never = threading.Event()
    absent = tried(osnet, CUDA, 1.0, never) if "cuda" not in [one.name for one in available()] else None
    if absent is not None:
        assert absent.refusal.startswith("CUDA cannot run osnet_x0_25_msmt17.onnx")
    crashed = tried(_Crashing(), CUDA, 1.0, never)  # type: ignore[arg-type]
    assert crashed is not None and crashed.refusal == "CUDA crashed while it was tested."


class _Crashing:
    """Ends the process that it is sent to."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (3,)


def test_another_result_is_refused(osnet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong:
        def __init__(self, path: Path, provider: Provider) -> None:
            self._right = open_runner(path, CPU)
            self.provider, self.inputs, self.outputs = provider, self._right.inputs, self._right.outputs

        def run(self, feed: Any) -> Any:
            return [output * np.float32(1.05) + np.float32(0.02) for output in self._right.run(feed)]

    def opened(path: Path, provider: Provider) -> Any:
        return Wrong(path, provider) if provider == CUDA else open_runner(path, provider)

    monkeypatch.setattr("engine.inference.trial.open_runner", opened)
    trial = try_provider(TrialQuestion(osnet, CUDA, 1.0))
    assert trial.refusal == "CUDA gives other results than the CPU." and trial.deviation > TOLERANCE


def test_a_busy_machine_says_nothing_about_a_device(osnet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the CPU's providers the processor time counts, which a busy machine does not change much."""
    monkeypatch.setattr("engine.inference.trial.open_runner", lambda path, _: open_runner(path, CPU))
    monkeypatch.setattr("engine.inference.trial.measure", lambda *_: (90.0, 10.0))
    device = try_provider(TrialQuestion(osnet, CUDA, 1.0))
    assert device.busy and device.ms == 90.0
    on_cpu = try_provider(TrialQuestion(osnet, cpu(2), 1.0))
    assert not on_cpu.busy and on_cpu.ms == 5.0


def test_the_fastest_that_conforms_is_chosen() -> None:
    placement = Placement()
    assert placement.choose("m") == (CPU, "")
    openvino = Provider("openvino", native="", device="CPU")
    placement.learn("m", (Trial(CPU, 20, 20), Trial(openvino, 19, 19), Trial(CUDA, refusal="CUDA crashed while it was tested.")))
    assert placement.choose("m") == (CPU, "")  # five per cent are not worth it
    placement.learn("m", (Trial(CPU, 20, 20), Trial(openvino, 12, 12), Trial(CUDA, refusal="CUDA crashed while it was tested.")))
    assert placement.choose("m") == (openvino, "")
    placement.want(DetectionSettings(provider="cuda"))
    assert placement.choose("m") == (CPU, "CUDA crashed while it was tested. It runs on the CPU.")
    placement.want(DetectionSettings(provider="tensorrt"))
    placement.set_available(frozenset({"cuda", "openvino"}))
    assert placement.choose("m")[1] == "The provider tensorrt is not available on this machine. It runs on the CPU."
    placement.want(DetectionSettings(provider="cuda"))
    assert placement.choose("other")[1] == "The provider cuda has not been tested with this model yet. It runs on the CPU."
    placement.want(DetectionSettings(provider="cpu", threads=2))
    assert placement.choose("m") == (cpu(2), "")


def test_a_model_may_be_set_apart_from_the_others() -> None:
    placement, openvino = Placement(), Provider("openvino", native="", device="CPU")
    for file in ("yolox-nano-0123", "osnet-x025-4567"):
        placement.learn(file, (Trial(CPU, 20, 20), Trial(openvino, 12, 12)))
    placement.want(DetectionSettings(models=(ModelProvider("osnet-x025", "cpu", 3),)))
    assert placement.choose("osnet-x025-4567") == (cpu(3), "")
    assert placement.choose("yolox-nano-0123") == (openvino, "")
    placement.want(DetectionSettings(provider="cpu", models=(ModelProvider("osnet-x025", "openvino"),)))
    assert placement.choose("osnet-x025-4567") == (openvino, "")
    assert placement.choose("yolox-nano-0123") == (CPU, "")


def test_more_threads_count_by_what_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    placement = Placement()
    placement.learn("m", (Trial(CPU, 20, 20), Trial(cpu(4), 6.5, 26.0)))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert placement.choose("m")[0] == CPU
    monkeypatch.setattr(os, "cpu_count", lambda: 16)
    assert placement.choose("m")[0] == cpu(4)


def test_a_provider_that_fails_later_leaves_the_model_to_the_cpu(osnet: Path) -> None:
    if "cuda" in [one.name for one in available()]:
        pytest.skip("CUDA is on this machine, and does not fail.")
    placement = Placement()
    placement.learn(osnet.stem, (Trial(CPU, 20, 20), Trial(CUDA, 2, 1)))
    runner = placement.open(osnet)
    assert runner.provider == CPU
    runner.run({"input": pattern(runner.inputs[0].shape, 0)})
    (run,) = placement.runs()
    assert run.provider == "CPU" and run.reason.startswith("CUDA cannot run") and run.ms > 0
    assert not placement.stale()  # the same again would fail again
    with pytest.raises(EnvironmentFault, match="cannot be used"):
        placement.open(osnet.with_name("none.onnx"))


def test_a_device_that_is_lost_leaves_its_work_to_the_cpu(osnet: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = {"input": pattern(("batch", 3, 256, 128), 0)}

    class Lost:
        provider, inputs, outputs = CUDA, (), ()

        def run(self, feed: Any) -> Any:
            raise RuntimeError("the device was removed\nat line 3")

    monkeypatch.setattr("engine.inference.placement.open_runner", lambda path, one: Lost() if one == CUDA else open_runner(path, one))
    placement = Placement()
    placement.learn(osnet.stem, (Trial(CPU, 20, 20), Trial(CUDA, 2, 1)))
    runner = placement.open(osnet)
    assert runner.provider == CUDA
    np.testing.assert_array_equal(runner.run(feed)[0], open_runner(osnet, CPU).run(feed)[0])
    assert runner.provider == CPU
    (run,) = placement.runs()
    assert (run.provider, run.reason) == ("CPU", "CUDA failed: the device was removed. It runs on the CPU.")


def test_settings_name_providers() -> None:
    with pytest.raises(InputError, match="quantum"):
        DetectionSettings(provider="quantum")
    with pytest.raises(InputError, match="quantum"):
        ModelProvider("yolox-nano", "quantum")
    with pytest.raises(InputError, match="lists a model twice"):
        DetectionSettings(models=(ModelProvider("a"), ModelProvider("a", "cpu")))
    assert clash() == ""


def test_measured_once_and_kept(tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = ModelStore(tmp_path / "models")
    models.install(("osnet-x025",), shared / "data/models")
    monkeypatch.setattr(inference_side, "spare_cores", lambda: 2)
    monkeypatch.setattr(inference_side, "may_have_accelerators", lambda: False)
    seen = _measured(tmp_path, models)
    (trials,) = [each.trials for each in read_kept(tmp_path).models]
    assert [trial.provider for trial in trials] == [CPU, cpu(2)] and all(trial.ms > 0 for trial in trials)
    monkeypatch.setattr(inference_side, "tried", lambda *_: pytest.fail("measured again"))
    again = _measured(tmp_path, models)
    assert [tried.provider for tried in again.runs()[0].tried] == ["CPU", "CPU ×2"] and seen.runs() == ()
    (tmp_path / FILE).write_text((tmp_path / FILE).read_text().replace(machine(), "another machine"))
    assert read_kept(tmp_path).models == ()


def _measured(folder: Path, models: ModelStore) -> Placement:
    """A side from its start until it waits for news; then a model is opened."""
    side, placement, stopping = _side(folder, models)
    _run_until_it_waits(side, stopping)
    found = models.installed("osnet-x025")
    if (folder / "opened").exists():
        assert found is not None
        placement.open(found.path)
    (folder / "opened").touch()
    return placement


class _Users:
    """Of models: they open them anew at once."""

    def __init__(self) -> None:
        self.reopened: list[tuple[str, ...]] = []
        self.placement, self.files = Placement(), tuple[Path, ...]()

    def models_changed(self) -> None:
        for file in self.files:
            self.placement.open(file)
        self.reopened.append(tuple(run.provider for run in self.placement.runs()))


def _side(folder: Path, models: ModelStore, users: _Users | None = None) -> tuple[InferenceSide, Placement, threading.Event]:
    users = users or _Users()
    basis: Any = SimpleNamespace(
        placement=users.placement,
        data=SimpleNamespace(path=folder),
        models=models,
        settings=SimpleNamespace(now=Settings),
        troubles=SimpleNamespace(tell=lambda *_: None),
    )
    return InferenceSide(basis, users, first_s=0.0), users.placement, threading.Event()


def _run_until_it_waits(side: InferenceSide, stopping: threading.Event) -> None:
    waits = []

    def stop(timeout: float | None) -> bool:
        stopping.set()
        waits.append(timeout)
        return True

    side._woken.wait = stop  # type: ignore[method-assign]  (all is measured when it waits)
    side.run(stopping)
    assert waits == [None]


def test_whoever_is_woken_for_the_end_before_that_is_said_ends_all_the_same(tmp_path: Path) -> None:
    side, _, stopping = _side(tmp_path, ModelStore(tmp_path / "models"))
    side.on_stop()  # the supervisor says so to its threads only after all sides were told
    thread = threading.Thread(target=side.run, args=(stopping,), daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def _progress(told: list[tuple[int, int, str]], cancelled: threading.Event | None = None) -> Progress:
    return Progress(lambda *at: told.append(at), cancelled or threading.Event())


OPENVINO = Provider("openvino", native="", device="CPU")


def _two_models(tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ModelStore, _Users, list[str]]:
    """On a machine with OpenVINO, where nothing is run: it is twice as fast. Gives what was tried, too."""
    models, users, asked = ModelStore(tmp_path / "models"), _Users(), list[str]()
    models.install(("osnet-x025", "yolox-nano"), shared / "data/models")
    users.files = tuple(found.path for id_ in ("yolox-nano", "osnet-x025") if (found := models.installed(id_)) is not None)
    for file in users.files:
        users.placement.open(file)

    def tried(path: Path, provider: Provider, *_: object) -> Trial:
        asked.append(f"{path.stem.rpartition('-')[0]} on {provider.label}")
        return Trial(provider, *((20, 20) if provider == CPU else (10, 10)))

    def opened(path: Path, provider: Provider) -> Any:
        return SimpleNamespace(provider=provider, inputs=(), outputs=())

    monkeypatch.setattr("engine.inference.placement.open_runner", opened)
    monkeypatch.setattr(inference_side, "spare_cores", lambda: 1)
    monkeypatch.setattr(inference_side, "may_have_accelerators", lambda: True)
    monkeypatch.setattr(inference_side, "providers_here", lambda _: (OPENVINO,))
    monkeypatch.setattr(inference_side, "tried", tried)
    return models, users, asked


def test_a_model_moves_as_soon_as_its_own_trials_have_ended(tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models, users, asked = _two_models(tmp_path, shared, monkeypatch)
    side, _, stopping = _side(tmp_path, models, users)
    _run_until_it_waits(side, stopping)
    assert asked == ["yolox-nano on CPU", "yolox-nano on OpenVINO CPU", "osnet-x025 on CPU", "osnet-x025 on OpenVINO CPU"]
    assert users.reopened == [("CPU", "OpenVINO CPU"), ("OpenVINO CPU", "OpenVINO CPU")]  # by name: osnet, yolox


def test_a_new_measurement_replaces_the_old_one(tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models, users, asked = _two_models(tmp_path, shared, monkeypatch)
    side, placement, stopping = _side(tmp_path, models, users)
    _run_until_it_waits(side, stopping)
    asked.clear()
    told: list[tuple[int, int, str]] = []
    assert side.measurable() == ("yolox-nano", "osnet-x025")
    assert side.measure(("osnet-x025",), _progress(told)) == "Measured."
    assert asked == ["osnet-x025 on CPU", "osnet-x025 on OpenVINO CPU"]
    assert [(done, total) for done, total, _ in told] == [(0, 2), (1, 2)] and told[1][2].endswith(": OpenVINO CPU")
    assert [run.provider for run in placement.runs()[0].tried] == ["CPU", "OpenVINO CPU"]
    assert placement.available() == ("openvino",)

    monkeypatch.setattr(inference_side, "tried", lambda _, provider, *__: Trial(provider, 9, 9, busy=provider == OPENVINO))
    assert side.measure((), _progress(told)) == "The machine was too busy to measure OpenVINO CPU. Measure again when it is quiet."
    assert [each.ms for each in placement.runs()[0].tried] == [10, 9]  # what says nothing replaces nothing


def test_a_measurement_that_is_cancelled_keeps_what_was_known(tmp_path: Path, shared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models, users, _ = _two_models(tmp_path, shared, monkeypatch)
    side, placement, stopping = _side(tmp_path, models, users)
    _run_until_it_waits(side, stopping)
    before, cancelled = placement.runs(), threading.Event()

    def tried(*_: object) -> None:
        cancelled.set()

    monkeypatch.setattr(inference_side, "tried", tried)
    with pytest.raises(Cancelled):
        side.measure((), _progress([], cancelled))
    assert [run.tried for run in placement.runs()] == [run.tried for run in before]
    with side._measuring, pytest.raises(Cancelled):
        side.measure((), _progress([], cancelled))  # while another one runs
