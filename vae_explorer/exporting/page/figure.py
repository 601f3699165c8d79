"""The Bokeh figure of a page's map."""

from typing import Any

from vae_explorer.array_types import Floats
from vae_explorer.latent.palette import class_colours
from vae_explorer.latent.plane import Plane

NEAREST, FARTHEST = 1e-3, 2e3  # smallest and largest side of the map, in units of z, to which one can zoom


def empty_map(classes: list[dict[str, str]], plane: Plane, low: Floats, high: Floats, bounded: bool) -> Any:
    """The map without points, which the page's script adds from its arrays.

    low, high: (2,), corners of the part that is shown. bounded: whether the edge of this part is drawn.
    """
    from bokeh.models import BooleanFilter, CDSView, ColumnDataSource, LinearColorMapper, Range1d, WheelZoomTool
    from bokeh.plotting import figure

    (left, bottom), (right, top) = low.tolist(), high.tolist()
    # page.js sets the colours and the font of everything that is not data from the page's style sheet.
    plot = figure(
        name="map", tools=[], toolbar_location=None, sizing_mode="stretch_both",
        min_width=0, min_height=0, lod_threshold=None, background_fill_color=None, border_fill_color=None,
        x_axis_label=plane.names[0], y_axis_label=plane.names[1], min_border=8,
        outline_line_color=None,  # with it Bokeh 3.9 draws the ticks of the last painting once more, without numbers
        min_border_left=60,  # wide enough that labels never change the size of the frame
        x_range=Range1d(left, right, min_interval=NEAREST, max_interval=FARTHEST),
        y_range=Range1d(bottom, top, min_interval=NEAREST, max_interval=FARTHEST),
    )  # fmt: skip
    wheel = WheelZoomTool(name="wheel")
    plot.add_tools(wheel)
    plot.toolbar.active_scroll = wheel
    for axis in plot.axis:
        axis.update(minor_tick_line_color=None, axis_label_text_font_size="13px", axis_label_text_font_style="normal")
    palette = [item["light"] for item in classes] or class_colours(0)
    colours = LinearColorMapper(palette, low=-0.5, high=len(palette) - 0.5, name="colours")
    plot.scatter(
        "x", "y", source=ColumnDataSource({"x": [], "y": [], "label": []}, name="points"), name="scatter", size=4,
        line_color=None, fill_color={"field": "label", "transform": colours}, fill_alpha=0.7,
        view=CDSView(filter=BooleanFilter(name="shown")),
    )  # fmt: skip
    line = {"line_dash": [3, 4]} if bounded else {"line_alpha": 0}
    plot.quad(left, right, top, bottom, name="edge", fill_color=None, **line)
    # On the overlay level a move of the probe does not repaint the points.
    way = {"source": ColumnDataSource({"x": [], "y": [], "name": []}, name="way"), "level": "overlay"}
    path = ColumnDataSource({"x": [], "y": []}, name="path")
    plot.line("x", "y", name="path_line", line_width=2.5, line_alpha=0.9, source=path, level="overlay")
    plot.line("x", "y", name="way_line", line_dash=[2, 3], line_alpha=0.8, **way)
    plot.scatter("x", "y", name="way_ends", size=19, line_width=1.5, **way)
    plot.text(
        "x", "y", text="name", name="way_names", text_font_size="11px", text_align="center",
        text_baseline="middle", **way,
    )  # fmt: skip
    probe = {"source": ColumnDataSource({"x": [0.0], "y": [0.0]}, name="probe_position"), "level": "overlay"}
    plot.vspan(x="x", name="cross_z1", line_alpha=0.45, **probe)
    plot.hspan(y="y", name="cross_z2", line_alpha=0.45, **probe)
    plot.scatter("x", "y", name="probe", size=17, line_width=2.5, **probe)
    return plot
