"""Renames definitions and modules from a map, everywhere and type-aware: `python -m tools.rename MAP [--write]`.

A map has one rename a line; `#` begins a comment:

    engine/runtime/audit.py::AuditLog._told -> _audit_row
    module engine/store/event_query.py -> engine/store/query_cache.py
    hint console/pages/alerts/alerts.py: self.list -> widgets/alerts/alert_list.py::AlertList

A hint states the class of an expression in one file (or in all: `*`) that has no annotation; `other` for one that is not the project's.

pyright's language server says which definition each occurrence means; overriding methods and implementations of a protocol are renamed
together. Lines that no longer apply, names that clash and occurrences that nobody can resolve are reported and left as they are.
"""

import argparse
import ast
import asyncio
import builtins
import datetime
import hashlib
import importlib
import json
import keyword
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeGuard
from urllib.parse import unquote, urlparse

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("engine", "console", "widgets", "benchmarks", "tools", "tests")
LINE = re.compile(r"(?P<file>\S+\.py)::(?P<name>[\w.]+)\s*->\s*(?P<new>\w+)$")
HINT = re.compile(r"hint\s+(?P<file>\S+):\s*(?P<owner>.+?)\s*->\s*(?P<key>\S+)$")
MOVE = re.compile(r"module\s+(?P<old>\S+\.py)\s*->\s*(?P<new>\S+\.py)$")
TEXTS = (".md", ".toml", ".yml", ".spec", ".cfg", ".ts")
PROPERTIES = ("property", "cached_property")
WINDOW = 200  # requests under way at the language server

Place = tuple[str, int, int]
"""File, line from 0, column in characters from 0."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A class or function: where its name stands, and in which class it is a member."""

    file: str
    name: str
    line: int
    column: int
    end: int
    owner: str
    is_class: bool

    @property
    def key(self) -> str:
        return f"{self.file}::{self.name}"

    @property
    def last(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def place(self) -> Place:
        return self.file, self.line, self.column


@dataclass(frozen=True, slots=True)
class TypeHint:
    """What the text says of a value's type: an annotation, or an expression whose type it is, and in which file that stands."""

    node: ast.AST | None
    file: str
    key: str = ""
    is_value: bool = False


FOREIGN = TypeHint(None, "", "foreign")


@dataclass(slots=True)
class ClassEntry:
    """A class with what decides whether a new member clashes: the names of its bases and of its members."""

    key: str
    name: str
    bases: tuple[str, ...]
    members: set[str] = field(default_factory=set)
    methods: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    types: dict[str, "TypeHint"] = field(default_factory=dict)
    is_protocol: bool = False


@dataclass(slots=True)
class Tree:
    """All Python files of the project with their definitions and classes."""

    texts: dict[str, str]
    definitions: dict[str, list[Definition]] = field(default_factory=dict)
    classes: dict[str, ClassEntry] = field(default_factory=dict)
    bound: dict[str, set[str]] = field(default_factory=dict)
    returns: dict[str, TypeHint] = field(default_factory=dict)


def read_tree() -> Tree:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    files = [name for name in dict.fromkeys(listed.stdout.split()) if name.split("/")[0] in PACKAGES and (ROOT / name).is_file()]
    tree = Tree({name: (ROOT / name).read_text(encoding="utf-8") for name in files})
    for name, text in tree.texts.items():
        parsed = ast.parse(text)
        _read_body(tree, name, text.splitlines(), parsed, "", "")
        tree.bound[name] = _bound_names(parsed)
    return tree


def _read_body(tree: Tree, file: str, lines: Sequence[str], body: ast.AST, prefix: str, owner: str) -> None:
    for node in ast.iter_child_nodes(body):
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            _read_body(tree, file, lines, node, prefix, owner)
            continue
        found = re.compile(rf"\b(?:def|class)\s+{node.name}\b").search(lines[node.lineno - 1])
        column = found.end() - len(node.name) if found else 0
        name = prefix + node.name
        is_class = isinstance(node, ast.ClassDef)
        one = Definition(file, name, node.lineno - 1, column, (node.end_lineno or node.lineno) - 1, owner, is_class)
        tree.definitions.setdefault(one.key, []).append(one)
        if isinstance(node, ast.ClassDef):
            tree.classes[one.key] = _class_entry(one.key, node)
        else:
            tree.returns[one.key] = TypeHint(node.returns, file)
        _read_body(tree, file, lines, node, name + ".", one.key if is_class else "")


def _class_entry(key: str, node: ast.ClassDef) -> ClassEntry:
    bases = tuple(re.split(r"[\[(]", ast.unparse(base))[0].rpartition(".")[2] for base in node.bases)
    entry = ClassEntry(key, node.name, bases, is_protocol="Protocol" in bases)
    file = key.partition("::")[0]
    for one in ast.walk(node):
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name) and one.value.id == "self":
            (entry.members if isinstance(one.ctx, ast.Store) else entry.used).add(one.attr)
    for one in node.body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            entry.members.add(one.name)
            entry.methods.add(one.name)
            if not isinstance(one, ast.ClassDef):
                _fields_in(entry, one, file)
        elif isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            entry.members.add(one.target.id)
            entry.types[one.target.id] = TypeHint(one.annotation, file)
        elif isinstance(one, ast.Assign):
            entry.members.update(target.id for target in one.targets if isinstance(target, ast.Name))
    return entry


def _fields_in(entry: ClassEntry, method: "ast.FunctionDef | ast.AsyncFunctionDef", file: str) -> None:
    """Types of `self.x = …` in a method: as annotated, of an annotated argument, or of what is called."""
    if any(
        isinstance(one, ast.Name | ast.Attribute) and ast.unparse(one).rpartition(".")[2] in PROPERTIES for one in method.decorator_list
    ):
        entry.types[method.name] = TypeHint(method.returns, file)
    arguments = {one.arg: one.annotation for one in [*method.args.posonlyargs, *method.args.args, *method.args.kwonlyargs]}
    for one in ast.walk(method):
        if isinstance(one, ast.AnnAssign) and _is_own(one.target):
            entry.types[one.target.attr] = TypeHint(one.annotation, file)
        elif isinstance(one, ast.Assign) and len(one.targets) == 1 and _is_own(one.targets[0]):
            name = one.targets[0].attr
            if isinstance(one.value, ast.Name) and arguments.get(one.value.id) is not None:
                entry.types.setdefault(name, TypeHint(arguments[one.value.id], file))
            elif isinstance(one.value, ast.Call):
                entry.types.setdefault(name, TypeHint(one.value, file, is_value=True))


