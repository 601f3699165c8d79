"""run/lowered.py: a lowered decoder is read back from its file, and any other file is refused with one sentence."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.run import lowered as module
from vae_explorer.run.lowered import Lowered, Operation, pack, read

Arrays = dict[str, Any]


def a_decoder() -> Lowered:
    random = np.random.default_rng(0)
    shapes = (2, 12), (12,), (3, 2, 3, 5), (5,), (4,)
    settings = {"strides": (2, 1), "dilation": (1, 1), "offset": (1, 0)}
    return Lowered(
        (
            Operation("dense", (0,), (12,), (0, 1)),
            Operation("reshape", (1,), (2, 2, 3)),
            Operation("transposed_convolution", (2,), (4, 4, 5), (5, 3), settings),
            Operation("convolution", (3,), (2, 4, 5), (6, 3), settings),
            Operation("elu", (4,), (2, 4, 5), settings={"alpha": 0.5}),
            Operation("concatenate", (4, 5), (2, 8, 5), settings={"axis": 1}),
            Operation("add", (6, 6), (2, 8, 5)),
            Operation("padding", (7,), (2, 3, 5), settings={"offset": (0, -2)}),
            Operation("upsample_nearest", (8,), (4, 6, 5)),
            Operation("sigmoid", (9,), (4, 6, 5)),
            Operation("permute", (10,), (4, 6, 5), settings={"axes": (0, 1, 2)}),
        ),
        tuple(random.normal(size=shape).astype(np.float32) for shape in (*shapes, (3, 2, 2, 5), (2, 2, 5, 5))),
        random.normal(size=(8, 2)).astype(np.float32),
        random.uniform(size=(8, 4, 6, 5)).astype(np.float32),
    )


@pytest.fixture(scope="module")
def content() -> bytes:
    return pack(a_decoder())


def with_member(name: str, data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(name, data)
    return buffer.getvalue()


def test_what_is_written_is_read_back(content: bytes) -> None:
    written, found = a_decoder(), read(content)
    assert found.operations == written.operations
    assert found.described() == written.described()
    for ours, theirs in zip(found.weights, written.weights, strict=True):
        assert ours.dtype == np.float32
        assert np.array_equal(ours, theirs)
    assert np.array_equal(found.check_codes, written.check_codes)
    assert np.array_equal(found.check_images, written.check_images)


def test_the_same_decoder_makes_the_same_file(content: bytes) -> None:
    assert pack(a_decoder()) == content


def test_its_shapes_are_known(content: bytes) -> None:
    found = read(content)
    assert (found.latent_dim, found.image_shape) == (2, (4, 6, 5))


def test_its_description_is_plain_json() -> None:
    described = a_decoder().described()
    assert json.loads(json.dumps(described)) == described
    assert described["operations"][0] == {
        "kind": "dense", "inputs": [0], "shape": [12], "weights": [0, 1], "settings": {},
    }  # fmt: skip
    assert described["weights"][0] == [2, 12]


@pytest.mark.parametrize("kept", [0, 10, 0.3, 0.9, 0.999])
def test_a_file_cut_off_is_refused(content: bytes, kept: float) -> None:
    with pytest.raises(UserError, match="damaged"):
        read(content[: int(kept * len(content)) if kept < 1 else int(kept)])


def test_damage_anywhere_is_refused_or_harmless(content: bytes) -> None:
    random = np.random.default_rng(0)
    for position in random.integers(0, len(content), 300):
        damaged = bytearray(content)
        damaged[position] ^= 1 << random.integers(8)
        try:
            found = read(bytes(damaged))
        except UserError:
            continue
        assert found.described() == a_decoder().described()


def step(number: int, **fields: Any) -> Callable[[dict[str, Any], Arrays], None]:
    return lambda described, _: described["operations"][number].update(fields)


def setting(number: int, **settings: Any) -> Callable[[dict[str, Any], Arrays], None]:
    return lambda described, _: described["operations"][number]["settings"].update(settings)


def array(name: str, value: Any) -> Callable[[dict[str, Any], Arrays], None]:
    return lambda _, arrays: arrays.update({name: value})


@pytest.mark.parametrize(
    "change",
    [
        lambda described, _: described.update(format=2),
        lambda described, _: described.update(latent_dim=3),
        lambda described, _: described.update(weights=[]),
        lambda described, _: described.update(operations=[]),
        lambda described, _: described.update(operations=described["operations"] * 2000),
        lambda described, _: described.clear(),
        lambda described, _: described["operations"][0].pop("shape"),
        lambda described, _: described["operations"].__delitem__(slice(-3, None)),
        lambda _, arrays: arrays.pop("weight_3"),
        step(0, kind="evil"),
        step(0, kind=["dense"]),
        step(0, inputs=[]),
        step(0, inputs=[0, 0]),
        step(0, inputs=[1]),
        step(0, inputs=[-1]),
        step(0, inputs=[False]),
        step(0, inputs=7),
        step(0, shape=[13]),
        step(0, shape=[12.0]),
        step(0, shape=[-12]),
        step(0, shape=[]),
        step(0, weights=[0, 99]),
        step(0, weights=[0, -6]),
        step(0, weights=[0]),
        step(0, settings={"more": 1}),
        step(1, shape=[2, 2, 4]),
        step(1, shape=[1] * 9 + [12]),
        step(3, shape=[2, 4, 6]),
        step(5, inputs=[0, 5]),
        step(6, inputs=[5, 6]),
        step(7, shape=[2, 3, 4]),
        step(7, shape=[2, 2**27, 5]),
        step(8, shape=[5, 6, 5]),
        step(9, shape=[4, 6, 1]),
        setting(2, strides=[2]),
        setting(2, strides=[0, 1]),
        setting(2, strides=2),
        setting(2, strides=[2**25, 1]),
        setting(3, dilation=[2**20, 2**20]),
        setting(3, offset=[2**40, 0]),
        setting(3, offset=[0.5, 0]),
        setting(4, alpha=None),
        setting(4, alpha="1"),
        setting(4, alpha=True),
        setting(4, alpha=float("nan")),
        setting(5, axis=3),
        setting(5, axis=1.0),
        step(10, shape=[4, 5, 6]),
        setting(10, axes=[1, 0, 2]),
        setting(10, axes=[0, 1, 1]),
        setting(10, axes=[0, 1]),
        setting(10, axes=[0, 1, 2.0]),
        setting(10, axes=[False, 1, 2]),
        setting(10, axes=7),
        array("weight_0", np.zeros((2, 12))),
        array("weight_0", np.full((2, 12), np.nan, np.float32)),
        array("weight_0", np.zeros((2, 13), np.float32)),
        array("weight_0", np.zeros((2, 12), np.int32)),
        array("weight_9", np.zeros(3, np.float32)),
        array("check_codes", np.zeros((8, 3), np.float32)),
        array("check_codes", np.zeros((), np.float32)),
        array("check_codes", np.zeros((7, 2), np.float32)),
        array("check_images", np.full((8, 4, 6, 5), 2, np.float32)),
        array("check_images", np.zeros((8, 6, 4, 5), np.float32)),
        array("operations", "[" * 100_000),
    ],
)
def test_what_does_not_fit_is_refused(content: bytes, change: Callable[[dict[str, Any], Arrays], None]) -> None:
    with np.load(io.BytesIO(content)) as file:
        arrays = dict(file)
    described = json.loads(str(arrays.pop("operations")))
    change(described, arrays)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **({"operations": json.dumps(described)} | arrays))
    with pytest.raises(UserError, match=r"^The lowered decoder is damaged: .*\.$"):
        read(buffer.getvalue())


def test_an_array_that_claims_more_than_is_there_is_refused() -> None:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "<f4", "fortran_order": False, "shape": (2**45,)})
    with pytest.raises(UserError):
        read(with_member("weight_0.npy", buffer.getvalue()))


def test_pickled_objects_are_refused() -> None:
    buffer = io.BytesIO()
    np.save(buffer, np.array([{}]), allow_pickle=True)
    with pytest.raises(UserError):
        read(with_member("operations.npy", buffer.getvalue()))


def test_what_would_unpack_to_too_much_is_refused(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    with pytest.raises(UserError, match="too large"):
        read(content)


def test_values_of_too_many_numbers_are_refused() -> None:
    side = 2**13
    operations = (Operation("dense", (0,), (1,), (0, 1)), Operation("reshape", (1,), (1, 1, 1)))
    wide = (*operations, Operation("upsample_nearest", (2,), (side, 1, 1)))
    weights = np.ones((1, 1), np.float32), np.ones(1, np.float32)
    codes, images = np.zeros((1, 1), np.float32), np.zeros((1, side, 1, 1), np.float32)
    Lowered(wide, weights, codes, images)
    vast = (*wide, Operation("upsample_nearest", (3,), (side, side, 1)))
    with pytest.raises(ValueError, match="too large"):
        Lowered(vast, weights, codes, images)


def test_a_kernel_that_would_take_minutes_is_refused() -> None:
    settings = {"strides": (1, 1), "dilation": (1, 1), "offset": (1000, 1000)}
    with pytest.raises(ValueError, match="too large"):
        Lowered(
            (
                Operation("dense", (0,), (64 * 64,), (0, 1)),
                Operation("reshape", (1,), (64, 64, 1)),
                Operation("convolution", (2,), (64, 64, 1), (2, 3), settings),
            ),
            tuple(np.zeros(shape, np.float32) for shape in ((2, 4096), (4096,), (2100, 2100, 1, 1), (1,))),
            np.zeros((8, 2), np.float32),
            np.zeros((8, 64, 64, 1), np.float32),
        )
