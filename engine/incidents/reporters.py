"""Who reported, without keeping who it was where they did not say."""

import hashlib
import hmac

from engine.model.errors import InputError

SALT_BYTES = 32
LONGEST_ID = 190


def user_reporter(reporter_id: str) -> str:
    """Raises InputError."""
    _check("reporter_id", reporter_id)
    return f"user:{reporter_id.strip()}"


def one_sender(holder: str) -> str:
    """Whoever reports for themselves only, whatever names they give."""
    return f"sender:{holder}"


def device_reporter(device_id: str, salt: bytes) -> str:
    """Told apart from other devices of this site, and from nothing else: without the salt nobody finds the device. Raises InputError."""
    _check("device_id", device_id)
    return f"device:{hmac.new(salt, device_id.strip().encode(), hashlib.sha256).hexdigest()[:32]}"


def _check(field: str, value: str) -> None:
    if not value.strip() or len(value) > LONGEST_ID:
        raise InputError(field, f"needs 1 to {LONGEST_ID} characters")
