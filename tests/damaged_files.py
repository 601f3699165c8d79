"""Reads damaged files of one format until something goes wrong that must not; run as a process of its own.

    python -m tests.damaged_files FORMAT COUNT SEED FOLDER

Each input is a good file with a few bytes changed, cut out or put in; half of those with checksums or a packing are
given them anew, so that the damage reaches what lies within. Prints how many were read and refused, the longest time
one took, and the most memory that all took, as JSON.
"""

import gzip
import io
import json
import random
import signal
import struct
import sys
import time
import traceback
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from tests.process_memory import most_memory
from vae_explorer.data.fitting import Scales, Target
from vae_explorer.data.image_file import DamagedError, read_header, read_image, read_values, reading_images
from vae_explorer.data.reading import inspect_data, load_dataset
from vae_explorer.errors import UserError

PICTURES = {
    "png": "1 L LA P RGB RGBA I;16",
    "jpeg": "L RGB CMYK",
    "bmp": "1 L P RGB",
    "gif": "L P",
    "webp": "RGB RGBA",
    "tiff": "1 L P RGB RGBA CMYK I;16 I F",
}
FORMATS = (*PICTURES, "npy", "npz", "idx", "idx.gz", "csv")
SECONDS = 20  # that one input may take
TARGETS = [Target((16, 18, channels), fit, False, Scales()) for channels in (1, 3) for fit in ("crop", "pad")]


def good_pictures(kind: str) -> list[bytes]:
    rng = np.random.default_rng(0)
    found = []
    for mode in PICTURES[kind].split():
        if mode in ("I;16", "I", "F"):
            values = rng.integers(0, 4000, (20, 24))
            picture = Image.fromarray(values.astype({"I;16": "u2", "I": "i4", "F": "f4"}[mode]))
        else:
            picture = Image.fromarray(rng.integers(0, 256, (20, 24, 4), dtype=np.uint8) // 64 * 64, "RGBA").convert(
                mode
            )
        ways = [{}, {"compression": "tiff_lzw"}, {"compression": "tiff_deflate"}] if kind == "tiff" else [{}]
        if kind == "png":
            ways.append({"pnginfo": None, "optimize": True})
        if kind == "jpeg":
            ways.append({"progressive": True, "exif": _turned()})
        if kind in ("gif", "webp"):
            ways.append({"save_all": True, "append_images": [picture.rotate(90)]})
        for way in ways:
            stream = io.BytesIO()
            picture.save(stream, kind, **way)
            found.append(stream.getvalue())
    return found


def _turned() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def good_arrays(kind: str) -> list[bytes]:
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (9, 18, 16), dtype=np.uint8)
    if kind in ("idx", "idx.gz"):
        content = struct.pack(">4B3I", 0, 0, 8, 3, *images.shape) + images.tobytes()
        floats = struct.pack(">4B3I", 0, 0, 13, 3, *images.shape) + (images / 255).astype(">f4").tobytes()
        return [gzip.compress(one, mtime=0) if kind == "idx.gz" else one for one in (content, floats)]
    found = []
    for array in (images, (images / 255).astype("f4"), np.asfortranarray(images), images.astype("<u2") * 9):
        stream = io.BytesIO()
        if kind == "npy":
            np.save(stream, array)
        else:
            save = np.savez if len(found) % 2 else np.savez_compressed
            save(stream, x_train=array, y_train=np.arange(9), x_test=array[:2], y_test=np.arange(2))
        found.append(stream.getvalue())
    return found


def good_tables() -> list[bytes]:
    names = [f"{number}.png" for number in range(9)]
    rows = [f"{name},{number % 3},{number * 0.5}" for number, name in enumerate(names)]
    return [
        "\n".join(["filename,label,angle", *rows]).encode(),
        "\r\n".join(rows).replace(",", ";").encode("utf-8-sig"),
        "\n".join(f'"{number % 2}"' for number in range(9)).encode(),
        "\n".join(["a\tb\tc", *(f"{n}\t{n}e3\tnan" for n in range(9))]).encode("utf-16"),
    ]


def damaged(content: bytes, rng: random.Random) -> bytes:
    """The content with up to four changes."""
    work = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        place = rng.randrange(len(work) + 1) if rng.random() < 0.5 else rng.randrange(min(len(work), 64) + 1)
        way = rng.randrange(7)
        if way == 0 and place < len(work):
            work[place] ^= 1 << rng.randrange(8)
        elif way == 1:
            work[place : place + 1] = bytes([rng.choice((0, 1, 127, 128, 255, rng.randrange(256)))])
        elif way == 2:
            value = rng.choice((0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, rng.randrange(2**32)))
            work[place : place + 4] = value.to_bytes(4, rng.choice(("little", "big")))
        elif way == 3:
            del work[place : place + rng.choice((1, 2, 9, len(work)))]
        elif way == 4:
            work[place:place] = rng.randbytes(rng.choice((1, 4, 40)))
        elif way == 5:
            other = rng.randrange(len(work) + 1)
            work[place:place] = work[other : other + rng.choice((1, 8, 64))]
        else:
            work[place : place + 8] = rng.randbytes(8)
    return bytes(work)


