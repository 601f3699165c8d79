"""The requests of a training on several hosts: all of them obey the chief after the same step."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, cast

from vae_explorer.training.devices import Devices
from vae_explorer.training.events import Control
from vae_explorer.training.task import Watcher

if TYPE_CHECKING:
    from vae_explorer.model.shares import SharedVAE
    from vae_explorer.model.vae import VAE

WORDS: tuple[Literal["run", "stop", "discard"], ...] = ("run", "stop", "discard")  # as numbers they go with a step


class AgreedControl(Control):
    """The chief's requests as the last step brought them, to the chief itself, too. Requests to others are ignored.

    While the chief pauses, the others wait for its next step.
    """

    def __init__(self, own: Control, vae: "SharedVAE", is_chief: bool) -> None:
        super().__init__()
        self._own, self._vae, self._is_chief = own, vae, is_chief

    def say(self) -> None:
        """Send the chief's request with the steps to come."""
        if self._is_chief and self._own.request in WORDS:
            self._vae.say(WORDS.index(self._own.request))

    @property
    def request(self) -> Literal["run", "pause", "stop", "discard"]:
        heard = WORDS[self._vae.heard]
        return "pause" if heard == "run" and self._is_chief and self._own.request == "pause" else heard

    def wait_while_paused(self) -> float:
        return self._own.wait_while_paused()


def saying(control: AgreedControl) -> Any:
    """A Keras callback that lets the control say its request before each step."""
    import keras

    say: Callable[..., None] = lambda *_, **_logs: control.say()  # noqa: E731
    return keras.callbacks.LambdaCallback(on_train_batch_begin=say, on_test_batch_begin=say)


def agreed(watcher: Watcher, vae: "VAE", devices: Devices) -> Watcher:
    """The watcher of the steps of a training on these devices: in a cluster its requests are the chief's."""
    if devices.cluster is None:
        return watcher
    return replace(watcher, control=AgreedControl(watcher.control, cast("SharedVAE", vae), devices.is_chief))
