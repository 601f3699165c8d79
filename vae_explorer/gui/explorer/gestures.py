"""The gestures of mouse and keyboard on the map, as Help > Keyboard and mouse lists them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gesture:
    """A gesture and its effect, in words."""

    gesture: str
    effect: str


GESTURES = (
    Gesture("Press on the handle and drag", "drags it"),
    Gesture("Click on a point", "the handle jumps to its code; its image and reconstruction are shown"),
    Gesture("Click elsewhere, with the tool Explore", "the handle jumps there"),
    Gesture("Press elsewhere and drag, with the tool Explore", "the handle comes to the pointer and follows it"),
    Gesture("Press elsewhere and drag, with the tool Hand", "pans"),
    Gesture("Middle or right button and drag, Alt and drag", "pans"),
    Gesture("Wheel, pinch", "zooms at the pointer"),
    Gesture("Right click", "opens the context menu"),
    Gesture("Double click", "fits the codes into the view"),
    Gesture("Arrow keys, with Shift ten times as far", "move the handle"),
    Gesture("Plus, minus", "zooms at the handle"),
    Gesture("Tab to the nearest images, then left and right, Return", "the handle jumps to the code of the image"),
    Gesture("E, V", "takes the tool Explore or Hand"),
    Gesture("Click on an image of the gallery, Return", "the handle jumps to its code"),
    Gesture("Ctrl and click, Shift and click in the gallery, Space", "selects an image or not, or a range of them"),
    Gesture("Delete in the gallery", "takes the marked images out of the selection"),
    Gesture("Double click in the gallery, Ctrl+Return", "opens the original file"),
)
