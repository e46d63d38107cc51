"""How long a message is as polls send it."""

import json
from typing import Any


def length_of(message: Any) -> int:
    """Bytes."""
    return len(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode())
