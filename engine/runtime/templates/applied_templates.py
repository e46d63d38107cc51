"""Which templates a site has taken from its hub, in a file of the data folder: what it compares its settings with."""

import json
from pathlib import Path

from engine.model.templates import TemplateValues
from engine.model.value_class import dataclass
from engine.runtime.atomic_file import write_atomically

_FILE = "hub-templates.json"


@dataclass(frozen=True, slots=True)
class KeptTemplate:
    """`values`: as they were applied."""

    template: str
    version: int
    applied_ns: int
    by: str
    values: TemplateValues


class AppliedTemplates:
    """Any thread; one at a time. What cannot be read counts as nothing: the hub applies it anew."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def all(self) -> tuple[KeptTemplate, ...]:
        """In the order of their application."""
        try:
            plain = json.loads(self._path.read_text("utf-8"))
            return tuple(
                KeptTemplate(str(each["template"]), int(each["version"]), int(each["applied_ns"]), str(each["by"]), dict(each["values"]))
                for each in plain
            )
        except (OSError, ValueError, KeyError, TypeError):
            return ()

    def put(self, kept: KeptTemplate) -> None:
        """Instead of an earlier version. Raises EnvironmentFault."""
        others = [each for each in self.all() if each.template != kept.template]
        plain = [
            {"template": each.template, "version": each.version, "applied_ns": each.applied_ns, "by": each.by, "values": each.values}
            for each in (*others, kept)
        ]
        write_atomically(self._path, json.dumps(plain).encode())


def forget_templates(folder: Path) -> None:
    """The site belongs to no hub any more."""
    (folder / _FILE).unlink(missing_ok=True)
