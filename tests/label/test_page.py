"""The page itself, in a headless Chromium: keys and clicks become labels, hostile texts stay texts, nothing loads."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.label.browser import CHROMIUM, Tab, browser
from tests.label.made_up import FERRY, SEALS, STORY, line, served, sheet

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")

CHECKED = "[...document.querySelectorAll('.block input')].map((box) => box.checked)"
WRITTEN = "document.getElementById('status').textContent.startsWith('All corrections are on disk')"
ATTACKS = (
    "<script>document.title = 'broken'</script>", "<img src=https://x.example/i onerror=\"document.title='broken'\">",
    "</span></label><style>*{display:none}</style>", "{{ 7 * 7 }}", "\u202eabc", "<a href=javascript:alert(1)>x</a>",
)  # fmt: skip


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with browser(tmp_path_factory.mktemp("profile")) as opened:
        opened.screen(1400, 900)
        yield opened


def opened(tab: Tab, url: str, blocks: int) -> None:
    """Go to a page and wait for its blocks."""
    tab.open(url)
    tab.wait(f"document.querySelectorAll('.block').length === {blocks}")


def test_a_flipped_block_is_saved_and_training_reads_it(tab: Tab, tmp_path: Path) -> None:
    """The whole way, with the real command: key, key, file."""
    pytest.importorskip("rapidfuzz", reason="training needs the extra `train`")
    from pipeline.train.pages import read_labelled

    (tmp_path / "in").mkdir()
    body = f"<h1>Ferry sails again</h1><p>{STORY}</p><p>Read also: Seals counted on the sandbank</p>"
    (tmp_path / "in" / "ferry.html").write_text(f"<html><body><article>{body}</article></body></html>", "utf-8")
    labels = tmp_path / "labels.parquet"
    command = [sys.executable, "-m", "pipeline.cli", "label", str(tmp_path / "in"), "-o", str(labels)]
    with subprocess.Popen([*command, "--set", "witness=none"], stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        opened(tab, process.stderr.readline().strip(), 3)
        assert tab.run(CHECKED) == [True, True, False]
        tab.press("j", "j", " ")
        tab.wait(WRITTEN)
        tab.press("k", "k", "x", "Enter")
        tab.wait("document.getElementById('status').textContent.startsWith('1 labelled page')")
        assert labels.exists()
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        assert process.wait(30) == 0
    assert "labelled pages: 1; corrected blocks: 2" in said
    (page,) = read_labelled(labels, "html")
    assert page.gold == f"{STORY}\nRead also: Seals counted on the sandbank"
    assert page.labels.tolist() == [0, 1, 1]


def test_everything_works_by_keys(tab: Tab, tmp_path: Path) -> None:
    with served(tmp_path, FERRY, SEALS) as server:
        opened(tab, server.url, 4)
        assert tab.run(CHECKED) == [True, True, False, False]
        tab.press("u", " ")
        assert tab.run(CHECKED) == [True, True, False, True]
        tab.press("k", "x", shift=True)
        tab.press("ArrowUp", "ArrowUp", "x")
        assert tab.run(CHECKED) == [False, True, True, True]
        tab.press("z")
        assert tab.run(CHECKED) == [True, True, True, True]
        tab.wait(WRITTEN)
        tab.press("Enter")
        tab.wait("document.getElementById('title').textContent === 'seals.html'")
        assert "1 of 2 pages done" in tab.run("document.getElementById('progress').textContent")
        tab.press("p")
        tab.wait("document.getElementById('title').textContent === 'Ferry sails again'")
        assert tab.run(CHECKED) == [True, True, True, True]
        tab.press("u")
        tab.wait("document.activeElement.closest('.block').dataset.block === '3'")
        tab.press("u")
        tab.wait("document.getElementById('title').textContent === 'seals.html'")
        assert tab.run("document.activeElement.closest('.block').dataset.block") == "1"


def test_everything_works_by_clicks(tab: Tab, tmp_path: Path) -> None:
    with served(tmp_path, FERRY, SEALS) as server:
        opened(tab, server.url, 4)
        tab.click("[data-block='0'] .text")
        assert tab.run(CHECKED) == [False, True, False, False]
        tab.click("[data-block='3'] input")
        assert tab.run(CHECKED) == [False, True, False, True]
        tab.click("[data-block='2'] .why", shift=True)
        assert tab.run(CHECKED) == [False, True, True, True]
        tab.click("#undo")
        assert tab.run(CHECKED) == [False, True, False, True]
        tab.wait(WRITTEN)
        tab.click("#done")
        tab.wait("document.getElementById('title').textContent === 'seals.html'")
        tab.click("#save")
        tab.wait("document.getElementById('status').textContent.startsWith('1 labelled page in')")
        tab.click("#previous")
        tab.wait("document.getElementById('done').textContent === 'Not done'")
        assert tab.run(CHECKED) == [False, True, False, True]


def test_a_page_that_is_opened_again_shows_what_was_said(tab: Tab, tmp_path: Path) -> None:
    with served(tmp_path, FERRY) as server:
        opened(tab, server.url, 4)
        tab.press("x")
        tab.run("document.getElementById('type').value = 'forum'")
        tab.run("document.getElementById('type').dispatchEvent(new Event('change')) && true")
        tab.wait(WRITTEN)
        opened(tab, "about:blank", 0)
        opened(tab, server.url, 4)
        assert tab.run(CHECKED) == [False, True, False, False]
        assert tab.run("document.getElementById('type').value") == "forum"
        assert tab.run("document.querySelector('.corrected .why').textContent") == "you remove itit was kept. "


def test_a_correction_waits_for_a_server_that_is_gone(tab: Tab, tmp_path: Path) -> None:
    with served(tmp_path, FERRY) as server:
        opened(tab, server.url, 4)
    tab.press("x")
    tab.wait("document.getElementById('status').textContent.startsWith('Not written')")
    assert tab.run("document.getElementById('status').className") == "wrong"


def test_nothing_comes_alive_and_nothing_is_loaded(tab: Tab, tmp_path: Path) -> None:
    lines = [line(attack, kept=False, rule=attack, says=attack) for attack in ATTACKS]
    with served(tmp_path, sheet("wild", *lines, title=ATTACKS[0]), SEALS) as server:
        tab.events.clear()
        opened(tab, server.url, len(ATTACKS))
        assert tab.run("[...document.querySelectorAll('.text')].map((text) => text.textContent)") == list(ATTACKS)
        assert tab.run("document.querySelectorAll('main :is(script, img, style, a, iframe)').length") == 0
        assert tab.run("document.title") == f"1: {ATTACKS[0]}"
        assert all(address.startswith(server.url) for address in tab.asked_for())
        assert tab.complaints() == []
        blocked = tab.run("fetch('https://x.example/').then(() => 'loaded', () => 'blocked')")
        assert blocked == "blocked"


def test_a_long_page_stays_quick(tab: Tab, tmp_path: Path) -> None:
    """Two thousand blocks: shown, and a key answered, within what a person takes for at once."""
    long = sheet("long", *(line(f"{number}: {STORY}", kept=number % 3 > 0) for number in range(2000)))
    with served(tmp_path, long) as server:
        opened(tab, server.url, 2000)
        key = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'x', bubbles: true}))"
        took = tab.run(
            "new Promise((told) => { const start = performance.now();"
            f"{key}; requestAnimationFrame(() => setTimeout(() => told(performance.now() - start))); }})"
        )
        assert tab.run(CHECKED)[0] is True
        assert took < 1000
        tab.press("End")
        assert tab.run("document.activeElement.closest('.block').dataset.block") == "1999"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
def test_it_fits_every_window(tab: Tab, tmp_path: Path, width: int, *, dark: bool) -> None:
    tab.screen(width, 844, dark=dark)
    with served(tmp_path, FERRY, sheet("wide", line("x" * 3000, kept=False))) as server:
        opened(tab, server.url, 4)
        for _ in range(2):
            assert tab.run("document.documentElement.scrollWidth <= innerWidth")
            controls = "[...document.querySelectorAll('button, select, input')]"
            assert tab.run(f"{controls}.every((it) => it.getBoundingClientRect().right <= innerWidth)")
            tab.press("n")
            tab.wait("document.querySelectorAll('.block').length === 1")
        luminance = int(tab.run("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]"))
        assert (luminance < 128) == dark
    tab.screen(1400, 900)
