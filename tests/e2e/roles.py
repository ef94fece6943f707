"""Who may do what, as requirements 15.28 says it: written from that sentence, not from `chalicelib/domain/rechten.py`.

The first line that matches a route decides. A route that no line matches fails its test: each new route is a choice.
"""

import re

PORTAL = "portal"
"""A token without an employee: a portal's machine."""

ROLES = ("administratie", "intern_begeleider", "directie", "beheerder", "auditor", PORTAL, "")
"""The roles of 15.28; the last one is an employee without any role."""

_WORK = {"administratie", "intern_begeleider"}  # pupils, overstap, asking, import
_READ = _WORK | {"directie"}  # "reads all"
_CARE = {"intern_begeleider", "directie"}  # zorgvraag
_LOGS = _READ | {"auditor"}
_SETTINGS = _READ | {"beheerder"}
_EVERYBODY = set(ROLES)

_TABLE = (
    (r"GET /v1/(gezondheid|openapi\.json|docs)", _EVERYBODY),
    (r"\w+ /v1/leerlingen/\{leerlingId\}/bewaren", {"directie"}),  # ch. 16: the board decides on a legal hold
    (r"GET /v1/vernietigingen", {"beheerder", "directie", "auditor"}),
    (r"(PUT|DELETE) /v1/.*/bewaren", {"directie"}),  # ours: a legal hold stops what the work would destroy (ch. 16)
    (r"GET /v1/school/mutatielogs", {"beheerder", "directie", "auditor"}),
    (r"GET /v1/(school|aanleverpunten|scholen)(/.*)?", _SETTINGS),
    (r"\w+ /v1/school(/.*)?", {"beheerder"}),
    (r"\w+ /v1/.*zorgvragen(/.*)?", _CARE),
    (r"GET /v1/.*/mutatielogs(/controle)?", _LOGS),
    (r"PUT /v1/leerlingen/\{leerlingId\}", _WORK | {PORTAL}),
    (r"GET /v1/opdrachten/.*/inzagepakket", _READ),
    (r"GET /v1/opdrachten/.*", _SETTINGS),
    (r"POST /v1/.*(klaarzetten|intrekken|overstapdossier/notificaties)", _READ),
    (r"POST /v1/.*(zoeken|/nummer)", _READ),
    (r"GET /v1/.*", _READ),
    (r"\w+ /v1/(leerlingen|dossieraanvragen|overstapdossiers|notificaties)(/.*)?", _WORK),
)


def may(route: str) -> set[str]:
    """The roles that may use `VERB /v1/path`; KeyError for a route that 15.28 does not speak of."""
    for pattern, roles in _TABLE:
        if re.fullmatch(pattern, route):
            return roles
    raise KeyError(route)
