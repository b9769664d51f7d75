"""What can be set about finding and ranking. Each field says what it does; `ui/settings.py` loads."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A group of settings: frozen, and strict about names."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EncoderSettings(Section):
    """The sentence encoder."""

    model: str = Field(
        "all-MiniLM-L6-v2",
        description="Sentence encoder: the packaged default, a sentence-transformers folder, a hub "
        "name, or 'hashing' for none at all.",
    )
    delta: str = Field(
        "", description="Folder of what `tastemaker finetune encoder` learned, added to that model."
    )


class ArmSettings(Section):
    """How candidates are found."""

    blend: Literal["learned", "fusion"] = Field(
        "learned",
        description="How arms are put together: by weights learned from conversations where the "
        "catalogue has some (`tastemaker finetune arms`), or always by reciprocal rank fusion.",
    )
    depth: int = Field(200, ge=1, le=5000, description="Candidates each arm may bring.")
    rrf_k: int = Field(
        60, ge=1, description="k of reciprocal rank fusion; larger trusts ranks less."
    )
    dense: float = Field(1.0, ge=0, description="Weight of nearness in meaning to what was said.")
    lexical: float = Field(0.5, ge=0, description="Weight of full-text search for the words said.")
    seeds: float = Field(1.0, ge=0, description="Weight of nearness to the items named or liked.")
    alike: float = Field(1.0, ge=0, description="Weight of facets shared with those items.")
    colike: float = Field(
        1.5,
        ge=0,
        description="Weight of being liked together with those items; counts where there are interactions.",
    )
    wishes: float = Field(1.5, ge=0, description="Weight of carrying the facets wished for.")
    popularity: float = Field(0.3, ge=0, description="Weight of being chosen often.")


class RankSettings(Section):
    """How candidates are put in order."""

    wish_bonus: float = Field(
        1.0, ge=0, description="Added for meeting every wish; the fused score is at most 1."
    )
    diversity: float = Field(
        0.25, ge=0, le=1, description="MMR: 0 keeps the order, 1 looks at unlikeness alone."
    )


class ScorerSettings(Section):
    """The language-model scorer."""

    model: str = Field(
        "smollm2-135m-instruct",
        description="Causal language model: the default, a folder, a hub name, or 'none'.",
    )
    trained: str = Field(
        "default",
        description="What it learned: a folder that `finetune scorer` made, 'none', or the default: one "
        "made here, else the one that comes with the project.",
    )
    fetch: bool = Field(
        True, description="Fetch the default model's wheel (92 MB) when it is absent."
    )
    weight: float | None = Field(
        None, ge=0, description="Its weight in the blend; unset, the one stored with the model."
    )
    depth: int = Field(32, ge=1, le=500, description="Best candidates that it reads.")
    longest_conversation: int = Field(
        384, ge=32, description="Tokens of conversation it reads, the latest ones."
    )
