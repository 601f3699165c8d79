"""The ranges of the pixels that decoders give and encoders take, as their values and their layers show them."""

from vae_explorer.run.imported import Ending, ImportedDecoder, InputRange

SLACK = 1e-4  # rounding errors may exceed a range by this share of it
NEAR = 0.9  # least absolute value that a tanh reaches; other outputs in [-1, 1] rarely do
BEYOND = 1.5  # absolute value above which values cannot be pixels in -1 to 1
BYTES = 16  # least value, reached for some latent code, that shows pixels in 0 to 255
LOGITS = 64  # value that logits exceed rarely, unless they reach about as far below 0
# Black and white. A sigmoid ends in 0 to 1 and tanh in -1 to 1; logits have neither black nor white.
RANGES: dict[Ending | InputRange, tuple[int, int]] = {
    "sigmoid": (0, 1), "tanh": (-1, 1), "0..255": (0, 255), "0..1": (0, 1), "-1..1": (-1, 1),
}  # fmt: skip


def ending_of(low: float, high: float) -> Ending | None:
    """How values from `low` to `high`, for latent codes from the prior, are read; None: they may be read in two ways.

    A decoder of 0 to 255 that ends in a linear layer may reach a little below 0.
    """
    if low >= -SLACK and high <= 1 + SLACK:
        return "sigmoid"
    if low >= -1 - SLACK and high <= 1 + SLACK and max(-low, high) >= NEAR and low < -0.5:
        return "tanh"
    if low >= -255 * SLACK and BYTES < high <= 255 * (1 + SLACK):
        return "0..255"
    if low < 0 and max(-low, high) > BEYOND and (high < LOGITS or -low > high / 4):
        return "logits"
    return None


def is_outside(decoder: ImportedDecoder) -> bool:
    """Whether the decoder was seen to give values outside the range of its pixels, which have to be clipped."""
    if decoder.ending == "logits":
        return False
    low, high = RANGES[decoder.ending]
    slack = SLACK * (high - low)
    return decoder.lowest < low - slack or decoder.highest > high + slack


def outside_note(decoder: ImportedDecoder) -> str:
    """A sentence on the values of a decoder that are clipped; "" if none are."""
    if not is_outside(decoder):
        return ""
    low, high = RANGES[decoder.ending]
    return (
        f"The decoder {decoder.file} gives values from {decoder.lowest:.3g} to {decoder.highest:.3g}: those below "
        f"{low} become black and those above {high} white; if that ruins its images, choose another --output."
    )
