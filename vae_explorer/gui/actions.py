"""All menu entries: their keys, and when and why an entry cannot be chosen."""

from PySide6.QtGui import QKeySequence

from vae_explorer.gui.about import open_log, show_about, show_keyboard_help, show_messages
from vae_explorer.gui.copying import without_script
from vae_explorer.gui.entries import ask_import, show_image_display, show_quality, take_settings, train_further
from vae_explorer.gui.explorer.position import ask_position, copy_position
from vae_explorer.gui.menus import Action, Menu
from vae_explorer.gui.shown import Shown
from vae_explorer.gui.training.taking import USE, why_not_further
from vae_explorer.gui.unready import (
    with_handle_in_view,
    without_image_to_paste,
    without_own_image,
    without_path,
    without_points,
    without_selection,
)
from vae_explorer.run.imported import ImportedModel

NOTHING_OPEN = "No run is open yet."


def without_subject(shown: Shown) -> str:
    """Why an action that needs a model to explore is disabled; empty if it is enabled."""
    return NOTHING_OPEN if shown.subject is None else ""


def without_codes(shown: Shown) -> str:
    """Why the map cannot be fitted to the codes; empty if it can."""
    if shown.subject is not None and not len(shown.subject.z_mean):
        return "This model came without latent codes: fit the map to the prior."
    return without_subject(shown)


def without_encoder(shown: Shown) -> str:
    """Why no image of the person's own can be encoded now; empty if one can."""
    if shown.subject is None:
        return NOTHING_OPEN
    return f"No image can be encoded: {shown.subject.why_no_encoder}" if shown.subject.encoder is None else ""


def without_run(shown: Shown) -> str:
    """Why an action that needs an open run is disabled; empty if it is enabled."""
    return NOTHING_OPEN if shown.run is None else ""


def without_shown_run(shown: Shown) -> str:
    """Why there are no bookmarks now; empty if there are some, or can be."""
    if shown.run is not None and shown.shown_run is None:
        return "Bookmarks are kept with a run, and the model in training is shown."
    return without_run(shown)


def without_snapshots(shown: Shown) -> str:
    """Why the open run's training can be neither played nor made a film of; empty if it can."""
    if shown.run is None or len(shown.snapshots) >= 2:
        return without_run(shown)
    return f"{shown.run.info.name} has kept no snapshots of its training."


def without_training_to_extend(shown: Shown) -> str:
    """Why the open run cannot be trained further now; empty if it can."""
    if shown.run is None:
        return NOTHING_OPEN
    reason = why_not_further(shown.run)
    return reason or ("A training has not ended yet: train the run further when it has." if shown.training else "")


def without_settings(shown: Shown) -> str:
    """Why the open run's settings cannot be used now; empty if they can."""
    if shown.run is None:
        return NOTHING_OPEN
    if isinstance(shown.run.info.origin, ImportedModel):
        return "This model was imported, so it has no training settings to use."
    return "A training has not ended yet: use the run's settings when it has." if shown.training else ""


def while_training(shown: Shown) -> str:
    """Why no images can be chosen for training now; empty if they can."""
    return "A training has not ended yet: open the images again when it has." if shown.training else ""


FILE = Menu(
    "&File",
    (
        Action("&Open run…", "openRunAction", lambda window: window.runs.ask_run(), keys="Ctrl+O"),
        Action("Open &page…", "openPageAction", lambda window: window.runs.ask_page(), keys="Ctrl+Shift+O"),
        Menu("Open &recent", name="recentMenu", fill=lambda window, menu: window.runs.fill_recent(menu)),
        Action("Open the &built-in run", "openBuiltinAction", lambda window: window.runs.open_builtin()),
        Action("R&uns…", "runsAction", lambda window: window.all_runs.show_table(), keys="Ctrl+Shift+R"),
        Action(
            "&Compare with…", "compareAction", lambda window: window.all_runs.ask_other(), refused=without_run,
        ),
        None,
        Action(
            "Open &images…", "openImagesAction", lambda window: window.images.ask(), keys="Ctrl+I",
            refused=while_training,
        ),
        Action(
            "Open c&lassifier…", "openClassifierAction", lambda window: window.classifiers.ask(),
            refused=without_subject,
        ),
        Action(
            "Remo&ve the classifier", "removeClassifierAction", make=lambda window: window.classifiers.removing(),
            refused=lambda _: "There is no classifier to remove.",
        ),
        Action("I&mport model…", "importModelAction", lambda window: ask_import(window), keys="Ctrl+Shift+I"),
        None,
        Action(
            "&Save image…", "saveImageAction", lambda window: window.exports.save_image(), keys="Ctrl+S",
            refused=without_subject, on_map=True,
        ),
        Action(
            "Export pic&ture…", "exportGridAction", lambda window: window.exports.export_picture(), keys="Ctrl+G",
            refused=without_subject, on_map=True,
        ),
        Action(
            "Export selectio&n…", "exportSelectionAction", lambda window: window.exports.ask_selection(),
            unready=without_points, refused=without_subject,
        ),
        Action(
            "Export &HTML page…", "exportHtmlAction", lambda window: window.exports.ask_page(), keys="Ctrl+E",
            refused=without_run,
        ),
        Action(
            "Export &animation…", "exportAnimationAction", lambda window: window.exports.ask_animation(),
            keys="Ctrl+Shift+E", refused=without_snapshots,
        ),
        None,
        Action("&Quit", "quitAction", lambda window: window.close(), keys="Ctrl+Q"),
    ),
)  # fmt: skip

