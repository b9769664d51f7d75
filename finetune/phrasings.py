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
