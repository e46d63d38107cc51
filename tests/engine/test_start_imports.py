"""What a start must not wait for: the first live picture is to be there within two seconds, the answer of a command within one.

Counted are modules, which are the same on every machine. A bound is what is loaded now and a tenth more: whoever reaches it looks for what
could be loaded when it is used.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SLOW = ("httpx", "scipy.optimize", "alembic", "rich", "onnxruntime", "anthropic", "keyring")
WEB = ("fastapi", "pydantic", "uvicorn")
LATE = ("fastapi", "pydantic", "zeroconf", "engine.gateway.app", "engine.gateway.schemas")  # live pictures do without
VIDEO = ("cv2", "av", "engine.sources.camera")
NO_ENGINE = (*SLOW, *WEB, *VIDEO, "engine.runtime.engine")


@pytest.mark.parametrize(
    ("loaded", "most", "not_loaded"),
    [
        ("engine.runtime.local, engine.gateway.server", 1_700, (*SLOW, *LATE)),
        ("console.__main__, console.commands.engine", 1_680, (*SLOW, *WEB)),
        ("engine.gateway.remote.port", 770, (*WEB, "starlette", "sqlalchemy", "engine.runtime.local")),
        ("console.__main__, console.commands.ask", 800, NO_ENGINE),
        ("console.__main__, console.commands.token", 740, NO_ENGINE),
        ("console.__main__, console.commands.users", 740, NO_ENGINE),
        ("console.__main__, console.commands.settings", 360, (*NO_ENGINE, "sqlalchemy")),
        ("console.__main__, console.commands.models", 410, (*NO_ENGINE, "sqlalchemy")),
    ],
)
def test_what_is_needed_later_only_is_not_loaded(loaded: str, most: int, not_loaded: tuple[str, ...]) -> None:
    code = f"import sys, {loaded}; print(len(sys.modules), [name for name in {not_loaded!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, cwd=ROOT)
    count, _, found = done.stdout.strip().partition(" ")
    assert found == "[]" and int(count) <= most, done.stdout + done.stderr