def _is_own(node: ast.AST) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def _bound_names(parsed: ast.AST) -> set[str]:
    """Names that a file uses without a dot: a new name must not be among them where the old one is used without a dot."""
    names: set[str] = set()
    for node in ast.walk(parsed):
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            names.add(node.name)
    return names


# -- which definitions go together


class Families:
    """Classes that are related: by inheritance, or because one has every method of a protocol."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for entry in tree.classes.values():
            self._by_name[entry.name].append(entry.key)
        self._bases = {key: self._resolved(entry) for key, entry in tree.classes.items()}
        self._subclasses: dict[str, set[str]] = defaultdict(set)
        for key, bases in self._bases.items():
            for base in bases:
                self._subclasses[base].add(key)

    def _resolved(self, entry: ClassEntry) -> set[str]:
        """The classes of the project that a base's name can mean: those of the file itself, else those with this name."""
        file = entry.key.partition("::")[0]
        found: set[str] = set()
        for base in entry.bases:
            here = [key for key in self._by_name.get(base, ()) if key.startswith(file + "::") and key != entry.key]
            found.update(here or (key for key in self._by_name.get(base, ()) if self._imports(file, key)))
        return found

    def _imports(self, file: str, key: str) -> bool:
        module = key.partition("::")[0].removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        text = self._tree.texts[file]
        return module in text or f"from {module.rpartition('.')[0]} import" in text

    def line(self, key: str) -> set[str]:
        """The class with everything above and below it."""
        return self._reach(key, self._bases) | self._reach(key, self._subclasses)

    def above(self, key: str) -> set[str]:
        return self._reach(key, self._bases)

    def _reach(self, key: str, steps: dict[str, set[str]]) -> set[str]:
        seen, waiting = {key}, [key]
        while waiting:
            for one in steps.get(waiting.pop(), ()):
                if one not in seen:
                    seen.add(one)
                    waiting.append(one)
        return seen

    def owners(self, key: str, name: str) -> set[str]:
        """The classes that define this member for an instance of a class: the nearest above, else those below."""
        above = {one for one in self.above(key) if name in self._tree.classes[one].methods}
        return above or {one for one in self.line(key) | self._mixed_in(key) if name in self._tree.classes[one].methods}

    def has_field(self, key: str, name: str) -> bool:
        return any(name in self._tree.classes[one].members for one in self.above(key))

    def is_open(self, key: str) -> bool:
        """Whether a class has bases that are not the project's, whose members are not known here."""
        return bool(self.foreign_bases(key))

    def _mixed_in(self, key: str) -> set[str]:
        return {above for one in self._reach(key, self._subclasses) for above in self.above(one)}

    def foreign_bases(self, key: str) -> set[str]:
        """Names of bases outside the project, as far up as they can be followed."""
        return {base for one in self._reach(key, self._bases) for base in self._tree.classes[one].bases if base not in self._by_name}

    def related(self, owner: str, method: str) -> set[str]:
        """Owners of the definitions that have to bear the same name as this method."""
        seen, waiting = {owner}, [owner]
        while waiting:
            for one in self._next_to(waiting.pop(), method) - seen:
                seen.add(one)
                waiting.append(one)
        return {one for one in seen if method in self._tree.classes[one].methods}

    def _next_to(self, key: str, method: str) -> set[str]:
        found = {one for one in self.line(key) if method in self._tree.classes[one].members}
        entry = self._tree.classes[key]
        if method.startswith("_"):
            return found
        for other in self._tree.classes.values():
            if method in other.methods and other.key not in found:
                protocol, one = (entry, other) if entry.is_protocol else (other, entry)
                if protocol.is_protocol and not one.is_protocol and protocol.methods <= self._all_members(one.key):
                    found.add(other.key)
        return found

    def _all_members(self, key: str) -> set[str]:
        return {name for one in self.above(key) for name in self._tree.classes[one].members}


# -- the language server


