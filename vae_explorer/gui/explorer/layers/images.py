"""The map as images: what the decoder draws everywhere in the plane, decoded anew as the map pans and zooms."""

from PySide6.QtCore import Signal

from vae_explorer.array_types import Floats
from vae_explorer.exploring.image_cells import ImageSource
from vae_explorer.exploring.image_map import Drawing
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.images_item import ImagesItem
from vae_explorer.gui.explorer.layers.layer import MapLayer
from vae_explorer.latent.plane import Plane

DARK, BRIGHT = 100, 150  # mean levels below and above which images are a dark or a light ground; between: as before
SEEN = 0.5  # least opacity of images that are a ground
EVERY = 16  # every n-th pixel is enough for a mean
SIDES = {f"{side} px": side for side in (24, 40, 64)}  # about the pixels of an image on the screen


class ImagesLayer(MapLayer):
    """Off over latent codes until somebody wants it; on for a subject without any."""

    name = "images"
    title = "Images"
    sentence = (
        "What the decoder draws at each place of the plane, through the handle in more than two dimensions. It draws "
        "an image everywhere, also where no data are: look at the density before you believe one."
    )
    ground_changed = Signal(object)  # True: what lies above has a dark ground; False: a light one; None: as before

    choices = tuple(SIDES)
    usual_choice = "40 px"

    def __init__(self) -> None:
        self.images = ImagesItem()
        super().__init__(self.images)
        self._subject: Subject | None = None
        self._source: ImageSource | None = None
        self._dark: bool | None = None  # whether the images are dark, as far as it is known
        self.images.use_side(SIDES[self.choice])
        self.images.filled.connect(self._look)
        self.images.errored.connect(lambda sentence: self._offer(sentence, self._default_on))
        self._offer(default_on=False)

    def show(self, subject: Subject) -> None:
        before, self._subject, self._source = self._subject, subject, None
        if before is None or (before.images_key, before.image_shape) != (subject.images_key, subject.image_shape):
            self.images.forget()
        self._offer(default_on=not len(subject.plane))

    def go(self, code: Floats, plane: Plane) -> None:
        subject, source = self._subject, self._source
        if subject is None:
            return
        if source is None or source.plane is not plane:
            source = ImageSource(subject.decoder, subject.image_shape, plane)
        self._source = source
        self.images.show_source(source, plane.point(code))

    def decoder_changed(self) -> None:
        subject, source = self._subject, self._source
        if subject is not None and source is not None:
            self._source = ImageSource(subject.decoder, subject.image_shape, source.plane)
            self.images.show_source(self._source, self.images.point)

    def end(self) -> None:
        self.images.end()

    def state_changed(self) -> None:
        self.images.use_side(SIDES[self.choice])
        if not self.active:
            self.images.free()
        self._tell_ground()

    def _look(self, drawing: Drawing) -> None:
        green = drawing.pixels[::EVERY, ::EVERY] >> 8 & 255  # which says most about the brightness
        mean = green.mean()
        if mean < DARK or mean > BRIGHT:
            self._dark = bool(mean < DARK)
        self._tell_ground()

    def _tell_ground(self) -> None:
        self.ground_changed.emit(self._dark if self.active and self.opacity >= SEEN else None)
