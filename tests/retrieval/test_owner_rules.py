"""An owner's rules as they are read: what they mean on which day, and what is refused, with its line."""

import logging
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from retrieval.errors import RulesError
from retrieval.find import Retriever
from retrieval.owner_rules import FILE, OwnerRules, read_rules
from retrieval.rules_in_force import NO_RULES, InForce, PinInForce, RulesFile, in_force
from retrieval.stock import in_stock, is_out_of_stock, stock_fields
from tests.conftest import item, make_retriever

DAY = date(2026, 10, 31)
ROWS: list[dict[str, Any]] = [
    {"id": "a", "title": "Alien", "genres": ["horror", "sf"], "year": 1979, "stock": 3},
    {"id": "b", "title": "Barbarian", "genres": ["horror"], "year": 2022, "stock": 0},
    {"id": "c", "title": "Clue", "genres": ["comedy"], "year": 1985, "stock": -1},
    {"id": "d", "title": "Dune", "genres": ["sf"], "year": 2021},
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Retriever:
    return make_retriever(tmp_path_factory.mktemp("shop"), ROWS)


def read(text: str, shop: Retriever, folder: Path) -> OwnerRules:
    (folder / FILE).write_text(text, encoding="utf-8")
    return read_rules(folder / FILE, shop.catalogue.schema)


def on(text: str, shop: Retriever, folder: Path, day: date = DAY) -> InForce:
    return in_force(read(text, shop, folder), day, shop.columns, shop.catalogue)


def test_a_rule_means_the_items_that_meet_all_of_it(shop: Retriever, tmp_path: Path) -> None:
    for where, meant in (
        ('genres = "HORROR"', "ab"),
        ('genres = ["comedy", "sf"]', "acd"),
        ('genres = "horror", year = ">= 2020"', "b"),
        ("year = [1979, 1985]", "ac"),
        ('year = "< 1985"', "a"),
        ('year = "!= 1979"', "bcd"),
        ('id = ["a", "nobody"]', "a"),
        ('title = "dune"', "d"),
        ('stock = "> 0"', "a"),
        ('genres = "western"', ""),
    ):
        found = on(f"[[boost]]\nwhere = {{ {where} }}\nby = 1", shop, tmp_path)
        assert "".join(found.lifts) == meant, where


def test_a_rule_holds_from_its_first_to_its_last_day(shop: Retriever, tmp_path: Path) -> None:
    text = '[[hide]]\nwhere = {id = "a"}\nfrom = 2026-10-24\nuntil = "2026-10-31"\n[stock]\nhide = false\n'
    days = {
        day: "a" in on(text, shop, tmp_path, date(2026, 10, day)).hidden for day in (23, 24, 31)
    }
    assert days == {23: False, 24: True, 31: True}
    assert not on(text, shop, tmp_path, date(2026, 11, 1)).hidden


def test_boosts_and_buries_add_up_to_one_at_most(shop: Retriever, tmp_path: Path) -> None:
    text = """
[[boost]]
where = {genres = "horror"}
by = 0.8
[[boost]]
where = {id = "b"}
by = 0.7
[[bury]]
where = {genres = ["sf", "comedy"]}
by = 0.3
"""
    assert on(text, shop, tmp_path).lifts == pytest.approx(
        {"a": 0.5, "b": 1.0, "c": -0.3, "d": -0.3}
    )


def test_pins_and_what_is_sponsored(shop: Retriever, tmp_path: Path) -> None:
    text = """
[[pin]]
where = {genres = "sf"}
place = 2
sponsored = true
[[pin]]
where = {id = "c"}
[[boost]]
where = {id = "c"}
sponsored = true
until = 2026-10-30
"""
    found = on(text, shop, tmp_path)
    assert found.pins == (PinInForce(2, frozenset("ad")), PinInForce(1, frozenset("c")))
    assert found.sponsored == frozenset("ad")


def test_what_is_out_of_stock_is_hidden_unless_the_owner_shows_it(
    shop: Retriever, tmp_path: Path
) -> None:
    none = in_force(OwnerRules(), DAY, shop.columns, shop.catalogue)
    assert none.hidden == none.out_of_stock == frozenset("bc")
    shown = on("[stock]\nhide = false", shop, tmp_path)
    assert (shown.hidden, shown.out_of_stock) == (frozenset(), frozenset("bc"))


def test_stock_is_read_off_role_or_name_and_unknown_is_not_none(tmp_path: Path) -> None:
    schema = make_retriever(
        tmp_path / "x", [{"id": "a", "title": "A", "quantity": 6, "stock_level": 2, "units": 1}]
    ).catalogue.schema
    assert stock_fields(schema) == ("stock_level",)
    assert is_out_of_stock(item(stock_level=0, quantity=6), schema)
    assert not is_out_of_stock(item(stock_level=None, quantity=0), schema)
    assert in_stock(item(), schema) is None
    flags = make_retriever(tmp_path / "y", [{"id": "a", "title": "A", "in_stock": True}])
    assert is_out_of_stock(item(in_stock=False), flags.catalogue.schema)
    assert not is_out_of_stock(item(in_stock=True), flags.catalogue.schema)
    given = type(schema)({"units": "stock", "quantity": "number"})
    assert is_out_of_stock(item(units=0, quantity=6), given)


WRONG = [
    ("[[boost]]\nwhere = {genres = }\nby = 1", "not a TOML file.*line 2"),
    ("\n[[boots]]\nwhere = {id = 'a'}", r"line 2: there is no 'boots'"),
    ("[[boost]]\nwhere = {genre = 'horror'}", r"line 2: .*no field 'genre'.*did you mean 'genres'"),
    ("[[hide]]\nwhere = {id='a'}\n\n[[hide]]\nwhere = {colour='red'}", "line 5: .*no field 'colour'"),
    ("[[boost]]\nwhere = {year = 'old'}", r"line 2: year is a number; say 2020"),
    ("[[boost]]\nwhere = {year = nan}", r"line 2: year cannot be compared"),
    ("[[hide]]\nnote = 'x'\nwhere = {}", r"line 3: an empty `where`"),
    ("[[hide]]\nnote = 'x'", r"line 1: this hide rule says nothing in `where`"),
    ("[[hide]]\nwhere = {id = []}", r"line 2: id has an empty list"),
    ("[[hide]]\nwhere = {id = true}", r"line 2: what 'id' has to meet is"),
    ("[[hide]]\nwhere = 'a'", r"line 2, hide.0.where"),
    ("[[boost]]\nwhere = {id = 'a'}\nby = 2", r"line 3, boost.0.by: .*less than or equal to 1, not 2"),
    ("[[boost]]\nwhere = {id = 'a'}\nby = 0.0", r"line 3, .*greater than 0"),
    ("[[bury]]\nwhere = {id = 'a'}\nby = true", r"line 3, bury.0.by"),
    ("[[bury]]\nwhere = {id = 'a'}\n\nsponsored = true", r"line 4: bury takes no 'sponsored'"),
    ("[[boost]]\nwhere = {id = 'a'}\nunitl = 2026-01-01", r"line 3: .*did you mean 'until'"),
    ("[[pin]]\nwhere = {id = 'a'}\nplace = 4", r"line 3, pin.0.place"),
    ("[[pin]]\nwhere = {id = 'a'}\n[[pin]]\nwhere = {id = 'b'}\nplace = 0", r"line 5, pin.1.place"),
    ("[[hide]]\nwhere = {id = 'a'}\nfrom = 2026-02-01\nuntil = 2026-01-01", r"line 1, .*before it starts"),
    ("[[hide]]\nwhere = {id = 'a'}\nfrom = 'soon'", r"line 3, hide.0.from"),
    ("[stock]\nhide = 'no'", r"line 2, stock.hide"),
    ("hide = [{where = {id = 'a'}, by = 1}]", r"line 1: hide takes no 'by'"),
    ("[[hide]]\n[hide.where]\ngenre = 'x'", r"no field 'genre'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_wrong_file_is_refused_with_the_line(
    text: str, said: str, shop: Retriever, tmp_path: Path
) -> None:
    with pytest.raises(RulesError, match=rf"(?s)rules\.toml.*{said}") as refused:
        read(text, shop, tmp_path)
    assert str(refused.value).endswith((".", "?"))


def test_a_file_that_is_no_text_is_refused(shop: Retriever, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(RulesError, match="not a TOML file"):
        read_rules(tmp_path / FILE, shop.catalogue.schema)
    (tmp_path / "folder").mkdir()
    with pytest.raises(RulesError, match="cannot be read"):
        read_rules(tmp_path / "folder", shop.catalogue.schema)


def write(path: Path, text: str, when: int) -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(when, when))


def test_a_changed_file_is_read_again_and_a_wrong_one_changes_nothing(
    shop: Retriever, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / FILE
    rules = RulesFile(path, shop.columns, shop.catalogue)
    assert rules.now().version == ""
    write(path, '[[hide]]\nwhere = {id = "a"}', 1)
    assert "a" in rules.now().hidden
    assert rules.now() is rules.now()
    write(path, '[[hide]]\nwhere = {id = "d"}', 2)
    assert rules.now().hidden == frozenset("bcd")
    write(path, '[[hide]]\nwhere = {nothing = "d"}', 3)
    with caplog.at_level(logging.WARNING):
        assert rules.now().hidden == frozenset("bcd")
        rules.now()
    assert caplog.text.count("stay as they were") == 1
    assert "line 2" in caplog.text
    # A new version of the catalogue goes on with them; a new start does not.
    assert RulesFile(path, shop.columns, shop.catalogue, rules).now().hidden == frozenset("bcd")
    with pytest.raises(RulesError, match="no field 'nothing'"):
        RulesFile(path, shop.columns, shop.catalogue)
    path.unlink()
    assert rules.now().hidden == frozenset("bc")


def test_the_next_day_needs_no_new_file(
    shop: Retriever, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / FILE, '[[hide]]\nwhere = {id = "a"}\nuntil = 2026-10-31', 1)
    monkeypatch.setattr("retrieval.rules_in_force.today", lambda: DAY)
    rules = RulesFile(tmp_path / FILE, shop.columns, shop.catalogue)
    assert "a" in rules.now().hidden
    monkeypatch.setattr("retrieval.rules_in_force.today", lambda: date(2026, 11, 1))
    assert "a" not in rules.now().hidden


def test_no_rules_are_no_rules() -> None:
    assert not any(vars(NO_RULES).values())
