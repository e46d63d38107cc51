"""`python -m tools.name_check`: no new class, function or module has a bare participle as its name.

`told` or `_kept` cannot be searched for, and says what happened instead of what the thing is. Names that have to stay (data formats, Qt's
methods) are listed in `tools/participle_names.txt` with the reason; a line that no longer applies fails too, so the list only shrinks.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("engine", "widgets", "console")
LISTED = Path(__file__).with_name("participle_names.txt")
PARTICIPLES = frozenset(
    {
        "added",
        "asked",
        "awaited",
        "begun",
        "came",
        "chosen",
        "counted",
        "done",
        "drawn",
        "ended",
        "failed",
        "found",
        "gathered",
        "given",
        "gone",
        "heard",
        "held",
        "joined",
        "kept",
        "known",
        "left",
        "listed",
        "lost",
        "made",
        "marked",
        "meant",
        "moved",
        "named",
        "noted",
        "opened",
        "placed",
        "posted",
        "refused",
        "said",
        "seen",
        "shown",
        "spoken",
        "staged",
        "struck",
        "taken",
        "told",
        "wanted",
        "went",
        "written",
    }
)
_NAMED = re.compile(rf"\b(?:def|class)\s+_?(?:{'|'.join(sorted(PARTICIPLES))})\b", re.IGNORECASE)  # to parse all files takes seconds
ADVICE = """\
{count} new {names} only a participle, which says neither what the thing is nor what it does. Use the noun or verb that a colleague would
search for:
  def _told(sentence)  ->  def _sentence_line(sentence)     it gives one printed line
  class Kept           ->  class DurabilityBarrier          it waits until a command is on disk
  def _refused(error)  ->  def _show_save_error(error)      it shows why saving failed
More on names: CONTRIBUTING.md, "Names and words"."""


def definitions(source: str) -> Iterator[tuple[str, int]]:
    """Qualified name and line of every class and function, nested ones included."""
    yield from _within(ast.parse(source), "")


def _within(node: ast.AST, prefix: str) -> Iterator[tuple[str, int]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield prefix + child.name, child.lineno
            yield from _within(child, f"{prefix}{child.name}.")
        else:
            yield from _within(child, prefix)


def is_bare_participle(name: str) -> bool:
    last = name.rpartition(".")[2]
    return last.removeprefix("_").lower() in PARTICIPLES


def participles(files: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """`module.Class.name` and where it stands, of every definition and module named by a bare participle."""
    for file in files:
        if is_bare_participle(file.stem):
            yield file.stem, str(file)
        source = file.read_text("utf-8")
        for name, line in definitions(source) if _NAMED.search(source) else ():
            if is_bare_participle(name):
                yield f"{file.stem}.{name}", f"{file}:{line}"


def allowed_names(text: str) -> frozenset[str]:
    """The names of a list: one a line, the reason behind `#`."""
    names = (line.partition("#")[0].strip() for line in text.splitlines())
    return frozenset(name for name in names if name)


def faults(found: Sequence[tuple[str, str]], allowed: frozenset[str]) -> list[str]:
    """What to change, as lines; empty when all is well."""
    new = [f"{where}: {name.rpartition('.')[2]}" for name, where in found if name not in allowed]
    gone = sorted(allowed - {name for name, _ in found})
    advice = [ADVICE.format(count=len(new), names="names are" if len(new) > 1 else "name is")] if new else []
    return [*new, *advice, *(f"{LISTED.name}: {name} is not there any more: remove its line" for name in gone)]


def main() -> int:
    files = [path.relative_to(ROOT) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    wrong = faults(list(participles(files)), allowed_names(LISTED.read_text("utf-8")))
    print("\n".join(wrong), end="\n" if wrong else "")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
