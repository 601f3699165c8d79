// The nearest real example of a code, and whether the code is among the data at all.
"use strict";

/** Resolves to a function of a code that shows the nearest of the page's examples, and says what it is. */
async function createNearest(element, content, { example_z, example_label }) {
  if (!example_z) return () => "";
  const { latent_dim: size, classes, atlas } = content;
  const picture = new Image();
  picture.src = atlas.picture;
  const canvas = element("nearest");
  try {
    await picture.decode();
  } catch {
    canvas.parentElement.hidden = true;
    return () => "";
  }
  Object.assign(canvas, { width: atlas.width, height: atlas.height });
  const context = canvas.getContext("2d");
  let shown = -1;
  return (code) => {
    let [best, least] = [0, Infinity];
    for (let k = 0; k < example_z.length / size; k++) {
      let sum = 0;
      for (let i = 0; i < size; i++) sum += (example_z[k * size + i] - code[i]) ** 2;
      if (sum < least) [best, least] = [k, sum];
    }
    const distance = Math.sqrt(least);
    if (best !== shown) {
      const [x, y] = [(best % atlas.columns) * atlas.width, Math.floor(best / atlas.columns) * atlas.height];
      context.drawImage(picture, x, y, atlas.width, atlas.height, 0, 0, atlas.width, atlas.height);
      shown = best;
    }
    const name = classes[example_label[best]]?.name;
    const inside = distance <= content.reach;
    element("nearest-name").textContent = name ?? "";
    element("nearest-distance").textContent = `${distance.toFixed(2)} away`;
    const where = element("inside");
    where.textContent = inside ? "inside the data" : "outside the data";
    where.dataset.inside = inside;
    canvas.setAttribute("aria-label", `Nearest real example${name ? `, ${name}` : ""}`);
    return `nearest example ${name ?? ""} ${distance.toFixed(2)} away, ${where.textContent}`;
  };
}
