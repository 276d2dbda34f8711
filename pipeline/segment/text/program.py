"""Lines of programs, told from prose by how they are built.

Observation: a listing that lost its markup must keep its lines and every sign in them, and none of it is a button or a
tag. Its keywords are words of prose too (`for`, `if`, `class`), and a semicolon ends verses; but a call with quotes in
it, an assignment, a path, an option or a prompt hardly ever stands in two lines of prose, mail or a menu.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SPAN = re.compile(r"`[^`]{1,200}+`")  # code within a sentence makes no program of it
_INDENTED = ("    ", "\t")
_SIGNS = re.compile(
    r"""[)\]}"'\w]\ ?\{$ | [)\]}"'\d];$ | ^\s*[})\]]+[;,]?$ | \\$   # ends of statements, of blocks, of broken lines
      | ^\s*(?:return|break|continue|else|elif|try|do|end)\b[^.!?]{0,200}[;:{]$
      | \(\) | \w\(["'{\[&*] | \w\(\w{1,60}[=,]                           # calls: f(), f("a"), f(a=1), f(a, b)
      | \w(?:->|::|\.)\w{1,60}(?:<\w{1,60}>)?\ ?\( | \w_\w{1,60}\(
      | \S\ (?:=>|==|!=|&&|\|\||:=|\+=)\ \S
      | ^\s*(?:(?:const|let|var|auto|static|export)\ )?[\w.$\[\]"']{1,200}(?:\ [\w.]{1,60})?\ ?=(?!=)\ ?\S
      | \s--[a-z] | \s~?/\w{1,60}/\w                                   # options and paths of commands
      | ^\s*(?:\$\ [a-z./] | >>>\ | // | /\*)                          # prompts and comments
      | ^\s*(?:import\ [\w.]{1,60}(?:\ as\ \w{1,60})?$ | from\ [\w.]{1,60}\ import\b | \#include\b | \#!/ | @\w{1,60}\()
      | ^\s{2,}</?[a-z]                                                # elements within elements
    """,
    re.VERBOSE,
)
_LOOSE = re.compile(
    r"[;{}]\s*$|=>|==|^\s*(?:def|class|return|if|for|while|import|from|const|let|var|function|#include)\b"
)


def is_program(lines: Sequence[str]) -> bool:
    """Whether half of two lines or more are built as no sentence is; less is asked where all are indented."""
    if len(lines) < 2:
        return False
    indented = all(line.startswith(_INDENTED) for line in lines)
    bare = [_SPAN.sub("x", line) if "`" in line else line for line in lines]
    told = sum(bool(_SIGNS.search(line) or (indented and _LOOSE.search(line))) for line in bare)
    return 2 * told >= len(lines)
