"""The command `animate`, which writes a film of a training."""

import argparse
from pathlib import Path

from vae_explorer.cli.pictures import AddCommand
from vae_explorer.cli.terminal import quiet_stderr, task_progress
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import find_run


def add_animate(add: AddCommand) -> None:
    animate = add(_animate, "Write a film of a training: the latent map and the decoded grid, epoch by epoch.")
    animate.add_argument("run", metavar="RUN", help="the folder of a run")
    animate.add_argument("--out", type=Path, required=True, metavar="FILE", help="ends in .mp4 or .gif")
    animate.add_argument("--fps", type=int, default=30, metavar="N", help="frames per second (default: 30)")
    animate.add_argument("--seconds", type=float, metavar="N", help="length of the film (default: half a second per "
                         "snapshot, 3 to 15 in all)")  # fmt: skip
    animate.add_argument("--size", type=int, default=960, metavar="PIXELS", help="width of the film (default: 960)")


def _animate(arguments: argparse.Namespace) -> int:
    from vae_explorer.exploring.replay import load_replay
    from vae_explorer.exporting.animation import FilmOptions, write_film
    from vae_explorer.exporting.film import check_film_ending
    from vae_explorer.exporting.origin import run_origin

    options = FilmOptions(arguments.fps, arguments.seconds, arguments.size)
    check_film_ending(arguments.out)
    run = open_run(find_run(arguments.run))
    with task_progress() as progress, quiet_stderr():
        replay = load_replay(run, progress)
        origin = run_origin(run.info, "training")
        said = write_film(replay, run.info.name, arguments.out, options, progress, origin)
    size = arguments.out.stat().st_size / 1e6
    print(f"Wrote {arguments.out} ({size:.1f} MB): {said}. {replay.left_out}".rstrip())
    return 0
