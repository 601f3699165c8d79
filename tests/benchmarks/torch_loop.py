"""Steps per second of a PyTorch loop with the network, optimizer and batch size of a preset, to compare with.

python -m tests.benchmarks.torch_loop dense|deep|blog SECONDS [compiled]

PyTorch is no dependency of the project: install it in an environment of its own, where this file also runs by its path.
"""

import sys
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

WIDTHS = {"dense": (512, 256, 128), "deep": (192, 192, 192, 192)}
BATCH = {"dense": 128, "deep": 256, "blog": 128}
SKIPPED = 30  # steps at the start, while the network is compiled


def dense_layers(inputs: int, widths: tuple[int, ...]) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for units in widths:
        layers += [nn.Linear(inputs, units), nn.GELU()]
        inputs = units
    return layers


class VAE(nn.Module):
    def __init__(self, preset: str) -> None:
        super().__init__()
        if preset == "blog":
            relu, conv = nn.ReLU, nn.Conv2d
            self.encoder = nn.Sequential(
                conv(1, 16, 3, padding=1), relu(), conv(16, 32, 3, 2, 1), relu(), conv(32, 32, 3, padding=1), relu(),
                nn.Flatten(), nn.Linear(14 * 14 * 32, 32), relu(),
            )  # fmt: skip
            self.decoder = nn.Sequential(
                nn.Linear(2, 14 * 14 * 32), relu(), nn.Unflatten(1, (32, 14, 14)),
                nn.ConvTranspose2d(32, 32, 3, 2, 1, 1), relu(), conv(32, 1, 3, padding=1),
            )  # fmt: skip
            features = 32
        else:
            widths = WIDTHS[preset]
            self.encoder = nn.Sequential(nn.Flatten(), *dense_layers(784, widths))
            self.decoder = nn.Sequential(*dense_layers(2, widths[::-1]), nn.Linear(widths[0], 784))
            features = widths[-1]
        self.z_mean, self.z_log_var = nn.Linear(features, 2), nn.Linear(features, 2)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        features = self.encoder(pixels)
        z_mean, z_log_var = self.z_mean(features), self.z_log_var(features)
        logits = self.decoder(z_mean + torch.exp(z_log_var / 2) * torch.randn_like(z_mean))
        loss = functional.binary_cross_entropy_with_logits(logits.flatten(), pixels.flatten(), reduction="sum")
        kl = 0.5 * (torch.exp(z_log_var) + z_mean**2 - 1 - z_log_var).sum()
        return (loss + kl) / len(pixels)


def main() -> None:
    preset, seconds, compiled = sys.argv[1], float(sys.argv[2]), sys.argv[3:] == ["compiled"]
    images = np.load(Path(__file__).parents[2] / "resources" / "mnist.npz")["x_train"][:55_000, None]
    data, batch = torch.from_numpy(images), BATCH[preset]
    vae = VAE(preset)
    optimizer = (torch.optim.RMSprop if preset == "blog" else torch.optim.Adam)(vae.parameters(), 1e-3)
    losses = torch.compile(vae) if compiled else vae
    began = done = 0.0
    for step, rows in enumerate(torch.randint(0, len(data), (1_000_000, batch)).split(1)):
        optimizer.zero_grad()
        loss = losses(data[rows[0]].float() / 255)
        loss.backward()
        optimizer.step()
        loss.item()
        if step == SKIPPED:
            began = time.perf_counter()
        done = time.perf_counter() - began
        if step > SKIPPED and done > seconds:
            print(f"{(step - SKIPPED) / done:.1f} steps/s")
            return


if __name__ == "__main__":
    main()
