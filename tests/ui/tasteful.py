"""A shop whose visitors like things for a reason that no field tells: some are simply better made.

What is better made can only be learned from what visitors do. Visitors are simulated through the service,
as the page does it: they say something, see a list, and take what they like of it.
"""

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from chatbot.events import Recommended
from retrieval.encoder import HashingEncoder
from ui.opening import catalogue_folder
from ui.service import Service
from ui.updating import update

KINDS = ("lamps", "tables", "chairs", "rugs", "clocks", "vases", "mirrors", "stools")
COLOURS = ("red", "blue", "green", "white")
EACH = 24
FLAGS = {
    "encoder.model": "hashing",
    "scorer.model": "none",
    "release.exposure_floor": "0.08",  # of some forty held-out lists: chance moves three of them
}


def rows(each: int = EACH) -> list[dict[str, Any]]:
    """`each` things of every kind; popularity says little of which are well made."""
    dice = random.Random(5)
    return [
        {
            "id": f"{kind}-{n}",
            "title": f"The {_name(dice)} {kind[:-1]}",
            "kind": [kind],
            "colour": [COLOURS[n % len(COLOURS)]],
            "price": 10 + 7 * n,
            "popularity": 40 + dice.randint(0, 30),
        }
        for kind in KINDS
        for n in range(each)
    ]


def _name(dice: random.Random) -> str:
    return "".join(dice.choice("bdfgklmnprst") + dice.choice("aeiou") for _ in range(3)).title()


def well_made(id: str) -> bool:
    """Whether visitors take it who see it: a third of all."""
    return int(id.rpartition("-")[2]) % 3 == 0


def index(home: Path, each: int = EACH) -> None:
    """Put the shop into a home folder."""
    update(catalogue_folder(home, "shop"), HashingEncoder(), rows(each))


def listed(service: Service, id: str, said: str) -> list[str]:
    """What is shown for something said, as ids; nothing where no list came."""
    events = service.respond(id, said)
    return [c.item.id for e in events if isinstance(e, Recommended) for c in e.cards]


def visit(service: Service, seed: int, asked: Sequence[str] = ()) -> str:
    """One visitor who agrees, asks for a kind of a colour, takes what is well made (nine times of ten, and one of ten
    of the rest), asks for more, and does so again. Each kind in each colour is asked for as often. Gives the
    conversation's id."""
    dice = random.Random(seed)
    id = service.start().id
    service.consent(id, True)
    wanted = f"{COLOURS[seed % len(COLOURS)]} {KINDS[seed // len(COLOURS) % len(KINDS)]}"
    for said in asked or (f"I would like {wanted}", "more"):
        for item in listed(service, id, said):
            if dice.random() < (0.9 if well_made(item) else 0.1):
                service.react(id, item, "like")
    return id
