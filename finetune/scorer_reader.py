"""The language model in training: the network with its delta, and what its lower layers made of every card."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from finetune.decisions import Decision
from finetune.low_rank import save_delta, with_delta
from retrieval.encoder import Progress
from retrieval.joint_network import HEAD, JointNetwork, Shape

if TYPE_CHECKING:
    import torch

CARDS_AT_ONCE = 64


class Reader:
    """`longest` are the most tokens of a conversation, and of a card."""

    def __init__(
        self,
        base: Path,
        shape: Shape,
        longest: tuple[int, int],
        cards: Sequence[str],
        progress: Progress | None = None,
    ) -> None:
        self.network = JointNetwork(base, shape)
        self.network.upper = with_delta(self.network.upper, shape.rank, "all-linear")
        self._longest, longest_card = longest
        rows = [self.network.tokens(card)[:longest_card] for card in cards]
        order = sorted(range(len(rows)), key=lambda n: len(rows[n]))
        self._cards: dict[int, torch.Tensor] = {}
        for start in range(0, len(order), CARDS_AT_ONCE):
            part = order[start : start + CARDS_AT_ONCE]
            read = self.network.states([rows[n] for n in part])
            self._cards |= dict(zip(part, read, strict=True))
            if progress:
                progress("reading cards", start + len(part), len(order))

    def scores(self, decision: Decision, places: Sequence[int]) -> "torch.Tensor":
        """Nats for the candidates at these places of a decision."""
        said = self.network.tokens(decision.said)[-self._longest :]
        (read,) = self.network.states([said])
        return self.network.scores(read, [self._cards[int(decision.rows[p])] for p in places])

    def trained(self) -> list["torch.nn.Parameter"]:
        """What is learned: the delta, then the head."""
        return [p for p in self.network.upper.parameters() if p.requires_grad]

    def state_dict(self) -> dict[str, Any]:
        """What is learned, by name; for the state of a run."""
        found = {n: p.data for n, p in self.network.upper.named_parameters() if p.requires_grad}
        return found | {f"head.{n}": p for n, p in self.network.head.state_dict().items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up what `state_dict` gave."""
        parts = dict(self.network.upper.named_parameters())
        head = {n.removeprefix("head."): p for n, p in state.items() if n.startswith("head.")}
        self.network.head.load_state_dict(head)
        for name, tensor in state.items():
            if name in parts:
                parts[name].data.copy_(tensor)

    def save(self, out: Path, base_sha256: str) -> None:
        """Write the weights in the form that serving reads."""
        from safetensors.torch import save_file  # noqa: PLC0415

        save_delta(self.network.upper, base_sha256, out)
        half = out / f"{HEAD}.part"
        save_file({n: p.contiguous() for n, p in self.network.head.state_dict().items()}, half)
        half.replace(out / HEAD)

    def read(
        self, held: Sequence[Decision], depth: int, progress: Progress | None = None
    ) -> list[NDArray[np.float64]]:
        """Nats for the best of every decision kept apart."""
        import torch  # noqa: PLC0415

        found = []
        self.network.upper.eval()
        with torch.no_grad():
            for done, decision in enumerate(held, 1):
                places = range(min(depth, len(decision.rows)))
                found.append(self.scores(decision, places).double().cpu().numpy())
                if progress:
                    progress("measuring", done, len(held))
        self.network.upper.train()
        return found
