"""The owner's rules from the outside: the command, the server that reads them anew, cards, evaluation."""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from chatbot.events import Card
from chatbot.profile import Profile
from retrieval.errors import RulesError
from retrieval.item import Schema
from retrieval.rules_in_force import today
from tests.conftest import item
from tests.ui.shops import LIGHT, indexed_shop
from ui.api import make_api
from ui.cards import slots
from ui.main import main
from ui.page_view import View, turn_views
from ui.resuming import opened
from ui.service import Service
from ui.settings import load
from ui.terminal import card_text

ROWS = [
    {"id": f"p{n}", "title": f"Thing {n}", "category": "lamps" if n % 2 else "tables",
     "price": 10 + n, "stock": 0 if n in (3, 4) else n + 1, "popularity": 40 - n,
     "description": f"A plain thing with the word{n} on it."}
    for n in range(24)
]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return indexed_shop(tmp_path_factory.mktemp("home"), ROWS)


@pytest.fixture
def rules(home: Path) -> Iterator[Path]:
    path = home / "catalogues" / "shop" / "rules.toml"
    yield path
    path.unlink(missing_ok=True)


def check(home: Path, name: str = "shop") -> tuple[int, str]:
    done = CliRunner().invoke(main, ["rules", "check", name, "--home", str(home)])
    assert "Traceback" not in done.output
    return done.exit_code, done.output


def test_check_prints_what_each_rule_means_today(home: Path, rules: Path) -> None:
    assert check(home)[1].startswith("There is no ")
    tomorrow = today() + timedelta(days=1)
    rules.write_text(
        f"""[[pin]]
where = {{ id = "p23" }}
place = 2
sponsored = true

[[boost]]
where = {{ category = "lamps", price = ["< 13", "> 30"] }}
by = 0.5
from = {tomorrow}
note = "lamp week"

[[hide]]
where = {{ category = "chairs" }}
""",
        encoding="utf-8",
    )
    code, said = check(home)
    assert code == 0
    assert f"3 rules, 2 of them in force on {today()}." in said
    assert "line   1  pin to place 2 (sponsored) id p23\n          1 item: Thing 23" in said
    assert "line   6  boost by 0.5 category lamps, price < 13 or > 30  — lamp week" in said
    assert f"from {tomorrow}; NOT IN FORCE TODAY: 3 items: Thing 1, Thing 21, Thing 23" in said
    assert "line  12  hide category chairs\n          no item fits this" in said
    assert "Stock (stock): 2 of 24 items are out of stock; they are never shown." in said


def test_a_wrong_file_is_refused_by_check_and_at_the_start(home: Path, rules: Path) -> None:
    rules.write_text("[[hide]]\nwhere = { categroy = 'lamps' }\n")
    code, said = check(home)
    assert code == 1
    assert "tastemaker: rules.toml, line 2: the catalogue has no field 'categroy'" in said
    assert "did you mean 'category'?" in said
    settings, _ = load([], {}, {"encoder.model": "hashing", "scorer.model": "none"})
    with pytest.raises(RulesError, match="line 2"):
        Service(home, settings, "shop")
    assert check(home, "nothing")[0] == 1


def test_a_catalogue_of_ours_that_was_never_opened_can_be_checked(tmp_path: Path) -> None:
    code, said = check(tmp_path, "films")
    assert code == 0
    assert "Stock: no field of the catalogue says how many there are." in said


def test_a_running_server_follows_the_file_and_keeps_its_rules_while_it_is_wrong(
    home: Path, rules: Path
) -> None:
    settings, _ = load([], {}, {"encoder.model": "hashing", "scorer.model": "none"})
    service = Service(home, settings, "shop")
    client = TestClient(make_api(service))

    def lamps() -> list[dict[str, object]]:
        id = client.post("/api/v1/sessions").json()["id"]
        turn = client.post(
            f"/api/v1/sessions/{id}/messages",
            json={"text": "lamps"},
            headers={"Accept": "application/json"},
        ).json()
        found: list[dict[str, object]] = turn["items"]
        return found

    def write(text: str, when: int) -> None:
        rules.write_text(text, encoding="utf-8")
        os.utime(rules, ns=(when, when))

    try:
        before = lamps()
        assert all(shown["item"]["stock"] > 0 for shown in before)  # type: ignore[index]
        assert "rules" not in client.get("/readyz").json()
        first = before[0]["id"]
        write(f'[[hide]]\nwhere = {{ id = "{first}" }}\n[stock]\nhide = false', 1)
        shown = lamps()
        assert first not in [s["id"] for s in shown]
        assert [s["id"] for s in shown if s.get("out_of_stock")] == ["p3"]
        assert client.get("/readyz").json()["rules"]
        write("[[hide]]\nwhere = 3", 2)
        assert [s["id"] for s in lamps()] == [s["id"] for s in shown]
        write('[[pin]]\nwhere = { id = "p23" }\nsponsored = true', 3)
        pinned = lamps()
        assert (pinned[0]["id"], pinned[0]["sponsored"]) == ("p23", True)
        assert not any("sponsored" in s for s in pinned[1:])
        rules.unlink()
        assert [s["id"] for s in lamps()] == [s["id"] for s in before]
    finally:
        service.close()