class LanguageServer:
    """pyright's language server: says which definitions a place in a file means."""

    def __init__(self) -> None:
        env = os.environ | {"NODE_OPTIONS": "--max-old-space-size=6144"}
        command = [str(ROOT / ".venv/bin/pyright-langserver"), "--stdio"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env, cwd=ROOT
        )
        self._answers: dict[int, Any] = {}
        self._arrived = threading.Condition()
        self._number = 0
        self._folder = tempfile.TemporaryDirectory()
        environment = str((ROOT / ".venv").resolve())
        config = {
            "include": ["nothing"],
            "extraPaths": [str(ROOT)],
            "venvPath": str(Path(environment).parent),
            "venv": Path(environment).name,
            "ignore": ["**", str(ROOT)],
        }
        config |= {"typeCheckingMode": "off", "pythonVersion": "3.11"}
        (Path(self._folder.name) / "pyrightconfig.json").write_text(json.dumps(config))
        threading.Thread(target=self._listen, daemon=True).start()
        uri = Path(self._folder.name).as_uri()
        workspace = {"rootUri": uri, "workspaceFolders": [{"uri": uri, "name": "names"}]}
        capabilities = {
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {"declaration": {"linkSupport": False}},
        }
        self.answer(self.request("initialize", workspace | {"processId": os.getpid(), "capabilities": capabilities}))
        self._send({"method": "initialized", "params": {}})

    def definitions(self, file: str, text: str, places: Sequence[Place]) -> list[list[Place]]:
        """For each place the definitions that it means, as file, line and column."""
        uri = (ROOT / file).as_uri()
        self._send(
            {"method": "textDocument/didOpen", "params": {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": text}}}
        )
        lines = text.splitlines()
        answers: list[Any] = []
        for start in range(0, len(places), WINDOW):
            asked = [
                self.request("textDocument/declaration", self._position(uri, lines, place)) for place in places[start : start + WINDOW]
            ]
            answers += [self.answer(number) for number in asked]
        self._send({"method": "textDocument/didClose", "params": {"textDocument": {"uri": uri}}})
        return [self._places(answer) for answer in answers]

    @staticmethod
    def _position(uri: str, lines: Sequence[str], place: Place) -> dict[str, Any]:
        _, line, column = place
        units = len(lines[line][:column].encode("utf-16-le")) // 2
        return {"textDocument": {"uri": uri}, "position": {"line": line, "character": units}}

    @staticmethod
    def _places(answer: Any) -> list[Place]:
        found: list[Place] = []
        for one in answer if isinstance(answer, list) else [answer] if answer else []:
            path = Path(unquote(urlparse(one["uri"]).path))
            start = one["range"]["start"]
            file = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
            found.append((file, start["line"], start["character"]))
        return found

    def request(self, method: str, params: dict[str, Any]) -> int:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        return self._number

    def answer(self, number: int) -> Any:
        with self._arrived:
            if not self._arrived.wait_for(lambda: number in self._answers, timeout=180):
                raise TimeoutError("the language server does not answer")
            return self._answers.pop(number)

    def _send(self, message: dict[str, Any]) -> None:
        data = json.dumps({"jsonrpc": "2.0"} | message).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self._process.stdin.flush()

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while header := stream.readline():
            length = 0
            while header.strip():
                if header.lower().startswith(b"content-length:"):
                    length = int(header.split(b":")[1])
                header = stream.readline()
            message = json.loads(stream.read(length))
            if "method" in message and "id" in message:
                self._reply(message)
            elif "id" in message:
                with self._arrived:
                    self._answers[message["id"]] = message.get("result")
                    self._arrived.notify_all()

    def _reply(self, message: dict[str, Any]) -> None:
        items = message.get("params", {}).get("items", ()) if message["method"] == "workspace/configuration" else ()
        self._send({"id": message["id"], "result": [{} for _ in items] if items else None})

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()


# -- the map


@dataclass(frozen=True, slots=True)
class RenameMap:
    """What a map file asks for: new names by definition, new paths by module."""

    names: dict[str, str]
    moves: dict[str, str]
    hints: dict[str, str] = field(default_factory=dict)


def read_map(text: str) -> RenameMap:
    names: dict[str, str] = {}
    moves: dict[str, str] = {}
    hints: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.partition("#")[0].strip()
        if not plain:
            continue
        if move := MOVE.match(plain):
            moves[move["old"]] = move["new"]
        elif hint := HINT.match(plain):
            hints[f"{hint['file']}:{hint['owner']}"] = hint["key"]
        elif rename := LINE.match(plain):
            names[f"{rename['file']}::{rename['name']}"] = rename["new"]
        else:
            raise SystemExit(f"line {number} of the map is not understood: {line}")
    return RenameMap(names, moves, hints)


# -- which occurrence means what


@dataclass(frozen=True, slots=True)
class Edit:
    """One name in one file: from `start` to `end`, offsets in characters."""

    file: str
    start: int
    end: int
    new: str


@dataclass(slots=True)
class Question:
    """An attribute whose owner only types tell."""

    file: str
    line: int
    column: int
    start: int
    end: int
    name: str
    owner: str


@dataclass(slots=True)
class Scope:
    """Names bound in a module, class or function, and by what."""

    node: ast.AST
    parent: "Scope | None"
    key: str
    bindings: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    owner: str = ""
    first: str = ""
    passes: set[str] = field(default_factory=set)
    values: dict[str, list[tuple[str, ast.AST | None]]] = field(default_factory=lambda: defaultdict(list))


def _halves(text: str) -> tuple[str, str]:
    before, _, after = text.partition(" ")
    return before, after


class Resolver:
    """Finds in one tree what names and attributes mean, as far as the text alone tells; the rest become questions."""

    def __init__(self, tree: Tree, families: Families, targets: dict[str, str], moves: dict[str, str]) -> None:
        self._tree = tree
        self._families = families
        self._targets = targets
        self._moves = moves
        self._modules = {_module(file): file for file in tree.texts}
        self._old = {key.rpartition("::")[2].rpartition(".")[2] for key in targets}
        self._module_names = {Path(old).stem: Path(new).stem for old, new in moves.items()}
        self.members = {key.rpartition("::")[2].rpartition(".")[2] for key in targets if "." in key.partition("::")[2]}
        self._exports: dict[str, dict[str, list[tuple[str, str]]]] = {}
        self._depth = 0
        self.edits: list[Edit] = []
        self.questions: list[Question] = []
        self.notes: list[str] = []

    def read(self, file: str) -> None:
        text = self._tree.texts[file]
        if not self._concerned(text):
            return
        parsed = ast.parse(text)
        self._file, self._text = file, text
        self._starts = [0]
        for line in text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))
        self._lines = text.splitlines()
        scope = Scope(parsed, None, f"{file}::")
        self._bind(scope, parsed.body)
        self._visit_all(parsed.body, scope)

    def _concerned(self, text: str) -> bool:
        words = set(re.findall(r"\w+", text))
        return bool(words & self._old or words & set(self._module_names))

    # bindings

    def exports(self, file: str) -> dict[str, list[tuple[str, str]]]:
        if file not in self._exports:
            scope = Scope(ast.Module([], []), None, f"{file}::")
            kept, self._file = getattr(self, "_file", file), file
            self._bind(scope, ast.parse(self._tree.texts[file]).body)
            self._file = kept
            self._exports[file] = scope.bindings
        return self._exports[file]

    def _bind(self, scope: Scope, body: Iterable[ast.AST]) -> None:
        for node in body:
            self._bind_node(scope, node)

    def _bind_node(self, scope: Scope, node: ast.AST) -> None:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            scope.bindings[node.name].append(("def", scope.key + node.name))
            children: list[ast.AST] = [*node.decorator_list]
        elif isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            return
        elif isinstance(node, ast.Import):
            for alias in node.names:
                scope.bindings[alias.asname or alias.name.partition(".")[0]].append(
                    ("module", alias.name if alias.asname else alias.name.partition(".")[0])
                )
            return
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                scope.bindings[alias.asname or alias.name].append(("from", f"{node.module}:{alias.name}"))
            return
        elif isinstance(node, ast.Global | ast.Nonlocal):
            scope.passes.update(node.names)
            return
        else:
            _note_values(scope, node)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
                scope.bindings[node.id].append(("variable", scope.key + node.id))
            elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
                scope.bindings[node.name].append(("variable", scope.key + node.name))
            children = list(ast.iter_child_nodes(node))
        for child in children:
            self._bind_node(scope, child)

    def _bind_arguments(self, scope: Scope, arguments: ast.arguments) -> None:
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        for one in every:
            if isinstance(one, ast.arg):
                scope.bindings[one.arg].append(("variable", scope.key + one.arg))
                plain = one not in (arguments.vararg, arguments.kwarg) and one.annotation is not None
                scope.values[one.arg].append(("annotation", one.annotation) if plain else ("unknown", None))

    # meaning

    def _lookup(self, name: str, scope: Scope) -> set[str]:
        """What a name means: `def FILE::NAME`, `module DOTTED` or `other`."""
        here: Scope | None = scope
        while here is not None:
            skip = isinstance(here.node, ast.ClassDef) and here is not scope
            if name in here.bindings and not skip and name not in here.passes:
                return {self._meaning(kind, value) for kind, value in here.bindings[name]}
            here = here.parent
        return {"other"}

    def _meaning(self, kind: str, value: str, depth: int = 0) -> str:
        if kind == "def":
            return f"def {value}"
        if kind == "module":
            return f"module {value}"
        if kind == "from" and depth < 6:
            module, _, name = value.partition(":")
            if f"{module}.{name}" in self._modules:
                return f"module {module}.{name}"
            if module in self._modules:
                found = {self._meaning(k, v, depth + 1) for k, v in self.exports(self._modules[module]).get(name, ())}
                return found.pop() if len(found) == 1 else "other"
        return "other"

    def _of(self, node: ast.AST, scope: Scope) -> set[str]:
        """What an expression before a dot means; `self KEY` for an instance within its own class."""
        if isinstance(node, ast.Name):
            here: Scope | None = scope
            while here is not None:
                if here.first == node.id and here.owner:
                    return {f"self {here.owner}"}
                if node.id in here.bindings and not isinstance(here.node, ast.ClassDef):
                    break
                here = here.parent
            found = self._lookup(node.id, scope)
            return found if found != {"other"} else self._by_type(node, scope)
        if isinstance(node, ast.Attribute):
            return {self._member(*_halves(one), node.attr) for one in self._before_dot(node.value, scope)}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super":
            here = scope
            while here is not None and not here.owner:
                here = here.parent
            return {f"self {here.owner}"} if here is not None else {"other"}
        return self._by_type(node, scope)

    def _before_dot(self, node: ast.AST, scope: Scope) -> set[str]:
        meant = self._of(node, scope)
        if isinstance(node, ast.Attribute) and not all(
            one.startswith(("module ", "self ")) or one.partition(" ")[2] in self._tree.classes for one in meant
        ):
            return self._by_type(node, scope)
        return meant

    # types, as far as annotations tell

    def _by_type(self, node: ast.AST, scope: Scope) -> set[str]:
        key = self._class_of(self._type(node, scope))
        return {"foreign"} if key == "foreign" else {f"self {key}"} if key else {"other"}

    def _class_of(self, hint: TypeHint | None, depth: int = 0) -> str:
        """The class that a type is, `foreign` for one that is not the project's, or nothing."""
        if hint is None or depth > 8:
            return ""
        node = hint.node
        if hint.key or node is None:
            return hint.key
        if hint.is_value:
            return self._class_of(self._type_in(node, hint.file), depth + 1)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                return self._class_of(TypeHint(ast.parse(node.value, mode="eval").body, hint.file), depth + 1)
            except SyntaxError:
                return ""
        if isinstance(node, ast.BinOp):
            sides = {self._class_of(TypeHint(one, hint.file), depth + 1) for one in (node.left, node.right) if ast.unparse(one) != "None"}
            return sides.pop() if len(sides) == 1 else ""
        if isinstance(node, ast.Subscript):
            return self._class_of(TypeHint(node.value, hint.file), depth + 1)
        if isinstance(node, ast.Name):
            return self._named_class(node.id, hint.file)
        return ""

    def _named_class(self, name: str, file: str) -> str:
        bound = self.exports(file).get(name)
        if not bound:
            return "foreign" if hasattr(builtins, name) else ""
        meant = {self._meaning(kind, value) for kind, value in bound}
        if len(meant) == 1 and (key := next(iter(meant)).removeprefix("def ")) in self._tree.classes:
            return key
        kind, value = bound[0]
        return "foreign" if kind == "from" and value.partition(".")[0].partition(":")[0] not in PACKAGES else ""

    def _type_in(self, node: ast.AST, file: str) -> TypeHint | None:
        """The type of a call that stands in another file, by that file's own names."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            meant = {self._meaning(kind, value) for kind, value in self.exports(file).get(node.func.id, ())}
            return self._made({*meant}, TypeHint(node.func, file))
        return None

    def _made(self, meant: set[str], function: TypeHint) -> TypeHint | None:
        """What calling something gives."""
        key = next(iter(meant)).removeprefix("def ") if len(meant) == 1 else ""
        if key in self._tree.classes:
            return TypeHint(None, "", key)
        if key in self._tree.returns:
            return self._tree.returns[key]
        return (
            FOREIGN
            if meant == {"foreign"}
            or (isinstance(function.node, ast.Name) and self._named_class(function.node.id, function.file) == "foreign")
            else None
        )

    def _type(self, node: ast.AST | None, scope: Scope, depth: int = 0) -> TypeHint | None:
        if node is None or depth > 8 or self._depth > 12:
            return None
        self._depth += 1
        try:
            return self._type_of(node, scope, depth)
        finally:
            self._depth -= 1

    def _type_of(self, node: ast.AST, scope: Scope, depth: int) -> TypeHint | None:
        if isinstance(
            node,
            ast.Constant
            | ast.JoinedStr
            | ast.Compare
            | ast.List
            | ast.Dict
            | ast.Set
            | ast.Tuple
            | ast.ListComp
            | ast.DictComp
            | ast.SetComp,
        ):
            return FOREIGN
        if isinstance(node, ast.Await | ast.NamedExpr):
            return self._type(node.value, scope, depth + 1)
        if isinstance(node, ast.IfExp):
            return self._type(node.body, scope, depth + 1) or self._type(node.orelse, scope, depth + 1)
        if isinstance(node, ast.Name):
            return self._type_of_name(node.id, scope, depth)
        if isinstance(node, ast.Attribute):
            return self._type_of_attribute(node, scope, depth)
        if isinstance(node, ast.Call):
            return self._made(self._of(node.func, scope), TypeHint(node.func, self._file))
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            return self._item(self._type(node.value, scope, depth + 1))
        return None

    def _type_of_name(self, name: str, scope: Scope, depth: int) -> TypeHint | None:
        here: Scope | None = scope
        while here is not None:
            if here.owner and here.first == name:
                return TypeHint(None, "", here.owner)
            if name in here.bindings and (here is scope or not isinstance(here.node, ast.ClassDef)):
                return self._one_type(here, name, depth)
            here = here.parent
        return None

    def _one_type(self, scope: Scope, name: str, depth: int) -> TypeHint | None:
        hints: dict[str, TypeHint] = {}
        for how, node in scope.values.get(name, ()):
            if how == "annotation":
                return TypeHint(node, self._file)
            inner = self._type(node, scope if how == "value" else scope.parent or scope, depth + 1)
            inner = self._item(inner) if how == "item" else inner
            hints[self._class_of(inner)] = inner or FOREIGN
        if len(scope.values.get(name, ())) != len(scope.bindings[name]) or len(hints) != 1 or "" in hints:
            return None
        return next(iter(hints.values()))

    def _type_of_attribute(self, node: ast.Attribute, scope: Scope, depth: int) -> TypeHint | None:
        for one in self._before_dot(node.value, scope):
            kind, _, key = one.partition(" ")
            if kind == "foreign":
                return FOREIGN
            if kind == "self":
                return next(
                    (
                        self._tree.classes[owner].types[node.attr]
                        for owner in sorted(self._families.above(key))
                        if node.attr in self._tree.classes[owner].types
                    ),
                    None,
                )
        return None

    def _item(self, hint: TypeHint | None) -> TypeHint | None:
        """The type of what a collection holds; of a mapping, its values."""
        if hint is None or hint.node is None or hint.is_value:
            return None
        node = hint.node
        if isinstance(node, ast.Subscript):
            inner = node.slice
            if isinstance(inner, ast.Tuple):
                name = ast.unparse(node.value)
                if name in ("tuple",) and not (len(inner.elts) == 2 and isinstance(inner.elts[1], ast.Constant)):
                    return None
                return TypeHint(inner.elts[0] if name == "tuple" else inner.elts[-1], hint.file)
            return TypeHint(inner, hint.file)
        return None

    def _member(self, kind: str, value: str, name: str) -> str:
        if kind == "module":
            if f"{value}.{name}" in self._modules:
                return f"module {value}.{name}"
            if value in self._modules:
                found = {self._meaning(k, v) for k, v in self.exports(self._modules[value]).get(name, ())}
                return found.pop() if len(found) == 1 else "other"
            return f"module {value}.{name}" if any(one.startswith(f"{value}.{name}.") for one in self._modules) else "other"
        if kind in ("self", "def") and value in self._tree.classes:
            owners = self._families.owners(value, name)
            if owners:
                news = {self._targets.get(f"{owner}.{name}", "") for owner in owners}
                owner = sorted(owners)[0]
                return f"def {owner}.{name}" if len(news) == 1 else "mixed"
            return "other" if self._families.has_field(value, name) or not self._families.is_open(value) else "unknown"
        return "unknown" if kind in ("other", "unknown", "self", "def", "mixed") else "other"

    # visits

    def _visit_all(self, nodes: Iterable[ast.AST | None], scope: Scope) -> None:
        for node in nodes:
            if node is not None:
                self._visit(node, scope)

    def _visit(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            self._visit_function(node, scope)
        elif isinstance(node, ast.ClassDef):
            self._def_name(node, scope)
            self._visit_all([*node.decorator_list, *node.bases, *(one.value for one in node.keywords)], scope)
            inner = Scope(node, scope, f"{scope.key}{node.name}.")
            self._bind(inner, node.body)
            self._visit_all(node.body, inner)
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
            inner = Scope(node, scope, scope.key + "<comprehension>.")
            for one in node.generators:
                self._bind_node(inner, one.target)
                if isinstance(one.target, ast.Name):
                    inner.values[one.target.id].append(("item", one.iter))
            self._visit_all(ast.iter_child_nodes(node), inner)
        elif isinstance(node, ast.ImportFrom):
            self._visit_import(node)
        elif isinstance(node, ast.JoinedStr):
            self._visit_f_string(node, scope)
        elif isinstance(node, ast.Name):
            if node.id in self._old or node.id in self._module_names:
                self._rename(self._lookup(node.id, scope), node.id, *self._span(node.lineno, node.col_offset, node.id))
        elif isinstance(node, ast.Attribute):
            self._visit(node.value, scope)
            if node.attr in self._old or node.attr in self._module_names:
                self._attribute(
                    node, scope, self._span(node.end_lineno or 0, (node.end_col_offset or 0) - len(node.attr.encode()), node.attr)
                )
        else:
            if isinstance(node, ast.Call):
                self._by_string(node, scope)
            elif isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == "__all__" for one in node.targets):
                self._listed(node.value, scope)
            self._quoted(getattr(node, "annotation", None), scope)
            self._visit_all(ast.iter_child_nodes(node), scope)

    def _visit_function(self, node: "ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda", scope: Scope) -> None:
        arguments = node.args
        if isinstance(node, ast.Lambda):
            inner, body = Scope(node, scope, scope.key + "<lambda>."), [node.body]
            outside: list[ast.AST | None] = []
        else:
            self._def_name(node, scope)
            inner, body = Scope(node, scope, f"{scope.key}{node.name}."), node.body
            outside = [*node.decorator_list, node.returns]
            self._quoted(node.returns, scope)
            static = any(isinstance(one, ast.Name) and one.id == "staticmethod" for one in node.decorator_list)
            positional = [*arguments.posonlyargs, *arguments.args]
            if isinstance(scope.node, ast.ClassDef) and positional and not static:
                inner.owner, inner.first = scope.key.removesuffix("."), positional[0].arg
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        for one in every:
            if one is not None:
                self._quoted(one.annotation, scope)
                outside.append(one.annotation)
        self._visit_all([*outside, *arguments.defaults, *arguments.kw_defaults], scope)
        self._bind_arguments(inner, arguments)
        self._bind(inner, body)
        self._visit_all(body, inner)

    def _def_name(self, node: "ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef", scope: Scope) -> None:
        if (new := self._targets.get(scope.key + node.name)) is not None:
            line = self._lines[node.lineno - 1]
            found = re.search(rf"\b(?:def|class)\s+{node.name}\b", line)
            assert found is not None
            end = self._starts[node.lineno - 1] + found.end()
            self.edits.append(Edit(self._file, end - len(node.name), end, new))

    def _visit_import(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name in self._old or alias.name in self._module_names:
                meant = self._meaning("from", f"{node.module}:{alias.name}")
                self._rename({meant}, alias.name, *self._span(alias.lineno, alias.col_offset, alias.name))

    def _attribute(self, node: ast.Attribute, scope: Scope, span: tuple[int, int]) -> None:
        meant = self._of(node, scope)
        if meant & {"unknown", "mixed"} and node.attr in self.members:
            line = node.end_lineno or 1
            self.questions.append(
                Question(self._file, line - 1, span[0] - self._starts[line - 1], *span, node.attr, ast.unparse(node.value))
            )
        else:
            self._rename(meant, node.attr, *span)

    def _rename(self, meant: set[str], name: str, start: int, end: int) -> None:
        news = {self._new(one) for one in meant}
        if news == {""}:
            return
        if len(news) > 1:
            self._note(start, f"{name} means several things: {', '.join(sorted(meant))}")
            return
        if start < 0:
            self._note(0, f"{name} was not found at its place")
            return
        self.edits.append(Edit(self._file, start, end, news.pop()))

    def _new(self, meant: str) -> str:
        kind, _, value = meant.partition(" ")
        if kind == "def":
            return self._targets.get(value, "")
        if kind == "module" and value in self._modules:
            return Path(self._moves[file]).stem if (file := self._modules[value]) in self._moves else ""
        return ""

    def _span(self, line: int, column: int, name: str) -> tuple[int, int]:
        characters = len(self._lines[line - 1].encode()[:column].decode("utf-8", "ignore"))
        start = self._starts[line - 1] + characters
        return (start, start + len(name)) if self._text[start : start + len(name)] == name else (-1, -1)

    def _note(self, start: int, text: str) -> None:
        line = self._text.count("\n", 0, max(start, 0)) + 1
        self.notes.append(f"{self._file}:{line} {text}")

    # names within strings

    def _visit_f_string(self, node: ast.JoinedStr, scope: Scope) -> None:
        """Python before 3.12 does not say reliably where a name in an f-string stands: all of one name are renamed, or none."""
        mark, questions, self_notes = len(self.edits), len(self.questions), len(self.notes)
        for one in node.values:
            self._visit_all(ast.iter_child_nodes(one), scope)
        named = [one.id if isinstance(one, ast.Name) else one.attr for one in ast.walk(node) if isinstance(one, ast.Name | ast.Attribute)]
        interesting = {one for one in named if one in self._old or one in self._module_names}
        if not interesting:
            return
        start = self._starts[node.lineno - 1] + len(self._lines[node.lineno - 1].encode()[: node.col_offset].decode("utf-8", "ignore"))
        last = (node.end_lineno or node.lineno) - 1
        end = self._starts[last] + len(self._lines[last].encode()[: node.end_col_offset].decode("utf-8", "ignore"))
        found = [(a, b, name) for a, b, name in _names_in_braces(self._text, start, end) if name in interesting]
        made = self.edits[mark:]
        asked = self.questions[questions:]
        del self.edits[mark:], self.questions[questions:], self.notes[self_notes:]
        for name in interesting:
            places = [(a, b) for a, b, one in found if one == name]
            meant = [
                self._of(one, scope)
                for one in ast.walk(node)
                if isinstance(one, ast.Name | ast.Attribute) and (one.id if isinstance(one, ast.Name) else one.attr) == name
            ]
            news = {self._new(each) for one in meant for each in one}
            if len(places) == len(meant) and len(news) == 1 and not any(one & {"unknown", "mixed"} for one in meant):
                new = news.pop()
                self.edits += [Edit(self._file, a, b, new) for a, b in places if new]
            elif any(one & {"unknown", "mixed"} for one in meant) and name in self.members:
                for a, b in places:
                    line = self._text.count("\n", 0, a)
                    self.questions.append(
                        Question(
                            self._file, line, a - self._starts[line], a, b, name, self._text[max(0, a - 60) : a - 1].rpartition("{")[2]
                        )
                    )
            elif made or asked:
                self._note(start, f"{name} within an f-string was left as it is")

    def _by_string(self, node: ast.Call, scope: Scope) -> None:
        function = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
        if function not in ("setattr", "getattr", "hasattr", "delattr", "object", "methodcaller", "attrgetter") or not node.args:
            return
        at = 1 if len(node.args) > 1 and function not in ("methodcaller", "attrgetter") else 0
        name = node.args[at]
        if not isinstance(name, ast.Constant) or not isinstance(name.value, str) or name.value not in self._old:
            return
        meant = {self._member(*_halves(one), name.value) for one in self._of(node.args[0], scope)} if at else {"unknown"}
        start, _ = self._span(name.lineno, name.col_offset, self._lines[name.lineno - 1].encode()[name.col_offset :].decode()[:1])
        news = {self._new(one) for one in meant}
        if news == {""} and meant & {"unknown", "mixed"}:
            self._note(start, f"{name.value!r} as a string: look whether it is renamed")
        elif len(news) == 1 and (new := news.pop()):
            self.edits.append(Edit(self._file, start + 1, start + 1 + len(name.value), new))

    def _listed(self, node: ast.AST, scope: Scope) -> None:
        for one in ast.walk(node):
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value in self._old:
                start, _ = self._span(one.lineno, one.col_offset, '"')
                self._rename(self._lookup(one.value, scope), one.value, start + 1, start + 1 + len(one.value))

    def _quoted(self, annotation: ast.AST | None, scope: Scope) -> None:
        """Names of classes in annotations that are strings."""
        for one in ast.walk(annotation) if annotation is not None else ():
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.lineno == one.end_lineno:
                start, _ = self._span(one.lineno, one.col_offset, '"')
                for found in re.finditer(r"(?<![\w.])\w+", one.value):
                    if found[0] in self._old and start >= 0:
                        self._rename(self._lookup(found[0], scope), found[0], start + 1 + found.start(), start + 1 + found.end())


def _note_values(scope: Scope, node: ast.AST) -> None:
    """How the variables of a statement get their values."""
    if isinstance(node, ast.Assign):
        for one in node.targets:
            if isinstance(one, ast.Name):
                scope.values[one.id].append(("value", node.value))
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        scope.values[node.target.id].append(("annotation", node.annotation))
    elif isinstance(node, ast.NamedExpr):
        scope.values[node.target.id].append(("value", node.value))
    elif isinstance(node, ast.For | ast.AsyncFor) and isinstance(node.target, ast.Name):
        scope.values[node.target.id].append(("item", node.iter))


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _names_in_braces(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Names in the expressions of an f-string that stands from `start` to `end`, strings within them left out."""
    depth, at = 0, start
    while at < end:
        if text[at : at + 2] in ("{{", "}}") and depth == 0:
            at += 2
            continue
        if text[at] == "{":
            depth += 1
        elif text[at] == "}":
            depth -= 1
        elif depth > 0 and (found := re.compile(r"(?<!\w)[A-Za-z_]\w*").match(text, at)):
            yield found.start(), found.end(), found[0]
            at = found.end()
            continue
        elif depth > 0 and text[at] in "'\"" and (closing := text.find(text[at], at + 1)) > 0:
            at = closing
        at += 1


