"""The OpenAPI document as one readable page, without scripts and fetching nothing from elsewhere."""

from collections.abc import Iterable
from html import escape
from typing import Any

from chalicelib.web.openapi import document

_STIJL = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}"
    "h2{font:600 1rem monospace;background:#f1f3f5;padding:.5rem;margin:2rem 0 .5rem}b,a{color:#0b5394}"
    "table{border-collapse:collapse;width:100%}td{border-top:1px solid #ddd;padding:.25rem;vertical-align:top}"
    "td:first-child{white-space:nowrap;padding-right:1rem}"
)


def pagina() -> str:
    """The page: every operation, every body with its fields, every code."""
    doc = document()
    info, schemas = doc["info"], doc["components"]["schemas"]
    operaties = "".join(
        _deel(f"<b>{verb.upper()}</b> {escape(pad)}", f"{op['summary']}. {op['description']}", _regels(op))
        for pad, verben in doc["paths"].items()
        for verb, op in verben.items()
    )
    vormen = "".join(
        _deel(f'<a id="{naam}">{naam}</a>', schema.get("description", ""), _velden(schema))
        for naam, schema in schemas.items()
    )
    codes = _tabel(
        (code, f"{escape(een['tekst'])} {escape(een['watNu'])}")
        for code, een in (doc["x-codes"] | doc["x-resultaten"]).items()
    )
    return (
        f'<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>{info["title"]}</title>'
        f"<style>{_STIJL}</style></head><body><h1>{info['title']} {info['version']}</h1>"
        f"<p>{escape(info['description'])}</p>{operaties}<h1>Inhoud</h1>{vormen}<h1>Codes</h1>{codes}</body></html>"
    )


def _deel(kop: str, uitleg: str, inhoud: str) -> str:
    return f"<section><h2>{kop}</h2><p>{escape(uitleg)}</p>{inhoud}</section>"


def _tabel(rijen: Iterable[tuple[str, str]]) -> str:
    return f"<table>{''.join(f'<tr><td>{escape(links)}</td><td>{rechts}</td></tr>' for links, rechts in rijen)}</table>"


def _regels(operatie: dict[str, Any]) -> str:
    """What goes in and what comes out of one operation."""
    rijen = [(f"{p['in']} {p['name']}", escape(p["description"])) for p in operatie["parameters"]]
    rijen += [(soort, _soort(een["schema"])) for soort, een in _inhoud(operatie.get("requestBody", {}))]
    for status, antwoord in operatie["responses"].items():
        vorm = ", ".join(_soort(een["schema"]) for _, een in _inhoud(antwoord)) if status < "400" else ""
        rijen.append((status, f"{escape(antwoord['description'])} {vorm}"))
    return _tabel(rijen)


def _inhoud(van: dict[str, Any]) -> Iterable[tuple[str, Any]]:
    inhoud: dict[str, Any] = van.get("content", {})
    return inhoud.items()


def _velden(schema: dict[str, Any]) -> str:
    """The fields of a body; those that must be there have a star."""
    verplicht = schema.get("required", ())
    return _tabel(
        (f"{naam}{' *' if naam in verplicht else ''}", _soort(veld))
        for naam, veld in schema.get("properties", {}).items()
    )


def _soort(schema: dict[str, Any]) -> str:
    """What a value is, in one line: another body as a link, choices written out, bounds as the document has them."""
    if ref := schema.get("$ref"):
        naam = ref.rpartition("/")[2]
        return f'<a href="#{naam}">{naam}</a>'
    if keuzes := schema.get("anyOf") or schema.get("allOf"):
        return " of ".join(_soort(een) for een in keuzes)
    if "enum" in schema or "const" in schema:
        return escape(" | ".join(map(str, schema.get("enum", [schema.get("const")]))))
    if schema.get("type") == "array":
        return f"lijst van {_soort(schema.get('items', {}))}{_grenzen(schema)}"
    if pagina_van := schema.get("properties", {}).get("items"):
        return f"bladzijde: {_soort(pagina_van)}"
    soort = schema.get("type", "wat het blok of veld voorschrijft")
    soort = " of ".join(soort) if isinstance(soort, list) else soort
    return escape(f"{schema.get('format', soort)}{_grenzen(schema)}")


def _grenzen(schema: dict[str, Any]) -> str:
    namen = ("minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "pattern")
    return "".join(f", {naam} {schema[naam]}" for naam in namen if naam in schema)