def test_a_page_that_is_opened_again_keeps_its_labels(home: Path, rules: Path) -> None:
    rules.write_text('[[pin]]\nwhere = { id = "p23" }\nsponsored = true\n[stock]\nhide = false')
    settings, _ = load([], {}, {"encoder.model": "hashing", "scorer.model": "none"})
    service = Service(home, settings, "shop")
    try:
        first = opened(service, "anna")
        assert first.id == service.log.visited("anna")
        *_, (before, _) = turn_views(service, first, "lamps")
        again = opened(service, "anna")
        assert (again.id, again.messages) == (before.id, before.messages)

        def said(view: View) -> list[tuple[str, str, tuple[str, ...]]]:
            return [(c.item.id, c.reason, c.labels) for c in view.scenes[0].cards]

        assert said(again) == said(before)
        labelled = {id: labels for id, _, labels in said(before) if labels}
        assert labelled == {"p23": ("Sponsored",), "p3": ("Out of stock",)}
        rules.unlink()
        assert {c[0]: c[2] for c in said(opened(service, "anna"))}["p23"] == ("Sponsored",)
        assert opened(service, "otto").messages == ()
        assert opened(service, "").messages == ()
    finally:
        service.close()


def test_every_face_draws_the_label() -> None:
    thing = item("x", "Oak <table>", category="tables", stock=0)
    card = Card(thing, 1.0, "", (), {}, True, True, ("Sponsored", "Out of <stock>"))
    (html,) = slots([card], Schema({"category": "facet"}), Profile(), 1)
    assert '<span class="tm-label">Sponsored</span>' in html
    assert "Out of &lt;stock&gt;" in html
    assert "[Sponsored]  [Out of <stock>]" in card_text(1, card).plain
    plain = Card(thing, 1.0, "", ())
    assert "tm-label" not in slots([plain], Schema({}), Profile(), 1)[0]


def test_evaluate_prints_what_the_rules_change_with_its_interval(home: Path, rules: Path) -> None:
    samples = home / "samples.jsonl"
    lines = [
        {"id": f"s{n}", "dialogue": f"d{n}", "context": [{"role": "user", "text": f"the word{n}"}],
         "mentioned": [], "labels": [f"p{n}"]}
        for n in (1, 2, 5, 7, 8, 11)
    ]  # fmt: skip
    samples.write_text("\n".join(map(json.dumps, lines)))

    def evaluate(*args: str) -> str:
        done = CliRunner().invoke(
            main,
            ["evaluate", str(samples), "--catalogue", "shop", "--home", str(home), *LIGHT, *args],
        )
        assert done.exit_code == 0, done.output
        return done.output

    plain = json.loads(evaluate("--json"))
    assert "owner_rules" not in plain
    assert "ours + owner's rules" not in plain["rows"]
    rules.write_text('[[hide]]\nwhere = { id = ["p1", "p2", "p5"] }')
    found = json.loads(evaluate("--json"))
    assert found["rows"]["ours"] == plain["rows"]["ours"]
    assert list(found["rows"])[:2] == ["ours", "ours + owner's rules"]
    ruled = found["rows"]["ours + owner's rules"]["new"]
    assert ruled["recall@50"]["value"] == 0.5  # hidden is nowhere, not last
    effect = found["owner_rules"]["recall@10"]["new"]
    assert effect["value"] == pytest.approx(
        ruled["recall@10"]["value"] - plain["rows"]["ours"]["new"]["recall@10"]["value"], abs=1e-3
    )
    assert effect["low"] < effect["value"] < 0
    said = evaluate()
    assert "The owner's rules change recall@10 (new) by -0." in said
    assert "ours + owner's rules" in said
