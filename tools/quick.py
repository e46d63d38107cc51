"""`make quick`: the static checks, and the tests of what changed, within a minute.

What changed is told by git: the commits since `BASE` (default: where this branch left main; on main the last commit) and the working tree.
A test file is chosen when it changed, when it has the module's name, or when it imports the module, directly or through one or two
others, or when it reads the source of its package; nearest first. What does not fit into the time is left to `make test`, and one line
says how much.
"""

import argparse
import ast
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("engine", "widgets", "console", "benchmarks", "tools", "tests")
BUDGET_S = 35.0
GRACE_S = 8.0  # a test that takes longer than what is left is interrupted after it
MOST_FILES = 60  # for each of the two runs: collecting hundreds of files takes the whole time
FARTHEST = 3  # imports between a test and the changed module
READING = {  # tests that read source instead of importing it
    "tests/console/test_translation.py": ("console/", "widgets/", "engine/"),
    "tests/tools/test_settings_page.py": ("engine/model/",),
}
_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+\S+[ \t]+import[ \t]+(?:\([^)]*\)|[^\n]+)|import[ \t]+[^\n]+)", re.MULTILINE)
SCREEN = ("xvfb-run", "-a", "-s", "-screen 0 1920x1200x24")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Test files in the order of how near they are to the change: `engine` runs without Qt, `screen` on a screen of its own."""

    engine: tuple[str, ...]
    screen: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.engine) + len(self.screen)

    def nearest(self, most: int) -> "Chosen":
        return Chosen(self.engine[:most], self.screen[:most])


def git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.split("\0") if "-z" in arguments else done.stdout.splitlines()


def base() -> str:
    """The commit that the change is held against."""
    if os.environ.get("BASE"):
        return os.environ["BASE"]
    head = git("rev-parse", "HEAD")
    for name in ("origin/main", "main"):
        found = git("merge-base", "HEAD", name)
        if found and found != head:
            return found[0]
    return "HEAD~1"


def changed(since: str) -> tuple[str, ...]:
    """Paths of Python files that are there now."""
    names = [*git("diff", "--name-only", "-z", since), *git("ls-files", "--others", "--exclude-standard", "-z")]
    return tuple(dict.fromkeys(name for name in names if name.endswith(".py") and (ROOT / name).is_file()))


def _import_statements(source: str) -> Iterator[ast.stmt]:
    """Found by how they look, as to parse whole files takes seconds; a line of a text that looks like one does no harm."""
    for match in _IMPORT.finditer(source):
        with suppress(SyntaxError):
            yield from ast.parse(match[0].lstrip()).body


def imports(source: str) -> frozenset[str]:
    """Dotted names of modules that a file imports, as far as they are the project's."""
    found: set[str] = set()
    for node in _import_statements(source):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(name for name in found if name.partition(".")[0] in PACKAGES)


def module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def distances(files: Iterable[str], imported: dict[str, frozenset[str]]) -> dict[str, int]:
    """By file: how many imports lie between it and the nearest of these files. Files further away than FARTHEST are not in it."""
    found = dict.fromkeys(files, 0)
    for distance in range(1, FARTHEST + 1):
        nearer = {module(file) for file, at in found.items() if at == distance - 1}
        found |= {file: distance for file, names in imported.items() if file not in found and not names.isdisjoint(nearer)}
    return found


def choose(files: Iterable[str], imported: dict[str, frozenset[str]]) -> Chosen:
    """`imported`: by Python file of the project, tests included."""
    files = tuple(files)
    stems = {Path(name).stem for name in files if not name.startswith("tests/")}
    far = distances(files, imported)
    ranked: list[tuple[int, str]] = []
    for test in (name for name in imported if name.startswith("tests/") and Path(name).stem.startswith("test_")):
        if test in files:
            ranked.append((0, test))
        elif Path(test).stem.removeprefix("test_") in stems or any(name.startswith(READING.get(test, ())) for name in files):
            ranked.append((1, test))
        elif test in far:
            ranked.append((1 + far[test], test))
    order = [test for _, test in sorted(ranked)]
    without_qt = ("tests/engine/", "tests/fakes/", "tests/acceptance/")
    engine = tuple(test for test in order if test.startswith(without_qt))
    return Chosen(engine, tuple(test for test in order if not test.startswith(without_qt)))


def all_imports() -> dict[str, frozenset[str]]:
    """Imports of every Python file of the project."""
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): imports(path.read_text("utf-8")) for path in paths}


def _started(*command: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **environment}
    )


def _tool(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _checks(files: Sequence[str]) -> dict[str, subprocess.Popen[str]]:
    typed = [name for name in files if not name.startswith("tests/")]
    checks = {
        "ruff check": _started(_tool("ruff"), "check", "--quiet", "."),
        "ruff format": _started(_tool("ruff"), "format", "--check", "--quiet", "."),
        "names": _started(sys.executable, "-m", "tools.name_check"),
        "import-linter": _started(_tool("lint-imports")),
    }
    return checks | ({"pyright": _started(_tool("pyright"), *typed)} if typed else {})


def _tests(chosen: Chosen, budget_s: float) -> dict[str, subprocess.Popen[str]]:
    pytest = (sys.executable, "-m", "pytest", "-q", "-x", "-p", "tools.time_budget")
    limit = {"WATCHROOM_TEST_BUDGET_S": f"{budget_s:g}", "WATCHROOM_TEST_GRACE_S": f"{GRACE_S:g}"}
    found: dict[str, subprocess.Popen[str]] = {}
    if chosen.engine:
        found["tests without a screen"] = _started(*pytest, "-p", "no:pytest-qt", *chosen.engine, WATCHROOM_WITHOUT_QT="1", **limit)
    if chosen.screen:
        found["tests on a screen"] = _started(*SCREEN, *pytest, *chosen.screen, **limit)
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.quick", description=__doc__)
    parser.add_argument("--seconds", type=float, default=BUDGET_S, help="time for the tests (default %(default)s)")
    parser.add_argument("--list", action="store_true", help="only print the test files, nearest first")
    options = parser.parse_args(arguments)
    started_s, files = time.monotonic(), changed(base())
    checks = {} if options.list else _checks(files)  # they run while imports are read
    every = choose(files, all_imports())
    if options.list:
        print("\n".join((*every.engine, *every.screen)))
        return 0
    chosen = every.nearest(MOST_FILES)
    left = f"; {every.count - chosen.count} further test files left to make test" if chosen != every else ""
    print(f"{len(files)} changed files, {chosen.count} test files{left}", flush=True)
    failed = False
    for name, process in {**_tests(chosen, options.seconds), **checks}.items():
        output, _ = process.communicate()
        failed = failed or process.returncode != 0
        print(f"{'ok    ' if process.returncode == 0 else 'FAILED'} {name}", flush=True)
        for line in output.splitlines():
            if process.returncode or "left to make test" in line:
                print(f"  {line}", flush=True)
    print(f"{time.monotonic() - started_s:.0f} s")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
