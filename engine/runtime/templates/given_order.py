"""An order of the hub, as a site reads it."""

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from engine.model.templates import OrderAct
from engine.model.value_class import dataclass


@dataclass(frozen=True, slots=True)
class GivenOrder:
    """`values`: of the version. seen: digest of the present values that the dry run saw; empty: there was none."""

    id: str
    act: OrderAct
    template: str = ""
    name: str = ""
    version: int = 0
    values: Mapping[str, Any] = field(default_factory=dict[str, Any])
    seen: str = ""
