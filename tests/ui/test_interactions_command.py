"""`tastemaker interactions` as a site owner meets it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from retrieval.colike import FILE, load
from retrieval.interaction_store import InteractionStore, salt_of
from tests.ui.test_command_line import LIGHT, tastemaker
from ui.main import main

IDS = [f"{kind}{n}" for kind in "xy" for n in range(4)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a shop of eight things, in two tastes."""
    catalogue = tmp_path / "shop.jsonl"
    rows = [{"id": id, "title": f"Thing {id}", "kind": [f"kind {id[1]}"]} for id in IDS]
    catalogue.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = run("index", str(catalogue), "--name", "shop", *LIGHT, home=tmp_path / "home")
    assert done.exit_code == 0, done.output
    return tmp_path / "home"


def run(*args: str, home: Path) -> Result:
    return CliRunner().invoke(main, [*args, "--home", str(home)])


def likes(path: Path, start: int = 0, people: int = 12, more: str = "") -> Path:
    lines = [
        f"{kind}{n},{kind}{k},like,{1_600_000_000 + k}"
        for kind in "xy"
        for n in range(start, start + people)
        for k in range(4)
        if k != n % 4
    ]
    path.write_text("\n".join(["user,item,event,time", *lines]) + "\n" + more)
    return path


def test_a_file_is_read_kept_and_made_use_of(home: Path, tmp_path: Path) -> None:
    file = likes(tmp_path / "likes.csv", more="u,x0,zoom,1\nu,lost,like,1\n")
    done = run("interactions", str(file), "--catalogue", "shop", home=home)
    assert done.exit_code == 0, done.output
    for said in (
        "likes.csv: user = user, item = item, value = event, time = time; values are events.",
        "73 rows read, 73 of them not known before.",
        "line 74: no event is named 'zoom'",
        "1 rows could not be used",
        "1 rows are about 1 items that the catalogue does not have",
        "shop: 24 people like 8 of 8 items; 8 items have neighbours",
    ):
        assert said in done.output
    again = run("interactions", str(file), "--catalogue", "shop", home=home)
    assert "73 rows read, 0 of them not known before." in again.output
    second = likes(tmp_path / "more.csv", start=12, people=2)
    assert "28 people like" in run("interactions", str(second), "--catalogue", "shop", home=home).output  # fmt: skip
    third = run("interactions", str(second), "--catalogue", "shop", "--replace", home=home)
    assert "4 people like" in third.output


def test_a_refused_file_leaves_the_model_and_what_is_kept(home: Path, tmp_path: Path) -> None:
    folder = home / "catalogues" / "shop"
    run("interactions", str(likes(tmp_path / "a.csv")), "--catalogue", "shop", home=home)
    before = (folder / FILE).read_bytes()
    bad = tmp_path / "bad.csv"
    bad.write_text("user,item\n" + "only one cell\n" * 5 + "u,x0\n")
    for args, said in (
        ((str(bad), "--tolerate", "4"), "More than 4 rows cannot be used, so nothing was changed"),
        ((str(tmp_path / "none.csv"),), "There is no file"),
        ((str(bad), "--column", "user=uid"), "has no column 'uid'"),
        ((str(bad), "--column", "uid"), "NAME=VALUE"),
        ((str(bad), "--event", "a=9"), "worth -1 to 1"),
        (("--replace",), "needs a FILE"),
        ((str(bad), "--forget", "x0"), "stands alone"),
    ):
        done = run("interactions", *args, "--catalogue", "shop", home=home)
        assert done.exit_code in (1, 2), done.output
        assert said in done.output
        assert (folder / FILE).read_bytes() == before
    assert len(InteractionStore(folder, salt_of(home)).kept().user) == 72
    nowhere = run("interactions", str(bad), "--catalogue", "nowhere", home=home)
    assert "There is no catalogue named 'nowhere'" in nowhere.output


def test_a_forgotten_user_is_out_of_the_model_too(home: Path, tmp_path: Path) -> None:
    none = run("interactions", "--catalogue", "shop", "--forget", "x0", home=home)
    assert "No interactions are kept" in none.output
    assert (
        "No interactions are kept" in run("interactions", "--catalogue", "shop", home=home).output
    )
    run("interactions", str(likes(tmp_path / "a.csv")), "--catalogue", "shop", home=home)
    done = run("interactions", "--catalogue", "shop", "--forget", "x0", home=home)
    assert "3 interactions of that user are erased" in done.output
    made = load(home / "catalogues" / "shop", IDS)
    assert made is not None
    assert made.together("x1", "x2") == 5
    assert made.users == 23


def test_what_is_kept_counts_for_items_that_come_later(home: Path, tmp_path: Path) -> None:
    file = likes(tmp_path / "a.csv", more="".join(f"x{n},late,like,1\n" for n in range(12)))
    run("interactions", str(file), "--catalogue", "shop", home=home)
    rows = [{"id": id, "title": id} for id in [*IDS[1:], "late"]]
    catalogue = tmp_path / "later.jsonl"
    catalogue.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = run("index", str(catalogue), "--name", "shop", *LIGHT, home=home)
    assert done.exit_code == 0, done.output
    made = load(home / "catalogues" / "shop", [*IDS[1:], "late"])
    assert made is not None
    assert made.together("late", "x1") == 9
    (home / "catalogues" / "shop" / FILE).unlink()
    assert "24 people like" in run("interactions", "--catalogue", "shop", home=home).output


def test_a_conversation_about_the_shop_says_what_goes_together(home: Path, tmp_path: Path) -> None:
    file = likes(tmp_path / "a.csv", people=24)
    run("interactions", str(file), "--catalogue", "shop", home=home)
    said = "something like Thing x0\n"
    done = tastemaker("chat", "--json", "--catalogue", "shop", *LIGHT, home=home, given=said)
    assert done.returncode == 0, done.stderr
    shown = {item["id"]: item for item in json.loads(done.stdout)["items"]}
    assert set(list(shown)[:3]) == {"x1", "x2", "x3"}
    assert "Often liked together with Thing x0: 12 people liked both." in shown["x1"]["reason"]
    assert {"kind": "colike", "field": "id", "value": 12.0, "quote": "", "turn": 0, "other": "x0"} in shown["x1"]["evidence"]  # fmt: skip


def test_help_teaches() -> None:
    done = CliRunner().invoke(main, ["interactions", "--help"])
    assert "salted hashes" in " ".join(done.output.split())
    assert done.exit_code == 0
