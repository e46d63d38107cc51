"""The rule on names: what it refuses, what it lets pass, and that its list only shrinks."""

from pathlib import Path

import pytest

from tools.name_check import LISTED, allowed_names, definitions, faults, is_bare_participle, main, participles

MOST_LISTED = 31


@pytest.mark.parametrize("name", ["told", "_kept", "Said", "_Wanted", "Engine._told"])
def test_a_bare_participle_is_refused(name: str) -> None:
    assert is_bare_participle(name)


@pytest.mark.parametrize("name", ["kept_clips", "told_rows", "Lane", "on_refused", "undone", "Told.rows", "__init__"])
def test_a_participle_within_a_name_is_not(name: str) -> None:
    assert not is_bare_participle(name)


def test_methods_and_inner_functions_are_read_too() -> None:
    source = "class A:\n    def b(self):\n        async def told(): ...\n\nif True:\n    def _kept(): ...\n"
    assert list(definitions(source)) == [("A", 1), ("A.b", 2), ("A.b.told", 3), ("_kept", 6)]


def test_a_module_counts_as_well(tmp_path: Path) -> None:
    file = tmp_path / "asked.py"
    file.write_text("def said(): ...\n")
    assert [name for name, _ in participles([file])] == ["asked", "asked.said"]


def test_the_message_teaches() -> None:
    lines = faults([("chat._told", "console/chat.py:7")], frozenset())
    assert lines[0] == "console/chat.py:7: _told"
    assert "def _sentence_line(sentence)" in lines[1] and "class DurabilityBarrier" in lines[1] and "CONTRIBUTING.md" in lines[1]


def test_a_listed_name_passes_and_a_line_without_its_name_fails() -> None:
    allowed = allowed_names("# a comment\nchat._told  # HTTP\n\n")
    assert faults([("chat._told", "console/chat.py:7")], allowed) == []
    assert faults([], allowed) == ["participle_names.txt: chat._told is not there any more: remove its line"]


def test_every_listed_name_has_a_reason_and_the_list_does_not_grow() -> None:
    lines = [line for line in LISTED.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert all(line.partition("#")[2].strip() for line in lines) and len(lines) <= MOST_LISTED


def test_the_project_keeps_the_rule() -> None:
    assert main() == 0
