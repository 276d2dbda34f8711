"""The rule book: what thresher knows about clutter, as data that anyone can read, extend and switch off.

A rule is a stanza of TOML: an id, a category, a sentence for the reader, a score, what it matches, lines it must drop
and lines it must keep. A new rule needs no Python (docs/add-a-rule.md shows the way from empty file to merged). Rules
only speak; what becomes of a block is decided in one place, elsewhere, from all that was said.

What belongs here: reading and checking stanzas, and asking the whole book about a block. The match language is in
`rule_match`, the rules in `rules/*.toml`, one file for each category.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, NoReturn, get_args

from pipeline.document import CATEGORIES, Block, BlockKind, Category, Reason
from pipeline.errors import RuleError
from pipeline.judge.fold import fold, terms
from pipeline.judge.rule_match import PLACES, Index, Match, bare
from pipeline.settings import Settings

OURS = Path(__file__).parent / "rules"
"""The folder of the rules that come with thresher."""

_FIELDS = ("id", "category", "says", "score", "match", "drop", "keep")
_GATES = ("min_words", "max_words", "kinds", "class_or_id", "min_link_share", "unfinished")
_MATCH_FIELDS = (*PLACES, "text", "raw", "needs", *_GATES)
_EXAMPLE_FIELDS: dict[str, type] = {"text": str, "kind": str, "path": str, "link_share": float}
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FLUENT = 100  # phrases of a language with which hardly any page of it stays unspoken of
_SAME_PHRASES = {"nb": "no", "nn": "no", "bs": "hr"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One stanza. `score` 1.0 alone removes, 0.5 needs company, a negative one speaks for keeping.

    `drop` holds example blocks that this rule must speak of, `keep` those that it must not; `where` is its file.
    `languages` are the languages of its phrases, one for each phrase.
    """

    id: str
    category: Category
    says: str
    score: float
    match: Match
    drop: tuple[Block, ...]
    keep: tuple[Block, ...]
    where: str
    languages: tuple[str, ...] = ()

    def reason(self, evidence: str) -> Reason:
        """What this rule says where it saw something."""
        return Reason(self.id, self.category, self.score, evidence)


