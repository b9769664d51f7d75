"""From chatting to a better model and back, while visitors go on talking."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from chatbot.log import ConversationLog
from chatbot.model_events import events_of
from retrieval import talked
from retrieval.prompt import ScorerPrompt
from retrieval.release import folder_of, read_pointer, sha256_of
from tests.ui.tasteful import FLAGS, KINDS, index, listed, visit, well_made
from ui.main import main
from ui.service import Service
from ui.settings import load

ASKED = "I would like blue lamps"
VISITORS, IN_FLIGHT = 200, 50


def run(home: Path, *args: str, flags: dict[str, str] = FLAGS) -> Result:
    more = [f"--set={name}={value}" for name, value in flags.items()]
    return CliRunner().invoke(main, [*args, "--home", str(home), *more])


def releases(home: Path) -> list[dict[str, Any]]:
    done = run(home, "models", "list", "--catalogue", "shop", "--json")
    assert done.exit_code == 0, done.output
    (found,) = json.loads(done.stdout)["catalogues"]
    made: list[dict[str, Any]] = found["releases"]
    return made


def opened(home: Path) -> Service:
    return Service(home, load([], {}, FLAGS)[0], "shop")


def shown(service: Service) -> list[list[str]]:
    """The lists that new visitors get for some questions, once what is live is served."""
    listed(service, service.start().id, ASKED)
    service.house.wait()
    asked = [ASKED, *(f"I would like red {kind}" for kind in KINDS)]
    return [listed(service, service.start().id, said) for said in asked]


def well_made_on_top(lists: list[list[str]]) -> int:
    """How many of the first two of each list are what visitors take."""
    return sum(map(well_made, (id for each in lists for id in each[:2])))


@pytest.fixture(scope="module")
def talked_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in whose log 200 visitors talked, and a release that was made of their talk."""
    home = tmp_path_factory.mktemp("home")
    index(home)
    service = opened(home)
    for seed in range(VISITORS):
        visit(service, seed)
    service.close()
    out = str(home / "samples.jsonl")
    done = run(home, "finetune", "samples", "--catalogue", "shop", "--out", out)
    assert done.exit_code == 0, done.output
    done = run(home, "finetune", "arms", out, "--catalogue", "shop", "--release")
    assert done.exit_code == 0, done.output
    assert "may be promoted" in done.output, done.output
    return home


@pytest.fixture
def home(talked_home: Path, tmp_path: Path) -> Path:
    """The same, to be changed by one test."""
    return Path(shutil.copytree(talked_home, tmp_path / "home"))


class InFlight:
    """Fifty visitors at once, each asking again and again until they are told to stop."""

    def __init__(self, service: Service) -> None:
        self._service, self._stop = service, threading.Event()
        self.failed: list[BaseException] = []
        self.answered = 0
        self._threads = [threading.Thread(target=self._talk, daemon=True) for _ in range(IN_FLIGHT)]
        for thread in self._threads:
            thread.start()

    def _talk(self) -> None:
        try:
            while True:
                id = self._service.start().id
                assert listed(self._service, id, ASKED)
                self.answered += 1
                if self._stop.wait(1.0):
                    return
        except BaseException as error:
            self.failed.append(error)

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


@pytest.fixture
def serving(home: Path) -> Iterator[tuple[Service, Callable[[], InFlight]]]:
    service, started = opened(home), []

    def begin() -> InFlight:
        started.append(InFlight(service))
        return started[-1]

    yield service, begin
    for flight in started:
        flight.stop()
    service.close()


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


def spoil(home: Path, id: str, change: Callable[[Path], None]) -> None:
    """Change the files of a release, and its record so that the change is not seen by the hashes."""
    folder = folder_of(home, "shop", id)
    change(folder)
    record = json.loads((folder / "release.json").read_text())
    record["files"] = {name: sha256_of(folder / name) for name in record["files"]}
    (folder / "release.json").write_text(json.dumps(record))


def no_numbers(folder: Path) -> None:
    file = folder / "arms" / "arms.json"
    arms = json.loads(file.read_text())
    arms["weights"]["suggested"] = float("nan")
    file.write_text(json.dumps(arms))


def unknown_arm(folder: Path) -> None:
    file = folder / "arms" / "arms.json"
    arms = json.loads(file.read_text())
    arms["weights"]["luck"] = 1.0
    file.write_text(json.dumps(arms))


