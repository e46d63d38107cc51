"""What the documents name is there, and what is there is named: files, benches, the documents themselves."""

import re
from pathlib import Path

import pytest

from benchmarks.cases import BENCHES

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
CODE = {
    path.relative_to(ROOT).as_posix()
    for name in ("benchmarks", "console", "engine", "resources", "tests", "tools", "widgets")
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


def test_the_manual_leads_to_every_document_and_benchmark() -> None:
    """Decisions are listed by their index."""
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8")
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md") if not path.name[0].isdigit()]
    assert [page for page in pages if f": {page}\n" not in navigation] == []
    measuring = (ROOT / "docs/developer/measuring.md").read_text("utf-8")
    assert [name for name in BENCHES if f"`{name}`" not in measuring] == []


def test_the_index_lists_every_decision_by_its_title() -> None:
    index = (ROOT / "docs/decisions/README.md").read_text("utf-8")
    titles = {path.name: path.read_text("utf-8").partition("\n")[0] for path in (ROOT / "docs/decisions").glob("0*.md")}
    lines = {name: f"- [{title.removeprefix('# ')}]({name})" for name, title in titles.items()}
    assert [line for line in lines.values() if f"{line}\n" not in index] == []


def test_every_word_of_the_glossary_has_one_meaning() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", (ROOT / "docs/glossary.md").read_text("utf-8"), re.MULTILINE)
    words = [word.strip() for row in rows if row != "word" for word in row.split(",")]
    assert len(words) > 200
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_the_readme_stays_short() -> None:
    assert (ROOT / "README.md").stat().st_size <= 6_000
    assert (ROOT / "ARCHITECTURE.md").stat().st_size <= 12_000
