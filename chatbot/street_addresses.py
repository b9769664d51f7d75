"""Postal addresses in talk, as far as careful rules reach: English, German, French, Spanish, Italian, Chinese.

"21 Jump Street" and 查令十字街84号 are titles, and "10 Downing Street" may be one: a street with a number is an address
only where something else says so, such as words before it ("I live at"), a flat, a postcode, a city behind a comma
and a state. A house number without a street, a street without a number, a city alone and other
languages are not found.
"""

import re
from collections.abc import Iterator

_NAME = r"[A-ZÀ-ÖØ-Þ][\w'’.-]*"
_KIND = (
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|square|sq|place|pl|terrace|ter|way|parkway|pkwy"
    r"|highway|hwy|close|crescent|row|circle|alley|gardens|mews|grove|hill)\b\.?"
)
_STREET = rf"\d{{1,5}}[A-Za-z]?\s+(?:[NSEW]\.?\s+)?(?:(?:{_NAME}|\d{{1,3}}(?:st|nd|rd|th))\s+){{1,4}}(?i:{_KIND})"
_GERMAN = (
    r"[A-ZÄÖÜ][\wäöüß.-]{0,30}?(?: [A-ZÄÖÜ][\wäöüß.-]{0,30}?){0,2}"
    r"(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|[ -](?:Straße|Allee|Platz|Weg))\s*\d{1,4}(?:\s?[a-z])?\b"
)
_ROMANCE = (
    r"(?:\d{1,4}(?:\s?(?:bis|ter))?,?\s+(?i:rue|avenue|boulevard|place|chemin|allée|impasse|quai)\s+(?:(?:de|du|des|la|le|les|d'|l')\s*)*"
    rf"{_NAME}(?:\s+{_NAME}){{0,2}}"
    r"|(?i:calle|via|viale|piazza|plaza|avenida|av\.|rua)\s+(?:(?:de|del|di|della|la|do|da)\s+)*"
    rf"{_NAME}(?:\s+{_NAME}){{0,2}},?\s+\d{{1,4}})"
)
_ANY = rf"(?:{_STREET}|{_GERMAN}|{_ROMANCE})"
_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA|RI|SC"
    "|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)
_POSTCODE = (
    r"(?:AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX|FK|FY|G|GL"
    r"|GU|HA|HD|HG|HP|HR|HS|HU|HX|IG|IP|IV|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE|PH"
    r"|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE)"
    r"\d[\dA-Z]?\s?\d[ABD-HJLNP-UW-Z]{2}\b"
)
_CITY = rf"{_NAME}(?:\s+{_NAME}){{0,2}}"
_STATE_ZIP = rf"{_CITY},?\s+(?:{_STATES}),?\s+\d{{5}}(?:-\d{{4}})?\b"
_UNIT = r"(?i:apt|apartment|unit|suite|flat|floor|no)\.?\s*#?\s*\d*[A-Za-z]?\b"
_BEHIND = rf"(?:\s*,?\s*{_UNIT})?(?:\s*,?\s*(?:{_STATE_ZIP}|\d{{5}}\s+{_CITY}|{_CITY}(?:,?\s+{_POSTCODE})?|{_POSTCODE}))?"
_SURELY = rf"(?:\s*,?\s*{_UNIT}\s*(?:,\s*(?:{_STATE_ZIP}|{_CITY}))?|(?:\s*,?\s*{_UNIT})?\s*,?\s*(?:{_STATE_ZIP}|\d{{5}}\s+{_CITY}|(?:{_CITY}\s*,?\s*)?{_POSTCODE}))"
_SAYS = (
    r"(?i:\b(?:(?:i|we)(?:'m| am| are|'re)? (?:live|living|stay|staying|reside)s?(?: (?:at|on|in))?|(?:i'm|i am|we're|we are) (?:at|on)|(?:my|our|the|postal|home|delivery|shipping) address(?: is)?|address"
    r"|(?:my|our) (?:place|house|home|flat) is(?: at| on| in)?|home is(?: at| on)?|(?:ship|deliver|send|mail|post|bring)\b(?: \w+){0,3}? to|come (?:over )?to|pick me up at|meet me at|located at)\b)"
)
_ENGLISH = (
    re.compile(rf"(?<![\w-])(?:{_UNIT},?\s+)?{_ANY}{_SURELY}"),
    re.compile(rf"(?<!\w){_UNIT},\s+{_ANY}"),
    re.compile(rf"{_SAYS}\s*:?\s*(?P<it>{_ANY}{_BEHIND})"),
    re.compile(rf"(?<!\w){_STATE_ZIP}"),
    re.compile(rf"(?<!\w){_POSTCODE}"),
    re.compile(rf"(?i:\bp\.?\s?o\.?\s?box\s+\d+)(?:,?\s+{_STATE_ZIP})?"),
)
_H = r"[\u4e00-\u9fff]"
_AREA = rf"(?:{_H}{{2,7}}?(?:自治区|省|市|区|县|镇|乡|村))"
_ROAD = rf"(?:{_H}{{1,8}}?(?:大道|大街|胡同|路|街|道|巷|弄|里)(?:[东南西北中一二三四五六七八九十]{{1,2}}[路段])?)"
_NUMBER = r"\s*\d{1,5}(?:-\d+)?\s*(?:号|弄|巷)"
_ROOM = rf"(?:\d{{1,4}}号|{_H}{{0,10}}?\d{{1,4}}\s*(?:号楼|栋|幢|座|楼|单元|层|室)|院)"
_CHINESE_SAYS = r"(?:住在|住|我家在|家在|地址(?:是|为)?|寄到|寄往|送到|送往|发到|快递到|收货地址|位于|我们在|我在)[::,,\s]*"
_CHINESE = (
    re.compile(rf"{_AREA}{{1,4}}{_ROAD}{_NUMBER}{_ROOM}*"),
    re.compile(rf"{_CHINESE_SAYS}(?P<it>{_AREA}{{0,4}}{_ROAD}{_NUMBER}{_ROOM}*)"),
    re.compile(rf"{_ROAD}{_NUMBER}{_ROOM}+"),
    re.compile(rf"{_H}{{2,8}}?(?:小区|花园|公寓|大厦|苑|家园|新村){_ROOM}{{2,}}"),
    re.compile(rf"{_CHINESE_SAYS}(?P<it>{_H}{{2,8}}?(?:小区|花园|公寓|大厦|苑|家园|新村){_ROOM}+)"),
)
_HAN, _DIGIT = re.compile(_H), re.compile(r"\d")


def street_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where the postal addresses of a text stand; they may overlap."""
    if not _DIGIT.search(text):
        return
    for rule in _ENGLISH:
        for found in rule.finditer(text):
            yield found.span("it" if "it" in rule.groupindex else 0)
    if _HAN.search(text):
        for rule in _CHINESE:
            for found in rule.finditer(text):
                start, end = found.span("it" if "it" in rule.groupindex else 0)
                yield _behind_words(text, start, end), end


_LEADING = re.compile(
    r"^(?:我们|公司|单位|学校|家庭|快递|收货|请|我|住址|址|地址|家|住|寄|送|发|位于|在|到|往|是|为)+(?=.{4})"
)


def _behind_words(text: str, start: int, end: int) -> int:
    """Where the address itself begins: Chinese has no space before it."""
    lead = _LEADING.match(text[start:end])
    return start + (lead.end() if lead else 0)
