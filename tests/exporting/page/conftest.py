"""One page for all tests that only look at it."""

from pathlib import Path

import pytest

from vae_explorer.exporting.page.writing import write_page
from vae_explorer.run.run import Run


@pytest.fixture(scope="package")
def written(tiny_run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The page, and what was said of it."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    return path, write_page(tiny_run, path)


@pytest.fixture
def page_file(written: tuple[Path, str]) -> Path:
    return written[0]
