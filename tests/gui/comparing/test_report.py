"""gui/comparing/report.py: the comparison as text."""

from dataclasses import replace

from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication

from vae_explorer.exploring.comparing import compare_runs
from vae_explorer.gui.comparing.report import report
from vae_explorer.run.run import Run


def text_of(html: str) -> str:
    document = QTextDocument()
    document.setHtml(html)
    return document.toPlainText()


def test_what_somebody_else_has_named_is_shown_as_it_is(qapp: QApplication, tiny_run: Run) -> None:
    info = replace(tiny_run.info, dataset=replace(tiny_run.info.dataset, name="<b>&amp;</b><img src='x'>"))
    text = text_of(report(compare_runs(tiny_run, replace(tiny_run, info=info))))
    assert "<b>&amp;</b><img src='x'>" in text


def test_only_differences_beyond_their_errors_are_bold(qapp: QApplication, tiny_run: Run) -> None:
    found = compare_runs(tiny_run, tiny_run)
    assert "bold" not in report(found)
    worse = [replace(each, difference=each.a) for each in found.figures if each.field == "negative_elbo"]
    assert "bold" in report(replace(found, figures=tuple(worse)))
