"""Markup in every field of items, in what visitors say and in what is answered: shown, never run, on the page in
Chromium and in what is exported."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from finetune.places import Label, Ledger
from finetune.ranks_file import no_formula, write_ranks
from retrieval.encoder import HashingEncoder
from retrieval.item import Role
from tests.conftest import LIGHT
from tests.hostile import FORMULAS, INIT, LOOK, NOTHING, addresses, payloads
from tests.ui.released import run
from tests.ui.test_browser import CHROMIUM, SHOTS, Visitor, serving
from tests.ui.test_browser import browser as browser
from ui.opening import catalogue_folder
from ui.service import Service
from ui.settings import load
from ui.updating import update

ROLES: dict[str, Role] = {
    "kind": "facet", "cast": "person", "content_notes": "facet", "tags": "facet", "description": "description",
    "page": "url", "picture": "image", "price": "price",
}  # fmt: skip
LENGTH = 20
has_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed"),
]


def rows(texts: list[str]) -> list[dict[str, Any]]:
    """An item for each text, which stands in every field of it."""
    urls = addresses(len(texts))
    return [
        {
            "id": f"i{n}", "title": f"{text} {n}"[:490], "kind": ["lamp", text], "cast": [text], "content_notes": [text],
            "tags": [text], "description": f"A lamp. {text}", "page": [urls[n], text], "picture": [urls[n], text], "price": n,
        }
        for n, text in enumerate(texts)
    ]  # fmt: skip


@contextmanager
def shop(home: Path, texts: list[str]) -> Iterator[tuple[str, Service]]:
    update(catalogue_folder(home, "shop"), HashingEncoder(), rows(texts), ROLES)
    settings, _ = load([], {}, {**LIGHT, "dialogue.list_length": str(LENGTH)})
    with serving(Service(home, settings, "shop")) as found:
        yield found


def go_over(browser: Any, home: Path, many: int, said: int, liked: int, picture: str) -> None:
    """Show every item of a hostile shop on the page, with hostile talk and a hostile profile."""
    texts = payloads(many)
    with shop(home, texts) as (url, service):
        visitor = Visitor(browser, url)
        visitor.page.context.add_init_script(INIT)
        visitor.page.reload()
        visitor.page.wait_for_selector("#answers button")
        assert visitor.page.evaluate(LOOK) == NOTHING
        visitor.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<b id=probe data-hostile=1></b>')")  # fmt: skip
        assert visitor.page.evaluate(LOOK)["made"], "what is made would be seen"
        visitor.page.evaluate("document.getElementById('probe').remove()")
        visitor.say(f"a lamp {texts[0]}")
        (id,) = [row[0] for row in service.log.connection().execute("select id from conversations order by updated desc limit 1")]  # fmt: skip
        seen: set[str] = set()
        for _ in range(many // LENGTH + 2):
            assert visitor.page.evaluate(LOOK) == NOTHING
            seen |= set(visitor.titles())
            if len(seen) >= many:
                break
            visitor.say("more")
        assert len(seen) >= many * 0.9, len(seen)
        for n in range(liked):
            service.react(id, f"i{n}", "like" if n % 2 else "dislike")
        for text in texts[:said]:
            list(service.respond(id, f"why {text}"))
        visitor.page.reload()
        visitor.page.wait_for_selector("#chips button")
        visitor.page.wait_for_timeout(1500)
        assert visitor.page.evaluate(LOOK) == NOTHING
        shown = visitor.page.inner_text("#conversation")
        assert sum(" ".join(text.split())[:24] in " ".join(shown.split()) for text in texts[:said]) > said / 2  # fmt: skip
        SHOTS.mkdir(exist_ok=True)
        visitor.page.screenshot(path=SHOTS / picture)
        visitor.page.mouse.move(300, 300)
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate(LOOK) == NOTHING
        assert visitor.foreign == []
        assert visitor.errors == []
        visitor.page.context.close()


class TestOnThePage:
    pytestmark = has_browser

    def test_40_payloads_in_every_field_run_nothing(self, browser: Any, tmp_path: Path) -> None:
        go_over(browser, tmp_path, 40, 12, 6, "hostile.png")

    @pytest.mark.slow
    def test_250_payloads_in_every_field_run_nothing(self, browser: Any, tmp_path: Path) -> None:
        go_over(browser, tmp_path, 250, 250, 40, "hostile-all.png")


@pytest.mark.browser
@pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed")
def test_what_would_run_on_a_page_is_seen_by_what_looks(browser: Any) -> None:
    """The payloads are real: put into a page as HTML, most of them do something."""
    page = browser.new_context().new_page()
    page.context.route("**/*", lambda route: route.abort() if "evil" in route.request.url else route.continue_())  # fmt: skip
    page.add_init_script(INIT)
    met = 0
    for text in payloads(74):
        page.goto("about:blank")
        page.set_content(f"<body><div>{text}</div></body>", wait_until="domcontentloaded")
        page.wait_for_timeout(30)
        found = page.evaluate(LOOK)
        met += found != NOTHING
    page.context.close()
    assert met > 50, met


def test_no_cell_of_a_csv_is_a_formula(tmp_path: Path) -> None:
    """The one table that is written for spreadsheets: `evaluate --ranks`. JSON Lines keep the ids as they are."""
    texts = [*FORMULAS, *payloads(250), "heat-1995", "7", "a=b", "", "中文"]
    ledger = Ledger({}, np.array([], dtype=np.intp), [Label(t, t, t, False) for t in texts])
    write_ranks(tmp_path / "r.csv", ledger)
    write_ranks(tmp_path / "r.jsonl", ledger)
    written = (tmp_path / "r.csv").read_text("utf-8")
    for row in list(csv.reader(io.StringIO(written, newline="")))[1:]:
        for cell in row[:3]:
            assert cell.lstrip(' "')[:1] not in {"=", "+", "-", "@", "＝", "|", "%"}
            assert cell[:1] not in {"\t", "\r", "\n"}
    assert '";=1+1"' in written, "no other separator makes a cell of it"
    exact = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text("utf-8").splitlines()]
    assert [line["label"] for line in exact] == texts
    for plain in ("heat-1995", "7", "a=b", "", "中文"):
        assert no_formula(plain) == plain


def test_an_export_is_json_and_holds_what_was_said_as_text(tmp_path: Path) -> None:
    update(catalogue_folder(tmp_path, "shop"), HashingEncoder(), rows(payloads(60)), ROLES)
    service = Service(tmp_path, load([], {}, LIGHT)[0], "shop")
    id = service.start().id
    for text in payloads(60):
        list(service.respond(id, f"a lamp {text}"))
    told = json.loads(run(tmp_path, "visitors", "export", id).stdout)
    assert len(told["turns"]) == 60
    assert all(turn["utterance"].startswith("a lamp") for turn in told["turns"])
    service.close()
