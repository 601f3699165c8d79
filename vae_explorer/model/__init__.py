"""The VAE, and decoders at work."""
