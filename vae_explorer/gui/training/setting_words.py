"""The words of the training's form: the title of each setting, and what it does to the result."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Of a setting: its title with the key that leads to it, a tooltip, and a line that stands below it ("": none)."""

    title: str
    tip: str
    line: str = ""


IMAGES = {
    "dataset": Words("&Data", "The images to learn from"),
    "preset": Words("&Preset", "The network, with the settings it is usually trained with"),
}

USUAL = {
    "latent_dim": Words(
        "&Latent dimensions",
        "How many numbers z describe an image. Two can be drawn as a map; more reconstruct better",
    ),
    "beta": Words(
        "&Beta",
        "Weight of the KL term. 1 is the ELBO; more makes the latent space smoother and the images blurrier, less the "
        "reverse (beta-VAE)",
    ),
    "epochs": Words("Ep&ochs", "How many times the training goes through all training images"),
    "batch_size": Words(
        "Batch si&ze, images",
        "Images per step of the optimizer. A larger batch makes an epoch faster, with fewer and steadier steps",
    ),
    "learning_rate": Words(
        "Learning &rate",
        "Length of the optimizer's steps at the start. Too large diverges, too small learns slowly",
    ),
    "seed": Words(
        "&Seed",
        "Decides the validation split, start weights, order and draws of epsilon: the same seed gives the same result",
    ),
}

MORE = {
    "limit": Words(
        "&Images used",
        "Use only this many of the images, chosen by the seed",
        "Fewer train faster and generalize worse.",
    ),
    "pixels": Words(
        "Pi&xels",
        "As they are: grey levels or colours. Binarized draws black or white at every step, with the level as the "
        "probability of white. Figures of the two cannot be compared",
        "Binarized: each step draws black or white, as in many papers.",
    ),
    "likelihood": Words(
        "Li&kelihood",
        "The distribution of a pixel given its decoded value: Bernoulli, usual for grey, or Gaussian, usual for "
        "colour, with a learned or a fixed width (sigma). Figures of different likelihoods cannot be compared",
        "How a pixel may differ from its decoded value.",
    ),
    "sigma": Words(
        "Si&gma",
        "Standard deviation of a Gaussian of fixed width, where a pixel is from 0 to 1. Less gives sharper "
        "reconstructions and a larger KL",
        "Less gives sharper reconstructions and a larger KL.",
    ),
    "schedule": Words(
        "Rate s&chedule",
        "How the learning rate changes after the start",
        "A falling rate ends at a lower loss.",
    ),
    "kl_warmup": Words(
        "KL &warm-up",
        "Epochs in which beta rises from 0: the decoder learns to use z before the KL term takes it away",
        "Beta rises from 0, so that fewer dimensions collapse.",
    ),
    "patience": Words(
        "Patience",
        "End after this many epochs without a better one. Better means a smaller validation loss (reconstruction + "
        "beta KL), once beta has risen",
        "Ends early if no epoch gets better: less overfitting.",
    ),
    "restore_best": Words(
        "Restore",
        "Whether the weights of the best epoch or the last ones are kept",
        "Keeps the weights of the least validation loss, not the last.",
    ),
    "validation_share": Words(
        "V&alidation",
        "Share of the training images that is kept apart to check the model while it learns",
        "More gives a steadier curve, and fewer images to learn from.",
    ),
    "note": Words("&Note", "A line that is kept with the run", "Kept with the run; the result stays the same."),
    "tensorboard": Words(
        "Log",
        "Also write the losses, in nats per image, to the folder tensorboard of the run, as a log that TensorBoard "
        "shows. It does not change the result",
        "Losses for TensorBoard; the result stays the same.",
    ),
}
