"""The Dagster UI as `make ui` starts it, for tests: started, asked through GraphQL, ended with all that it started."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).parents[2]
PATIENCE = 120  # seconds
LISTEN = """
import os, signal, sys
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
"""Becomes another program that can be interrupted. What a script starts in the background ignores SIGINT, and Dagster
then ignores SIGTERM as well. (A function before exec would not be safe in a process with threads.)"""
LAUNCH = """
mutation ($place: String!, $name: String!, $day: String!, $assets: [AssetKeyInput!]!) {
  launchPipelineExecution(executionParams: {
    selector: {repositoryLocationName: $place, repositoryName: $name, pipelineName: "__ASSET_JOB",
               assetSelection: $assets}
    executionMetadata: {tags: [{key: "dagster/partition", value: $day}]}
  }) { __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } }
}"""
WHERE = "{ repositoriesOrError { ... on RepositoryConnection { nodes { name location { name } } } } }"
STATUS = "query ($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"
EVENTS = """
query ($run: ID!) { logsForRun(runId: $run, limit: 1000) { ... on EventConnection { events {
  ... on MaterializationEvent { assetKey { path } partition metadataEntries { ...shown } }
  ... on AssetCheckEvaluationEvent { evaluation {
    checkName success partition description metadataEntries { ...shown } } }
} } } }
fragment shown on MetadataEntry { label
  ... on IntMetadataEntry { intValue } ... on FloatMetadataEntry { floatValue } ... on PathMetadataEntry { path }
  ... on MarkdownMetadataEntry { mdStr } ... on TextMetadataEntry { text } }
"""


def eventually(ask: Callable[[], Any], what: str) -> Any:
    """The first answer that is not empty; asks again and again until the deadline."""
    end = time.monotonic() + PATIENCE
    while not (answer := ask()):
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.2)
    return answer


class Ui:
    """A served UI at `address`."""

    def __init__(self, address: str) -> None:
        self.address = address

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """What GraphQL answers."""
        body = json.dumps({"query": query, "variables": variables}).encode()
        asked = urllib.request.Request(f"{self.address}/graphql", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(asked, timeout=30) as answer:
            told = json.load(answer)
        assert "errors" not in told, told["errors"]
        return dict(told["data"])

    def launch(self, day: str, *assets: str) -> str:
        """Start a run that materialises a partition of assets; its id."""
        found = self.ask(WHERE)["repositoriesOrError"]["nodes"]
        (home,) = found  # its location is called like the folder of the checkout
        place, name, keys = home["location"]["name"], home["name"], [{"path": [asset]} for asset in assets]
        done = self.ask(LAUNCH, place=place, name=name, day=day, assets=keys)["launchPipelineExecution"]
        assert done["__typename"] == "LaunchRunSuccess", done
        return str(done["run"]["runId"])

    def end_of(self, run: str) -> str:
        """The status of a run when it is over."""

        def over() -> str | None:
            status = str(self.ask(STATUS, run=run)["runOrError"]["status"])
            return status if status in ("SUCCESS", "FAILURE", "CANCELED") else None

        return str(eventually(over, f"the end of run {run}"))

    def noted(self, run: str) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
        """What a run noted: metadata by asset, and evaluations by check, each with its `metadata`."""
        events = self.ask(EVENTS, run=run)["logsForRun"]["events"]
        made = {each["assetKey"]["path"][-1]: _plain(each["metadataEntries"]) for each in events if "assetKey" in each}
        judged = [each["evaluation"] for each in events if "evaluation" in each]
        return made, {each["checkName"]: each | {"metadata": _plain(each["metadataEntries"])} for each in judged}


def _plain(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Metadata by label, of the kinds that are asked for."""
    found = [(entry.pop("label"), entry) for entry in entries]
    return {label: next(iter(entry.values())) for label, entry in found if entry}


@contextmanager
def served(home: Path) -> Iterator[Ui]:
    """The UI over the raw pages and the corpus in a home, on a free port of loopback."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folders = {"DAGSTER_HOME": home, "THRESHER_RAW": home / "raw", "THRESHER_OUT": home / "clean"}
    world = os.environ | {name: str(path) for name, path in folders.items()} | {"DAGSTER_DISABLE_TELEMETRY": "1"}
    command = [sys.executable, "-c", LISTEN, str(Path(sys.executable).with_name("dg")), "dev"]
    with (home / "dev.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port)],
            env=world, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    ui = Ui(f"http://127.0.0.1:{port}")
    try:
        eventually(lambda: _answers(ui, process, home), "the UI")
        yield ui
    finally:
        end(process)


def _answers(ui: Ui, process: subprocess.Popen[bytes], home: Path) -> bool:
    """Whether the definitions are served already."""
    assert process.poll() is None, (home / "dev.log").read_text()[-3000:]
    with suppress(OSError):
        return bool(ui.ask("{ assetNodes { id } }")["assetNodes"])
    return False


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask politely, as Ctrl-C does; after that nothing of the group may live."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        pass
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)
