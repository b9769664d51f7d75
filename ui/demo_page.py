"""The page at `/demo`: a plausible shop over a catalogue, in plain HTML, with the widget on it.

All text of the catalogue is escaped here.
"""

from html import escape
from urllib.parse import quote
from zlib import crc32

from chatbot.lexicon import Lexicon
from chatbot.voice import ENGLISH
from retrieval.errors import CatalogueError
from retrieval.item import WARNING_FACETS, Item, Schema, year_in_words
from ui.page_words import starters

SHELF = 12
"""Items on one page of the shop."""
COLOURS = 6
"""Of the covers that the style sheet draws, since a catalogue need not have pictures."""


def demo_page(catalogue: str, lexicon: Lexicon, id: str, page: int) -> str:
    """The shelf, or one item. Raises CatalogueError for an item that there is not."""
    if not id:
        return _page(catalogue, catalogue.capitalize(), _shelf(lexicon, page), "")
    if id not in lexicon.items:
        raise CatalogueError(f"There is no item {id!r} in the catalogue {catalogue!r}.")
    item = lexicon.items[id]
    return _page(catalogue, item.label(), _one(item, lexicon.schema), id)


def _page(catalogue: str, title: str, main: str, id: str) -> str:
    begin = "|".join(starters((catalogue,), ENGLISH))
    about = f' data-item="{escape(id)}"' if id else ""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · The Corner Shop</title>
<link rel="stylesheet" href="demo.css">
<script src="demo.js" defer></script>
<script src="widget.js" data-site=""{about} data-starters="{escape(begin)}" data-category="{escape(catalogue)}" data-item-url="demo?item={{id}}" async></script>
</head>
<body>
<header>
<a class="brand" href="demo">The Corner Shop</a>
<p>{escape(catalogue.capitalize())}, and somebody to ask about them</p>
<p class="basket" role="status">Basket: <span id="count">0</span></p>
</header>
<main>
{main}
</main>
<footer>A page made up to show the widget in the corner. Nothing here is for sale.</footer>
</body>
</html>
"""


def _shelf(lexicon: Lexicon, page: int) -> str:
    items = list(lexicon.items.values())
    pages = max(1, -(-len(items) // SHELF))
    here = min(max(page, 1), pages)
    tiles = "".join(_tile(item, lexicon.schema) for item in items[here - 1 :: pages][:SHELF])
    links = [("Back", here - 1), ("More of the shelf", here + 1)]
    turns = "".join(f'<a href="demo?page={n}">{text}</a>' for text, n in links if 1 <= n <= pages)
    return f"""<section class="hero">
<h1>What will it be tonight?</h1>
<p>{len(items):,} on the shelves. Look around, or ask the button in the corner what would suit you.</p>
<button type="button" data-open>Help me choose</button>
</section>
<ul class="shelf">{tiles}</ul>
<nav aria-label="Pages">{turns}</nav>"""


def _tile(item: Item, schema: Schema) -> str:
    named = " · ".join(_some(item, schema))
    return (
        f'<li><a href="demo?item={quote(item.id)}">{_cover(item)}'
        f"<strong>{escape(item.title)}</strong></a><small>{escape(named)}</small></li>"
    )


def _cover(item: Item) -> str:
    colour = crc32(item.id.encode()) % COLOURS
    year = year_in_words(item.fields.get("year"))
    below = f"<i>{escape(year)}</i>" if year else ""
    return f'<span class="cover c{colour}" aria-hidden="true"><b>{escape(item.title)}</b>{below}</span>'


def _some(item: Item, schema: Schema) -> list[str]:
    """The first values of two facets, as a line under a title."""
    facets = [f for f in schema.named("facet") if f not in WARNING_FACETS and f != "countries"]
    return [", ".join(item.values(f)[:2]) for f in facets[:1] if item.values(f)]


def _one(item: Item, schema: Schema) -> str:
    prose = " ".join(str(item.fields.get(f) or "") for f in schema.named("description"))
    shown = schema.named("person", "facet", "number", "price", "date")
    rows = "".join(
        f"<dt>{escape(field.replace('_', ' ').capitalize())}</dt><dd>{escape(', '.join(item.values(field)))}</dd>"
        for field in shown
        if item.values(field)
    )
    return f"""<article class="one">
{_cover(item)}
<div>
<h1>{escape(item.label())}</h1>
<p class="prose">{escape(prose)}</p>
<p class="buttons"><button type="button" data-basket="{escape(item.id)}">Put in the basket</button>
<button type="button" class="quiet" data-like="{escape(item.title)}">Something like this</button></p>
<dl>{rows}</dl>
</div>
</article>
<nav aria-label="Pages"><a href="demo">Back to the shelves</a></nav>"""
