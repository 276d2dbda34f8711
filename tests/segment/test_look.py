"""HTML or text: told by the content, and by the name only where the content leaves it open."""

# ruff: noqa: E501  # the cases are a table

from __future__ import annotations

from typing import Any

import pytest

from pipeline.segment.look import look

PROSE = "The ferry leaves at nine, and whoever misses it waits for the next one with a book.\n"
ARTICLE = "<div><h1>Ferry</h1><p>" + PROSE + "</p><p>" + PROSE + "</p></div>"

CASES = {
    "doctype": ("<!DOCTYPE html><title>x</title>", "", None, "html"),
    "html-named-txt": ("<html><body>" + PROSE + "</body></html>", "page.txt", None, "html"),
    "html-declared-text": ("<!doctype html><p>" + PROSE, "", "text/plain", "html"),
    "text-named-html": (PROSE * 3, "page.html", None, "text"),
    "text-declared-html": (PROSE * 3, "", "text/html; charset=utf-8", "text"),
    "empty-named-html": ("", "page.html", None, "html"),
    "empty": ("", "", None, "text"),
    "only-bom-and-space": ("\ufeff \n", "", None, "text"),
    "fragment": (ARTICLE, "", None, "html"),
    "fragment-named-txt": (ARTICLE, "a.txt", None, "html"),
    "fragment-of-inline-tags-named-html": (PROSE + "<b>bold</b><br>" + PROSE, "a.html", None, "html"),
    "comment-first": ("<!-- saved -->\n<html lang=en>" + PROSE, "a", None, "html"),
    "xml-declaration-first": ('<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD">', "a", None, "html"),
    "xhtml-root": ('<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/>', "a.txt", None, "html"),
    "words-before-html": ("Warning: cache\n<html><body><p>" + PROSE, "", None, "html"),
    "image-markup": (PROSE + '<image>data:image/png;base64,AAAA" alt="A ferry"</image>\n' + PROSE, "a.txt", None, "text"),
    "image-markup-no-name": (PROSE + "<image>data:image/png</image>\n" + PROSE, "", None, "text"),
    "image-markup-first": ("<image>data:image/png</image>\n" + PROSE, "", None, "text"),
    "stray-bold": (PROSE + "<b>Join</b> us<br>" + PROSE, "", None, "text"),
    "bold-first-named-txt": ("<b>Ferry</b>\n" + PROSE, "a.txt", None, "text"),
    "about-html": ("A list is made with <ul> and <li>, a table with <table>.\n" + PROSE * 8, "", None, "text"),
    "html-quoted-in-fence": ("# How to\n```html\n" + ARTICLE * 3 + "\n```\n" + PROSE, "a.md", None, "text"),
    "angle-quotes": ("<< " + PROSE + " >> a < b and c > d", "", None, "text"),
    "autolink": ("<https://ferry.example>\n" + PROSE, "", None, "text"),
    "markdown-with-a-div": ("# Ferry\n<div align=center>logo</div>\n\n" + PROSE * 5, "readme.md", None, "text"),
    "markdown-that-begins-with-a-logo": ('<h1 align="center">Ferry</h1>\n\n<p align="center">\n<a href=/><img src=a.png></a>\n</p>\n\n' + (PROSE + "\n") * 5, "readme.md", None, "text"),
    "the-same-without-a-name": ('<h1 align="center">Ferry</h1>\n\n<p align="center">\n<a href=/><img src=a.png></a>\n</p>\n\n' + (PROSE + "\n") * 5, "", None, "text"),
    "markdown-with-a-table": ("# Ferry\n\n" + (PROSE + "\n") * 9 + "<table>\n" + "<tr><td>1</td><td>2</td></tr>\n" * 40 + "</table>\n", "a.md", None, "text"),
    "fragment-with-blank-lines": (("<p>\n\n" + PROSE + "</p>\n\n") * 5, "a.txt", None, "html"),
    "fragment-of-old-html": ("<h1>Ferry</h1>\n\n" + (PROSE + "<p>\n\n") * 5, "a.txt", None, "html"),
    "tag-soup-in-words": ("News<p>" + PROSE + "</p><p>" + PROSE[:40] + "</p><ul><li>a</li><li>b</li></ul>", "", None, "html"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "name", "content_type", "kind"), CASES.values(), ids=CASES)
def test_kind(text: Any, name: Any, content_type: Any, kind: Any) -> None:
    assert look(text, name, content_type) == kind


@pytest.mark.parametrize(
    "flood", ["<", "<p", "<!--", "<a " * 9, "```\n"], ids=["lt", "p", "comment", "attributes", "fence"]
)
def test_a_flood_ends_quickly(flood: Any) -> None:
    assert look(flood * 200_000, "a.txt") == "text"
