"""The VAE as a Keras model, its networks, the figures of its quality, and the decoders that draw images."""
