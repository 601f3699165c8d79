"""exporting/page/facts.py: what a page says of itself."""

from pathlib import Path

import keras
import pytest

from tests.exporting.page.pages import Opener


@pytest.mark.long
def test_the_caption_names_data_model_and_versions(written: tuple[Path, str], open_page: Opener) -> None:
    text = open_page(written[0]).inner_text("dl")
    for fact in ("MNIST-512", "nats per image", "CC BY-SA 3.0", "640 of 640", "dense, 2 latent dimensions", "2 epochs",
                 f"Keras {keras.__version__}", "567,184 parameters in single precision"):  # fmt: skip
        assert fact in text
