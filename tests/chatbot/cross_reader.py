"""How well the second reader does on utterances that it was not trained on: `python -m tests.chatbot.cross_reader`.

Five times, it is trained on all but a fifth of the utterances by four people who had not seen the rules
(and on all other sets), and measured on that fifth with the scorer of test_labelled. Ten neighbours in
a file, which one writer imagined together, are in one fold. `--by-writer` keeps a whole file out instead.
"""

import sys
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

from chatbot.lexicon import Lexicon
from chatbot.mention_model import Network, likely
from chatbot.second_reader import Cuts, Heard, Likely
from chatbot.understand import understand
from finetune.labelled import Labelled, before, read_labelled
from finetune.reader import CUTS, lessons_of, open_lexicons, train
from retrieval.text import clean
from tests.chatbot.slots import Score, compare, slots_of
from tests.conftest import ROOT

UTTERANCES = ROOT / "tests" / "utterances"
TUNED = ("understanding", "understanding_more", "understanding_visitors")
ALSO = tuple(f"understanding_trained_on_{n}" for n in range(5, 11))
FRESH = tuple(f"understanding_trained_on_{n}" for n in (1, 2, 3, 4))
FOLDS, NEIGHBOURS = 5, 10


class Answers:
    """A network just trained, as a second reader."""

    name = "answers"
    cuts: Cuts = CUTS

    def __init__(self, network: Network) -> None:
        self._network = network

    def read(self, heard: Heard) -> Likely:
        """What the network reads."""
        return likely(self._network, [heard])[0]


def english(names: tuple[str, ...]) -> list[tuple[int, Labelled]]:
    """The English utterances of some files, each with its fold, or its file's number."""
    found = []
    for number, name in enumerate(names):
        for at, row in enumerate(read_labelled(UTTERANCES / f"{name}.jsonl")):
            fold = number if "--by-writer" in sys.argv else (at // NEIGHBOURS) % FOLDS
            found += [(fold, row)] if row.language == "en" else []
    return found


def count(
    row: Labelled, lexicon: Lexicon, second: Answers | None, table: dict[str, Score], where: str
) -> None:
    """Count one utterance, as a whole and by its catalogue."""
    said = understand(clean(row.say, 2000), before(row, lexicon), lexicon, second)
    optional = [tuple(s) for s in row.slots_ok]
    right, false, missed = compare([tuple(s) for s in row.slots], optional, slots_of(said, lexicon))
    acts, gold = {a.act for a in said.acts}, set(row.acts)
    for key in ("all", where):
        table[f"slots {key}"].add(right, len(false), len(missed))
        table[f"acts {key}"].add(
            len(acts & gold), len(acts - gold - set(row.acts_ok)), len(gold - acts)
        )


def main() -> None:
    """Print F1 of the rules alone, and of the rules with the second reader."""
    with TemporaryDirectory() as home:
        folders = [ROOT / "data", ROOT / "tests" / "catalogues"]
        tuned, fresh = [row for _, row in english((*TUNED, *ALSO))], english(FRESH)
        lexicons = open_lexicons(folders, [r.catalogue for r in tuned], Path(home))
        alone: dict[str, Score] = defaultdict(Score)
        both: dict[str, Score] = defaultdict(Score)
        for fold in sorted({fold for fold, _ in fresh}):
            known = tuned + [row for where, row in fresh if where != fold]
            held = [row for where, row in fresh if where == fold]
            network = train(lessons_of(known, lexicons), seed=fold)
            for row in held:
                count(row, lexicons[row.catalogue], None, alone, row.catalogue)
                count(row, lexicons[row.catalogue], Answers(network), both, row.catalogue)
            print(f"fold {fold}: {len(known)} to learn from, {len(held)} counted", flush=True)
        for key in sorted(alone):
            a, b = alone[key], both[key]
            print(f"{key:14} rules {a.f1:.3f}  with the second reader {b.f1:.3f} "
                  f"({b.right} right, {b.false} made up, {b.missed} missed)")  # fmt: skip


if __name__ == "__main__":
    main()