def broken_counts(folder: Path) -> None:
    made = talked.load(folder / "arms" / talked.FILE)
    assert made is not None
    talked.save(folder / "arms" / talked.FILE, made)
    with np.load(folder / "arms" / talked.FILE) as file:
        arrays = dict(file)
    arrays["named"] = arrays["named"][:3]  # fewer than there are keys
    with (folder / "arms" / talked.FILE).open("wb") as out:
        np.savez(out, **arrays)


@pytest.mark.parametrize("change", [no_numbers, unknown_arm, broken_counts])
def test_a_server_takes_back_a_release_that_it_cannot_open(
    home: Path,
    serving: tuple[Service, Callable[[], InFlight]],
    change: Callable[[Path], None],
) -> None:
    service, begin = serving
    (made,) = releases(home)
    before = shown(service)
    run(home, "models", "promote", made["id"], "--catalogue", "shop")
    spoil(home, made["id"], change)
    flight = begin()
    assert shown(service) == before
    flight.stop()
    assert not flight.failed
    assert read_pointer(home, "shop").live is None
    assert events_of(home, "shop")[-1].event == "rolled back by itself"


class Stubborn:
    """A scorer that can be loaded, and fails when it is asked."""

    name = "stubborn"
    in_nats = True
    file = SimpleNamespace(weight=1.0)

    def score(self, prompt: ScorerPrompt, cards: Sequence[str]) -> list[float]:
        raise FloatingPointError("no score today")


def test_a_release_that_fails_its_smoke_check_reaches_no_visitor(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.released.TrainedScorer", lambda base, folder: Stubborn())
    monkeypatch.setattr("ui.opening.scorer_base", lambda home, settings, progress: home)
    (made,) = releases(home)
    folder = folder_of(home, "shop", made["id"])
    (folder / "scorer").mkdir()
    (folder / "scorer" / "scorer.json").write_text("{}")
    record = json.loads((folder / "release.json").read_text())
    record["files"]["scorer/scorer.json"] = sha256_of(folder / "scorer" / "scorer.json")
    (folder / "release.json").write_text(json.dumps(record))
    settings, _ = load([], {}, {**FLAGS, "scorer.model": str(home / "no language model")})
    service = Service(home, settings, "shop")
    before = shown(service)
    run(home, "models", "promote", made["id"], "--catalogue", "shop", "--force")
    flight = InFlight(service)
    assert shown(service) == before
    flight.stop()
    service.close()
    assert not flight.failed
    assert read_pointer(home, "shop").live is None
    last = events_of(home, "shop")[-1]
    assert last.event == "rolled back by itself"
    assert "FloatingPointError: no score today" in last.why


def test_a_server_that_starts_with_a_damaged_release_goes_back(home: Path) -> None:
    (made,) = releases(home)
    run(home, "models", "promote", made["id"], "--catalogue", "shop")
    (folder_of(home, "shop", made["id"]) / "arms" / "arms.json").write_text("{}")
    service = opened(home)
    assert listed(service, service.start().id, ASKED)
    service.close()
    assert read_pointer(home, "shop").live is None
    assert "was changed after it was made" in events_of(home, "shop")[-1].why


def test_code_among_the_files_of_a_release_is_refused(home: Path) -> None:
    (made,) = releases(home)
    (folder_of(home, "shop", made["id"]) / "arms" / "weights.pkl").write_bytes(b"\x80\x04.")
    done = run(home, "models", "promote", made["id"], "--catalogue", "shop", "--force")
    assert done.exit_code == 1
    assert "other files can run code" in done.output


def test_a_release_of_another_encoder_is_not_served_and_not_taken_back(home: Path) -> None:
    (made,) = releases(home)
    run(home, "models", "promote", made["id"], "--catalogue", "shop")

    def other(folder: Path) -> None:
        record = json.loads((folder / "release.json").read_text())
        (folder / "release.json").write_text(json.dumps(record | {"encoder": "another"}))

    spoil(home, made["id"], other)
    service = opened(home)
    assert listed(service, service.start().id, ASKED)
    assert "release" not in service.parts.versions
    service.close()
    assert read_pointer(home, "shop").live == made["id"]
    assert [e.event for e in events_of(home, "shop")][-1] == "not served"


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
