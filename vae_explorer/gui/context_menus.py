"""The menus of a right click in the Explorer: on the map, on a point, and on the images beside the map."""

from functools import partial

from PySide6.QtCore import QObject, QPoint, QPointF, Qt
from PySide6.QtWidgets import QMenu, QWidget

from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.menus import Menus

OF_THE_IMAGE = "copyImageAction", "saveImageAction", "pathHandleAction", "addBookmarkAction", "imageDisplayAction"


class ContextMenus(QObject):
    """Opens them; each has the entries of the menu bar, or those of one image of the data."""

    def __init__(self, explorer: ExplorerTab, menus: Menus) -> None:
        super().__init__(explorer)
        self._explorer, self._menus = explorer, menus
        menus.on_map.setTitle("&Map")
        explorer.view.menu_wanted.connect(self._open_on_map)
        panel = explorer.panel
        for widget, slot in (
            (panel.image, self._open_on_decoded),
            (panel.original, partial(self._open_on_nearest, panel.original)),
            (panel.reconstruction, partial(self._open_on_nearest, panel.reconstruction)),
            (panel.nearest, partial(self._open_on_nearest, panel.nearest)),
        ):
            widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            widget.customContextMenuRequested.connect(slot)

    def _open_on_map(self, place: QPoint) -> None:
        view = self._explorer.view
        at = QPointF(view.mapFromGlobal(place))
        row = None if view.handle.offset(at) is not None else view.hover.row_at(at)
        if row is None:
            self._menus.on_map.popup(place)
        else:
            self._open_for(row, place)

    def _open_on_decoded(self, at: QPoint) -> None:
        menu = QMenu(self._explorer)
        menu.setObjectName("decodedImageMenu")
        menu.setToolTipsVisible(True)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self._menus.action(name) for name in OF_THE_IMAGE])
        menu.addMenu("Copy as &Python").addAction(self._menus.action("copyImageScriptAction"))
        menu.popup(self._explorer.panel.image.mapToGlobal(at))

    def _open_on_nearest(self, widget: QWidget, at: QPoint) -> None:
        strip = self._explorer.panel.nearest
        row = strip.row_at(QPointF(at)) if widget is strip else next(iter(strip.rows), -1)
        if row >= 0:
            self._open_for(row, widget.mapToGlobal(at))

    def _open_for(self, row: int, place: QPoint) -> None:
        from vae_explorer.gui.explorer.image_menu import ImageMenu  # which the launch does not need

        subject = self._explorer.selection.subject
        if subject is not None:
            menu = ImageMenu(self._explorer, subject, row)
            menu.addSeparator()
            menu.addMenu(self._menus.on_map)
            menu.popup(place)
