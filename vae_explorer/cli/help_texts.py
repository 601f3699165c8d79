"""What `--help` tells below the options: what somebody may want to know before the first try."""

WINDOW = """\
vae-explorer [--cache FOLDER] [--tour N] [RUN] opens the window. RUN is the
folder of a run, a page exported from one, or the word builtin, the run that is
included. --tour N opens it on step N, 1 to 8, of the tour through what a VAE
does.
FOLDER, or the environment variable VAE_EXPLORER_CACHE, is where images that
were read are kept.

vae-explorer COMMAND --help lists the options, and what there is to know. The
exit status is 0, 1 for a failure, with one sentence on stderr, or 2 for wrong
usage.
"""

IMAGES = """\
Images are read from
- a folder of PNG, JPEG, BMP, GIF, WebP, TIFF, PGM or PPM files, including its
  sub-folders. Their names are the classes, except those of the parts of a set,
  such as train, val and test or seg_train and seg_test: images for test are
  held out, those for validation join the training images. Files with 1, 8 and
  16 bits, palettes, CMYK and transparency (on white) are read; damaged files
  and files of more than 50 million pixels are skipped and listed;
- an .npy, .npz, HDF5 or MATLAB file of numbers with the shape (N, H, W), (N,
  H, W, C), (N, C, H, W) or (H, W, C, N), or (N, 784) with --row-shape 28x28,
  with labels in a file beside it or inside it, under usual names such as
  x_train and y_train, or images and labels;
- a .csv file with a row for each image, as Kaggle has them
  (label,pixel0,pixel1,..., or all pixels of an image in one cell);
- IDX files in the format of MNIST, Fashion-MNIST, EMNIST and KMNIST, also as
  .gz: the folder or one of the files;
- fashion_mnist, cifar10 or cifar100, which Keras downloads once, and mnist,
  which is included.

A CSV of labels with a column of names is matched by name, and it is said how;
--labels-by row takes its rows in the order of the images. Numeric columns of
it and the times of the files can colour the map (vae-explorer map --color-by
COLUMN), and so can clusters (--color-by cluster, with pip install
'vae-explorer[cluster]'). The options are saved with the run, and so is the
value range, which is found from the values if none is given. If no images are
marked as test images, a seventh is held out, always the same one. Folders are
decoded once into the user's cache and read from there, so that a data set may
be larger than memory.
"""

TRAINING = """\
Presets:
  deep: four layers of 192, for grey images up to 32 x 32; the shipped run is
      one
  wide: four layers of 512: the lowest loss of all, in half an hour on two
      cores
  dense: 512-256-128, a minute's training
  conv: convolutions, for larger images and for colour, 16 to 128 pixels per
      side
  keras-io: the network of Keras's VAE example
  blog: the network of the blog post from which this program started, with its
      objective converted to nats: beta 0.392 for two dimensions
  s-vae-mlp: the Gaussian VAE of Davidson et al. 2018; it raises no KL weight
      at the start

Grey pixels have a Bernoulli likelihood. Colours have a Gaussian one, with one
standard deviation that is learned (sigma-VAE) or given (--likelihood,
--sigma); its losses come from densities and can be below 0. --pixels binarized
draws every pixel as black or white at every step, with its grey level as the
probability of white, and encodes and reconstructs the result, as most
published figures of MNIST do. grey, the default, uses the grey levels; their
cross-entropy is not a likelihood. Figures of the two cannot be compared, so a
run stores the kind of its pixels, and losses of binarized pixels are always
labelled.

Ctrl-C stops a training and saves the model. After a kill, a power cut or a
full disk, vae-explorer train --resume RUN resumes it from its last whole
epoch, with exactly the losses of an uninterrupted training. --tensorboard
needs pip install 'vae-explorer[tensorboard]'.

NVIDIA GPUs are used on Linux, with pip install 'vae-explorer[gpu]', which
brings the libraries that TensorFlow needs for them. A training uses the first
GPU, and can be repeated and resumed exactly there, too. With --devices all it
shares out every batch to all GPUs of the machine: images, random draws and
losses are those of one GPU at the same --batch-size, up to rounding, so give a
larger one to keep all of them busy. On several hosts start the same command on
each, with TF_CONFIG naming all of them and the host's own index; every host
needs the images, the same number of GPUs, and open ports to the others:

  export TF_CONFIG='{"cluster": {"worker": ["host1:12345", "host2:12345"]},
      "task": {"type": "worker", "index": 0}}'
  vae-explorer train --dataset /data/images --batch-size 1024 --devices all \\
      --out /shared/my-run

Under SLURM no TF_CONFIG is needed: each task of a step is a host, with the
GPUs that SLURM lets it see.

  #!/bin/bash
  #SBATCH --nodes=4 --ntasks-per-node=1 --gpus-per-node=8
  srun vae-explorer train --dataset /data/images --batch-size 8192 \\
      --devices all --out /shared/my-run

The first host, or the chief of TF_CONFIG, writes the run, validates with the
others, and encodes and measures alone in the end. Ctrl-C or SIGTERM on it
stops all hosts after the same step and saves the model. If a host dies or
cannot be reached, the others end within a minute; the same command on all
hosts (or train --resume RUN --devices all) resumes the training from its last
whole epoch. For that, all hosts have to see the run's folder.
"""

