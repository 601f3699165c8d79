"""Tables of texts in CSV files: their encoding, delimiter, header and numbers."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from vae_explorer.array_types import Doubles
from vae_explorer.errors import UserError
from vae_explorer.files import read_at_most

MOST_BYTES = 500_000_000  # limit for a CSV file
MOST_COLUMNS = 1000
LOOKED_AT = 100  # rows by which delimiter and header are found
DELIMITERS = "\t;|,"  # in a table that several of them divide evenly, commas are more likely decimal commas
DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d*)(,\d+)?(e[+-]?\d+)?", re.IGNORECASE)
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
FILE_ENDING = re.compile(r"\.[a-z][a-z0-9]{1,4}\s*$", re.IGNORECASE)
UNKNOWN = frozenset(("nan", "n/a", "#n/a", "null", "<na>"))  # cells of programs that know no value, in lower case
# Usual names of the columns of file names and of labels, in lower case.
FILE_WORDS = frozenset((
    "filename", "filenames", "file", "file_name", "file name", "files", "path", "filepath", "file_path", "image",
    "images", "image_name", "image_id", "imageid", "image id", "image index", "image_path", "img", "name", "id",
    "datei", "dateiname", "bild", "bildname", "fichier", "nom", "archivo", "nombre", "imagen", "arquivo", "imagem",
    "img_name", "immagine", "bestand", "файл", "имя", "изображение", "文件", "文件名", "图像", "画像",
))  # fmt: skip
LABEL_WORDS = frozenset((
    "label", "labels", "class", "classes", "category", "target", "targets", "y", "klasse", "klassen", "kategorie",
    "etikett", "classe", "catégorie", "categorie", "étiquette", "etiquette", "clase", "categoría", "etiqueta",
    "class_name", "class name", "class_id", "class id", "category_id", "label_name", "diagnosis", "dx", "emotion",
    "species", "breed", "digit",
    "categoria", "etichetta", "klass", "класс", "метка", "категория", "类别", "标签", "ラベル", "クラス",
))  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """R rows of C cells of text, without blanks around them."""

    header: tuple[str, ...]  # (C,), "column 1" and so on where the file has none
    columns: tuple[tuple[str, ...], ...]  # C columns of R cells
    notes: tuple[str, ...]  # sentences on how the file was read, where that is a guess

    @property
    def count(self) -> int:
        return len(self.columns[0])


def read_table(path: Path, is_name: Callable[[str], bool]) -> Table:
    """A table with or without a header. is_name: whether a cell names an image, so that its row is no header.

    UTF-8 and UTF-16 are read, and anything else as Windows-1252. Raises UserError if the file is no table.
    """
    text, notes = _decoded(path)
    rows = _rows(path, text)
    width = len(rows[0])
    uneven = next((number for number, row in enumerate(rows, start=1) if len(row) != width), None)
    if uneven is not None:
        raise UserError(f"{path}: row {uneven:,} has {len(rows[uneven - 1])} cells, the first has {width}.")
    if width > MOST_COLUMNS:
        raise UserError(f"{path} has {width:,} columns: up to {MOST_COLUMNS:,} are read.")
    if _is_header(rows, is_name):
        header, rows = tuple(rows[0]), rows[1:]
    else:
        header = tuple(f"column {number}" for number in range(1, width + 1)) if width > 1 else ("label",)
    if not rows:
        raise UserError(f"{path} holds a header but no rows.")
    return Table(header, tuple(zip(*rows, strict=True)), notes)


def numbers_of(column: Sequence[str]) -> Doubles | None:
    """A column as numbers, NaN for an empty cell; None if another cell is not a number, or all are empty.

    Commas are decimal commas, or mark thousands where all that have one have it there and are not written as 0,5.
    """
    if not any(column):
        return None
    numbers = [number_of(cell) if cell else np.nan for cell in column]
    if any(number is None for number in numbers):
        commas = [cell for cell in column if "," in cell]
        if commas and all(THOUSANDS.fullmatch(cell) for cell in commas) and any("." in cell or cell.count(",") > 1
                                                                                for cell in commas):  # fmt: skip
            numbers = [number_of(cell.replace(",", "")) if cell else np.nan for cell in column]
        elif all(DECIMAL_COMMA.fullmatch(cell) for cell in column):
            numbers = [number_of(cell.replace(".", "").replace(",", ".")) if cell else np.nan for cell in column]
        if any(number is None for number in numbers):
            return None
    found = np.array(numbers, np.float64)
    return np.where(np.abs(found) < np.finfo(np.float32).max, found, np.nan)


def number_of(cell: str) -> float | None:
    """The number that a cell holds, with a decimal point; None: it holds none."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def is_file_name(cell: str) -> bool:
    """Whether a cell ends as the name of a file does."""
    return FILE_ENDING.search(urlsplit(cell).path if "://" in cell else cell) is not None


