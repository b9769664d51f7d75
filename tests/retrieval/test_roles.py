"""What the fields of a file are for: told by general rules, on files of many kinds."""

from pathlib import Path
from typing import Any

import pytest

from retrieval.importing import Imported, read_file
from retrieval.item import Role, infer_roles
from retrieval.profiles import Profile
from retrieval.roles import decide
from tests.conftest import ROOT, SHARED
from tests.retrieval.exports import EXPORTS, ROWS, TITLES

RAW: dict[str, tuple[int, dict[str, Role]]] = {
    "products.json": (194, {
        "id": "id", "title": "title", "description": "description", "category": "facet", "price": "price",
        "rating": "number", "stock": "stock", "tags": "facet", "brand": "facet", "sku": "ignore",
        "dimensions.width": "number", "reviews.rating": "number", "reviews.count": "ignore",
        "meta.createdAt": "ignore", "meta.barcode": "ignore", "meta.qrCode": "ignore", "images": "image",
        "thumbnail": "image", "availabilityStatus": "facet",
    }),
    "books.jsonl.gz": (53, {
        "authors": "person", "genres": "facet", "subjects": "facet", "collections": "facet",
        "description": "description", "long_description": "description", "word_count": "number",
        "language": "facet", "source": "ignore", "license": "ignore",
    }),
    "recipes.jsonl.gz": (408, {
        "tags": "facet", "author": "person", "intro": "description", "ingredients": "description", "ingredients.words": "facet",
        "body": "description", "prep_time": "number", "cook_time": "number", "servings": "number",
    }),
    "games.jsonl.gz": (1995, {
        "keywords": "facet", "platform": "facet", "inspirations": "facet", "state": "facet", "home": "url",
        "play": "url", "language": "facet", "license_of_game": "facet", "developer": "person",
        "note": "description",
    }),
    "movielens-small/movies.csv": (9742, {"title": "title", "genres": "facet", "year": "number"}),
    "film-facts.jsonl.gz": (5937, {
        "year": "number", "genres": "facet", "cast": "person", "directors": "person", "companies": "facet",
        "wikipedia_page": "ignore", "redial_movie_id": "ignore",
    }),
}  # fmt: skip


def written(folder: Path, name: str) -> Imported:
    """One of the exports, written and read."""
    text, encoding, _ = EXPORTS[name]
    (folder / name).write_bytes(text().encode(encoding))
    return read_file(folder / name)


@pytest.mark.parametrize("name", EXPORTS)
def test_the_fields_of_an_export_are_told_without_a_word_from_its_owner(
    tmp_path: Path, name: str
) -> None:
    found = written(tmp_path, name)
    assert not found.bad
    assert len(found.rows) == ROWS
    expected = EXPORTS[name][2]
    assert {field: found.roles.get(field) for field in expected} == expected


@pytest.mark.parametrize("name", RAW)
def test_the_fields_of_files_as_their_publishers_wrote_them(name: str) -> None:
    path = SHARED / "raw" / name
    if not path.is_file():
        pytest.skip("the raw files of other domains are not on this machine")
    count, expected = RAW[name]
    found = read_file(path)
    assert len(found.rows) == count
    assert not found.bad
    assert {field: found.roles.get(field) for field in expected} == expected


@pytest.mark.parametrize(
    "path",
    [
        *(
            SHARED / "catalogues" / f"{n}.jsonl.gz"
            for n in ("redial", "opendialkg", "films-wikipedia")
        ),
        ROOT / "data" / "films.jsonl",
        *sorted((ROOT / "tests" / "catalogues").glob("*.jsonl")),
    ],
    ids=lambda p: p.name,
)
def test_a_catalogue_in_the_documented_format_stays_what_it_was(path: Path) -> None:
    """Prices and stock have roles of their own here; they are numbers as before."""
    if not path.is_file():
        pytest.skip("the measuring catalogues are not on this machine")
    from retrieval.catalogue import read_rows  # noqa: PLC0415

    rows, found = read_rows(path), read_file(path)
    assert found.rows == rows
    assert [list(row) for row in found.rows] == [list(row) for row in rows]
    as_before = {n: "number" if r in ("price", "stock") else r for n, r in found.roles.items()}
    assert as_before == dict(infer_roles(rows).roles)


def role_of(name: str, values: list[Any]) -> str:
    (decision,) = decide([Profile(name, values, len(values))], {})
    return decision.role


