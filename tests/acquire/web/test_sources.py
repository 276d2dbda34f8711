"""`sources.toml`: what is right is read as meant; what is wrong is told with its line, before any request."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from pipeline.acquire.web.sources.command import check_lines, list_lines, span
from pipeline.acquire.web.sources.file import load_sources
from pipeline.acquire.web.sources.model import HOW_TO_CONTACT, FetchSettings, Source, Sources, product_token, user_agent
from pipeline.acquire.web.sources.values import FETCH, SOURCE
from pipeline.errors import SettingsError, UsageError

ROOT = Path(__file__).parents[3]
CONTACT = '[fetch]\ncontact = "bot@harbour.test"\n'
STANZA = '[[source]]\nname = "harbour"\nfeed = "https://harbour.test/feed.xml"\n'


def load(folder: Path, text: str) -> Sources:
    file = folder / "sources.toml"
    file.write_text(text, encoding="utf-8")
    return load_sources(file)


def mistakes(folder: Path, text: str) -> list[str]:
    """The mistakes of a file, each as `line: words`."""
    with pytest.raises(SettingsError) as error:
        load(folder, text)
    return [line.removeprefix(f"{folder / 'sources.toml'}:") for line in str(error.value).splitlines()]


def test_a_whole_file(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    text = """
[fetch]
contact = ["https://harbour.test/bot", "bot@harbour.test"]
agent = "tide-reader/2.0"
delay = "10s"
respect = ["noai", "ai-train=no"]
allow = "loopback"

[[source]]
name = "harbour"
feed = "https://Harbour.test/feed.xml#top"
sitemap = ["https://harbour.test/robots.txt", "https://harbour.test/s.xml"]
exclude = ["/sport/", "*/gallery/", "*.pdf$"]
every = "6h"
delay = 30
note = "CC BY 4.0"
drop = [".promo", "aside > p"]

