"""Labelled utterances -> a second reader beside the rules. `tastemaker finetune reader --help`.

1. Read the utterances, and the catalogues that they are about.
2. Let the rules link each; what they linked is what the reader is given.
3. Read the lower layers once: they stay as they are.
4. Train the upper layers and the heads, all three tasks at once.
5. On what they make of words that equal a title, fit whether these are meant as one.
6. Store weights in eight bits, and beside them what made them.
"""

import hashlib
import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from chatbot.lexicon import Lexicon
from chatbot.mention_model import (
    SETTINGS,
    TRAINED,
    WEIGHTS,
    Network,
    Pieces,
    ReaderFile,
    new_network,
)
from chatbot.scene_words import folded, scene_words
from chatbot.second_reader import ACT_NAMES, ITEM_KINDS, WORD_KINDS, Cuts
from finetune.labelled import Labelled, Lesson, lessons_in, read_labelled
from retrieval.catalogue import Catalogue, read_rows, write_catalogue
from retrieval.eight_bits import in_eight_bits
from retrieval.encoder import Progress
from retrieval.errors import TastemakerError
from retrieval.precision import mixed_precision
from retrieval.sentence_encoder import DEFAULT

if TYPE_CHECKING:
    import torch

BATCH = 32
EPOCHS = 8
RATE, HEAD_RATE = 3e-4, 1e-3
"""Learning rates, of the layers and of the heads."""
ORDERS = 2
"""How many networks are trained; the mean of their weights is what is kept."""
FITTED, DECAY = 60, 1e-3
"""Steps, and the weight of the squares, of the regression that says what is meant as a title."""
NEVER = -20.0
RISING = 0.1  # of the steps
UNSURE = -1.0
SHOWN_AT_RANDOM = 0.3  # of the utterances without a list before them: most mean the same with one
CUTS = Cuts(
    add={
        "act": 0.75,
        "opinion": 0.4,
        "wish": 0.6,
        "topic": 0.45,
        "context": 0.4,
        "against": 0.7,
        "strength": 0.9,
        "title": 0.5,
    },
    drop={
        "act": 0.05,
        "opinion": 0.05,
        "wish": 0.1,
        "topic": 0.1,
        "context": 0.05,
        "against": 0.02,
        "strength": 0.0,
        "title": 0.0,
    },
)
"""Chosen by cross-validation (LOG.md); all around them is flat. Only words in no facet can be
dropped where they were ruled out."""


def lessons_of(rows: Sequence[Labelled], lexicons: Mapping[str, Lexicon]) -> list[Lesson]:
    """What there is to learn from the utterances that a second reader is asked about."""
    return [one for row in rows for one in lessons_in(row, lexicons[row.catalogue])]


def train(
    lessons: Sequence[Lesson], seed: int = 0, epochs: int = EPOCHS, progress: Progress | None = None
) -> Network:
    """A network trained on lessons: the mean of the weights of several that began alike and saw the
    lessons in other orders. The same lessons and seed give the same network here."""
    import torch  # noqa: PLC0415

    torch.manual_seed(seed)
    network = new_network()
    begun = {name: value.clone() for name, value in network.upper.state_dict().items()}
    pieces = [network.pieces(one.heard) for one in lessons]
    low = _lower(network, pieces)
    summed = {name: torch.zeros_like(value) for name, value in begun.items()}
    told = [i for i, one in enumerate(lessons) if not one.of_titles]
    for run in range(ORDERS):
        network.upper.load_state_dict(begun)
        torch.manual_seed(seed + run)
        order = random.Random(seed + run)
        _train_once(
            network,
            [lessons[i] for i in told],
            [pieces[i] for i in told],
            [low[i] for i in told],
            order,
            epochs,
            run,
            progress,
        )
        for name, value in network.upper.state_dict().items():
            summed[name] += value / ORDERS
    network.upper.load_state_dict(summed)
    network.upper.eval()
    fit_titles(network, lessons, pieces, low)
    return network


