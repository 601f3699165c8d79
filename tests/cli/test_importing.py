"""The command `import` with the words that a person types."""

import pytest

from tests.imported_files import onnx_decoder
from vae_explorer.cli.main import run_command

pytest.importorskip("onnxruntime")


@pytest.fixture
def decoder(tmp_path):
    path = tmp_path / "d.onnx"
    path.write_bytes(onnx_decoder(shape=(3 * 16 * 16,)))
    return path


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
