"""Conditions on lists that are kept as JSON, for SQLite (its JSON1) and PostgreSQL (jsonb)."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class holds_text(GenericFunction[bool]):
    """Whether a list has this text."""

    package = "watchroom"
    name = "holds_text"
    type = Boolean()
    inherit_cache = True


class is_empty_list(GenericFunction[bool]):
    package = "watchroom"
    name = "is_empty_list"
    type = Boolean()
    inherit_cache = True


@compiles(holds_text)
def _holds_text(element: holds_text, compiler: SQLCompiler, **more: Any) -> str:
    column, wanted = _parts(element, compiler, more)
    return f"EXISTS (SELECT 1 FROM json_each({column}) AS item WHERE item.value = {wanted})"


@compiles(holds_text, "postgresql")
def _holds_text_in_jsonb(element: holds_text, compiler: SQLCompiler, **more: Any) -> str:
    column, wanted = _parts(element, compiler, more)
    return f"jsonb_exists({column}, {wanted})"


@compiles(is_empty_list)
def _is_empty_list(element: is_empty_list, compiler: SQLCompiler, **more: Any) -> str:
    return f"(json_array_length({_parts(element, compiler, more)[0]}) = 0)"


@compiles(is_empty_list, "postgresql")
def _is_empty_jsonb(element: is_empty_list, compiler: SQLCompiler, **more: Any) -> str:
    return f"(jsonb_array_length({_parts(element, compiler, more)[0]}) = 0)"


def _parts(element: GenericFunction[bool], compiler: SQLCompiler, more: dict[str, Any]) -> list[str]:
    clauses: list[ColumnElement[Any]] = list(element.clauses)
    return [compiler.process(each, **more) for each in clauses]
