"""A site whose models were measured: one runs on OpenVINO, one as it is set by hand, one was refused by a device."""

from dataclasses import replace

from engine.model.health import ModelRun, TriedProvider
from engine.model.settings import DetectionSettings, ModelProvider
from engine.model.snapshot import ModelEntry
from tests.fakes.engine import MODELS, FakeEngine

REID = ModelEntry("osnet-x025", "reid", "OSNet x0.25 re-identification", "MIT", "https://example.org/osnet.onnx", 900_000, True, "official")
VOICE = ModelEntry("silero-vad", "voice_activity", "Voice activity", "MIT", "https://example.org/v.onnx", 2_300_000, True, "official")
CRASHED = "CUDA crashed while it was tested."
RUNS = (
    ModelRun("osnet-x025", "CPU ×2", 3.1, "", (TriedProvider("CPU", 3.2), TriedProvider("OpenVINO CPU", 4.0))),
    ModelRun(
        "yolox-nano",
        "OpenVINO CPU",
        12.4,
        "",
        (TriedProvider("CPU", 21.2), TriedProvider("OpenVINO CPU", 12.5), TriedProvider("CUDA", 0.0, CRASHED)),
    ),
)


def measured_site(engine: FakeEngine | None = None) -> FakeEngine:
    engine = engine or FakeEngine()
    detectors = tuple(replace(model, installed=True, variant="official") for model in MODELS)
    engine.models = (*detectors, REID, VOICE)
    engine.health = replace(engine.health, models=RUNS, providers=("cuda", "openvino"))
    by_hand = DetectionSettings(models=(ModelProvider("osnet-x025", "cpu", 2),))
    engine.settings = replace(engine.settings, detection=by_hand)
    engine.publish()
    return engine
