"""The command line as scripts use it: names, streams, exit codes."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

STORY = "The ferry between Oddry and Lower Brack will sail again on Monday, the harbour office said on Sunday."
NOISY = f"Ferry sails again\n{STORY}\nREAD ALSO: Seals counted on the sandbank\n"
PAGE = (
    f"<html><head><title>Ferry sails again</title></head><body><h1>Ferry sails again</h1><p>{STORY}</p></body></html>"
)
FAST = ("--set", "witness=none", "-j0")


def thresher(*arguments: str, stdin: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pipeline.cli", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, cwd=cwd, check=False, encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "ferry.txt").write_text(NOISY, encoding="utf-8")
    (pages / "page.html").write_text(PAGE.replace("Monday", "Tuesday"), encoding="utf-8")
    return pages


def test_clean_writes_what_the_names_promise(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = thresher("clean", str(folder), "-o", str(out), "-f", "txt,md,jsonl,parquet", "--set", "dedup=off", *FAST)
    assert (done.returncode, done.stdout) == (0, "")
    names = {file.relative_to(out).as_posix() for file in out.rglob("*") if ".thresher" not in file.parts}
    promised = {"manifest.jsonl", "removed.jsonl", "report.html", "documents.jsonl.gz", "documents.parquet"}
    assert promised | {"text/ferry.txt.txt", "text/ferry.txt.md", "text/page.html.txt"} <= names
    assert (out / "text" / "ferry.txt.txt").read_text(encoding="utf-8") == f"Ferry sails again\n\n{STORY}\n"


def test_json_summary_is_all_of_stdout(folder: Path, tmp_path: Path) -> None:
    done = thresher("clean", str(folder), "-o", str(tmp_path / "out"), "--json", "--set", "dedup=mark", *FAST)
    assert json.loads(done.stdout)["outcomes"]["kept"] == 2


def test_a_pipe_takes_one_page_and_gives_its_text() -> None:
    done = thresher("clean", "-", "--set", "witness=none", stdin=NOISY)
    assert (done.returncode, done.stdout) == (0, f"Ferry sails again\n\n{STORY}\n")


def test_a_pipe_gives_markdown_when_asked() -> None:
    done = thresher("clean", "-", "-f", "md", "--set", "witness=none", stdin=PAGE)
    assert done.stdout.startswith("# Ferry sails again\n")


def test_a_pipe_unpacks_what_a_file_would(tmp_path: Path) -> None:
    mhtml = f"MIME-Version: 1.0\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n{PAGE}"
    row = json.dumps({"id": "a", "text": NOISY})
    text = f"Ferry sails again\n\n{STORY}\n"
    packed = tmp_path / "page.html.gz"
    packed.write_bytes(gzip.compress(PAGE.encode()))
    with packed.open("rb") as file:
        command = [sys.executable, "-m", "pipeline.cli", "clean", "-", *FAST[:2]]
        assert subprocess.run(command, stdin=file, capture_output=True, check=True).stdout.decode() == text
    assert thresher("clean", "-", *FAST[:2], stdin=mhtml).stdout == text
    assert thresher("clean", "-", *FAST[:2], stdin=row).stdout == text
    two = thresher("clean", "-", stdin=f"{row}\n{row}\n")
    assert (two.returncode, two.stdout) == (3, "")
    assert "several pages" in two.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        pytest.param(["clean", "nowhere"], 2, "nowhere", id="no-such-path"),
        pytest.param(["clean", "pages", "-o", "pages/out"], 2, "inside", id="out-inside-input"),
        pytest.param(["clean", "pages", "-f", "docx"], 2, "txt, md, jsonl, parquet", id="unknown-format"),
        pytest.param(["clean", "pages", "--set", "preset=best"], 2, "balanced, precision, recall", id="bad-value"),
        pytest.param(["clean", "pages", "--set", "colour=red"], 2, "unknown setting 'colour'", id="unknown-setting"),
        pytest.param(["clean", "pages", "--set", "rules_off=['no-such-rule']"], 2, "no-such-rule", id="unknown-rule"),
        pytest.param(["rules", "show", "nothing"], 2, "thresher rules list", id="no-such-rule"),
        pytest.param(["rules", "list", "--category", "adverts"], 2, "'related'", id="no-such-category"),
        pytest.param(["rules", "list", "--rules-folder", "pages"], 2, "holds no *.toml", id="folder-without-rules"),
        pytest.param(["clean", "pages", "-o", ""], 2, "the name of a folder is empty", id="nowhere"),
        pytest.param(["clean", "pages", "--set", "captions"], 2, "--set captions=VALUE", id="setting-without-value"),
        pytest.param(["train", "pages", "--date", "yesterday"], 2, "%Y-%m-%d", id="no-date"),
        pytest.param(["explain", "picture.png"], 3, "unsupported", id="nothing-usable"),
        pytest.param(["clean", "empty"], 3, "no inputs in empty", id="no-inputs"),
        pytest.param(["clean", "pages", "-o", "/proc/nowhere"], 2, "cannot write /proc/nowhere", id="no-such-disk"),
        pytest.param(["clean", "-", "-o", "x", "--json"], 2, "--out, --json: no effect on -", id="pipe-with-out"),
        pytest.param(["clean", "-", "-f", "txt,md"], 2, "write txt or md", id="pipe-with-two-formats"),
        pytest.param(["clean", "-", "pages"], 2, "stands alone", id="pipe-and-folder"),
        pytest.param(["explain", "rows.jsonl/nine"], 3, "holds no page 'rows.jsonl/nine'", id="no-such-record"),
    ],
)
def test_errors_teach_and_the_exit_code_is_honest(folder: Path, arguments: list[str], code: int, says: str) -> None:
    (folder.parent / "empty").mkdir()
    (folder.parent / "rows.jsonl").write_text('{"text": "one row"}\n', encoding="utf-8")
    (folder.parent / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    done = thresher(*arguments, cwd=folder.parent)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_exit_code_1_when_an_input_failed_and_3_when_nothing_is_usable(folder: Path, tmp_path: Path) -> None:
    (folder / "rows.jsonl").write_text(
        '{"text": "A line that is whole, and long enough."}\n{"text": "cut\n', encoding="utf-8"
    )
    assert thresher("clean", str(folder), "-o", str(tmp_path / "out"), *FAST).returncode == 1
    empty = tmp_path / "empty"
    empty.mkdir()
    assert thresher("clean", str(empty), "-o", str(tmp_path / "out2"), *FAST).returncode == 3


def test_check_exits_1_before_and_0_after_a_run(folder: Path, tmp_path: Path) -> None:
    run = ("clean", str(folder), "-o", str(tmp_path / "out"), *FAST)
    assert thresher(*run, "--check").returncode == 1
    assert not (tmp_path / "out").exists()
    assert thresher(*run).returncode == 0
    assert thresher(*run, "--check").returncode == 0


def test_settings_come_from_thresher_toml(folder: Path) -> None:
    (folder.parent / "thresher.toml").write_text('headline = "metadata"\nwitness = "none"\n', encoding="utf-8")
    done = thresher("clean", "-", stdin=NOISY, cwd=folder.parent)
    assert done.stdout == f"{STORY}\n"


def test_explain_names_the_rule_beside_each_removed_line(folder: Path) -> None:
    lines = thresher("explain", str(folder / "ferry.txt")).stdout.splitlines()
    assert lines[1].startswith("+    1  Ferry sails again")
    assert lines[3].startswith("-    3  READ ALSO: Seals counted")
    assert "[related: read-also" in lines[3]


def test_explain_takes_a_page_of_an_archive_by_its_id(folder: Path) -> None:
    rows = folder / "rows.jsonl"
    rows.write_text(f"{json.dumps({'id': 'a', 'text': 'First row.'})}\n{json.dumps({'id': 'b/c', 'text': NOISY})}\n")
    assert "read-also" in thresher("explain", f"{rows}/b/c", "--set", "witness=none").stdout
    first = thresher("explain", str(rows), "--set", "witness=none")
    assert "First row." in first.stdout
    assert f"name another by its id, as {rows}/b" in first.stderr


def test_explain_as_json_gives_every_line(folder: Path) -> None:
    rows = [json.loads(line) for line in thresher("explain", "--json", str(folder / "ferry.txt")).stdout.splitlines()]
    assert [row["kept"] for row in rows] == [True, True, False]
    assert rows[2]["reasons"][0]["category"] == "related"


def test_rules_list_show_and_try(folder: Path) -> None:
    assert "read-also" in thresher("rules", "list", "--category", "related").stdout
    assert "drops" in thresher("rules", "show", "read-also").stdout
    rules = folder.parent / "rules"
    rules.mkdir()
    (rules / "tide.toml").write_text(
        '[[rule]]\nid = "tide-line"\ncategory = "other"\nsays = "a line of the tide table"\nscore = 1.0\n'
        'match = { starts = { en = "ferry sails" } }\ndrop = ["Ferry sails again"]\n',
        encoding="utf-8",
    )
    tried = thresher("rules", "try", "tide-line", str(folder / "ferry.txt"), "--rules-folder", str(rules))
    assert tried.stdout == "ferry.txt:1: Ferry sails again\n"
    added = "Ferry sails at nine in the morning with the post, and comes back before the tide turns."
    (folder / "ferry.txt").write_text(f"{NOISY}{added}\n", encoding="utf-8")
    tried = thresher("rules", "try", "tide-line", str(folder / "ferry.txt"), "--rules-folder", str(rules))
    assert tried.stdout == f"ferry.txt:1: Ferry sails again\nferry.txt:4: {added}\n"


def test_help_names_every_command() -> None:
    said = thresher("--help").stdout
    assert all(command in said for command in ("clean", "explain", "rules"))


def test_a_reader_that_leaves_the_pipe_gets_no_traceback() -> None:
    command = f"{sys.executable} -m pipeline.cli rules list | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert "Traceback" not in done.stderr


def test_a_full_disk_gets_no_traceback() -> None:
    command = f"{sys.executable} -m pipeline.cli rules list > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert "No space left" in done.stderr


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_publishes_what_is_done_and_exits_130(tmp_path: Path, sent: signal.Signals) -> None:
    pages = tmp_path / "in"
    pages.mkdir()
    for number in range(800):
        (pages / f"{number:04}.txt").write_text(
            f"{STORY} It is crossing number {number} of this year.\n", encoding="utf-8"
        )
    out = tmp_path / "out"
    # A test runner in the background may ignore SIGINT, and children inherit that; the wrapper takes it back.
    wrapper = "import signal, runpy; signal.signal(signal.SIGINT, signal.default_int_handler); "
    wrapper += "runpy.run_module('pipeline.cli', run_name='__main__')"
    command = [sys.executable, "-c", wrapper, "clean", str(pages), "-o", str(out), "-j1"]
    process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.PIPE, text=True)
    log = out / ".thresher" / "results.sqlite-wal"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (log.exists() and log.stat().st_size > 50_000):
        time.sleep(0.01)
    process.send_signal(sent)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    rows = (out / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    assert 0 < len(rows) < 800
    assert "interrupted" in said
