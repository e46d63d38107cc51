"""What a start must not wait for: the first live picture is to be there within two seconds."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SLOW = ("httpx", "scipy.optimize", "alembic", "rich", "onnxruntime")


def test_the_engine_and_its_gateway_load_without_what_is_needed_later_only() -> None:
    code = f"import sys, engine.runtime.local, engine.gateway.server; print([name for name in {SLOW!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert done.stdout.strip() == "[]", done.stdout + done.stderr
