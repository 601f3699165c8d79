"""The command `import` with the words that a person types."""

import numpy as np
import pytest
from PIL import Image

from tests.imported_files import onnx_conditional, onnx_decoder, write_conditional
from vae_explorer.cli.main import run_command

pytest.importorskip("onnxruntime")


@pytest.fixture
def decoder(tmp_path):
    path = tmp_path / "d.onnx"
    path.write_bytes(onnx_decoder(shape=(3 * 16 * 16,)))
    return path


@pytest.mark.long
def test_an_imported_run_can_be_described_and_exported(decoder, tmp_path, capsys):
    run = tmp_path / "run"
    words = ["import", "--decoder", str(decoder), "--out", str(run)]
    assert run_command([*words, "--channels", "first", "--input-range=-1..1"]) == 0
    summary = capsys.readouterr().out
    assert "(imported," in summary
    assert "flat, channel by channel" in summary
    assert run_command(["grid", str(run), "--out", str(tmp_path / "grid.png")]) == 0
    assert run_command(["html", str(run), "--out", str(tmp_path / "page.html")]) == 0
    assert "an ONNX network" in capsys.readouterr().out
    assert run_command(["info", str(run), "--json"]) == 0
    assert '"ending": "sigmoid"' in capsys.readouterr().out


def test_an_unclear_decoder_is_refused_with_the_option_it_needs(decoder, tmp_path, capsys):
    assert run_command(["import", "--decoder", str(decoder), "--out", str(tmp_path / "run")]) == 1
    assert "--channels first or last" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_run_is_overwritten_only_with_overwrite(decoder, tmp_path, capsys):
    words = ["import", "--decoder", str(decoder), "--channels", "last", "--out", str(tmp_path / "run")]
    assert run_command(words) == 0
    assert run_command(words) == 1
    assert "--overwrite replaces it" in capsys.readouterr().err
    assert run_command([*words, "--overwrite"]) == 0


def test_ranges_and_shapes_are_checked(decoder, tmp_path, capsys):
    words = ["import", "--decoder", str(decoder), "--out", str(tmp_path / "run")]
    with pytest.raises(SystemExit):
        run_command([*words, "--input-range", "0..256"])
    assert run_command([*words, "--shape", "16x17x3"]) == 1
    assert "no image of 16 x 17, colour" in capsys.readouterr().err


@pytest.mark.long
@pytest.mark.parametrize("command", ["grid", "samples", "html"])
def test_a_class_is_decoded_by_its_name(command, tmp_path, capsys):
    folder = str(write_conditional(tmp_path / "run").folder)
    ending = "html" if command == "html" else "png"
    files = [tmp_path / f"{name}.{ending}" for name in ("first", "0", "7")]
    for file, words in zip(files, ([], ["--class", "0"], ["--class", "7"]), strict=True):
        assert run_command([command, folder, "--out", str(file), *words]) == 0
        assert f"All images are decoded as class {words[-1] if words else 0}." in capsys.readouterr().out
    if command == "html":
        return
    first, zero, seven = (np.asarray(Image.open(file)) for file in files)
    np.testing.assert_array_equal(first, zero)
    assert (first != seven).any()


def test_unknown_classes_and_classes_of_other_decoders_are_refused(decoder, tmp_path, capsys):
    folder = str(write_conditional(tmp_path / "run").folder)
    assert run_command(["grid", folder, "--out", str(tmp_path / "g.png"), "--class", "x"]) == 1
    assert "knows no class 'x': choose 0, 1, 2, 3, 4, 5, 6, 7, 8, 9." in capsys.readouterr().err
    assert run_command(["grid", "builtin", "--out", str(tmp_path / "g.png"), "--class", "1"]) == 1
    assert "takes no class label" in capsys.readouterr().err


def test_the_summary_names_the_classes_and_the_caption_the_chosen_one(tmp_path, capsys):
    from vae_explorer.exporting.origin import caption_of

    run = write_conditional(tmp_path / "run")
    assert run_command(["info", str(run.folder)]) == 0
    assert "classes     0, 1, 2, 3, 4, 5, 6, 7, 8, 9\n" in capsys.readouterr().out + "\n"
    assert ", class 4" in caption_of(run.info, 4)


def test_what_cannot_be_done_with_one_class_says_so(tmp_path, capsys):
    folder = str(write_conditional(tmp_path / "run").folder)
    assert run_command(["quality", folder]) == 1
    assert "no held-out images" in capsys.readouterr().err
    assert run_command(["animate", folder, "--out", str(tmp_path / "f.gif")]) == 1
    assert "cannot be replayed" in capsys.readouterr().err


def test_the_label_is_chosen_where_it_is_not_recognised(tmp_path, capsys):
    (tmp_path / "d.onnx").write_bytes(onnx_conditional("number", names=("input_1", "input_2")))
    words = ["import", "--decoder", str(tmp_path / "d.onnx"), "--out", str(tmp_path / "run")]
    assert run_command(words) == 1
    assert "--label-input" in capsys.readouterr().err
    assert run_command([*words, "--label-input", "input_2"]) == 1
    assert "--classes" in capsys.readouterr().err
    assert run_command([*words, "--label-input", "input_2", "--classes", "5"]) == 0
    assert "input_1 (2) with input_2 (an index of 5 classes)" in capsys.readouterr().out
