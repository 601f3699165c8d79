"""The magnification factor of the decoder."""

from vae_explorer.exploring.fields import OPACITIES, MagnificationField
from vae_explorer.gui.explorer.layers.field_layer import FieldLayer
from vae_explorer.gui.explorer.layers.scale_key import ScaleKey


class MagnificationLayer(FieldLayer):
    name = "magnification"
    title = "Magnification of the decoder"
    decodes = True
    sentence = (
        "sqrt(det J^T J) of the decoder: how fast images change with z, on a logarithmic scale. High where classes "
        "meet: there a small step changes the image a lot. Low does not mean that the decoder can be trusted: far from "
        "all data images hardly change. In more than two dimensions it is that of the plane through the handle, with "
        "all others held fixed."
    )

    def __init__(self) -> None:
        super().__init__(MagnificationField(), ScaleKey("magnification", OPACITIES))
