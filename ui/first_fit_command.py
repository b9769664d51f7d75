"""The command `finetune simulated`."""

from pathlib import Path
from typing import Any

import click

from ui.options import common, settings_of


def _shares(_: click.Context, __: click.Parameter, given: str) -> tuple[float, ...]:
    try:
        found = tuple(float(part) for part in given.split(","))
    except ValueError as error:
        raise click.BadParameter(f"{given!r} is no list of numbers such as 1,2,1.") from error
    if not sum(found) > 0 or min(found) < 0:
        raise click.BadParameter(f"{given!r} gives nobody a chance; one number has to be above 0.")
    return tuple(part / sum(found) for part in found)


@click.command()
@click.option("--catalogue", required=True, help="The catalogue to talk about; any domain will do.")
@click.option(
    "--conversations",
    type=click.IntRange(1),
    default=1000,
    show_default=True,
    help="How many are simulated; each gives two or three suggestions.",
)
@click.option("--seed", default=0, show_default=True, help="The same seed gives the same talk.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the samples and the delta go.  [default: HOME/simulated/CATALOGUE]",
)
@click.option(
    "--popularity",
    type=click.FloatRange(0, 3),
    default=None,
    help="The power of popularity by which an item comes to mind; 0 makes all alike.  [default: 0.5 where "
    "it is said of three quarters of the items how often they were chosen, else 0]",
)
@click.option(
    "--named",
    default="1,1.4,1.2,0.4",
    show_default=True,
    callback=_shares,
    help="How often a seeker names none, one, two ... things it liked, as parts.",
)
@click.option(
    "--wished",
    type=click.FloatRange(0, 1),
    default=0.7,
    show_default=True,
    help="How much of what could be wished for in words is said.",
)
@click.option(
    "--loose",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Wishes that need not hold for what is sought: people say comedy, and take a drama.",
)
@click.option(
    "--told",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="Seekers who use some words of an item's prose, where it has any.",
)
@click.option(
    "--chat",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Conversations with a greeting, and turns that say nothing of taste.",
)
@click.option(
    "--stray",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="Items that are liked or suggested for no reason but being known.",
)
@click.option(
    "--reach",
    type=click.FloatRange(1),
    default=20,
    show_default=True,
    help="Places among what is alike behind which an item comes to mind half as often as the first.",
)
@click.option(
    "--delta-epochs",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Also train a delta of the encoder for so many epochs; 0 trains none.",
)
@click.option("--samples-only", is_flag=True, help="Write the samples, and fit nothing.")
@click.option(
    "--anyway",
    is_flag=True,
    help="Fit even where weights of people's talk serve, or where no choices are counted.",
)
@common
def simulated(
    catalogue: str,
    conversations: int,
    seed: int,
    out: Path | None,
    popularity: float | None,
    named: tuple[float, ...],
    wished: float,
    loose: float,
    told: float,
    chat: float,
    stray: float,
    reach: float,
    delta_epochs: int,
    samples_only: bool,
    anyway: bool,
    home: Path,
    flags: dict[str, Any],
) -> None:
    """Make a first fit for a catalogue that nobody has talked about yet.

    Two simulated people talk: one names things it liked and wishes for what an item's record says,
    never its title; the other suggests that item, and some that are alike. Each suggestion makes a
    sample, as if it came from a log, and the weights of the arms are fitted on these as `finetune arms`
    fits them on real ones. They are stored with the catalogue and serve from the next start on.

    It was measured to help where the catalogue says how often most items were chosen (a field with the
    role popularity, or `tastemaker interactions`); elsewhere plain fusion stays unless --anyway is given.

    What is learned is how far words, wishes and likeness can be trusted in this catalogue, and nothing of
    what people really like: as soon as there are logs, `finetune arms` does it better. Stopped, the
    command goes on when it is given again. For example:

    \b
    tastemaker index shop.csv --name shop
    tastemaker finetune simulated --catalogue shop
    tastemaker chat --catalogue shop                                # with the weights
    tastemaker chat --catalogue shop --set arms.blend=fusion        # without, to compare
    tastemaker evaluate real.jsonl.gz --catalogue shop              # once people have talked
    """
    from finetune.tastes import Manner  # noqa: PLC0415
    from ui.first_fit import Asked, learn_simulated  # noqa: PLC0415

    manner = Manner(
        popularity, reach, stray, named=named, wished=wished, loose=loose, told=told, chat=chat
    )
    asked = Asked(conversations, seed, manner, delta_epochs, not samples_only, anyway)
    learn_simulated(catalogue, out, asked, home, settings_of(home, flags))
