"""The value range of runs that were made before runs kept it, so that their images can be read again."""

from vae_explorer.data.fitting import BIT, BYTE, Kind, Scale, Scales
from vae_explorer.data.options import ImageOptions
from vae_explorer.data.value_sample import Values, ValueSample

USUAL = ((0, 1), (-1, 1), (0, 255))  # ranges of floats


def older_scales(seen: ValueSample, options: ImageOptions, files: bool) -> Scales:
    """The scales that the program decided on from the least and the largest value alone.

    files: whether the images are files of their own; 8-bit ones were always 0 to 255.
    """
    if options.value_range is not None:
        scale = Scale(*options.value_range)
        return Scales(scale, scale, scale)
    byte = seen.kinds.get("byte")
    bits = byte is not None and byte.high == 1 and not files
    return Scales(BIT if bits else BYTE, _older(seen, "integer", BYTE), _older(seen, "real", BIT))


def _older(seen: ValueSample, kind: Kind, otherwise: Scale) -> Scale:
    values = seen.kinds.get(kind)
    if values is None:
        return otherwise
    if kind == "integer" and values.low >= 0:
        bits = max(8, int(values.high).bit_length())
        return Scale(0, 2.0 ** next((usual for usual in (8, 10, 12, 14, 16) if bits <= usual), bits) - 1)
    if kind == "real":
        fitting = next((pair for pair in USUAL if pair[0] <= values.low and values.high <= pair[1]), None)
        if fitting is not None:
            return Scale(*fitting)
    return _least_to_largest(values)


def _least_to_largest(values: Values) -> Scale:
    return Scale(values.low, values.high if values.high > values.low else values.low + 1)
