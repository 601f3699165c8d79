"""The commands that write pictures, as they are typed."""

from pathlib import Path

import pytest
from PIL import Image

from tests.classifier_file import brightness_classifier
from tests.cli.refusals import refused
from tests.picture_files import pdf_text, svg_texts
from vae_explorer.cli.main import run_command
from vae_explorer.exporting.origin import caption_of
from vae_explorer.run.opening import open_run
from vae_explorer.run.run import Run


def test_grid_writes_a_picture_of_the_given_size(
    tiny_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["grid", str(tiny_run.folder), "--out", str(tmp_path / "g.png"), "--size", "7", "--spacing", "even"]
    assert run_command([*words, "--width", "7.84", "--dpi", "254"]) == 0
    with Image.open(tmp_path / "g.png") as picture:
        assert picture.size == (784, 784)
    output = capfd.readouterr()
    assert output.out == f"Wrote {tmp_path / 'g.png'} (7.8 x 7.8 cm, 784 x 784 dots).\n"
    assert output.err == ""


@pytest.mark.parametrize("ending", [".pdf", *(pytest.param(each, marks=pytest.mark.long) for each in (".png", ".svg"))])
@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["grid", "--size", "3", "--plane", "2,1", "--gap", "2", "--gap-color", "red", "--axes"], "z2"),
        (["map", "--split", "held-out", "--plane", "2,1"], "z2"),
        (["map", "--plane", "pca"], "PC 2"),
        (["map", "--layers", "images,points, prior"], "prior: 1, 2, 3 sd"),
        (["reconstructions", "--columns", "3", "--rows", "2", "--colormap", "viridis"], "reconstruction"),
        (["samples", "--size", "3", "--seed", "4", "--gap", "1", "--colormap", "gray_r"], ""),
        (["losses"], "epoch"),
    ],
)
def test_each_picture_is_written_in_each_format(
    tiny_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str], words: list[str], text: str, ending: str
) -> None:
    path, folder = tmp_path / f"p{ending}", str(tiny_run.folder)
    assert run_command([words[0], folder, *words[1:], "--out", str(path), "--dpi", "100", "--caption"]) == 0
    output = capfd.readouterr()
    assert output.out.startswith(f"Wrote {path} (")
    assert output.err == ""
    if ending == ".svg":
        assert {caption_of(tiny_run.info), text} - {""} <= set(svg_texts(path))
    elif ending == ".pdf":
        assert f"{caption_of(tiny_run.info)}" in pdf_text(path)
        assert text in pdf_text(path)
    else:
        with Image.open(path) as picture:
            assert picture.width == pytest.approx(16 / 2.54 * 100, rel=0.2)


@pytest.mark.parametrize(
    ("words", "legend"),
    [
        ([], set("0123456789")),
        (["--color-by", "cluster", "--clusters", "3"], {"cluster 1", "cluster 2", "cluster 3"}),
        (["--color-by", "none"], set()),
    ],
)
def test_a_map_has_the_chosen_colours(tiny_run: Run, tmp_path: Path, words: list[str], legend: set[str]) -> None:
    assert run_command(["map", str(tiny_run.folder), "--out", str(tmp_path / "m.svg"), *words]) == 0
    texts = {text for text in svg_texts(tmp_path / "m.svg") if text.isdigit() or "cluster" in text}
    assert legend <= texts
    assert bool(legend & {"9", "cluster 3"}) == bool(texts & {"9", "cluster 3"})


@pytest.mark.parametrize(
    ("name", "text"),
    [("error", "reconstruction error (RMS, pixels 0 to 1)"), ("kl", "KL of the image (nats per image)")],
)
def test_a_map_is_coloured_by_what_is_measured(tiny_run: Run, tmp_path: Path, name: str, text: str) -> None:
    assert run_command(["map", str(tiny_run.folder), "--out", str(tmp_path / "m.svg"), "--color-by", name]) == 0
    assert any(found.startswith(text) for found in svg_texts(tmp_path / "m.svg"))


