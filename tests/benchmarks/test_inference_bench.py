"""`python -m benchmarks inference`: all models that are there, on the CPU at least; batches where a file takes them."""

import shutil
from pathlib import Path

from benchmarks import inference


def test_models_and_batches(shared: Path, tmp_path: Path) -> None:
    for name in ("osnet_x0_25_msmt17.onnx", "MobileFaceNet_foamliu.onnx"):
        shutil.copy(shared / "data/models" / name, tmp_path)
    result = inference.run(tmp_path, (1,))
    found = {case["name"]: case["metrics"] for case in result["cases"]}
    assert all(found[f"{model} on CPU"]["deviation"] == 0 for model in ("osnet-x025", "sface"))
    assert [case["params"]["batch"] for case in result["cases"] if "per picture" in case["name"]] == [1, 2, 4, 8]
    assert result["targets"][0]["met"]
