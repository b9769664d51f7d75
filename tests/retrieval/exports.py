"""Files as owners of shops, libraries and boards export them, and what their fields are for.

Made up here; the columns are those that the exports of well-known programs have.
"""

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

from retrieval.item import Role

Roles = dict[str, Role]
ROWS = 40
_ADJECTIVES = ["Amber", "Quiet", "Copper", "Winter", "Silver", "Crimson", "Velvet", "Hollow"]
_NOUNS = ["Lantern", "Harbour", "Meadow", "Falcon", "Garden", "River", "Thunder"]
TITLES = [f"{a} {n}" for a, n in itertools.product(_ADJECTIVES, _NOUNS)][:ROWS]
_PEOPLE = ["Ann Lee", "Bo Kim", "Cara Diaz", "Dov Stern", "Ann Okafor", "Bo Larsen", "Eve Novak"]
PROSE = (
    "It stands by the window and keeps the evening warm. People say that they would buy it again."
)


def turns(*values: Any) -> Iterator[Any]:
    """The values in turn, for ever."""
    return itertools.cycle(values)


def table(columns: dict[str, Any], delimiter: str = ",") -> str:
    """A table of ROWS rows; a column is a function of the row's number, a cycle, or one value."""
    file = io.StringIO()
    out = csv.writer(file, delimiter=delimiter, lineterminator="\n")
    out.writerow(columns)
    for n in range(ROWS):
        out.writerow([_cell(column, n) for column in columns.values()])
    return file.getvalue()


def _cell(column: Any, n: int) -> Any:
    if callable(column):
        return column(n)
    return next(column) if isinstance(column, Iterator) else column


def person(n: int) -> str:
    """One of a few people."""
    return _PEOPLE[n % len(_PEOPLE)]


def _merchant() -> str:
    return table({
        "id": lambda n: f"SKU-{n:04}", "title": lambda n: TITLES[n], "description": PROSE + " New.",
        "link": lambda n: f"https://shop.example/p/{n}", "image_link": lambda n: f"https://shop.example/{n}.jpg",
        "additional_image_link": lambda n: f"https://shop.example/{n}a.jpg,https://shop.example/{n}b.jpg",
        "availability": turns("in_stock", "out_of_stock", "in_stock"),
        "price": lambda n: f"{n + 5}.90 EUR", "brand": turns("Acme", "Nord", "Luma"),
        "gtin": lambda n: 4006381333000 + n * 7, "mpn": lambda n: f"M{n}X",
        "google_product_category": turns("Home & Garden > Lighting > Lamps", "Furniture > Tables"),
        "condition": "new", "color": turns("red", "blue", "black"), "item_group_id": lambda n: f"G{n // 3}",
        "shipping_weight": turns("1.2 kg", "300 g", "4 kg"),
    }, "\t")  # fmt: skip


MERCHANT: Roles = {
    "id": "id", "title": "title", "link": "url", "image_link": "image", "additional_image_link": "image",
    "availability": "facet", "price": "price", "brand": "facet", "gtin": "ignore", "mpn": "ignore",
    "google_product_category": "facet", "condition": "ignore", "color": "facet",
    "item_group_id": "ignore", "shipping_weight_kg": "number", "description": "description",
}  # fmt: skip


def _shopify() -> str:
    rows: list[dict[str, Any]] = []
    for n, title in enumerate(TITLES):
        for place, size in enumerate(("S", "M", "L")[: n % 3 + 1]):
            first = place == 0
            rows.append({
                "Handle": title.lower().replace(" ", "-"), "Title": title if first else "",
                "Body (HTML)": f"<p>{PROSE}</p><ul><li>Number {n}</li></ul>" if first else "",
                "Vendor": ("Acme", "Nord")[n % 2] if first else "", "Type": ("Shirt", "Mug")[n % 2] if first else "",
                "Tags": ("summer, cotton", "gift, cotton, sale", "eco")[n % 3] if first else "",
                "Published": "TRUE" if first else "", "Option1 Name": "Size" if first else "", "Option1 Value": size,
                "Variant SKU": f"S{n}-{place}", "Variant Inventory Qty": n + place,
                "Variant Inventory Policy": "deny", "Variant Price": f"{20 + n - 2 * place}.00",
                "Variant Barcode": "", "Image Src": f"https://cdn.example/{n}-{place}.jpg",
                "SEO Title": f"Buy {title}" if first else "", "Cost per item": f"{3 + n}.50",
            })  # fmt: skip
    file = io.StringIO()
    out = csv.DictWriter(file, rows[0], lineterminator="\r\n")
    out.writeheader()
    out.writerows(rows)
    return file.getvalue()


SHOPIFY: Roles = {
    "id": "id", "title": "title", "Body (HTML)": "description", "Vendor": "facet", "Type": "facet",
    "Tags": "facet", "Published": "ignore", "Option1 Value": "facet", "Variant SKU": "ignore",
    "Variant Inventory Qty": "stock", "Variant Price": "price", "Image Src": "image", "SEO Title": "ignore",
    "Cost per item": "ignore",
}  # fmt: skip


