"""What two people say around the things they talk about: greetings, liked items, suggestions, answers.

For any catalogue, so nothing here says "watch" or "read". `{a}`, `{b}`, `{c}` are titles.
"""

HELLO = ("Hi!", "Hello", "Hi there, how are you?", "Hey", "Good evening", "Hi, can you help me?")
WELCOME = (
    "Hello! What are you looking for?", "Hi, what do you like?", "Hello, how can I help?",
    "I'm fine, thanks! What are you in the mood for?", "Hi! What kind of thing do you usually enjoy?",
)  # fmt: skip
ASKED = (
    "What have you liked lately?", "Tell me something that you liked.", "Is there one that you love?",
    "What else do you like?",
)  # fmt: skip
LIKED = (
    (
        "I liked {a}", "I loved {a}", "something like {a}", "{a} is one of my favourites", "I really enjoyed {a}",
        "do you have anything similar to {a}?", "the last one I liked was {a}", "I'm a big fan of {a}",
    ),
    (
        "I liked {a} and {b}", "I loved both {a} and {b}", "something like {a} or {b}", "my favourites are {a} and {b}",
        "{a} was great, and so was {b}", "I enjoy things like {a} and {b}",
    ),
    (
        "I liked {a}, {b} and {c}", "my favourites are {a}, {b} and {c}", "something in the way of {a}, {b} or {c}",
        "I love {a}, {b} and also {c}",
    ),
)  # fmt: skip
"""By how many are named."""
ABOUT = (
    "something about {a}", "it should be about {a}", "I'd like one with {a}", "maybe something with {a}",
    "I'm thinking of {a}", "something to do with {a}",
)  # fmt: skip
OPEN = (
    "I'm open to anything", "I don't know what I want", "surprise me", "anything good, really", "what would you suggest?",
    "I have no idea what to choose",
)  # fmt: skip
SUGGESTED = (
    (
        "How about {a}?", "Do you know {a}?", "You might like {a}.", "Then {a} could be for you.", "I'd suggest {a}.",
        "I really liked {a}.", "{a} is a good one.", "Have you tried {a}?",
    ),
    (
        "How about {a} or {b}?", "You might like {a} and {b}.", "I'd suggest {a}, or else {b}.", "{a} is good, and {b} too.",
    ),
)  # fmt: skip
"""By how many are suggested at once."""
KNOWN = (
    "Yes, I liked that one",
    "I know it, it was great",
    "Yes, I loved it",
    "I enjoyed that one too",
)
UNKNOWN = (
    "I haven't, but it sounds good", "No, not yet", "I don't know that one", "No, but I will have a look at it",
    "That sounds interesting", "I've heard of it",
)  # fmt: skip
FURTHER = (
    "Anything else?",
    "What else?",
    "Any others?",
    "Something else like that?",
    "Do you have another?",
)