# -- planning and writing


class Renaming:
    """One run over the tree: what applies, what it changes, and what somebody has to look at."""

    def __init__(self, wanted: RenameMap, since: str = "") -> None:
        self.tree = read_tree()
        self.families = Families(self.tree)
        self.notes: list[str] = []
        self._moved = _moved_since(since) if since else {}
        self._hints = {self._now(one): self._now(key) for one, key in wanted.hints.items()}
        self.moves = self._moves(dict(map(self._move_now, wanted.moves.items())))
        self.targets = self._with_families(self._applying(wanted.names))

    def _now(self, key: str) -> str:
        """A key that begins with a file, with the file's path of now."""
        file = key.partition(":")[0]
        return self._moved.get(file, file) + key[len(file) :]

    def _move_now(self, move: tuple[str, str]) -> tuple[str, str]:
        """A module that was moved meanwhile gets its new name where it is."""
        old, new = move
        now = self._moved.get(old, old)
        return (now, new) if now == old else (now, str(Path(now).with_name(Path(new).name)))

    def _moves(self, moves: dict[str, str]) -> dict[str, str]:
        fine = {old: new for old, new in moves.items() if old in self.tree.texts and new not in self.tree.texts}
        self.notes += [f"does not apply: module {old} -> {new}" for old, new in moves.items() if old not in fine]
        return fine

    def _applying(self, names: dict[str, str]) -> dict[str, str]:
        fine: dict[str, str] = {}
        for key, new in names.items():
            file, _, name = key.partition("::")
            here = next((one for one in (key, f"{self._moved.get(file, file)}::{name}") if one in self.tree.definitions), "")
            if not here:
                self.notes.append(f"does not apply: {key} -> {new}")
            elif new != name.rpartition(".")[2]:
                fine[here] = new
        return fine

    def _with_families(self, names: dict[str, str]) -> dict[str, str]:
        """With the methods that override, or are overridden by, those in the map; without what clashes."""
        every = dict(names)
        for key, new in names.items():
            definition = self.tree.definitions[key][0]
            for owner in self.families.related(definition.owner, definition.last) if definition.owner else ():
                other = f"{owner}.{definition.last}"
                if every.setdefault(other, new) != new:
                    self.notes.append(f"related, but not to get one name: {key} and {other}")
        clashes = {key: why for key, new in every.items() if (why := self._clash(key, new))}
        clashes |= {
            key: "related to one that clashes"
            for key in every
            if any(self._same_family(key, bad) for bad in clashes) and key not in clashes
        }
        self.notes += [f"refused: {key} -> {every[key]}: {why}" for key, why in sorted(clashes.items())]
        return {key: new for key, new in every.items() if key not in clashes}

    def _same_family(self, key: str, other: str) -> bool:
        one, two = self.tree.definitions[key][0], self.tree.definitions[other][0]
        return bool(one.owner and two.owner and one.last == two.last and two.owner in self.families.related(one.owner, one.last))

    def _clash(self, key: str, new: str) -> str:
        if keyword.iskeyword(new) or hasattr(builtins, new):
            return f"{new} is a word of Python"
        definition = self.tree.definitions[key][0]
        if not definition.owner:
            return f"{new} is used in the file" if new in self.tree.bound[definition.file] or self._defined(key, new) else ""
        for owner in self.families.line(definition.owner):
            entry = self.tree.classes[owner]
            if new in entry.members | entry.used:
                return f"{owner} has {new}"
        foreign = {base for one in self.families.line(definition.owner) for base in self.families.foreign_bases(one)}
        return next((f"{base} has {new}" for base in sorted(foreign) if _foreign_has(base, new)), "")

    def _defined(self, key: str, new: str) -> bool:
        return f"{key.partition('::')[0]}::{new}" in self.tree.definitions

    def edits(self, store: Path | None, with_server: bool) -> list[Edit]:
        resolver = Resolver(self.tree, self.families, self.targets, self.moves)
        for _ in range(4):
            resolver = Resolver(self.tree, self.families, self.targets, self.moves)
            for file in self.tree.texts:
                resolver.read(file)
            clashing = {target for one in resolver.edits for target in self._clashing(one)}
            if not clashing:
                break
            self.notes += [f"refused: {key} -> {self.targets[key]}: the name is used where it is imported" for key in sorted(clashing)]
            gone = {key for key in self.targets if key in clashing or any(self._same_family(key, bad) for bad in clashing)}
            self.targets = {key: new for key, new in self.targets.items() if key not in gone}
        self.notes += resolver.notes
        return [*resolver.edits, *self._answered(resolver.questions, store, with_server), *self._in_texts()]

    def _clashing(self, edit: Edit) -> set[str]:
        """Definitions whose new name a file has already, where it is used without a dot."""
        text = self.tree.texts[edit.file]
        before = text[: edit.start].rstrip(" ")[-1:]
        if before == "." or edit.new not in self.tree.bound[edit.file] or text[edit.start - 1] in "\"'":
            return set()
        old = text[edit.start : edit.end]
        return {
            key
            for key, new in self.targets.items()
            if new == edit.new and self.tree.definitions[key][0].last == old and not self.tree.definitions[key][0].owner
        }

    def _answered(self, questions: Sequence[Question], store: Path | None, with_server: bool) -> list[Edit]:
        known: dict[str, list[str]] = json.loads(store.read_text()) if store is not None and store.exists() else {}
        by_file: dict[str, list[Question]] = defaultdict(list)
        edits: list[Edit] = []
        for one in questions:
            if (new := self._only_meaning(one.name)) is not None:
                edits += [Edit(one.file, one.start, one.end, new)] if new else []
            elif (key := self._hinted(one)) is not None:
                edits += self._by_answer(one, [key])
            else:
                by_file[one.file].append(one)
        places = {definition.place: key for key, ones in self.tree.definitions.items() for definition in ones}
        server: LanguageServer | None = None
        for count, (file, ones) in enumerate(sorted(by_file.items()), 1):
            digest = hashlib.sha256(self.tree.texts[file].encode()).hexdigest()[:16]
            open_ones = [one for one in ones if f"{digest}:{one.start}" not in known]
            if open_ones and with_server:
                server = server or LanguageServer()
                asked = [(one.file, one.line, one.column) for one in open_ones]
                for one, answer in zip(open_ones, server.definitions(file, self.tree.texts[file], asked), strict=True):
                    known[f"{digest}:{one.start}"] = [places.get(place, ":".join(map(str, place))) for place in answer]
                print(f"{count}/{len(by_file)} {file}", file=sys.stderr)
                if store is not None and count % 20 == 0:
                    store.write_text(json.dumps(known))
            edits += [edit for one in ones for edit in self._by_answer(one, known.get(f"{digest}:{one.start}", []))]
        if server is not None:
            server.close()
        if store is not None:
            store.write_text(json.dumps(known))
        return edits

    def _hinted(self, one: Question) -> str | None:
        """The member that a hint says is meant."""
        hint = self._hints.get(f"{one.file}:{one.owner}") or self._hints.get(f"*:{one.owner}")
        if hint is None or hint not in self.tree.classes:
            return hint
        owners = sorted(self.families.owners(hint, one.name))
        return f"{owners[0]}.{one.name}" if owners else hint

    def _only_meaning(self, name: str) -> str | None:
        """The new name of an attribute if all members of that name get it; empty: none gets one; None: types have to tell."""
        keys = [f"{entry.key}.{name}" for entry in self.tree.classes.values() if name in entry.members or name in entry.methods]
        news = {self.targets.get(key, "") for key in keys}
        if news == {""}:
            return ""
        if len(news) == 1 and name not in _common_names():
            return news.pop()
        return None

    def _by_answer(self, one: Question, meant: Sequence[str]) -> list[Edit]:
        news = {self.targets.get(key, "") for key in meant}
        if len(news) == 1:
            new = news.pop()
            return [Edit(one.file, one.start, one.end, new)] if new else []
        self.notes.append(
            f"{one.file}:{one.line + 1} {one.owner}.{one.name}: {'means several things' if news else 'not known what it means'}"
        )
        return []

    def _in_texts(self) -> list[Edit]:
        """Dotted names and paths in strings, comments and documents."""
        words: dict[str, str] = {}
        for old, new in self.moves.items():
            words |= {_module(old): _module(new), old: new, old.rpartition("/")[2] if old.count("/") > 9 else old: new}
        for key, new in self.targets.items():
            file, _, name = key.partition("::")
            words[f"{_module(file)}.{name}"] = f"{_module(file)}.{name.rpartition('.')[0]}{'.' if '.' in name else ''}{new}"
        edits: list[Edit] = []
        pattern = (
            re.compile(r"(?<![\w./])(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + r")(?!\w)") if words else None
        )
        for file, text in (self.tree.texts | _documents()).items():
            for found in pattern.finditer(text) if pattern is not None else ():
                edits.append(Edit(file, found.start(), found.end(), words[found[0]]))
        return [*edits, *self._in_backticks()]

    def _in_backticks(self) -> list[Edit]:
        """Names in comments and docstrings of the file that defines them."""
        by_file: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for key in self.tree.definitions:
            file, _, name = key.partition("::")
            by_file[file][name.rpartition(".")[2]].add(self.targets.get(key, ""))
        edits: list[Edit] = []
        for file, names in by_file.items():
            fine = {name: next(iter(news)) for name, news in names.items() if len(news) == 1 and any(news)}
            if fine:
                found = re.finditer(r"`(?:[A-Z]\w*\.)?(" + "|".join(fine) + r")(?:\(\))?`", self.tree.texts[file])
                edits += [Edit(file, one.start(1), one.end(1), fine[one[1]]) for one in found]
        return edits

    def write(self, edits: Iterable[Edit]) -> int:
        texts = self.tree.texts | _documents()
        by_file: dict[str, dict[tuple[int, int], str]] = defaultdict(dict)
        for one in edits:
            before = by_file[one.file].setdefault((one.start, one.end), one.new)
            if before != one.new:
                self.notes.append(f"{one.file}: {texts[one.file][one.start : one.end]} would become {before} and {one.new}")
        for file, places in by_file.items():
            text, last = texts[file], len(texts[file]) + 1
            for (start, end), new in sorted(places.items(), reverse=True):
                if end <= last:
                    text, last = text[:start] + new + text[end:], start
            (ROOT / file).write_text(text, encoding="utf-8")
        for old, new in self.moves.items():
            (ROOT / new).parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["git", "mv", old, new], cwd=ROOT, check=True)
        return len(by_file)


