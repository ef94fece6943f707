"""The routes that school portals call: importing this package fills the register of `deur.py`."""

from chalicelib.web.portal import aanvragen, algemeen, leerlingen, overstap, school

__all__ = ["aanvragen", "algemeen", "leerlingen", "overstap", "school"]
