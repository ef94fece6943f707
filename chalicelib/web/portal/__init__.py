"""The routes that school portals call: importing this package fills the register of `deur.py`."""

from chalicelib.web.portal import (
    aanvragen,
    algemeen,
    bewaren,
    binnengekomen,
    importeren,
    leerlingen,
    leerlingmap,
    notificaties,
    opdrachten,
    opvragen,
    overstap,
    overzicht,
    school,
    selectie,
    versies,
    zorgvragen,
)

__all__ = [
    "aanvragen",
    "algemeen",
    "bewaren",
    "binnengekomen",
    "importeren",
    "leerlingen",
    "leerlingmap",
    "notificaties",
    "opdrachten",
    "opvragen",
    "overstap",
    "overzicht",
    "school",
    "selectie",
    "versies",
    "zorgvragen",
]
