"""The loop: make an input, give it to a target, look at what comes out, at the time and at the memory.

Input number i of a seed is always the same one. What gives an outcome that was not seen before becomes something to
spoil further, so a run goes ever deeper; that needs no instrumentation and works on every machine.
"""

import gc
import hashlib
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.fuzz.mutator import LARGEST, mutate

HANG = 30
"""Seconds of wall time after which one input counts as a hang."""
SLOW = 2.0
"""Seconds of CPU time that one input of at most 256 KiB may cost."""
GROWTH = 24.0
"""MiB that the process may have grown by between a fifth of the run and its end."""
SMALL = 6_000
"""Bytes under which an input is small enough for the corpus."""
_POOL = 1_000
_SHOWN = 20


@dataclass(frozen=True)
class Target:
    """What is fuzzed. `run` gives the outcome in a word, and raises for anything that must not happen.

    `seeds`: good inputs to spoil. `words`: what stands in such inputs. `make`: an input from nothing, in its place.
    """

    naam: str
    run: Callable[[bytes], str]
    seeds: Sequence[bytes]
    words: Sequence[bytes] = (b"x",)
    make: Callable[[Random], bytes] | None = None
    spoil: float = 0.9
    """How many of the inputs are spoilt; the others are used as they were made."""


@dataclass
class Outcome:
    """What a run saw."""

    inputs: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, int, int] = (0.0, 0, 0)
    """CPU seconds, number and size of the slowest input."""
    memory: tuple[float, float] = (0.0, 0.0)
    """MiB after a fifth of the run, and at its end."""
    failures: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    """By kind and place: the number of the first input, what the error said, and the input."""
    fresh: list[bytes] = field(default_factory=list)
    """The first input of each outcome."""

    @property
    def wrong(self) -> list[str]:
        """Everything that must not be, in a sentence each."""
        found = [f"input {number}: {where}: {text}" for where, (number, text, _) in self.failures.items()]
        if self.slowest[0] > SLOW:
            found.append(f"input {self.slowest[1]} cost {self.slowest[0]:.1f} s of CPU, {SLOW} is the most")
        if self.memory[1] - self.memory[0] > GROWTH:
            found.append(f"memory grew from {self.memory[0]:.0f} to {self.memory[1]:.0f} MiB")
        return found


def must(holds: bool, what: str) -> None:
    """Say in a target what must be so. Raises AssertionError with `what`."""
    if not holds:
        raise AssertionError(what)


def fuzz(target: Target, n: int, seed: int, corpus: Sequence[bytes] = ()) -> Outcome:
    """Give `n` inputs to a target: the corpus first, as it is, then spoilt ones."""
    seen, pool = Outcome(), [*target.seeds, *corpus]
    begin, fifth = time.monotonic(), n // 5
    for number in range(n):
        rnd = Random(f"{seed}/{number}")
        data = pool[number] if number < len(pool) and number < n // 2 else _input(rnd, target, pool)
        if _try(target, number, data, seen) and len(pool) < _POOL:
            pool.append(data)
            seen.fresh.append(data)
        if number == fifth:
            seen.memory = (resident(), 0.0)
    seen.memory = (seen.memory[0], resident())
    seen.inputs, seen.seconds = n, time.monotonic() - begin
    return seen


def _input(rnd: Random, target: Target, pool: Sequence[bytes]) -> bytes:
    data = target.make(rnd) if target.make and rnd.random() < 0.6 else rnd.choice(pool)
    data = mutate(rnd, data, rnd.choice(pool), target.words) if rnd.random() < target.spoil else data
    return data[:LARGEST]


def _try(target: Target, number: int, data: bytes, seen: Outcome) -> bool:
    """Run one input; whether its outcome was never seen before."""
    used = time.process_time()
    try:
        with _bounded():
            outcome = target.run(data)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for, and it is reported
        if len(seen.failures) < _SHOWN:
            seen.failures.setdefault(_where(error), (number, str(error)[:160], data))
        return False
    used = time.process_time() - used
    if used > seen.slowest[0]:
        seen.slowest = (used, number, len(data))
    seen.outcomes[outcome] += 1
    return seen.outcomes[outcome] == 1


@contextmanager
def _bounded() -> Iterator[None]:
    """Raise TimeoutError in what takes longer than HANG."""

    def hang(*_: object) -> None:
        raise TimeoutError(f"more than {HANG} s")

    before = signal.signal(signal.SIGALRM, hang)
    signal.alarm(HANG)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _where(error: Exception) -> str:
    """The error and the last place of ours that it passed: one report per fault, not per input."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/chalicelib/" in frame.filename]
    last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"


def resident() -> float:
    """MiB of this process in memory, after a collection; 0 where /proc does not say."""
    gc.collect()
    path = Path("/proc/self/status")
    if not path.exists():
        return 0.0
    line = next(line for line in path.read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def read_corpus(naam: str) -> list[bytes]:
    """The kept inputs of a target, in the order of their names."""
    return [path.read_bytes() for path in sorted((CORPUS / naam).glob("*")) if path.is_file()]


def keep(naam: str, folder: Path, data: bytes) -> Path:
    """Write an input that failed where it can be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{naam}-{hashlib.sha256(data).hexdigest()[:12]}"
    path.write_bytes(data)
    return path


CORPUS = Path(__file__).with_name("corpus")
