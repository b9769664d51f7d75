"""`tastemaker bench growth`: what a turn costs as the catalogue grows, from our films to 300,000 items.

Beyond our own films the items are synthetic: films with their words, people and numbers drawn anew.
The plain way is the turn at the size of our own catalogue, in the same run. Turns are those of the
default settings (sentence encoder and second reader; the language model has no say by default), but
vectors are drawn at random: embedding 300,000 texts would take an hour and change no time.
"""

import gc
import resource
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from bench.waterfall import draw_lines
from chatbot.conversation import Conversation
from chatbot.events import Finished
from chatbot.lexicon import Lexicon
from chatbot.mention_model import MiniLmReader
from chatbot.parts import Parts
from chatbot.respond import respond
from chatbot.second_reader import SecondReader
from chatbot.settings import DialogueSettings
from retrieval.catalogue import Catalogue, read_rows, write_catalogue
from retrieval.encoder import Encoder, Progress, unit
from retrieval.find import Retriever
from retrieval.sentence_encoder import SentenceEncoder
from retrieval.settings import ArmSettings, RankSettings
from retrieval.vectors import ExactIndex

DATA = Path(__file__).parent.parent / "data"
FILMS, READER = DATA / "films.jsonl", DATA / "models" / "reader"
SIZES = (1_515, 36_273, 300_000)
SAID = (
    "something like Alien, but funny",
    "no gore, and under two hours",
    "more",
    "a thriller with Tom Hanks after 1990",
    "how long is the first one?",
    "nothing from the eighties",
)
ROUNDS = 3


def run(progress: Progress | None = None, picture: Path | None = None) -> list[dict[str, Any]]:
    """A row a size: milliseconds a turn, that of the smallest beside it, and the memory until then."""
    found: list[dict[str, Any]] = []
    smallest = 0.0
    encoder, reader = SentenceEncoder(), MiniLmReader(READER)
    for done, size in enumerate(SIZES):
        if progress:
            progress("growing", done, len(SIZES))
        times = sorted(_turns(size, encoder, reader))
        middle = median(times)
        smallest = smallest or middle
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found.append(
            {
                "what": f"a turn over {size:,} items",
                "ours": round(middle, 1),
                "plain": round(smallest, 1),
                "ratio": round(middle / smallest, 2),
                "unit": "ms a turn",
                "spread": [round(times[0], 1), round(times[-1], 1)],
                "tolerance": f"most memory until then {memory:,.0f} MB",
            }
        )
        gc.collect()
    if picture is not None:
        lines = {"a turn, no language model": [row["ours"] for row in found]}
        draw_lines(
            picture, SIZES, lines, "items of the catalogue", "milliseconds", logarithmic=True
        )
    return found


def _turns(size: int, encoder: Encoder, reader: SecondReader) -> list[float]:
    with TemporaryDirectory() as folder:
        write_catalogue(Path(folder), _rows(size))
        catalogue = Catalogue(Path(folder), "growth")
        rng = np.random.default_rng(1)
        width = encoder.encode(["one"]).shape[1]
        index = ExactIndex()
        ids = list(catalogue.items)
        index.put(ids, unit(rng.normal(size=(size, width)).astype(np.float32)), ["h"] * size)
        retriever = Retriever(catalogue, index, encoder, ArmSettings())
        parts = Parts(
            retriever,
            Lexicon(catalogue),
            None,
            0.0,
            0,
            RankSettings(),
            DialogueSettings(),
            second=reader,
        )
        times: list[float] = []
        for n in range(ROUNDS + 1):
            conversation = Conversation(f"g{n}", "growth")
            for said in SAID:
                start = time.perf_counter()
                finished = list(respond(conversation, said, parts))[-1]
                took = 1000 * (time.perf_counter() - start)
                assert isinstance(finished, Finished)
                conversation = finished.conversation
                times += [took] if n else []  # the first round warms
        return times


def _rows(size: int) -> list[dict[str, Any]]:
    """Our films, and as many more as are wanted: one film's words with another's people and numbers."""
    films = read_rows(FILMS)
    rng = np.random.default_rng(0)
    rows = list(films[:size])
    for n in range(len(films), size):
        a, b, c = (films[int(i)] for i in rng.integers(0, len(films), 3))
        rows.append(
            {
                **a, "id": f"s{n}", "title": f"{b['title']} {n}", "year": int(rng.integers(1920, 2026)),
                "runtime": int(rng.integers(60, 200)), "cast": c["cast"], "directors": b["directors"],
                "tags": [*a["tags"][:3], *c["tags"][:3]],
            }
        )  # fmt: skip
    return rows
