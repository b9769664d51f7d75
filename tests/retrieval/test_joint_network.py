"""One pass over a conversation and all its cards gives what one prompt at a time gives."""

import json
from pathlib import Path

import pytest
import torch

from bench.plain.scorer import PlainScorer
from bench.scorer import films, like, ours
from retrieval.joint_network import JointNetwork

UTTERANCES = Path(__file__).parents[1] / "utterances" / "understanding.jsonl"
CARDS, TOP = 12, 10


def contexts(many: int) -> list[str]:
    """What labelled utterances say, some at a time."""
    said = [json.loads(line)["say"] for line in UTTERANCES.read_text("utf-8").splitlines()]
    return [" ".join(said[(n + k * 7) % len(said)] for k in range(1 + n % 9)) for n in range(many)]


def ranked(
    network: JointNetwork, plain: PlainScorer, n: int, talk: str, cards: list[str]
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Scores of some cards: ours, one prompt each, a padded batch."""
    said = network.tokens(talk)[-160:]
    read = [network.tokens(cards[(n * 31 + k * 101) % len(cards)])[: 4 + k] for k in range(CARDS)]
    with torch.inference_mode():
        return ours(network, said, read), plain.one_each(said, read), plain.padded_batch(said, read)


def exact(model: Path, many: int) -> None:
    plain, cards = PlainScorer(model, torch.float32), films()
    network = like(plain, model, torch.float32)
    for n, talk in enumerate(contexts(many)):
        mine, one, _ = ranked(network, plain, n, talk, cards)
        assert float((mine - one).abs().max() / one.std()) < 1e-4
        assert mine.argsort()[-TOP:].tolist() == one.argsort()[-TOP:].tolist()


def test_in_float32_scores_and_order_are_those_of_one_prompt_each(language_model: Path) -> None:
    exact(language_model, 5)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_they_are_on_200_contexts(language_model: Path) -> None:
    exact(language_model, 200)


def test_in_bfloat16_it_is_no_further_off_than_the_plain_ways_are(language_model: Path) -> None:
    """bfloat16 has eight bits, and the order of sums differs: the plain ways differ from each other too."""
    plain, cards = PlainScorer(language_model, torch.bfloat16), films()
    whole = PlainScorer(language_model, torch.float32)
    network = like(plain, language_model, torch.bfloat16)
    off: dict[str, list[float]] = {"ours": [], "one": [], "padded": []}
    for n, talk in enumerate(contexts(6)):
        mine, one, padded = ranked(network, plain, n, talk, cards)
        _, truth, _ = ranked(network, whole, n, talk, cards)
        for name, found in (("ours", mine), ("one", one), ("padded", padded)):
            off[name].append(float((found - truth).abs().mean() / truth.std()))
    mean = {name: sum(found) / len(found) for name, found in off.items()}
    assert mean["ours"] < 1.3 * max(mean["one"], mean["padded"]), mean
