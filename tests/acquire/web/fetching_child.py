"""A run that fetches made-up pages into a folder until none waits, as a process of its own, to be killed.

python fetching_child.py RAW SEED: says "ready" when it begins to write, and the key of each page once it is done.
"""

from __future__ import annotations

import random
import sys
import time
from dataclasses import replace
from pathlib import Path

from pipeline.acquire.web.storage.archive import WarcWriter, recover
from pipeline.acquire.web.storage.manifest import ManifestWriter, recover_manifests, row_of
from pipeline.acquire.web.storage.state import Known, State
from pipeline.acquire.web.values import Visit
from tests.acquire.web.made_up import Clock, reply

SOURCE, HOST = "ferry", "ferry.example:443"


def main(raw: Path, seed: int) -> None:
    chance = random.Random(seed)
    clock = Clock(time.time())
    with State(raw) as state:
        state.begin(clock.now)
        recover(raw, state.forget)
        recover_manifests(raw)
        with WarcWriter(raw, SOURCE, clock, {}) as archive, ManifestWriter(raw, SOURCE, clock) as manifest:
            sys.stdout.write("ready\n")
            sys.stdout.flush()
            while taken := state.take(SOURCE, HOST, 3, clock.now):
                for each in taken:
                    body = b"<p>The ferry.</p>" + chance.randbytes(chance.choice([10, 3_000, 300_000])).hex().encode()
                    visit = Visit(each.found.url, "fetched", reply=replace(reply(each.found.url, body), started=None))
                    record = archive.keep(visit)
                    manifest.add(row_of(visit, SOURCE, record=record, fetched_at="2026-11-22T12:00:00Z"))
                    state.done(Known(each.key, each.found.url, SOURCE, HOST, outcome="fetched", asked=1, record=record))
                    sys.stdout.write(f"{each.key}\n")
                    sys.stdout.flush()
        state.end(clock.now)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
