"""A learned blend of the arms: one weight a feature, fitted on conversations (`finetune arms`)."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from retrieval.errors import ModelUnavailable
from retrieval.features import FEATURES

FILE = "arms.json"


class ArmBlend(BaseModel):
    """Weights of features, with what they were fitted on and for. A feature that is not named counts
    nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    weights: dict[str, float]
    encoder: str = Field(description="Name of the sentence encoder that its cosines are of.")
    fitted_on: str = ""
    found: str = ""

    def logits(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """The score of every row, shape `(items,)`: the logarithm of how likely it is to be what is
        suggested next, up to a constant."""
        weights = np.array([self.weights.get(name, 0.0) for name in FEATURES])
        found: NDArray[np.float64] = features.astype(np.float64) @ weights
        return found

    def logits_of(
        self, features: Mapping[str, NDArray[np.float64]], rows: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """The same for some rows alone, of features by their names; those that are not there are 0."""
        found = np.zeros(len(rows))
        for name, weight in self.weights.items():
            if weight and name in features:
                found += weight * features[name][rows].astype(np.float32).astype(np.float64)
        return found


def load_arm_blend(path: Path, encoder: str) -> ArmBlend | None:
    """The blend stored at `path`; None where there is none, or one that was fitted with another
    encoder. Raises ModelUnavailable for a file that is no blend."""
    if not path.is_file():
        return None
    found = read_arm_blend(path)
    return found if same_model(found.encoder, encoder) else None


def read_arm_blend(path: Path) -> ArmBlend:
    """The blend stored at `path`, whatever encoder it is for. Raises ModelUnavailable for a file that is
    none."""
    try:
        found = ArmBlend.model_validate_json(path.read_text(encoding="utf-8"))
        unknown = set(found.weights) - set(FEATURES)
        if unknown or not np.isfinite(list(found.weights.values())).all():
            raise ValueError(f"unknown features {sorted(unknown)}, or weights that are no numbers")
    except (OSError, ValueError, ValidationError) as error:
        raise ModelUnavailable(
            f"{str(path)!r} holds no weights of arms ({error}). Make them anew: "
            "`tastemaker finetune arms SAMPLES --catalogue NAME`."
        ) from error
    return found


def same_model(one: str, other: str) -> bool:
    """Whether two names of encoders differ in nothing but precision, which is the machine's."""
    return _model(one) == _model(other)


def _model(encoder: str) -> str:
    return encoder.rpartition("/")[0] or encoder
