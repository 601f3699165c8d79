"""The density of the aggregated posterior, as a shade and as contours, with the contours of the prior beside it."""

from vae_explorer.exploring.fields import SHADE, DensityField
from vae_explorer.gui.explorer.layers.field_layer import FieldLayer
from vae_explorer.gui.explorer.layers.scale_key import ScaleKey


class DensityLayer(FieldLayer):
    name = "density"
    title = "Density of the codes"
    sentence = (
        "The density of the aggregated posterior, the mean of q(z|x) over all images, shaded by its square root; the "
        "lines enclose 50, 80 and 95 % of it, and dashed ones of the prior. During a replay and a training only the "
        "means are known, and it is a kernel estimate (Scott's rule), which looks wider than it is. In more than two "
        "dimensions it sums over the others: dense places of the map may be empty where the handle is."
    )

    def __init__(self) -> None:
        super().__init__(DensityField(), ScaleKey("density", (0.0, SHADE)))
