"""exporting/page/choosing.py: which codes and which plane a page shows."""

from pathlib import Path

import numpy as np
import pytest

from tests.browser import code, drag, pixels
from tests.exporting.page.pages import Opener, by_keras
from vae_explorer.errors import UserError
from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.latent.dimensions import measure_dimensions
from vae_explorer.latent.plane import PlaneChoice, axes_plane, chosen_plane, on_plane, plane_note
from vae_explorer.model.decoder import run_decoder
from vae_explorer.run.page import read_page
from vae_explorer.run.run import Run, sample_image_of


@pytest.mark.long
def test_the_given_number_of_points_is_drawn(tiny_run: Run, open_page: Opener, tmp_path: Path) -> None:
    write_page(tiny_run, tmp_path / "page.html", PageOptions(points=100))
    page = open_page(tmp_path / "page.html")
    assert page.evaluate("Bokeh.documents[0].get_model_by_name('points').data.x.length") == 100
    assert "100 of 640" in page.inner_text("dl")
    with pytest.raises(UserError, match="1 to 200,000"):
        PageOptions(points=0)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["thin_run", "deep_run"])
def test_other_latent_spaces(kind: str, request: pytest.FixtureRequest, open_page: Opener, tmp_path: Path) -> None:
    run = request.getfixturevalue(kind)
    latent_dim = run.info.latent_dim
    plane = axes_plane(measure_dimensions(run.codes.z_mean, run.codes.z_log_var).axes, latent_dim)
    write_page(run, tmp_path / "page.html")
    page = open_page(tmp_path / "page.html")
    assert plane_note(plane) in page.inner_text("header")
    drag(page, (0, 0), (1.2, 0.6))
    z1, z2 = code(page)
    assert (z1, z2) == pytest.approx((1.2, 0.6 if latent_dim > 1 else 0), abs=0.05)
    assert np.abs(pixels(page) - by_keras(run, (z1, z2), plane)).max() <= 1
    z = on_plane(np.array([[z1, z2]], np.float32), plane)
    at_hand = run.codes.z_mean[sample_image_of(run) >= 0]
    assert page.inner_text("#nearest-distance") == f"{np.linalg.norm(at_hand - z, axis=1).min():.2f} away"


@pytest.mark.long
@pytest.mark.parametrize("choice", [(2, 4), "pca"])
def test_a_page_drags_in_the_plane_that_was_chosen(
    deep_run: Run, open_page: Opener, tmp_path: Path, choice: PlaneChoice
) -> None:
    codes = deep_run.codes.z_mean
    plane = chosen_plane(choice, codes, np.array([0.5, 9, -1.25, 9], np.float32))
    write_page(deep_run, tmp_path / "page.html", PageOptions(plane=plane))
    page = open_page(tmp_path / "page.html", place="#z=0.25,-0.5")
    assert code(page) == (0.25, -0.5)
    assert np.abs(pixels(page) - by_keras(deep_run, (0.25, -0.5), plane)).max() <= 1
    drag(page, (0.25, -0.5), (-0.8, 0.6))
    point = code(page)
    assert point == pytest.approx((-0.8, 0.6), abs=0.05)
    assert np.abs(pixels(page) - by_keras(deep_run, point, plane)).max() <= 1
    z = on_plane(np.array([point], np.float32), plane)
    at_hand = codes[sample_image_of(deep_run) >= 0]
    assert page.inner_text("#nearest-distance") == f"{np.linalg.norm(at_hand - z, axis=1).min():.2f} away"
    assert page.eval_on_selector_all("#position small", "(all) => all.map((one) => one.textContent)") == list(
        plane.names
    )
    drawn = page.evaluate(
        "(({ x, y }) => [...x].map((v, i) => [v, y[i]]))(Bokeh.documents[0].get_model_by_name('points').data)"
    )
    np.testing.assert_allclose(sorted(drawn), sorted((codes @ plane.directions.T).tolist()), atol=1e-5)
    labels = page.evaluate(
        "(({ below, left }) => [below[0].axis_label, left[0].axis_label])(Bokeh.documents[0].get_model_by_name('map'))"
    )
    assert labels == list(plane.names)
    assert plane_note(plane) in page.inner_text("header")
    assert "Plane held at" in page.inner_text("dl")
    again = read_page(tmp_path / "page.html")
    np.testing.assert_allclose(run_decoder(again)(z), run_decoder(deep_run)(z), atol=1e-5)
