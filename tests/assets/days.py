"""Made-up days of made-up sites, for tests: pages of one layout, and what may go wrong with them."""

from __future__ import annotations

import random
from collections.abc import Callable
from html import escape
from pathlib import Path

PLACES = "harbour, orchard, mill, quarry, bakery, ferry, library, market, bridge, garden".split(", ")
VERBS = "opened, closed, flooded, moved, grew, failed, returned, waited, changed, settled".split(", ")
PEOPLE = "the keeper, two sisters, a carpenter, the council, her neighbour, the old pilot".split(", ")
MENU = ["Home", "News", "Weather", "Sport", "Culture", "Travel", "Letters", "Jobs", "About us", "Contact"]
SHARE = ["Share this on Twitter", "Subscribe to our newsletter", "Read more", "Log in to comment", "Related stories"]

Make = Callable[[str, random.Random], str]
"""A page from its name and a source of chance."""


def prose(chance: random.Random, sentences: int = 6) -> str:
    """A paragraph that no other page has."""
    said = [
        f"In the {number}th week {chance.choice(PEOPLE)} said that the {chance.choice(PLACES)} {chance.choice(VERBS)} "
        f"because the {chance.choice(PLACES)} near the {chance.choice(PLACES)} had {chance.choice(VERBS)} before."
        for number in chance.sample(range(4, 9999), sentences)
    ]
    return " ".join(said)


def article(name: str, chance: random.Random) -> str:
    """A page as the site always makes them: menu, text, invitations."""
    return _page(name, _menu() + f"<article><h1>About {escape(name)}</h1>{_body(chance)}</article>" + _share())


def menu_only(name: str, _chance: random.Random) -> str:
    """The site lost its text; what stood around it is left."""
    return _page(name, _menu() + _share())


def list_only(name: str, chance: random.Random) -> str:
    """Long teasers in place of the text: hardly anything is removed, and hardly anything is there."""
    return _page(name, f"<p>The {chance.choice(PLACES)} {chance.choice(VERBS)} on day {chance.randrange(9999)}.</p>")


def new_layout(name: str, chance: random.Random) -> str:
    """The text moved into a block that reads as a share box, under new menus."""
    box = '<aside class="share related sidebar">'
    return _page(name, _menu() * 3 + f"{box}{box}<ul>{_items(chance)}</ul></aside></aside>" + _share())


def credited(name: str, chance: random.Random) -> str:
    """A photo credit after every paragraph, as text: the rule book knows such lines, and may not be sure alone."""
    credit = f"</p><p>Photo: {chance.choice(MENU)} Miller / Harbour Press</p><p>"
    return article(name, chance).replace("</p><p>", credit)


def broken(name: str, chance: random.Random) -> str:
    """A page whose letters were lost before it came."""
    return article(name, chance).replace("the ", "th\ufffd ")


def wall(name: str, _chance: random.Random) -> str:
    """A log-in in place of the page."""
    form = "<form><label>Email <input name='email'></label><label>Password <input type='password'></label></form>"
    return _page(name, f"<h1>Log in to continue</h1><p>You must log in to read this page.</p>{form}")


def lay(raw: Path, day: str, pages: int = 12, **sources: Make) -> None:
    """Write `raw/<source>/<day>/<number>.html` for each source; the same arguments give the same bytes."""
    for source, make in sources.items():
        folder = raw / source / day
        folder.mkdir(parents=True)
        for number in range(pages):
            name = f"{source} {day} {number}"
            (folder / f"{number:02}.html").write_text(make(name, random.Random(name)), encoding="utf-8")


def _page(name: str, body: str) -> str:
    return f"<!doctype html><html lang='en'><head><title>{escape(name)}</title></head><body>{body}</body></html>"


def _menu() -> str:
    return "<nav><ul>" + "".join(f"<li><a href='/{n}'>{name}</a></li>" for n, name in enumerate(MENU)) + "</ul></nav>"


def _share() -> str:
    return "<footer>" + "".join(f"<p><a href='/s{n}'>{line}</a></p>" for n, line in enumerate(SHARE)) + "</footer>"


def _body(chance: random.Random) -> str:
    return "".join(f"<p>{prose(chance)}</p>" for _ in range(chance.randint(4, 6)))


def _items(chance: random.Random) -> str:
    return "".join(f"<li><a href='/x{n}'>{prose(chance, 1)}</a></li>" for n in range(20))
