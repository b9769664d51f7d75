"""What a turn needs besides the conversation: opened once, shared by all visitors, never changed."""

from dataclasses import dataclass

from chatbot.lexicon import Lexicon
from chatbot.reader import ChangeReader
from chatbot.second_reader import SecondReader
from chatbot.settings import DialogueSettings
from retrieval.find import Retriever
from retrieval.rules_in_force import NO_RULES, InForce
from retrieval.scorer import Scorer
from retrieval.settings import RankSettings


@dataclass(frozen=True)
class Parts:
    """Retriever, lexicon, scorer (or none) with its weight in the blend, and settings."""

    retriever: Retriever
    lexicon: Lexicon
    scorer: Scorer | None
    scorer_weight: float
    scorer_depth: int
    rank: RankSettings
    dialogue: DialogueSettings
    without_model: str = ""
    """Why there is no language model, in a sentence; empty where there is one."""
    reader: ChangeReader | None = None
    """A larger model that helps to understand, if one is configured."""
    rules: InForce = NO_RULES
    """What the owner pushes, holds back and hides today."""
    second: SecondReader | None = None
    """The small trained reader beside the rules, if there is one."""
    release: str = ""
    """The release that serves, if one does (`retrieval/release.py`)."""

    @property
    def understands(self) -> str:
        """Who understands what visitors say, in a sentence."""
        if self.reader is None and self.second is not None:
            return "The rules and a small trained reader understand; no chat model is set (`tastemaker settings`, [understanding])."
        if self.reader is None:
            return "The rules alone understand; no chat model is set (`tastemaker settings`, [understanding])."
        return f"The chat model {self.reader.name} helps the rules to understand."

    @property
    def versions(self) -> dict[str, str | float]:
        """What made a list: logged with every turn."""
        return {
            "catalogue": self.retriever.catalogue.hash[:12],
            "encoder": self.retriever.encoder.name,
            "second_reader": self.second.name if self.second else "none",
            "scorer": self.scorer.name if self.scorer else "none",
            "scorer_weight": self.scorer_weight,
            **({"rules": self.rules.version} if self.rules.version else {}),
            **({"release": self.release} if self.release else {}),
        }
