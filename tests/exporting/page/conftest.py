"""One exported page that the tests of its scripts share."""

from pathlib import Path

import pytest

from vae_explorer.exporting.page.writing import write_page
from vae_explorer.run.run import Run


@pytest.fixture(scope="package")
def page_file(tiny_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    write_page(tiny_run, path)
    return path
