"""Lines of programs told from prose: listings of many languages, and prose that looks like them."""

from __future__ import annotations

import pytest

from pipeline.segment.text.program import is_program

PROGRAMS = {
    "calls": "inputs = tokenizer('The ferry', tensors='pt').ids\nfound = model.explain(inputs, tokenizer=tokenizer)",
    "a-comment": "# the ferry's name\nname = ferry_of(island)\nport = port_of(name)",
    "comments-of-c": "// it sails at nine\nship.Sail(9)\nship.Wait()",
    "lines-that-go-on": 'boats.On("sail", ctx).\n    Return(errors.New("storm"))',
    "blocks": "rewrite ^/ferry/(.*)$ /boat/$1 break;\n}",
    "statements": "fn sail(ship: Ship) {\n  depart(ship);\n}",
    "prompts": "$ go mod edit -replace=a.test/ferry=../ferry\n$ go get a.test/ferry",
    "a-session": ">>> sail(9)\n'at nine'\n>>> wait()\n'until ten'",
    "options": "ferry --island north \\\n  --at nine",
    "paths": "sudo mv ferry.gpg /etc/apt/ferry.gpg\ncurl https://a.test/ferry",
    "imports": "import ferries as f\nfrom ferries.islands import north",
    "elements": "<nav>\n  <a href='/'>Ferry</a>\n  <b>Island</b>\n</nav>",
    "namespaces": "std::sort(ferries.begin(), ferries.end());\nstd::cout << ferries;",
    "arrows": "ferry->sail(nine);\nmatch ferry { Some(x) => sail(x) }",
    "indented-keywords": "    if ferry\n    return 9",
}
PROSE = {
    "one-line": "sail(9);",
    "verse": "The river runs, the river bends;\nit does not know where water ends;",
    "letters-in-brackets": "Bring your ticket(s) to the ferry\nor the name(s) of your island",
    "asides": "The ferry (built in 1903) sails at nine (or ten).\nIt waits (if it must) for the post (and mail).",
    "keywords": "If you miss it, wait.\nFor the island, change here:\nWhile you wait, read.",
    "a-menu": "Home > Ferries > North\nHome > Ferries > South",
    "arrows-of-a-menu": "Home -> Ferries\nIslands :: North",
    "prices": "$ 12 for grown-ups\n$ 6 for children",
    "definitions": "Departure: 9:00\nArrival: 10:30\nPrice: 12 EUR",
    "quoted-mail": "> Does it sail?\n> It does;\nBo wrote: no",
    "addresses": "https://a.test/ferries\nhttps://b.test/islands",
    "dashes": "The ferry -- so they say -- sails.\nThe island - or what is left - waits.",
    "code-in-brackets": "It sails (`::`) at nine,\nor (`0`) at ten.",
    "code-in-sentences": "A ferry calls `sail()`, and then\n`wait(9, 'min')` or [`boats.on()`][].",
    "legal-lists": "a) the sale of tickets;\nb) the loss of luggage;",
    "indented-prose": "    The ferry sails.\n    It waits.",
    "german": "Die Fähre(n) fahren um neun;\nwer zu spät kommt, wartet.",
}


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_programs(text: str) -> None:
    assert is_program(text.split("\n"))


@pytest.mark.parametrize("text", PROSE.values(), ids=PROSE)
def test_prose(text: str) -> None:
    assert not is_program(text.split("\n"))
