"""File > Export HTML page: asks what the page is to hold."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from vae_explorer.exporting.origin import file_name
from vae_explorer.exporting.page.choosing import MOST_POINTS, PageOptions
from vae_explorer.exporting.page.paths import PagePath
from vae_explorer.gui.parts.save_dialog import ask_where
from vae_explorer.latent.plane import Plane, plane_note
from vae_explorer.run.decoder_class import class_note
from vae_explorer.run.groups import Groups
from vae_explorer.run.run import Run


class PageDialog(QDialog):
    """Asks what a run's page is to hold and where to save it: `chosen` brings the path and the PageOptions."""

    chosen = Signal(object, object)

    def __init__(
        self, run: Run, parent: QWidget, plane: Plane | None = None, label: int | None = None,
        groups: Groups | None = None, paths: tuple[PagePath, ...] = (),
    ) -> None:  # fmt: skip
        """plane: the plane of the page; None: the two dimensions that say most about the images. label: of the class
        that a conditional decoder decodes; None: the first one, or the decoder takes none. groups: by which the points
        are coloured; None: by their classes. paths: drawn on the map.
        """
        super().__init__(parent)
        self._plane, self._label, self._groups, self._paths = plane, label, groups, paths
        self.setObjectName("pageDialog")
        self.setWindowTitle("Export HTML page")
        self._name = file_name(run.info.name, "", ".html")
        count = len(run.codes.label)
        text = QLabel(
            "One file with the decoder inside: whoever opens it in a browser drags the point and sees your decoder at "
            "work, without Python and without a network connection."
        )
        text.setWordWrap(True)
        self.data = QCheckBox("Latent codes and real images")
        self.data.setObjectName("pageDataCheck")
        self.data.setChecked(count > 0)
        self.data.setEnabled(count > 0)  # a page that was exported without data has none
        self.data.setToolTip("The points of the map, and a few hundred held-out images to compare with")
        self.names = QCheckBox("Names of the image files")
        self.names.setObjectName("pageNamesCheck")
        self.names.setVisible(run.codes.columns.names is not None)
        self.names.setToolTip("Shown with the nearest real images; they may tell more than the images do")
        self.points = QSpinBox()
        self.points.setObjectName("pagePointsSpin")
        self.points.setRange(1, max(1, min(count, MOST_POINTS)))
        self.points.setValue(PageOptions().points)
        self.points.setGroupSeparatorShown(True)
        self.points.setSuffix(f" of {count:,}")
        self.points.setToolTip("How many latent codes are drawn, chosen at random; 10,000 add about 0.1 MB")
        self.points.setAccessibleName("Points")
        self.paths = QCheckBox(
            "The path on the map" if len(paths) == 1 else f"The path on the map, of {len(paths)} kinds"
        )
        self.paths.setObjectName("pagePathsCheck")
        self.paths.setChecked(bool(paths))
        self.paths.setVisible(bool(paths))
        self.paths.setToolTip("Whoever has the page can travel it, and sees it decoded there")
        self.plane = QLabel(plane_note(plane) if plane is not None else "")
        self.plane.setObjectName("pagePlaneNote")
        self.plane.setToolTip("The page is dragged in the plane that the explorer shows")
        self.plane.setWordWrap(True)
        self.plane.setVisible(plane is not None and plane.latent_dim > 2)
        self.of_class = QLabel(class_note(run.info, label))
        self.of_class.setObjectName("pageClassNote")
        self.of_class.setTextFormat(Qt.TextFormat.PlainText)
        self.of_class.setToolTip("The page decodes the class that the explorer shows; it cannot be changed in the page")
        self.of_class.setWordWrap(True)
        self.of_class.setVisible(bool(self.of_class.text()))
        self.of_groups = QLabel("The points are coloured by your groups, as on the map.")
        self.of_groups.setObjectName("pageGroupsNote")
        self.of_groups.setVisible(groups is not None)
        self.private = QLabel()
        self.private.setWordWrap(True)
        self.private.setProperty("muted", True)
        self.data.toggled.connect(self._show_private)
        form = QFormLayout()
        form.addRow("&Data", self.data)
        form.addRow("", self.names)
        form.addRow("&Points", self.points)
        form.addRow("", self.paths)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Save).setText("Save as HTML…")
        buttons.accepted.connect(self._ask)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(text)
        layout.addLayout(form)
        layout.addWidget(self.plane)
        layout.addWidget(self.of_class)
        layout.addWidget(self.of_groups)
        layout.addWidget(self.private)
        layout.addWidget(buttons)
        self.setMinimumWidth(460)
        self._show_private()

    def options(self) -> PageOptions:
        data, points, names = self.data.isChecked(), self.points.value(), self.names.isChecked()
        paths = self._paths if self.paths.isChecked() else ()
        return PageOptions(data, points, self._plane, names, self._label, self._groups, paths)

    def _show_private(self) -> None:
        self.points.setEnabled(self.data.isChecked())
        self.names.setEnabled(self.data.isChecked())
        self.of_groups.setEnabled(self.data.isChecked())
        if self.data.isChecked():
            self.private.setText("Whoever has the page has these images, class names and latent codes, too.")
        else:
            self.private.setText("The page holds the decoder alone: no latent codes, no images, no class names.")

    def _ask(self) -> None:
        path = ask_where(self, "Export an HTML page", self._name, "HTML pages (*.html)")
        if path is not None:
            self.chosen.emit(path, self.options())
            self.accept()
