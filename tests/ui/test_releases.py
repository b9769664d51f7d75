"""From chatting to a better model and back, while visitors go on talking."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from chatbot.log import ConversationLog
from chatbot.model_events import events_of
from retrieval.release import folder_of, read_pointer, sha256_of
from tests.ui.released import (
    ASKED,
    IN_FLIGHT,
    InFlight,
    opened,
    releases,
    run,
    shown,
    well_made_on_top,
)
from tests.ui.tasteful import FLAGS, index, listed, visit
from ui.service import Service
from ui.settings import load


def test_from_talk_to_a_better_model_and_back_while_fifty_visitors_talk(
    home: Path, serving: tuple[Service, Callable[[], InFlight]]
) -> None:
    service, begin = serving
    (made,) = releases(home)
    assert made["state"] == "ready"
    assert made["gain"]["low"] > 0
    before = shown(service)
    flight = begin()
    assert run(home, "models", "promote", made["id"], "--catalogue", "shop").exit_code == 0
    after = shown(service)
    assert after != before
    assert well_made_on_top(after) > well_made_on_top(before) + 3
    assert service.parts.versions["release"] == made["id"]
    assert run(home, "models", "rollback", "--catalogue", "shop").exit_code == 0
    assert shown(service) == before
    assert "release" not in service.parts.versions
    flight.stop()
    assert not flight.failed
    assert flight.answered >= IN_FLIGHT
    told = [e.event for e in events_of(home, "shop")]
    assert told == ["made", "promoted", "rolled back"]


def test_what_a_turn_was_made_by_is_in_the_log(home: Path) -> None:
    (made,) = releases(home)
    run(home, "models", "promote", made["id"][-6:], "--catalogue", "shop")
    service = opened(home)
    id = service.start().id
    listed(service, id, ASKED)
    turn = ConversationLog(home).export(id)["turns"][0]
    service.close()
    assert json.loads(turn["versions"])["release"] == made["id"]


def test_a_release_says_what_made_it(home: Path) -> None:
    (made,) = releases(home)
    done = run(home, "models", "show", made["id"], "--catalogue", "shop", "--json")
    told = json.loads(done.stdout)
    manifest = (home / "samples.manifest.json").read_bytes()
    folder = folder_of(home, "shop", made["id"])
    assert (folder / "samples.manifest.json").read_bytes() == manifest
    assert told["record"]["samples"]["sha256"] == sha256_of(home / "samples.jsonl")
    assert told["record"]["files"] == {
        f"arms/{path.name}": sha256_of(path) for path in (folder / "arms").iterdir()
    }
    assert told["record"]["samples"]["learned"] + told["record"]["samples"]["held_out"] == 200
    names = {check["name"] for check in told["metrics"]["checks"]}
    assert {"better than what is live", "promises kept", "language en", "cold items"} <= names
    card = (folder / "CARD.md").read_text()
    assert "The gate let it through, against no release" in card
    done = run(home, "models", "show", made["id"], "--catalogue", "shop")
    assert card in done.output
    assert f"shop: {made['id']}" not in run(home, "models", "show").output


def test_what_is_worse_than_what_is_live_is_refused_and_force_is_logged(home: Path) -> None:
    (made,) = releases(home)
    assert run(home, "models", "promote", made["id"], "--catalogue", "shop").exit_code == 0
    done = run(
        home, "finetune", "arms", str(home / "samples.jsonl"), "--catalogue", "shop", "--release"
    )
    assert "is not let through. better than what is live" in done.output
    done = run(home, "models", "promote", made["id"], "--catalogue", "shop")
    assert "is live already" in done.output
    (again,) = [r for r in releases(home) if r["id"] != made["id"]]
    assert again["state"] == "refused"
    done = run(home, "models", "promote", again["id"], "--catalogue", "shop")
    assert done.exit_code == 1
    assert "the interval above 0" in done.output
    assert read_pointer(home, "shop").live == made["id"]
    done = run(
        home, "models", "promote", again["id"], "--catalogue", "shop", "--force", "--why", "a try"
    )
    assert done.exit_code == 0, done.output
    last = events_of(home, "shop")[-2:]
    assert [e.event for e in last] == ["refused", "forced"]
    assert last[1].why.startswith("forced (a try) against: better than what is live")


def test_measured_against_what_is_no_longer_live_it_has_to_be_measured_again(home: Path) -> None:
    samples = str(home / "samples.jsonl")
    run(home, "finetune", "arms", samples, "--catalogue", "shop", "--release")
    one, two = (r["id"] for r in releases(home))
    assert run(home, "models", "promote", one, "--catalogue", "shop").exit_code == 0
    done = run(home, "models", "promote", two, "--catalogue", "shop")
    assert done.exit_code == 1
    assert "measured against no release" in done.output
    done = run(home, "models", "promote", two, "--catalogue", "shop", "--samples", samples)
    assert "FAIL  better than what is live" in done.output, "they are the same"


def test_an_erased_visitor_marks_the_releases_that_used_their_rows(home: Path) -> None:
    (made,) = releases(home)
    assert made["erased_visitors"] == 0
    log = ConversationLog(home)
    ids = log._db().execute("select id from conversations where consent != ''").fetchall()
    done = run(home, "visitors", "forget", ids[0][0])
    assert f"The release {made['id']} of 'shop' was made with their samples" in done.output
    run(home, "visitors", "consent", ids[1][0], "--withdraw")
    (made,) = releases(home)
    assert (made["erased_visitors"], made["withdrawn_visitors"]) == (1, 1)
    done = run(home, "models", "list", "--catalogue", "shop")
    assert "learned from 2 who are erased or withdrew" in done.output
    done = run(home, "models", "promote", made["id"], "--catalogue", "shop")
    assert done.exit_code == 1
    assert "make a new one without them" in done.output
    done = run(home, "models", "promote", made["id"], "--catalogue", "shop", "--force")
    assert done.exit_code == 0


def test_without_a_release_commands_say_what_to_do(tmp_path: Path) -> None:
    index(tmp_path)
    done = run(tmp_path, "models", "list")
    assert "There are no releases yet" in done.output
    done = run(tmp_path, "models", "promote", "x", "--catalogue", "shop")
    assert "'x' is no release of 'shop'" in done.output
    done = run(tmp_path, "models", "rollback", "--catalogue", "shop")
    assert "there is nothing to roll back" in done.output


def auto(home: Path, **flags: str) -> str:
    done = run(home, "finetune", "auto", "--catalogue", "shop", flags={**FLAGS, **flags})
    assert done.exit_code == 0, done.output
    return done.output.splitlines()[-1]


def test_auto_learns_from_the_log_promotes_and_then_waits(home: Path, tmp_path: Path) -> None:
    (by_hand,) = releases(home)
    shutil.rmtree(folder_of(home, "shop", by_hand["id"]))
    line = auto(home)
    (made,) = releases(home)
    assert line.startswith(f"shop: promoted {made['id']}, +0.")
    assert line.endswith("on held-out conversations, 200 new samples.")
    assert read_pointer(home, "shop").live == made["id"]
    page = (home / "models" / "shop" / "auto" / f"{made['id']}.md").read_text()
    assert "Nothing stood against it." in page
    assert "Visitors: 200." in page
    assert not list((home / "models").rglob("*.jsonl*")), "what visitors said is in the log alone"
    line = auto(home)
    assert line.startswith("shop: waits; 0 new samples since 20")
    service = opened(home)
    for seed in range(500, 504):
        visit(service, seed)
    service.close()
    assert auto(home).startswith("shop: waits; 4 new samples since 20")
    line = auto(home, **{"release.auto_samples": "4"})
    assert f"refused {releases(home)[-1]['id']}" in line
    assert "better than what is live" in line, "four more change little"
    assert read_pointer(home, "shop").live == made["id"]
    told = [e.event for e in events_of(home, "shop")]
    assert told == ["made", "made", "promoted", "auto", "auto", "auto", "made", "refused", "auto"]


@pytest.mark.models
def test_vectors_on_disk_are_lent_from_release_to_release_and_copied_beside_a_server(
    home: Path,
) -> None:
    real = {"scorer.model": "none", "understanding.second_reader": "none"}
    service = Service(home, load([], {}, real)[0], "shop")  # embeds the shop, and holds its vectors
    before = shown(service)
    out = str(home / "samples.jsonl")
    done = run(home, "finetune", "arms", out, "--catalogue", "shop", "--release", flags=real)
    assert done.exit_code == 0, done.output
    made = releases(home)[-1]["id"]
    flight = InFlight(service)
    done = run(
        home, "models", "promote", made, "--catalogue", "shop", "--why", "a try", "--force",
        flags=real,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert shown(service) != before
    assert service.parts.versions["release"] == made
    run(home, "models", "rollback", "--catalogue", "shop", flags=real)
    assert shown(service) == before
    flight.stop()
    service.close()
    assert not flight.failed
