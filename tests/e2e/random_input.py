"""Random input that follows a JSON Schema of our own OpenAPI document, or nearly: what hypothesis needs to make it."""

import math
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from tests.pupil import NUMBERS

Schema = Mapping[str, Any]
Values = st.SearchStrategy[Any]

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_RUBBISH: Values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False),
    _TEXT,
    st.sampled_from(["", "\0", "\ufffe", "٣", "=1+1", "../..", "x" * 5000, "9999-12-31", "0000-00-00", NUMBERS[0]]),
    st.lists(st.none(), max_size=3),
    st.dictionaries(_TEXT, st.none(), max_size=2),
)
_DATES = st.one_of(st.dates().map(str), st.sampled_from(["2026-07-31", "0001-01-01", "9999-12-31", "2026-02-29"]))
_MOMENTS = st.one_of(
    st.sampled_from(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00Z"])
)


def values(schema: Schema, schemas: Schema, depth: int = 0) -> Values:
    """What this schema takes. Deep down only what is required is there."""
    if "$ref" in schema:
        return values(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth + 1)
    if "anyOf" in schema:
        return st.one_of([values(one, schemas, depth) for one in schema["anyOf"]])
    for word, strategy in (("const", st.just), ("enum", st.sampled_from)):
        if word in schema:
            return strategy(schema[word])
    makers = {"object": _objects, "array": _arrays}
    kind = schema.get("type")
    return makers[kind](schema, schemas, depth) if kind in makers else _leaf(schema)


def nearly(strategy: Values) -> Values:
    """These values, or such an object with one of its members spoilt, taken away or added; or anything at all."""

    @st.composite
    def spoilt(draw: st.DrawFn) -> Any:
        value = draw(strategy)
        if not isinstance(value, dict):
            return draw(_RUBBISH)
        name = draw(st.sampled_from([*value, "verzonnen"]))
        kept = {other: part for other, part in value.items() if other != name}
        return kept if draw(st.booleans()) else kept | {name: draw(_RUBBISH)}

    return st.one_of(strategy, strategy, spoilt(), _RUBBISH)


def _objects(schema: Schema, schemas: Schema, depth: int) -> Values:
    if "properties" not in schema:
        extra = schema.get("additionalProperties")
        return st.dictionaries(
            _TEXT, values(extra, schemas, depth) if isinstance(extra, dict) else _RUBBISH, max_size=3
        )
    parts = {name: values(part, schemas, depth) for name, part in schema["properties"].items()}
    required = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: part for name, part in parts.items() if name in required},
        optional={name: part for name, part in parts.items() if name not in required and depth < 3},
    )


def _arrays(schema: Schema, schemas: Schema, depth: int) -> Values:
    least = schema.get("minItems", 0)
    return st.lists(values(schema["items"], schemas, depth + 1), min_size=least, max_size=max(least, 3))


def _leaf(schema: Schema) -> Values:
    kind = schema.get("type")
    if kind == "string":
        return _strings(schema)
    if kind == "integer":
        return st.integers(schema.get("minimum", -(2**40)), schema.get("maximum", 2**40))
    return {"boolean": st.booleans(), "null": st.none(), "number": st.floats(allow_nan=False)}.get(kind or "", _RUBBISH)


def _strings(schema: Schema) -> Values:
    if schema.get("format") in ("date", "date-time"):
        return _DATES if schema["format"] == "date" else _MOMENTS
    most = schema.get("maxLength", math.inf)
    if "pattern" in schema and "x00" not in schema["pattern"]:
        return st.from_regex(schema["pattern"], fullmatch=True).filter(lambda text: len(text) <= most)
    return st.one_of(_TEXT, st.sampled_from(NUMBERS)).map(lambda text: (text or "x")[: schema.get("maxLength", 99)])
