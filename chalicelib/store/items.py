"""Dataclasses to DynamoDB items and back, by their type hints.

Old rows stay readable: a field that an old row lacks gets its default, one that is gone is ignored. Each class is
looked at once per process: a delivery turns several rows around, and boto3's own serializers cost more than all else.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Item = dict[str, Any]


def to_attributes(plain: Mapping[str, Any]) -> Item:
    """Plain values to what the client takes: `{"naam": {"S": …}}`; None is left out."""
    return {name: _serialize(value) for name, value in plain.items() if value is not None}


def _serialize(value: Any) -> Item:
    """One value. Numbers are int: nothing here is stored as a fraction. TypeError for what cannot be stored."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, Mapping):
        return {"M": {name: _serialize(part) for name, part in value.items()}}
    if isinstance(value, list | tuple):
        return {"L": [_serialize(part) for part in value]}
    if value is None:
        return {"NULL": True}
    raise TypeError(type(value).__name__)


def from_attributes(item: Mapping[str, Any]) -> dict[str, Any]:
    """What the client gives to plain values."""
    plain = {}
    for name, attribute in item.items():
        ((soort, value),) = attribute.items()
        plain[name] = value if soort == "S" else _PLAIN[soort](value)
    return plain


def _zelf(value: Any) -> Any:
    return value


_PLAIN: dict[str, Callable[[Any], Any]] = {
    "S": _zelf,
    "N": int,
    "BOOL": _zelf,
    "M": from_attributes,
    "L": lambda value: list(from_attributes({str(n): part for n, part in enumerate(value)}).values()),
    "NULL": lambda _: None,
}


_ZELF = frozenset({str, int, bool})


def dump(value: Any) -> Any:
    """A dataclass (or what stands in one) to plain dict, list, str, int and bool; empty values are left out."""
    return _dumper(cast(Any, type(value)))(value)


@lru_cache(maxsize=256)
def _dumper(soort: type) -> Callable[[Any], Any]:
    if is_dataclass(soort):
        names = tuple(field.name for field in fields(soort))
        return lambda value: _dump_velden(value, names)
    if issubclass(soort, StrEnum):
        return lambda value: value.value
    if issubclass(soort, date):
        return lambda value: value.isoformat()
    if issubclass(soort, tuple | frozenset):
        return lambda value: [dump(part) for part in value]
    return lambda value: value


def _dump_velden(value: Any, names: tuple[str, ...]) -> Item:
    plain = {}
    for name in names:
        part = dump_deel(getattr(value, name))
        if part is not None:
            plain[name] = part
    return plain


def dump_deel(part: Any) -> Any:
    """One field of a dataclass, as `dump` gives it; None for one that is left out."""
    if part is None or type(part) in _ZELF:
        return part
    return dump(part) or None


def load(cls: type[T], plain: Mapping[str, Any]) -> T:
    """The dataclass that was dumped."""
    loaders = _loaders(cast(Any, cls))
    return cls(**{name: loaders[name](value) for name, value in plain.items() if name in loaders})


@lru_cache(maxsize=64)
def _loaders(cls: Any) -> dict[str, Callable[[Any], Any]]:
    return {name: _loader(hint) for name, hint in get_type_hints(cls).items()}


def _loader(hint: Any) -> Callable[[Any], Any]:
    """How a value under this hint is read back."""
    origin = get_origin(hint)
    if origin in (types.UnionType, Union):
        return _loader(next(part for part in get_args(hint) if part is not type(None)))
    if origin is tuple:
        return _tuple_loader(get_args(hint))
    if hint in (datetime, date):
        return cast(Callable[[Any], Any], hint.fromisoformat)
    if hint is int or (isinstance(hint, type) and issubclass(hint, StrEnum)):
        return cast(Callable[[Any], Any], hint)
    if is_dataclass(hint):
        return lambda value: load(cast(Any, hint), value) if isinstance(value, dict) else value
    return _zelf


def _tuple_loader(parts: tuple[Any, ...]) -> Callable[[Any], Any]:
    if parts[-1] is Ellipsis:
        each = _loader(parts[0])
        return lambda value: tuple(each(part) for part in value)
    loaders = [_loader(part) for part in parts]
    return lambda value: tuple(loader(part) for loader, part in zip(loaders, value, strict=True))
