"""The regions of the classes, by the votes of the nearest codes."""

from vae_explorer.exploring.fields import RegionsField
from vae_explorer.gui.explorer.layers.field_layer import FieldLayer
from vae_explorer.gui.explorer.layers.scale_key import ScaleKey
from vae_explorer.latent.regions import VOTERS


class RegionsLayer(FieldLayer):
    name = "regions"
    title = "Regions of the classes"
    sentence = (
        f"The classes of the {VOTERS} nearest codes, their colours mixed by votes; pale where the vote is close, and "
        "blank far from all codes. A class with many images outvotes one with few. In more than two dimensions codes "
        "vote by where they are projected, even if they are far apart in the others."
    )

    def __init__(self) -> None:
        super().__init__(RegionsField(), ScaleKey("", (0.0, 0.0)))
