"""Counting per minute, with one write for ten requests."""

from chalicelib.store.tempo import STAP, Tempo


class Counts:
    """The counts of all processes together, as the table keeps them."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], int] = {}
        self.writes = 0

    def add(self, pk: str, sk: str, aantal: int, verloopt: int) -> int:
        assert verloopt > (int(sk) + 1) * 60
        self.writes += 1
        self.counts[pk, sk] = self.counts.get((pk, sk), 0) + aantal
        return self.counts[pk, sk]


def test_up_to_the_limit_nobody_waits_and_one_more_waits_until_the_minute_is_over() -> None:
    tempo = Tempo(Counts().add)
    assert [tempo.wacht("a", 1200.0, 25) for _ in range(25)] == [0] * 25
    assert tempo.wacht("a", 1215.0, 25) == 45
    assert tempo.wacht("b", 1215.0, 25) == 0
    assert tempo.wacht("a", 1260.0, 25) == 0


def test_a_write_for_ten_requests() -> None:
    counts = Counts()
    tempo = Tempo(counts.add)
    for _ in range(95):
        tempo.wacht("a", 60.0, 1000)
    assert counts.writes == 95 // STAP
    assert counts.counts == {("TEMPO#a", "1"): 90}


def test_processes_count_together() -> None:
    counts = Counts()
    processes = [Tempo(counts.add) for _ in range(4)]
    waited = [processes[n % 4].wacht("a", 60.0, 100) for n in range(100 + 8 * STAP + 1)]
    assert waited[:100] == [0] * 100
    assert waited[-1] > 0
