// The interpolation from A to B: the probe moves along the straight line between two points of the map.
"use strict";

const THERE_AND_BACK = 8000; // milliseconds

/**
 * `ends` are the first A and B, `here()` returns the position of the probe, `move(z1, z2)` moves it, and `show(ends)`
 * is called when A or B changes. Returns { pause }.
 */
function createJourney(element, ends, here, move, show) {
  let playing = 0; // the requested animation frame, 0: paused
  let began = 0;
  let share = 0; // of the way: 0 to 1 from A to B, 1 to 2 back to A

  const slider = element("way");
  const button = element("play");

  function go() {
    const t = share <= 1 ? share : 2 - share;
    slider.value = Math.round(1000 * t);
    slider.setAttribute("aria-valuetext", `${Math.round(100 * t)} % of the way`);
    move(...[0, 1].map((i) => ends[0][i] + t * (ends[1][i] - ends[0][i])));
  }

  function step(now) {
    began ||= now - (share / 2) * THERE_AND_BACK;
    share = (((now - began) / THERE_AND_BACK) * 2) % 2;
    go();
    playing = requestAnimationFrame(step);
  }

  function pause() {
    cancelAnimationFrame(playing);
    playing = began = 0;
    button.setAttribute("aria-pressed", "false");
    button.textContent = "Play";
  }

  button.onclick = () => {
    if (playing) return pause();
    button.setAttribute("aria-pressed", "true");
    button.textContent = "Pause";
    playing = requestAnimationFrame(step);
  };
  slider.oninput = () => {
    pause();
    share = slider.value / 1000;
    go();
  };
  ["a", "b"].forEach((name, i) => {
    element(name).onclick = () => {
      pause();
      ends[i] = here();
      share = i;
      slider.value = 1000 * i;
      show(ends);
    };
  });
  show(ends);
  return { pause };
}
