"""F1 against speed as a picture: one point a system, for the README.

    python -m benchmarks.plot FIGURES.json docs/speed.svg [--pack wcxb]

Reads what `benchmarks.compare --json` wrote. Speed is pages per CPU second on a scale of powers, so that a step to the
right is always the same factor. The SVG is written here, by hand: it needs no library, changes only where figures do,
and knows light and dark.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

WIDTH, HEIGHT = 840, 480
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 48, 52  # margins, in pixels
_OURS = "thresher"
_LETTER = 7.2  # pixels; the width of a letter of a label, roughly
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f } .title { font-size: 15px; font-weight: 600 }
line { stroke: #d0d7de } .soft { fill: #57606a } .peer { fill: #6e7781 }
.ours { fill: #b3261e } text.ours { font-weight: 700 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } line { stroke: #30363d } .soft, .peer { fill: #9198a1 } .ours { fill: #ff8a80 } }
"""


class Point(NamedTuple):
    """A system: pages per CPU second and F1."""

    name: str
    speed: float
    f1: float


class Box(NamedTuple):
    """A rectangle of the picture, in pixels: where a label or a point lies."""

    left: float
    top: float
    right: float
    bottom: float

    def hits(self, other: Box) -> bool:
        """Whether the two overlap."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


def points(figures: Mapping[str, dict[str, dict[str, float]]]) -> list[Point]:
    """The systems of a pack, ours first so that its label has the best place."""
    found = [Point(name, 1000 / one["all"]["ms_mean"], one["all"]["f1"]) for name, one in figures.items()]
    return sorted(found, key=lambda point: (point.name != _OURS, -point.f1))


def draw(some: Sequence[Point], title: str) -> str:
    """The picture as SVG."""
    speeds, heights = [point.speed for point in some], [point.f1 for point in some]
    low, high = 10 ** math.floor(math.log10(min(speeds))), max(speeds) * 1.6
    floor, roof = math.floor(min(heights) * 20 - 0.2) / 20, math.ceil(max(heights) * 20 + 0.2) / 20

    def across(speed: float) -> float:
        return _LEFT + (WIDTH - _LEFT - _RIGHT) * math.log(speed / low) / math.log(high / low)

    def down(f1: float) -> float:
        return HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * (f1 - floor) / (roof - floor)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        _text(_LEFT, 24, title, "title"),
        _text(WIDTH - _RIGHT, HEIGHT - 10, "pages per CPU second, on a scale of powers of ten →", "soft", "end"),
    ]
    for step in range(round(floor * 20), round(roof * 20) + 1):
        y = down(step / 20)
        parts += [_line(_LEFT, y, WIDTH - _RIGHT, y), _text(_LEFT - 8, y + 4, f"{step / 20:.2f}", "soft", "end")]
    for power in range(round(math.log10(low)), math.ceil(math.log10(high))):
        x = across(10**power)
        parts += [
            _line(x, _TOP, x, HEIGHT - _BOTTOM),
            _text(x, HEIGHT - _BOTTOM + 18, f"{10**power:,}", "soft", "middle"),
        ]
    parts.append(_text(_LEFT - 8, _TOP - 10, "F1", "soft", "end"))
    parts += _labelled([(point, across(point.speed), down(point.f1)) for point in some])
    return "\n".join([*parts, "</svg>"]) + "\n"


def _labelled(placed: Sequence[tuple[Point, float, float]]) -> Iterator[str]:
    """Every point with its name beside, above or below it, at the first place where nothing lies yet."""
    taken = [Box(x - 6, y - 6, x + 6, y + 6) for _, x, y in placed]
    for point, x, y in placed:
        kind, radius = ("ours", 8) if point.name == _OURS else ("peer", 5)
        wide = len(point.name) * _LETTER
        right, left = Box(x + 12, y - 8, x + 12 + wide, y + 8), Box(x - 12 - wide, y - 8, x - 12, y + 8)
        places = {right: (right.left, "start"), left: (left.right, "end")}
        places |= {Box(x - wide / 2, y + d - 8, x + wide / 2, y + d + 8): (x, "middle") for d in (-18, 18, -32, 32)}
        inside = [box for box in places if box.left > _LEFT and box.right < WIDTH - _RIGHT]
        box = next((box for box in inside if not any(box.hits(other) for other in taken)), right)
        taken.append(box)
        yield f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'
        yield _text(places[box][0], box.top + 12, point.name, "ours" * (kind == "ours"), places[box][1])


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    name = f' class="{kind}"' if kind else ""
    return f'<text{name} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _line(left: float, top: float, right: float, bottom: float) -> str:
    return f'<line x1="{left:.1f}" y1="{top:.1f}" x2="{right:.1f}" y2="{bottom:.1f}"/>'


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the figures, write the picture."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plot", description=__doc__.split("\n")[0])
    parser.add_argument("figures", type=Path, help="what benchmarks.compare --json wrote")
    parser.add_argument("picture", type=Path, help="the SVG to write")
    parser.add_argument("--pack", default="wcxb", help="which pack's figures (default: %(default)s)")
    options = parser.parse_args(arguments)
    figures = json.loads(options.figures.read_text(encoding="utf-8"))
    pack = figures["packs"][options.pack]
    pages = next(iter(pack["systems"].values()))["all"]["pages"]
    judged = f", {pack['judged']}" if pack["judged"] else ""
    title = f"{options.pack}: F1 over {pages:,.0f} pages against speed{judged}"
    options.picture.write_text(draw(points(pack["systems"]), title), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
