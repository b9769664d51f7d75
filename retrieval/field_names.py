"""What the name of a field says of it: words in it, whatever the case and the signs between them."""

import re
from functools import cache

from retrieval.item import PEOPLE_FIELDS, WARNING_FACETS

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
PEOPLE = frozenset(
    ["actor", "actors", "actress", "actresses", "artist", "artists", "author", "authors", "authorname", "band", "bands", "cast", "chef", "chefs", "composer", "composers", "conductor", "contributor", "contributors", "creator", "creators", "designer", "designers", "developer", "developers", "director", "directors", "dj", "editor", "editors", "host", "hosts", "illustrator", "illustrators", "instructor", "instructors", "inventor", "lyricist", "musician", "musicians", "narrator", "narrators", "performer", "performers", "photographer", "photographers", "players", "producer", "producers", "screenwriter", "screenwriters", "singer", "singers", "speaker", "speakers", "star", "starring", "stars", "teacher", "teachers", "translator", "translators", "writer", "writers", "autor", "autoren", "autores", "auteur", "auteurs", "regisseur", "regie", "regista", "réalisateur", "schauspieler", "verfasser", "作者", "导演", "演员", "主演", "译者"]
)
NOT_A_NAME = frozenset(
    ["id", "ids", "url", "link", "count", "number", "num", "email", "bio", "biography", "rating", "gender", "country", "age", "birth", "born", "image", "photo", "size", "fee", "followers", "location", "website", "notes", "type", "role", "score", "likes", "facebook", "l", "lf", "sort"]
)
DESCRIPTIONS = (
    "description", "desc", "plot", "synopsis", "summary", "overview", "blurb", "abstract", "about",
    "body", "body html", "content", "text", "long description", "short description", "details",
    "intro", "introduction", "story", "review", "excerpt", "note", "notes", "caption", "tagline",
    "beschreibung", "descripcion", "descripción", "descrizione", "opis", "inhalt", "描述", "简介",
    "内容", "剧情",
)  # fmt: skip
LISTS = frozenset(
    ["allergens", "amenities", "attributes", "awards", "benefits", "bookshelves", "categories", "category", "collections", "color", "colors", "colour", "colours", "companies", "countries", "cuisine", "cuisines", "diet", "diets", "dietary", "facilities", "features", "flavors", "flavours", "formats", "genre", "genres", "groups", "ingredients", "keyword", "keywords", "labels", "languages", "materials", "mechanics", "moods", "occasions", "options", "perks", "platforms", "requirements", "seasons", "series", "shelves", "sizes", "skills", "species", "styles", "subject", "subjects", "tag", "tags", "technologies", "themes", "topics", "types", "uses", "values", "variants", "warnings", "标签", "类型", "分类"]
)
POPULARITY = (
    "popularity", "popularity score", "sales", "units sold", "sold", "number sold", "sales count",
    "total sales", "purchases", "orders", "vote count", "votes", "num votes", "number of votes",
    "ratings count", "rating count", "num ratings", "number of ratings", "total ratings", "ratings",
    "num rated", "review count", "reviews count", "num reviews", "number of reviews",
    "number of review", "total reviews", "reviews", "user reviews", "text reviews count",
    "downloads", "installs", "views", "view count", "plays", "play count", "listens", "streams",
    "favorites", "favourites", "num favorers", "likes", "bookmarks", "wishlists", "saves", "owners",
    "members", "followers", "subscribers", "watchers", "readers", "reads", "bookings", "applicants",
    "mentions",
)  # fmt: skip
_COUNTING = frozenset(["num", "number", "of", "count", "total", "user", "users", "n", "nb", "no", "the"])
_COUNTED = frozenset(
    ["rated", "ratings", "rating", "reviews", "review", "votes", "vote", "sales", "sold", "downloads", "installs", "views", "plays", "favorites", "likes", "owned", "owners", "members", "followers", "subscribers", "watchers", "readers", "scored", "students", "enrolled", "bookings", "orders"]
)
PRICES = frozenset(
    ["price", "prices", "cost", "costs", "msrp", "rrp", "fee", "fare", "preis", "precio", "prix", "prezzo", "cena", "prijs", "tarif", "rate_per_night", "价格", "售价"]
)
_NO_PRICE = frozenset(["range", "level", "currency", "unit", "type", "valid", "code", "count", "history"])
OWNERS_COST = frozenset(
    ["cost per item", "wholesale price", "purchase price", "supplier price", "cost price", "cogs"]
)
STOCK = frozenset(["stock", "inventory", "qty", "quantity", "bestand", "lager", "库存"])
IMAGES = frozenset(
    ["image", "images", "img", "imgs", "picture", "pictures", "photo", "photos", "thumbnail", "thumbnails", "thumb", "poster", "cover", "artwork", "backdrop", "banner", "icon", "logo", "gallery", "bild", "bilder"]
)
URLS = frozenset(
    ["url", "urls", "link", "links", "href", "permalink", "website", "webpage", "homepage", "home", "page", "uri"]
)
CODES = frozenset(
    ["sku", "barcode", "ean", "ean13", "gtin", "gtin8", "gtin12", "gtin13", "gtin14", "upc", "isbn", "isbn10", "isbn13", "issn", "asin", "mpn", "hash", "md5", "sha", "sha1", "sha256", "checksum", "uuid", "guid", "token", "etag", "email", "mail", "phone", "telephone", "tel", "fax", "zip", "zipcode", "postcode", "postal", "lat", "lon", "lng", "latitude", "longitude", "geo", "coordinates", "qr", "qrcode", "slug", "handle", "ip", "password", "secret", "seo", "tax", "taxable", "vat", "fulfillment", "tracker", "crawl", "crawled", "scraped", "scrape", "uniq", "oclc", "lccn", "doi", "imdbid", "tmdbid", "gid", "shopify", "revision", "etag", "identifier", "internal", "cursor", "checkout", "unnamed"]
)
"""Words for what helps the owner's machines and no visitor."""
OURS_DATES = frozenset(["created", "updated", "modified", "timestamp", "changed", "synced", "inserted", "deleted"])
COMING_OUT = frozenset(
    ["release", "released", "publish", "published", "publication", "premiere", "premiered", "first", "issued", "aired", "launch", "launched", "debut", "pubdate", "erschienen"]
)
YEARS = frozenset(["year", "years", "jahr", "año", "ano", "année", "anno", "年份", "年"])
PLACES = frozenset(
    ["city", "country", "place", "location", "region", "state", "address", "area", "neighborhood", "neighbourhood", "town", "county", "district", "street", "venue", "brand", "vendor", "manufacturer", "company", "companies", "series", "collection", "publisher", "studio", "label", "genre", "category", "team", "university", "school", "species"]
)
TITLES = (
    "title", "name", "product title", "product name", "item name", "item title", "full title",
    "display name", "headline", "titel", "titre", "título", "titulo", "titolo", "nombre", "nom",
    "nome", "bezeichnung", "position", "名称", "标题", "书名", "片名", "名字",
)  # fmt: skip
OTHER_TITLES = frozenset(
    ["original title", "alternative title", "alternate title", "alt title", "sort title", "short title",
     "original name", "titles", "author l f", "title sort", "author sort"]
)  # fmt: skip
STEPS = frozenset(["instructions", "directions", "steps", "method", "preparation", "howto"])
_NO_TITLE = frozenset(
    ["sub", "subtitle", "seo", "meta", "page", "original", "alternative", "alternate", "alt", "first", "last", "user", "author", "brand", "category", "company", "vendor", "file", "variant", "option", "sort", "short", "series", "collection", "reviewer", "contact", "shop", "store", "seller", "image", "album", "artist", "director", "publisher", "manufacturer", "host", "city", "country", "scientific", "column", "latin"]
)
IDS = (
    "id", "_id", "item id", "product id", "uid", "uuid", "guid", "handle", "slug", "asin", "sku",
    "isbn13", "isbn 13", "isbn", "gtin", "ean", "upc", "barcode", "mpn", "code", "key", "number",
    "uniq id",
)  # fmt: skip
IDENTIFYING = frozenset(
    ["brand", "vendor", "publisher", "maker", "manufacturer", "company", "city", "address", "url"]
)


