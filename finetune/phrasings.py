"""How the simulated visitor speaks: plain English, several ways of saying each thing.

Written before looking at what the program reads, and not to be fitted to it: where a phrase is misread, the
reading is at fault. `{v}` is a word of the catalogue, `{n}` a number, `{place}` where an item stands in
a list ("second"), `{title}` an item's title. A number's phrase comes with the operator that it means.
"""

from typing import Literal

Op = Literal["<", "<=", ">=", ">"]

OPENINGS = ("", "", "Hi! ", "Hello, ", "Hey there. ", "Good evening. ", "OK so, ", "Right: ")
CLOSINGS = ("", "", "", "", ". Any ideas?", ". What have you got?", ", please", ". Thanks!")
JOINTS = (". ", ", and ", ". Also, ", "; ", ". Oh, and ")

GENRE = (
    "I'm in the mood for {v}", "I feel like watching {v} tonight", "some {v} would be great",
    "I'd love some {v}", "can you suggest a good {v} film", "looking for {v}", "{v} would be my first choice",
    "I fancy a bit of {v}", "recommend me something in the way of {v}", "we want {v}", "show me {v} films",
)  # fmt: skip
TAG = (
    "{v} would be nice", "I'd like it to have something of {v}", "I want {v}", "ideally with {v}", "{v} is what I'm after",
    "I'm thinking {v}", "I love {v}", "give me {v}", "make it {v}", "something along the lines of {v}",
)  # fmt: skip
COUNTRY = (
    "something from {v}", "it should come from {v}", "made in {v} would be good", "I'd like a film from {v}",
    "I'm curious about cinema from {v}", "a production from {v} would be lovely",
)  # fmt: skip
CAST = (
    "something with {v}", "I'd like to see {v}", "is there anything starring {v}?", "{v} should be in it",
    "I'm a fan of {v}", "a film with {v} would be great",
)  # fmt: skip
DIRECTOR = (
    "something directed by {v}", "I like what {v} directs", "a film by {v}", "anything by {v}?",
    "directed by {v}, if there is one",
)  # fmt: skip
WISHES = {
    "genres": GENRE, "tags": TAG, "countries": COUNTRY, "cast": CAST, "directors": DIRECTOR,
}  # fmt: skip

NO_GENRE = (
    "no {v}", "please no {v}", "nothing in the way of {v}", "I don't want any {v}", "I can't stand {v}",
    "anything but {v}", "{v} is not my thing", "I'm not in the mood for {v}", "leave out {v}", "{v} is out",
    "spare me the {v}", "I'd rather not have {v}", "not a {v} film",
)  # fmt: skip
NO_NOTE = (
    "no {v}", "nothing with {v}", "without {v}", "I don't want to see {v}", "it must not have {v}", "please avoid {v}",
    "I can't handle {v}", "free of {v}", "no {v} at all", "there should be no {v} in it", "{v} upsets me",
    "I won't watch anything with {v}",
)  # fmt: skip
NO_PERSON = (
    "nothing with {v}", "no {v} please", "I can't stand {v}", "anyone but {v}", "not {v} again", "without {v}",
    "I don't want to see {v}", "I'm not a fan of {v}", "please nothing starring {v}",
)  # fmt: skip
NO_COUNTRY = (
    "nothing from {v}", "not from {v}", "it shouldn't be from {v}", "nothing made in {v}", "no films from {v}",
    "anywhere but {v}",
)  # fmt: skip
EXCLUSIONS = {
    "genres": NO_GENRE, "content_notes": NO_NOTE, "cast": NO_PERSON, "countries": NO_COUNTRY,
}  # fmt: skip