@pytest.mark.parametrize(
    ("name", "values", "role"),
    [
        ("shade", ["red", "blue", "red", "green"] * 6, "facet"),
        ("remark", [f"Number {n} is a fine thing to have. It lasts." for n in range(24)], "description"),
        ("steps", [["Cut the leeks into rings.", "Fry them until they are soft."]] * 12 + [["Wait."]], "description"),
        ("hints", [[f"This is the long sentence number {n}, and it goes on for a while yet."] for n in range(12)], "description"),
        ("ref", [f"AB-{n:04}" for n in range(24)], "ignore"),
        ("digest", [f"{n * 7919:032x}" for n in range(24)], "ignore"),
        ("row", list(range(24)), "ignore"),
        ("always", ["x"] * 24, "ignore"),
        ("nothing", [], "ignore"),
        ("where", ["https://a.example/1", "https://a.example/2"], "url"),
        ("front", ["https://a.example/1.png", "https://a.example/2.webp"], "image"),
        ("poster", ["/pictures/1.jpg", "/pictures/2.jpg"], "image"),
        ("director", ["Ann Lee", "Bo Kim"], "person"),
        ("director_id", ["d1", "d2"], "ignore"),
        ("number of ratings", [4, 700], "popularity"),
        ("min_quantity", [4, 7], "number"),
        ("price_range", ["$", "$$"], "facet"),
        ("rank", [3, 1, 2], "number"),
        ("opened", ["3 March 1987", "12 May 1990"], "date"),
        ("updated_at", ["2020-01-01", "2020-01-02"], "ignore"),
        ("content_notes", ["violence, kidnapping", ""], "facet"),
        ("vegan", [True, False], "facet"),
        ("contact", ["a@x.example", "b@x.example"], "ignore"),
    ],
)  # fmt: skip
def test_a_field_is_told_by_its_name_and_its_values(
    name: str, values: list[Any], role: str
) -> None:
    assert role_of(name, [v for v in values if v != ""]) == role


def test_people_are_told_by_the_form_of_their_names_where_the_field_says_nothing() -> None:
    given = ["John", "Mary", "Anna", "Paul", "Wei", "Olga", "Fatima", "Carlos", "Emma", "Peter"]
    family = [
        f"{a}{b}".title()
        for a in ("lar", "no", "ha", "ros", "chen", "smi")
        for b in ("sen", "vak", "dad", "ti", "wick", "ford", "berg", "ley")
    ]
    people = [f"{given[n % len(given)]} {f}" for n, f in enumerate(family)]
    assert role_of("behind it", people) == "person"
    assert role_of("brand", people) == "facet"
    kinds = ["Studios", "Pictures", "Films", "Works"]
    makers = [f"{f} {kinds[n % 4]}" for n, f in enumerate(family)]
    assert role_of("behind it", makers) == "facet"


def test_what_the_owner_says_overrules(tmp_path: Path) -> None:
    text, encoding, _ = EXPORTS["goodreads.csv"]
    (tmp_path / "b.csv").write_bytes(text().encode(encoding))
    given: dict[str, Role] = {
        "Publisher": "person",
        "Binding": "ignore",
        "Average Rating": "popularity",
    }
    roles = read_file(tmp_path / "b.csv", given).roles
    assert {field: roles[field] for field in given} == given


def test_the_title_may_be_named_by_the_owner_even_if_another_field_is_called_so(
    tmp_path: Path,
) -> None:
    (tmp_path / "p.csv").write_text("id,title,label\n1,Dr,Ann Lee\n2,Mr,Bo Kim\n")
    rows = read_file(tmp_path / "p.csv", {"label": "title"}).rows
    assert [row["title"] for row in rows] == ["Ann Lee", "Bo Kim"]
    assert [row["title_in_file"] for row in rows] == ["Dr", "Mr"]


def test_variants_of_a_product_are_one_item_with_the_lowest_price_and_all_the_stock(
    tmp_path: Path,
) -> None:
    item = next(r for r in written(tmp_path, "shopify.csv").rows if r["title"] == TITLES[2])
    assert item["Option1 Value"] == ["S", "M", "L"]
    assert item["Variant Price"] == 18
    assert item["Variant Inventory Qty"] == 2 + 3 + 4
    assert item["Body (HTML)"].endswith("Number 2")
    assert "<" not in item["Body (HTML)"]


def test_values_come_clean_out_of_an_export(tmp_path: Path) -> None:
    (hotel, *_) = written(tmp_path, "hotels.json").rows
    assert (hotel["address.city"], hotel["price_per_night.amount"]) == ("Rome", 40)
    assert (hotel["reviews.count"], hotel["reviews.score"]) == (2, 4.5)
    assert hotel["pets_allowed"] == ["pets allowed"]
    assert hotel["photos"] == "https://x.example/0.jpg"
    wine = written(tmp_path, "wines.csv").rows[0]
    assert (wine["Preis"], wine["Alkohol"], wine["Weingut"]) == (1200.5, 12.5, "Müller")
    film = written(tmp_path, "films.csv").rows[0]
    assert (film["genres"], film["directors"], film["year"]) == (
        ["Action", "Drama"],
        ["Ann Lee", "Bo Kim"],
        1980,
    )
    game = written(tmp_path, "board_games.csv").rows[1]
    assert (game["Play Time"], game["Rating Average"]) == (90, 5.05)
    car = written(tmp_path, "cars.txt").rows[0]
    assert (car["Mileage_km"], car["Price"]) == (1100, 1200)
    product = written(tmp_path, "merchant.tsv").rows[1]
    assert product["google_product_category"] == ["Furniture", "Tables"]
    assert (product["shipping_weight_kg"], product["price"]) == (0.3, 6.9)
    job = written(tmp_path, "jobs.csv").rows[0]
    assert (job["Posted"], job["Salary"], job["Company"]) == ("2024-03-01", 40_000, "Acme, Inc.")
