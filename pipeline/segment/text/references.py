"""Links of Markdown whose targets stand elsewhere: `[the post][1]`, and further down `[1]: https://a.test/post`.

Observation: who writes Markdown by hand keeps targets out of the text, at its end, and pictures of badges with them. To
a reader the definitions are no lines, and the brackets no words. `[Ada]: Yes.` is a transcript: a target must look like
one, and a name that stands so before other words too, or before two targets, is somebody's. What nobody refers to stays
a line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_DEFINITION = re.compile(
    r"\s{0,3}\[(?P<label>[^\[\]^][^\[\]]{0,200})\]:\s{1,9}"
    r"<?(?P<target>(?:[a-zA-Z][\w+.-]{0,20}:(?=\S)|[/#]|\.{1,2}/|[\w.-]{1,200}/|(?=[\w-]{1,200}\.[a-z]{2,5}(?:$|[?#\s>])))\S{0,2000}?)>?"
    r"""(?:\s{1,9}(?:"[^"]{0,500}"|'[^']{0,500}'|\([^()]{0,500}\)))?\s*$"""
)
_SPEAKER = re.compile(r"\s{0,3}\[([^\[\]]{1,200})\]:")
_NAME = re.compile(r"\[([^\[\]]{1,200})\]")
_LABEL = r"(?:!\[[^\[\]]{0,200}\]\([^()\s]{0,2000}\)|[^\[\]`]|`[^`]{0,200}`){1,500}+"  # which may be a picture
_REFERENCE = re.compile(
    rf"`[^`]{{1,500}}+`|(?<!\])\[(?P<label>{_LABEL})\](?:\[(?P<name>[^\[\]]{{0,200}}+)\]|(?![(\[:]))"
)
_FENCES = ("```", "~~~")


def references_in(text: str) -> dict[str, str]:
    """The targets that a text defines and refers to, by name."""
    if "]: " not in text:
        return {}
    defined: dict[str, str] = {}
    named: set[str] = set()
    speakers: set[str] = set()
    code = False
    for line in text.splitlines():
        if line.lstrip().startswith(_FENCES):
            code = not code
        elif code or "]" not in line:
            continue
        elif found := _DEFINITION.match(line):
            name, target = _key(found["label"]), found["target"]
            if defined.setdefault(name, target) != target:
                speakers.add(name)
        else:
            named.update(map(_key, _NAME.findall(line)))
            if speaker := _SPEAKER.match(line):
                speakers.add(_key(speaker[1]))
    named -= speakers
    return {name: target for name, target in defined.items() if name in named}


def defines(line: str, references: Mapping[str, str]) -> bool:
    """Whether a line is the definition of a target that the text refers to."""
    found = _DEFINITION.match(line)
    return found is not None and _key(found["label"]) in references


def with_targets(line: str, references: Mapping[str, str]) -> str:
    """A line whose links and pictures bear their targets."""

    def whole(found: re.Match[str]) -> str:
        label = found["label"]
        target = references.get(_key(found["name"] or label)) if label else None
        return f"[{label}]({target})" if target else found[0]

    line = _REFERENCE.sub(whole, line)
    return _REFERENCE.sub(whole, line) if "](" in line and "][" in line else line  # a link around a picture


def _key(name: str) -> str:
    """A name as it is compared."""
    return " ".join(name.split()).casefold()
