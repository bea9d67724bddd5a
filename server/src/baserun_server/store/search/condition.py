"""A condition of a statement: SQL of ours, and the values that it refers to."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Condition:
    """SQL that is true for what is wanted, and the values that it refers to."""

    sql: str = "1"
    parameters: dict[str, Any] = field(default_factory=dict)