def _etsy() -> str:
    return table({
        "TITLE": lambda n: TITLES[n], "DESCRIPTION": lambda n: f"{PROSE} Piece {n}.", "PRICE": lambda n: f"{n + 4}.00",
        "CURRENCY_CODE": "USD", "QUANTITY": turns(1, 5, 9),
        "TAGS": turns("hand_made,boho", "boho,gift_for_her,wedding", "vintage"),
        "MATERIALS": turns("wood,silver", "cotton", "silver"), "IMAGE1": lambda n: f"https://i.example/{n}.jpg",
        "IMAGE2": "", "SKU": "",
    })  # fmt: skip


ETSY: Roles = {
    "id": "id", "title": "title", "DESCRIPTION": "description", "PRICE": "price", "CURRENCY_CODE": "ignore",
    "QUANTITY": "stock", "TAGS": "facet", "MATERIALS": "facet", "IMAGE1": "image", "SKU": "ignore",
}  # fmt: skip


def _goodreads() -> str:
    return table({
        "Book Id": lambda n: 1000 + 7 * n, "Title": lambda n: TITLES[n], "Author": person,
        "Author l-f": lambda n: ", ".join(reversed(person(n).split())),
        "Additional Authors": lambda n: f"{person(n + 1)}, {person(n + 2)}" if n % 3 else "",
        "ISBN": lambda n: f'="{1234567890 + n}"', "Average Rating": lambda n: f"{3 + n / 40:.2f}",
        "Publisher": turns("Penguin", "Tor Books", "Acme, Inc."), "Binding": turns("Paperback", "Hardcover"),
        "Number of Pages": lambda n: 100 + 11 * n, "Original Publication Year": lambda n: 1950 + n,
        "Date Added": lambda n: f"2021/0{n % 9 + 1}/11", "Bookshelves": turns("to-read", "fantasy, favorites", "sci-fi, fantasy"),
    })  # fmt: skip


GOODREADS: Roles = {
    "id": "id", "title": "title", "Author": "person", "Author l-f": "ignore", "Additional Authors": "person",
    "ISBN": "ignore", "Average Rating": "number", "Publisher": "facet", "Binding": "facet",
    "Number of Pages": "number", "Original Publication Year": "number", "Date Added": "date",
    "Bookshelves": "facet",
}  # fmt: skip


def _films() -> str:
    def named(*names: str) -> str:
        return json.dumps([{"id": len(n), "name": n} for n in names])

    return table({
        "budget": lambda n: n * 1_000_003, "genres": turns(named("Action", "Drama"), named("Comedy"), named("Drama")),
        "id": lambda n: 13 * n + 5, "original_title": lambda n: TITLES[n], "overview": lambda n: f"{PROSE} {n}",
        "popularity": lambda n: f"{n * 1.7:.6f}", "release_date": lambda n: f"{1980 + n}-05-1{n % 9}",
        "runtime": lambda n: f"{70 + n}.0", "status": "Released", "title": lambda n: TITLES[n],
        "vote_average": lambda n: 3 + n / 10, "vote_count": lambda n: 9 * n + 1,
        "directors": turns("['Ann Lee', 'Bo Kim']", "['Cara Diaz']", "[]"),
    })  # fmt: skip


FILMS: Roles = {
    "budget": "number", "genres": "facet", "id": "id", "original_title": "ignore", "overview": "description",
    "popularity": "popularity", "release_date": "date", "runtime": "number", "status": "ignore", "title": "title",
    "vote_average": "number", "vote_count": "number", "directors": "person", "year": "number",
}  # fmt: skip


def _jobs() -> str:
    return table({
        "Job Title": lambda n: f"{('Nurse', 'Cook', 'Welder', 'Teacher')[n % 4]} {n}", "Company": turns("Acme, Inc.", "Nord GmbH", "Delta, Inc."),
        "Location": turns("Lyon, France", "Paris, France", "Bonn, Germany"), "Salary": lambda n: f"${40 + n},000",
        "Skills": turns("Python; SQL", "SQL; Excel", "Driving"), "Remote": turns("Yes", "No"),
        "Posted": lambda n: f"{n % 28 + 1}/03/2024", "Job Description": lambda n: f"{PROSE} {n}",
        "Apply URL": lambda n: f"https://jobs.example/{n}", "Contact Email": lambda n: f"hr{n}@x.example",
    })  # fmt: skip


JOBS: Roles = {
    "id": "id", "title": "title", "Company": "facet", "Location": "facet", "Salary": "price", "Skills": "facet",
    "Remote": "facet", "Posted": "date", "Job Description": "description", "Apply URL": "url", "Contact Email": "ignore",
}  # fmt: skip


