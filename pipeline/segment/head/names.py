"""What is the name of an author, in the few words that stand where one is named.

Observation: a byline is a name with something before it (`By`, `von`, `Posted by`), after it (a date, a title, a bar
and the time it takes to read) or between (`and`, commas). What is left is taken for a name unless one of its words says
that it is something else. Lower case and digits stay possible, for names of users.
"""

from __future__ import annotations

import re

from pipeline.segment.head.dates import MONTHS

_CAP = 80  # characters of one name
_MANY = 20  # names; more are not told apart
_ANNOUNCED = re.compile(
    r"(?i)(?:(?:written|posted|published|created|submitted|started|reported|story|words|text|article|report|review)?\s?by"
    r"|(?:geschrieben |veröffentlicht |gepostet |ein beitrag |ein artikel |text |artikel )?von|autor(?:in|en)?|authors?"
    r"|text|(?:publié |écrit |article )?par|auteurs?|(?:escrito |publicado )?por|di|a cura di|(?:geschreven )?door|af"
    r"|(?:skriven |skrevet )?av|tekst|автор|autore|autorzy?|yazan|작성자|文|作者|责任编辑)(?:\s*[:：]\s*|\s+|$)"
)
_BOUND = re.compile(
    r"\s+[|·•–—/-]\s+|\s*[|·•\n]\s*|,?\s+(?:on|am|vom|le|el|il|op|den|dne)\s+(?=\d|[^\W\d_]{3,9}\.? \d)"
    r"|,?\s+\(?\d|\s+in\s+|:"
)
_SPLIT = re.compile(r"(?i)\s*,\s*(?:and|und|et|y|e|en|og|och)\s+|\s*,\s*|\s+(?:and|und|et|&|och)\s+")
_OF_MACHINES = frozenset("{}<>[]|@:")
_PARTICLES = frozenset("van von de der da di del della den du la le al el ibn bin ten ter zu zum of".split())
_UNFINISHED = frozenset(
    "am on el le by von from par por of the and und et in at at: via durch with für for about".split()
)
_NOBODY = frozenset(
    "admin administrator author authors autor auteur editor guest anonymous unknown webmaster root none null undefined "
    "user users username staff contributor wordpressadmin site default".split()
) | {"no author"}
_NOT_NAMES = _NOBODY | frozenset(
    "share follow read minute minutes ago updated published posted written reviewed comment comments view views all "
    "posts post more about on date today yesterday datum subscribe print email save home menu search login register "
    "topic topics category categories article articles twitter facebook linkedin instagram copy link close bio "
    "profile website leave reply fact checked expert verified learn how we our your veröffentlicht publicado "
    "disclosure policy policies webpage get foto photo archiv cite bought stars rating".split()
)
_NOT_ALONE = frozenset("min page free sun mon tue wed thu fri sat".split()) | MONTHS.keys()


def announcement(text: str) -> str:
    """The words at the start of a text that announce an author (`By `), "" if it announces none."""
    found = _ANNOUNCED.match(text)
    return found[0] if found else ""


def split_names(text: str) -> list[str]:
    """The names in a field that holds nothing else, such as `By Ada Oat and Bo Rye`; degrees stay with their name."""
    text = text[len(announcement(text)) :].strip(" ,;|")
    if ";" in text:
        return [name for part in text.split(";")[:_MANY] for name in split_names(part)]
    if text.lower() in _NOBODY or not _OF_MACHINES.isdisjoint(text):
        return []
    parts = [part for part in _SPLIT.split(text) if part]
    names = parts if all(" " in part for part in parts) else [text]
    return [name for name in names if 1 < len(name) < _CAP and name[0] != "(" and not name.isdigit()]


def find_names(text: str) -> list[str]:
    """The names in a short text of a byline, without what stands around them; [] if it says another thing."""
    for _ in range(2):
        text = text[len(announcement(text)) :]
    bound = _BOUND.search(text)
    return [name for name in split_names(text[: bound.start()] if bound else text) if _may_be_name(name.strip(" ,.-–"))]


def _may_be_name(name: str) -> bool:
    """Whether nothing in these words says that they are no name."""
    words = name.lower().split()
    if not 1 <= len(words) <= 6 or any(letter in name for letter in "@=?!©%") or not any(map(str.isalpha, name)):
        return False
    if words[-1] in _UNFINISHED:
        return False
    if len(words) > 1 and any(word[0].islower() and word not in _PARTICLES for word in name.split()):
        return False
    if len(words) == 1 and words[0].strip(".,") in _NOT_ALONE:
        return False
    return not any(word.strip(".,") in _NOT_NAMES for word in words)
