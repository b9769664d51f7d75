"""What can be set about releases and their gate. Each field says what it does; `ui/settings.py` loads."""

from typing import Literal

from pydantic import Field

from retrieval.settings import Section


class ReleaseSettings(Section):
    """What trained models have to show before visitors get them."""

    held_out: float = Field(
        0.2,
        gt=0,
        lt=1,
        description="Share of the visitors whose conversations are never learned from and measure instead; "
        "drawn by a hash, so they are the same ones in every run.",
    )
    measure: Literal["recall@1", "recall@5", "recall@10", "mrr@10", "ndcg@10"] = Field(
        "ndcg@10", description="What a release has to be better by, on what was not named before."
    )
    least_dialogues: int = Field(
        20,
        ge=2,
        description="Held-out conversations below which nothing is promoted, and below which a slice is "
        "reported and not judged.",
    )
    slice_bound: float = Field(
        0.05,
        ge=0,
        description="The most by which that measure may fall in a slice: scenes, the tail of popularity, "
        "items never learned from, languages.",
    )
    exposure_times: float = Field(
        3.0, gt=1, description="The most times by which an item may be shown more often, or less."
    )
    exposure_floor: float = Field(
        0.02,
        gt=0,
        lt=1,
        description="Share of the lists below which an item counts as shown so often: what rises from "
        "nothing may come to that many times this share.",
    )
    seekers: int = Field(
        12,
        ge=1,
        description="Simulated visitors with limits who try a release; none may be let down.",
    )
    growth: float = Field(
        3.0,
        gt=1,
        description="The most times by which the visitors who speak for an item may grow from one "
        "release to the next; those who speak for nothing that others like are left out first.",
    )
    auto_samples: int = Field(
        100,
        ge=1,
        description="Samples since the last release below which `tastemaker finetune auto` waits.",
    )
