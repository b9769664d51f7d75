"""The fine-tuned language model as a Scorer: what `finetune scorer` made, checked before it serves."""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from retrieval.delta import WEIGHTS
from retrieval.errors import ModelUnavailable
from retrieval.joint_network import HEAD, JointNetwork, Shape
from retrieval.micro_batches import asked
from retrieval.prompt import ScorerPrompt, prompt_hash

if TYPE_CHECKING:
    import torch

FILE = "scorer.json"
KEPT = 4_000  # cards whose lower states are remembered, some 35 kB each


class ScorerFile(BaseModel):
    """What lies beside the weights: what they are, what made them, and how much they count."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    base: str = Field(description="Name of the language model that it was trained on.")
    base_sha256: str
    weights_sha256: str
    prompt_sha256: str
    apart: int
    reads: int
    rank: int
    longest_conversation: int = Field(ge=32, le=4096, description="Tokens, the latest ones.")
    longest_card: int = Field(ge=4, le=512, description="Tokens, the first ones.")
    weight: float = Field(ge=0, description="What its nats are multiplied by in the blend.")
    depth: int = Field(ge=1, le=500, description="How many of the best it reads.")
    trained_on: str = ""
    found: str = ""

    @property
    def shape(self) -> Shape:
        """The layers, as the network wants them."""
        return Shape(self.apart, self.reads, self.rank)


def sha256(path: Path) -> str:
    """Of a file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def weights_sha256(folder: Path) -> str:
    """Of both files of weights. Raises OSError."""
    return hashlib.sha256((sha256(folder / WEIGHTS) + sha256(folder / HEAD)).encode()).hexdigest()


def read_scorer_file(folder: Path) -> ScorerFile:
    """Read and check what lies beside the weights. Raises ModelUnavailable for a folder that holds no
    scorer, weights that were changed since, or a prompt that is another now."""
    try:
        file = ScorerFile.model_validate_json((folder / FILE).read_text(encoding="utf-8"))
        if weights_sha256(folder) != file.weights_sha256:
            raise ValueError("its weights are not the ones it was stored with")
        if file.prompt_sha256 != prompt_hash():
            raise ValueError("it was trained with another prompt")
    except (OSError, ValueError, ValidationError) as error:
        raise ModelUnavailable(
            f"There is no scorer that can be used in {folder}: {error}. `tastemaker finetune scorer` makes one."
        ) from error
    return file


class TrainedScorer:
    """Nats by which the conversation makes a card likelier than the arms say."""

    in_nats = True

    def __init__(self, base: Path, folder: Path, device: str | None = None) -> None:
        self.file = read_scorer_file(folder)
        weights = base / "model.safetensors"
        if not weights.is_file() or sha256(weights) != self.file.base_sha256:
            raise ModelUnavailable(
                f"The scorer in {folder} was trained on other weights of {self.file.base!r} than lie in {base}."
            )
        self._network = JointNetwork(base, self.file.shape, device)
        self._network.load(folder)
        self._cards: OrderedDict[str, torch.Tensor] = OrderedDict()
        self.name = f"{self.file.base}+{self.file.weights_sha256[:8]}"

    def score(self, prompt: ScorerPrompt, cards: Sequence[str]) -> list[float]:
        """See `Scorer.score`."""
        return asked(self._score_each, (prompt, cards)) if cards else []

    def _score_each(self, lists: Sequence[tuple[ScorerPrompt, Sequence[str]]]) -> list[list[float]]:
        """Of several conversations at once: the lower layers read them as one batch."""
        import torch  # noqa: PLC0415

        longest = self.file.longest_conversation
        said = [self._network.tokens(prompt.prefix)[-longest:] for prompt, _ in lists]
        with torch.inference_mode():
            return [
                self._network.scores(read, self._states(cards)).tolist()
                for read, (_, cards) in zip(self._network.states(said), lists, strict=True)
            ]

    def _states(self, cards: Sequence[str]) -> list["torch.Tensor"]:
        fresh = [c for c in dict.fromkeys(cards) if c not in self._cards]
        if fresh:
            rows = [self._network.tokens(c)[: self.file.longest_card] for c in fresh]
            self._cards |= dict(zip(fresh, self._network.states(rows), strict=True))
        found = [self._cards[c] for c in cards]
        for card in cards:
            self._cards.move_to_end(card)
        while len(self._cards) > KEPT:
            self._cards.popitem(last=False)
        return found