class RuleBook:
    """Rules that are asked together. `digest` (128 bits, hexadecimal) changes with any of them, not with examples."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._by_id = {rule.id: rule for rule in self.rules}
        self._index = Index([rule.match for rule in self.rules])
        self._languages = Counter(chain.from_iterable(rule.languages for rule in self.rules))
        told = [(rule.id, rule.category, rule.says, rule.score, _plain(rule.match)) for rule in self.rules]
        self.digest = hashlib.blake2b(repr(told).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def find(self, block: Block) -> list[Reason]:
        """What the rules say of one block, in the order of the book; empty for a block that no rule speaks of."""
        folded = fold(block.text)
        return next((reasons for _, reasons in self.find_all([block], [folded], terms([folded]))), [])

    def find_all(
        self, blocks: Sequence[Block], folded: Sequence[str], words: Sequence[Sequence[str]]
    ) -> Iterator[tuple[int, list[Reason]]]:
        """What the rules say of each block of which one speaks: its number and the reasons.

        `folded` are the texts of the blocks and `words` their terms, as `fold` makes them.
        """
        whole = "".join(folded)
        signs = [sign for sign in self._index.signs if sign in whole]
        for index, block in enumerate(blocks):
            found = self._index.find(block, folded[index], words[index], signs)
            if found:
                yield index, [self.rules[number].reason(evidence) for number, evidence in found.items()]

    def knows(self, language: str) -> bool:
        """Whether it has so many phrases of a language (two letters) that its silence about a page means something."""
        return self._languages[_SAME_PHRASES.get(language, language)] >= _FLUENT

    def get(self, rule_id: str) -> Rule | None:
        """The rule of that id, or None."""
        return self._by_id.get(rule_id)


def check_examples(rule: Rule) -> list[str]:
    """What a rule gets wrong about its own examples, a sentence each; empty when it does what it says."""
    alone = RuleBook([rule])
    problems = [f"does not speak of its drop line {block.text!r}" for block in rule.drop if not alone.find(block)]
    for block in rule.keep:
        problems += [f"speaks of its keep line {block.text!r}: it {reason.evidence}" for reason in alone.find(block)]
    return problems


def load_rulebook(settings: Settings) -> RuleBook:
    """Our rules and those of `settings.rules_folder`, without `settings.rules_off`. Cached by these two.

    Raises `RuleError` naming file and rule for a malformed stanza, an id that is taken, or, in rules that are not
    ours, a failed example. (Ours are checked by the tests, so that starting stays fast.)
    """
    return _load(settings.rules_folder, settings.rules_off)


@lru_cache(maxsize=8)
def _load(rules_folder: str, rules_off: tuple[str, ...]) -> RuleBook:
    rules = read_rules(OURS)
    if rules_folder:
        theirs = read_rules(Path(rules_folder))
        for rule in theirs:
            check_patterns(rule)
            for problem in check_examples(rule):
                raise RuleError(f"{rule.where}: rule '{rule.id}' {problem}. Change `match`, or the example.")
        rules += theirs
    _no_twins(rules)
    return RuleBook([rule for rule in rules if rule.id not in rules_off])


def read_rules(folder: Path) -> list[Rule]:
    """The rules of every `*.toml` in `folder`, by file name and then as written. Raises `RuleError`."""
    if not folder.is_dir():
        raise RuleError(f"{folder}: no such folder of rules. Name one that holds *.toml files.")
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise RuleError(f"{folder}: holds no *.toml, and so no rule. Name the folder that holds them.")
    return [rule for file in files for rule in _read_file(file)]


def _read_file(file: Path) -> list[Rule]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleError(f"{file}: cannot be read as TOML ({error})") from None
    _known(table, ("rule",), f"{file}")
    stanzas = table.get("rule", [])
    if not isinstance(stanzas, list):
        raise RuleError(f"{file}: write [[rule]] with two brackets, one for each rule")
    return [parse_rule(stanza, str(file)) for stanza in stanzas]


def parse_rule(stanza: Mapping[str, Any], where: str) -> Rule:
    """One stanza as a `Rule`; `where` (its file) is named in the `RuleError` of a malformed one."""
    place = f"{where}: rule {stanza.get('id', '(without id)')!r}"
    _known(stanza, _FIELDS, place)
    for name in _FIELDS[:6]:
        if name not in stanza:
            raise RuleError(
                f"{place}: `{name}` is missing; a rule has {', '.join(_FIELDS)} (only keep may be left out)"
            )
    if not isinstance(stanza["id"], str) or not _ID.fullmatch(stanza["id"]):
        raise RuleError(f"{place}: an id is lower-case words joined by hyphens, such as 'read-also'")
    if stanza["category"] not in CATEGORIES:
        raise RuleError(f"{place}: category = {stanza['category']!r}; write one of {', '.join(CATEGORIES)}")
    if not isinstance(stanza["says"], str) or not stanza["says"]:
        raise RuleError(f"{place}: `says` is a few words for the reader of a report")
    if not stanza["drop"]:
        raise RuleError(f"{place}: `drop` is empty; give at least one line that the rule must speak of")
    return Rule(
        id=stanza["id"],
        category=stanza["category"],
        says=stanza["says"],
        score=_number(stanza["score"], f"{place}: score"),
        match=_match(stanza["match"], place),
        drop=_examples(stanza["drop"], f"{place}: drop"),
        keep=_examples(stanza.get("keep", []), f"{place}: keep"),
        where=where,
        languages=_languages(stanza["match"]),
    )


def _match(table: object, place: str) -> Match:
    if not isinstance(table, dict) or not table:
        raise RuleError(f"{place}: `match` is a table with at least one of {', '.join(_MATCH_FIELDS)}")
    _known(table, _MATCH_FIELDS, f"{place}: match")
    kinds = table.get("kinds", [])
    if not set(kinds) <= set(get_args(BlockKind)):
        raise RuleError(f"{place}: kinds = {kinds!r}; the kinds of blocks are {', '.join(get_args(BlockKind))}")
    return Match(
        phrases=tuple(
            (name, shown, folded)
            for name in PLACES
            for shown, folded in _phrases(table.get(name, {}), f"{place}: {name}")
        ),
        text=_text(table.get("text", ""), f"{place}: text"),
        raw=_text(table.get("raw", ""), f"{place}: raw"),
        needs=tuple(fold(_text(table.get("needs", ""), f"{place}: needs")).split()),
        min_words=int(_number(table.get("min_words", 0), f"{place}: min_words")),
        max_words=int(_number(table.get("max_words", 40), f"{place}: max_words")),
        kinds=frozenset(kinds),
        class_or_id=_text(table.get("class_or_id", ""), f"{place}: class_or_id"),
        min_link_share=_number(table.get("min_link_share", 0), f"{place}: min_link_share"),
        unfinished=table.get("unfinished", False) is True,
    )


def _phrases(table: object, place: str) -> list[tuple[str, str]]:
    """The phrases of a table language -> "one | two | three", each as written and folded."""
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise RuleError(f'{place}: write a table of languages, such as {{ en = "read also | see also", de = "…" }}')
    phrases: list[tuple[str, str]] = []
    for value in table.values():  # folding a language at a time is cheapest: only some need the look at mixed scripts
        shown = [phrase.strip() for phrase in value.split("|")]
        folded = [phrase.strip() for phrase in fold(value).split("|")]
        if not all(bare(phrase) for phrase in folded):
            raise RuleError(f"{place}: an empty phrase; look for a | at an end, or two in a row")
        phrases += zip(shown, folded, strict=True)
    return phrases


def _languages(match: Mapping[str, Any]) -> tuple[str, ...]:
    """The language of every phrase of a table that `_match` has read."""
    tables = [match.get(place, {}) for place in PLACES]
    return tuple(name for table in tables for name, value in table.items() for _ in value.split("|"))


def _examples(lines: object, place: str) -> tuple[Block, ...]:
    """Example lines as blocks: a string is a paragraph, a table says more."""
    if not isinstance(lines, list):
        raise RuleError(f"{place}: write a list of lines")
    return tuple(_example(line if isinstance(line, dict) else {"text": line}, place) for line in lines)


def _example(table: Mapping[str, Any], place: str) -> Block:
    _known(table, tuple(_EXAMPLE_FIELDS), place)
    for name, value in table.items():
        if not isinstance(value, _EXAMPLE_FIELDS[name]):
            raise RuleError(f"{place}: {name} = {value!r}; write a {_EXAMPLE_FIELDS[name].__name__}")
    return Block(index=0, line=1, **{"kind": "paragraph", "text": "", **table})


def _text(value: object, place: str) -> str:
    if not isinstance(value, str):
        raise RuleError(f"{place} = {value!r}; write a string")
    return value


def check_patterns(rule: Rule) -> None:
    """Raise `RuleError` for a regular expression that is none. Reading leaves them uncompiled, to start fast."""
    for name, source in (("text", rule.match.text), ("raw", rule.match.raw), ("class_or_id", rule.match.class_or_id)):
        try:
            re.compile(source)
        except re.error as error:
            message = f"{rule.where}: rule '{rule.id}': {name} = {source!r} is not a regular expression ({error})"
            raise RuleError(message) from None


def _number(value: object, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise RuleError(f"{place} = {value!r}; write a number")
    return float(value)


def _known(table: Iterable[str], known: Sequence[str], place: str) -> None:
    """Raise for a field that does not exist: a misspelt gate must not open silently."""
    for name in table:
        if name not in known:
            raise RuleError(f"{place}: unknown field '{name}'; the fields are {', '.join(known)}")


def _no_twins(rules: Iterable[Rule]) -> None:
    seen: dict[str, str] = {}
    for rule in rules:
        if rule.id in seen:
            _twins(rule, seen[rule.id])
        seen[rule.id] = rule.where


def _twins(rule: Rule, first: str) -> NoReturn:
    raise RuleError(f"{rule.where}: rule '{rule.id}' exists already, in {first}. Give it another id.")


def _plain(match: Match) -> list[Any]:
    """A match as plain data, the same on every machine: a set has no order."""
    values = (getattr(match, field.name) for field in fields(match))
    return [sorted(value) if isinstance(value, frozenset) else value for value in values]
