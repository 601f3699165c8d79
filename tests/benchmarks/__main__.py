"""Every measurement, each in separate processes: one table, and the same as JSON.

    python -m tests.benchmarks [FILE.json]

Takes a quarter of an hour. Nothing else should run meanwhile: the figures are of this machine, at this time. What takes
longer has a command of its own: `until` with the presets keras-io and blog, `torch_loop`, which needs PyTorch.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks import launch, tensorflow_import
from tests.benchmarks.synthetic import write_run

COUNTS = 10_000, 70_000, 1_000_000, 10_000_000
SIDES = 800, 1600
NAIVE = {10_000: 50, 70_000: 50, 1_000_000: 0}  # moves; 0: one repaint
STATES = "idle", "while blog trains", "while dense trains", "following dense"
THROUGHPUT_PRESETS, THROUGHPUT_SECONDS, THROUGHPUT_TURNS = ("dense", "blog", "conv"), 12, 3
TARGET = 150.1  # held-out negative ELBO, nats per image: about what the preset keras-io ends at


def run(module: str, *arguments: object) -> Any:
    """The figures that a benchmark prints last, run in a separate process."""
    words = [sys.executable, "-m", f"tests.benchmarks.{module}", *map(str, arguments)]
    print("  " + " ".join(words[2:]), file=sys.stderr, flush=True)
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{module} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def measure(runs: dict[int, Path]) -> dict[str, Any]:
    imports = [tensorflow_import.measure(way) for _ in range(4) for way in tensorflow_import.WAYS][2:]
    turns = [
        {way: run("throughput", way, preset, THROUGHPUT_SECONDS) for way in ("window", "bare")} | {"preset": preset}
        for _ in range(THROUGHPUT_TURNS)
        for preset in THROUGHPUT_PRESETS
    ]
    return {
        "launch": launch.measure(),
        "decode": run("decode"),
        "page engine": run("page_engine"),
        "page": run("page"),
        "drag": [run("drag", runs[count]) for count in COUNTS],
        "naive": [run("naive", runs[count], moves) for count, moves in NAIVE.items()],
        "panning": [run("panning", runs[count], side) for count in COUNTS[1:] for side in SIDES],
        "images": run("images", "builtin"),
        "lasso": run("lasso", runs[1_000_000]),
        "gallery": run("gallery", runs[1_000_000], 100_000),
        "layers": [run("layers", runs[count]) for count in COUNTS[1:3]],
        "drawing": run("drawing", "builtin"),
        "large training": run("memory"),
        "tensorflow import": {
            way: {
                name: median(getattr(found, name) for found in imports if found.way == way)
                for name in ("seconds", "p99", "worst")
            }
            for way in tensorflow_import.WAYS
        },
        "throughput": {
            preset: {way: median(turn[way] for turn in turns if turn["preset"] == preset) for way in ("window", "bare")}
            | {"ratio": median(turn["window"] / turn["bare"] for turn in turns if turn["preset"] == preset)}
            for preset in THROUGHPUT_PRESETS
        },
        "until": run("until", TARGET, 0, "dense", "deep"),
        "encode": run("encode", "dense", "blog"),
        "reading": run("reading", "png"),
    }


def table(found: dict[str, Any]) -> Iterator[str]:
    yield "| what | figure |"
    yield "|---|---|"
    for state in STATES:
        for result in found["drag"]:
            waits = result[state]
            yield (
                f"| event to paint, {state}, {result['points']:,} points | median {waits['median']:.1f}, "
                f"p99 {waits['p99']:.1f}, worst {waits['worst']:.1f} ms; later than one frame {waits['late']:.1%} |"
            )
    ours = {result["points"]: result["idle"]["median"] for result in found["drag"]}
    for result in found["naive"]:
        points, waits = result["points"], result.get("event to paint")
        move = (
            f"move median {waits['median']:.0f} ms, {waits['median'] / ours[points]:.0f} times ours; " if waits else ""
        )
        yield f"| the naive way, {points:,} points | {move}one repaint {result['repaint']:.0f} ms |"
    for result in found["panning"]:
        for way in ("pan", "zoom"):
            frame, redrawn = result[way], result[way]["drawn anew"]
            yield (
                f"| {way}, {result['points']:,} points, {result['side']}² device pixels | frame median "
                f"{frame['median']:.1f}, p95 {frame['p95']:.1f} ms; points redrawn after {redrawn['median']:.0f} ms |"
            )
    images = found["images"]
    yield (
        f"| images as the map, builtin, {images['window']['images']:.0f} images | whole "
        f"{images['window']['whole']:.0f} ms after being switched on |"
    )
    for name, times in images["fresh"].items():
        yield (
            f"| fresh view of 30x30 images, {name} | first picture {times['first']:.0f} ms, whole {times['whole']:.0f} "
            "ms |"
        )
    yield (
        f"| pan over images, {images['points']:,} points | frame median {images['panning']['median']:.1f}, p95 "
        f"{images['panning']['p95']:.1f} ms |"
    )
    yield (
        f"| event to paint, images on, {images['points']:,} points | median {images['drag']['median']:.1f}, p99 "
        f"{images['drag']['p99']:.1f}, worst {images['drag']['worst']:.1f} ms |"
    )
    lasso = found["lasso"]
    yield (
        f"| lasso over {lasso['points']:,} points, {lasso['selected']:,} of them inside | painted "
        f"{lasso['seconds']:.2f} s after its release; while it is drawn, move to paint median "
        f"{lasso['moves']['median']:.1f}, p99 {lasso['moves']['p99']:.1f} ms |"
    )
    gallery = found["gallery"]
    yield (
        f"| gallery of {gallery['images']:,} images | open after {gallery['open']:.0f} ms; scrolling, one paint median "
        f"{gallery['paint']['median']:.1f}, p99 {gallery['paint']['p99']:.1f} ms; {gallery['MB']:.0f} MB more |"
    )
    for result in found["layers"]:
        for state in ("without", "idle", "while dense trains"):
            waits = result[state]
            layers = "no layers" if state == "without" else f"all layers on, {state}"
            yield (
                f"| event to paint, {layers}, {result['points']:,} points | median {waits['median']:.1f}, "
                f"p99 {waits['p99']:.1f} ms; later than one frame {waits['late']:.1%} |"
            )
        drawn = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in result["seconds"].items())
        yield f"| layers, {result['points']:,} points: drawn after | {drawn} |"
        yield f"| layers, {result['points']:,} points: memory | {result['memory']['MB']:.0f} MB |"
    drawing = found["drawing"]
    yield (
        f"| drawing to ellipse, builtin | median {drawing['median']:.1f}, p99 {drawing['p99']:.1f} ms; later than one "
        f"frame {drawing['late']:.1%} |"
    )
    for preset, engines in found["decode"].items():
        for engine, times in engines.items():
            figures = ", ".join(f"{count} latent codes {value:.2f} ms" for count, value in times.items())
            yield f"| decode, {preset}, {engine} | {figures} |".replace("1 latent codes", "1 latent code")
    for name, engines in found["page engine"].items():
        for engine, figures in engines.items():
            yield (
                f"| one latent code in the page, {name}, {engine} | median {figures['median']:.1f}, p99 "
                f"{figures['p99']:.1f} ms; largest difference from Keras {figures['difference']:.0e} |"
            )
    for name, figures in found["page"]["pages"].items():
        waits = figures["image to image"]
        yield (
            f"| the page, {name} | {figures['MB']:.2f} MB; image after {figures['ready']:.0f} ms; dragging, image "
            f"to image median {waits['median']:.1f}, p99 {waits['p99']:.1f} ms; {figures['images a frame']:.2f} images "
            "per frame |"
        )
    yield f"| `vae-explorer html builtin` | {found['page']['export']:.1f} s |"
    start = found["launch"]
    yield (
        f"| launch to first image | {start['first image']:.2f} s, {start['ratio']:.2f} times importing Qt and pyqtgraph"
        f" ({start['floor']:.2f} s) |"
    )
    for way, figures in found["tensorflow import"].items():
        yield (
            f"| importing TensorFlow, {way} | {figures['seconds']:.1f} s, gap of a 60 Hz thread p99 "
            f"{figures['p99']:.0f}, worst {figures['worst']:.0f} ms |"
        )
    for preset, figures in found["throughput"].items():
        yield (
            f"| training {preset}, its tab in view | {figures['window']:.1f} steps/s, {figures['ratio']:.3f} of Keras' "
            f"bare fit |"
        )
    for preset, figures in found["until"].items():
        yield (
            f"| training {preset} until {TARGET} held-out | {figures['seconds']:.1f} s, {figures['epochs']} epochs |"
        )
    for preset, figures in found["encode"].items():
        yield (
            f"| encoding, {preset} | {figures['images/s']:,.0f} images/s, {figures['of the floor']:.2f} of its "
            f"products alone; a million in {figures['a million, s']:.0f} s |"
        )
    for kind, figures in found["reading"].items():
        yield (
            f"| reading a folder, {kind} | {figures['ours, images/s']:,.0f} images/s, {figures['ours / keras']:.2f} of "
            f"Keras's; decoding alone {figures['decoding / keras']:.2f} |"
        )
    large = found["large training"]
    yield (
        f"| training on {large['images']:,} images of 64x64x3: memory | {large['GB']['VmHWM']:.1f} GB, of which "
        f"{large['GB']['RssFile']:.1f} GB pages of files |"
    )
    for result in found["drag"]:
        yield f"| memory, {result['points']:,} points | {result['memory']:.0f} MB |"


def main() -> None:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("benchmarks.json")
    with tempfile.TemporaryDirectory() as folder:
        found = measure({count: write_run(Path(folder) / str(count), count) for count in COUNTS})
    path.write_text(json.dumps(found, indent=1), encoding="utf-8")
    print("\n".join(table(found)))


if __name__ == "__main__":
    main()