[[source]]
name = "inbox"
folder = "inbox"
"""
    sources = load(tmp_path, text)
    assert sources.fetch.delay == 10.0
    assert sources.fetch.allow == ("loopback",)
    harbour, inbox = sources.sources
    assert harbour.feed == ("https://harbour.test/feed.xml",)
    assert (harbour.every, harbour.delay, harbour.respect) == (21_600.0, 30.0, ("noai", "ai-train=no"))
    assert (inbox.folder, inbox.delay, inbox.starts) == ((tmp_path / "inbox",), 10.0, ())
    assert user_agent(sources.fetch) == "tide-reader/2.0 (+https://harbour.test/bot; mailto:bot@harbour.test)"
    assert product_token(sources.fetch) == "tide-reader"


WRONG = {
    "unknown-field": (STANZA + 'evry = "6h"', "6: 'evry' is unknown; did you mean 'every'?"),
    "unknown-field-of-fetch": ("[fetch]\ndealy = 3", "2: 'dealy' is unknown; did you mean 'delay'?"),
    "unknown-and-like-nothing": (STANZA + "xyzzy = 1", "6: 'xyzzy' is unknown; the settings are name, feed"),
    "unknown-table": ("[fetches]\n", "1: 'fetches' is unknown; write a table [fetch]"),
    "unknown-key-at-the-top": ("\nagent = 1\n", "2: 'agent' is unknown; write a table [fetch]"),
    "one-bracket": ('[source]\nname = "a"', "1: write [fetch] as a table, and each source under [[source]]"),
    "no-name": ('[[source]]\nurls = "https://harbour.test/"', "3: a source needs a name"),
    "no-start": ('\n[[source]]\nname = "a"', "4: a source needs a start: write one of feed, sitemap"),
    "name-unsafe": (STANZA.replace('"harbour"', '"../up"'), "4: name = '../up': write a folder name"),
    "name-in-capitals": (STANZA.replace('"harbour"', '"Harbour"'), "4: name = 'Harbour': write a folder name"),
    "name-reserved": (STANZA.replace('"harbour"', '"con"'), "4: name = 'con': write a folder name"),
    "name-twice": (STANZA + STANZA, "7: name = 'harbour' is taken (line 4); write another"),
    "script": (
        STANZA + 'urls = "javascript:x"',
        "6: urls: 'javascript:x' cannot be asked (javascript: is not http(s))",
    ),
    "password": (STANZA + 'urls = "https://a:b@harbour.test/"', "(a user name or password in it)"),
    "one-of-a-list": (
        STANZA + 'urls = [\n"https://harbour.test/a",\n"ftp://b",\n]',
        "8: urls: 'ftp://b' cannot be asked",
    ),
    "number-for-a-list": (STANZA + "urls = 3", "6: urls = 3: write a string, or a list of strings"),
    "empty-in-a-list": (STANZA + 'urls = [""]', "6: urls = ['']: write a string, or a list of strings"),
    "span": (STANZA + 'every = "soon"', "6: every = 'soon': write seconds as a number, or a span"),
    "span-too-short": (STANZA + 'every = "5s"', "6: every = '5s': write a span of a minute or more"),
    "span-below-nothing": (STANZA + "delay = -1", "6: delay = -1: write seconds"),
    "span-true": (STANZA + "delay = true", "6: delay = True: write seconds"),
    "span-not-a-number": (STANZA + "delay = nan", "6: delay = nan: write seconds"),
    "count-true": (STANZA + "max_pages = true", "6: max_pages = True: write a whole number above 0"),
    "flag": (STANZA + 'other_sites = "yes"', "6: other_sites = 'yes': write true or false"),
    "pattern": (STANZA + 'include = "news"', "6: include: 'news': write a path as in robots.txt"),
    "selector": (STANZA + 'drop = [".a", "p["]', "6: drop: 'p[' is no CSS selector"),
    "signal": (STANZA + 'respect = "No AI!"', "6: respect: 'No AI!': write a signal such as noai"),
    "folder": ('[[source]]\nname = "a"\nfolder = "nowhere"', "5: folder"),
    "place": ('[fetch]\nallow = "everything"', "2: allow: 'everything': write host:port, or loopback"),
    "proxy": ('[fetch]\nproxy = "socks5://h"', "2: proxy = 'socks5://h': write http://host:port"),
    "browser": ('[fetch]\nagent = "Mozilla"', "2: agent: 'Mozilla' is the name of somebody else"),
    "search-engine": ('[fetch]\nagent = "Googlebot/2.1"', "is the name of somebody else; write your own"),
    "agent-of-two-words": ('[fetch]\nagent = "my bot"', "2: agent = 'my bot': write a name of letters"),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_mistakes_are_told_with_their_line(text: str, words: str, tmp_path: Path) -> None:
    head = "" if text.startswith(("[fetch", "[source]", "\nagent")) else CONTACT
    (mistake,) = mistakes(tmp_path, head + text)
    assert words in mistake


def test_all_mistakes_are_told_at_once_in_order(tmp_path: Path) -> None:
    told = mistakes(tmp_path, CONTACT + "tries = 0\n" + STANZA + 'evry = 1\ndelay = "x"\n')
    assert [line.partition(":")[0] for line in told] == ["3", "7", "8"]


def test_broken_toml_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"sources\.toml: cannot be read as TOML \(.*line 2"):
        load(tmp_path, "[fetch]\ncontact = \n")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nothing\.toml is not there; docs/add-a-source\.md"):
        load_sources(tmp_path / "nothing.toml")


def test_lines_within_long_strings_are_no_keys(tmp_path: Path) -> None:
    text = CONTACT + STANZA + 'note = """\n[[source]]\nevry = 1\n"""\n' + "evry = 2\n"
    assert [line.partition(":")[0] for line in mistakes(tmp_path, text)] == ["10"]


CONTACTS = [
    "bot@harbour.test",
    "mailto:bot@harbour.test",
    "https://harbour.test/bot",
    "https://harbour.test:8443/bot?a=b",
    "me@gmail.com",
    "you@harbour.test",
    "mail@harbour.test",
    "user.name+bot@harbour.test",
    "todo@harbour.test",
    "https://todo-lists.test/your-page",
    "bot@mysite.com",
    "bot@example.io",
    "bot@notexample.com",
]
PLACEHOLDERS = [
    "you@example.com", "me@example.org", "bot@my.example", "https://example.com/bot", "https://www.example.net/",
    "bot@EXAMPLE.com", "bot@mail.example.com", "bot@localhost", "TODO", "<mail>", "https://<site>/bot", "https://yoursite.com/",
    "https://your-domain.com/", "https://localhost/", "name@localhost.localdomain.invalid", "changeme", "",
    "harbour.test", "mailto:", "https://example.com./", "http://localhost:8080/",
]  # fmt: skip


@pytest.mark.parametrize("contact", CONTACTS)
def test_contacts(contact: str, tmp_path: Path) -> None:
    sources = load(tmp_path, f'[fetch]\ncontact = "{contact}"\n')
    assert contact.removeprefix("mailto:") in user_agent(sources.fetch)
    assert user_agent(sources.fetch).startswith("thresher/")


@pytest.mark.parametrize("contact", PLACEHOLDERS)
def test_placeholders_are_no_contacts(contact: str, tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, f'[fetch]\ncontact = "{contact}"\n')
    assert mistake.startswith("2: contact")


def test_the_network_is_not_asked_without_contact(tmp_path: Path) -> None:
    assert mistakes(tmp_path, STANZA) == [
        f"1: source 'harbour' asks the network, so [fetch] needs a contact; {HOW_TO_CONTACT}"
    ]
    with pytest.raises(SettingsError, match="has no contact"):
        user_agent(FetchSettings())


def test_a_folder_needs_no_contact(tmp_path: Path) -> None:
    assert load(tmp_path, f'[[source]]\nname = "a"\nfolder = "{tmp_path}"').sources[0].starts == ()


@pytest.mark.parametrize(("value", "wanted"), [("ftr", "{here}/ftr"), ("/ftr", "/ftr"), ("", "")])
def test_a_folder_of_rules_counts_from_the_file(value: str, wanted: str, tmp_path: Path) -> None:
    assert load(tmp_path, f'[fetch]\nsite_rules = "{value}"').fetch.site_rules == wanted.format(here=tmp_path)


WANTED = {
    "nothing-said": ((), (), "/a", ""),
    "included": (("/news/",), (), "/news/a", ""),
    "not-included": (("/news/",), (), "/sport/a", "fits no include"),
    "excluded": ((), ("/sport/",), "/sport/a", "exclude = /sport/"),
    "exclude-is-stronger": (("/news/",), ("*/gallery/",), "/news/gallery/1", "exclude = */gallery/"),
    "end": ((), ("*.pdf$",), "/a.pdf", "exclude = *.pdf$"),
    "not-the-end": ((), ("*.pdf$",), "/a.pdf.html", ""),
    "query": ((), ("*?print=",), "/a?print=1", "exclude = *?print="),
    "escaped": ((), ("/fähre",), "/f%C3%A4hre/1", "exclude = /fähre"),
}


@pytest.mark.parametrize(("include", "exclude", "path", "why"), WANTED.values(), ids=WANTED)
def test_what_is_wanted(include: tuple[str, ...], exclude: tuple[str, ...], path: str, why: str) -> None:
    source = Source("harbour", include=include, exclude=exclude)
    assert source.unwanted(f"https://harbour.test{path}") == why


def test_sources_by_name() -> None:
    sources = Sources(sources=(Source("harbour"), Source("quay")))
    assert [source.name for source in sources.named(["quay", "harbour"])] == ["harbour", "quay"]
    assert sources.named([]) == sources.sources
    with pytest.raises(UsageError, match="has no source 'harbor'; did you mean 'harbour'"):
        sources.named(["harbor"])


@pytest.mark.parametrize(("settings", "readers"), [(FetchSettings, FETCH), (Source, SOURCE)], ids=["fetch", "source"])
def test_every_setting_can_be_written_and_is_described(settings: type, readers: dict[str, object]) -> None:
    names = [field.name for field in fields(settings)]
    assert sorted(readers) == sorted(names)
    page = (ROOT / "docs" / "add-a-source.md").read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}`" not in page] == []


def test_the_file_that_ships_asks_nobody() -> None:
    sources = load_sources(ROOT / "sources.toml")
    assert [source.starts for source in sources.sources] == [()]
    assert check_lines(ROOT / "sources.toml")[0].endswith("1 source; asking the network: 0")


def test_what_the_commands_say(tmp_path: Path) -> None:
    sources = load(tmp_path, CONTACT + STANZA + 'every = "90m"\nexclude = ["/a", "/b"]\n')
    said = check_lines(tmp_path / "sources.toml")
    assert said[1].startswith("  they are told: User-Agent: thresher/")
    assert said[2] == "  harbour: no note says why you may use it"
    assert list_lines(sources) == [
        "harbour  every 90m, 200 pages a run, 5s between two",
        "  feed     https://harbour.test/feed.xml",
        "  exclude  /a, /b",
    ]


@pytest.mark.parametrize(("seconds", "text"), [(0, "0s"), (5, "5s"), (90, "90s"), (21_600, "6h"), (1_209_600, "2w")])
def test_spans(seconds: float, text: str) -> None:
    assert span(seconds) == text
