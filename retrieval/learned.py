"""What was learned from conversations about a catalogue, and the files that it lies in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from retrieval import asked_before, talked
from retrieval.arm_blend import FILE as BLEND
from retrieval.arm_blend import ArmBlend, load_arm_blend, same_model
from retrieval.asked_before import AskedBefore, load_asked, save_asked
from retrieval.boosted import FILE as TREES
from retrieval.boosted import Trees, load_trees, save_trees
from retrieval.item import Item
from retrieval.moments import FILE as MOMENTS
from retrieval.moments import Moments, load_moments, save_moments
from retrieval.talked import Talked
from retrieval.whole_file import write_whole


@dataclass(frozen=True)
class Learned:
    """What is talked of together, what was asked for before, the weights of all that, the trees that correct
    them, and what is taken when. Each may be missing; the last two are not used without weights."""

    talked: Talked | None = None
    asked: AskedBefore | None = None
    blend: ArmBlend | None = None
    trees: Trees | None = None
    moments: Moments | None = None


UNTAUGHT = Learned()


def load_learned(
    folder: Path, items: Sequence[Item], key: Callable[[Item], str], encoder: str
) -> Learned:
    """What lies in a folder, over the rows of a catalogue whose items have those keys. What another
    encoder made is left out. Raises TastemakerError for files that cannot be read."""
    blend = load_arm_blend(folder / BLEND, encoder)
    counted, asked = talked.load(folder / talked.FILE), load_asked(folder / asked_before.FILE)
    if asked is not None and not same_model(asked.encoder, encoder):
        asked = None
    return Learned(
        talked.placed(counted, items, key) if counted else None,
        asked_before.placed(asked, items, key) if asked else None,
        blend,
        load_trees(folder / TREES) if blend else None,
        load_moments(folder / MOMENTS) if blend else None,
    )


def save_learned(folder: Path, learned: Learned, keys: Sequence[str] = ()) -> None:
    """Store it; each file is the old one or the new one, never a part. `keys` are the rows' names in
    other catalogues of the same things, where it is meant for them; else ids."""
    folder.mkdir(parents=True, exist_ok=True)
    counted, asked, blend, trees = learned.talked, learned.asked, learned.blend, learned.trees
    if counted is not None:
        talked.save(folder / talked.FILE, replace(counted, keys=tuple(keys)) if keys else counted)
    if asked is not None:
        save_asked(folder / asked_before.FILE, replace(asked, keys=tuple(keys)) if keys else asked)
    if blend is not None:
        write_whole(folder / BLEND, f"{blend.model_dump_json(indent=1)}\n".encode())
    if trees is not None:
        save_trees(folder / TREES, trees)
    else:
        (folder / TREES).unlink(missing_ok=True)
    if learned.moments is not None:
        save_moments(folder / MOMENTS, learned.moments)
    else:
        (folder / MOMENTS).unlink(missing_ok=True)