@cache
def _documents() -> dict[str, str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    names = [name for name in listed if name.endswith(TEXTS) and not name.startswith("docs/decisions") and name != "CHANGELOG.md"]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in names if (ROOT / name).is_file()}


def _moved_since(commit: str) -> dict[str, str]:
    listed = subprocess.run(
        ["git", "diff", "-M", "--name-status", "--diff-filter=R", commit], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {line.split("\t")[1]: line.split("\t")[2] for line in listed.stdout.splitlines()}


@cache
def _foreign_class(name: str) -> type | None:
    for module in ("PySide6.QtWidgets", "PySide6.QtGui", "PySide6.QtCore", "enum", "threading", "builtins", "PySide6.QtOpenGLWidgets"):
        try:
            found = getattr(importlib.import_module(module), name, None)
        except ImportError:
            continue
        if isinstance(found, type):
            return found
    return None


def _foreign_has(base: str, name: str) -> bool:
    found = _foreign_class(base)
    return found is not None and hasattr(found, name)


@cache
def _common_names() -> frozenset[str]:
    """Attributes of values that are everywhere: an attribute with one of these names is not the project's for sure."""
    kinds: list[object] = [
        str,
        bytes,
        list,
        dict,
        set,
        int,
        float,
        BaseException,
        Path,
        asyncio.Future,
        datetime.datetime,
        threading.Event,
        subprocess.Popen,
    ]
    names = {name for kind in kinds for name in dir(kind)}
    for module in ("PySide6.QtWidgets", "PySide6.QtGui", "PySide6.QtCore", "numpy"):
        try:
            loaded = importlib.import_module(module)
        except ImportError:
            continue
        names |= {name for kind in vars(loaded).values() if isinstance(kind, type) for name in dir(kind)}
    return frozenset(names)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("map", type=Path)
    parser.add_argument("--write", action="store_true", help="write the files; otherwise only report")
    parser.add_argument("--since", default="", metavar="COMMIT", help="the map is of this commit: files that moved since are followed")
    parser.add_argument("--cache", type=Path, help="a file for the language server's answers, so that a second run is short")
    parser.add_argument("--no-server", action="store_true", help="ask no language server: what only types tell is reported")
    options = parser.parse_args()
    renaming = Renaming(read_map(options.map.read_text(encoding="utf-8")), options.since)
    edits = renaming.edits(options.cache, not options.no_server)
    files = renaming.write(edits) if options.write else len({one.file for one in edits})
    for note in dict.fromkeys(renaming.notes):
        print(note)
    end = "" if options.write else " (nothing written)"
    print(f"{len(renaming.targets)} definitions and {len(renaming.moves)} modules: {len(edits)} places in {files} files{end}")


if __name__ == "__main__":
    main()
