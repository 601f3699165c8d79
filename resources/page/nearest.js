// Shows the real examples nearest to a code, and whether there are data near the code.
"use strict";

/**
 * Resolves to a function that shows the examples nearest to a code, of the classes that are shown (a boolean each), and
 * returns a sentence about the first of them.
 */
async function createNearest(element, content, { example_z, example_label, z_mean }) {
  if (!example_z) return () => "";
  const { classes, atlas, support } = content;
  const picture = new Image();
  picture.src = atlas.picture;
  const canvases = [...element("examples").querySelectorAll("canvas")];
  try {
    await picture.decode();
  } catch {
    element("examples").hidden = true;
    return () => "";
  }
  const shown = canvases.map(() => -1);
  const contexts = canvases.map((canvas) => {
    Object.assign(canvas, { width: atlas.width, height: atlas.height });
    return canvas.getContext("2d");
  });
  const nameOf = (example) =>
    [classes[example_label[example]]?.name, content.names?.[example]].filter(Boolean).join(", ");

  const caption = element("nearest-caption");
  const unfiltered = caption.textContent;

  /** Says which examples were searched. */
  function describe(filtered) {
    const text = filtered ? "nearest shown" : unfiltered;
    if (caption.textContent === text) return;
    caption.textContent = text;
    caption.title = filtered ? "Of the examples of the classes that are shown" : "";
  }

  function show(rank, example) {
    if (shown[rank] === example) return;
    shown[rank] = example;
    if (example < 0) {
      contexts[rank].clearRect(0, 0, atlas.width, atlas.height);
      canvases[rank].title = "";
      canvases[rank].setAttribute("aria-label", "No example");
      return;
    }
    const [x, y] = [example % atlas.columns, Math.floor(example / atlas.columns)];
    const { width, height } = atlas;
    contexts[rank].drawImage(picture, x * width, y * height, width, height, 0, 0, width, height);
    const name = nameOf(example);
    canvases[rank].title = name;
    const nearest = ["Nearest", "Second nearest", "Third nearest"][rank];
    canvases[rank].setAttribute("aria-label", `${nearest} real example${name && `, ${name}`}`);
  }

  return (code, classesShown) => {
    const filtered = classesShown.includes(false);
    describe(filtered);
    const found = nearestOf(example_z, code, canvases.length, (k) => !filtered || classesShown[example_label[k]]);
    canvases.forEach((_, rank) => show(rank, found[rank]?.[0] ?? -1));
    const name = found.length ? nameOf(found[0][0]) : "";
    const distance = found.length ? `${Math.sqrt(found[0][1]).toFixed(2)} away` : "none";
    Object.assign(element("nearest-name"), { textContent: name, title: name });
    element("nearest-distance").textContent = distance;
    const said = [filtered ? "nearest example shown" : "nearest example", name, distance].filter(Boolean).join(" ");
    if (!support) return said;
    const apart = Math.sqrt(nearestOf(z_mean, code, 1, () => true)[0][1]);
    const level = support.limits.filter((limit) => apart > limit).length;
    const where = element("support");
    where.textContent = support.verdicts[level];
    where.title = `The nearest point is ${apart.toFixed(2)} away`;
    where.dataset.level = level;
    return `${said}, ${where.textContent}`;
  };
}

/** The `most` wanted examples of (n, code.length) nearest to a code, as [index, squared distance], the nearest first. */
function nearestOf(examples, code, most, wanted) {
  const found = [];
  for (let k = 0; k < examples.length / code.length; k++) {
    const limit = found.length === most ? found[most - 1][1] : Infinity;
    let sum = 0;
    for (let i = 0; i < code.length && sum < limit; i++) sum += (examples[k * code.length + i] - code[i]) ** 2;
    if (sum >= limit || !wanted(k)) continue;
    const before = found.findIndex(([, other]) => sum < other);
    found.splice(before < 0 ? found.length : before, 0, [k, sum]);
    found.length = Math.min(found.length, most);
  }
  return found;
}
