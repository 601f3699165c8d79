"""VAE Explorer: train variational autoencoders on images and walk through what they learned."""

__version__ = "0.1.0"
