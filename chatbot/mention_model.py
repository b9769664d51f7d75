"""The home of the learned second reader: MiniLM with its upper layers trained, and three small heads.

An utterance is read once. A title is read as the word "item", so that what a film is called says
nothing about what is thought of it; after the lower layers, which stay as they were, every piece gets
a vector added for how it was linked. Then: sentence -> acts, names -> opinions, words -> meanings, and
words that equal a title -> whether they are meant as one.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from chatbot.second_reader import (
    ACT_NAMES,
    ITEM_KINDS,
    MARKS,
    WORD_KINDS,
    Cuts,
    Heard,
    Likely,
    Sort,
    Span,
)
from retrieval.eight_bits import in_full
from retrieval.errors import ModelUnavailable
from retrieval.micro_batches import asked
from retrieval.minilm import HEADS, network_in, states, through
from retrieval.packed import PackedLayers, can_pack
from retrieval.precision import fastest_dtype
from retrieval.sentence_encoder import packaged_minilm

if TYPE_CHECKING:
    import torch

TRAINED = 5  # of six layers, the upper ones
WIDTH = 384
LONGEST = 200  # pieces of an utterance that are read
STATES = 4  # of a conversation; see `state`
WEIGHTS, SETTINGS = "reader.safetensors", "reader.json"
TITLES = "titles.weight"
"""Missing in readers of before: they take no guess for a title."""


class ReaderFile(BaseModel):
    """What lies beside the weights: what they are, what they were made from, and the cuts."""

    model_config = ConfigDict(extra="forbid")
    base: str
    trained_layers: int = Field(ge=1, le=6)
    add: dict[Sort, float]
    drop: dict[Sort, float]
    data: dict[str, str]
    """SHA-256 of each file of labelled utterances, by its name."""
    seed: int
    epochs: int
    weights_sha256: str


@dataclass(frozen=True)
class Pieces:
    """An utterance in word pieces: their ids, the row of the marks' table for each, and from which
    piece to which each word goes."""

    ids: list[int]
    marks: list[int]
    places: list[tuple[int, int]]


@dataclass(frozen=True)
class Network:
    """Word pieces, the layers that stay, and what is trained."""

    tokenizer: Any
    lower: Any
    upper: Any

    def pieces(self, heard: Heard) -> Pieces:
        """The word pieces of an utterance; the first mark says what the conversation is at."""
        start, stop = (self.tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]"))
        ids, marks, places = [start], [state(heard)], []
        ends = {s.first: s.last for s in heard.named}
        at = 0
        while at < len(heard.words):
            mark = heard.marks[at]
            last = ends.get(at, at) if mark == "title" else at
            text = "item" if mark == "title" else heard.words[at]
            found = self.tokenizer.encode(text, add_special_tokens=False).ids
            found = found[: LONGEST - len(ids)]
            first = min(len(ids), LONGEST - 1)
            ids += found
            marks += [STATES + MARKS.index(mark)] * len(found)
            places += [(first, max(len(ids), first + 1))] * (last + 1 - at)
            at = last + 1
        return Pieces([*ids, stop], [*marks, 0], places)

    def read_lower(self, batch: Sequence[Pieces]) -> "torch.Tensor":
        """What the lower layers make of a padded batch: (utterances, pieces, width)."""
        import torch  # noqa: PLC0415

        width = max(len(p.ids) for p in batch)
        ids = torch.tensor([p.ids + [0] * (width - len(p.ids)) for p in batch])
        with torch.no_grad():
            return states(self.lower, ids, padding(batch))

    def judge(
        self, low: "torch.Tensor", batch: Sequence[Pieces], heard: Sequence[Heard]
    ) -> tuple["torch.Tensor", "torch.Tensor", "torch.Tensor", "torch.Tensor"]:
        """Logits of acts, one row an utterance; of opinions, one a name; of meanings, one a word; of
        being a title, one a guess."""
        import torch  # noqa: PLC0415

        upper, real = self.upper, padding(batch)
        width = low.shape[1]
        marks = torch.tensor([p.marks + [0] * (width - len(p.marks)) for p in batch])
        hidden = low + upper["marks"](marks)
        dropped = upper["drop"].p if upper["drop"].training else 0.0
        hidden = upper["drop"](through(upper["layers"], hidden, real, dropped))
        mask = real[..., None].to(hidden.dtype)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        most = hidden.masked_fill(mask == 0, -1e4).amax(1)
        words, names, guesses = [], [], []
        for row, (pieces, said) in enumerate(zip(batch, heard, strict=True)):
            average = torch.zeros(len(pieces.places), width, dtype=hidden.dtype)
            for at, (start, end) in enumerate(pieces.places):
                average[at, start:end] = 1 / (end - start)
            found = average @ hidden[row]
            words.append(found)

            def spanned(
                spans: Sequence[Span], found: "torch.Tensor" = found, row: int = row
            ) -> list["torch.Tensor"]:
                own = (found[s.first : s.last + 1].mean(0) for s in spans)
                return [torch.cat([one, mean[row], hidden[row, 0]]) for one in own]

            names += spanned(said.named)
            guesses += spanned(said.maybe)
        none = hidden.new_zeros(0, 3 * WIDTH)
        acts = upper["acts"](torch.cat([mean, most], -1))
        named = upper["names"](torch.stack(names) if names else none)
        titles = upper["titles"](torch.stack(guesses) if guesses else none)
        return acts, named, upper["words"](torch.cat(words)), titles


def state(heard: Heard) -> int:
    """What a conversation is at: nothing, something said, a list shown, or both."""
    return int(heard.earlier) + 2 * int(heard.shown)


def padding(batch: Sequence[Pieces]) -> "torch.Tensor":
    """1 for the pieces of a padded batch, 0 for what fills it up."""
    import torch  # noqa: PLC0415

    width = max(len(p.ids) for p in batch)
    return torch.tensor([[1] * len(p.ids) + [0] * (width - len(p.ids)) for p in batch])


def new_network(trained: int = TRAINED) -> Network:
    """MiniLM split in two, `trained` layers in the upper part, the heads untrained. Raises
    ModelUnavailable where the package is missing."""
    import torch  # noqa: PLC0415
    from tokenizers import Tokenizer  # noqa: PLC0415

    folder = packaged_minilm()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    lower = network_in(folder)
    layers = list(lower["encoder"]["layer"])
    lower["encoder"]["layer"] = torch.nn.ModuleList(layers[:-trained])
    marks = torch.nn.Embedding(STATES + len(MARKS), WIDTH)
    torch.nn.init.normal_(marks.weight, std=0.02)
    upper = torch.nn.ModuleDict(
        {
            "layers": torch.nn.ModuleList(layers[-trained:]),
            "marks": marks,
            "drop": torch.nn.Dropout(0.1),
            "acts": torch.nn.Linear(2 * WIDTH, len(ACT_NAMES)),
            "names": torch.nn.Linear(3 * WIDTH, len(ITEM_KINDS)),
            "words": torch.nn.Linear(WIDTH, len(WORD_KINDS)),
            "titles": torch.nn.Linear(3 * WIDTH, 1),
        }
    )
    return Network(tokenizer, lower.eval(), upper.eval())


def packed(network: Network) -> Network:
    """The same network, for reading only, its layers packed."""
    lower = PackedLayers(network.lower["encoder"]["layer"], HEADS)
    upper = PackedLayers(network.upper["layers"], HEADS)
    return Network(
        network.tokenizer,
        {"embeddings": network.lower["embeddings"], "encoder": {"layer": lower}},
        {**network.upper, "layers": upper},
    )


class MiniLmReader:
    """A trained second reader, in the precision that is fastest on this processor."""

    def __init__(self, folder: Path) -> None:
        import torch  # noqa: PLC0415
        from safetensors.torch import load_file  # noqa: PLC0415

        again = "`tastemaker finetune reader` makes it again; understanding.second_reader=none does without."
        try:
            made = ReaderFile.model_validate_json((folder / SETTINGS).read_text(encoding="utf-8"))
            digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
            if digest != made.weights_sha256:
                raise ModelUnavailable(f"{folder / WEIGHTS} is damaged. {again}")
            network = new_network(made.trained_layers)
            stored = in_full(load_file(folder / WEIGHTS))
            guesses = TITLES in stored
            untrained = {
                k: v for k, v in network.upper.state_dict().items() if k.startswith("titles.")
            }
            network.upper.load_state_dict({**untrained, **stored}, assign=True)
        except (OSError, RuntimeError, ValueError) as error:
            raise ModelUnavailable(
                f"No second reader could be loaded from {str(folder)!r}: {error} {again}"
            ) from error
        dtype = fastest_dtype()
        network.lower.to(dtype)
        network.upper.to(dtype).eval()
        if dtype == torch.float32 and can_pack(network.lower) and can_pack(network.upper):
            network = packed(network)
        self._network, self._threads = network, torch.get_num_threads()
        certain: dict[Sort, float] = {"title": 2.0} if not guesses else {}
        self.cuts = Cuts({**made.add, **certain}, made.drop)
        self.name = f"minilm-reader-{digest[:8]}/{str(dtype).removeprefix('torch.')}"

    def read(self, heard: Heard) -> Likely:
        """See `SecondReader.read`."""
        return asked(self._read_all, heard)

    def _read_all(self, heard: Sequence[Heard]) -> list[Likely]:
        """A sentence is too little for several threads: where other work keeps the cores busy, they
        wait for each other (18 ms with one, 260 with two, here)."""
        import torch  # noqa: PLC0415

        torch.set_num_threads(1)
        try:
            return likely(self._network, heard)
        finally:
            torch.set_num_threads(self._threads)


def likely(network: Network, heard: Sequence[Heard]) -> list[Likely]:
    """What a network reads in some utterances, as one batch."""
    import torch  # noqa: PLC0415

    batch = [network.pieces(h) for h in heard]
    with torch.inference_mode():
        acts, names, words, titles = network.judge(network.read_lower(batch), batch, heard)
        rows = acts.float().sigmoid().tolist()
        named = iter(names.float().sigmoid().tolist())
        meant = iter(words.float().softmax(-1).tolist())
        guessed = iter(titles[:, 0].float().sigmoid().tolist())
    return [
        Likely(
            dict(zip(ACT_NAMES, row, strict=True)),
            tuple(dict(zip(ITEM_KINDS, next(named), strict=True)) for _ in said.named),
            tuple(dict(zip(WORD_KINDS, next(meant), strict=True)) for _ in said.words),
            tuple(next(guessed) for _ in said.maybe),
        )
        for row, said in zip(rows, heard, strict=True)
    ]