SHORTER: tuple[tuple[str, Op], ...] = (
    ("under {n} minutes", "<"), ("no longer than {n} minutes", "<="), ("{n} minutes at most", "<="),
    ("it can't be longer than {n} minutes", "<="), ("I only have {n} minutes", "<="), ("max {n} minutes", "<="),
    ("keep it below {n} min", "<"), ("not more than {n} minutes", "<="), ("less than {n} minutes long", "<"),
    ("it should be over within {n} minutes", "<="), ("shorter than {n} minutes", "<"), ("up to {n} minutes", "<="),
)  # fmt: skip
LONGER: tuple[tuple[str, Op], ...] = (
    ("at least {n} minutes", ">="), ("longer than {n} minutes", ">"), ("over {n} minutes", ">"),
    ("not shorter than {n} minutes", ">="), ("no less than {n} minutes", ">="), ("{n} minutes or more", ">="),
    ("nothing under {n} minutes", ">="), ("more than {n} minutes long", ">"),
)  # fmt: skip
SINCE: tuple[tuple[str, Op], ...] = (
    ("after {n}", ">"), ("from {n} onwards", ">="), ("nothing older than {n}", ">="), ("made since {n}", ">="),
    ("{n} or later", ">="), ("nothing before {n}", ">="), ("newer than {n}", ">"), ("it has to be from after {n}", ">"),
    ("not older than {n}", ">="), ("no earlier than {n}", ">="), ("released in {n} or after", ">="),
)  # fmt: skip
UNTIL: tuple[tuple[str, Op], ...] = (
    ("before {n}", "<"), ("nothing after {n}", "<="), ("nothing newer than {n}", "<="), ("{n} or earlier", "<="),
    ("older than {n}", "<"), ("made before {n}", "<"), ("no later than {n}", "<="), ("up to {n}", "<="),
    ("not after {n}", "<="), ("released before {n}", "<"),
)  # fmt: skip
NUMBERS = {("runtime", "<="): SHORTER, ("runtime", ">="): LONGER, ("year", ">="): SINCE, ("year", "<="): UNTIL}  # fmt: skip

SEEN = (
    "I've seen the {place} one", "I know the {place} already", "seen the {place}", "I have already watched the {place} one",
    "We saw the {place} one last year",
)  # fmt: skip
REJECTED = (
    "the {place} one isn't for me", "I didn't like the {place} one", "not the {place} one", "I hated the {place}",
    "the {place} was boring",
)  # fmt: skip
LIKED = (
    "I loved {title}", "{title} is one of my favourites", "I really enjoyed {title}", "something like {title}",
    "we liked {title} a lot",
)  # fmt: skip
CLOSE = (
    "Like the {place}, but {wish}", "The {place} is close. But {wish}", "Something like the {place} one, only {wish}",
    "More like number {number}, but {wish}",
)  # fmt: skip
ON = (
    "Hmm, something else", "Show me more", "Others?", "What else is there?", "More, please", "Not quite. Next",
    "Different ones please", "Any others?",
)  # fmt: skip
SKIPS = ("Just show me", "Skip that", "Doesn't matter", "I don't mind", "Whatever, surprise me")
PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")  # fmt: skip

# Seekers (`seekers.py`) talk about any catalogue, so what they say goes by what a field is called or measures.
THING = (
    "{v}", "something with {v}", "I'm looking for {v}", "{v} would be good", "I'd like {v}", "{v} if you have it",
    "what do you have in the way of {v}", "ideally {v}",
)  # fmt: skip
CATEGORY = (
    "I'm looking for {v}",
    "show me some {v}",
    "{v}",
    "I need something from {v}",
    "what {v} do you have",
)
KEYWORD = (
    "{v}",
    "something {v}",
    "I'm in the mood for {v}",
    "I'd like {v}",
    "maybe {v}",
    "a {v} one would be nice",
)
MAKER = ("something by {v}", "it should be by {v}", "anything by {v}?", "preferably by {v}")
BRAND = ("something from {v}", "it should be from {v}", "I like {v}", "preferably {v}")
PLATFORM = ("for {v}", "it should run on {v}", "something for {v}", "that works on {v}")
SPIRIT = ("inspired by {v}", "in the spirit of {v}", "something that reminds me of {v}")
PROGRAMMED = ("written in {v}", "it should be written in {v}", "something made in {v}")
INGREDIENT = (
    "with {v}",
    "something with {v}",
    "I'd like to use {v}",
    "I have {v} at home",
    "made with {v}",
)
BY_FIELD = {
    "category": CATEGORY, "categories": CATEGORY, "keywords": KEYWORD, "brand": BRAND, "platform": PLATFORM,
    "platforms": PLATFORM, "inspirations": SPIRIT, "language": PROGRAMMED, "ingredients": INGREDIENT,
    "ingredients words": INGREDIENT,
}  # fmt: skip
"""By the folded name of a field, where `WISHES` has none."""
FURTHER = (
    "also {v}", "{v} too", "{v} would be nice too", "and {v}, if possible", "ideally also {v}", "preferably {v}",
    "it should also be {v}", "with {v}, if there is one", "more {v}, please",
)  # fmt: skip
FURTHER_MAKER = ("preferably by {v}", "it should be by {v}", "also by {v}", "{v} made it")
FURTHER_BY_FIELD = {
    "countries": ("it should come from {v}", "made in {v} would be good", "preferably from {v}", "from {v}, if possible"),
    "cast": ("with {v} in it", "{v} should be in it", "preferably with {v}", "starring {v}, if possible"),
    "directors": ("directed by {v}, if there is one", "preferably by {v}", "it should be directed by {v}"),
    "platform": ("it should run on {v}", "it has to work on {v}", "for {v}, if possible"),
    "language": ("written in {v}, preferably", "it should be written in {v}"),
    "brand": ("preferably from {v}", "it should be by {v}", "the brand should be {v}"),
    "ingredients words": ("with {v}, preferably", "it should have {v} in it", "also with {v}", "I also have {v} at home"),
}  # fmt: skip
"""Of what comes to mind later; "also" and "preferably" say that it goes on with what was said before."""
NO_THING = (
    "no {v}",
    "no {v} please",
    "not {v}",
    "nothing with {v}",
    "without {v}",
    "I don't want {v}",
    "please leave out {v}",
)

