"""What ranks in a catalogue and how much each part of it counts, for `tastemaker models show`."""

from pathlib import Path

import click
import numpy as np

from retrieval.arm_blend import FILE as BLEND
from retrieval.arm_blend import read_arm_blend
from retrieval.boosted import BESIDE, COLUMNS, Trees, load_trees
from retrieval.boosted import FILE as TREES
from retrieval.catalogue import Catalogue, read_meta
from retrieval.features import FEATURES
from retrieval.learned import Learned
from retrieval.moments import Moments
from retrieval.versions import current
from ui.opening import catalogue_folder
from ui.released import ARMS, find_released, open_arms
from ui.settings import Settings

TOLD = 8  # columns of trees, and words of a moment


def show_blend(home: Path, name: str, settings: Settings) -> None:
    """Print the weights of the features in the catalogue `name`, what the trees on top of them look at,
    and what is taken when; or the weights of the arms, where nothing was learned."""
    learned, where = _learned(home, name, settings)
    if learned.blend is None:
        click.echo(f"ranking   of {name}: reciprocal rank fusion; nothing was learned of it yet")
        for arm, weight in settings.arms.model_dump().items():
            click.echo(f"arm       {arm} = {weight}")
        return
    click.echo(f"ranking   of {name}: learned from {learned.blend.found} ({where})")
    for feature, weight in sorted(learned.blend.weights.items(), key=lambda pair: -abs(pair[1])):
        click.echo(f"{weight:>9.3f}  {feature}: {FEATURES[feature]}")
    if learned.trees is not None:
        click.echo(f"trees     {learned.trees.found}")
        for column, share in _looked_at(learned.trees)[:TOLD]:
            told = FEATURES.get(column) or BESIDE[column]
            click.echo(f"{share:>9.1%}  of their splits look at {column}: {told}")
    if learned.moments is not None:
        _show_moments(learned.moments)


def _learned(home: Path, name: str, settings: Settings) -> tuple[Learned, str]:
    base = catalogue_folder(home, name)
    there = current(base)
    if there is None:
        if settings.arms.blend == "fusion" or name != "films":
            return Learned(), ""
        shipped = Learned(blend=read_arm_blend(ARMS / BLEND), trees=load_trees(ARMS / TREES))
        return shipped, "it comes with the project; the catalogue is indexed at first use"
    released = find_released(home, name, "live")
    encoder = read_meta(there).get("encoder", "")
    learned = open_arms(base, Catalogue(there, name), encoder, settings, released)
    if released is not None and released.has("arms"):
        return learned, f"the release {released.record.id}"
    own = (base / BLEND).is_file()
    return learned, "made here by `finetune`" if own else "it comes with the project"


def _looked_at(trees: Trees) -> list[tuple[str, float]]:
    """Each column with the share of splits that look at it, the most first."""
    here = np.arange(trees.left.shape[1])[None, :]
    split = trees.left != here  # a leaf is its own child; what fills a row up points to the root
    split[:, 1:] &= trees.left[:, 1:] > 0
    counts = np.bincount(trees.column[split], minlength=len(COLUMNS))
    shares = counts / max(counts.sum(), 1)
    return sorted(zip(COLUMNS, shares.tolist(), strict=True), key=lambda pair: -pair[1])


def _show_moments(moments: Moments) -> None:
    click.echo(f"moments   {moments.file.found}; they count {moments.file.weight} times")
    for name, nats in moments.file.nats.items():
        most = sorted(nats.items(), key=lambda pair: -abs(pair[1]))[:TOLD]
        click.echo(f"          {name}: " + ", ".join(f"{word} {said:+.2f}" for word, said in most))