def fit_titles(
    network: Network,
    lessons: Sequence[Lesson],
    pieces: Sequence[Pieces],
    low: Sequence["torch.Tensor"],
) -> None:
    """Fit the head that says whether words are meant as a title: logistic regression on what the trained
    layers make of them, which stay as they are."""
    import torch  # noqa: PLC0415

    seen: list[torch.Tensor] = []
    head = network.upper["titles"]
    hook = head.register_forward_pre_hook(lambda _, given: seen.append(given[0].float()))
    targets: list[float] = []
    order = sorted(range(len(lessons)), key=lambda i: len(pieces[i].ids))
    order = [i for i in order if lessons[i].maybe]
    for start in range(0, len(order), 2 * BATCH):
        places = order[start : start + 2 * BATCH]
        heard = [lessons[i].heard for i in places]
        with torch.no_grad(), mixed_precision():
            network.judge(_padded([low[i] for i in places]), [pieces[i] for i in places], heard)
        targets += [UNSURE if g is None else float(g) for i in places for g in lessons[i].maybe]
    hook.remove()
    target = torch.tensor(targets)
    sure = target >= 0
    if not bool((target == 1).any()):
        torch.nn.init.constant_(head.bias, NEVER)
        return
    given, target = torch.cat(seen)[sure], target[sure]
    entropy = torch.nn.functional.binary_cross_entropy_with_logits
    optimizer = torch.optim.LBFGS(head.parameters(), max_iter=FITTED, line_search_fn="strong_wolfe")

    def loss() -> "torch.Tensor":
        optimizer.zero_grad()
        found: torch.Tensor = entropy(head(given)[:, 0], target)
        found = found + DECAY * head.weight.square().sum()
        found.backward()  # type: ignore[no-untyped-call]
        return found

    optimizer.step(loss)  # type: ignore[no-untyped-call]


def _train_once(
    network: Network,
    lessons: Sequence[Lesson],
    pieces: Sequence[Pieces],
    low: Sequence["torch.Tensor"],
    order: random.Random,
    epochs: int,
    run: int,
    progress: Progress | None,
) -> None:
    import torch  # noqa: PLC0415

    upper = network.upper.train()
    heads = [p for name, p in upper.named_parameters() if not name.startswith("layers")]
    groups = [{"params": upper["layers"].parameters(), "lr": RATE}, {"params": heads, "lr": HEAD_RATE}]  # fmt: skip
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = epochs * math.ceil(len(lessons) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda at: min((at + 1) / (RISING * steps), (steps - at) / ((1 - RISING) * steps))
    )  # fmt: skip
    done = run * steps
    for _ in range(epochs):
        for batch in _batches([len(p.ids) for p in pieces], order):
            with mixed_precision():
                found = network.judge(
                    _padded([low[i] for i in batch]),
                    [_shown(pieces[i], order) for i in batch],
                    [lessons[i].heard for i in batch],
                )
            loss = _loss(found, [lessons[i] for i in batch])
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(upper.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            done += 1
            if progress:
                progress("training the second reader", done, ORDERS * steps)


def _shown(pieces: Pieces, order: random.Random) -> Pieces:
    """Now and then, as if a list had been shown before."""
    if pieces.marks[0] > 1 or order.random() >= SHOWN_AT_RANDOM:
        return pieces
    return replace(pieces, marks=[3, *pieces.marks[1:]])


def _batches(lengths: Sequence[int], order: random.Random) -> list[list[int]]:
    """Every place once, those of similar length together, in a random order."""
    places = list(range(len(lengths)))
    order.shuffle(places)
    found: list[list[int]] = []
    for start, end in pairwise([*range(0, len(places), 8 * BATCH), len(places)]):
        alike = sorted(places[start:end], key=lambda i: lengths[i])
        found += [alike[i : i + BATCH] for i in range(0, len(alike), BATCH)]
    order.shuffle(found)
    return found


def _lower(network: Network, pieces: Sequence[Pieces]) -> list["torch.Tensor"]:
    """What the lower layers make of each utterance, without what fills the batch up."""
    import torch  # noqa: PLC0415

    found: dict[int, torch.Tensor] = {}
    order = sorted(range(len(pieces)), key=lambda i: len(pieces[i].ids))
    for start in range(0, len(order), 2 * BATCH):
        places = order[start : start + 2 * BATCH]
        with mixed_precision():
            low = network.read_lower([pieces[i] for i in places])
        found |= {i: row[: len(pieces[i].ids)].float() for i, row in zip(places, low, strict=True)}
    return [found[i] for i in range(len(pieces))]


def _padded(rows: Sequence["torch.Tensor"]) -> "torch.Tensor":
    import torch  # noqa: PLC0415

    return torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True)


