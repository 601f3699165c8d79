// Checks whether this browser computes the same images as Keras.
"use strict";

/** Show how much this page's images differ from Keras's at the codes that Keras decoded when the model was written. */
function check(element, fail, decoder, { check_codes, check_images }) {
  const largest = largestDifference(decoder, check_codes, check_images);
  const codes = check_codes.length / decoder.latentDim;
  const levels = largest * 255;
  const small = levels < 0.0001 ? "under 0.0001" : levels.toFixed(levels < 0.1 ? 4 : 1);
  const size = `largest difference ${plainly(largest)} (${small} of 255 levels)`;
  element("check").dataset.largest = largest;
  if (levels <= 1) {
    element("check").textContent = `Checked against Keras at ${codes} codes: ${size}. Computed in ${decoder.engine}.`;
  } else {
    element("check").textContent = `Checked against Keras at ${codes} codes, and wrong: ${size}.`;
    fail(`This browser does not compute the images as Keras did: ${size}. Do not rely on what is shown.`);
  }
}

/** A number with two significant digits, without an exponent. */
const plainly = (number) =>
  Number.isFinite(number) && number > 1e-12 ? number.toFixed(Math.max(1, 1 - Math.floor(Math.log10(number)))) : String(number);

/** The largest difference between the decoder's images of codes and Keras's; infinite if a pixel is not a number. */
function largestDifference(decoder, codes, images) {
  const [size, count] = [decoder.latentDim, decoder.imageShape.reduce((a, b) => a * b, 1)];
  let largest = 0;
  for (let k = 0; k < codes.length / size; k++) {
    const found = decoder.decode(codes.subarray(k * size, (k + 1) * size), 1);
    for (let i = 0; i < count; i++) {
      const difference = Math.abs(found[i] - images[k * count + i]);
      if (Number.isNaN(difference)) return Infinity;
      largest = Math.max(largest, difference);
    }
  }
  return largest;
}
