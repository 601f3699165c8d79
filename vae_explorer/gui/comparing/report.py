"""The comparison of two runs as text for the window."""

from collections.abc import Sequence
from html import escape

from vae_explorer.exploring.comparing import Comparison
from vae_explorer.exploring.figures_compared import ComparedFigure

NUMBERS = 3  # columns of numbers: A, B and the difference
CELL = "padding: 1px 7px 1px 0"


def report(found: Comparison) -> str:
    """Figures, settings and notes as HTML without colours, so that it follows the appearance."""
    parts = []
    measured = [figure for figure in found.figures if figure.a or figure.b]
    if measured:
        head = ("", "A", "B", "B − A", "B is")
        strong = [bool(figure.beyond) for figure in measured]
        parts += ["<b>Quality on held-out images</b>", _table(head, [_cells(figure) for figure in measured], strong)]
        parts.append(
            f"<small>{_paired(found)} are as the runs recorded them, with the error of independent figures.</small><br>"
        )
    parts += [f"{escape(note)}<br>" for note in found.notes]
    if found.settings:
        rows = [(each.name, each.a, each.b) for each in found.settings]
        parts += ["<br><b>Settings that differ</b>", _table(("", "A", "B"), rows)]
    else:
        parts.append("<br>No settings differ.<br>")
    if found.decoded is not None:
        parts.append(
            f"<br>Reconstructions of an image differ by {found.decoded} "
            f"(root mean square, pixels 0 to 1; {found.decoded.images:,} images)."
        )
    if found.alignment is not None:
        parts.append(
            f"<br>{len(found.common):,} images {escape(found.common.how)}: aligned by Procrustes, the codes "
            f"correlate by {found.alignment.correlation:.3f}; a length of 1 in A is {found.alignment.scale:.3g} in B."
        )
    return "".join(parts)


def _paired(found: Comparison) -> str:
    images = next((each.difference.images for each in found.figures if each.paired and each.difference), 0)
    if not images:
        return "They"
    return f"* Measured now on the same {images:,} images, with the error of their differences. Others"


def _cells(figure: ComparedFigure) -> tuple[str, ...]:
    figures = (figure.a, figure.b, figure.difference)
    values = (str(each).replace("-", "−") if each is not None else "–" for each in figures)
    name = figure.name + ("\N{NO-BREAK SPACE}*" if figure.paired else "")
    said = figure.why_not
    if figure.difference is not None:
        said = figure.verdict
    return name, *values, said


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], strong: Sequence[bool] = ()) -> str:
    """strong: whether the difference in each row is beyond its error, and so in bold."""
    lines = ["".join(f"<th align='left' style='{CELL}'>{escape(cell)}</th>" for cell in head)]
    for (name, *cells), beyond in zip(rows, strong or [False] * len(rows), strict=True):
        values = ""
        for number, cell in enumerate(cells):
            style = CELL + ("; white-space: nowrap" if number < NUMBERS else "")
            style += "; font-weight: bold" if beyond and number >= NUMBERS - 1 else ""
            values += f"<td style='{style}'>{escape(cell)}</td>"
        lines.append(f"<td style='{CELL}'>{escape(name)}</td>{values}")
    return "<table>" + "".join(f"<tr>{line}</tr>" for line in lines) + "</table>"
