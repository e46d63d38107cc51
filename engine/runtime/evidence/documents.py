"""What a pack says in files for programs: the record of the window, the settings of now, the models' digests. Plain JSON."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from engine.model.health import ModelRun
from engine.model.settings import Settings
from engine.model.wire import to_plain
from engine.recording.pack.folder import PackFolder
from engine.runtime.evidence.pack_record import PackRecord
from engine.vision.models import ModelStore

_PARTS = {
    "events": "what happened",
    "decisions": "why that was told, held or rejected, gate by gate",
    "alerts": "what operators were asked to look at, and what they did",
    "incidents": "what people reported, put together",
    "reports": "each report as it came in",
    "audit": "what was done at the console; persons are pseudonyms",
    "clips": "clips as they were recorded, with their digests",
    "segments": "continuous video as it was recorded",
}


def write_documents(pack: PackFolder, gathered: PackRecord, settings: Settings, models: ModelStore, runs: Sequence[ModelRun]) -> None:
    """`runs`: what runs the models that are loaded. Raises EnvironmentFault."""
    for part, what in _PARTS.items():
        pack.add(f"record/{part}.json", _json([to_plain(row) for row in getattr(gathered, part)]), what)
    pack.add("record/settings.json", _json(to_plain(_without_receivers(settings))), "settings when the pack was made, without any secret")
    pack.add("record/models.json", _json(_digests(models, runs)), "models that look at the pictures, and what runs them now")


def _digests(models: ModelStore, runs: Sequence[ModelRun]) -> list[dict[str, str]]:
    """Of what is installed, as its manifest has them; a file that is not what it says has not been used. No provider: it is not loaded."""
    providers = {run.model: run.provider for run in runs}
    found = [models.installed(spec.id) for spec in models.manifest.models]
    return [
        {
            "id": each.spec.id,
            "role": each.spec.role,
            "variant": "stand-in" if each.stand_in else "official",
            "sha256": each.file.sha256,
            "provider": providers.get(each.spec.id, ""),
        }
        for each in found
        if each is not None
    ]


def _without_receivers(settings: Settings) -> Settings:
    """Where messages go is nobody's business who gets a pack."""
    return replace(settings, webhooks=(), notifications=())


def _json(plain: Any) -> bytes:
    return json.dumps(plain, ensure_ascii=False, indent=1).encode()
