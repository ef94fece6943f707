"""Spoils bytes: blindly, and along the tokens of XML and JSON, so that what comes out is often nearly right."""

import re
from collections.abc import Callable, Sequence
from random import Random

LARGEST = 256 * 1024
_TOKENS = re.compile(rb"<[^<>]*>|[{}\[\],:]|[^<>{}\[\],:]+")
_VALUE = re.compile(rb"[>\"]([^<>\"]+)[<\"]")
_NUMBER = re.compile(rb"[0-9]+")
_EDGES = (b"0", b"1", b"-1", b"255", b"65536", b"2147483648", b"-9223372036854775809", b"9" * 400, b"1e999", b"0000")
_BYTES = (
    *(b"\0", b"\xff", b"\xfe\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\x1f", b"\xe2\x80\xae", b"%00", b"\r\n"),
    *(b"&#0;", b"&amp;", b"&x;", b"<a>", b"</a>", b"<!DOCTYPE a>", b"]]>"),
)
Way = Callable[[Random, bytes, bytes, Sequence[bytes]], bytes]


def mutate(rnd: Random, data: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    """`data` spoilt one to eight times, with pieces of `other` and `words`; at most LARGEST bytes.

    Two in three stay well formed where they were: a reader that says no at the first byte tests little.
    """
    ways = _ALL if rnd.random() < 0.33 else _GENTLE
    for _ in range(rnd.choice((1, 1, 1, 2, 2, 4, 8))):
        data = rnd.choice(ways)(rnd, data, other, words)[:LARGEST]
    return data


def _flip(rnd: Random, data: bytes, _: bytes, __: Sequence[bytes]) -> bytes:
    if not data:
        return rnd.randbytes(rnd.randrange(40))
    place = rnd.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << rnd.randrange(8))]) + data[place + 1 :]


def _junk(rnd: Random, data: bytes, _: bytes, __: Sequence[bytes]) -> bytes:
    begin, end = _range(rnd, data, 8)
    return data[:begin] + (rnd.choice(_BYTES) if rnd.random() < 0.7 else rnd.randbytes(4)) + data[end:]


def _cut(rnd: Random, data: bytes, _: bytes, __: Sequence[bytes]) -> bytes:
    begin, end = _range(rnd, data, 1 << rnd.randrange(12))
    return data[:begin] if rnd.random() < 0.1 else data[:begin] + data[end:]


def _word(rnd: Random, data: bytes, _: bytes, words: Sequence[bytes]) -> bytes:
    begin, end = _range(rnd, data, rnd.choice((0, 0, 12)))
    return data[:begin] + rnd.choice(words) + data[end:]


def _repeat(rnd: Random, data: bytes, _: bytes, __: Sequence[bytes]) -> bytes:
    begin, end = _range(rnd, data, 1 << rnd.randrange(9))
    times = rnd.choice((2, 2, 3, 20, 500)) if rnd.random() < 0.97 else 20_000
    return data[:begin] + data[begin:end] * times + data[end:]


def _splice(rnd: Random, data: bytes, other: bytes, __: Sequence[bytes]) -> bytes:
    begin, end = _range(rnd, other, 1 << rnd.randrange(12))
    place, until = _range(rnd, data, 64)
    return data[:place] + other[begin:end] + data[until:]


def _number(rnd: Random, data: bytes, _: bytes, __: Sequence[bytes]) -> bytes:
    found = _NUMBER.search(data, rnd.randrange(len(data) + 1)) or _NUMBER.search(data)
    if found is None:
        return data + rnd.choice(_EDGES)
    return data[: found.start()] + rnd.choice(_EDGES) + data[found.end() :]


def _token(rnd: Random, data: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    """One tag, text or sign: gone, twice, another one, or moved."""
    one = _some_token(rnd, data)
    if one is None:
        return data + rnd.choice(words)
    text, rest = one[0], data[one.end() :]
    elsewhere = _some_token(rnd, other if rnd.random() < 0.5 else data)
    new = (b"", text * 2, elsewhere[0] if elsewhere else b"", rnd.choice(words), b"<" + rnd.choice(words) + b">")
    return data[: one.start()] + rnd.choice(new) + rest


def _element(rnd: Random, data: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    """A whole element of XML: gone, twice, or with other text; what is left is well formed."""
    begin = data.find(b"<", rnd.randrange(len(data) + 1))
    tag = re.compile(rb"<([^\s<>/?!]+)[^<>]*>").match(data, begin) if begin >= 0 else None
    end = data.find(b"</" + tag[1] + b">", tag.end()) if tag else -1
    if tag is None or end < 0:
        return _token(rnd, data, other, words)
    whole = end + len(tag[1]) + 3
    texts = (b"", rnd.choice(words), rnd.choice(_EDGES), b"x" * rnd.choice((10, 70_000)))
    if rnd.random() < 0.5:
        return data[: tag.end()] + rnd.choice(texts) + data[end:]
    return data[:begin] + data[begin:whole] * rnd.choice((0, 2, 3, 60)) + data[whole:]


def _text(rnd: Random, data: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    """What stands between two tags, or between quotes, becomes something else."""
    one = _VALUE.search(data, rnd.randrange(len(data) + 1)) or _VALUE.search(data)
    if one is None:
        return _junk(rnd, data, other, words)
    elsewhere = _VALUE.search(other, rnd.randrange(len(other) + 1))
    new = rnd.choice((rnd.choice(words), rnd.choice(_EDGES), elsewhere[1] if elsewhere else b"", one[1] + b"x"))
    return data[: one.start(1)] + new + data[one.end(1) :]


def _between(rnd: Random, data: bytes, other: bytes, words: Sequence[bytes]) -> bytes:
    """Something more right behind a tag: where nobody expects anything."""
    place = data.find(b">", rnd.randrange(len(data) + 1)) + 1
    return data[:place] + rnd.choice(words) + data[place:] if place else _word(rnd, data, other, words)


def _some_token(rnd: Random, data: bytes) -> re.Match[bytes] | None:
    return _TOKENS.search(data, rnd.randrange(len(data) + 1)) or _TOKENS.search(data)


def _range(rnd: Random, data: bytes, most: int) -> tuple[int, int]:
    begin = rnd.randrange(len(data) + 1)
    return begin, min(len(data), begin + rnd.randint(0, most))


_GENTLE: tuple[Way, ...] = (_element, _element, _text, _between, _number)
_ALL: tuple[Way, ...] = (_flip, _junk, _cut, _word, _repeat, _splice, _number, _token, _token, _element)
