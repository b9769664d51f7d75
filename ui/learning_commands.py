"""The commands `finetune samples`, `finetune import` and `visitors consent`."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from ui.options import TakesId, common, settings_of


@click.command()
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write, JSON Lines, gzipped if it ends in .gz; the manifest goes beside it.",
)
@click.option("--catalogue", default="", help="Only conversations about this one.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Only lists shown on this day (UTC) or later.",
)
@click.option(
    "--visitor-share",
    type=click.FloatRange(0, 1),
    default=0.005,
    show_default=True,
    help="The most of the samples that one visitor may have; never less than one sample. 1 is no bound.",
)
@click.option(
    "--item-share",
    type=click.FloatRange(0, 1),
    default=0.05,
    show_default=True,
    help="The most of the positives that one item may be; never less than one. 1 is no bound.",
)
@click.option("--seed", default=0, show_default=True, help="What is dropped over those bounds.")
@common
def samples(
    out: Path,
    catalogue: str,
    since: datetime | None,
    visitor_share: float,
    item_share: float,
    seed: int,
    home: Path,
    flags: dict[str, Any],
) -> None:
    """Make samples to learn from out of the log of conversations.

    One sample for each list that a visitor reacted to: what was said before it; as labels what was
    liked, clicked, saved, bought or taken in words; as negatives what was disliked or hidden, what stood
    above something taken or right below it, and what was passed over when others were asked for. Each
    with its place and how likely that place was looked at. The later reaction to an item counts.

    Only what visitors agreed to is read: see `tastemaker visitors consent --help`. Imported dialogues
    (`tastemaker finetune import`) give a sample for each list that their recommender named.

    The manifest says what went in and what was left out, and why. The same log gives the same bytes.
    For example: tastemaker finetune samples --out samples.jsonl.gz --catalogue films --since 2026-11-01
    """
    from finetune.manifest import Settings  # noqa: PLC0415
    from ui.learning import write_samples  # noqa: PLC0415

    asked = Settings(
        catalogue=catalogue,
        since=since.date().isoformat() if since else "",
        consent=settings_of(home, flags).log.consent,
        visitor_share=visitor_share,
        item_share=item_share,
        seed=seed,
    )
    write_samples(out, asked, home)


@click.command("import")
@click.argument("dialogues", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--catalogue", required=True, help="The catalogue that the dialogues' items are of.")
@click.option(
    "--source", default="", help="What to call where they are from.  [default: the file's name]"
)
@common
def import_(
    dialogues: Path, catalogue: str, source: str, home: Path, flags: dict[str, Any]
) -> None:
    """Take DIALOGUES between people into the log, to learn from them as from our own.

    JSON Lines, gzipped or not, a dialogue a line:
    {"id", "turns": [{"role": "user" or "assistant", "text", "items": [ids named]}], "feedback":
    {id: {"suggested", "seen", "liked"}}}. Feedback is 0 for no, 1 for yes, 2 for not said, and may be missing.

    They count as consented: see to it that they are. A dialogue that is in the log already is left alone, and one
    that was erased does not come back, so the command may be stopped and given again. Erase one with
    `tastemaker visitors forget SOURCE/ID`.
    """
    from ui.learning import take_dialogues  # noqa: PLC0415

    settings_of(home, flags)
    take_dialogues(dialogues, catalogue, source, home)


@click.command(cls=TakesId)
@click.argument("id")
@click.option(
    "--give/--withdraw", "training", default=None, help="Without either, say what stands."
)
@common
def consent(id: str, training: bool | None, home: Path, flags: dict[str, Any]) -> None:
    """Whether the conversation ID may be learned from.

    Given, it holds for what is said from then on; withdrawn, for nothing that was ever said there. Nobody
    has agreed before they are asked, unless the setting log.consent is 'assumed'. A site asks its visitors and passes
    the answer on: PUT /api/v1/sessions/ID/consent {"training": true}.
    """
    from ui.learning import settle_consent  # noqa: PLC0415

    settings_of(home, flags)
    settle_consent(id, training, home)
