"""`python -m pipeline.cli` is `thresher`."""

from pipeline.cli import main

main(prog_name="thresher")