def _decoded(path: Path) -> tuple[str, tuple[str, ...]]:
    content = read_at_most(path, MOST_BYTES, "a file of labels")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace"), (f"{path.name} was read as UTF-16.",)
    for encoding, zeros in (("utf-16-le", content[1:200:2]), ("utf-16-be", content[0:200:2])):
        if zeros.count(0) * 2 > len(zeros):  # every second byte of most letters is zero
            return content.decode(encoding, "replace"), (f"{path.name} was read as UTF-16.",)
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        note = f"{path.name} is not in UTF-8: it was read as Windows-1252; if letters are wrong, save it as UTF-8."
        return content.decode("cp1252", "replace"), (note,)


def _rows(path: Path, text: str) -> list[list[str]]:
    try:
        rows = [
            ["" if cell.strip().lower() in UNKNOWN else cell.strip() for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), skipinitialspace=True)
        ]
    except csv.Error as error:
        raise UserError(f"{path} cannot be read as a table: {error}.") from error
    if rows and len(rows[0]) <= 2 and rows[0] and rows[0][0].lower().startswith("sep="):
        rows = rows[1:]  # Excel's line that names the delimiter
    rows = [row for row in rows if any(row)]
    while len(rows) > 1 and rows[0][0].startswith("#") and len(rows[0]) != len(rows[1]):
        rows = rows[1:]  # a comment
    if not rows:
        raise UserError(f"{path} holds no rows.")
    return rows


def _delimiter(text: str) -> str:
    """The delimiter that divides the first rows into equally many cells, or else the most frequent in the first."""
    first = text.partition("\n")[0]
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return first[4]
    some = text[:100_000].splitlines()[:LOOKED_AT]
    for delimiter in DELIMITERS:
        try:
            widths = {len(row) for row in csv.reader(some, delimiter=delimiter) if row}
        except csv.Error:
            continue
        if len(widths) == 1 and widths != {1}:
            return delimiter
    return max(DELIMITERS[::-1], key=first.count)


def _is_header(rows: list[list[str]], is_name: Callable[[str], bool]) -> bool:
    """Whether the first row names the columns.

    It does if a cell is a usual word, or of another kind than all cells below, or unlike each of the few below it.
    """
    below = list(zip(*rows[1 : LOOKED_AT + 1], strict=True))
    if not below:
        return bool({cell.lower() for cell in rows[0]} & (FILE_WORDS | LABEL_WORDS))
    pairs = list(zip(rows[0], below, strict=True))
    if any(is_file_name(cell) and sum(map(is_file_name, column)) * 2 > len(column) for cell, column in pairs):
        return False
    if any(cell.lower() in FILE_WORDS | LABEL_WORDS and cell not in column for cell, column in pairs):
        return True
    if any(not is_file_name(cell) and all(map(is_file_name, column)) for cell, column in pairs):
        return True
    if any(cell and numbers_of([cell]) is None and numbers_of(column) is not None for cell, column in pairs):
        return True
    if any(is_name(cell) for cell in rows[0]) or any(numbers_of(column) is not None for column in below):
        return False
    repeated = [(cell, column) for cell, column in pairs if len(set(column)) * 2 <= len(column)]
    return bool(repeated) and all(cell and cell not in column for cell, column in repeated)
