"""Pages that stand in for the page; and articles about the same things, which are pages."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

import pytest

from pipeline import clean
from pipeline.judge.blocked import blocked_kinds

PROSE = "The ferry leaves at nine in the morning, and whoever misses it waits for the next one with a good book. "
BLOCKED = {
    "bot-check": "<title>Just a moment...</title><p>Checking your browser before accessing the quay.</p>",
    "consent": "<h1>Before you continue</h1><p>We value your privacy.</p><button>Accept all cookies</button>",
    "login": "<h1>Log in to continue</h1><form><label>Password</label></form><a href=/x>Forgot password?</a>",
    "paywall": f"<h1>The ferry</h1><p>{PROSE}</p><p>Subscribe to continue reading</p>",
}
NOTICES = "<ul><li>Saturday 4 May, 19:30</li><li>Hall on the quay, door three</li><li>Songs of ferrymen, sung by two of them</li></ul>"
EVENING = f"<title>An evening of songs</title><main><h1>An evening of songs</h1>{NOTICES}<p>{PROSE}</p>{{}}</main>"
BANNER = "<div class=cookie-banner role=dialog><h2>We value your privacy</h2><p>{}</p><button>{}</button></div>"
SHORT = {
    "banner": EVENING.format("")
    + BANNER.format("By clicking you agree to the storing of cookies on your device.", "Accept all cookies"),
    "boxes-of-a-builder": "<form id=aspnetForm><div class=elementor-widget><header class=hero-banner>"
    + EVENING.format("")
    + "</header></div></form>"
    + BANNER.format("We store data.", "Accept all cookies"),
    "banner-without-a-box": EVENING.format("<p>Accept all cookies</p>"),
    "banner-de": EVENING.format("") + BANNER.format("Wir und unsere Partner speichern Daten.", "Alle akzeptieren"),
    "log-in-form": EVENING.format("<form><label>Password</label><a href=/x>Forgot your password?</a></form>"),
    "log-in-to-comment": EVENING.format("<p>You must be logged in to post a comment.</p>"),
    "robot-check-of-a-form": EVENING.format("<form><label>I'm not a robot</label></form>"),
    "script-wanted": EVENING.format("<div>Please enable JavaScript to see the map.</div>"),
    "not-available": EVENING.format("<p>The page you are looking for in the old book is the ninth.</p>"),
}
ERRORS = {
    "heading": "<title>Ferry</title><h1>Page not found</h1><p>Nothing here.</p>",
    "title": f"<title>Error 404 - Ferry</title><p>{PROSE}</p><p>Try the timetable, the map of the harbour or the list of captains.</p>",
    "server": "<title>Ferry</title><h1>503 Service Unavailable</h1>",
    "french": "<h1>Oups</h1><p>Cette page est introuvable.</p>",
    "japanese": "<p>お探しのページは見つかりません。</p>",
}
ARTICLES = {
    "case39-about-cookies": f"<h1>We value your privacy, they say</h1><p>{PROSE * 9}</p><p>{PROSE * 9}</p>",
    "case38-log-in-in-a-sentence": f"<h1>Passwords</h1><p>“Log in to continue”, says the screen. {PROSE * 4}</p><p>{PROSE * 4}</p>",
    "a-log-in-form-below-an-article": f"<h1>Ferry</h1><p>{PROSE * 8}</p><form>Forgot password?</form>",
    "case42-headline-only": "<h1>Ferry leaves at nine</h1>",
}


@pytest.mark.parametrize(("kind", "html"), BLOCKED.items(), ids=BLOCKED)
def test_blocked(kind: str, html: str) -> None:
    document = clean(html, kind="html")
    assert document.outcome == "blocked"
    assert document.note.startswith(f"blocked-{kind}: ")


@pytest.mark.parametrize(
    "kind",
    [
        "bot-check",
        "consent",
        "login",
        "paywall",
    ],
)
def test_a_blocked_page_yields_no_text(kind: str) -> None:
    assert clean(BLOCKED[kind], kind="html").text == ""


@pytest.mark.parametrize("html", ERRORS.values(), ids=ERRORS)
def test_errors_are_no_pages(html: str) -> None:
    assert clean(html, kind="html").outcome == "blocked"


@pytest.mark.parametrize("html", SHORT.values(), ids=SHORT)
def test_a_short_page_with_a_banner_or_a_form_is_a_page(html: str) -> None:
    document = clean(html, kind="html")
    assert document.outcome == "kept"
    assert PROSE.strip() in document.text


@pytest.mark.parametrize("html", ARTICLES.values(), ids=ARTICLES)
def test_not_blocked(html: str) -> None:
    assert clean(html, kind="html").outcome == "kept"


def test_every_removal_of_a_blocked_page_says_why() -> None:
    document = clean(BLOCKED["login"], kind="html")
    assert all(any(reason.rule == "blocked-login" for reason in verdict.reasons) for _, verdict in document.removed)


def test_the_table_is_whole() -> None:
    kinds = blocked_kinds()
    assert len({kind.id for kind in kinds}) == len(kinds)
    assert [kind.id for kind in kinds if not kind.says or not kind.phrases or kind.max_words < 1] == []
