"""File names: from the id of a page to the one place in OUT where its text stands.

Ids come from the outside world: file names, record ids of archives, anything. A name made here never leaves its
folder, is legal on every common file system, and no two pages of a run share one. It belongs here if it turns an id
into a name; whether and what to write is decided elsewhere.

Quoting is as in URLs: a character that some file system or shell trips over becomes `%` and the two hexadecimal
digits of each of its bytes. `%` itself is quoted too, so two different ids never quote to the same name. What
quoting cannot settle is seen only within a run: twins that differ by case or normal form alone (one file, where a
file system folds them), or a file where another page needs a folder. The later one then gets `~` and a hash.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

LONGEST_NAME = 255
"""Bytes that a file name may have on common file systems, suffix included."""
LONGEST_PATH = 2000
"""Bytes after which a whole path is replaced by a hash: systems end at 4,096 with the folder of the user."""
_ROOM_FOR_SUFFIX = 8
_ROOM_FOR_HASH = 17

_UNSAFE = re.compile(r'[\x00-\x1f\x7f-\x9f%/\\:*?"<>|\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)


def quote(part: str) -> str:
    """One path segment that stays in its folder and is legal everywhere; different parts give different names.

    >>> quote("../etc"), quote("50%"), quote("con"), quote("")
    ('%2E.%2Fetc', '50%25', '%63on', '%empty')
    """
    if not part:
        return "%empty"
    name = _UNSAFE.sub(lambda match: _percent(match[0]), part)
    if name[0] == "." or _RESERVED.match(name):
        name = _percent(name[0]) + name[1:]
    if name[-1] in ". ":
        name = name[:-1] + _percent(name[-1])
    return name


def _percent(character: str) -> str:
    """`%2F` for a slash; a lone surrogate, which has no bytes of its own, gets those of its code."""
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def _hash(text: str) -> str:
    """16 hexadecimal digits that stand for a name."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def shorten(name: str) -> str:
    """`name` if it fits with its suffix, else its beginning, `~` and a hash of the whole."""
    limit = LONGEST_NAME - _ROOM_FOR_SUFFIX
    raw = name.encode()
    if len(raw) <= limit:
        return name
    return raw[: limit - _ROOM_FOR_HASH].decode("utf-8", "ignore") + "~" + _hash(name)


def parts_of(page_id: str, path: str) -> list[str]:
    """The quoted segments of a page's place: those of its input, and one more for its record id in a container."""
    parts = [quote(part) for part in path.split("/")] if path else []
    if not parts:
        parts = [quote(page_id)]
    elif page_id.startswith(path + "/"):
        parts.append(quote(page_id[len(path) + 1 :]))
    elif page_id != path:
        parts.append(quote(page_id))
    if sum(len(part.encode()) + 1 for part in parts) > LONGEST_PATH:
        return [f"%long~{_hash('/'.join(parts))}"]
    return [shorten(part) for part in parts]


class Names:
    """Gives every page of a run its stem, and remembers what is taken (a number per name, not the name).

    `suffixes` are those that will be appended to each stem, such as `(".txt",)`.
    """

    def __init__(self, suffixes: tuple[str, ...]) -> None:
        self._suffixes = suffixes
        self._files: set[int] = set()
        self._folders: set[int] = set()

    def take(self, page_id: str, path: str) -> str:
        """The stem, relative and with `/`, under which this page's text stands; never given twice."""
        *folders, leaf = parts_of(page_id, path)
        place = ""
        for folder in folders:
            if _key(place + folder) in self._files:
                place += f"{folder}~{_hash(place + folder)}/"
            else:
                place += folder + "/"
            self._folders.add(_key(place[:-1]))
        stem, salt = place + leaf, page_id
        while self._is_taken(stem):
            stem, salt = f"{place}{leaf[:200]}~{_hash(salt)}", salt + "~"
        self._files.update(_key(stem + suffix) for suffix in self._suffixes)
        return stem

    def _is_taken(self, stem: str) -> bool:
        """Whether a file or a folder of this name, or of a twin of it, was given away."""
        keys = {_key(stem + suffix) for suffix in self._suffixes}
        return not keys.isdisjoint(self._files) or not keys.isdisjoint(self._folders)

    def holds(self, name: str) -> bool:
        """Whether `name`, with its suffix, is a file of this run."""
        return _key(name) in self._files


def _key(name: str) -> int:
    """A 64-bit number, the same for names that some file system takes for one."""
    folded = unicodedata.normalize("NFC", name).casefold()
    return int.from_bytes(hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
