"""Dataclasses to DynamoDB items and back, by their type hints.

Old rows stay readable: a field that an old row lacks gets its default, one that is gone is ignored.
"""

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

T = TypeVar("T")
Item = dict[str, Any]


class _Deserializer(TypeDeserializer):
    """Numbers as int: nothing here is stored as a fraction."""

    def _deserialize_n(self, value: str) -> int:
        return int(value)


_serialize = TypeSerializer().serialize
_deserialize = _Deserializer().deserialize


def to_attributes(plain: Mapping[str, Any]) -> Item:
    """Plain values to what the client takes: `{"naam": {"S": …}}`; None is left out."""
    return {name: _serialize(value) for name, value in plain.items() if value is not None}


def from_attributes(item: Mapping[str, Any]) -> dict[str, Any]:
    """What the client gives to plain values."""
    return {name: _deserialize(value) for name, value in item.items()}


def dump(value: Any) -> Any:
    """A dataclass (or what stands in one) to plain dict, list, str, int and bool; empty values are left out."""
    if is_dataclass(value):
        plain = {field.name: dump(getattr(value, field.name)) for field in fields(value)}
        return {name: part for name, part in plain.items() if part not in (None, [], {})}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, tuple | frozenset):
        return [dump(part) for part in value]
    return value


def load(cls: type[T], plain: Mapping[str, Any]) -> T:
    """The dataclass that was dumped."""
    hints: dict[str, Any] = _hints(cls)  # type: ignore[arg-type]  # every class is hashable
    return cls(**{name: _load(hints[name], value) for name, value in plain.items() if name in hints})


@lru_cache(maxsize=64)
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)


def _load(hint: Any, value: Any) -> Any:
    origin = get_origin(hint)
    if origin in (types.UnionType, Union):
        return _load(next(part for part in get_args(hint) if part is not type(None)), value)
    if origin is tuple:
        parts = get_args(hint)
        if parts[-1] is Ellipsis:
            return tuple(_load(parts[0], part) for part in value)
        return tuple(_load(part, each) for part, each in zip(parts, value, strict=True))
    if hint in (datetime, date):
        return hint.fromisoformat(value)
    if hint is int:
        return int(value)
    if is_dataclass(hint):
        return load(hint, value) if isinstance(value, Mapping) else value  # type: ignore[arg-type]  # is_dataclass narrows to an instance or a type; a hint is a type
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint(value)
    return value
