"""Latency: which paint ends the wait of an event."""

import math
import time

import pytest

from vae_explorer.gui.explorer.frame_clock import FrameClock

PAUSE = 0.02  # seconds


def test_a_wait_ends_with_the_frame_that_shows_its_image():
    clock = FrameClock()
    clock.event_arrived()
    clock.image_asked(1)
    time.sleep(PAUSE)
    clock.map_painted()
    clock.frame_painted()
    assert clock.milliseconds() == []
    time.sleep(PAUSE)
    clock.image_painted(1)
    assert clock.milliseconds() == []
    clock.frame_painted()
    (wait,) = clock.milliseconds()
    assert wait >= 2000 * PAUSE


def test_events_that_were_merged_wait_from_their_own_arrival():
    clock = FrameClock()
    clock.event_arrived()
    time.sleep(PAUSE)
    clock.event_arrived()
    clock.image_asked(7)
    clock.image_painted(7)
    clock.frame_painted()
    first, second = clock.milliseconds()
    assert first >= second + 1000 * PAUSE


def test_a_newer_image_ends_the_waits_for_older_ones_and_not_the_other_way():
    clock = FrameClock()
    for generation in (1, 2, 3):
        clock.event_arrived()
        clock.image_asked(generation)
    clock.image_painted(2)
    clock.frame_painted()
    assert len(clock.milliseconds()) == 2
    clock.frame_painted()
    assert len(clock.milliseconds()) == 2
    clock.image_painted(3)
    clock.frame_painted()
    assert len(clock.milliseconds()) == 3


def test_figures_cover_the_last_seconds_only():
    clock = FrameClock(seconds=2 * PAUSE)
    assert clock.figures().waits == 0
    assert math.isnan(clock.figures().median)
    clock.event_arrived()
    clock.image_asked(1)
    clock.image_painted(1)
    clock.frame_painted()
    figures = clock.figures()
    assert figures.waits == 1
    assert figures.median == figures.p99 == figures.worst == pytest.approx(clock.milliseconds()[0])
    assert figures.frames_per_second == 1
    time.sleep(3 * PAUSE)
    assert clock.figures().waits == 0


def test_a_frame_without_a_new_map_or_image_does_not_count():
    clock = FrameClock()
    clock.frame_painted()
    assert clock.figures().frames_per_second == 0
    clock.map_painted()
    clock.frame_painted()
    clock.frame_painted()
    assert clock.figures().frames_per_second == 1
