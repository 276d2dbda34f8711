"""Deduplication by thresher and its peers, each as one short function: documents in, the leader of each copy out.

Documents come in the order in which they count as earlier, as pairs of id and text. A system gives a dict from the id
of each document that it drops to the id of one that it keeps. What belongs here is how a system is called; the same
3-grams and the same border for those that leave the choice, defaults for the others.
"""

from __future__ import annotations

import re
import struct
import tempfile
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Documents = Sequence[tuple[str, str]]
Dropped = dict[str, str]

BORDER = 0.5
"""The least similarity where a system lets one choose."""


def thresher(documents: Documents) -> Dropped:
    """Ours, from text to leaders, with its defaults."""
    from pipeline.dedup.fingerprint import Entry, fingerprint  # noqa: PLC0415 - each child imports its own system
    from pipeline.dedup.leaders import resolve  # noqa: PLC0415
    from pipeline.dedup.similar import Sameness  # noqa: PLC0415

    def date(place: int) -> str:
        return datetime.fromtimestamp(place, UTC).isoformat()

    prints = fingerprint(Entry(name, text, date=date(place)) for place, (name, text) in enumerate(documents))
    return {match.id: match.leader for match in resolve(prints, Sameness()).matches}


def datasketch(documents: Documents) -> Dropped:
    """Its MinHash and LSH as its guide shows them: 3-grams, ask the index first, put in what is new."""
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415

    index = MinHashLSH(threshold=BORDER, num_perm=128)
    sketches: dict[Hashable, Any] = {}
    dropped: Dropped = {}
    for name, text in documents:
        sketch = MinHash(num_perm=128)
        sketch.update_batch([gram.encode() for gram in _grams(text)])
        close = [(sketch.jaccard(sketches[other]), other) for other in index.query(sketch)]
        similarity, leader = max(close, default=(0, ""))
        if similarity >= BORDER:
            dropped[name] = str(leader)
        else:
            sketches[name] = sketch
            index.insert(name, sketch)
    return dropped


def rensa(documents: Documents) -> Dropped:
    """Its RMinHash and LSH, in the same loop."""
    from rensa import RMinHash, RMinHashLSH  # noqa: PLC0415

    index = RMinHashLSH(threshold=BORDER, num_perm=128, num_bands=32)
    sketches: dict[int, Any] = {}
    dropped: Dropped = {}
    for place, (name, text) in enumerate(documents):
        sketch = RMinHash(num_perm=128, seed=42)
        sketch.update(list(_grams(text)))
        close = [(sketch.jaccard(sketches[other]), other) for other in index.query(sketch)]
        similarity, leader = max(close, default=(0, 0))
        if similarity >= BORDER:
            dropped[name] = documents[leader][0]
        else:
            sketches[place] = sketch
            index.insert(place, sketch)
    return dropped


def datatrove(documents: Documents) -> Dropped:
    """Its four stages with their defaults (5-grams, 14 x 8, clusters of pairs).

    But words are split at spaces: spaCy, which it uses for English, would take most of the time.
    """
    from datatrove.data import Document  # noqa: PLC0415
    from datatrove.pipeline.dedup import minhash  # noqa: PLC0415
    from datatrove.utils.word_tokenizers import WordTokenizer  # noqa: PLC0415

    spaces = type("Spaces", (WordTokenizer,), {
        "word_tokenize": lambda _, text: text.split(),
        "sent_tokenize": lambda _, text: [text],
        "span_tokenize": lambda _, text: [(0, len(text))],
    })  # fmt: skip

    with tempfile.TemporaryDirectory() as folder:
        config = minhash.MinhashConfig()
        data = (Document(text=text, id=name) for name, text in documents)
        minhash.MinhashDedupSignature(f"{folder}/signatures", config, language=spaces()).run(data, 0, 1)
        for bucket in range(config.num_buckets):
            step = minhash.MinhashDedupBuckets(f"{folder}/signatures", f"{folder}/buckets", config=config)
            step.run(None, bucket, config.num_buckets)
        minhash.MinhashDedupCluster(f"{folder}/buckets", f"{folder}/remove", config, save_cluster_id=True).run(
            None, 0, 1
        )
        clusters = dict(struct.iter_unpack("<2I", Path(folder, "remove", "000000.clusters").read_bytes()))
        removed = {place for (place,) in struct.iter_unpack("<I", Path(folder, "remove", "000000.remove").read_bytes())}
    leaders = {cluster: place for place, cluster in clusters.items() if place not in removed}
    return {documents[place][0]: documents[leaders[clusters[place]]][0] for place in removed}


def text_dedup(documents: Documents) -> Dropped:
    """Its command with its defaults (5-grams, 250 values, border .7)."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415
    from text_dedup import minhash  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(pa.table({"text": [text for _, text in documents]}), f"{folder}/documents.parquet")
        where = ["--path", "parquet", "--data_files", f"{folder}/documents.parquet", "--split", "train"]
        what = ["--column", "text", "--output", f"{folder}/out", "--cache_dir", f"{folder}/cache", "--num_proc", "1"]
        minhash.main([*where, *what], standalone_mode=False)
        roots = [minhash.uf.find(place) for place in range(len(documents))]
    return {documents[place][0]: documents[root][0] for place, root in enumerate(roots) if root != place}


SYSTEMS: dict[str, Callable[[Documents], Dropped]] = {
    "thresher": thresher,
    "datasketch": datasketch,
    "rensa": rensa,
    "datatrove": datatrove,
    "text-dedup": text_dedup,
}


def _grams(text: str) -> set[str]:
    """The word 3-grams for libraries that bring none."""
    words = re.findall(r"\w+", text.lower())
    return {" ".join(words[place : place + 3]) for place in range(max(len(words) - 2, 1))}
