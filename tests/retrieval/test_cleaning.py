"""Single values: numbers, prices, measures, dates, markup, several values in one text."""

import pytest

from retrieval import amounts
from retrieval.cleaning import date, day_first, plain, prose
from retrieval.flatten import flatten, unpacked_columns
from retrieval.identity import made_id, title_form
from retrieval.splitting import Names, names_parted, parts, people, separator


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,299.00", 1299), ("1.299,00", 1299), ("1 299,50", 1299.5), ("1'299.50", 1299.5),
        ("56894", 56894), ("12,5", 12.5), ("0.125", 0.125), (".5", 0.5), ("-5", -5), ("1,234,567", 1234567),
        ("007", None), ("1.2.3", None), ("3-4", None), ("12/5", None), ("NaN", None), ("192.168.1.1", None),
        ("", None), ("9" * 5000, float("inf")),
    ],
)  # fmt: skip
def test_numbers_stand_in_a_text_as_people_write_them(text: str, value: float | None) -> None:
    assert amounts.number(text) == value


def test_a_doubtful_point_is_read_as_the_rest_of_the_column_has_it() -> None:
    assert amounts.decimal_sign(["1.299", "12,50"]) == ","
    assert amounts.number("1.299", ",") == 1299
    assert amounts.decimal_sign(["1.299", "0.5"]) == "."
    assert amounts.number("1.299", ".") == 1.299
    assert amounts.decimal_sign(["1.299", "2.450"], thousands=True) == ","


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$1,299", (1299, "USD")), ("€ 12,50", (12.5, "EUR")), ("15.00 USD", (15, "USD")), ("1 299,00 kr", (1299, "kr")),
        ("CHF 5.–", (5, "CHF")), ("$80 per night", (80, "USD")), ("120 €/night", (120, "EUR")), ("Free", (0, "")),
        ("12.99", (12.99, "")), ("10-20 €", None), ("from 12.99", None), ("on request", None), ("£1k", None),
        ("10 % off", None), ("$$", None),
    ],
)  # fmt: skip
def test_a_price_is_an_amount_alone_with_its_currency(
    text: str, value: tuple[float, str] | None
) -> None:
    assert amounts.price(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.2 kg", (1.2, "kg")), ("300 g", (300, "g")), ("1 h 30 min", (90, "min")), ("PT1H30M", (90, "min")),
        ("~30 minutes", (30, "min")), ("1.5 hrs", (90, "min")), ('12"', (12, "in")), ("60,145 km", (60145, "km")),
        ("10-15 min", None), ("30 min + 15 h", None), ("4 people", None), ("3 stars", None), ("5 cm x 3 cm", None),
    ],
)  # fmt: skip
def test_a_measure_is_a_number_with_its_unit_alone(
    text: str, value: tuple[float, str] | None
) -> None:
    assert amounts.measure(text) == value


def test_measures_are_converted_to_one_unit() -> None:
    assert amounts.converted(300, "g", "kg") == 0.3
    assert amounts.converted(1, "lb", "kg") == pytest.approx(0.453592)
    assert amounts.converted(3, "kg", "cm") is None
    assert amounts.converted(3, "min", "kg") is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-05-01", "2024-05-01"), ("2024-05-01T10:00:00Z", "2024-05-01"), ("2024-05", "2024-05"),
        ("9/16/2006", "2006-09-16"), ("3 Mar 2004", "2004-03-03"), ("March 2004", "2004-03"),
        ("Sat, 3 Mar 2004", "2004-03-03"), ("2020/1/5", "2020-01-05"),
    ],
)  # fmt: skip
def test_a_date_is_written_as_iso_has_it(text: str, day: str) -> None:
    assert date(text) == day


@pytest.mark.parametrize("text", ["2024-13-01", "31/02/2020", "may be 2004", "1995", "hello", ""])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a date"):
        date(text)


def test_whether_the_day_or_the_month_comes_first_is_told_by_the_column() -> None:
    assert day_first(["3/4/2020", "25/4/2020"]) == (True, True)
    assert day_first(["3/4/2020", "4/25/2020"]) == (False, True)
    assert day_first(["3.4.2020"]) == (True, False)
    assert date("3/4/2020", days_first=True) == "2020-04-03"


def test_markup_becomes_lines_of_words_and_scripts_are_gone() -> None:
    text = "<p>Soft <b>and</b> warm.</p><ul><li>Red</li><li>Salt &amp; pepper</li></ul>one<br>two"
    assert prose(text) == "Soft and warm.\nRed\nSalt & pepper\none\ntwo"
    assert prose("<p>Hi<script>alert(1)</script><style>p{}</style></p>") == "Hi"
    assert prose("<table><tr><td>A</td><td>1</td></tr></table>") == "A 1"
    assert prose("a < b and c > d") == "a < b and c > d"


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "{{7*7}}"])
def test_formulas_and_scripts_in_a_title_stay_the_text_that_they_are(text: str) -> None:
    assert plain(text) == text


def test_control_characters_and_halves_of_characters_are_taken_out() -> None:
    assert plain(" A\x00B\ud800 &amp; C\n") == "AB & C"