def _hotels() -> str:
    hotels = [
        {
            "hotel_id": f"h{n}", "name": f"Hotel {TITLES[n]}", "address": {"city": ("Rome", "Oslo")[n % 2], "zip": f"{n:05}"},
            "location": {"lat": n / 7, "lng": n / 9}, "stars": n % 5 + 1, "price_per_night": {"amount": 40 + n, "currency": "EUR"},
            "amenities": [["wifi", "pool"], ["spa"]][n % 2], "reviews": [{"score": n % 10, "text": "x"}, {"score": 9, "text": "y"}],
            "pets_allowed": n % 2 == 0, "description": f"<p>{PROSE}</p> {n}", "photos": [f"https://x.example/{n}.jpg"],
            "num_reviews": 3 * n, "phone": f"+39 06 {n}12345",
        }
        for n in range(ROWS)
    ]  # fmt: skip
    return json.dumps({"status": "ok", "count": ROWS, "hotels": hotels}, indent=1)


HOTELS: Roles = {
    "id": "id", "title": "title", "address.city": "facet", "address.zip": "ignore", "location.lat": "ignore",
    "stars": "number", "price_per_night.amount": "price", "amenities": "facet", "reviews.score": "number",
    "pets_allowed": "facet", "description": "description", "photos": "image", "num_reviews": "popularity", "phone": "ignore",
}  # fmt: skip


def _wines() -> str:
    return table({
        "Bezeichnung": lambda n: f"Château {TITLES[n]}", "Weingut": turns("Müller", "Löwen", "Größl"),
        "Preis": lambda n: f"1.{200 + n},50" if n % 5 == 0 else f"{n},90", "Jahrgang": lambda n: 1990 + n % 30,
        "Alkohol": turns("12,5 %", "13 %", "13,5 %"), "Beschreibung": lambda n: f"Fülle und Süße. {PROSE} {n}",
        "Artikelnummer": lambda n: f"W-{n:05}", "Vorrätig": turns("ja", "nein"), "Bewertung": lambda n: f"{30 + n % 20}"[:1] + ",5",
    }, ";")  # fmt: skip


WINES: Roles = {
    "id": "id", "title": "title", "Weingut": "facet", "Preis": "price", "Jahrgang": "number", "Alkohol": "number",
    "Beschreibung": "description", "Vorrätig": "facet",
}  # fmt: skip


def _cars() -> str:
    return table({
        "Make": turns("Volvo", "Fiat", "Kia"), "Model": lambda n: f"{('XC', 'Panda', 'Ceed')[n % 3]} {n}",
        "Year": lambda n: 2001 + n % 20, "Mileage": lambda n: f"{1 + n},{100 + n} km", "Fuel": turns("Diesel", "Petrol"),
        "Price": lambda n: f"£{1 + n},{200 + n}", "VIN": lambda n: f"{0xABCDEF0123456789 + 977 * n:017X}",
    }, "|")  # fmt: skip


CARS: Roles = {
    "Make": "facet", "title": "title", "Year": "number", "Mileage_km": "number", "Fuel": "facet", "Price": "price", "id": "id",
}  # fmt: skip


def _board_games() -> str:
    return table({
        "": lambda n: n, "ID": lambda n: 11 * n + 3, "Name": lambda n: TITLES[n], "Year Published": lambda n: 1980 + n,
        "Min Players": turns(1, 2), "Play Time": turns("30 min", "1 h 30 min", "2 hours"), "Users Rated": lambda n: 30 * n + 7,
        "Rating Average": lambda n: f"{5 + n / 20:.2f}".replace(".", ","), "BGG Rank": lambda n: n + 1,
        "Mechanics": turns("Dice Rolling, Hand Management", "Card Drafting", "Hand Management"),
        "Designers": lambda n: f"{person(n)}, {person(n + 3)}",
    })  # fmt: skip


BOARD_GAMES: Roles = {
    "column 1": "ignore", "id": "id", "title": "title", "Year Published": "number", "Min Players": "number",
    "Play Time": "number", "Users Rated": "popularity", "Rating Average": "number", "BGG Rank": "number",
    "Mechanics": "facet", "Designers": "person",
}  # fmt: skip

EXPORTS: dict[str, tuple[Callable[[], str], str, Roles]] = {
    "merchant.tsv": (_merchant, "utf-8-sig", MERCHANT),
    "shopify.csv": (_shopify, "utf-8", SHOPIFY),
    "etsy.csv": (_etsy, "utf-8", ETSY),
    "goodreads.csv": (_goodreads, "utf-8", GOODREADS),
    "films.csv": (_films, "utf-8", FILMS),
    "jobs.csv": (_jobs, "utf-16", JOBS),
    "hotels.json": (_hotels, "utf-8", HOTELS),
    "wines.csv": (_wines, "cp1252", WINES),
    "cars.txt": (_cars, "utf-8", CARS),
    "board_games.csv": (_board_games, "utf-8", BOARD_GAMES),
}
"""Each file's text, its encoding, and the roles of its fields by the names they have in the end."""
