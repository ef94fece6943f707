"""Alive, and the description of the interface itself: open to everybody."""

from typing import Literal

from chalicelib.gegevensset.samenstellen import PAKKETVERSIE
from chalicelib.web.deur import Vraag, route
from chalicelib.web.kaarten import plain
from chalicelib.web.replies import Antwoord
from chalicelib.web.vormen import Vorm

_OVERAL_LEESBAAR = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}


class GezondheidUit(Vorm):
    """Alive."""

    status: Literal["ok"]
    versie: str


@route("GET", "/gezondheid", "Leeft de dienst", recht=None, antwoorden={200: GezondheidUit})
def gezondheid(vraag: Vraag) -> Antwoord:
    """Alive, and which version."""
    return Antwoord(plain(GezondheidUit(status="ok", versie=PAKKETVERSIE)))


@route("GET", "/openapi.json", "De OpenAPI-beschrijving", recht=None, antwoorden={200: {"openapi": True}})
def openapi(vraag: Vraag) -> Antwoord:
    """OpenAPI 3.1, made from the code; readable from any origin."""
    from chalicelib.web.openapi import document

    return Antwoord(document(), koppen=_OVERAL_LEESBAAR)


@route("GET", "/docs", "De beschrijving als leesbare pagina", recht=None, antwoorden={200: {"html": True}})
def docs(vraag: Vraag) -> Antwoord:
    """The same as a page that fetches nothing from elsewhere."""
    from chalicelib.web.pagina import pagina

    koppen = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'", **_OVERAL_LEESBAAR}
    return Antwoord(pagina(), koppen=koppen, soort="text/html; charset=utf-8")