IMPORTING = """\
ONNX files need pip install 'vae-explorer[onnx]'. PyTorch models are exported
to ONNX; keep the .onnx.data file that torch.onnx.export writes in the same
folder. The decoder may end in a sigmoid, tanh, logits or pixels of 0 to 255,
with channels first, channels last or flat outputs. The encoder may return
mean, log-variance and z in any order, the mean alone, or mean and log-variance
in one tensor. What is recognised is reported and can be corrected; what is
unclear is asked for. The log-variance must be the logarithm of the variance,
not the standard deviation. Without an encoder or images the map shows the
prior and the images decoded there. Figures are measured on the held-out images
of the data set; only the maker of the model knows whether it was trained on
them.

Files are read as data only: Lambda layers (but for the one that draws z in a
Keras 2 encoder, which is not run), SavedModels and custom classes are refused,
because each would run code of its maker.

A conditional decoder, which takes the label of a class besides z, as a one-hot
or as its number, decodes the class that is chosen in the Explorer tab, by
--class of grid, samples, reconstructions and html, or by label in Python. Its
encoder has to take images alone; figures are not measured. The run's decoder
takes z with the label appended.
"""

PAGE = """\
The page has 2 to 5 MB and needs no server, no Python and no network, which its
content policy even forbids. When a run is written, its Keras decoder is
lowered to a list of operations and weights, which the page runs in WebAssembly
(or plain JavaScript). The file contains eight latent codes with the images
that Keras decoded from them: when it is opened, the page decodes them itself
and shows the largest difference, usually below 0.000001. If the decoder has a
layer that the page cannot compute, images are interpolated instead, and the
page states how large the error can be.

Its reader drags, taps or uses the arrow keys; filters classes; compares the
image with the nearest real examples and sees whether there are data near a
point, in all dimensions of z, or the decoder is guessing; turns the map into a
sheet of decoded images, which is decoded again after zooming; moves from A to
B, or along the paths of --path; sends a link to a point
(page.html#z=0.71,1.79); saves the image.

The page contains no path and no user name. It is a run, too: vae-explorer
page.html, File > Open page and most commands read the decoder and the points
from it. In a blog post:

  <iframe src="page.html" title="The latent space of a VAE"
    style="width: 100%; height: 640px; border: 0"
    sandbox="allow-scripts allow-downloads"></iframe>
"""

QUALITY = """\
Every training ends with this measurement; vae-explorer info and View > Quality
show its figures, each with its standard error over images. The command
measures again, on the held-out images in the run, 2,000 at most, and says as
View > Quality does what the figures mean for these images: good, fair or poor
where that is known. The gain of the log-likelihood over the ELBO is added to
the ELBO of all images. A training that is stopped leaves the log-likelihood
out. Formulas and their sources are in model/metrics.py and model/vae.py.
"""

RUN = """\
A run is a folder that can be moved, sent and read without this program:
  run.toml: data set and the path from which it was read, settings, held-out
      losses and quality, versions, and the sha256 of each other file
  model/encoder.keras, model/decoder.keras: Keras: image to [z_mean,
      z_log_var], and z to an image in [0, 1]
  model/encoder.tflite, model/decoder.tflite: the same for LiteRT, which needs
      no TensorFlow; missing if LiteRT cannot convert the network
  model/decoder.npz: the decoder as a list of operations (JSON) and float32
      weights, for the HTML page; missing if the page cannot compute a layer
  history.csv: losses, seconds and learning rate of every epoch
  codes.npz: z_mean, z_log_var, label, index, split, numeric columns and, for
      image files, name of every image
  sample.npz: up to 2,000 held-out images
  errors.npz: the reconstruction error of each image, once the map has shown
      them; for a run that cannot be written it lies in the user's data folder
  groups.csv, bookmarks.csv, note.txt: groups of images and their chosen
      colours, bookmarks of the handle, and the note in the table of runs
  snapshots/: for each epoch, 60 at most: the decoder's weights (half
      precision) and the latent codes of the sample
  checkpoint/: during a training: the newest whole epoch, with everything that
      resuming needs
"""

BELOW = {
    "data": IMAGES,
    "encode": IMAGES,
    "train": f"{TRAINING}\n{IMAGES}",
    "import": IMPORTING,
    "html": PAGE,
    "quality": QUALITY,
    "info": RUN,
}  # by the name of the command
