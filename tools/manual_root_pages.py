"""MkDocs hook: the documents at the root of the checkout are pages of the manual, and links lead to them and back."""

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT_PAGES = ("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
_LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    root = Path(config.docs_dir).parent
    for name in ROOT_PAGES:
        files.append(File.generated(config, name, content=(root / name).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links are written for the checkout, where `docs/` lies beside the root pages; in the manual they share one folder."""
    source = page.file.src_uri
    folder = posixpath.dirname(source if source in ROOT_PAGES else f"docs/{source}")

    def in_manual(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(folder, match[1]))
        within = target if target in ROOT_PAGES else target.removeprefix("docs/")
        return f"]({posixpath.relpath(within, posixpath.dirname(source) or '.')}"

    return _LINK.sub(in_manual, markdown)
