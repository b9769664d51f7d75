"""How many places an item's own text lifts it: the same catalogue with a hostile text in some items, and with
as much harmless text in the same fields, asked the same wishes."""

import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from chatbot.conversation import Conversation, Turn
from chatbot.lexicon import Lexicon
from chatbot.parts import Parts
from chatbot.recommend import query_of
from chatbot.respond import _prompt
from chatbot.understand import understand
from retrieval.catalogue import Catalogue, read_rows, write_catalogue
from retrieval.encoder import Encoder, Progress, Vectors
from retrieval.find import Retriever
from retrieval.rank import rank
from retrieval.text import clean
from retrieval.vectors import ExactIndex, fill
from tests.conftest import ROOT
from tests.hostile import injections

TOGETHER = 10  # items that are changed in one catalogue
WISHES = 5  # that each is asked with
HARMLESS = {
    "en": "Available in the usual formats while stocks last. Please see the label for details of the edition. Packed with "
    "care and sent within a few days. The picture may differ from what is delivered. Opening hours are posted at the door. ",
    "zh": "常规版本有货,售完为止。版本详情请看标签。包装仔细,几天内寄出。图片与实物可能略有不同。营业时间请看门口的告示。",
}


@dataclass(frozen=True)
class Injected:
    """A hostile text in a field of an item."""

    item: str
    field: str
    text: str
    code: str
    language: str


class Remembering:
    """An encoder that encodes each text once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self.name = encoder, encoder.name
        self._known: dict[str, Any] = {}

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        if fresh:
            self._known |= dict(zip(fresh, self._encoder.encode(fresh), strict=True))
        return np.stack([self._known[text] for text in texts])


def injected(rows: Sequence[dict[str, Any]], fields: Sequence[str], many: int, seed: int) -> list[Injected]:  # fmt: skip
    """Instructions about items drawn by chance, in every field in turns."""
    rng = random.Random(seed)
    chosen = rng.sample(list(rows), many)
    found = []
    for n, row in enumerate(chosen):
        text = list(injections(20, seed * 100_000 + n, row["title"], row["id"]))[n % 20]
        found.append(Injected(row["id"], fields[n % len(fields)], text.text, text.code, text.language))  # fmt: skip
    return found


def harmless(one: Injected) -> str:
    """As much text that says nothing of taste, in the same language."""
    told = HARMLESS[one.language]
    return (told * (len(one.text) // len(told) + 1))[: len(one.text)]


def with_text(row: dict[str, Any], field: str, text: str) -> dict[str, Any]:
    """A row with more text in a field, as a seller would put it there."""
    value = row.get(field)
    if isinstance(value, list):
        return {**row, field: [*value, text]}
    return {**row, field: f"{value or ''} {text}".strip()[: 500 if field == "title" else None]}


def opened(parts: Parts, rows: list[dict[str, Any]], encoder: Encoder) -> Parts:
    """The same parts over other rows."""
    folder = Path(tempfile.mkdtemp())
    roles = dict(parts.retriever.catalogue.schema.roles)
    file = folder / "rows.jsonl"  # in by the door, as an owner's file comes
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    write_catalogue(folder, read_rows(file), roles)
    catalogue, index = Catalogue(folder), ExactIndex()
    fill(index, catalogue, encoder)
    before = parts.retriever
    retriever = Retriever(
        catalogue, index, encoder, before.settings, before.colikes, before.learned
    )
    lexicon = Lexicon(catalogue)
    lexicon.nearest = parts.lexicon.nearest
    return replace(parts, retriever=retriever, lexicon=lexicon)


def places(parts: Parts, wish: str) -> dict[str, int]:
    """The place of every candidate for a first wish, from 1."""
    before, text = Conversation("lift", "films"), clean(wish, 2000)
    said = understand(text, before, parts.lexicon, parts.second)
    current = replace(before.changed(said.change), turns=(Turn(text, "", "talk", ("inform",)),))
    query = query_of(replace(current, turns=()), parts.retriever)
    found = rank(
        parts.retriever.find(query), query, _prompt(current), parts.scorer, parts.scorer_weight,
        parts.scorer_depth, parts.rank, parts.retriever.catalogue.schema,
    )  # fmt: skip
    return {r.candidate.item.id: n for n, r in enumerate(found, 1)}


def wishes() -> list[str]:
    """First utterances of people that ask for something."""
    lines = (ROOT / "tests" / "utterances" / "first.jsonl").read_text("utf-8").splitlines()
    said = [str(json.loads(line)["utterance"]) for line in lines]
    return [text for text in said if len(text.split()) > 3]


@dataclass(frozen=True)
class Lift:
    """Places that a hostile text gained against a harmless one, for one wish."""

    of: Injected
    wish: str
    places: int


def lifts(parts: Parts, rows: list[dict[str, Any]], texts: Sequence[Injected], reach: int = 60) -> Iterator[Lift]:  # fmt: skip
    """Of each text the lift for wishes for which the item with harmless text is among the first `reach`
    and not the first: where a lift is worth having. What is not found stands behind what is."""
    encoder = Remembering(parts.retriever.encoder)
    asked = wishes()
    plain = opened(replace(parts, scorer=None), rows, encoder)  # only to choose wishes
    near = {wish: places(plain, wish) for wish in asked}
    by_id = {row["id"]: row for row in rows}
    for start in range(0, len(texts), TOGETHER):
        some = texts[start : start + TOGETHER]
        worlds = []
        for hostile in (False, True):
            changed = dict(by_id)
            for one in some:
                text = one.text if hostile else harmless(one)
                changed[one.item] = with_text(by_id[one.item], one.field, text)
            worlds.append(opened(parts, list(changed.values()), encoder))
        for one in some:
            fit = [w for w in asked if 2 <= near[w].get(one.item, 0) <= reach]
            for wish in random.Random(one.item).sample(fit, min(WISHES, len(fit))):
                before, after = (places(world, wish) for world in worlds)
                last = max(len(before), len(after)) + 1
                yield Lift(one, wish, before.get(one.item, last) - after.get(one.item, last))