@cache
def words_of(name: str) -> tuple[str, ...]:
    """The words of a field's name in small letters: "discountPercentage", "meta.created_at"."""
    apart = _CAMEL.sub(" ", name)
    words = re.findall(r"[^\W_]+", apart.casefold())
    return tuple(
        w.rstrip("0123456789") or w if w[:1].isalpha() and len(w) > 4 else w for w in words
    )


@cache
def phrase_of(name: str) -> str:
    """The words of a field's name with spaces between."""
    return " ".join(words_of(name))


def names_people(name: str) -> bool:
    """Whether a field holds people, by its name."""
    words = words_of(name)
    if phrase_of(name) in PEOPLE_FIELDS:
        return True
    people = [w for w in words if w in PEOPLE or w.removesuffix("s") in PEOPLE]
    return bool(people) and not NOT_A_NAME.intersection(words)


def names_description(name: str) -> bool:
    """Whether a field is running text about the item, by its name."""
    words = words_of(name)
    if phrase_of(name) in DESCRIPTIONS:
        return True
    described = {"description", "synopsis", "summary", "overview", "blurb", "plot", "beschreibung"}
    return bool(described & set(words)) and not {"seo", "meta", "image", "alt"} & set(words)


def names_price(name: str) -> bool:
    """Whether a field holds money that a visitor pays, by its name."""
    words = set(words_of(name))
    return bool(words & PRICES) and not words & _NO_PRICE and phrase_of(name) not in OWNERS_COST


