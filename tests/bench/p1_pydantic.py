"""The pydantic-xml peer of P1: one model per block, made from the table."""

import re
from collections.abc import Callable
from typing import Any

from pydantic import create_model
from pydantic_xml import BaseXmlModel, attr, element

from chalicelib.gegevensset.tabel import Element, standaard


def round_trip(version: str) -> Callable[[bytes], bytes]:
    """Bytes to a model and back."""
    table = standaard(version)
    root = _model(table.wortel, table.namespace)

    def there_and_back(data: bytes) -> bytes:
        written: bytes = root.from_xml(data).to_xml(exclude_none=True, encoding="utf-8")
        return written

    return there_and_back


def _model(field: Element, namespace: str) -> Any:
    kind: dict[str, Any] = {"tag": field.naam, "ns": "", "nsmap": {"": namespace}}
    if field.heeft_groep:
        kind["search_mode"] = "unordered"  # a group that repeats has no place in a model: its order is lost
    members: dict[str, Any] = {_name(child): _member(child, namespace) for child in field.kinderen}
    if field.attributen:
        members = {_name(a): (str | None, attr(name=a.naam[1:], default=None)) for a in field.attributen}
        members["text"] = (str, ...)
    return create_model(f"M{id(field)}", __base__=BaseXmlModel, __cls_kwargs__=kind, **members)


def _member(field: Element, namespace: str) -> Any:
    type_: Any = _model(field, namespace) if field.is_blok or field.attributen else str
    if field.herhaalt or field.groep:
        return list[type_] | None, element(tag=field.naam, ns="", nsmap={"": namespace}, default=None)
    if field.min == 0 or field.keuze:
        return type_ | None, element(tag=field.naam, ns="", nsmap={"": namespace}, default=None)
    return type_, element(tag=field.naam, ns="", nsmap={"": namespace})


def _name(field: Element) -> str:
    return "f_" + re.sub(r"\W", "_", field.naam.lstrip("@"))