def _loss(found: Sequence["torch.Tensor"], lessons: Sequence[Lesson]) -> "torch.Tensor":
    """Cross-entropy of the three tasks, summed over an utterance; what is unsure is left out."""
    import torch  # noqa: PLC0415
    from torch.nn import functional  # noqa: PLC0415

    def wanted(rows: list[list[bool | None]]) -> "torch.Tensor":
        values = [[UNSURE if v is None else float(v) for v in row] for row in rows]
        return torch.tensor(values)

    acts, names, words, _ = (each.float() for each in found)
    total = acts.new_zeros(())
    for logits, rows in (
        (acts, [[one.acts[a] for a in ACT_NAMES] for one in lessons]),
        (names, [[said[k] for k in ITEM_KINDS] for one in lessons for said in one.named]),
    ):
        if rows:
            target = wanted(rows)
            each = functional.binary_cross_entropy_with_logits(
                logits, target.clamp(min=0), reduction="none"
            )
            total = total + (each * (target >= 0)).sum()
    kinds = [-100 if k is None else WORD_KINDS.index(k) for one in lessons for k in one.words]
    total = total + functional.cross_entropy(words, torch.tensor(kinds), reduction="sum")
    return total / len(lessons)


def open_lexicons(folders: Sequence[Path], names: Sequence[str], home: Path) -> dict[str, Lexicon]:
    """The catalogues that utterances name, read from NAME.jsonl in one of the folders."""
    found = {}
    for name in dict.fromkeys(names):
        file = next((f / f"{name}.jsonl" for f in folders if (f / f"{name}.jsonl").is_file()), None)
        if file is None:
            raise TastemakerError(
                f"No {name}.jsonl, the catalogue that utterances name, in {', '.join(map(str, folders))}."
            )
        write_catalogue(home / name, read_rows(file))
        found[name] = Lexicon(Catalogue(home / name), folded(scene_words(name)))
    return found


def write_reader(network: Network, made: Mapping[str, Any], out: Path) -> ReaderFile:
    """Store the weights, and beside them what made them."""
    from safetensors.torch import save_file  # noqa: PLC0415

    out.mkdir(parents=True, exist_ok=True)
    save_file(in_eight_bits(network.upper.state_dict()), out / WEIGHTS)
    digest = hashlib.sha256((out / WEIGHTS).read_bytes()).hexdigest()
    file = ReaderFile(
        base=DEFAULT,
        trained_layers=TRAINED,
        add=dict(CUTS.add),
        drop=dict(CUTS.drop),
        weights_sha256=digest,
        **made,
    )
    (out / SETTINGS).write_text(file.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return file


def train_files(
    files: Sequence[Path],
    folders: Sequence[Path],
    out: Path,
    seed: int,
    epochs: int,
    progress: Progress | None = None,
) -> tuple[int, ReaderFile]:
    """Steps 1 to 5; gives how many utterances were learned from, and what was stored."""
    rows = [row for file in files for row in read_labelled(file)]
    rows = [row for row in rows if row.language == "en"]
    if not rows:
        raise TastemakerError(
            "None of these files holds an utterance in English, which is what is learned."
        )
    with TemporaryDirectory() as home:
        lexicons = open_lexicons(folders, [r.catalogue for r in rows], Path(home))
        lessons = lessons_of(rows, lexicons)
    network = train(lessons, seed, epochs, progress)
    data = {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in files}
    return len(lessons), write_reader(network, {"data": data, "seed": seed, "epochs": epochs}, out)
