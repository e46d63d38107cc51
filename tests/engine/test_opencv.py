"""The door to OpenCV leaves the environment as it found it. In a fresh process, because an import happens only once."""

import json
import os
import subprocess
import sys

import pytest

NAMES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
PROGRAM = f"""
import json, os
from engine._opencv import cv2
print(json.dumps({{"threads": cv2.getNumThreads(), "hog": hasattr(cv2, "HOGDescriptor"), **{{n: os.environ.get(n) for n in {NAMES!r}}}}}))
"""


def run_with(variables: dict[str, str]) -> dict[str, object]:
    clean = {name: value for name, value in os.environ.items() if name not in NAMES}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=clean | variables, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


@pytest.mark.parametrize("variables", [{}, {"QT_QPA_PLATFORM_PLUGIN_PATH": "/opt/qt/plugins"}, {name: "/mine" for name in NAMES}])
def test_qt_variables_are_as_before(variables: dict[str, str]) -> None:
    seen = run_with(variables)
    assert {name: seen[name] for name in NAMES} == {name: variables.get(name) for name in NAMES}


def test_one_thread_and_a_people_detector() -> None:
    seen = run_with({})
    assert seen["threads"] == 1
    assert seen["hog"] is True
