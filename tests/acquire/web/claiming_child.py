"""A process that claims hosts for a while, and draws a line from claim to release in a log that all share.

python claiming_child.py RAW OWNER SECONDS
"""

from __future__ import annotations

import os
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

from pipeline.acquire.web.storage.state import State

HOSTS = [f"h{number}.example:443" for number in range(10)]


def main(raw: Path, owner: str, seconds: float) -> None:
    chance = random.Random(owner)
    log = os.open(raw / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    end = time.monotonic() + seconds
    with State(raw) as state:
        while time.monotonic() < end:
            record = state.hosts.claim(chance.choice(HOSTS), owner, time.time(), 60.0)
            if record is None:
                continue
            os.write(log, f"{record.host} {owner} claims\n".encode())
            time.sleep(chance.random() / 500)
            os.write(log, f"{record.host} {owner} releases\n".encode())
            state.hosts.release(replace(record, strikes=record.strikes + 1), owner)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
