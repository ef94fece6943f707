"""What an unpacked package does by itself: run by a plain interpreter, `-I -S`, inside the folder of the package.

`python -I -S tests/packaged.py DOOR FOLDER... [--pdf]`: opens the door and its clients of AWS; FOLDERs come first on
the path. Prints the CPU milliseconds and peak memory (KiB) that it took, and the heavy packages that it loaded.
"""

import importlib
import resource
import sys

HEAVY = ("fpdf", "fontTools", "PIL", "pydantic", "cryptography", "jwt")


def _peak() -> int:
    """Peak memory in KiB of this program alone: the maximum of getrusage counts that of who started it too."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))


def main(door: str, folders: list[str], *, pdf: bool) -> None:
    """Open one door, as Lambda does at a cold start."""
    sys.path[:0] = folders
    sys.dont_write_bytecode = True  # as in Lambda, where the package cannot be written
    app = importlib.import_module("app").app
    stores = importlib.import_module("chalicelib.store")
    stores.open_stores(importlib.import_module("chalicelib.config").settings())
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(round(1000 * (used.ru_utime + used.ru_stime)), _peak(), *(one for one in HEAVY if one in sys.modules))
    assert app.app_name == "oso"
    if pdf:
        date = importlib.import_module("datetime").date(2026, 6, 10)
        made = importlib.import_module("chalicelib.pdf").notitie("Notitie", "Een verzonnen notitie.", date)
        assert made.startswith(b"%PDF")
    files = [getattr(module, "__file__", None) or "" for module in sys.modules.values()]
    assert not [one for one in files if "site-packages" in one], "something came from elsewhere"
    assert door in ("portal", "wire")


if __name__ == "__main__":
    main(sys.argv[1], [one for one in sys.argv[2:] if not one.startswith("--")], pdf="--pdf" in sys.argv)
