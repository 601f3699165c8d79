"""VAE Explorer: train variational autoencoders on images and walk through what they learned.

For notebooks: `import vae_explorer as vx`, then `vx.open_run`, `vx.decode`, `vx.encode`, `vx.train` and the others of
`vx.__all__`. Each is loaded when it is first asked for, so that the launch of the window pays for none.
"""

from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "Dataset",
    "Run",
    "UserError",
    "decode",
    "describe",
    "encode",
    "export_grid",
    "export_map",
    "export_page",
    "open_run",
    "read_images",
    "resume",
    "train",
    "train_further",
]

if TYPE_CHECKING:
    from vae_explorer.notebook import (
        Dataset,
        Run,
        UserError,
        decode,
        describe,
        encode,
        export_grid,
        export_map,
        export_page,
        open_run,
        read_images,
        resume,
        train,
        train_further,
    )
else:

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from vae_explorer import notebook

        return getattr(notebook, name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
