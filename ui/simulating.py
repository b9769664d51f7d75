"""The command `tastemaker simulate`: seekers with an item in mind, and how soon they are shown it."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ui.options import common, settings_of

if TYPE_CHECKING:
    from ui.settings import Settings

POLICIES = ("full", "no-questions", "more-of-the-same", "one-list")
PRINTED = (1, 2, 3, 4, 5, 8)


@click.command()
@click.option(
    "--catalogue",
    "catalogues",
    multiple=True,
    default=("films",),
    show_default=True,
    help="Catalogue whose items are sought; several may be given.",
)
@click.option("--seekers", type=click.IntRange(1), default=200, show_default=True)
@click.option(
    "--seed",
    default=0,
    show_default=True,
    help="The same seed, catalogue and program give the same conversations, byte for byte.",
)
@click.option(
    "--policy",
    "policies",
    multiple=True,
    type=click.Choice(POLICIES),
    help="Measure only this one; several may be given.  [default: all four]",
)
@click.option(
    "--talk",
    type=click.IntRange(0),
    metavar="N",
    help="Instead: print what seeker N says and is told under each policy.",
)
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
@common
def simulate(
    catalogues: tuple[str, ...],
    seekers: int,
    seed: int,
    policies: tuple[str, ...],
    talk: int | None,
    as_json: bool,
    home: Path,
    flags: dict[str, Any],
) -> None:
    """Let made-up seekers talk to the recommender, and count by which turn they find their item.

    A seeker has one item of the catalogue in mind, picked by chance, and never names it. It says what
    is true of the item, compares what it is shown with it ("older than the second", "not so violent"),
    and answers questions by its record. Seekers are talkative, terse, picky or vague, a quarter each.

    \b
    full              lists, a question where one is worth it, everything read that is said
    no-questions      the same, but nothing is ever asked
    more-of-the-same  recommend only: the opening wish, then "more" of the same ranking
    one-list          recommend only, one list: the opening wish, and that is all

    Use it before and after a change to the dialogue: the same seekers come back. Figures stand with
    95 % intervals over seekers. "Item" is the one in mind; "all met" is any item of which everything
    holds that the seeker could say. No language model is used unless --set scorer.model=... names one.
    """
    settings = settings_of(home, {"scorer.model": "none"} | flags)
    if talk is not None:
        _print_talk(home, catalogues, seed, policies or POLICIES, talk, settings)
        return
    found = {
        name: _measured(home, name, seekers, seed, policies or POLICIES, settings)
        for name in catalogues
    }
    if as_json:
        click.echo(json.dumps({"seed": seed, "seekers": seekers, "scenes": found}))
        return
    click.echo("\n\n".join(table(name, part) for name, part in found.items()))


def _measured(
    home: Path, name: str, seekers: int, seed: int, policies: tuple[str, ...], settings: "Settings"
) -> dict[str, Any]:
    from finetune import seeking  # noqa: PLC0415
    from ui.opening import open_parts  # noqa: PLC0415
    from ui.terminal import progress_bars  # noqa: PLC0415

    with progress_bars() as progress:
        opened = open_parts(home, name, settings, progress)
        try:
            chosen = [p for p in seeking.POLICIES if p.replace(" ", "-") in policies]
            talks = seeking.simulate(opened.parts, seekers, seed, chosen, progress)
        finally:
            opened.close()
    found: dict[str, Any] = {
        "policies": {p.replace(" ", "-"): seeking.summary(part) for p, part in talks.items()}
    }
    if "full" in talks:
        found["full_over"] = {
            p.replace(" ", "-"): seeking.gain(talks["full"], talks[p], 5)
            for p in chosen
            if p != "full"
        }
    return found


def table(scene: str, found: dict[str, Any]) -> str:
    """The figures of one catalogue for a terminal."""
    lines = [f"{scene}: the item in mind is on a list by turn (95 % intervals over seekers)"]
    lines.append(f"{'':<18}" + "".join(f"{turn:>21}" for turn in PRINTED))
    for policy, row in found["policies"].items():
        cells = [_interval(row["success"][turn]) for turn in PRINTED]
        lines.append(f"{policy:<18}" + "".join(f"{cell:>21}" for cell in cells))
    lines.append(
        f"\n{'':<18}{'all met by 5':>21}{'turns needed':>14}{'questions':>11}{'kept, read':>12}"
        f"{'kept, meant':>13}{'repeats':>9}  item by turn 5, by persona"
    )
    for policy, row in found["policies"].items():
        turns = "-" if row["turns_needed"] is None else f"{row['turns_needed']:.2f}"
        personas = "  ".join(f"{n} {share:.2f}" for n, share in row["success_by_5_of"].items())
        lines.append(
            f"{policy:<18}{_interval(row['all_met'][5]):>21}{turns:>14}"
            f"{row['questions']['value']:>11.2f}{row['kept_as_read']:>12.4f}"
            f"{row['kept_as_meant']:>13.4f}{row['repeat_rate']:>9.4f}  {personas}"
        )
    for policy, effect in found.get("full_over", {}).items():
        times = _interval(effect) if effect else "any number of"
        lines.append(f"full is {times} times {policy} by turn 5")
    return "\n".join(lines)


def _interval(cell: dict[str, float]) -> str:
    return f"{cell['value']:.3f} [{cell['low']:.3f}, {cell['high']:.3f}]"


def _print_talk(
    home: Path,
    catalogues: tuple[str, ...],
    seed: int,
    policies: tuple[str, ...],
    n: int,
    settings: "Settings",
) -> None:
    from finetune import seeking  # noqa: PLC0415
    from ui.opening import open_parts  # noqa: PLC0415

    for name in catalogues:
        opened = open_parts(home, name, settings)
        try:
            for policy in seeking.POLICIES:
                if policy.replace(" ", "-") in policies:
                    click.echo(transcript(seeking.seek(opened.parts, policy, n, seed), policy))
        finally:
            opened.close()


def transcript(talk: Any, policy: str) -> str:
    """One conversation in words, with what was sought."""
    outcome = f"found in turn {talk.found}" if talk.found else "not found"
    lines = [f"\n[{policy}] seeker {talk.seeker}, {talk.persona}, seeks {talk.target}: {outcome}"]
    for said, reply in zip(talk.said, talk.replies, strict=True):
        lines += [f"  > {said}", *(f"    {line}" for line in reply.splitlines())]
    return "\n".join(lines)
