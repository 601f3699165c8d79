"""Who may know whom: section 2 of the design, held by reading the imports and by importing."""

import ast
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import vae_explorer

PACKAGE = Path(vae_explorer.__file__).resolve().parent

# From the bottom up; a module knows those of lower rows, and of its own row in no circle.
ROWS = tuple(
    set(row.split())
    for row in (
        """
        errors alignment assets files config latent lowered many_colours neighbours palette quality raster
        tensorflow_import image_options data_report tensorboard_log dimensions
        imported_model reading_apart h5_copy keras_config
        """,
        """
        data data_reading history run run_folder checkpoint page_content segments snapshots
        image_set image_fitting image_files image_folder label_files stored_array stacked_images
        array_files idx_files keras_datasets image_sources image_cache
        """,
        """
        model decoding metrics lowering lowered_decoder model_files run_vae
        model_fitting keras_files keras_tensors keras_import sampling_layer
        onnx_file onnx_network onnx_decoder imported_vae
        """,
        """
        training training_loop training_events finishing further machine exploring exporting importing
        html_page page_lattice
        picture picture_legend image_sheet replay animation colouring clusters
        grid_picture map_picture samples_picture reconstructions_picture losses_picture
        """,
        "cli cli_animation cli_data cli_import cli_pictures terminal",
        "gui",
        "__main__",
    )
)
CORE = sorted(set().union(*ROWS[:4]) & {path.stem for path in PACKAGE.glob("*.py")})
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
OUTSIDE_GUI = [name for name in MODULES if not name.startswith("gui/") and name != "__main__.py"]


def imports(tree: ast.AST, skip_functions: bool = False) -> set[str]:
    """Dotted names of the modules that are imported; those for the type checker only do not count."""
    found: set[str] = set()
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        elif not (skip_functions and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)):
            found |= imports(node, skip_functions)
    return found


@cache
def parsed(name: str) -> ast.Module:
    return ast.parse((PACKAGE / name).read_text(encoding="utf-8"))


def packages(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def unit(name: str) -> str:
    """Of "run.py" the module "run"; of all of gui/ "gui"."""
    return name.partition("/")[0].removesuffix(".py")


def known_units(name: str) -> set[str]:
    """Units of this package that a file imports anywhere, also inside its functions."""
    own = {path.split(".")[1] for path in imports(parsed(name)) if path.startswith("vae_explorer.")}
    return {known for known in own if known in set().union(*ROWS)} - {unit(name)}


def row(name: str) -> int:
    return next(number for number, names in enumerate(ROWS) if name in names)


def loaded_by(*modules: str) -> list[str]:
    """Top-level modules that are loaded in a fresh Python after importing these."""
    code = "import json, sys; " + "; ".join(f"import vae_explorer.{module}" for module in modules)
    code += "; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_module_has_its_row():
    assert {unit(name) for name in MODULES} - {"__init__"} <= set().union(*ROWS)


@pytest.mark.parametrize("name", [name for name in MODULES if name != "__init__.py"])
def test_a_module_knows_only_rows_below_and_its_own(name: str):
    assert not {known for known in known_units(name) if row(known) > row(unit(name))}


def test_there_is_no_circle():
    graph = {unit(name): set[str]() for name in MODULES}
    for name in MODULES:
        graph[unit(name)] |= known_units(name)
    done: set[str] = set()
    while ready := {name for name, known in graph.items() if name not in done and known <= done}:
        done |= ready
    assert set(graph) - done == set()


@pytest.mark.parametrize("name", OUTSIDE_GUI)
def test_outside_the_window_nothing_imports_qt(name: str):
    assert not packages(imports(parsed(name))) & {"PySide6", "pyqtgraph", "shiboken6"}


@pytest.mark.parametrize("name", [name for name in MODULES if name not in ("model.py", "sampling_layer.py")])
def test_only_the_model_imports_tensorflow_at_its_top(name: str):
    assert not packages(imports(parsed(name), skip_functions=True)) & {"tensorflow", "keras"}


@pytest.mark.parametrize("name", MODULES)
def test_bokeh_and_matplotlib_are_imported_in_functions_only(name: str):
    assert not {"bokeh", "matplotlib"} & packages(imports(parsed(name), skip_functions=True))


@pytest.mark.parametrize("name", [name for name in MODULES if unit(name) in {"cli", "gui", "__main__"}])
def test_keras_stays_below_the_command_line_and_the_window(name: str):
    assert not packages(imports(parsed(name))) & {"tensorflow", "keras"}
    assert "model" not in known_units(name)


def test_the_core_loads_neither_tensorflow_nor_qt_nor_what_writes_pages_and_pictures():
    heavy = {"tensorflow", "keras", "PySide6", "pyqtgraph", "bokeh", "matplotlib", "ai_edge_litert"}
    assert not heavy & set(loaded_by(*(module for module in CORE if module not in ("model", "sampling_layer"))))


def test_the_model_loads_tensorflow_and_no_qt():
    loaded = set(loaded_by("model"))
    assert "tensorflow" in loaded
    assert not {"PySide6", "pyqtgraph", "bokeh"} & loaded


@pytest.mark.parametrize("module", ["cli", "__main__"])
def test_the_command_line_starts_without_tensorflow_and_qt(module: str):
    assert not {"tensorflow", "keras", "PySide6", "bokeh", "matplotlib"} & set(loaded_by(module))
