"""Writes docs/reference/settings.md, the table of all settings, from their descriptions in `engine.model`.

Run: `python -m tools.settings_page`. A test compares the page with the code.
"""

import typing
from collections.abc import Iterator
from dataclasses import MISSING, fields
from enum import Enum
from pathlib import Path

from engine.model.setting import UNIT_WORDS, DescribedField, described_fields, part_of
from engine.model.settings import Settings

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "settings.md"
_HEAD = """# Settings

All settings of a site, by their names in `settings.toml` and in exported settings. Administrators change most of them in the console;
the engine refuses values outside the range. A part such as `cameras` is a list: its settings are repeated for each entry.

This page is made from the code by `python -m tools.settings_page`.
"""
_COLUMNS = ("setting", "name", "range", "unit", "default", "description")


def page() -> str:
    described = list(described_fields(Settings))
    site = [each for each in described if "." not in each.path and part_of(each.kind) is None]
    parts = [_HEAD, *_section("Site", site)]
    for section in fields(Settings):
        rows = [each for each in described if each.path.startswith(f"{section.name}.")]
        head = next(each for each in described if each.path == section.name)
        if rows and head.setting is not None:
            parts += _section(f"{head.setting.words} (`{section.name}`)", rows)
    return "\n".join(parts)


def _section(heading: str, rows: list[DescribedField]) -> Iterator[str]:
    yield f"## {heading}\n"
    yield f"| {' | '.join(_COLUMNS)} |"
    yield f"|{'---|' * len(_COLUMNS)}"
    yield from (_row(each) for each in rows)
    yield ""


def _row(field: DescribedField) -> str:
    setting = field.setting
    if setting is None:
        raise ValueError(f"{field.path} has no description: give its field in {field.owner.__name__} a Setting(…)")
    unit = UNIT_WORDS.get(setting.unit, setting.unit)
    cells = (f"`{field.path}`", setting.words, _range(field), unit, _default(field), setting.help)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _range(field: DescribedField) -> str:
    setting, kinds = field.setting, (field.kind, *typing.get_args(field.kind))
    assert setting is not None
    if choices := [member.value for kind in kinds if isinstance(kind, type) and issubclass(kind, Enum) for member in kind]:
        return ", ".join(str(choice) for choice in choices)
    if bool in kinds:
        return "yes, no"
    if setting.max_length is not None:
        return f"{setting.min_length}–{setting.max_length} characters" if setting.min_length else f"at most {setting.max_length} characters"
    limits = setting.range_text()
    if not limits and setting.low is not None:
        limits = f"at least {setting.low:g}"
    above = f"above {setting.gt:g}, at most {setting.high:g}" if setting.gt is not None and setting.le is not None else limits
    return above if setting.unset is None else f"{above}, or {setting.unset:g}"


def _default(field: DescribedField) -> str:
    found = next(each for each in fields(field.owner) if each.name == field.path.rpartition(".")[2])
    if found.default is MISSING:
        return "required" if found.default_factory is MISSING else ""
    value = found.default.value if isinstance(found.default, Enum) else found.default
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:.10g}"
    return f"`{value}`" if isinstance(value, str) and value else ""


def main() -> None:
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