QUICKER: tuple[tuple[str, Op], ...] = (
    ("ready in {n} minutes at most", "<="), ("no longer than {n} minutes", "<="), ("under {n} minutes", "<"),
    ("up to {n} minutes", "<="), ("I only have {n} minutes", "<="),
)  # fmt: skip
DEARER_NOT: tuple[tuple[str, Op], ...] = (
    ("under {n} dollars", "<"), ("at most {n} dollars", "<="), ("no more than {n} dollars", "<="), ("up to ${n}", "<="),
    ("less than {n} dollars", "<"), ("not over {n} dollars", "<="), ("it can't cost more than {n} dollars", "<="),
)  # fmt: skip
DECADES = (
    "something from the {n}s",
    "from the {n}s",
    "it should be from the {n}s",
    "made in the {n}s",
)

COMPARED = {
    ("year", ">"): ("newer", "more recent", "more modern"), ("year", "<"): ("older",),
    ("minutes", "<"): ("shorter",), ("minutes", ">"): ("longer",),
    ("work", "<"): ("quicker", "faster"),
    ("money", "<"): ("cheaper", "less expensive"), ("money", ">"): ("more expensive", "pricier"),
}  # fmt: skip
"""Words that compare, by what is measured ("work" is the time something takes to make)."""
THAN_MIDDLE = (
    "something {word} please",
    "a bit {word}",
    "{word} please",
    "do you have anything {word}?",
    "I'd want something {word}",
)
THAN_ALL = ("{word} than all of these", "it should be {word} than any of those")
THAN_ONE = (
    "{word} than the {place} one",
    "something {word} than the {place} one",
    "it should be {word} than the {place}",
)
TOO_MUCH = ("these have too much {v}", "less {v} please", "not so much {v}", "I'd prefer less {v}")
NOT_AGAIN = ("not {v} please", "nothing with {v}", "no {v}", "without {v} this time")
CLOSEST = (
    "more like the {place} one", "the {place} one is the closest", "something like the {place} one",
    "the {place} one goes in the right direction", "the {place} is nearly it, more like that",
)  # fmt: skip
BUT = (
    "like the {place} one, but {word}",
    "the {place} one, only {word}",
    "similar to the {place} but {word}",
)
MORE = ("Show me more", "More, please", "What else is there?", "Any others?", "More", "Others?")
NONE_FIT = ("None of these", "None of those", "Something else", "Neither, something else")
NOT_KNOWN = ("I don't know", "No idea", "Not sure")
NOT_MINDED = ("I don't mind", "Doesn't matter", "Either is fine", "No preference")
SHOWN_RATHER = ("Just show me some", "Skip that, just show me something", "Surprise me")