def test_the_caption_can_be_given(tiny_run: Run, tmp_path: Path) -> None:
    path = tmp_path / "l.svg"
    assert run_command(["losses", str(tiny_run.folder), "--out", str(path), "--caption", "My $caption$ & more"]) == 0
    assert "My $caption$ & more" in svg_texts(path)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["grid", "--size", "61"], "2 to 60 images"),
        (["grid", "--plane", "1,3"], "no plane of dimensions 1 and 3"),
        (["map", "--plane", "2,2"], "no plane of dimensions 2 and 2"),
        (["map", "--color-by", "age"], "no column 'age': choose class, group, cluster, none, error, kl, density"),
        (["map", "--color-by", "cluster", "--clusters", "1"], "2 to 20 clusters, not 1"),
        (["map", "--layers", "points,roads"], "no layer 'roads' of the map: choose from images, points, prior"),
        (["map", "--clusters", "5"], "give --color-by cluster, too"),
        (["samples", "--colormap", "virids"], "no colour map 'virids'"),
        (["reconstructions", "--rows", "0"], "1 to 60 rows"),
        (["losses", "--dpi", "10"], "50 to 1,200 DPI"),
        (["losses", "--width", "nan"], "3 to 100 cm"),
    ],
)
def test_options_of_pictures_out_of_range_are_refused(
    capfd: pytest.CaptureFixture[str], tiny_run: Run, tmp_path: Path, words: list[str], sentence: str
) -> None:
    (tmp_path / "p.png").write_bytes(b"the old one")
    assert sentence in refused(capfd, words[0], str(tiny_run.folder), *words[1:], "--out", str(tmp_path / "p.png"))
    assert (tmp_path / "p.png").read_bytes() == b"the old one"


def test_other_endings_of_pictures_are_refused(
    capfd: pytest.CaptureFixture[str], tiny_run: Run, tmp_path: Path
) -> None:
    assert ".png, .svg or .pdf" in refused(capfd, "grid", str(tiny_run.folder), "--out", str(tmp_path / "g.jpg"))


def test_pictures_and_page_of_any_plane_through_any_code(
    deep_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = str(deep_run.folder)
    words = ["--plane", "2,4", "--at=-1.25,9,0.5,9"]
    note = "Showing z2 and z4; z1 is −1.25, z3 is 0.50."
    assert run_command(["grid", folder, "--out", str(tmp_path / "g.svg"), "--size", "3", "--axes", *words]) == 0
    assert note in svg_texts(tmp_path / "g.svg")
    assert capfd.readouterr().out.rstrip().endswith(note)
    assert run_command(["html", folder, "--out", str(tmp_path / "p.html"), *words]) == 0
    assert capfd.readouterr().out.rstrip().endswith(note)
    assert run_command(["html", folder, "--out", str(tmp_path / "p.html"), "--plane", "pca"]) == 0
    assert capfd.readouterr().out.rstrip().endswith("Showing principal components; the rest is 0.")
    assert run_command(["map", folder, "--out", str(tmp_path / "m.svg"), "--plane", "pca"]) == 0
    texts = svg_texts(tmp_path / "m.svg")
    assert {"PC 1", "PC 2", "The two principal components of the codes, of 4 dimensions."} <= set(texts)


@pytest.mark.parametrize("command", ["grid", "map", "html"])
def test_a_code_with_another_number_of_dimensions_is_refused(
    deep_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str], command: str
) -> None:
    out = str(tmp_path / ("p.html" if command == "html" else "p.png"))
    assert "give 4, one for each" in refused(capfd, command, str(deep_run.folder), "--out", out, "--at", "0,1")


@pytest.mark.parametrize(
    "words", [["--plane", "ica"], ["--at", "a,b"], ["--at", "nan,0"], ["--at", "1e9,0"], ["--at="]]
)
def test_an_invalid_plane_or_code_is_wrong_usage(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run_command(["grid", "builtin", "--out", "g.png", *words])
    assert end.value.code == 2


def test_a_map_shows_the_regions_of_a_classifier(
    tiny_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file, path = brightness_classifier(tmp_path / "c.onnx", (28, 28, 1)), tmp_path / "m.svg"
    words = ["map", str(tiny_run.folder), "--layers", "classifier,points", "--out", str(path), "--dpi", "60"]
    assert run_command([*words, "--classifier", str(file), "--classifier-range", "0..1"]) == 0
    output = capfd.readouterr().out
    assert "c.onnx: Its outputs are logits" in output
    assert "It takes pixels in 0 to 1, as was chosen." in output
    assert {"class 0", "class 1"} <= set(svg_texts(path))
    assert "classifier" in refused(capfd, *words)


def test_a_page_is_coloured_by_the_groups_of_the_run(
    tiny_run_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "page.html"
    words = ["html", str(tiny_run_folder), "--out", str(path), "--color-by", "group"]
    assert "The run has no groups" in refused(capfd, *words)
    index = open_run(tiny_run_folder).codes.index
    (tiny_run_folder / "groups.csv").write_text(f"index,group\n{index[0]},odd ones\n")
    assert run_command(words) == 0
    assert ">odd ones<" in path.read_text(encoding="utf-8").replace("\n", "").replace(" <", "<").replace("> ", ">")
