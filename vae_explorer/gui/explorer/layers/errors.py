"""The reconstruction error of the images, averaged over the neighbourhood."""

from vae_explorer.exploring.fields import OPACITIES, ErrorField
from vae_explorer.gui.explorer.layers.field_layer import FieldLayer
from vae_explorer.gui.explorer.layers.scale_key import ScaleKey


class ErrorLayer(FieldLayer):
    name = "error"
    title = "Reconstruction error"
    sentence = (
        "Root mean square difference of images and their reconstructions, pixels 0 to 1, averaged over the images near "
        "each point; blank where there are none. Large images of thick strokes have larger errors without being drawn "
        "worse. In more than two dimensions it averages over all images that are projected there."
    )

    def __init__(self) -> None:
        super().__init__(ErrorField(), ScaleKey("error", OPACITIES))
