"""`make quick`: the static checks, and the tests of what changed, within a minute.

What changed is told by git: the commits since `BASE` (default: where this branch left main; on main the last commit) and the working tree.
A test file belongs to it when it changed itself, when it bears the module's name, or when it imports the module. What does not fit into
the time is left to `make test`, and said.
"""

import argparse
import ast
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("engine", "widgets", "console", "benchmarks", "tools", "tests")
BUDGET_S = 35.0
SCREEN = ("xvfb-run", "-a", "-s", "-screen 0 1920x1200x24")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Test files in the order of how near they are to the change: `engine` runs without Qt, `screen` on a screen of its own."""

    engine: tuple[str, ...]
    screen: tuple[str, ...]


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


def imports(source: str) -> frozenset[str]:
    """Dotted names of modules that a file imports, as far as they are the project's."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(name for name in found if name.partition(".")[0] in PACKAGES)


def choose(files: Iterable[str], tests: Iterable[str], imported: dict[str, frozenset[str]]) -> Chosen:
    """`imported`: by test file."""
    files = tuple(files)
    modules = {name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in files}
    stems = {Path(name).stem for name in files if not name.startswith("tests/")}
    ranked: list[tuple[int, str]] = []
    for test in tests:
        if test in files:
            ranked.append((0, test))
        elif Path(test).stem.removeprefix("test_") in stems:
            ranked.append((1, test))
        elif imported[test] & modules:
            ranked.append((2, test))
    order = [test for _, test in sorted(ranked)]
    without_qt = ("tests/engine/", "tests/fakes/", "tests/acceptance/")
    engine = tuple(test for test in order if test.startswith(without_qt))
    return Chosen(engine, tuple(test for test in order if test not in engine))


def _started(*command: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env={**os.environ, **environment}
    )


def _tool(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _checks(files: Sequence[str]) -> dict[str, subprocess.Popen[str]]:
    typed = [name for name in files if name.startswith("engine/")]
    checks = {
        "ruff check": _started(_tool("ruff"), "check", "--quiet", "."),
        "ruff format": _started(_tool("ruff"), "format", "--check", "--quiet", "."),
        "import-linter": _started(_tool("lint-imports")),
    }
    return checks | ({"pyright": _started(_tool("pyright"), *typed)} if typed else {})


def _tests(chosen: Chosen, budget_s: float) -> dict[str, subprocess.Popen[str]]:
    pytest = (sys.executable, "-m", "pytest", "-q", "-x", "-p", "tools.time_budget")
    limit = {"WATCHROOM_TEST_BUDGET_S": f"{budget_s:g}"}
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
    tests = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py"))
    chosen = choose(files, tests, {test: imports((ROOT / test).read_text("utf-8")) for test in tests})
    if options.list:
        print("\n".join((*chosen.engine, *chosen.screen)))
        return 0
    print(f"{len(files)} changed files, {len(chosen.engine) + len(chosen.screen)} test files", flush=True)
    failed = False
    for name, process in {**_tests(chosen, options.seconds), **_checks(files)}.items():
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