def with_checksums(content: bytes) -> bytes:
    """A PNG file with the checksums of its chunks made right."""
    work, place = bytearray(content), 8
    while place + 12 <= len(work):
        length = int.from_bytes(work[place : place + 4], "big")
        end = place + 8 + length
        if end + 4 > len(work):
            break
        work[end : end + 4] = zlib.crc32(work[place + 4 : end]).to_bytes(4, "big")
        place = end + 4
    return bytes(work)


def packed_anew(content: bytes, rng: random.Random) -> bytes:
    """An archive whose members are damaged and the archive is not."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in archive.namelist():
            member = archive.read(name)
            new.writestr(name, damaged(member, rng) if rng.random() < 0.5 else member)
    return stream.getvalue()


def damaged_input(kind: str, content: bytes, rng: random.Random) -> bytes:
    anew = rng.random() < 0.5
    if kind == "png" and anew:
        return with_checksums(damaged(content, rng))
    if kind == "npz" and anew:
        return packed_anew(content, rng)
    if kind == "idx.gz" and anew:
        return gzip.compress(damaged(gzip.decompress(content), rng), mtime=0)
    return damaged(content, rng)


def reader(kind: str, folder: Path) -> Callable[[bytes, random.Random], None]:
    """Puts a content on disk and reads it. Raises DamagedError or UserError where it is refused."""
    path = folder / f"input.{kind}"
    if kind == "idx.gz":
        path = folder / "train-images-idx3-ubyte.gz"
    if kind in PICTURES:

        def picture(content: bytes, rng: random.Random) -> None:
            path.write_bytes(content)
            with reading_images():
                header = read_header(path)
                if header.depth != "byte":
                    read_values(path)
                image = read_image(path, rng.choice(TARGETS))
            assert image.dtype == np.uint8
            assert image.shape[:2] == (16, 18)

        return picture
    if kind == "csv":
        np.save(folder / "images.npy", np.zeros((9, 16, 16), np.uint8))
        (folder / "few").mkdir(exist_ok=True)
        for number in range(9):
            Image.new("L", (16, 16)).save(folder / "few" / f"{number}.png")

        def table(content: bytes, rng: random.Random) -> None:
            path.write_bytes(content)
            source = folder / ("few" if rng.random() < 0.1 else "images.npy")
            from vae_explorer.data.options import ImageOptions
            from vae_explorer.data.sources import find_source

            columns = find_source(str(source), ImageOptions(labels=str(path))).columns
            assert len(columns.values) == 9
            assert columns.labels is None or columns.labels.max() < len(columns.class_names)

        return table

    def arrays(content: bytes, rng: random.Random) -> None:
        path.write_bytes(content)
        dataset = load_dataset(str(path))
        assert len(dataset.images) == len(dataset.held_out) == dataset.info.images
        if rng.random() < 0.1:
            inspect_data(str(path))

    return arrays


def main() -> None:
    kind, count, seed, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    warnings.simplefilter("error")
    good = good_pictures(kind) if kind in PICTURES else good_tables() if kind == "csv" else good_arrays(kind)
    read = reader(kind, folder)
    for content in good:
        if kind != "csv":
            read(content, random.Random(0))
    signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    accepted, longest = 0, 0.0
    for number in range(count):
        rng = random.Random(seed * 10**9 + number)
        content = damaged_input(kind, rng.choice(good), rng)
        began = time.perf_counter()
        signal.alarm(SECONDS)
        refusal = "read"
        try:
            read(content, rng)
            accepted += 1
        except (DamagedError, UserError) as error:
            refusal = str(error)
        except BaseException:  # noqa: BLE001 - what must not be: keep it and tell
            traceback.print_exc()
            (folder / f"failed-{number}").write_bytes(content)
            print(f"input {number} of {kind}, seed {seed}: {content[:3000].hex()}", file=sys.stderr)
            sys.exit(1)
        finally:
            signal.alarm(0)
        assert refusal.isprintable(), repr(refusal)
        assert refusal
        longest = max(longest, time.perf_counter() - began)
    print(json.dumps({"read": accepted, "refused": count - accepted, "longest": longest, "MB": most_memory()}))


if __name__ == "__main__":
    main()
