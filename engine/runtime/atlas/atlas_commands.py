"""What sessions tell the engine to do about Atlas, and ask of it; on the caller's thread."""

import base64
import binascii
from dataclasses import replace
from urllib.parse import urlsplit

from engine.incidents.atlas.fault import AtlasFault
from engine.incidents.atlas.media import MIB
from engine.incidents.atlas.transport import check_key
from engine.model.alert_command import ChangeAtlas
from engine.model.atlas import AtlasSettings
from engine.model.errors import InputError
from engine.model.question import AnalyseMedia, Answer, AskPatterns, TestAtlas
from engine.runtime.engine import Engine

LARGEST = 51 * MIB * 4 // 3  # of base64 text
LONGEST_PRODUCT = 50


def change_atlas(engine: Engine, command: ChangeAtlas, by: str) -> str:
    """Raises InputError, EnvironmentFault."""
    check_settings(command.atlas)
    engine.atlas.check(command.atlas)
    if command.key:
        _check_key(command.key)
    if command.key is not None:
        engine.outlook.keep_atlas_key(command.key)
    engine.update_settings(lambda now: replace(now, atlas=command.atlas), by)
    engine.atlas.configure()
    return ""


def check_settings(atlas: AtlasSettings) -> None:
    """What the values by themselves do not say. Raises InputError."""
    try:
        parts = urlsplit(atlas.url)
        port = parts.port
    except ValueError:
        raise InputError("url", "is no address") from None
    if (atlas.url and not parts.hostname) or port == 0 or parts.query or parts.fragment:
        raise InputError("url", "needs a host, and nothing behind the path")
    if parts.username is not None or parts.password is not None:
        raise InputError("url", "must not hold a login. The key goes into its own field")
    if not 1 <= len(atlas.product) <= LONGEST_PRODUCT or not atlas.product.isascii() or not atlas.product.isprintable():
        raise InputError("product", f"needs 1 to {LONGEST_PRODUCT} plain signs")


def ask_atlas(engine: Engine, question: AskPatterns | AnalyseMedia | TestAtlas) -> Answer:
    """Takes as long as Atlas does. Raises InputError (MediaRefused for what may not be uploaded); AtlasFault where it analyses
    nothing, or a test fails."""
    if isinstance(question, TestAtlas):
        return Answer(contract=engine.atlas.spoken(question.latitude, question.longitude))
    if isinstance(question, AnalyseMedia):
        return Answer(analysis=engine.atlas.analyse(question.kind, _decoded(question.data)))
    return Answer(patterns=engine.atlas.patterns(question.latitude, question.longitude, question.radius_km, question.categories))


def _check_key(key: str) -> None:
    try:
        check_key(key)
    except AtlasFault:
        raise InputError("key", "has to be 1 to 500 plain signs without spaces") from None


def _decoded(data: str) -> bytes:
    if len(data) > LARGEST:
        raise InputError("data", f"is larger than {LARGEST * 3 // 4 // MIB} MiB")
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise InputError("data", "is no base64 text") from None
