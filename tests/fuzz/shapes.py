"""JSON after our own OpenAPI document, made from a seeded source of chance; and the same with something wrong in it.

`tests/e2e/random_input.py` does this for hypothesis, a few inputs per route; here a hundred thousand are needed.
"""

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from tests.pupil import NUMBERS

Schema = Mapping[str, Any]
TEXTS = (
    *("", "x", "é😀", "14SS", "99EF", "16VO", "00YY", "14SS00", "99EF00", "0", "10", "2026-07-31", "0001-01-01"),
    *("9999-12-31", "2026-02-29", "2025-2026", "0000-0001", "2026-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"),
    *("POPO", "POVO", "BB-POPO", "=1+1", "../..", "\0", "\ufffe", "\ud800", "٣", "a" * 300, "x" * 5000, "l-1", "l-2"),
    *("2019.1", "BSN", "naam@school.example", "0000ZZ", "000-5550001", *NUMBERS[:3]),
)
_RUBBISH: Sequence[Any] = (None, True, False, 0, -1, 2**31, 2**63, 10**17, 10**30, 1.5, 1e308, [], {}, [None], [[]])


def value(rnd: Random, schema: Schema, schemas: Schema, depth: int = 0) -> Any:
    """Something that this schema takes, or nearly: patterns and lengths are tried, not solved."""
    if "$ref" in schema:
        return value(rnd, schemas[schema["$ref"].rpartition("/")[2]], schemas, depth + 1)
    if "anyOf" in schema:
        return value(rnd, rnd.choice(schema["anyOf"]), schemas, depth)
    if "const" in schema or "enum" in schema:
        return rnd.choice(schema.get("enum") or [schema["const"]])
    kind = schema.get("type")
    if kind == "object":
        return _object(rnd, schema, schemas, depth)
    if kind == "array":
        least = schema.get("minItems", 0)
        return [value(rnd, schema["items"], schemas, depth + 1) for _ in range(rnd.choice((least, least + 1, 3)))]
    return _leaf(rnd, kind, schema)


def _object(rnd: Random, schema: Schema, schemas: Schema, depth: int) -> Any:
    required, properties = schema.get("required", ()), schema.get("properties", {})
    chance = 0.5 if depth < 3 else 0.1
    made = {
        name: value(rnd, part, schemas, depth + 1)
        for name, part in properties.items()
        if name in required or rnd.random() < chance
    }
    extra = schema.get("additionalProperties")
    if isinstance(extra, Mapping) and rnd.random() < chance:
        made[rnd.choice(TEXTS)] = value(rnd, extra, schemas, depth + 1)
    return made


def _leaf(rnd: Random, kind: str | None, schema: Schema) -> Any:
    if kind == "string":
        return _text(rnd, schema)
    if kind == "integer":
        return rnd.randint(schema.get("minimum", -5), schema.get("maximum", 2**40))
    return {"boolean": rnd.random() < 0.5, "null": None, "number": rnd.random()}.get(kind or "", rnd.choice(_RUBBISH))


def _text(rnd: Random, schema: Schema) -> str:
    most, pattern = schema.get("maxLength", 10_000), schema.get("pattern")
    fitting = [text for text in TEXTS if schema.get("minLength", 0) <= len(text) <= most]
    if schema.get("format") in ("date", "date-time"):
        fitting = [text for text in TEXTS if re.match(r"\d{4}-\d\d-\d\d", text)]
    if pattern:
        fitting = [text for text in fitting if re.search(pattern, text)]
    return rnd.choice(fitting) if fitting else "x"


def spoil(rnd: Random, made: Any) -> Any:
    """The same with one to three of its places gone, of another kind, doubled or added."""
    for _ in range(rnd.choice((1, 1, 2, 3))):
        made = _spoil_one(rnd, made)
    return made


def _spoil_one(rnd: Random, made: Any) -> Any:
    if not made or not isinstance(made, dict | list) or rnd.random() < 0.15:
        return rnd.choice((rnd.choice(_RUBBISH), rnd.choice(TEXTS), [made] * 3, {"x": made}))
    if isinstance(made, list):
        place = rnd.randrange(len(made))
        return [*made[:place], _spoil_one(rnd, made[place]), *made[place + 1 :]] * rnd.choice((1, 1, 1, 1, 40))
    name, way = rnd.choice(list(made)), rnd.random()
    if way < 0.15:
        return {other: part for other, part in made.items() if other != name}
    if way < 0.25:
        return made | {rnd.choice(TEXTS): rnd.choice(_RUBBISH)}
    return made | {name: _spoil_one(rnd, made[name])}
