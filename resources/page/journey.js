// From A to B: two ends on the map, and a walk along the straight line between them.
"use strict";

const THERE_AND_BACK = 8000; // milliseconds

/**
 * `ends` are the two points at the start, `here()` is where the probe is, `move(z1, z2)` takes it somewhere, and
 * `show(ends)` is told of new ends. Returns { pause }.
 */
function createJourney(element, ends, here, move, show) {
  let playing = 0; // the frame that is asked for
  let began = 0;
  let share = 0; // of the way there (0 to 1) and back (1 to 2)

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