# Some keys work only in certain widgets: elsewhere a letter selects an item of a list, and Ctrl+C copies text.
EDIT = Menu(
    "&Edit",
    (
        Action(
            "Undo", "undoAction", make=lambda window: window.explorer.moves.createUndoAction(window),
            keys=QKeySequence.StandardKey.Undo, heard="explorer",
            refused=lambda _: "There is no change of the map to undo.", on_map=True,
        ),
        Action(
            "Redo", "redoAction", make=lambda window: window.explorer.moves.createRedoAction(window),
            keys=QKeySequence.StandardKey.Redo, heard="explorer",
            refused=lambda _: "There is no undone change of the map to redo.", on_map=True,
        ),
        None,
        Action(
            "&Copy image", "copyImageAction", lambda window: window.explorer.copy_image(), keys="Ctrl+C",
            heard="explorer", refused=without_subject, on_map=True,
        ),
        Menu(
            "Copy a&s Python",
            (
                Action(
                    "Decoded &image", "copyImageScriptAction", lambda window: window.copying.copy_image(),
                    keys="Ctrl+Alt+C", refused=without_script,
                ),
                Action(
                    "Decoded &grid", "copyGridScriptAction", lambda window: window.copying.copy_grid(),
                    refused=without_script,
                ),
                Action(
                    "&Path", "copyPathScriptAction", lambda window: window.copying.copy_path(),
                    unready=without_path, refused=without_script,
                ),
                Action(
                    "&Map", "copyMapScriptAction", lambda window: window.copying.copy_map(), refused=without_script,
                ),
            ),
        ),
        Action(
            "&Paste an image", "pasteImageAction", lambda window: window.own.paste(), keys="Ctrl+V",
            heard="explorer", unready=without_image_to_paste, refused=without_encoder, on_map=True,
        ),
        Action(
            "&Draw an image…", "drawImageAction", lambda window: window.own.draw(), keys="Ctrl+D",
            heard="explorer", refused=without_encoder, on_map=True,
        ),
        None,
        Action(
            "Select &all shown", "selectAllAction", lambda window: window.explorer.by_hand.select_all(),
            keys=QKeySequence.StandardKey.SelectAll, heard="map", unready=without_points, refused=without_subject,
        ),
        Action(
            "&Invert the selection", "invertSelectionAction", lambda window: window.explorer.by_hand.invert(), keys="I",
            heard="map", refused=without_subject,
        ),
        Action(
            "New &group of the selection", "newGroupAction", lambda window: window.explorer.selecting.make_group(),
            keys="Ctrl+Shift+N", heard="explorer", unready=without_selection, refused=without_run,
        ),
        None,
        Action(
            "Add th&e handle to the path", "pathHandleAction", lambda window: window.explorer.path.add_handle(),
            keys="Shift+P", heard="map", refused=without_subject, on_map=True,
        ),
        Action(
            "Add your o&wn image to the path", "pathOwnAction", lambda window: window.explorer.path.add_own(),
            heard="explorer", unready=without_own_image, refused=without_encoder, on_map=True,
        ),
        None,
        Action(
            "Go to a &random point", "randomAction", lambda window: window.explorer.go_random(), keys="R",
            heard="map", refused=without_subject, on_map=True,
        ),
        Action(
            "Go &home", "homeAction", lambda window: window.explorer.go_home(), keys="H", heard="map",
            refused=without_subject, on_map=True,
        ),
        Action(
            "Go t&o…", "goToAction", lambda window: ask_position(window.explorer), keys="Ctrl+J", heard="explorer",
            refused=without_subject, on_map=True,
        ),
        Action(
            "Cop&y the position", "copyPositionAction",
            lambda window: window.toast.note(f"Copied {copy_position(window.explorer)}"), keys="Ctrl+Shift+C",
            heard="explorer", refused=without_subject, on_map=True,
        ),
        None,
        Action(
            "Add a &bookmark", "addBookmarkAction", lambda window: window.bookmarks.add(), keys="Ctrl+B",
            heard="explorer", refused=without_shown_run,
        ),
        Action(
            "Book&marks…", "bookmarksAction", lambda window: window.bookmarks.show(), keys="Ctrl+Shift+B",
            refused=without_shown_run,
        ),
    ),
)  # fmt: skip

