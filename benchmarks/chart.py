"""A chart as SVG: what grows over how much there is, both as numbers that a reader can check."""

from collections.abc import Sequence
from math import log10

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 320, 60, 40, 20
STYLE = "font: 12px sans-serif; fill: #333"
LINE = "fill: none; stroke: #1f5fa8; stroke-width: 2"
GRID = "stroke: #ddd"


def chart(points: Sequence[tuple[int, float]], *, title: str = "cost of an article, against that at the start") -> str:
    """Points of (how many, ratio) over a logarithmic scale; the ratio begins at 0.

    >>> chart([(10_000, 1.0), (100_000, 1.1)]).count("<circle")
    2
    """
    most = max(1.5, *(ratio for _, ratio in points))
    first, last = log10(points[0][0]), log10(points[-1][0])

    def place(count: int, ratio: float) -> tuple[float, float]:
        across = (log10(count) - first) / ((last - first) or 1)
        return LEFT + across * (WIDTH - LEFT - 20), HEIGHT - BOTTOM - ratio / most * (HEIGHT - BOTTOM - TOP)

    marks = [_mark(*place(count, ratio), count, ratio) for count, ratio in points]
    grid = [_grid(place(points[0][0], each)[1], each) for each in (0.0, 0.5, 1.0, 1.5) if each <= most]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" style="{STYLE}">'
    body = [f'<text x="{LEFT}" y="14">{title}</text>', *grid, f'<polyline points="{line}" style="{LINE}"/>', *marks]
    return "\n".join([head, *body, "</svg>", ""])


def _mark(x: float, y: float, count: int, ratio: float) -> str:
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#1f5fa8"/>'
        f'<text x="{x:.1f}" y="{y - 8:.1f}" text-anchor="middle">{ratio:.2f}</text>'
        f'<text x="{x:.1f}" y="{HEIGHT - 18}" text-anchor="middle">{count:,}</text>'
    )


def _grid(y: float, ratio: float) -> str:
    return (
        f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{y:.1f}" y2="{y:.1f}" style="{GRID}"/>'
        f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{ratio:g}</text>'
    )
