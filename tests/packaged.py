"""What an unpacked package does by itself: run by a plain interpreter, `-I -S`, inside the folder of the package."""

import sys

sys.path.insert(0, ".")

import app  # the package's own, as Lambda imports it

DOOR = sys.argv[1]
assert app.app.app_name == "oso"
HEAVY = {"fpdf", "fontTools", "PIL", "pydantic", "cryptography", "jwt"} & set(sys.modules)

from chalicelib.config import settings  # after what loading the app alone loads
from chalicelib.store import open_stores

open_stores(settings())
if DOOR == "portal":
    from chalicelib.pdf import notitie

    assert notitie("Notitie", "Een verzonnen notitie.", __import__("datetime").date(2026, 6, 10)).startswith(b"%PDF")
else:
    from chalicelib.traffic_center import https_sender

    assert https_sender
FOREIGN = [m.__file__ for m in sys.modules.values() if "site-packages" in (getattr(m, "__file__", None) or "")]
assert not FOREIGN, FOREIGN
print("geladen:", *sorted(HEAVY))
