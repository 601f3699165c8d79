"""The gestures of mouse and keyboard on the map, as Help > Keyboard and mouse lists them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gesture:
    """A gesture and its effect, in words."""

    gesture: str
    effect: str


GESTURES = (
    Gesture("Press on the handle and drag, with the tool Explore or the tool Hand", "drags it"),
    Gesture(
        "Click on a point, with the tool Explore or the tool Hand",
        "the handle jumps to its code; its image and reconstruction are shown",
    ),
    Gesture("Click elsewhere, with the tool Explore", "the handle jumps there"),
    Gesture("Press elsewhere and drag, with the tool Explore", "the handle comes to the pointer and follows it"),
    Gesture("Press elsewhere and drag, with the tool Hand", "pans"),
    Gesture("Drag around points, with the tool Lasso", "selects the images of the points inside that are shown"),
    Gesture("Drag from corner to corner, with the tool Box", "selects the images of the points inside that are shown"),
    Gesture("Click on a point, with the tool Lasso or the tool Box", "selects its image; elsewhere: selects nothing"),
    Gesture("Shift or Ctrl and click on a point, with any tool", "adds its image to the selection, or toggles it"),
    Gesture("Shift or Ctrl and drag, with the tool Lasso or the tool Box", "adds what is inside, or toggles it"),
    Gesture(
        "Click, with the tool Path",
        "sets an anchor of the path: at the code of a point, of an own image or of the handle, or beside them",
    ),
    Gesture("Press on an anchor and drag, with the tool Path", "moves it; elsewhere: sets one and moves it"),
    Gesture("Right click on an anchor, Delete, with the tool Path", "removes it"),
    Gesture("Escape", "gives up the outline that is being drawn, else selects nothing"),
    Gesture("Middle or right button and drag, Alt and drag", "pans"),
    Gesture("Wheel, pinch", "zooms at the pointer"),
    Gesture("Right click", "opens the context menu"),
    Gesture("Double click", "fits the codes into the view"),
    Gesture("Click on the arrow at the edge, with any tool", "shows the handle, which is beyond the view"),
    Gesture("Drop an image file on the map", "encodes it by the open run, as a drawing is"),
    Gesture("Arrow keys, with Shift ten times as far", "move the handle"),
    Gesture("Plus, minus", "zooms at the handle"),
    Gesture("Space", "plays the training, or pauses it"),
    Gesture("Tab to the nearest images, then left and right, Return", "the handle jumps to the code of the image"),
    Gesture("E, V, L, B, P", "takes the tool Explore, Hand, Lasso, Box or Path"),
    Gesture("Click on an image around the handle; Tab to them, arrow keys, Return", "the handle jumps to its code"),
    Gesture("Click on an image of the gallery, Return", "the handle jumps to its code"),
    Gesture("Ctrl and click, Shift and click in the gallery, Space", "selects an image or not, or a range of them"),
    Gesture("Delete in the gallery", "takes the marked images out of the selection"),
    Gesture("Double click in the gallery, Ctrl+Return", "opens the original file"),
)
