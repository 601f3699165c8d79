"""Image files made on the fly."""

import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image


def noise(*shape: int, seed: int = 0, most: int = 256) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, most, shape).astype(np.uint8 if most <= 256 else np.uint16)


def write_pictures(folder: Path, count: int, *shape: int, seed: int = 0) -> None:
    """Grey or coloured PNG files of noise, 000.png, 001.png, ..."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, image in enumerate(noise(count, *shape, seed=seed)):
        Image.fromarray(image).save(folder / f"{number:03}.png")


def write_bomb(path: Path, side: int = 40_000) -> None:
    """A whole PNG of side x side black pixels: 200 MB unpacked from 1 MB, if anybody did."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packing = zlib.compressobj(1)
    rows = b"\0" * (1 + -(-side // 8)) * 1000
    content = b"".join(packing.compress(rows) for _ in range(side // 1000)) + packing.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", content) + chunk(b"IEND", b""))


def write_mixed_folder(folder: Path, each: int = 100) -> None:
    """Five classes of grey PNG, and what people have among them: damage, notes, other kinds, a bomb."""
    for number in range(5):
        write_pictures(folder / f"class {number}", each, 20, 16, seed=number)
    place = folder / "class 0"
    good = (place / "000.png").read_bytes()
    (place / "cut.png").write_bytes(good[: len(good) // 2])
    (place / "cut more.png").write_bytes(good[:20])
    (place / "no image.png").write_bytes(b"nothing of the kind")
    (folder / "readme.txt").write_text("about the images")
    (place / "notes.txt").write_text("more about them")
    Image.fromarray(noise(20, 16) > 127).save(place / "bit.png")
    Image.fromarray(noise(20, 16, most=4096)).save(place / "deep.png")
    Image.fromarray(noise(20, 16, 4), "CMYK").save(place / "cmyk.jpg")
    write_bomb(place / "bomb.png")
