"""vae-explorer import, as it is typed."""

import pytest

from tests.imported_files import onnx_decoder
from vae_explorer.cli.main import run_command

pytest.importorskip("onnxruntime")


@pytest.fixture
def decoder(tmp_path):
    path = tmp_path / "d.onnx"
    path.write_bytes(onnx_decoder(shape=(3 * 16 * 16,)))
    return path


def test_a_decoder_becomes_a_run_that_info_and_grid_take(decoder, tmp_path, capsys):
    run = tmp_path / "run"
    words = ["import", "--decoder", str(decoder), "--out", str(run)]
    assert run_command([*words, "--channels", "first", "--input-range=-1..1"]) == 0
    told = capsys.readouterr().out
    assert "(imported," in told
    assert "flat, channel by channel" in told
    assert run_command(["grid", str(run), "--out", str(tmp_path / "grid.png")]) == 0
    assert run_command(["html", str(run), "--out", str(tmp_path / "page.html")]) == 0
    assert "an ONNX network" in capsys.readouterr().out
    assert run_command(["info", str(run), "--json"]) == 0
    assert '"ending": "sigmoid"' in capsys.readouterr().out


def test_what_is_unclear_is_asked_in_one_sentence(decoder, tmp_path, capsys):
    assert run_command(["import", "--decoder", str(decoder), "--out", str(tmp_path / "run")]) == 1
    assert "--channels first or last" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_a_run_is_not_overwritten_unasked(decoder, tmp_path, capsys):
    words = ["import", "--decoder", str(decoder), "--channels", "last", "--out", str(tmp_path / "run")]
    assert run_command(words) == 0
    assert run_command(words) == 1
    assert "--overwrite replaces it" in capsys.readouterr().err
    assert run_command([*words, "--overwrite"]) == 0


def test_ranges_and_shapes_are_checked(decoder, tmp_path, capsys):
    words = ["import", "--decoder", str(decoder), "--out", str(tmp_path / "run")]
    with pytest.raises(SystemExit):
        run_command([*words, "--input-range", "0..255"])
    assert run_command([*words, "--shape", "16x17x3"]) == 1
    assert "no image of 16x17x3" in capsys.readouterr().err
