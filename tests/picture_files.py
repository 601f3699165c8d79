"""Reading pictures back: what an SVG and a PDF hold as text, as images and as shapes."""

import base64
import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from pypdf import PdfReader

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"


def svg_texts(path: Path) -> list[str]:
    """The text elements of an SVG, in order."""
    return ["".join(element.itertext()) for element in ElementTree.parse(path).iter(f"{SVG}text")]


def svg_shapes(path: Path, tag: str) -> int:
    """How many elements of this name an SVG has."""
    return sum(1 for _ in ElementTree.parse(path).iter(f"{SVG}{tag}"))


def svg_images(path: Path) -> list[NDArray[np.uint8]]:
    """The images in an SVG: (height, width, 3)."""
    found = []
    for element in ElementTree.parse(path).iter(f"{SVG}image"):
        content = base64.b64decode(element.attrib[f"{XLINK}href"].partition("base64,")[2])
        with Image.open(io.BytesIO(content)) as image:
            found.append(np.asarray(image.convert("RGB")))
    return found


def pdf_text(path: Path) -> str:
    """The text of a PDF, on one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


def pdf_fonts(path: Path) -> list[str]:
    """How each font of a PDF is embedded, such as /FontFile2, which is TrueType."""
    fonts = PdfReader(path).pages[0]["/Resources"]["/Font"].values()
    kinds = []
    for font in fonts:
        described = font.get_object()
        described = described.get("/DescendantFonts", [described])[0].get_object()
        kinds += [key for key in described["/FontDescriptor"].get_object() if key.startswith("/FontFile")]
    return kinds


def pdf_images(path: Path) -> list[NDArray[np.uint8]]:
    """The images in a PDF, whose matrices turn them over: upright, (height, width, 3)."""
    return [np.asarray(image.image.convert("RGB"))[::-1] for image in PdfReader(path).pages[0].images]
