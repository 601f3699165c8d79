// The journey: the probe moves along the line from A to B, or along a path that the page carries.
"use strict";

const THERE_AND_BACK = 8000; // milliseconds

/**
 * `ends` are the first A and B, `here()` returns the position of the probe, and `move(z1, z2, code)` moves it; the code
 * is given where it need not lie in the plane of the map. `paths` are [{ anchors, codes, points }]: where the anchors
 * lie in the plane, one Float32Array for each step, and where those lie in the plane. `show(ends, points)` is called
 * when A or B changes, and when another path is chosen: its anchors, and its points; none for the line from A to B.
 * Returns { pause }.
 */
function createJourney(element, ends, here, move, paths, show) {
  let playing = 0; // the requested animation frame, 0: paused
  let began = 0;
  let share = 0; // of the way: 0 to 1 from A to B, 1 to 2 back to A
  let path = null; // the one that is chosen, null: the line from A to B

  const slider = element("way");
  const button = element("play");

  function go() {
    const t = share <= 1 ? share : 2 - share;
    slider.value = Math.round(1000 * t);
    slider.setAttribute("aria-valuetext", `${Math.round(100 * t)} % of the way`);
    if (!path) return move(...[0, 1].map((i) => ends[0][i] + t * (ends[1][i] - ends[0][i])));
    const place = t * (path.codes.length - 1);
    const before = Math.min(Math.floor(place), path.codes.length - 2);
    const between = (list) => list[before].map((value, i) => value + (place - before) * (list[before + 1][i] - value));
    move(...between(path.points), between(path.codes));
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

  function choose(chosen) {
    pause();
    path = chosen;
    share = slider.value = 0;
    for (const name of ["a", "b"]) element(name).hidden = Boolean(path);
    const words = path ? "Along the path" : "From A to B";
    for (const part of [slider, element("journey")]) part.setAttribute("aria-label", words);
    button.title = `${path ? "Travel the path" : "Move from A to B"} and back, again and again`;
    if (path) show(path.anchors, path.points);
    else show(ends, []);
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
      show(ends, []);
    };
  });
  const select = element("path");
  if (select) {
    select.onchange = () => {
      choose(paths[select.value] ?? null);
      if (path) go();
    };
  }
  choose(paths[0] ?? null);
  return { pause };
}