RUN = Menu(
    "R&un",
    (
        Action(
            "Train &further…", "trainFurtherAction", lambda window: train_further(window), keys="Ctrl+T",
            refused=without_training_to_extend,
        ),
        Action(
            f"&{USE}", "takeSettingsAction", lambda window: take_settings(window),
            refused=without_settings,
        ),
    ),
)  # fmt: skip

VIEW = Menu(
    "&View",
    (
        Action("&Explorer", "showExplorerAction", lambda window: window.show_explorer(), keys="Ctrl+1"),
        Action("&Training", "showTrainingAction", lambda window: window.show_training(), keys="Ctrl+2"),
        Action(
            "&Fit to the codes", "fitMapAction", lambda window: window.explorer.view.fit("codes"), keys="F",
            heard="map", refused=without_codes, on_map=True,
        ),
        Action(
            "Fit to the pr&ior", "fitPriorAction", lambda window: window.explorer.view.fit("prior"), keys="Shift+F",
            heard="map", refused=without_subject, on_map=True,
        ),
        Action(
            "Show the &handle", "showHandleAction", lambda window: window.explorer.view.show_handle(), keys="Shift+H",
            heard="map", unready=with_handle_in_view, refused=without_subject,
        ),
        Action(
            "Pla&y the training", "playAction", lambda window: window.replay.bar.toggle(), refused=without_snapshots,
        ),
        Action(
            "Map &layers", "mapLayersAction", lambda window: window.explorer.layers_panel.toggle(), keys="Ctrl+L",
            heard="explorer", on_map=True,
        ),
        Action(
            "Selectio&n", "selectionAction", lambda window: window.explorer.selecting.toggle(), keys="Ctrl+Shift+L",
            heard="explorer", on_map=True,
        ),
        Action(
            "Aro&und the handle", "aroundAction", lambda window: window.explorer.around.toggle(), keys="Ctrl+Shift+A",
            heard="explorer", refused=without_subject, on_map=True,
        ),
        Action(
            "&Brightness and colours…", "imageDisplayAction", lambda window: show_image_display(window),
            refused=without_subject,
        ),
        None,
        Action(
            "&Quality…", "qualityAction", lambda window: show_quality(window), keys="Ctrl+Shift+Q",
            refused=without_run,
        ),
        Action(
            "&Performance overlay", "performanceOverlayAction", keys="Ctrl+Shift+P",
            switch=lambda window, on: window.explorer.show_overlay(on),
        ),
        Menu(
            "&Appearance",
            (
                Action(
                    "&System", "appearanceSystemAction", lambda window: window.appearance.choose("system"),
                    group="appearance",
                ),
                Action(
                    "&Light", "appearanceLightAction", lambda window: window.appearance.choose("light"),
                    group="appearance",
                ),
                Action(
                    "&Dark", "appearanceDarkAction", lambda window: window.appearance.choose("dark"),
                    group="appearance",
                ),
            ),
        ),
        Menu(
            "Te&xt size",
            (
                Action(
                    "&Normal", "textNormalAction", lambda window: window.choose_text_size("normal"), group="text",
                ),
                Action("&Large", "textLargeAction", lambda window: window.choose_text_size("large"), group="text"),
                Action(
                    "La&rgest", "textLargestAction", lambda window: window.choose_text_size("largest"), group="text",
                ),
            ),
        ),
    ),
)  # fmt: skip

HELP = Menu(
    "&Help",
    (
        Action("&Tour", "tourAction", lambda window: window.tours.open()),
        Action("&Keyboard and mouse", "keyboardHelpAction", lambda window: show_keyboard_help(window), keys="F1"),
        Action("&Messages", "messagesAction", lambda window: show_messages(window)),
        Action("Open &log", "openLogAction", lambda window: open_log(window.toast.note)),
        Action("&About VAE Explorer", "aboutAction", lambda window: show_about(window)),
    ),
)

MENUS = (FILE, EDIT, RUN, VIEW, HELP)
