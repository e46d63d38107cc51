"""Says so where faces are to be hidden and nothing on this machine finds them well."""

from engine.model.settings import Settings
from engine.runtime.basis import Basis
from engine.runtime.side import Side
from engine.runtime.supervisor import Supervisor
from engine.vision.faces.hiding import NO_FINDER, finds_faces


class MaskingNotice(Side):
    def __init__(self, basis: Basis) -> None:
        self._settings, self._models, self._trouble = basis.settings, basis.models, basis.troubles.of("masking")

    def on_watch(self, supervisor: Supervisor, now_ns: int) -> None:
        self._judge(self._settings.now())

    def on_settings(self, settings: Settings) -> None:
        self._judge(settings)

    def on_models_changed(self) -> None:
        self._judge(self._settings.now())

    def _judge(self, settings: Settings) -> None:
        poor = settings.recognition.blur_faces and not finds_faces(self._models)
        self._trouble.tell(NO_FINDER if poor else None)
