"""What the documents name is there, and what is there is named: files, benches, the documents themselves."""

import re
from pathlib import Path

import pytest

from benchmarks.cases import BENCHES

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
CODE = {
    path.relative_to(ROOT).as_posix()
    for name in ("console", "engine", "resources", "tests", "widgets")
    for path in (ROOT / name).rglob("*.py")
}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_that_is_named_exists(document: Path) -> None:
    """Also from within its package, as `runtime/engine.py`."""
    named = re.findall(r"`((?:\w+/)+\w+\.py)(?:::\w+)?`", document.read_text("utf-8"))
    assert [name for name in named if not any(f"/{path}".endswith(f"/{name}") for path in CODE)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_within_the_project_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#|watchroom:)([^)#]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_readme_leads_to_every_document_and_bench() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [path.name for path in (ROOT / "docs").glob("*.md") if f"docs/{path.name}" not in readme] == []
    assert [name for name in BENCHES if f"`{name}`" not in readme] == []
