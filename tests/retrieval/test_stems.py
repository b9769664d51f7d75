"""Stems are the same whoever else is asking."""

import sys
from concurrent.futures import ThreadPoolExecutor

from retrieval.text import stem

WORDS = ["generously", "relational", "conditional", "hopefulness", "nationalities", "running", "vampires", "stories", "heists", "communism", "operators", "decisiveness", "sensibilities", "electricity"]  # fmt: skip


def test_stems_are_the_same_in_many_threads_at_once() -> None:
    """One stemmer for all threads gave wrong stems, which were then remembered, or an IndexError."""
    alone = [stem.__wrapped__(word) for word in WORDS]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            together = list(pool.map(stem.__wrapped__, WORDS * 200))
    finally:
        sys.setswitchinterval(interval)
    assert together == alone * 200