def names_stock(name: str) -> bool:
    """Whether a field counts what there is to sell, by its name."""
    words = words_of(name)
    last = words[-1] if words else ""
    counted = last in STOCK or phrase_of(name) in ("in stock", "stock level", "available quantity")
    return (counted or "inventory" in words or "stock" in words) and not {
        "min", "minimum", "max", "maximum", "order", "policy", "status", "tracker", "location", "per"
    } & set(words)  # fmt: skip


def names_list(name: str) -> bool:
    """Whether a field lists things, by its name: a word for lists in it, or a plural at its end."""
    last = words_of(name)[-1:]
    plural = any(
        len(w) > 4 and w.endswith("s") and not w.endswith(("ss", "us", "is")) for w in last
    )
    return (
        plural or bool(LISTS.intersection(words_of(name)[-2:])) or name.casefold() in WARNING_FACETS
    )


def popularity_rank(name: str) -> int | None:
    """How well a name fits a count of how often an item was chosen: 0 is best; None for another."""
    phrases = [phrase_of(name), phrase_of(name.rpartition(".")[2])]
    ranks = [POPULARITY.index(phrase) for phrase in phrases if phrase in POPULARITY]
    if ranks:
        return min(ranks) + (50 if name.endswith(".count") else 0)
    words = {w for w in words_of(name.rpartition(".")[2]) if w not in _COUNTING}
    return 60 if words and words <= _COUNTED and words != set(words_of(name)) else None


def title_rank(name: str) -> int | None:
    """How well a name fits a title: 0 is best; None for a name that is none."""
    phrase, words = phrase_of(name), words_of(name)
    if phrase in TITLES:
        return TITLES.index(phrase)
    if not words or _NO_TITLE.intersection(words):
        return 95 if phrase in ("original title", "scientific name", "album", "series") else None
    if words[-1] in ("title", "titel", "titre"):
        return 40 + len(words)
    if words[-1] == "name" or words[0] in ("title", "name"):
        return 60 + len(words)
    return None


def id_rank(name: str) -> int | None:
    """How well a name fits an id: 0 is best; None for a name that is none."""
    phrase, words = phrase_of(name), words_of(name)
    if name.casefold() == "_id":
        return 1
    if phrase in IDS:
        return 2 * IDS.index(phrase)
    if words and words[-1] in ("id", "uid", "uuid", "guid"):
        return 8
    if words and words[-1] in ("sku", "isbn", "isbn13", "gtin", "ean", "asin", "code", "handle"):
        return 2 * IDS.index("code")
    return None
