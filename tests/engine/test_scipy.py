"""The one door to scipy: a function without the package around it."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize, special  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from engine import _scipy
from engine._scipy import scipy_function

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("linalg", "ndimage", "optimize", "signal", "sparse", "spatial", "special", "stats")


def test_a_function_is_the_one_that_the_package_gives():
    chance = np.random.default_rng(1)
    table, values = chance.random((9, 7)), chance.normal(0, 4, 999)
    one, other = scipy_function("optimize", "_lsap", "linear_sum_assignment")(table), optimize.linear_sum_assignment(table)
    assert [each.tolist() for each in one] == [each.tolist() for each in other]
    assert (scipy_function("special", "_special_ufuncs", "ndtr")(values) == special.ndtr(values)).all()
    assert (np.array(scipy_function("special", "_special_ufuncs", "fresnel")(values)) == np.array(special.fresnel(values))).all()


@pytest.mark.parametrize(("compiled", "name"), [("_not_there", "ndtr"), ("_special_ufuncs", "roots_legendre"), ("_ufuncs", "ndtr")])
def test_the_package_gives_what_no_module_of_its_own_has(compiled: str, name: str):
    """There is no such module, it lacks the function, or it needs the package."""
    assert scipy_function("special", compiled, name) is getattr(special, name)


def test_what_people_phones_and_sound_need_loads_no_package_of_scipy():
    code = f"""
import sys
import numpy as np
from engine._assignment import best_pairs
from engine.radio.ble.scipy_calls import blurred, distances_between
from engine.risk.forecast_area import _normal
from engine.sources.simulated.waves.diffraction import _integral
from engine.speech.resample import Resampler

best_pairs(np.random.default_rng(1).random((9, 9)))
blurred(np.ones((1, 3, 4, 5), np.float32), (0.0, 0.5, 0.5, 0.5))
distances_between(np.ones((3, 2)), np.ones((3, 2)))
_normal(np.ones(3))
_integral(np.zeros(3), np.ones(3))
Resampler(44_100).feed(np.ones(4_410, np.float32))
print([name for name in {PACKAGES!r} if "scipy." + name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_modules_are_found_where_the_locked_scipy_has_them():
    """Else each caller would load the whole package, and nobody would see it."""
    for package, compiled in (("optimize", "_lsap"), ("special", "_special_ufuncs")):
        assert _scipy._compiled_module(package, compiled) is not None