@pytest.mark.parametrize(
    ("texts", "sign"),
    [
        (["Adventure|Comedy", "Drama"], "|"),
        (["Home > Kitchen > Pans", "Home > Bath"], ">"),
        (["Windows, Linux, macOS", "Windows, Linux", "Linux", "Windows", "macOS", "Web"], ","),
        (["England -- Fiction", "Love stories", "France -- Fiction"], "--"),
        (["Acme, Inc.", "Delta, Inc.", "Nord, Ltd", "Acme, Inc.", "Luma, LLC", "Luma, LLC"], None),
        (["Well made, and it lasts for many years in the garden", "Soft, but it wears off soon"] * 4, None),
        (["red", "blue"], None),
    ],
)  # fmt: skip
def test_what_parts_several_values_is_told_by_the_column(
    texts: list[str], sign: str | None
) -> None:
    assert separator(texts) == sign


def test_a_comma_is_proof_only_where_parts_come_again_or_the_name_lists_things() -> None:
    once = ["oak, brass", "silk, wool", "clay, glass", "tin, jute", "cork, hemp"]
    assert separator(once) is None
    assert separator(once, is_list=True) == ","
    assert parts("oak, brass (old, polished), oak", ",") == ["oak", "brass (old, polished)"]


def test_names_are_parted_as_their_column_has_them() -> None:
    assert names_parted(
        ["Rowling, J. K.", "Le Guin, Ursula", "Pratchett, Terry", "Morrison, Toni"]
    ).last_first
    assert people("Rowling, J. K.", Names(";", last_first=True)) == ["J. K. Rowling"]
    assert people("Ann Lee, Bo Kim", names_parted(["Ann Lee, Bo Kim", "Cy Orr"])) == [
        "Ann Lee",
        "Bo Kim",
    ]
    assert people("Terry Pratchett and Neil Gaiman", Names(",")) == [
        "Terry Pratchett",
        "Neil Gaiman",
    ]
    assert people("Simon & Garfunkel", Names(",")) == ["Simon & Garfunkel"]
    assert people("J. K. Rowling/Mary GrandPré", names_parted(["J. K. Rowling/Mary GrandPré"])) == ["J. K. Rowling", "Mary GrandPré"]  # fmt: skip


def test_objects_are_laid_flat_and_lists_of_them_summed_up() -> None:
    dropped: set[str] = set()
    flat = flatten(
        {
            "size": {"width": 3, "unit": {"name": "cm"}},
            "reviews": [{"rating": 4, "text": "x"}, {"rating": 5, "text": "y"}],
            "genres": [{"id": 1, "name": "Drama"}, {"id": 2, "name": "Crime"}],
            "variants": [{"title": "S", "price": "12.00"}, {"title": "M", "price": "9.50"}],
            "pictures": [{"src": "https://a.example/1.jpg", "width": 4}],
            "attributes": [{"name": "Colour", "value": "red"}, {"name": "Fit", "value": "slim"}],
            "deep": {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}},
            "log": [{"at": 3}, {"at": 4}],
        },
        dropped,
    )
    assert flat == {
        "size.width": 3, "size.unit.name": "cm", "reviews.count": 2, "reviews.rating": 4.5,
        "genres": ["Drama", "Crime"], "variants.price": 9.5, "variants.title": ["S", "M"],
        "pictures": ["https://a.example/1.jpg"], "attributes.Colour": "red", "attributes.Fit": "slim",
        "log.count": 2,
    }  # fmt: skip
    assert dropped == {"deep.a.b.c.d.e", "log"}


def test_lists_written_out_as_text_are_opened_and_nothing_in_them_is_run() -> None:
    rows: list[dict[str, object]] = [
        {"a": "['x', 'y']", "b": '[{"name": "z"}]', "c": "[old] stock"},
        {"a": "[]", "b": "[]", "c": "x"},
        {"a": "['__import__(1)']", "b": "", "c": "y"},
    ]
    assert unpacked_columns(rows) == ("a", "b")
    assert [row["a"] for row in rows] == [["x", "y"], [], ["__import__(1)"]]
    assert [row["c"] for row in rows] == ["[old] stock", "x", "y"]


def test_a_year_and_an_article_behind_the_title_are_taken_off_where_the_file_has_them_so() -> None:
    titles = [
        "Toy Story (1995)",
        "Matrix, The (1999)",
        "Postman, The (Il postino) (1994)",
        "Babylon 5",
        "Net, The (1995)",
    ]
    form = title_form(titles)
    assert [form.read(t) for t in titles] == [
        ("Toy Story", 1995), ("The Matrix", 1999), ("The Postman (Il postino)", 1994), ("Babylon 5", None), ("The Net", 1995),
    ]  # fmt: skip
    one = title_form(["Blade Runner (1982)", "Alien", "Heat", "1984", "Eat, A"])
    assert one.read("Blade Runner (1982)") == ("Blade Runner (1982)", None)
    assert one.read("Eat, A") == ("Eat, A", None)
    assert title_form(["(1999)", "(2001)"]).read("(1999)") == ("(1999)", None)


def test_a_made_id_stays_when_the_price_changes_and_goes_when_the_maker_does() -> None:
    row = {"brand": "Acme", "price": 3}
    assert made_id("Oak table", row) == made_id("Oak table", row | {"price": 4})
    assert made_id("Oak table", row) != made_id("Oak table", row | {"brand": "Nord"})
    assert made_id("Oak table", row).startswith("oak-table-")
