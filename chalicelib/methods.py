"""Methods of dataclasses, compiled when the package was made (`infra/methods.py`): one file beside each module.

`dataclasses` writes the methods of a class as text and compiles them at import, for our classes a sixth of the cold
start of the wire's function. Where there is no such file, as everywhere but in a package, or where it does not know a
text, that happens as always.
"""

import dataclasses
import marshal
import sys
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from types import CodeType
from typing import Any

SUFFIX = f".{sys.implementation.cache_tag}.methods"
"""Of the file, after the module's own name: compiled code is of one Python."""


def digest(text: str) -> bytes:
    """The name under which what was compiled of this text is kept."""
    return blake2b(text.encode(), digest_size=16).digest()


def use_compiled() -> None:
    """From here on `dataclasses` asks for what is compiled; it calls `exec`, which it finds in its own module first."""
    vars(dataclasses)["exec"] = _bind


def _bind(text: str, spaces: dict[str, Any], found: dict[str, Any]) -> None:
    module = spaces.get("__file__") or ""
    exec(_compiled(module).get(digest(text), text), spaces, found)  # noqa: S102  # what dataclasses does, word for word


@lru_cache(maxsize=1)  # the classes of a module are made one after the other: then its file is of no use any more
def _compiled(module: str) -> Mapping[bytes, CodeType]:
    try:
        with open(module.removesuffix(".py") + SUFFIX, "rb") as file:
            codes: dict[bytes, CodeType] = marshal.load(file)  # noqa: S302  # as trusted as the .pyc beside it
    except OSError:
        return {}
    return codes
