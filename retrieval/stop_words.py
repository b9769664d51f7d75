"""English words that full text search does not look for."""

_WORDS = """
a about again all also am an and any anything are as at be been but by can
could did do does else film films find for from get give good got had has have he
her him his how i if in into is it its just know let like love me more
most movie movies my need no not of on one or other our out please really recommend see
seen she show so some something suggest than that the their them then there these they thing this
to too up us very want was watch we were what when where which who why will with
would you your
"""
STOP_WORDS = frozenset(_WORDS.split())
