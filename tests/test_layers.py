"""Which packages may import which others, checked by reading the import statements and by importing."""

import ast
import json
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

import vae_explorer

PACKAGE = Path(vae_explorer.__file__).resolve().parent
GROUND = "vae_explorer"  # the modules beside the packages

# Lowest first: a module may know those of its own room and of the rooms before it.
BELOW_THE_WINDOW = (GROUND, "latent", "data", "run", "network", "model", "exploring", "training", "exporting")
NOTEBOOK = "notebook"  # one module, beside the packages, of what `import vae_explorer` gives
WINDOW = ("gui.parts", "gui.explorer", "gui.training", "gui.dialogs", "gui.comparing", "gui.tour", "gui")
ORDER = (*BELOW_THE_WINDOW, NOTEBOOK, "cli", *WINDOW)
STRANGERS = {"cli": (NOTEBOOK, *WINDOW)} | dict.fromkeys(WINDOW, (NOTEBOOK, "cli"))  # none knows another
ENTRANCE = "__main__.py"  # chooses between the commands and the window

FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
MODULES = [name for name in FILES if not name.endswith("__init__.py")]
OUTSIDE_GUI = [name for name in MODULES if not name.startswith("gui/") and name != ENTRANCE]
# The networks themselves, and a Keras layer; all else imports Keras inside the function that needs it.
KERAS_AT_TOP = {
    f"model/{name}.py" for name in ("networks", "losses", "vae", "shares", "batches", "optimizer", "quick_forms")
}
KERAS_AT_TOP |= {"network/sampling_layer.py"}


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


def dotted(name: str) -> str:
    """Of "run/config.py" the module "vae_explorer.run.config"."""
    return f"vae_explorer.{name.removesuffix('.py').replace('/', '.')}"


def room(name: str) -> str:
    """The room of "gui/explorer/layers/points.py" is "gui.explorer"; of "errors.py" the ground."""
    folders = name.split("/")[:-1]
    depth = 2 if folders[:1] == ["gui"] else 1
    return ".".join(folders[:depth]) or (NOTEBOOK if name == f"{NOTEBOOK}.py" else GROUND)


def known_rooms(name: str) -> set[str]:
    """Rooms of this package that a file imports from anywhere, also inside its functions."""
    by_module = {dotted(module): room(module) for module in MODULES}
    return {by_module[path] for path in imports(parsed(name)) if path in by_module} - {room(name)}


def loaded_by(*names: str) -> set[str]:
    """Top-level modules that are loaded in a fresh Python after importing these."""
    code = "import json, sys; " + "; ".join(f"import {dotted(name)}" for name in names)
    code += "; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def test_every_module_has_its_room():
    assert {room(name) for name in MODULES} <= set(ORDER)


@pytest.mark.parametrize("name", [name for name in MODULES if name != ENTRANCE])
def test_a_module_knows_only_its_own_room_and_those_below(name: str):
    assert not {known for known in known_rooms(name) if ORDER.index(known) > ORDER.index(room(name))}
    assert not known_rooms(name) & set(STRANGERS.get(room(name), ()))


def test_there_is_no_circle_among_modules():
    graph = {dotted(name): imports(parsed(name)) - {dotted(name)} for name in MODULES}
    done: set[str] = set()
    while ready := {name for name, known in graph.items() if name not in done and known & set(graph) <= done}:
        done |= ready
    assert set(graph) - done == set()


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith("__init__.py") and "/" in name])
def test_an_init_holds_one_sentence_and_imports_nothing(name: str):
    assert [type(node) for node in parsed(name).body] == [ast.Expr]
    assert ast.get_docstring(parsed(name))


def test_every_package_is_installed():
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {path.parent.relative_to(PACKAGE.parent).as_posix() for path in PACKAGE.rglob("__init__.py")}
    packages = {folder.replace("/", ".") for folder in folders}
    assert set(project["tool"]["setuptools"]["packages"]) == packages | {"vae_explorer.resources"}


@pytest.mark.parametrize("name", OUTSIDE_GUI)
def test_outside_the_window_nothing_imports_qt(name: str):
    assert not packages(imports(parsed(name))) & {"PySide6", "pyqtgraph", "shiboken6"}


@pytest.mark.parametrize("name", [name for name in MODULES if name not in KERAS_AT_TOP])
def test_only_the_model_imports_tensorflow_at_its_top(name: str):
    assert not packages(imports(parsed(name), skip_functions=True)) & {"tensorflow", "keras"}


@pytest.mark.parametrize("name", MODULES)
def test_bokeh_and_matplotlib_are_imported_in_functions_only(name: str):
    assert not {"bokeh", "matplotlib"} & packages(imports(parsed(name), skip_functions=True))


@pytest.mark.parametrize("name", [name for name in MODULES if room(name) in {"cli", *WINDOW} or name == ENTRANCE])
def test_keras_stays_below_the_command_line_and_the_window(name: str):
    assert not packages(imports(parsed(name))) & {"tensorflow", "keras"}
    assert not imports(parsed(name)) & {dotted(module) for module in KERAS_AT_TOP}


def test_the_core_loads_neither_tensorflow_nor_qt_nor_what_writes_pages_and_pictures():
    heavy = {"tensorflow", "keras", "PySide6", "pyqtgraph", "bokeh", "matplotlib", "ai_edge_litert"}
    core = {name for name in MODULES if room(name) in (*BELOW_THE_WINDOW, NOTEBOOK)} - KERAS_AT_TOP - {ENTRANCE}
    assert not heavy & loaded_by(*sorted(core))


def test_the_model_loads_tensorflow_and_no_qt():
    loaded = loaded_by(*KERAS_AT_TOP)
    assert "tensorflow" in loaded
    assert not {"PySide6", "pyqtgraph", "bokeh"} & loaded


def test_the_command_line_starts_without_tensorflow_and_qt():
    loaded = loaded_by(ENTRANCE, *[name for name in MODULES if room(name) == "cli"])
    assert not {"tensorflow", "keras", "PySide6", "bokeh", "matplotlib"} & loaded
