"""All digits of MNIST in colour, as a file to train on: 60,000 images of 32x32x3, and the 10,000 to hold out.

python -m tests.benchmarks.colour_digits FILE.npz
vae-explorer train --dataset FILE.npz --preset conv
"""

import sys

import numpy as np

from tests.colour import coloured
from vae_explorer.data.reading import load_dataset


def main() -> None:
    digits = load_dataset("mnist")
    assert digits.labels is not None
    assert digits.held_out is not None
    images = coloured(digits.images, digits.labels)
    np.savez(
        sys.argv[1],
        x_train=images[~digits.held_out],
        y_train=digits.labels[~digits.held_out],
        x_test=images[digits.held_out],
        y_test=digits.labels[digits.held_out],
    )


if __name__ == "__main__":
    main()
