"""Commands and questions: Atlas."""

import base64
import binascii
from dataclasses import replace
from typing import Protocol
from urllib.parse import urlsplit

from engine.incidents.atlas.fault import AtlasFault
from engine.incidents.atlas.media import MIB
from engine.incidents.atlas.transport import check_key
from engine.model.accounts.access import Scope, Session
from engine.model.accounts.audit import AuditVerb
from engine.model.alerts.commands import ChangeAtlas
from engine.model.errors import InputError
from engine.model.incidents.atlas import AtlasSettings
from engine.model.incidents.atlas_call import MediaAnalysis, PatternAnswer
from engine.model.question import AnalyseMedia, AskPatterns, TestAtlas
from engine.runtime.atlas.atlas_side import AtlasSide
from engine.runtime.hosts import SettingsHost
from engine.runtime.operations.spec import Commands, CommandSpec, NotUndoable, Questions, QuestionScope, QuestionSpec, audited, site_wide
from engine.runtime.settings.current_settings import current_settings

LARGEST = 51 * MIB * 4 // 3  # of base64 text
LONGEST_PRODUCT = 50


class AtlasKey(Protocol):
    def keep(self, key: str) -> None:
        """An empty one forgets what is kept. May raise EnvironmentFault."""
        ...


class AtlasHost(SettingsHost, Protocol):
    """What these operations need of the engine."""

    @property
    def atlas(self) -> AtlasSide: ...

    @property
    def atlas_key(self) -> AtlasKey: ...


def _change_atlas(engine: AtlasHost, command: ChangeAtlas, session: Session) -> str:
    """Raises InputError, EnvironmentFault."""
    check_settings(command.atlas)
    engine.atlas.check(command.atlas)
    if command.key:
        _check_key(command.key)
    if command.key is not None:
        engine.atlas_key.keep(command.key)
    engine.update_settings(lambda now: replace(now, atlas=command.atlas), session.user.name)
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


def _test(engine: AtlasHost, question: TestAtlas, _: Session, __: Scope | None) -> str:
    """Takes as long as Atlas does, as the others do. Raises AtlasFault."""
    return engine.atlas.detect_contract(question.latitude, question.longitude)


def _analyse(engine: AtlasHost, question: AnalyseMedia, _: Session, __: Scope | None) -> MediaAnalysis:
    """Raises InputError (MediaRefused for what may not be uploaded), AtlasFault where it analyses nothing."""
    return engine.atlas.analyse(question.kind, _decoded(question.data))


def _patterns(engine: AtlasHost, question: AskPatterns, _: Session, __: Scope | None) -> PatternAnswer:
    return engine.atlas.patterns(question.latitude, question.longitude, question.radius_km, question.categories)


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


COMMANDS: Commands[AtlasHost] = (
    CommandSpec(
        ChangeAtlas,
        handler=_change_atlas,
        scope=site_wide,
        audit=audited(AuditVerb.CHANGE_ATLAS),
        undo=NotUndoable("the setting is changed back; a key that was replaced is not kept"),
        durable=True,
        current=current_settings,
    ),
)
QUESTIONS: Questions[AtlasHost] = (
    QuestionSpec(TestAtlas, scope=QuestionScope.SITE_WIDE, handler=_test),
    QuestionSpec(AnalyseMedia, scope=QuestionScope.LIMITED, handler=_analyse),
    QuestionSpec(AskPatterns, scope=QuestionScope.SITE_WIDE, handler=_patterns),
)
